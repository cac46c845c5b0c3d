//! `gwh webhooks ping`.

use clap::Args;
use serde::Serialize;

use super::find::find;
use crate::error::{Exit, Failure};
use crate::gemini::Api;
use crate::runtime;
use crate::session::Session;
use crate::ui::sanitize;

/// Ask the service to send a test delivery to a webhook
///
/// The service answers at once, even where the URI cannot be reached: whether the delivery arrived is seen
/// where it should arrive, for example with gwh listen behind the webhook's URI.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  gwh webhooks ping prod")]
pub struct Ping {
    /// The webhook's id, or its name where only one has it
    #[arg(value_name = "ID|NAME")]
    webhook: String,
}

#[derive(Serialize)]
struct Pinged<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    id: &'a str,
    name: Option<&'a str>,
    uri: &'a str,
}

/// Sends the ping.
///
/// # Errors
/// As `get`.
pub fn run(args: &Ping, session: &Session) -> Result<Exit, Failure> {
    let api = Api::of(session)?;
    let webhook = runtime::block_on(async {
        let webhook = find(&api, &args.webhook).await?;
        let task = format!("ping webhook {}", webhook.label());
        api.ping(&webhook.id).await.map_err(|error| error.into_failure(&task))?;
        Ok(webhook)
    })?;
    let ui = &session.ui;
    if ui.json() {
        let name = webhook.name.as_deref();
        ui.object(&Pinged { kind: "ping", id: &webhook.id, name, uri: &webhook.uri })?;
        return Ok(Exit::Done);
    }
    ui.line(&format!(
        "{} asked for a ping of {} to {}",
        ui.out_style().good("✓"),
        sanitize::text(webhook.label()),
        sanitize::text(&webhook.uri)
    ))?;
    ui.note("the service does not say whether it arrives: look at the endpoint's log, or at gwh listen");
    Ok(Exit::Done)
}
