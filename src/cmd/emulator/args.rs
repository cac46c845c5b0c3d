//! The arguments of `gwh emulator`.

use std::path::PathBuf;
use std::time::Duration;

use bytes::Bytes;
use clap::Args;

use super::jobs::{DynamicArgs, JobArgs};
use crate::emulator::{DeliveryOptions, EventPolicy, Options, Ping, Schedule, Shape};
use crate::error::Failure;
use crate::session::Session;
use crate::units;

const AFTER_HELP: &str = "\
Examples:
  gwh emulator
  GOOGLE_GEMINI_BASE_URL=http://127.0.0.1:9090 GEMINI_API_KEY=any gwh webhooks list
  gwh emulator --port 0 --json --ready-file emulator.url --time-scale 3600
  gwh trigger --via-emulator batch.succeeded
  gwh emulator --job-delay 10s --user-metadata-at data --dynamic-scheme jwt

Any API key is accepted, but there must be one. Deliveries that fail are tried again after 5s, \
10s, 20s and so on up to an hour, each 20% more or less, until 24 hours are over: some 30 \
attempts. All of them have the same webhook-id and a fresh webhook-timestamp, which is the real \
time whatever --time-scale says. Redirects are not followed. Only webhooks are kept in --state: \
jobs, files and deliveries under way end with the emulator.

No model is asked: results are stand-ins, and a video is an MP4 file without a picture. Events go \
to the job's own URIs, signed with a published key, or else to the webhooks that are subscribed. \
How a job ends is decided by gwh_outcome in its user_metadata, or else by the name of its model:
  succeeded         any other name
  failed            a name with fail; also a batch with a line that is no request
  expired           a name with expire; an interaction fails then
  cancelled         a name with cancel
  requires_action   a name with requires-action; of interactions that give text

Kept are 10,000 jobs of 128 MiB (the ones that ended first make room; while all run, one more is \
refused with 429), 100 uploads, files for 48 hours, 10,000 deliveries to look at, and, under way \
to jobs' URIs, 20,000 deliveries of 128 MiB, 10,000 of them to one host. A batch has at most \
100,000 requests, and a webhook_config 100 URIs of 4 KiB.

The emulator's own calls need no key. They are refused with 403 to web pages: to requests with an \
Origin header, and with a Host that is not this machine.
  POST /emulator/v1/events        emit the event in the body; ?wait=5s waits for first attempts
  GET /emulator/v1/deliveries     what became of each; ?job=, ?webhook=, ?status=, or an event's /ID
  POST /emulator/v1/keys:rotate   sign deliveries to jobs' URIs with another key from now on

Exit codes: 0 on Ctrl-C; 3 when the address or the state file cannot be had.";

/// Run a local Gemini API for webhooks, for SDKs and for gwh itself
///
/// Serves webhooks, interactions, batches, videos and files at /v1, /v1beta and /v1alpha, public keys at
/// /.well-known/jwks.json, and delivers events as the service does: signed with every live secret, or with a
/// published key, retried, and disabled in the end. Google's SDKs use it when GOOGLE_GEMINI_BASE_URL is
/// set to its URL.
#[derive(Debug, Args)]
#[command(after_help = AFTER_HELP)]
pub struct Emulator {
    /// Listen on this port; 0 takes a free one
    #[arg(long, value_name = "PORT", default_value_t = 9090)]
    pub(super) port: u16,
    /// Listen on this address
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    pub(super) host: String,
    /// Keep webhooks and their secrets in this file, which only you can read
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
    /// Write the URL to this file once ready; removed at the end
    #[arg(long, value_name = "FILE")]
    pub(super) ready_file: Option<PathBuf>,
    /// Let retries, and the 24 hours of a rotation, pass so many times faster
    #[arg(long, value_name = "N", default_value = "1", value_parser = factor)]
    time_scale: f64,
    /// Let webhooks subscribe to the event types that only the documentation lists, too
    #[arg(long)]
    accept_documented_events: bool,
    /// Let webhooks subscribe to event types of any name
    #[arg(long)]
    accept_unknown_events: bool,
    /// The shape of the webhooks resource's errors; clients should read both
    #[arg(long, value_enum, default_value_t, value_name = "SHAPE")]
    webhook_errors: Shape,
    /// What is unknown of pings.
    #[command(flatten)]
    ping: PingArgs,
    /// What is unknown of deliveries.
    #[command(flatten)]
    delivery: DeliveryArgs,
    /// What becomes of jobs.
    #[command(flatten)]
    jobs: JobArgs,
    /// What is unknown of deliveries to the URIs of jobs.
    #[command(flatten)]
    dynamic: DynamicArgs,
}

