//! The events that tell of a job's end: thin, with pointers and no results.

use clap::ValueEnum;
use jiff::Timestamp;
use serde::Serialize;
use serde_json::value::RawValue;

use super::{Job, Options, Outcome, Task};

/// Where an event has the metadata of its job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum MetadataAt {
    /// Beside data
    #[default]
    Top,
    /// In data
    Data,
    /// Nowhere
    None,
}

/// How `data.id` names the job of a batch or a video.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum IdForm {
    /// 123, the last part of its name
    #[default]
    Bare,
    /// batches/123 or models/…/operations/123, its whole name
    Name,
}

/// What `output_file_uri` holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum ResultUri {
    /// The URL that the result can be downloaded from
    #[default]
    Url,
    /// files/…, the name of the file
    Name,
    /// gs://…, as in the documentation, where nothing can be had from the emulator
    Gs,
}

/// What an event of a video points to it with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum VideoFields {
    /// output_file_uri and file_name, as the documentation lists them
    #[default]
    Documented,
    /// video_uri, as in the cookbook
    Cookbook,
    /// file_id and video_uri, as in articles
    Articles,
}

/// Which event comes of a video that an interaction was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum VideoInteraction {
    /// interaction.completed
    #[default]
    Completed,
    /// video.generated
    Generated,
}

/// The type and the body of an event.
pub struct Told {
    /// The `type`.
    pub event_type: &'static str,
    /// The body.
    pub body: String,
}

#[derive(Serialize)]
struct Envelope<'a> {
    r#type: &'static str,
    version: &'static str,
    timestamp: String,
    data: Data<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_metadata: Option<&'a RawValue>,
}

#[derive(Default, Serialize)]
struct Data<'a> {
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    output_file_uri: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file_name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    video_uri: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_code: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error_message: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_metadata: Option<&'a RawValue>,
}

/// The event of a job's end; none where the service has no type for it, as for a video that failed.
pub fn of(job: &Job, options: &Options) -> Option<Told> {
    let end = job.end.as_ref()?;
    let event_type = event_type(job, end.outcome, options)?;
    let metadata = job.config.as_ref().and_then(|config| config.user_metadata.as_deref());
    let at = |place| metadata.filter(|_| options.metadata_at == place);
    let mut data = Data { id: id(job, options), user_metadata: at(MetadataAt::Data), ..Data::default() };
    match (event_type, end.file.as_deref()) {
        ("batch.succeeded", Some(file)) => data.output_file_uri = Some(uri(job, file, options)),
        ("video.generated", Some(file)) => point_to_video(&mut data, job, file, options),
        ("batch.failed" | "interaction.failed", _) => {
            (data.error_code, data.error_message) =
                job.error().map(|(code, _, message)| (code, message)).unzip();
        }
        _ => {}
    }
    let timestamp = stamp(end.at);
    let envelope =
        Envelope { r#type: event_type, version: "v1", timestamp, data, user_metadata: at(MetadataAt::Top) };
    // Text and raw JSON always serialise.
    let body = serde_json::to_string(&envelope).ok()?;
    Some(Told { event_type, body })
}

/// A moment as the API writes it.
pub fn stamp(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()
}

fn event_type(job: &Job, outcome: Outcome, options: &Options) -> Option<&'static str> {
    let is_generated = options.video_interaction == VideoInteraction::Generated;
    match (&job.task, outcome) {
        (Task::Batch(_), Outcome::Succeeded) => Some("batch.succeeded"),
        (Task::Batch(_), Outcome::Failed) => Some("batch.failed"),
        (Task::Batch(_), Outcome::Expired) => Some("batch.expired"),
        (Task::Batch(_), Outcome::Cancelled) => Some("batch.cancelled"),
        (Task::Video, Outcome::Succeeded) => Some("video.generated"),
        (Task::VideoInteraction, Outcome::Succeeded) if is_generated => Some("video.generated"),
        (Task::Text { .. } | Task::VideoInteraction, outcome) => Some(match outcome {
            Outcome::Succeeded => "interaction.completed",
            Outcome::Failed | Outcome::Expired => "interaction.failed",
            Outcome::Cancelled => "interaction.cancelled",
            Outcome::RequiresAction => "interaction.requires_action",
        }),
        (Task::Batch(_) | Task::Video, _) => None,
    }
}

fn id<'a>(job: &'a Job, options: &Options) -> &'a str {
    match options.id_form {
        IdForm::Bare => job.id(),
        IdForm::Name => &job.name,
    }
}

fn uri(job: &Job, file: &str, options: &Options) -> String {
    match options.result_uri {
        ResultUri::Url => job.download_url(file),
        ResultUri::Name => format!("files/{file}"),
        ResultUri::Gs => format!("gs://gwh-emulator/{file}"),
    }
}

