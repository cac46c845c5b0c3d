//! How a job is shown: lines for people, one object for scripts.

use serde::Serialize;
use serde_json::value::RawValue;

use crate::cmd::resolution::JobRecord;
use crate::error::Failure;
use crate::gemini::{Job, JobState, Prospect};
use crate::session::Session;
use crate::ui::{Style, sanitize};

/// A job as `--json` prints it.
#[derive(Serialize)]
struct Document<'a> {
    #[serde(rename = "type")]
    kind_of_object: &'static str,
    #[serde(flatten)]
    job: JobRecord<'a>,
    /// What the API answered, with everything in it as it was written.
    raw: &'a RawValue,
}

/// Prints a job as one JSON object.
///
/// # Errors
/// Where stdout cannot be written.
pub(super) fn object(session: &Session, job: &Job) -> Result<(), Failure> {
    let raw: &RawValue =
        serde_json::from_str(job.raw()).map_err(|error| Failure::bug("cannot write JSON").because(error))?;
    session.ui.object(&Document { kind_of_object: "job", job: JobRecord::new(job, &job.results), raw })
}

/// Prints a job: everything that a person wants to know, or one JSON object.
///
/// # Errors
/// Where stdout cannot be written.
pub(super) fn print(session: &Session, job: &Job) -> Result<(), Failure> {
    let ui = &session.ui;
    if ui.json() {
        return object(session, job);
    }
    let style = ui.out_style();
    ui.line(&style.bold(sanitize::text(job.id.as_str())))?;
    lines(job, style).iter().try_for_each(|line| ui.line(line))
}

/// Prints where the results of a job that is done are, one a line: the job's id where they stand in it.
///
/// # Errors
/// Where stdout cannot be written.
pub(super) fn pointers(session: &Session, job: &Job) -> Result<(), Failure> {
    if session.ui.json() {
        return object(session, job);
    }
    if job.results.is_empty() {
        return session.ui.line(&sanitize::text(job.id.as_str()));
    }
    job.results.iter().try_for_each(|result| session.ui.line(&sanitize::text(result)))
}

/// Why no result of a job will come by itself, as the failure of a command that needs it. None where one may.
pub(super) fn lost(job: &Job) -> Option<Failure> {
    if job.state.prospect() != Prospect::Lost {
        return None;
    }
    let id = &job.id;
    let what = match &job.state {
        JobState::Failed => format!("{id} failed"),
        JobState::Cancelled => format!("{id} was cancelled"),
        JobState::Expired => format!("{id} expired"),
        JobState::Incomplete => format!("{id} ended before it was done"),
        _ => format!("{id} waits for an action that only its caller can take"),
    };
    let failure = Failure::negative(match (&job.error, &job.state) {
        (Some(error), _) => format!("{what}: {error}"),
        (None, JobState::Expired) => format!("{what}: it did not finish in time"),
        (None, _) => what,
    });
    Some(failure.hint(format!("run gwh jobs get {id} --json to see all that the API says about it")))
}

fn lines(job: &Job, style: Style) -> Vec<String> {
    let row =
        |name: &str, value: &str| format!("  {}  {}", style.dim(format!("{name:<8}")), sanitize::text(value));
    let state = sanitize::text(job.state.as_str());
    let state = match job.state.prospect() {
        Prospect::Done => style.good(state),
        Prospect::Lost => style.bad(state),
        Prospect::Open => state.into_owned(),
    };
    let mut lines = vec![row("kind", job.id.kind().name())];
    lines.push(format!("  {}  {state}", style.dim(format!("{:<8}", "state"))));
    lines.extend(job.error.as_ref().map(|error| row("error", &error.to_string())));
    lines.extend(job.facts.iter().map(|(name, value)| row(name, value)));
    lines.extend(job.results.iter().map(|result| row("result", result)));
    lines
}
