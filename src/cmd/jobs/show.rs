//! How a job is shown: lines for people, one object for scripts.

use serde::Serialize;
use serde_json::value::RawValue;

use crate::error::Failure;
use crate::gemini::{Job, JobState, Prospect};
use crate::session::Session;
use crate::ui::{Style, sanitize};

/// A job as `--json` prints it.
#[derive(Serialize)]
struct Document<'a> {
    #[serde(rename = "type")]
    kind_of_object: &'static str,
    kind: &'static str,
    id: &'a str,
    state: &'a str,
    /// Where the results are; empty where they stand in the job itself.
    results: &'a [String],
    error: Option<ErrorDocument<'a>>,
    /// What the API answered, with everything in it as it was written.
    raw: &'a RawValue,
}

#[derive(Serialize)]
struct ErrorDocument<'a> {
    code: Option<&'a str>,
    message: Option<&'a str>,
}

/// Prints a job as one JSON object.
///
/// # Errors
/// Where stdout cannot be written.
pub(super) fn object(session: &Session, job: &Job) -> Result<(), Failure> {
    let raw: &RawValue =
        serde_json::from_str(job.raw()).map_err(|error| Failure::bug("cannot write JSON").because(error))?;
    let error = job
        .error
        .as_ref()
        .map(|error| ErrorDocument { code: error.code.as_deref(), message: error.message.as_deref() });
    session.ui.object(&Document {
        kind_of_object: "job",
        kind: job.id.kind().name(),
        id: job.id.as_str(),
        state: job.state.as_str(),
        results: &job.results,
        error,
        raw,
    })
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
        JobState::Expired => format!("{id} expired: it did not finish in time"),
        JobState::Incomplete => format!("{id} ended before it was done"),
        _ => format!("{id} waits for an action that only its caller can take"),
    };
    let failure = Failure::negative(match &job.error {
        Some(error) => format!("{what}: {error}"),
        None => what,
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
