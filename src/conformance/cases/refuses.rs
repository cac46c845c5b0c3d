//! What the service never sends, which a handler must not take.

use super::{ALL, DYNAMIC, LISTS, V1, V1A, refused, step};
use crate::conformance::case::{Case, Class, Expect, Severity, Step};
use crate::conformance::recipe::{
    Body, Edit, Entry, Form, Framing, Header, Recipe, Signatory, Signature, Stamp, VALID,
};

const CHANGED: &str = r#"{"type":"batch.succeeded","version":"v1","timestamp":"2026-01-22T12:00:00Z","data":{"id":"batch_123456","output_file_uri":"gs://other-bucket/results.jsonl"}}"#;
const COMPACT: &str = r#"{"type":"batch.succeeded","version":"v1","timestamp":"2026-01-22T12:00:00Z","data":{"id":"batch_123456"}}"#;
const REENCODED: &str = r#"{"type": "batch.succeeded", "version": "v1", "timestamp": "2026-01-22T12:00:00Z", "data": {"id": "batch_123456"}}"#;

const OWN: Entry = Entry { by: Signatory::Own, version: None, form: Form::Base64 };

const FORGED: &str =
    "whoever can change a delivery on its way, or replay one, could make the handler act on it";
const COMPARE: &str = "compare the whole signature, decoded, with a function made for it: hmac.compare_digest, crypto.timingSafeEqual, \
                       hmac.Equal; an empty or shorter one never matches";
const SIGNED_PARTS: &str = "compute the signature over webhook-id, a dot, webhook-timestamp, a dot and the raw body, all as they arrived";
const TIMESTAMP: &str = "refuse a webhook-timestamp that is more than 300 seconds from now, either way";
const DIGITS: &str = "take webhook-timestamp only where it is a whole number of seconds in decimal digits, and refuse everything else \
                      before comparing: a comparison with NaN is always false";
const REPEATED: &str = "refuse a delivery in which webhook-id, webhook-timestamp or webhook-signature stands twice; frameworks that join \
                        the values with a comma show it in the value";
const WHY_REPEATED: &str = "which of the two counts differs between servers, proxies and libraries, so that two of them may read different deliveries";
const REPLAY: &str = "a delivery that was recorded once could be replayed for ever";

const fn case(id: &'static str, title: &'static str, steps: &'static [Step]) -> Case {
    let severity = Severity::Security;
    Case { id, title, severity, schemes: LISTS, class: Class::Shared, steps, why: FORGED, fix: SIGNED_PARTS }
}

/// A signature that is not one, which a careful comparison refuses.
const fn compared(id: &'static str, title: &'static str, steps: &'static [Step]) -> Case {
    let why = "a comparison that takes less than the whole signature lets others guess it piece by piece, or leave it out";
    Case { why, fix: COMPARE, ..case(id, title, steps) }
}

/// A signature that only the owner of the secret can make, written as no sender writes it.
const fn written(id: &'static str, title: &'static str, steps: &'static [Step]) -> Case {
    Case {
        severity: Severity::Robustness,
        why: "what takes several forms of a signature has not been told which one is right, and may take a weaker one some day",
        fix: "take v1, and standard base64 with padding alone; decode strictly or compare the texts in constant time",
        ..case(id, title, steps)
    }
}

const fn timed(id: &'static str, title: &'static str, stamp: &'static [Step]) -> Case {
    Case { why: REPLAY, fix: TIMESTAMP, ..case(id, title, stamp) }
}

const fn odd_timestamp(id: &'static str, title: &'static str, steps: &'static [Step]) -> Case {
    Case { why: REPLAY, fix: DIGITS, severity: Severity::Correctness, ..case(id, title, steps) }
}

const fn repeated(id: &'static str, title: &'static str, steps: &'static [Step]) -> Case {
    Case { why: WHY_REPEATED, fix: REPEATED, severity: Severity::Robustness, ..case(id, title, steps) }
}

