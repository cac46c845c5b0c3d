//! `gwh jobs submit interaction`.

use clap::Args;

use super::{Common, wrong_model};
use crate::cmd::args::single_stdin;
use crate::cmd::jobs::input;
use crate::error::{Exit, Failure};
use crate::gemini::NewJob;
use crate::session::Session;

/// Start an interaction in the background
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  gwh jobs submit interaction -m MODEL 'Tell me a joke' --webhook-uri https://example.com/webhook
  gwh jobs submit interaction -m gemini-flash-latest @prompt.txt --user-metadata a=b --wait
  gwh jobs submit interaction -m MODEL 'A red balloon' --set response_format.type=video")]
pub struct Interaction {
    /// What to say to the model: text, @FILE, or @- for stdin
    #[arg(value_name = "INPUT")]
    input: String,
    #[command(flatten)]
    common: Common,
}

/// Submits the interaction.
///
/// # Errors
/// Those of `gwh jobs submit`.
pub(super) fn run(args: &Interaction, session: &Session) -> Result<Exit, Failure> {
    let Common { model, webhook, .. } = &args.common;
    single_stdin([(input::is_stdin(&args.input), "INPUT"), (webhook.reads_stdin(), "--user-metadata-json")])?;
    let config = webhook.config(session)?;
    let text = input::text(session, &args.input, "INPUT")?;
    let new = NewJob::interaction(model, &text, &config).map_err(wrong_model)?;
    args.common.submit(session, &session.api()?, new)
}
