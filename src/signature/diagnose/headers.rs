//! Mistakes with the id and the timestamp: another delivery's, another unit, another form.

use jiff::Timestamp;

use super::super::headers::{SignedDelivery, TIMESTAMP, parse_timestamp};
use super::super::verdict::{Reason, Verdict};
use super::Context;
use super::case::Case;
use super::cause::{Cause, Change, Finding};
use crate::units::human_duration;

/// How many other deliveries are looked at, the latest first.
const MAX_OTHERS: usize = 64;
/// How many seconds a sender may take between reading its clock twice.
const SHIFT: i64 = 3;
/// Up to this size of body all thousand milliseconds of a second are tried.
const SMALL_BODY: usize = 4 << 10;
/// Timestamps from here on are milliseconds: as seconds they lie beyond the year 5000.
const MILLISECONDS: i64 = 100_000_000_000;

const MILLISECONDS_FIX: &str = "webhook-timestamp is Unix seconds, and what is sent must be what is signed";

/// The first change of the id or the timestamp that makes the delivery match.
pub(super) fn find(case: &mut Case<'_>, context: Context<'_>) -> Option<Finding> {
    timestamp_format(case)
        .or_else(|| milliseconds(case))
        .or_else(|| shifted(case))
        .or_else(|| of_another_delivery(case, context))
        .or_else(|| named_by_token(case))
}

/// What to say of a timestamp that is refused as lying ahead, but is right when taken for milliseconds.
pub(super) fn milliseconds_ahead(delivery: &SignedDelivery<'_>, verdict: &Verdict) -> Option<Finding> {
    let rejection = verdict.rejection().filter(|rejection| rejection.reason == Reason::TimestampInFuture)?;
    rejection.proof.as_ref()?;
    let timestamp = parse_timestamp(delivery.timestamp).filter(|timestamp| *timestamp >= MILLISECONDS)?;
    let now = timestamp.saturating_add(verdict.age_seconds?);
    let age = now.saturating_sub(timestamp / 1000);
    let moment = if age < 0 { "ahead" } else { "old" };
    Some(Finding::by_form(
        Cause::TimestampMilliseconds,
        format!(
            "the signature is right, and it is {} {moment} once webhook-timestamp is read as milliseconds",
            human_duration(age.unsigned_abs())
        ),
        MILLISECONDS_FIX,
    ))
}

fn with_timestamp(case: &mut Case<'_>, timestamp: &[u8], change: impl FnOnce() -> Change) -> Option<Finding> {
    let changed = SignedDelivery { timestamp, ..*case.delivery };
    let found = case.with_delivery(&changed)?;
    Finding::of(found.with([change()]))
}

/// A timestamp that is not a number of seconds is refused before its signature is looked at.
pub(super) fn timestamp_format(case: &mut Case<'_>) -> Option<Finding> {
    let written = case.delivery.timestamp;
    if parse_timestamp(written).is_some() {
        return None;
    }
    case.trying("other forms of the timestamp");
    let fix = "the sender must write and sign webhook-timestamp as Unix seconds, in digits only";
    with_timestamp(case, written, || {
        let once = format!("{TIMESTAMP} is taken as it is written, which is not Unix seconds");
        Change::new(Cause::TimestampFormat, once, fix)
    })
    .or_else(|| {
        let seconds = unix_seconds(written)?.to_string();
        with_timestamp(case, seconds.as_bytes(), || {
            Change::new(Cause::TimestampFormat, format!("{TIMESTAMP} is written as {seconds}"), fix)
        })
    })
}

/// The Unix seconds of an RFC 3339 timestamp or of a decimal fraction.
fn unix_seconds(written: &[u8]) -> Option<i64> {
    let text = str::from_utf8(written).ok()?;
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Some(moment.as_second());
    }
    let (whole, fraction) = text.split_once('.')?;
    fraction.parse::<u64>().ok()?;
    parse_timestamp(whole.as_bytes())
}

