//! A verdict as people read it: one line, and the hints under it.

use super::{Style, sanitize, width};
use crate::signature::{Outcome, Proof, Verdict};
use crate::units::human_duration;

/// The width of the word that a verdict begins with: what does not fit into its line is indented by it.
const INDENT: usize = "x invalid ".len();

/// `✓ valid   batch.succeeded  msg_…  v1 with whsec_...3frh (prod)  12s old`, or with `✗ invalid` and the reason.
pub fn line(style: Style, verdict: &Verdict, event_type: Option<&str>, id: Option<&str>) -> String {
    let event = format!("{:<16}", sanitize::clipped(event_type.unwrap_or("(no type)"), 40));
    let id = sanitize::clipped(id.unwrap_or("(no id)"), 80);
    let subject = format!("{event}  {}", style.accent(id));
    let line = match &verdict.outcome {
        Outcome::Valid(proof) => {
            // A key is shown by the `kid` that its set gives it, which is any text.
            let (key, name) = (sanitize::clipped(&proof.key, 80), sanitize::text(&proof.key_name));
            let by = format!("{} with {key} ({name})", proof.scheme.name());
            let notes = valid_notes(style, verdict);
            format!("{} {subject}  {by}  {notes}", style.good("✓ valid  "))
        }
        Outcome::Invalid(rejection) => {
            let reason = style.bad(rejection.reason.words());
            let detail = sanitize::text(&rejection.detail);
            format!("{} {subject}  {reason}: {detail}", style.bad("✗ invalid"))
        }
    };
    wrapped(style, &line, INDENT)
}

/// `text` in the columns that there are, what does not fit indented below.
fn wrapped(style: Style, text: &str, indent: usize) -> String {
    let mut lines = String::new();
    width::push_wrapped(&mut lines, text, indent, style.width());
    lines
}

/// `v1 prod`: the scheme and the key's name, for a line that has little room.
pub fn short_proof(proof: &Proof) -> String {
    [proof.scheme.name(), " ", &sanitize::clipped(&proof.key_name, 24)].concat()
}

/// `12s old`, and what a valid verdict leaves open.
fn valid_notes(style: Style, verdict: &Verdict) -> String {
    let mut notes = match verdict.age_seconds {
        Some(age) if age < 0 => format!("{} ahead", human_duration(age.unsigned_abs())),
        Some(age) => format!("{} old", human_duration(age.unsigned_abs())),
        None => String::new(),
    };
    if let Some(detail) = verdict.detail() {
        notes.push_str(&format!("  {}", style.warning(format!("! {detail}"))));
    }
    notes
}

/// A hint under a verdict.
pub fn hint(style: Style, text: &str) -> String {
    format!("  {} {}", style.accent("hint:"), wrapped(style, &sanitize::text(text), "  hint: ".len()))
}

/// What an event says, under its verdict.
pub fn meaning(style: Style, text: &str) -> String {
    format!("  {} {}", style.dim("event:"), sanitize::clipped(text, 400))
}

/// The metadata that came back with an event, under its verdict.
pub fn metadata(style: Style, json: &str) -> String {
    format!("  {} {}", style.dim("user_metadata:"), sanitize::clipped(json, 400))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::signature::{Binding, Scheme};

    #[test]
    fn what_does_not_fit_stands_below() {
        let style = Style::new(false).within(Some(40));
        let hint = hint(style, "it matches once the line feed at the end is removed");
        assert_eq!(hint, "  hint: it matches once the line feed at\n        the end is removed");
        let one_line = super::hint(Style::new(false), "it matches once the line feed at the end is removed");
        assert_eq!(one_line.lines().count(), 1);
    }

    #[test]
    fn nothing_of_a_key_reaches_a_terminal_as_it_is() {
        let proof = Proof {
            scheme: Scheme::Jwt,
            key: "kid\u{1b}[2J".into(),
            key_name: "set\u{202e}".into(),
            binding: Binding::Digest,
            stale: None,
        };
        let verdict =
            Verdict { outcome: Outcome::Valid(proof), age_seconds: Some(1), timestamp_checked: true };
        let line = line(Style::new(false), &verdict, None, None);
        assert!(line.contains(r"jwt with kid\x1b[2J (set\u{202e})"), "{line}");
    }
}
