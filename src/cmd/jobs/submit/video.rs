//! `gwh jobs submit video`.

use clap::Args;

use super::{Common, wrong_model};
use crate::cmd::args::single_stdin;
use crate::cmd::jobs::input;
use crate::error::{Exit, Failure};
use crate::gemini::NewJob;
use crate::session::Session;

/// Start a video operation
///
/// This is the call that Google's SDKs up to 2.x make. From 3.0 on they make videos with interactions:
/// gwh jobs submit interaction --set response_format.type=video.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  gwh jobs submit video -m MODEL 'A cat' --webhook-uri https://example.com/webhook
  gwh jobs submit video -m veo-3.1-generate-preview @prompt.txt --set parameters.sampleCount=2")]
pub struct Video {
    /// What the video shows: text, @FILE, or @- for stdin
    #[arg(value_name = "PROMPT")]
    prompt: String,
    #[command(flatten)]
    common: Common,
}

/// Submits the video.
///
/// # Errors
/// Those of `gwh jobs submit`.
pub(super) fn run(args: &Video, session: &Session) -> Result<Exit, Failure> {
    let Common { model, webhook, .. } = &args.common;
    single_stdin([
        (input::is_stdin(&args.prompt), "PROMPT"),
        (webhook.reads_stdin(), "--user-metadata-json"),
    ])?;
    let config = webhook.config(session)?;
    let prompt = input::text(session, &args.prompt, "PROMPT")?;
    let new = NewJob::video(model, &prompt, &config).map_err(wrong_model)?;
    args.common.submit(session, &session.api()?, new)
}
