//! Jobs that take a while: interactions, batches, videos. What one is and how it ends, as values.
//!
//! `body` reads what starts one, `outcome` decides how it will end, `registry` keeps it, `view` shows it,
//! `event` tells of its end, and `calls` puts these together. Nothing is computed by a model: results
//! are stand-ins, the same for the same input.

mod body;
mod calls;
mod event;
mod members;
mod outcome;
mod queue;
mod registry;
mod results;
mod view;
mod webhook_config;

use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use tokio::time::Instant;

pub use event::{IdForm, MetadataAt, ResultUri, VideoFields, VideoInteraction};
pub use outcome::Outcome;
pub use queue::Jobs;
pub use results::video;
pub use webhook_config::WebhookConfig;

/// How jobs go. What the service does in these respects is unknown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// How long a job takes, on the real clock.
    pub delay: Duration,
    /// Where an event has the metadata of its job.
    pub metadata_at: MetadataAt,
    /// How an event names its job.
    pub id_form: IdForm,
    /// What an event of a batch has as the place of the results.
    pub result_uri: ResultUri,
    /// What an event of a video has as the place of the video.
    pub video_fields: VideoFields,
    /// Which event a video makes that an interaction was asked for.
    pub video_interaction: VideoInteraction,
}

/// A job.
#[derive(Debug)]
pub struct Job {
    /// What its calls go by: `v1_…`, `batches/…` or `models/…/operations/…`.
    pub name: String,
    /// The model, without `models/`.
    pub model: String,
    /// What was asked for.
    pub task: Task,
    /// Whom to tell, where the job says so itself.
    pub config: Option<WebhookConfig>,
    /// How it will end.
    pub plan: Plan,
    /// How it has ended.
    pub end: Option<End>,
    /// When it was submitted.
    pub created: Timestamp,
    /// The same, for measuring.
    pub since: Instant,
    /// Where the emulator was reached, with the version: `http://127.0.0.1:9090/v1beta`.
    pub base: String,
}

/// What was asked for.
#[derive(Debug)]
pub enum Task {
    /// A text; how many characters were put in.
    Text {
        /// Of the input.
        characters: usize,
    },
    /// A video, through an interaction.
    VideoInteraction,
    /// A video, through an operation.
    Video,
    /// Many requests.
    Batch(Batch),
}

/// A batch of requests.
#[derive(Debug)]
pub struct Batch {
    /// The owner's name for it.
    pub display_name: Option<String>,
    /// How many requests there are.
    pub requests: usize,
    /// The lines that answer them; taken into a file in the end, but for inline requests kept here, too.
    pub results: Bytes,
    /// How the requests came.
    pub source: Source,
}

/// How the requests of a batch came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// In the call; the results are in the finished job, too.
    Inline,
    /// In a file.
    File,
}

/// How a job will end, and what is said of a failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// How.
    pub outcome: Outcome,
    /// Why it fails, where that is known.
    pub reason: Option<String>,
}

/// How a job has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    /// How.
    pub outcome: Outcome,
    /// When.
    pub at: Timestamp,
    /// The file of its result, without `files/`.
    pub file: Option<String>,
    /// Why it failed, where more is known than that.
    pub reason: Option<String>,
}

impl Job {
    /// The family's word for it, in the log.
    pub fn kind(&self) -> &'static str {
        match self.task {
            Task::Text { .. } | Task::VideoInteraction => "interaction",
            Task::Video => "video",
            Task::Batch(_) => "batch",
        }
    }

    /// The last part of the name.
    pub fn id(&self) -> &str {
        self.name.rsplit('/').next().unwrap_or(&self.name)
    }

    /// Whether it can still be ended: it runs, or waits for somebody.
    pub fn is_open(&self) -> bool {
        self.end.as_ref().is_none_or(|end| end.outcome == Outcome::RequiresAction)
    }

    /// What went wrong: the name of the code, its number, a sentence. None where nothing did.
    pub fn error(&self) -> Option<(&'static str, u8, String)> {
        let (what, end) = (self.kind(), self.end.as_ref()?);
        let (name, number, sentence) = match end.outcome {
            Outcome::Succeeded | Outcome::RequiresAction => return None,
            Outcome::Cancelled => ("CANCELLED", 1, format!("The {what} was cancelled.")),
            Outcome::Failed => ("INVALID_ARGUMENT", 3, format!("The {what} failed, as it was asked to.")),
            Outcome::Expired => ("DEADLINE_EXCEEDED", 4, format!("The {what} did not finish in time.")),
        };
        Some((name, number, end.reason.clone().unwrap_or(sentence)))
    }

    /// How much memory it takes, in bytes, more or less.
    pub fn weight(&self) -> usize {
        const FIXED: usize = 1_024;
        let results = match &self.task {
            Task::Batch(batch) => batch.results.len(),
            _ => 0,
        };
        FIXED + results + self.model.len() + self.config.as_ref().map_or(0, WebhookConfig::weight)
    }
}
