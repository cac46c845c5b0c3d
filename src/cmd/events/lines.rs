//! A stored delivery in one line for people.

use crate::event::Event;
use crate::signature::Reason;
use crate::store::{Sending, Stored, Summary};
use crate::ui::arrival::ID_WIDTH;
use crate::ui::sanitize;
use crate::units;

/// The headings of [`Line::cells`].
pub(super) const HEADINGS: [&str; 7] = ["RECEIVED", "EVENT", "ID", "VERDICT", "ANSWER", "SIZE", "ABOUT"];

/// What a line says of a delivery. It is not yet safe to show.
pub(super) struct Line {
    pub(super) received: String,
    pub(super) event: String,
    pub(super) id: String,
    pub(super) verdict: String,
    pub(super) answer: String,
    pub(super) size: String,
    pub(super) about: String,
}

impl Line {
    pub(super) fn of(stored: &Stored) -> Self {
        let summary = &stored.summary;
        Line {
            received: units::rfc3339(summary.received_at),
            event: summary.event_type.clone().unwrap_or_else(|| "(no type)".to_owned()),
            id: summary.webhook_id.clone().unwrap_or_else(|| "(no id)".to_owned()),
            verdict: verdict(summary),
            answer: answer(stored),
            size: units::human_size(usize::try_from(summary.body_bytes).unwrap_or(usize::MAX)),
            about: about(stored),
        }
    }

    /// The same with its id as `listen` shows it, which all that take an id understand.
    pub(super) fn shortened(self) -> Self {
        Line { id: sanitize::clipped(&self.id, ID_WIDTH).into_owned(), ..self }
    }

    /// The cells of a table's row; the table makes them safe to show.
    pub(super) fn cells(self) -> Vec<String> {
        vec![self.received, self.event, self.id, self.verdict, self.answer, self.size, self.about]
    }
}

/// `✓ v1 prod`, or `✗` and the reason.
pub(super) fn verdict(summary: &Summary) -> String {
    let text = |field: &Option<String>| field.clone().unwrap_or_default();
    if summary.valid {
        return format!("✓ {} {}", text(&summary.scheme), text(&summary.key_name));
    }
    let code = text(&summary.reason);
    match Reason::of_code(&code) {
        Some(reason) => format!("✗ {}", reason.words()),
        None => format!("✗ {code}"),
    }
}

/// What was answered and, where it was sent on, what came of that last.
fn answer(stored: &Stored) -> String {
    let status = |status: Option<u16>| status.map_or("none".to_owned(), |status| status.to_string());
    let own = status(stored.summary.status);
    match stored.forwards.last() {
        Some(last) if last.kind == Sending::Replay.name() => format!("{own}, replay {}", status(last.status)),
        _ => own,
    }
}

/// What the event says, and which attempt it is.
fn about(stored: &Stored) -> String {
    let meaning = Event::parse(&stored.body).and_then(|event| event.meaning()).unwrap_or_default();
    let meaning = sanitize::clipped(&meaning, 80);
    match stored.summary.attempt {
        Some(attempt @ 2..) => format!("{meaning} (attempt {attempt})").trim_start().to_owned(),
        _ => meaning.into_owned(),
    }
}
