//! `gwh secrets remove`.

use clap::Args;
use serde::Serialize;

use crate::error::{Exit, Failure};
use crate::secrets::LOCAL;
use crate::session::Session;
use crate::ui::{prompt, sanitize};

/// Remove a webhook's secrets from this machine
///
/// The webhook itself goes on: deliveries are still signed with them, only nobody here can verify that.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  gwh secrets remove prod --yes")]
pub struct Remove {
    /// The webhook's id or name
    #[arg(value_name = "ID|NAME")]
    webhook: String,
    /// Do not ask
    #[arg(short, long)]
    yes: bool,
    /// Take it off the list even where its store cannot be reached
    #[arg(long)]
    force: bool,
}

#[derive(Serialize)]
struct Removed<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    name: &'a str,
    id: &'a str,
}

/// Removes the secrets.
///
/// # Errors
/// Kind `Usage` where nobody can be asked, `Configuration` where there are none or the store fails.
pub fn run(args: Remove, session: &Session) -> Result<Exit, Failure> {
    if args.webhook == LOCAL {
        return Err(Failure::usage("local is the test secret of this machine, which is not removed"));
    }
    let secrets = session.webhook_secrets()?;
    let stored = secrets.require(&args.webhook)?;
    let name = sanitize::text(&stored.webhook.name);
    if !args.yes {
        if !session.can_ask() {
            return Err(Failure::usage(format!("removing the secrets of {name} needs a confirmation"))
                .hint("give --yes where nobody can be asked"));
        }
        let question =
            format!("Remove the secrets of {name} from {}? They cannot be had again", stored.backend);
        if !prompt::confirm(&question)? {
            session.ui.note("nothing is removed");
            return Ok(Exit::Negative);
        }
    }
    match secrets.remove(&stored.webhook.id) {
        Ok(_) => {}
        Err(error) if args.force => {
            secrets.forget(&stored.webhook.id)?;
            let error = error.to_string();
            session.ui.warn(&format!("the secret itself may still be there: {}", sanitize::text(&error)));
        }
        Err(error) => {
            return Err(Failure::from(error).hint(format!(
                "run gwh secrets remove {name} --force to take it off the list all the same"
            )));
        }
    }
    if session.ui.json() {
        session.ui.object(&Removed {
            kind: "removed",
            name: &stored.webhook.name,
            id: &stored.webhook.id,
        })?;
    } else {
        session.ui.note(&format!("removed the secrets of {name}"));
    }
    Ok(Exit::Done)
}
