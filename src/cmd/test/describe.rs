//! What was sent and answered, in words; safe to show.

use crate::conformance::recipe::Framing;
use crate::conformance::{Exchange, Tested};
use crate::sanitize;
use crate::signature::{ID, SIGNATURE, TIMESTAMP};
use crate::units::{human_size, whole_millis};

/// How much of a body is shown.
const BODY: usize = 160;
/// How much of a header's value is shown.
const VALUE: usize = 120;

/// What a line of a failure says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Label {
    /// A part of the request.
    Sent,
    Answered,
    Expected,
    Reason,
    Why,
    Fix,
}

impl Label {
    /// The word that stands before the line.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Label::Sent => "sent",
            Label::Answered => "answered",
            Label::Expected => "expected",
            Label::Reason => "reason",
            Label::Why => "why",
            Label::Fix => "fix",
        }
    }

    /// Whether the text is prose, rather than what was on the wire.
    pub(super) const fn is_prose(self) -> bool {
        !matches!(self, Label::Sent | Label::Answered)
    }
}

/// The lines of a failure: what was sent, in several, then what was answered and expected, why it matters and
/// what to do.
pub(super) fn lines(tested: &Tested) -> Vec<(Label, String)> {
    let Some(problem) = tested.problem() else { return Vec::new() };
    let mut lines = Vec::new();
    if let Some(exchange) = tested.telling_exchange() {
        lines.extend(sent(exchange).into_iter().map(|part| (Label::Sent, part)));
        lines.push((Label::Answered, answered(exchange)));
    }
    lines.push((Label::Expected, problem.expected.to_owned()));
    lines.push((Label::Reason, sanitize::text(&reason(tested)).into_owned()));
    lines.push((Label::Why, tested.case.why.to_owned()));
    lines.push((Label::Fix, sanitize::text(&problem.fix).into_owned()));
    lines
}

/// The same lines with each label once, before the first of its lines.
pub(super) fn labelled(tested: &Tested) -> Vec<(Label, &'static str, String)> {
    let mut last = None;
    let labelled = lines(tested).into_iter().map(|(label, text)| {
        let name = if last.replace(label) == Some(label) { "" } else { label.name() };
        (label, name, text)
    });
    labelled.collect()
}

/// What happened, and in how many rounds of several.
pub(super) fn reason(tested: &Tested) -> String {
    let reason = tested.problem().map(|problem| problem.reason.clone()).unwrap_or_default();
    match tested.rounds {
        0 | 1 => reason,
        rounds => format!("{reason} (in {} of {rounds} rounds)", tested.failed_rounds),
    }
}

/// An exchange in a line.
pub(super) fn trace(exchange: &Exchange) -> String {
    let request = &exchange.request;
    let id = sanitize::clipped(request.header(ID).unwrap_or("(no webhook-id)"), VALUE);
    let method = request.method.name();
    format!("--> {method} {} {id}\n<-- {}", sanitize::text(&request.target), answered(exchange))
}

/// The request: its line, its `webhook-*` headers as they were written, and the start of its body.
fn sent(exchange: &Exchange) -> Vec<String> {
    let request = &exchange.request;
    let framing = match request.framing {
        Framing::Length | Framing::Stalled => "",
        Framing::Chunked => " in chunks",
        Framing::None => " without a length",
    };
    let size = human_size(request.body.len());
    let mut lines =
        vec![format!("{} {}  {size}{framing}", request.method.name(), sanitize::text(&request.target))];
    for (name, value) in &request.headers {
        if [ID, TIMESTAMP, SIGNATURE].iter().any(|wanted| name.eq_ignore_ascii_case(wanted)) {
            lines.push(format!("{name}: {}", sanitize::clipped(value, VALUE)));
        }
    }
    if !request.body.is_empty() {
        lines.push(body(&request.body));
    }
    lines
}

/// The answer in a line.
fn answered(exchange: &Exchange) -> String {
    match &exchange.outcome {
        Ok(reply) => {
            let millis = whole_millis(reply.latency);
            let location =
                reply.header("location").map(|place| format!(" to {}", sanitize::clipped(place, VALUE)));
            let location = location.unwrap_or_default();
            match reply.body.is_empty() {
                true => format!("{}{location} in {millis}ms", reply.status),
                false => format!("{}{location} in {millis}ms: {}", reply.status, body(&reply.body)),
            }
        }
        Err(error) => sanitize::text(&error.sentence()).into_owned(),
    }
}

fn body(bytes: &[u8]) -> String {
    let start = &bytes[..bytes.len().min(BODY * 4)];
    let shown = sanitize::bytes(start);
    match shown.chars().count() > BODY || start.len() < bytes.len() {
        true => shown.chars().take(BODY).chain(['…']).collect(),
        false => shown,
    }
}
