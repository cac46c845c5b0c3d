//! `gwh jobs get`.

use clap::Args;

use super::{JobArgs, failed, show};
use crate::error::{Exit, Failure};
use crate::runtime;
use crate::session::Session;
use crate::ui::sanitize;

/// Show a job and where its results are
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  gwh jobs get batches/123456
  gwh jobs get v1_abc --json | jq -r .raw.status")]
pub struct Get {
    #[command(flatten)]
    job: JobArgs,
}

/// Prints the job.
///
/// # Errors
/// Kind `Usage` where the id has no known form, `Configuration` without a key, `Remote` where the API cannot
/// be asked or has no such job.
pub fn run(args: &Get, session: &Session) -> Result<Exit, Failure> {
    let id = args.job.parse()?;
    let api = session.api()?;
    let job = runtime::block_on(async {
        api.job(&id).await.map_err(|error| failed(error, &format!("look up {id}")))
    })?;
    show::print(session, &job)?;
    if job.results.is_empty() && job.inline().is_some() {
        let id = sanitize::text(job.id.as_str()).into_owned();
        session
            .ui
            .note(&format!("the results stand in the job itself: gwh jobs download {id} -o - prints them"));
    }
    Ok(Exit::Done)
}