fn point_to_video<'a>(data: &mut Data<'a>, job: &Job, file: &'a str, options: &Options) {
    match options.video_fields {
        VideoFields::Documented => {
            data.output_file_uri = Some(uri(job, file, options));
            data.file_name = Some(format!("files/{file}"));
        }
        VideoFields::Cookbook => data.video_uri = Some(uri(job, file, options)),
        VideoFields::Articles => {
            data.file_id = Some(file);
            data.video_uri = Some(uri(job, file, options));
        }
    }
}

impl Job {
    /// Where a result of this job can be had.
    pub fn download_url(&self, file: &str) -> String {
        format!("{}/files/{file}:download?alt=media", self.base)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::Instant;

    use super::*;
    use crate::emulator::jobs::{Batch, End, Plan, Source, WebhookConfig};
    use crate::event::catalog;

    fn options() -> Options {
        Options {
            delay: Duration::ZERO,
            metadata_at: MetadataAt::Top,
            id_form: IdForm::Bare,
            result_uri: ResultUri::Url,
            video_fields: VideoFields::Documented,
            video_interaction: VideoInteraction::Completed,
        }
    }

    fn batch() -> Task {
        let source = Source::File;
        Task::Batch(Batch { display_name: None, requests: 1, results: bytes::Bytes::new(), source })
    }

    fn told(name: &str, task: Task, outcome: Outcome, options: &Options) -> Option<String> {
        let metadata = RawValue::from_string(r#"{"n":1.0}"#.to_owned()).expect("JSON");
        let job = Job {
            name: name.to_owned(),
            model: "m".to_owned(),
            task,
            config: Some(WebhookConfig { uris: Vec::new(), user_metadata: Some(metadata) }),
            plan: Plan { outcome, reason: None },
            end: Some(End { outcome, at: Timestamp::UNIX_EPOCH, file: Some("f".to_owned()), reason: None }),
            created: Timestamp::UNIX_EPOCH,
            since: Instant::now(),
            base: "http://h/v1".to_owned(),
        };
        let told = of(&job, options)?;
        let head =
            format!(r#"{{"type":"{}","version":"v1","timestamp":"1970-01-01T00:00:00Z","#, told.event_type);
        assert!(catalog::find(told.event_type).is_some(), "{}", told.event_type);
        Some(format!("{} {}", told.event_type, told.body.strip_prefix(&head).expect("begins as all do")))
    }

    #[test]
    fn each_end_has_the_event_and_the_fields_that_the_documentation_lists() {
        let of = |name: &str, task: Task, outcome| told(name, task, outcome, &options()).unwrap_or_default();
        assert_eq!(
            of("batches/1", batch(), Outcome::Succeeded),
            r#"batch.succeeded "data":{"id":"1","output_file_uri":"http://h/v1/files/f:download?alt=media"},"user_metadata":{"n":1.0}}"#
        );
        assert_eq!(
            of("batches/1", batch(), Outcome::Failed),
            r#"batch.failed "data":{"id":"1","error_code":"INVALID_ARGUMENT","error_message":"The batch failed, as it was asked to."},"user_metadata":{"n":1.0}}"#
        );
        let only_id = |of: String, event: &str, id: &str| {
            assert_eq!(of, format!(r#"{event} "data":{{"id":"{id}"}},"user_metadata":{{"n":1.0}}}}"#));
        };
        only_id(of("batches/1", batch(), Outcome::Expired), "batch.expired", "1");
        only_id(of("batches/1", batch(), Outcome::Cancelled), "batch.cancelled", "1");
        let text = || Task::Text { characters: 1 };
        only_id(of("v1_a", text(), Outcome::Succeeded), "interaction.completed", "v1_a");
        only_id(of("v1_a", text(), Outcome::Cancelled), "interaction.cancelled", "v1_a");
        only_id(of("v1_a", text(), Outcome::RequiresAction), "interaction.requires_action", "v1_a");
        assert!(of("v1_a", text(), Outcome::Expired).starts_with("interaction.failed"));
        only_id(of("v1_a", Task::VideoInteraction, Outcome::Succeeded), "interaction.completed", "v1_a");
        assert_eq!(of("o", Task::Video, Outcome::Failed), "", "there is no type for it");
    }

    #[test]
    fn what_is_unknown_follows_the_options() {
        let name = "models/m/operations/o";
        let of = |options: Options| told(name, Task::Video, Outcome::Succeeded, &options).unwrap_or_default();
        let gs = Options { result_uri: ResultUri::Gs, metadata_at: MetadataAt::None, ..options() };
        assert_eq!(
            of(gs),
            r#"video.generated "data":{"id":"o","output_file_uri":"gs://gwh-emulator/f","file_name":"files/f"}}"#
        );
        let articles = Options {
            video_fields: VideoFields::Articles,
            result_uri: ResultUri::Name,
            metadata_at: MetadataAt::Data,
            id_form: IdForm::Name,
            ..options()
        };
        assert_eq!(
            of(articles),
            r#"video.generated "data":{"id":"models/m/operations/o","file_id":"f","video_uri":"files/f","user_metadata":{"n":1.0}}}"#
        );
    }
}
