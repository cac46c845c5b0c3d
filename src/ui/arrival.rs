//! A delivery as it arrives, in one line for people, and what there is to say about it below.

use std::fmt::Write;

use jiff::tz::TimeZone;

use super::{Style, sanitize, verdict};
use crate::event::Event;
use crate::event::catalog::LONGEST_NAME;
use crate::server::{Arrival, Attempt, Refused};
use crate::signature::Outcome;
use crate::units::{human_duration, human_size, time_of_day};

/// The width of the time and its space: what is said below a line is indented by it.
const INDENT: usize = 9;
/// The width of the type: every type that is known fits, so that what follows stays in its column.
const TYPE_WIDTH: usize = LONGEST_NAME;
pub(super) const ID_WIDTH: usize = 9;
/// A request that is no delivery has the room of the type and the id.
const REQUEST_WIDTH: usize = TYPE_WIDTH + 2 + ID_WIDTH;
const MEANING_WIDTH: usize = 120;
const METADATA_WIDTH: usize = 80;
const NOTE_WIDTH: usize = 400;

/// Appends the lines of a delivery to `out`.
///
/// `notes` are what diagnosing found; without any, the verdict's own detail is shown.
pub fn delivery(
    out: &mut String,
    style: Style,
    zone: &TimeZone,
    arrival: &Arrival,
    event: Option<&Event<'_>>,
    notes: &[String],
) {
    let event_type = event.and_then(Event::type_name);
    let event_type = sanitize::clipped(event_type.as_deref().unwrap_or("(no type)"), 40);
    let id = arrival.webhook_id();
    let id = sanitize::clipped(id.as_deref().unwrap_or("(no id)"), ID_WIDTH);
    let id = style.accent(format_args!("{id:<ID_WIDTH$}"));
    let _ = write!(out, "{} --> {event_type:<TYPE_WIDTH$}  {id}  ", time_of_day(arrival.received_at, zone));
    match &arrival.verdict.outcome {
        Outcome::Invalid(rejection) => {
            let _ = write!(out, "{}", style.bad(format_args!("✗ {}", rejection.reason.words())));
        }
        Outcome::Valid(proof) => {
            let proof = format!("✓ {}", verdict::short_proof(proof));
            let _ = write!(out, "{}", style.good(format_args!("{proof:<14}")));
            let _ = write!(out, "  {}", subject(style, arrival, event));
            if arrival.status != 200 {
                let answered = format!("answered {}", arrival.status.as_u16());
                let _ = write!(out, "  {}", style.warning(answered));
            }
        }
    }
    end_line(out);
    if notes.is_empty() {
        note(out, style, arrival.verdict.detail().as_deref());
    }
    for text in notes {
        note(out, style, Some(text));
    }
}

/// Appends the line of a request that never became a delivery.
pub fn refused(out: &mut String, style: Style, zone: &TimeZone, refused: &Refused) {
    let method = refused.method.as_ref().map_or("(no request)", |method| method.as_str());
    let target = refused.target.as_deref().unwrap_or_default();
    let request = format!("{} {}", sanitize::clipped(method, 16), sanitize::clipped(target, 40));
    let status = refused.reason.status().map(|status| format!("{} ", status.as_u16())).unwrap_or_default();
    let reason = style.bad(format_args!("✗ {status}{}", refused.reason.words()));
    let time = time_of_day(refused.received_at, zone);
    let _ = write!(out, "{time} --> {:<REQUEST_WIDTH$}  {reason}", request.trim_end());
    end_line(out);
}

/// What the delivery is about, or that it has come before.
fn subject(style: Style, arrival: &Arrival, event: Option<&Event<'_>>) -> String {
    if let Some(Attempt { number: number @ 2.., since_first }) = arrival.attempt {
        return format!("retry {number}, {} after the first", human_duration(since_first));
    }
    let mut subject = format!("{:<7} ", human_size(arrival.body().len()));
    match event {
        None => subject.push_str(&style.warning("not a JSON object")),
        Some(event) => {
            subject.push_str(&sanitize::clipped(&event.meaning().unwrap_or_default(), MEANING_WIDTH));
            if let Some(metadata) = event.user_metadata() {
                let metadata = sanitize::clipped(&metadata, METADATA_WIDTH);
                subject.push_str(&format!("  {}", style.dim(metadata)));
            }
        }
    }
    subject
}

pub(super) fn note(out: &mut String, style: Style, text: Option<&str>) {
    if let Some(text) = text {
        let text = sanitize::clipped(text, NOTE_WIDTH);
        let _ = write!(out, "{:INDENT$}{} {text}", "", style.warning("!"));
        end_line(out);
    }
}

/// Padding at the end of a line helps nobody.
pub(super) fn end_line(out: &mut String) {
    out.truncate(out.trim_end_matches(' ').len());
    out.push('\n');
}
