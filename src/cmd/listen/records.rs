//! The JSON lines of `gwh listen --json` besides the capture record.

use std::borrow::Cow;
use std::path::Path;

use serde::Serialize;

use super::goal::Tally;
use super::queue::Followed;
use crate::cmd::resolution::ResolutionRecord;
use crate::event;
use crate::gemini::Webhook;
use crate::server::{Arrival, Refused};
use crate::signature::KeySetState;
use crate::units::rfc3339;

/// The first line.
#[derive(Serialize)]
pub(super) struct Ready<'a> {
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    pub(super) url: &'a str,
    /// The names of the secrets that verify.
    pub(super) secrets: &'a [String],
    /// The names of the public keys that verify.
    pub(super) keys: &'a [String],
    /// The key sets that are asked when a delivery needs them.
    pub(super) key_sets: &'a [KeySetName],
    /// Where deliveries are forwarded to.
    pub(super) forward_to: &'a [String],
    /// The file of the certificate that is shown, where the server speaks TLS.
    pub(super) certificate: Option<&'a Path>,
    /// The webhook that was made for this run.
    pub(super) webhook: Option<ReadyWebhook<'a>>,
}

/// A webhook that lives as long as the run.
#[derive(Serialize)]
pub(super) struct ReadyWebhook<'a> {
    id: &'a str,
    name: Option<&'a str>,
    uri: &'a str,
}

impl<'a> ReadyWebhook<'a> {
    pub(super) fn of(webhook: &'a Webhook) -> Self {
        ReadyWebhook { id: &webhook.id, name: webhook.name.as_deref(), uri: &webhook.uri }
    }
}

/// A key set by its name and place.
#[derive(Serialize)]
pub(super) struct KeySetName {
    pub(super) name: String,
    url: String,
}

impl KeySetName {
    pub(super) fn of(set: &KeySetState) -> Self {
        KeySetName { name: set.name.to_string(), url: set.url.to_string() }
    }
}

/// Other keys verify from here on.
#[derive(Serialize)]
pub(super) struct KeysRecord<'a> {
    #[serde(rename = "type")]
    pub(super) kind: &'static str,
    /// The names of the secrets that verify now.
    pub(super) secrets: &'a [String],
    /// The names of the public keys that verify now.
    pub(super) keys: &'a [String],
}

/// A request that never became a delivery.
#[derive(Serialize)]
struct RefusedRecord<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    received_at: String,
    method: Option<&'a str>,
    path: Option<&'a str>,
    status: Option<u16>,
    reason: &'static str,
}

/// What came of following an event to its job, some time after its delivery was shown.
#[derive(Serialize)]
struct FollowedRecord<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    webhook_id: Option<String>,
    event_type: Option<Cow<'a, str>>,
    #[serde(flatten)]
    resolution: ResolutionRecord<'a>,
}

/// How many lines are missing here, because whoever reads them was too slow.
#[derive(Serialize)]
struct DroppedRecord {
    #[serde(rename = "type")]
    kind: &'static str,
    count: u64,
}

/// The last line.
#[derive(Serialize)]
pub(super) struct SummaryRecord {
    #[serde(rename = "type")]
    kind: &'static str,
    deliveries: u64,
    verified: u64,
    invalid: u64,
    retries: u64,
    filtered: u64,
    refused: u64,
    unkept: u64,
    forwarded: u64,
    forward_failures: u64,
    not_shown: u64,
}

/// A line of JSON.
pub(super) fn line(record: &impl Serialize) -> String {
    let mut line = serde_json::to_string(record).expect("a struct of text and numbers serialises");
    line.push('\n');
    line
}

pub(super) fn refused(refused: &Refused) -> String {
    line(&RefusedRecord {
        kind: "refused",
        received_at: rfc3339(refused.received_at),
        method: refused.method.as_ref().map(|method| method.as_str()),
        path: refused.target.as_deref(),
        status: refused.reason.status().map(|status| status.as_u16()),
        reason: refused.reason.code(),
    })
}

pub(super) fn followed(arrival: &Arrival, followed: &Followed) -> String {
    line(&FollowedRecord {
        kind: "resolved",
        webhook_id: arrival.webhook_id(),
        event_type: event::type_of(arrival.body()),
        resolution: ResolutionRecord::new(&followed.resolution),
    })
}

pub(super) fn dropped(count: u64) -> String {
    line(&DroppedRecord { kind: "dropped", count })
}

pub(super) fn summary(tally: Tally, not_shown: u64) -> String {
    line(&SummaryRecord {
        kind: "summary",
        deliveries: tally.deliveries(),
        verified: tally.verified,
        invalid: tally.invalid,
        retries: tally.retries,
        filtered: tally.filtered,
        refused: tally.refused,
        unkept: tally.unkept,
        forwarded: tally.forwarded,
        forward_failures: tally.untaken,
        not_shown,
    })
}
