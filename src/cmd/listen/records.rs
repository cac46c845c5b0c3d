//! The JSON lines of `gwh listen --json` besides the capture record.

use jiff::Timestamp;
use serde::Serialize;

use super::goal::Tally;
use crate::capture::{DeliveryRecord, ResponseRecord, header_text};
use crate::event::Event;
use crate::server::{Arrival, Refused};
use crate::signature::VerdictRecord;
use crate::signature::diagnose::Finding;

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
    not_shown: u64,
}

/// A line of JSON.
pub(super) fn line(record: &impl Serialize) -> String {
    let mut line = serde_json::to_string(record).expect("a struct of text and numbers serialises");
    line.push('\n');
    line
}

pub(super) fn delivery(arrival: &Arrival, event: Option<&Event<'_>>, findings: &[Finding]) -> String {
    let headers =
        arrival.headers().map(|(name, value)| (name.to_owned(), header_text(value))).collect::<Vec<_>>();
    let mut record = DeliveryRecord::new(headers, arrival.body());
    record.webhook_id = arrival.webhook_id();
    record.event_type = event.and_then(Event::type_name).map(|name| name.into_owned());
    record.received_at = Some(stamp(arrival.received_at));
    record.method = Some(arrival.method.to_string());
    record.path = Some(arrival.target().to_owned());
    record.attempt = arrival.attempt.map(|attempt| attempt.number);
    record.verdict = Some(VerdictRecord::new(&arrival.verdict, findings));
    record.response = Some(ResponseRecord { status: arrival.status.as_u16() });
    line(&record)
}

pub(super) fn refused(refused: &Refused) -> String {
    line(&RefusedRecord {
        kind: "refused",
        received_at: stamp(refused.received_at),
        method: refused.method.as_ref().map(|method| method.as_str()),
        path: refused.target.as_deref(),
        status: refused.reason.status().map(|status| status.as_u16()),
        reason: refused.reason.code(),
    })
}

pub(super) fn dropped(count: u64) -> String {
    line(&DroppedRecord { kind: "dropped", count })
}

pub(super) fn summary(tally: Tally, not_shown: u64) -> String {
    line(&SummaryRecord {
        kind: "summary",
        deliveries: tally.verified + tally.invalid,
        verified: tally.verified,
        invalid: tally.invalid,
        retries: tally.retries,
        filtered: tally.filtered,
        refused: tally.refused,
        not_shown,
    })
}

/// RFC 3339 in UTC, to the millisecond.
fn stamp(at: Timestamp) -> String {
    format!("{at:.3}")
}
