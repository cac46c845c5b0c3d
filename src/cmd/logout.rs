//! `gwh logout`: removing the API key from the secret store.

use clap::Args;
use serde::Serialize;

use crate::error::{Exit, Failure};
use crate::session::Session;

/// Remove the API key from the secret store
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  gwh logout")]
pub struct Logout {}

#[derive(Serialize)]
struct LoggedOut {
    #[serde(rename = "type")]
    kind: &'static str,
    profile: String,
    removed: bool,
}

/// Removes the key.
///
/// # Errors
/// Kind `Configuration` where it may still be stored.
pub fn run(_args: &Logout, session: &Session) -> Result<Exit, Failure> {
    let removed = session.webhook_secrets()?.forget_api_key()?;
    let profile = session.config.profile();
    if session.ui.json() {
        session.ui.object(&LoggedOut { kind: "logout", profile, removed })?;
    } else if removed {
        let tick = session.ui.out_style().good("✓");
        session.ui.line(&format!("{tick} removed the API key of profile {profile}"))?;
    } else {
        session.ui.line(&format!("no API key is stored for profile {profile}"))?;
    }
    Ok(Exit::Done)
}
