//! `gwh jobs cancel`.

use clap::Args;

use super::{JobArgs, failed, show};
use crate::error::{Exit, Failure};
use crate::gemini::{JobKind, JobState, Prospect};
use crate::runtime;
use crate::session::Session;
use crate::ui::sanitize;

/// Ask the API to end a job
///
/// A batch may take a while to end; gwh jobs wait shows when it has. That video operations can be cancelled is
/// unverified: the API may refuse.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  gwh jobs cancel batches/123456")]
pub struct Cancel {
    #[command(flatten)]
    job: JobArgs,
}

/// Cancels the job and shows it as it is afterwards.
///
/// # Errors
/// As `get`; kind `Negative` where the job was done before.
pub fn run(args: &Cancel, session: &Session) -> Result<Exit, Failure> {
    let id = args.job.parse()?;
    let api = session.api()?;
    let job = runtime::block_on(async {
        let cancelled = api.cancel_job(&id).await;
        cancelled.map_err(|error| {
            let failure = failed(error, &format!("cancel {id}"));
            match id.kind() {
                JobKind::Video => failure.hint("whether video operations can be cancelled is not documented"),
                _ => failure.hint(format!("run gwh jobs get {id} to see its state")),
            }
        })?;
        api.job(&id).await.map_err(|error| failed(error, &format!("look up {id}, which was asked to end")))
    })?;
    let is_done = job.state.prospect() == Prospect::Done;
    let ui = &session.ui;
    if ui.json() {
        show::object(session, &job)?;
    } else {
        let (id, tick) = (sanitize::text(id.as_str()), ui.out_style().good("✓"));
        match &job.state {
            JobState::Cancelled => ui.line(&format!("{tick} cancelled {id}"))?,
            state if is_done => ui.line(&format!("{id} is {}", sanitize::text(state.as_str())))?,
            state => {
                let state = sanitize::text(state.as_str());
                ui.line(&format!("{tick} asked {id} to end; it is {state}"))?;
            }
        }
    }
    if is_done {
        return Err(Failure::negative(format!("{id} was done before it could be cancelled")));
    }
    Ok(Exit::Done)
}
