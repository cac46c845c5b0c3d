//! Mistakes with the signed content: something else than `{id}.{timestamp}.{body}`.

use super::super::headers::SignedDelivery;
use super::case::Case;
use super::cause::{Cause, Change, Finding};

/// A form of signed content that other services use, or that is the right one with something left out.
pub(super) struct Form {
    once: &'static str,
    pub(super) parts: for<'d> fn(&SignedDelivery<'d>) -> [&'d [u8]; 5],
}

impl Form {
    pub(super) fn change(&self) -> Change {
        let fix =
            "the sender must sign {id}.{timestamp}.{body}, with the values of the headers and the raw body";
        Change::new(Cause::SignedContent, self.once, fix)
    }
}

pub(super) const FORMS: &[Form] = &[
    Form { once: "the body alone is signed", parts: |d| [d.body, b"", b"", b"", b""] },
    Form { once: "{timestamp}.{body} is signed", parts: |d| [d.timestamp, b".", d.body, b"", b""] },
    Form { once: "{id}.{body} is signed", parts: |d| [d.id, b".", d.body, b"", b""] },
    Form { once: "{timestamp}.{id}.{body} is signed", parts: |d| [d.timestamp, b".", d.id, b".", d.body] },
    Form {
        once: "{id}{timestamp}{body} is signed, without dots",
        parts: |d| [d.id, d.timestamp, d.body, b"", b""],
    },
    Form {
        once: "{id}:{timestamp}:{body} is signed, with colons",
        parts: |d| [d.id, b":", d.timestamp, b":", d.body],
    },
    Form {
        once: "{id}, {timestamp} and {body} are signed with a line feed between them",
        parts: |d| [d.id, b"\n", d.timestamp, b"\n", d.body],
    },
    Form { once: "{timestamp}{body} is signed", parts: |d| [d.timestamp, d.body, b"", b"", b""] },
    Form { once: "v0:{timestamp}:{body} is signed", parts: |d| [b"v0:", d.timestamp, b":", d.body, b""] },
];

/// The first form that makes the delivery match.
pub(super) fn find(case: &mut Case<'_>) -> Option<Finding> {
    case.trying("other forms of the signed content");
    let delivery = case.delivery;
    FORMS.iter().find_map(|form| {
        let found = case.with_content(&(form.parts)(delivery))?;
        Finding::of(found.with([form.change()]))
    })
}