/// What a ping delivers.
#[derive(Debug, Args)]
#[command(next_help_heading = "Pings (unverified: the service does not say what it does)")]
pub struct PingArgs {
    /// The type of the event that a ping delivers (unverified)
    #[arg(long, value_name = "EVENT", default_value = "webhook.ping")]
    ping_type: String,
    /// Deliver this file as the body of a ping (unverified)
    #[arg(long, value_name = "FILE")]
    ping_body: Option<PathBuf>,
    /// Deliver pings to webhooks that are not enabled, too (unverified)
    #[arg(long)]
    ping_disabled: bool,
}

/// How deliveries are made.
#[derive(Debug, Args)]
#[command(next_help_heading = "Deliveries (unverified: the service publishes neither schedule nor limits)")]
pub struct DeliveryArgs {
    /// The delay before the second attempt (unverified)
    #[arg(long, value_name = "DURATION", default_value = "5s", value_parser = units::positive_duration)]
    retry_first: Duration,
    /// How many times longer each delay is than the one before (unverified)
    #[arg(long, value_name = "N", default_value = "2", value_parser = factor)]
    retry_factor: f64,
    /// The longest delay (unverified)
    #[arg(long, value_name = "DURATION", default_value = "1h", value_parser = units::positive_duration)]
    retry_longest: Duration,
    /// How far a delay may be from its length, in percent (unverified)
    #[arg(long, value_name = "PERCENT", default_value_t = 20, value_parser = clap::value_parser!(u8).range(0..=100))]
    retry_jitter: u8,
    /// How long a delivery is tried again
    #[arg(long, value_name = "DURATION", default_value = "24h", value_parser = units::duration)]
    retry_for: Duration,
    /// How long a receiver may take to answer, on the real clock (unverified)
    #[arg(long, value_name = "DURATION", default_value = "10s", value_parser = units::positive_duration)]
    attempt_timeout: Duration,
    /// Disable a webhook after so many deliveries in a row that were given up (unverified)
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    disable_after: u32,
    /// How many deliveries of one webhook may be under way; further ones are reported and dropped (unverified)
    #[arg(long, value_name = "N", default_value_t = 5_000, value_parser = clap::value_parser!(u32).range(1..))]
    queue: u32,
}

impl Emulator {
    /// What the arguments mean.
    ///
    /// # Errors
    /// Kind `Configuration` where `--ping-body` cannot be read.
    pub(super) fn options(&self, session: &Session) -> Result<Options, Failure> {
        let body = self.ping.ping_body.as_deref().map(|file| session.read_input(Some(file))).transpose()?;
        let delivery = &self.delivery;
        Ok(Options {
            state: self.state.as_ref().map(|file| session.directory.join(file)),
            events: match (self.accept_unknown_events, self.accept_documented_events) {
                (true, _) => EventPolicy::Any,
                (false, true) => EventPolicy::Documented,
                (false, false) => EventPolicy::Live,
            },
            webhook_errors: self.webhook_errors,
            ping: Ping {
                event_type: self.ping.ping_type.clone(),
                body: body.map(Bytes::from),
                reaches_disabled: self.ping.ping_disabled,
            },
            delivery: DeliveryOptions {
                schedule: Schedule {
                    first: delivery.retry_first,
                    factor: delivery.retry_factor,
                    longest: delivery.retry_longest,
                    horizon: delivery.retry_for,
                    jitter: f64::from(delivery.retry_jitter) / 100.0,
                    time_scale: self.time_scale,
                },
                attempt_timeout: delivery.attempt_timeout,
                disable_after: delivery.disable_after,
                queue: delivery.queue as usize,
            },
            keys: self.dynamic.keys(),
            jobs: self.jobs.options(&self.dynamic),
            file_space: self.jobs.file_space(),
        })
    }
}

/// A factor from one to a million.
fn factor(text: &str) -> Result<f64, String> {
    let number: Option<f64> = text.trim().parse().ok();
    number
        .filter(|number| (1.0..=1e6).contains(number))
        .ok_or_else(|| "expected a number from 1 to 1000000".to_owned())
}
