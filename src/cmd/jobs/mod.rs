//! `gwh jobs`: interactions, batches and videos that report to a webhook, through the API.

mod arrivals;
mod cancel;
mod config;
mod download;
mod get;
mod input;
mod list;
mod show;
mod submit;
mod wait;
mod webhook;

use clap::{Args, Subcommand};

use crate::error::{Exit, Failure};
use crate::gemini::{ApiError, JobId, JobKind, NameError};
use crate::session::Session;

/// Start jobs, wait for them and fetch their results
///
/// A job is an interaction in the background (v1_…), a batch of requests (batches/…) or a video operation
/// (models/…/operations/…); its id says which. The API key comes from GOOGLE_API_KEY or GEMINI_API_KEY, or
/// from gwh login. GOOGLE_GEMINI_BASE_URL sends the calls elsewhere, for example to gwh emulator.
#[derive(Debug, Args)]
pub struct Jobs {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Submit(submit::Submit),
    Get(get::Get),
    Wait(wait::Wait),
    Cancel(cancel::Cancel),
    List(list::List),
    Download(download::Download),
    Config(config::Config),
}

/// Runs the subcommand.
///
/// # Errors
/// Those of the subcommand.
pub fn run(args: Jobs, session: &Session) -> Result<Exit, Failure> {
    match args.command {
        Command::Submit(args) => submit::run(args, session),
        Command::Get(args) => get::run(&args, session),
        Command::Wait(args) => wait::run(&args, session),
        Command::Cancel(args) => cancel::run(&args, session),
        Command::List(args) => list::run(&args, session),
        Command::Download(args) => download::run(&args, session),
        Command::Config(args) => config::run(&args, session),
    }
}

/// The job that a command is about.
#[derive(Debug, Args)]
struct JobArgs {
    /// The job's id as its API printed it: v1_…, batches/123 or models/MODEL/operations/ID
    #[arg(value_name = "ID")]
    id: String,
    /// Which API the id belongs to, where its form does not tell
    #[arg(long, value_enum, value_name = "KIND")]
    kind: Option<JobKind>,
}

impl JobArgs {
    fn parse(&self) -> Result<JobId, Failure> {
        parse_id(&self.id, self.kind)
    }
}

/// The id of a job, of a given kind or recognised by its form.
fn parse_id(text: &str, kind: Option<JobKind>) -> Result<JobId, Failure> {
    let id = match kind {
        Some(kind) => JobId::of_kind(kind, text),
        None => JobId::parse(text),
    };
    id.map_err(|error| {
        let failure = Failure::usage(format!("{text:?} is no id of a job")).because(error);
        match error {
            NameError::Ambiguous => {
                failure.hint("say which API it belongs to with --kind interaction or --kind batch; a video's name holds its model")
            }
            _ => failure,
        }
    })
}

/// The failure of a call about a job.
fn failed(error: ApiError, task: &str) -> Failure {
    error.into_failure_of(task, "run gwh jobs list to see the batches; the API does not list other jobs")
}
