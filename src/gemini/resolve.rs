//! From a thin payload to the job that it is about, and to where its results are.
//!
//! Of a payload only ids are used, and those at the configured API: a URL in it is never followed, since the API
//! key would go along to whoever wrote it. How `data.id` is written is undocumented, so every reading of it that
//! makes sense is tried in turn.

use super::call::Api;
use super::error::ApiError;
use super::job::Job;
use super::job_id::{JobId, JobKind};
use crate::event::Event;

/// What an event is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resolved {
    /// The job as the API has it now.
    pub job: Job,
    /// Where the results are: what the job says, or else the event. `files/…` can be downloaded; `gs://…` and
    /// what else is elsewhere can only be shown.
    pub results: Vec<String>,
}

/// Why an event could not be followed to its job.
#[derive(Debug, thiserror::Error)]
pub enum ResolveError {
    /// It names no job.
    #[error("the event names no job")]
    NoId,
    /// What it names could be anything.
    #[error("the event names {0:?}, which is no id of a job as the API has them")]
    UnknownId(String),
    /// It names a video's operation by its last part alone.
    #[error("the event names {0:?} without the model, and the API knows a video's operation by both")]
    NoModel(String),
    /// The API cannot be asked, or does not know the job.
    #[error("cannot look up {id}")]
    Api {
        /// The id that was asked for.
        id: JobId,
        /// What happened.
        error: Box<ApiError>,
    },
}

/// The jobs that an event may be about, the likeliest first: calls to make until one is known.
///
/// # Errors
/// [`ResolveError::NoId`], [`ResolveError::UnknownId`] and [`ResolveError::NoModel`].
pub fn candidates(event: &Event<'_>) -> Result<Vec<JobId>, ResolveError> {
    let id = event.job_id().ok_or(ResolveError::NoId)?;
    let type_name = event.type_name().unwrap_or_default();
    let kind = match type_name.split('.').next() {
        Some("interaction") => Some(JobKind::Interaction),
        Some("batch") => Some(JobKind::Batch),
        // A video is an operation or an interaction, which the shape tells.
        _ => None,
    };
    let mut found: Vec<JobId> = match kind {
        Some(kind) => JobId::of_kind(kind, &id).into_iter().collect(),
        None => JobId::parse(&id).into_iter().collect(),
    };
    if kind == Some(JobKind::Batch) {
        // The documentation's samples write `batch_123` where the API writes `batches/123`.
        let number = id.strip_prefix("batch_").or_else(|| id.strip_prefix("batch-"));
        found.extend(number.and_then(|number| JobId::of_kind(JobKind::Batch, number).ok()));
    }
    match found.is_empty() {
        false => Ok(found),
        true if type_name.starts_with("video.") && !id.contains('/') => Err(ResolveError::NoModel(id)),
        true => Err(ResolveError::UnknownId(id)),
    }
}

impl Api {
    /// Follows an event to its job.
    ///
    /// # Errors
    /// [`ResolveError`].
    pub async fn resolve(&self, event: &Event<'_>) -> Result<Resolved, ResolveError> {
        let mut not_found = None;
        for id in candidates(event)? {
            match self.job(&id).await {
                Ok(job) => {
                    let results = match job.results.as_slice() {
                        [] => event.pointer().into_iter().collect(),
                        results => results.to_vec(),
                    };
                    return Ok(Resolved { job, results });
                }
                Err(error) => {
                    // Another reading of the id is of use only where this one is unknown.
                    let is_unknown = error.refusal().is_some_and(|it| matches!(it.status, 400 | 404));
                    let failed = ResolveError::Api { id, error: Box::new(error) };
                    if !is_unknown {
                        return Err(failed);
                    }
                    not_found.get_or_insert(failed);
                }
            }
        }
        Err(not_found.unwrap_or(ResolveError::NoId))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(type_name: &str, id: &str) -> Vec<String> {
        let body = format!(r#"{{"type":"{type_name}","data":{{"id":"{id}"}}}}"#);
        let event = Event::parse(body.as_bytes()).expect("an event");
        candidates(&event).map_or_else(|_| Vec::new(), |ids| ids.iter().map(JobId::to_string).collect())
    }

    #[test]
    fn an_id_is_read_in_every_way_that_makes_sense() {
        assert_eq!(names("batch.succeeded", "batches/7"), ["batches/7"]);
        assert_eq!(names("batch.failed", "7"), ["batches/7"]);
        assert_eq!(names("batch.expired", "batch_123456"), ["batches/batch_123456", "batches/123456"]);
        assert_eq!(names("interaction.completed", "abc"), ["abc"]);
        assert_eq!(names("video.generated", "models/veo/operations/op1"), ["models/veo/operations/op1"]);
        assert_eq!(names("video.generated", "v1_abc"), ["v1_abc"]);
        assert_eq!(names("model.tuned", "batches/7"), ["batches/7"], "a type that nobody knows");
    }

    #[test]
    fn what_is_no_id_leads_nowhere() {
        for (type_name, id) in [
            ("video.generated", "op1"),
            ("batch.succeeded", "../files/x"),
            ("batch.succeeded", "https://evil.example/batches/1"),
            ("interaction.completed", "x/cancel"),
            ("model.tuned", "m_1"),
        ] {
            assert_eq!(names(type_name, id), Vec::<String>::new(), "{id}");
        }
        let event = Event::parse(br#"{"type":"video.generated","data":{"id":"op1"}}"#).expect("an event");
        assert!(matches!(candidates(&event), Err(ResolveError::NoModel(id)) if id == "op1"));
        let event = Event::parse(br#"{"type":"batch.succeeded","data":{}}"#).expect("an event");
        assert!(matches!(candidates(&event), Err(ResolveError::NoId)));
    }
}
