//! A verdict on one delivery, as people and as programs read it.

use serde::Serialize;

use super::input::Delivery;
use crate::capture::header_text;
use crate::error::Failure;
use crate::event::Event;
use crate::signature::diagnose::{Cause, Diagnosis};
use crate::signature::{Reason, Verdict, VerdictRecord};
use crate::ui::{Style, Ui, sanitize, verdict};

/// What is said about one delivery.
pub(super) struct Report<'d> {
    verdict: Verdict,
    record: VerdictRecord,
    is_explained: bool,
    id: Option<String>,
    event: Option<Event<'d>>,
}

/// The object that `--json` prints.
#[derive(Serialize)]
pub(super) struct VerdictObject<'r> {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u64>,
    webhook_id: Option<&'r str>,
    event_type: Option<&'r str>,
    #[serde(flatten)]
    verdict: &'r VerdictRecord,
}

impl<'r> VerdictObject<'r> {
    pub(super) fn new(
        line: Option<u64>,
        webhook_id: Option<&'r str>,
        event_type: Option<&'r str>,
        verdict: &'r VerdictRecord,
    ) -> Self {
        VerdictObject { kind: "verdict", line, webhook_id, event_type, verdict }
    }

    /// Appends it as a line.
    pub(super) fn write(&self, out: &mut Vec<u8>) -> Result<(), Failure> {
        serde_json::to_writer(&mut *out, self)
            .map_err(|error| Failure::bug("cannot write JSON").because(error))?;
        out.push(b'\n');
        Ok(())
    }
}

impl<'d> Report<'d> {
    /// The report on `delivery`, whose hints are what diagnosing found and what had to be assumed to
    /// read it. A cause that was proved stands first, a suspicion such as a body cut short before advice.
    pub(super) fn new(delivery: &'d Delivery<'_>, verdict: Verdict, diagnosis: &Diagnosis) -> Self {
        let mut record = VerdictRecord::new(&verdict, diagnosis);
        if !verdict.is_valid() {
            let place = if diagnosis.findings.is_empty() { 0 } else { record.hints.len() };
            record.hints.splice(place..place, delivery.notes.iter().cloned());
        }
        let id = delivery.id().map(header_text);
        // A key that goes by another kid here may go by this one in the present set.
        let is_explained = diagnosis.findings.iter().any(|finding| finding.cause != Cause::OtherKid);
        Report { verdict, record, is_explained, id, event: Event::parse(&delivery.body) }
    }

    /// Whether a key that is not at hand could make a difference: none at hand proves the delivery, and
    /// recomputing does not show that one of them made the signature of something else.
    pub(super) fn wants_other_keys(&self) -> bool {
        let rejection = self.verdict.rejection().filter(|rejection| rejection.proof.is_none());
        rejection.is_some_and(|rejection| match rejection.reason {
            Reason::NoKey | Reason::UnknownKey => true,
            Reason::SignatureMismatch => !self.is_explained,
            _ => false,
        })
    }

    pub(super) fn is_valid(&self) -> bool {
        self.verdict.is_valid()
    }

    /// Prints it.
    pub(super) fn print(&self, ui: &Ui) -> Result<(), Failure> {
        if ui.json() {
            let mut out = Vec::new();
            self.write_json(None, &mut out)?;
            return ui.raw(&out);
        }
        let mut lines = self.verdict_lines(ui.out_style());
        lines.extend(self.event_lines(ui.out_style()));
        ui.line(&lines.join("\n"))
    }

    /// Appends the object of `--json` as a line; `line` is its place in a stream.
    pub(super) fn write_json(&self, line: Option<u64>, out: &mut Vec<u8>) -> Result<(), Failure> {
        VerdictObject::new(line, self.id.as_deref(), self.event_type().as_deref(), &self.record).write(out)
    }

    /// The verdict and the hints under it.
    pub(super) fn verdict_lines(&self, style: Style) -> Vec<String> {
        let line = verdict::line(style, &self.verdict, self.event_type().as_deref(), self.id.as_deref());
        let hints = self.record.hints.iter().map(|hint| verdict::hint(style, hint));
        std::iter::once(line).chain(hints).collect()
    }

    /// What the event says, where the signature vouches for it.
    fn event_lines(&self, style: Style) -> Vec<String> {
        let Some(event) = self.event.as_ref().filter(|_| self.is_vouched_for()) else {
            return Vec::new();
        };
        let meaning = event.meaning().map(|meaning| verdict::meaning(style, &meaning));
        let metadata = event.user_metadata().map(|metadata| verdict::metadata(style, &metadata));
        meaning.into_iter().chain(metadata).collect()
    }

    fn event_type(&self) -> Option<String> {
        Some(self.event.as_ref()?.type_name()?.into_owned())
    }

    /// Whether the signature itself is right, be the delivery stale or not.
    fn is_vouched_for(&self) -> bool {
        self.is_valid() || self.verdict.rejection().is_some_and(|rejection| rejection.proof.is_some())
    }
}

/// `line 3: …` for a line of a stream that is no record.
pub(super) fn malformed_line(style: Style, line: u64, detail: &str) -> String {
    format!("{} line {line}: {}", style.bad("✗ malformed"), sanitize::text(detail))
}
