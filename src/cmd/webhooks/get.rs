//! `gwh webhooks get`.

use clap::Args;

use super::find::find;
use super::show::{self, Document, Held};
use crate::error::{Exit, Failure};
use crate::gemini::Api;
use crate::runtime;
use crate::session::Session;

/// Show a webhook
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  gwh webhooks get prod --json")]
pub struct Get {
    /// The webhook's id, or its name where only one has it
    #[arg(value_name = "ID|NAME")]
    webhook: String,
}

/// Prints the webhook.
///
/// # Errors
/// Kind `Configuration` without a key, `Remote` where there is no such webhook, `Usage` where several are named so.
pub fn run(args: &Get, session: &Session) -> Result<Exit, Failure> {
    let api = Api::of(session)?;
    let webhook = runtime::block_on(find(&api, &args.webhook))?;
    let held = Held::of(&webhook, &show::stored(session));
    let title = show::heading(&webhook, session.ui.out_style());
    show::print(session, &title, &Document::new(&webhook, held), held)?;
    if let Some(hint) = show::state_hint(&webhook) {
        session.ui.note(&hint);
    }
    Ok(Exit::Done)
}
