//! What is to be fetched: the files that a job points to, or the results that stand in the job itself.

use crate::cmd::jobs::{failed, parse_id, show};
use crate::error::Failure;
use crate::gemini::{Api, ApiError, FileName, Job, JobId, JobKind, Prospect};
use crate::request::shell;

/// A result, and what its file is called where nobody says.
#[derive(Debug)]
pub(super) struct Target {
    /// What it is fetched from: `files/…`, or the id of the job that holds it.
    pub(super) source: String,
    /// A name without a folder.
    pub(super) file_name: String,
    /// Where its bytes are.
    pub(super) content: Content,
}

/// Where the bytes of a result are.
#[derive(Debug)]
pub(super) enum Content {
    /// In the Files API.
    File(FileName),
    /// Here.
    Text(String),
}

/// Refuses what no API has to be asked about, and no key is needed for.
///
/// # Errors
/// Kind `Usage` where `from` is no id, `Negative` where it is elsewhere.
pub(super) fn check(from: &str, kind: Option<JobKind>) -> Result<(), Failure> {
    if from.starts_with("gs://") {
        return Err(elsewhere(None, from));
    }
    if !from.contains("://") && !from.starts_with("files/") {
        parse_id(from, kind)?;
    }
    Ok(())
}

/// The results that `from` names: a file or a URL of the API, or a job that is done.
///
/// # Errors
/// Kind `Usage` where it is neither, `Negative` where the job has no results that can be fetched, `Remote` where
/// the API cannot be asked.
pub(super) async fn targets(api: &Api, from: &str, kind: Option<JobKind>) -> Result<Vec<Target>, Failure> {
    if let (None, Some(file)) = (kind, api.file_behind(from)) {
        return Ok(vec![of_file(file, None)]);
    }
    if from.contains("://") {
        return Err(elsewhere(None, from));
    }
    let id = parse_id(from, kind)?;
    let job = api.job(&id).await.map_err(|error| failed(error, &format!("look up {id}")))?;
    of_job(api, &job)
}

fn of_job(api: &Api, job: &Job) -> Result<Vec<Target>, Failure> {
    let id = &job.id;
    if let Some(failure) = show::lost(job) {
        return Err(failure);
    }
    if job.state.prospect() == Prospect::Open {
        let state = job.state.as_str();
        return Err(Failure::negative(format!("{id} has no results yet: it is {state}"))
            .hint(format!("run gwh jobs wait {id} first")));
    }
    if !job.results.is_empty() {
        let target = |pointer: &String| match api.file_behind(pointer) {
            Some(file) => Ok(of_file(file, Some(id.kind()))),
            None => Err(elsewhere(Some(id), pointer)),
        };
        let mut targets: Vec<Target> = Vec::new();
        for found in job.results.iter().map(target) {
            let found = found?;
            // Whoever names a file twice means one.
            if targets.iter().all(|known| known.source != found.source) {
                targets.push(found);
            }
        }
        return Ok(targets);
    }
    let text = job.inline().ok_or_else(|| {
        Failure::negative(format!("{id} is done, but names no result that can be fetched"))
            .hint(format!("run gwh jobs get {id} --json to see all that the API says about it"))
    })?;
    let is_batch = id.kind() == JobKind::Batch;
    // What a model says seldom ends with a newline, and a text file does.
    let text = if is_batch || text.ends_with('\n') { text } else { text + "\n" };
    let extension = if is_batch { "jsonl" } else { "txt" };
    let file_name = format!("{}.{extension}", plain(&id.as_str().replace('/', "-")));
    Ok(vec![Target { source: id.to_string(), file_name, content: Content::Text(text) }])
}

fn of_file(file: FileName, kind: Option<JobKind>) -> Target {
    let extension = match kind {
        Some(JobKind::Batch) => ".jsonl",
        Some(JobKind::Video) => ".mp4",
        _ => "",
    };
    let file_name = format!("{}{extension}", plain(file.id()));
    Target { source: file.to_string(), file_name, content: Content::File(file) }
}

/// A name that is no hidden file, no option and no path.
fn plain(name: &str) -> String {
    let kept = |c: char| if c.is_ascii_alphanumeric() || "-_.".contains(c) { c } else { '_' };
    let name: String = name.chars().map(kept).collect();
    match name.strip_prefix(['.', '-']) {
        Some(rest) => format!("_{rest}"),
        None => name,
    }
}

/// What cannot be fetched from here, and the job whose result it is.
fn elsewhere(job: Option<&JobId>, pointer: &str) -> Failure {
    let failure = Failure::negative(match job {
        Some(id) => format!("the result of {id} is at {pointer}, which is not a file of this API"),
        None => format!("{pointer} is not a file of this API"),
    });
    match pointer.starts_with("gs://") {
        // It is somebody else's text, and the hint is there to be pasted into a shell.
        true => {
            let word = shell::quote(pointer);
            failure.hint(format!("fetch it with your own credentials: gcloud storage cp {word} ."))
        }
        false => failure.hint("the API key is sent to the API alone; fetch it with a tool that needs none"),
    }
}

/// The failure of reading a file of the API.
pub(super) fn not_read(error: ApiError, file: &FileName) -> Failure {
    error.into_failure_of(
        &format!("download {file}"),
        "the API keeps files for a limited time; run gwh jobs get with the job's id to see where its results are",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_id_makes_a_hidden_file_or_an_option() {
        for (id, name) in [("batch-1", "batch-1"), (".bashrc", "_bashrc"), ("-rf", "_rf"), ("a=b", "a_b")] {
            assert_eq!(plain(id), name);
        }
    }
}