const fn edited(edits: &'static [Edit]) -> Step {
    refused(Recipe { edits, ..VALID })
}

const fn signed(entries: &'static [Entry]) -> Step {
    refused(Recipe { signature: Signature::List(entries), ..VALID })
}

const fn stamped(stamp: Stamp) -> Step {
    refused(Recipe { stamp, ..VALID })
}

const fn versioned(version: &'static str) -> Entry {
    Entry { version: Some(version), ..OWN }
}

const fn formed(form: Form) -> Entry {
    Entry { form, ..OWN }
}

#[rustfmt::skip]
pub(super) const CASES: &[Case] = &[
    case("refuses.tampered.body", "a body that was changed after signing", &[
        refused(Recipe { sent: Some(Body::Text(CHANGED)), ..VALID }),
    ]),
    case("refuses.tampered.id", "a webhook-id that was changed after signing", &[edited(&[Edit::Change(Header::Id)])]),
    case("refuses.tampered.timestamp", "a webhook-timestamp that was changed after signing", &[
        edited(&[Edit::Change(Header::Timestamp)]),
    ]),
    Case {
        severity: Severity::Correctness,
        why: "bytes that differ from what was signed are not what was signed, even where they mean the same",
        fix: "verify the bytes as they arrived, before any JSON parser",
        ..case("refuses.tampered.re-encoded", "a body whose JSON was written anew after signing", &[
            refused(Recipe { body: Body::Text(COMPACT), sent: Some(Body::Text(REENCODED)), ..VALID }),
        ])
    },
    Case {
        why: "without its body a delivery is not what was signed",
        ..case("refuses.tampered.no-body", "a signed delivery whose body was left out", &[
            refused(Recipe { sent: Some(Body::Text("")), ..VALID }),
            step(Recipe { framing: Framing::None, ..VALID }, Expect::RefusedOrClosed),
        ])
    },
    Case {
        schemes: ALL,
        why: "anybody can sign with a secret or key of their own",
        fix: "verify with the secret or the published keys of your own webhook alone",
        ..case("refuses.signature.foreign", "a signature made with another secret or key", &[
            refused(Recipe { signature: Signature::Foreign, ..VALID }),
        ])
    },
    Case {
        schemes: ALL,
        why: "a delivery without a signature can come from anybody",
        fix: "refuse a delivery without webhook-signature; never skip the check where the header is missing",
        ..case("refuses.signature.missing", "no webhook-signature", &[edited(&[Edit::Drop(Header::Signature)])])
    },
    Case {
        schemes: ALL,
        ..compared("refuses.signature.empty", "an empty webhook-signature", &[
            edited(&[Edit::Blank(Header::Signature)]),
        ])
    },
    compared("refuses.signature.only-version", "a version with nothing after the comma", &[
        signed(&[formed(Form::Empty)]),
    ]),
    compared("refuses.signature.truncated", "the first eight characters of the right signature", &[
        signed(&[formed(Form::FirstCharacters)]),
    ]),
    compared("refuses.signature.first-half", "the first half of the right signature", &[
        signed(&[formed(Form::FirstHalf)]),
    ]),
    compared("refuses.signature.longer", "the right signature with bytes after or before it", &[
        signed(&[formed(Form::Longer)]), signed(&[formed(Form::Shifted)]),
    ]),
    compared("refuses.signature.one-bit-off", "the right signature but for its last bit", &[
        signed(&[formed(Form::LastBitFlipped)]),
    ]),
    case("refuses.signature.of-another", "the signature of another delivery", &[
        refused(Recipe { signature: Signature::OfAnother, ..VALID }),
    ]),
    written("refuses.form.base64url", "the right signature in base64url without padding", &[
        signed(&[formed(Form::Base64Url)]),
    ]),
    written("refuses.form.hex", "the right signature in hexadecimal digits", &[signed(&[formed(Form::Hex)])]),
    written("refuses.form.no-version", "the right signature without its version", &[signed(&[versioned("")])]),
    Case {
        severity: Severity::Correctness,
        why: "a version names how a signature is made; what ignores it takes weak ones along with strong ones",
        fix: "pass over every signature whose version is not the one that you verify",
        ..case("refuses.version.v0", "v0 in place of the version", &[signed(&[versioned("v0")])])
    },
    Case {
        severity: Severity::Correctness,
        why: "a version names how a signature is made; a later one will not be made like this one",
        fix: "pass over every signature whose version is not the one that you verify",
        ..case("refuses.version.v2", "v2 in place of the version", &[signed(&[versioned("v2")])])
    },
    Case {
        schemes: V1,
        severity: Severity::Correctness,
        why: "v1a signatures are made with Ed25519, so that an HMAC under that name is none",
        fix: "compare the version as a whole: v1a is not v1 with something after it",
        ..case("refuses.version.v1a-for-v1", "v1a in place of v1", &[signed(&[versioned("v1a")])])
    },
    Case {
        schemes: V1A,
        severity: Severity::Correctness,
        why: "v1 signatures are made with HMAC, so that an Ed25519 signature under that name is none",
        fix: "compare the version as a whole: v1 is not v1a",
        ..case("refuses.version.v1-for-v1a", "v1 in place of v1a", &[signed(&[versioned("v1")])])
    },
    Case {
        schemes: DYNAMIC,
        why: "the public key is no secret: whoever lets it be used for HMAC lets everybody sign",
        fix: "use a public key with the one algorithm that it was made for, whatever the message says",
        ..case("refuses.version.hmac-with-public-key", "v1 made with the public key as its secret", &[
            signed(&[Entry { by: Signatory::PublicKey, version: Some("v1"), form: Form::Base64 }]),
        ])
    },
    timed("refuses.timestamp.stale", "a timestamp ten minutes old", &[stamped(Stamp::FromNow(-600))]),
    timed("refuses.timestamp.future", "a timestamp ten minutes ahead", &[stamped(Stamp::FromNow(600))]),
    Case {
        why: REPLAY,
        fix: "refuse a delivery without webhook-timestamp",
        ..case("refuses.timestamp.missing", "no webhook-timestamp", &[edited(&[Edit::Drop(Header::Timestamp)])])
    },
    odd_timestamp("refuses.timestamp.not-a-number", "a signed timestamp that is not a number", &[
        stamped(Stamp::Text("soon")), stamped(Stamp::Text("NaN")),
    ]),
    odd_timestamp("refuses.timestamp.negative", "a signed timestamp with a minus", &[stamped(Stamp::Negative)]),
    odd_timestamp("refuses.timestamp.huge", "a signed timestamp beyond 64 bits", &[
        stamped(Stamp::Text("99999999999999999999")),
    ]),
    odd_timestamp("refuses.timestamp.milliseconds", "a signed timestamp in milliseconds", &[stamped(Stamp::Millis)]),
    Case {
        severity: Severity::Correctness,
        why: "the id is what tells a retry from a new event, and it is part of what is signed",
        fix: "refuse a delivery without webhook-id",
        ..case("refuses.id.missing", "no webhook-id", &[
            edited(&[Edit::Drop(Header::Id)]), edited(&[Edit::Blank(Header::Id)]),
        ])
    },
    repeated("refuses.repeated.id", "two webhook-id, one of them signed", &[
        edited(&[Edit::RepeatBefore(Header::Id)]), edited(&[Edit::RepeatAfter(Header::Id)]),
    ]),
    repeated("refuses.repeated.timestamp", "two webhook-timestamp, one of them signed", &[
        edited(&[Edit::RepeatBefore(Header::Timestamp)]), edited(&[Edit::RepeatAfter(Header::Timestamp)]),
    ]),
    Case {
        schemes: ALL,
        ..repeated("refuses.repeated.signature", "two webhook-signature, one of them valid", &[
            edited(&[Edit::RepeatBefore(Header::Signature)]), edited(&[Edit::RepeatAfter(Header::Signature)]),
        ])
    },
];
