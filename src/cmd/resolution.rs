//! An event followed to its job, for `events show --resolve` and `listen --resolve`: what came of it, as JSON
//! and in words.
//!
//! Only what verified is followed. The API key is used for nothing that a stranger asks for.

use std::time::Duration;

use serde::Serialize;

use crate::event::Event;
use crate::gemini::{Api, Job, JobError, Prospect, ResolveError, Resolved};
use crate::ui::{Style, sanitize};
use crate::units;

/// A pointer or an error is cut after so many characters for people.
const SHOWN: usize = 200;

/// What came of following an event.
pub(super) type Resolution = Result<Box<Resolved>, Unresolved>;

/// Why an event was not followed to its job.
#[derive(Debug, thiserror::Error)]
pub(super) enum Unresolved {
    /// It may come from anybody.
    #[error("only what verified is followed to its job")]
    NotVerified,
    /// The body is no JSON object.
    #[error("the body is no event")]
    NoEvent,
    /// It leads to no job that the API has.
    #[error("{}", sentence(.0))]
    Unknown(#[from] ResolveError),
    /// The API did not say in time.
    #[error("the API did not answer within {}", units::human_duration(.0.as_secs()))]
    TooLate(Duration),
    /// Too many others wait.
    #[error("events came faster than the API answers")]
    Skipped,
    /// Nobody waits for it any more.
    #[error("the run ended before the API answered")]
    Ended,
}

impl Unresolved {
    /// The stable code in JSON.
    fn code(&self) -> &'static str {
        match self {
            Unresolved::NotVerified => "not_verified",
            Unresolved::NoEvent => "no_event",
            Unresolved::Unknown(ResolveError::NoId) => "no_id",
            Unresolved::Unknown(ResolveError::UnknownId(_) | ResolveError::NoModel(_)) => "unknown_id",
            Unresolved::Unknown(ResolveError::Api { error, .. }) => match error.refusal() {
                Some(refusal) if refusal.status == 404 => "not_found",
                Some(_) => "refused",
                None => "unreachable",
            },
            Unresolved::TooLate(_) => "timeout",
            Unresolved::Skipped => "skipped",
            Unresolved::Ended => "ended",
        }
    }
}

fn sentence(error: &ResolveError) -> String {
    match error {
        ResolveError::Api { error: api, .. } => format!("{error}: {}", api.cause),
        other => other.to_string(),
    }
}

/// Follows the event in the body of a delivery that verified.
///
/// # Errors
/// [`Unresolved`]: it names no job, or the API cannot be asked or does not know it.
pub(super) async fn follow(api: &Api, body: &[u8]) -> Resolution {
    let event = Event::parse(body).ok_or(Unresolved::NoEvent)?;
    Ok(Box::new(api.resolve(&event).await?))
}

/// A job in JSON.
#[derive(Serialize)]
pub(super) struct JobRecord<'a> {
    kind: &'static str,
    id: &'a str,
    state: &'a str,
    /// Where the results are; empty where they stand in the job itself.
    results: &'a [String],
    error: Option<JobErrorRecord<'a>>,
}

#[derive(Serialize)]
struct JobErrorRecord<'a> {
    code: Option<&'a str>,
    message: Option<&'a str>,
}

impl<'a> JobRecord<'a> {
    /// A job whose results are at `results`.
    pub(super) fn new(job: &'a Job, results: &'a [String]) -> Self {
        let error = |error: &'a JobError| JobErrorRecord {
            code: error.code.as_deref(),
            message: error.message.as_deref(),
        };
        JobRecord {
            kind: job.id.kind().name(),
            id: job.id.as_str(),
            state: job.state.as_str(),
            results,
            error: job.error.as_ref().map(error),
        }
    }
}

/// What came of following an event, as fields of a JSON object: one of them is null.
#[derive(Serialize)]
pub(super) struct ResolutionRecord<'a> {
    /// The job as the API has it now.
    resolved: Option<JobRecord<'a>>,
    /// Why there is none.
    resolve_error: Option<ResolveErrorRecord>,
}

#[derive(Serialize)]
struct ResolveErrorRecord {
    code: &'static str,
    message: String,
}

impl<'a> ResolutionRecord<'a> {
    pub(super) fn new(resolution: &'a Resolution) -> Self {
        match resolution {
            Ok(found) => ResolutionRecord {
                resolved: Some(JobRecord::new(&found.job, &found.results)),
                resolve_error: None,
            },
            Err(error) => ResolutionRecord {
                resolved: None,
                resolve_error: Some(ResolveErrorRecord { code: error.code(), message: error.to_string() }),
            },
        }
    }
}

/// What a person reads of a job that was found: its id and state, its error, and where its results are.
pub(super) struct Words {
    /// `batches/123  succeeded`.
    pub(super) state: String,
    /// What went wrong with it, and each of its results.
    pub(super) more: Vec<String>,
}

impl Words {
    pub(super) fn of(found: &Resolved, style: Style) -> Self {
        let job = &found.job;
        let word = sanitize::clipped(job.state.as_str(), 40);
        let word = match job.state.prospect() {
            Prospect::Done => style.good(word),
            Prospect::Lost => style.bad(word),
            Prospect::Open => word.into_owned(),
        };
        let error = job.error.as_ref().map(|error| sanitize::clipped(&error.to_string(), SHOWN).into_owned());
        let results = found.results.iter().map(|result| sanitize::clipped(result, SHOWN).into_owned());
        Words {
            state: format!("{}  {word}", sanitize::clipped(job.id.as_str(), SHOWN)),
            more: error.into_iter().chain(results).collect(),
        }
    }
}
