//! The arguments of `gwh emulator` that concern jobs and the deliveries to their own URIs.

use std::time::Duration;

use clap::Args;

use crate::emulator::{
    DynamicScheme, IdForm, JobOptions, KeyOptions, MetadataAt, ResultUri, VideoFields, VideoInteraction,
};
use crate::units;

/// What becomes of jobs.
#[derive(Debug, Args)]
#[command(next_help_heading = "Jobs")]
pub struct JobArgs {
    /// How long interactions, batches and videos take, on the real clock
    #[arg(long, value_name = "DURATION", default_value = "2s", value_parser = units::duration)]
    job_delay: Duration,
    /// How much memory uploaded files and results may take; the oldest make room
    #[arg(long, value_name = "SIZE", default_value = "256MiB", value_parser = units::size)]
    file_space: usize,
}

/// How deliveries to the URIs of jobs are signed, and what they hold.
#[derive(Debug, Args)]
#[command(next_help_heading = "Events of jobs (unverified: what the service writes is not known)")]
pub struct DynamicArgs {
    /// How deliveries to the URIs of jobs are signed
    #[arg(long, value_enum, default_value_t, value_name = "SCHEME")]
    dynamic_scheme: DynamicScheme,
    /// The audience that tokens name, with --dynamic-scheme jwt (unverified)
    #[arg(long, value_name = "TEXT")]
    dynamic_audience: Option<String>,
    /// Where events have the user_metadata of their job (unverified)
    #[arg(long, value_enum, default_value_t, value_name = "PLACE")]
    user_metadata_at: MetadataAt,
    /// How data.id names a batch or a video (unverified)
    #[arg(long, value_enum, default_value_t, value_name = "FORM")]
    data_id: IdForm,
    /// What output_file_uri and video_uri hold (unverified)
    #[arg(long, value_enum, default_value_t, value_name = "FORM")]
    result_uri: ResultUri,
    /// What points to a video in video.generated (unverified)
    #[arg(long, value_enum, default_value_t, value_name = "FIELDS")]
    video_fields: VideoFields,
    /// The event of a video that an interaction was asked for (unverified)
    #[arg(long, value_enum, default_value_t, value_name = "EVENT")]
    video_interaction: VideoInteraction,
}

impl JobArgs {
    /// How jobs go, with what their events hold.
    pub(super) fn options(&self, events: &DynamicArgs) -> JobOptions {
        JobOptions {
            delay: self.job_delay,
            metadata_at: events.user_metadata_at,
            id_form: events.data_id,
            result_uri: events.result_uri,
            video_fields: events.video_fields,
            video_interaction: events.video_interaction,
        }
    }

    /// How many bytes of files are kept.
    pub(super) fn file_space(&self) -> usize {
        self.file_space
    }
}

impl DynamicArgs {
    /// How deliveries are signed.
    pub(super) fn keys(&self) -> KeyOptions {
        KeyOptions { scheme: self.dynamic_scheme, audience: self.dynamic_audience.clone() }
    }
}
