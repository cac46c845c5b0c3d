//! `gwh login`: keeping the API key in the secret store.

use clap::Args;
use serde::Serialize;
use zeroize::Zeroizing;

use crate::env;
use crate::error::{Exit, Failure};
use crate::gemini::ApiKey;
use crate::runtime;
use crate::secrets::Backend;
use crate::session::Session;
use crate::ui::{prompt, sanitize};

/// Keep an API key in the secret store
///
/// The key is asked for at a terminal and read from stdin otherwise; it is never an argument, where other users
/// could see it. The API is asked whether it takes the key before it is stored. GOOGLE_API_KEY and
/// GEMINI_API_KEY win over a stored key.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  gwh login
  gwh login < key.txt")]
pub struct Login {}

#[derive(Serialize)]
struct LoggedIn {
    #[serde(rename = "type")]
    kind: &'static str,
    profile: String,
    secret_store: Backend,
    /// Whether the API has taken the key; false where it could not be asked.
    checked: bool,
}

/// Stores a key.
///
/// # Errors
/// Kind `Usage` where there is no key to read, `Remote` where the API refuses it, `Configuration` where it
/// cannot be stored.
pub fn run(_args: &Login, session: &Session) -> Result<Exit, Failure> {
    let key = read_key(session)?;
    let checked = is_taken(session, &key)?;
    let store = session.webhook_secrets()?.keep_api_key(key.expose())?;
    for variable in [env::GOOGLE_API_KEY, env::GEMINI_API_KEY] {
        if session.env.text(variable).is_some() {
            session.ui.warn(&format!("{variable} is set and wins over the stored key"));
        }
    }
    let profile = session.config.profile();
    if session.ui.json() {
        session.ui.object(&LoggedIn { kind: "login", profile, secret_store: store, checked })?;
    } else {
        let tick = session.ui.out_style().good("✓");
        session.ui.line(&format!("{tick} the API key of profile {profile} is in {store}"))?;
    }
    Ok(Exit::Done)
}

fn read_key(session: &Session) -> Result<ApiKey, Failure> {
    let text = if session.can_ask() {
        prompt::hidden("API key (from https://aistudio.google.com/apikey)")?
    } else {
        let bytes = Zeroizing::new(session.read_input(None)?);
        Zeroizing::new(String::from_utf8_lossy(&bytes).into_owned())
    };
    ApiKey::parse(&text).map_err(|error| {
        Failure::usage("what was given is not an API key")
            .because(error)
            .hint("run gwh login at a terminal, or gwh login < FILE with a file that holds only the key")
    })
}

/// Asks the API whether it takes the key. What says nothing about the key is no reason not to store it.
fn is_taken(session: &Session, key: &ApiKey) -> Result<bool, Failure> {
    let api = session.api_with(key.clone())?;
    match runtime::block_on(async { Ok(api.page(Some(1), None).await) })? {
        Ok(_) => Ok(true),
        Err(error) if error.refusal().is_some_and(|refusal| refusal.is_about_key()) => {
            Err(Failure::remote("the key is not stored: the API does not take it")
                .because(error.cause)
                .hint("make a key at https://aistudio.google.com/apikey and run gwh login again"))
        }
        Err(error) => {
            let reason = error.cause.to_string();
            session.ui.warn(&format!("the key could not be checked: {}", sanitize::text(&reason)));
            Ok(false)
        }
    }
}
