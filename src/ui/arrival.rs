//! A delivery as it arrives, in one line for people, and what there is to say about it below.

use std::fmt::Write;

use super::{Style, sanitize, verdict, width};
use crate::event::Event;
use crate::event::catalog::LONGEST_NAME;
use crate::server::{Arrival, Attempt, Refused};
use crate::signature::Outcome;
use crate::units::{TimesOfDay, human_duration, human_size};

/// The width of the time and its space: what is said below a line is indented by it.
const INDENT: usize = 9;
/// The width of the time and the arrow.
const JOB_INDENT: usize = INDENT + 4;
/// The width of the type: every type that is known fits, so that what follows stays in its column.
const TYPE_WIDTH: usize = LONGEST_NAME;
/// The width of an id: its prefix, four characters that tell it from others, and an ellipsis.
pub const ID_WIDTH: usize = 9;
/// A request that is no delivery has the room of the type and the id.
const REQUEST_WIDTH: usize = TYPE_WIDTH + 2 + ID_WIDTH;
const PROOF_WIDTH: usize = 14;
const SIZE_WIDTH: usize = 7;
const MEANING_WIDTH: usize = 120;
const METADATA_WIDTH: usize = 80;
const NOTE_WIDTH: usize = 400;

/// Appends the lines of a delivery to `out`.
///
/// `notes` are what diagnosing found; without any, the verdict's own detail is shown. Under load this
/// competes with the server for the processor, so that it copies text instead of formatting it.
pub fn delivery(
    out: &mut String,
    style: Style,
    times: &mut TimesOfDay,
    arrival: &Arrival,
    event: Option<&Event<'_>>,
    notes: &[String],
) {
    let event_type = event.and_then(Event::type_name);
    let event_type = sanitize::clipped(event_type.as_deref().unwrap_or("(no type)"), 40);
    let id = arrival.webhook_id();
    let id = sanitize::clipped(id.as_deref().unwrap_or("(no id)"), ID_WIDTH);
    let line = out.len();
    for text in [times.at(arrival.received_at), " --> "] {
        out.push_str(text);
    }
    push_padded(out, &event_type, TYPE_WIDTH);
    for text in ["  ", &style.accent(padded(&id, ID_WIDTH)), "  "] {
        out.push_str(text);
    }
    match &arrival.verdict.outcome {
        Outcome::Invalid(rejection) => {
            out.push_str(&style.bad(["✗ ", rejection.reason.words()].concat()));
        }
        Outcome::Valid(proof) => {
            let proof = padded(&["✓ ", &verdict::short_proof(proof)].concat(), PROOF_WIDTH);
            out.push_str(&style.good(proof));
            out.push_str("  ");
            let subject = push_subject(out, style, arrival, event);
            if arrival.status != 200 {
                let answered = format!("answered {}", arrival.status.as_u16());
                let _ = write!(out, "  {}", style.warning(answered));
            }
            if style.width().is_some_and(|width| width::of(&out[line..]) > width) {
                put_below(out, style, subject);
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

/// Appends the lines of the job that a delivery is about: `12:04:31 ==> batches/123  succeeded  msg_7c9e…`, and
/// `more`, such as where its results are, below.
pub fn job(out: &mut String, style: Style, time: &str, id: Option<&str>, text: &str, more: &[String]) {
    let id = style.accent(sanitize::clipped(id.unwrap_or("(no id)"), ID_WIDTH));
    let _ = write!(out, "{time} ==> {text}  {id}");
    end_line(out);
    for text in more {
        push_padded(out, "", JOB_INDENT);
        width::push_wrapped(out, &sanitize::clipped(text, NOTE_WIDTH), JOB_INDENT, style.width());
        end_line(out);
    }
}

/// Appends the line of a request that never became a delivery.
pub fn refused(out: &mut String, style: Style, times: &mut TimesOfDay, refused: &Refused) {
    let method = refused.method.as_ref().map_or("(no request)", |method| method.as_str());
    let target = refused.target.as_deref().unwrap_or_default();
    let request = format!("{} {}", sanitize::clipped(method, 16), sanitize::clipped(target, 40));
    let status = refused.reason.status().map(|status| format!("{} ", status.as_u16())).unwrap_or_default();
    let reason = style.bad(format_args!("✗ {status}{}", refused.reason.words()));
    let time = times.at(refused.received_at);
    let _ = write!(out, "{time} --> {:<REQUEST_WIDTH$}  {reason}", request.trim_end());
    end_line(out);
}

/// Appends what the delivery is about, or that it has come before, and answers where in `out` that begins.
fn push_subject(out: &mut String, style: Style, arrival: &Arrival, event: Option<&Event<'_>>) -> usize {
    let start = out.len();
    if let Some(Attempt { number: number @ 2.., since_first }) = arrival.attempt {
        let _ = write!(out, "retry {number}, {} after the first", human_duration(since_first));
        return start;
    }
    push_padded(out, &human_size(arrival.body().len()), SIZE_WIDTH);
    out.push(' ');
    let start = out.len();
    let Some(event) = event else {
        out.push_str(&style.warning("not a JSON object"));
        return start;
    };
    out.push_str(&sanitize::clipped(&event.meaning().unwrap_or_default(), MEANING_WIDTH));
    if let Some(metadata) = event.user_metadata() {
        let metadata = sanitize::clipped(&metadata, METADATA_WIDTH);
        let _ = write!(out, "  {}", style.dim(metadata));
    }
    start
}

/// Moves what begins at `start` to lines of its own, since its line is wider than the terminal.
fn put_below(out: &mut String, style: Style, start: usize) {
    let text = out.split_off(start);
    end_line(out);
    push_padded(out, "", JOB_INDENT);
    width::push_wrapped(out, &text, JOB_INDENT, style.width());
}

/// Appends `text` and as many spaces as it lacks to be `width` characters wide.
fn push_padded(out: &mut String, text: &str, width: usize) {
    out.push_str(text);
    out.extend(std::iter::repeat_n(' ', width.saturating_sub(text.chars().count())));
}

fn padded(text: &str, width: usize) -> String {
    let mut padded = String::with_capacity(text.len() + width);
    push_padded(&mut padded, text, width);
    padded
}

pub(super) fn note(out: &mut String, style: Style, text: Option<&str>) {
    if let Some(text) = text {
        let text = sanitize::clipped(text, NOTE_WIDTH);
        let _ = write!(out, "{:INDENT$}{} ", "", style.warning("!"));
        width::push_wrapped(out, &text, INDENT + 2, style.width());
        end_line(out);
    }
}

/// Padding at the end of a line helps nobody.
pub(super) fn end_line(out: &mut String) {
    out.truncate(out.trim_end_matches(' ').len());
    out.push('\n');
}