fn milliseconds(case: &mut Case<'_>) -> Option<Finding> {
    case.trying("the timestamp in milliseconds");
    let sent = parse_timestamp(case.delivery.timestamp)?;
    let change = |signed: &str| {
        let once = format!("{TIMESTAMP} is {signed}");
        Change::new(Cause::TimestampMilliseconds, once, MILLISECONDS_FIX)
    };
    if sent >= MILLISECONDS {
        let seconds = (sent / 1000).to_string();
        return with_timestamp(case, seconds.as_bytes(), || {
            change(&format!("{seconds}, in seconds instead of milliseconds"))
        });
    }
    let last = if case.delivery.body.len() <= SMALL_BODY { 999 } else { 0 };
    (0..=last).find_map(|milliseconds| {
        let signed = sent.checked_mul(1000)?.checked_add(milliseconds)?.to_string();
        with_timestamp(case, signed.as_bytes(), || {
            change(&format!("{signed}, in milliseconds instead of seconds"))
        })
    })
}

/// A sender that reads its clock once for signing and once for the header.
fn shifted(case: &mut Case<'_>) -> Option<Finding> {
    let sent = parse_timestamp(case.delivery.timestamp)?;
    case.trying("a timestamp a few seconds away");
    (1..=SHIFT).flat_map(|shift| [-shift, shift]).find_map(|shift| {
        let signed = sent.checked_add(shift)?.to_string();
        with_timestamp(case, signed.as_bytes(), || {
            let direction = if shift < 0 { "earlier" } else { "later" };
            let seconds = shift.unsigned_abs();
            let once = format!("{TIMESTAMP} is {signed}, {seconds}s {direction}");
            let fix = "the sender reads its clock twice: what is sent must be what was signed";
            Change::new(Cause::TimestampShifted, once, fix)
        })
    })
}

fn of_another_delivery(case: &mut Case<'_>, context: Context<'_>) -> Option<Finding> {
    if context.others.is_empty() {
        return None;
    }
    case.trying("ids and timestamps of other deliveries");
    let own = *case.delivery;
    context.others.iter().take(MAX_OTHERS).find_map(|(id, timestamp)| {
        let candidates = [
            (Cause::OtherId, id.as_bytes(), own.timestamp, format!("webhook-id is {id}, another delivery's")),
            (
                Cause::OtherTimestamp,
                own.id,
                timestamp.as_bytes(),
                format!("{TIMESTAMP} is {timestamp}, another delivery's"),
            ),
            (
                Cause::OtherIdAndTimestamp,
                id.as_bytes(),
                timestamp.as_bytes(),
                format!("webhook-id is {id} and {TIMESTAMP} is {timestamp}, another delivery's"),
            ),
        ];
        candidates.into_iter().find_map(|(cause, id, timestamp, once)| {
            let changed = SignedDelivery { id, timestamp, ..own };
            if (id, timestamp) == (own.id, own.timestamp) {
                return None;
            }
            let found = case.with_delivery(&changed)?;
            let fix = "the headers of two deliveries were mixed: keep each delivery's headers with its body";
            Finding::of(found.with([Change::new(cause, once, fix)]))
        })
    })
}

/// A genuine token may say itself which delivery it belongs to.
fn named_by_token(case: &mut Case<'_>) -> Option<Finding> {
    let (id, timestamp) = case.named_by_token()?;
    let changed = SignedDelivery { id: id.as_bytes(), timestamp: timestamp.as_bytes(), ..*case.delivery };
    let cause = match (changed.id == case.delivery.id, changed.timestamp == case.delivery.timestamp) {
        (true, true) => return None,
        (false, true) => Cause::OtherId,
        (true, false) => Cause::OtherTimestamp,
        (false, false) => Cause::OtherIdAndTimestamp,
    };
    let found = case.with_delivery(&changed)?;
    let once = format!("webhook-id is {id} and {TIMESTAMP} is {timestamp}, as the token says");
    let fix = "the headers were changed after signing, or the token is another delivery's";
    Finding::of(found.with([Change::new(cause, once, fix)]))
}
