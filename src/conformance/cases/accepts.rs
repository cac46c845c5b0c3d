//! What the service may send, which a handler must take.

use super::{ALL, DYNAMIC, LISTS, V1, V1A, accepted, at_once};
use crate::conformance::case::{Case, Class, Severity, Step};
use crate::conformance::recipe::{
    Body, Entry, Form, Framing, NameCase, Recipe, Signatory, Signature, Stamp, VALID,
};
use crate::signature::Scheme;

const SPACED: &str = "{ \"type\" : \"batch.succeeded\",\n  \"version\": \"v1\",\t\"timestamp\":\"2026-01-22T12:00:00Z\" ,\r\n\
                      \"data\" :{\"id\":  \"batch_123456\" } }";
const ESCAPES: &str = r#"{"type":"batch.succeeded","version":"v1","timestamp":"2026-01-22T12:00:00Z","data":{"id":"batch\u005f123456","output_file_uri":"gs:\/\/my-bucket\/a\u0026b.jsonl","note":"\"\\\b\f\n\r\t\u00e9"}}"#;
const NON_ASCII: &str = r#"{"type":"batch.succeeded","version":"v1","timestamp":"2026-01-22T12:00:00Z","data":{"id":"batch_123456","output_file_uri":"gs://bücket/結果-😀.jsonl"}}"#;
const SURROGATES: &str = r#"{"type":"batch.succeeded","version":"v1","timestamp":"2026-01-22T12:00:00Z","data":{"id":"batch_123456","note":"\ud83d\ude00 \uD83D\uDE80"}}"#;
const BIG_NUMBERS: &str = r#"{"type":"batch.succeeded","version":"v1","timestamp":"2026-01-22T12:00:00Z","data":{"id":"batch_123456","a":9007199254740993,"b":12345678901234567890123,"c":-9223372036854775809}}"#;
const FLOATS: &str = r#"{"type":"batch.succeeded","version":"v1","timestamp":"2026-01-22T12:00:00Z","data":{"id":"batch_123456","a":1.0,"b":1,"c":1e2,"d":0.10,"e":-0}}"#;
const KEY_ORDER: &str = r#"{"data":{"z":1,"10":2,"9":3,"id":"batch_123456","a":4},"timestamp":"2026-01-22T12:00:00Z","version":"v1","type":"batch.succeeded"}"#;
const DUPLICATE_KEYS: &str = r#"{"type":"batch.succeeded","version":"v1","timestamp":"2026-01-22T12:00:00Z","data":{"id":"batch_1","note":"a","id":"batch_123456"}}"#;
const NEWLINE: &str = "{\"type\":\"batch.succeeded\",\"version\":\"v1\",\"timestamp\":\"2026-01-22T12:00:00Z\",\"data\":{\"id\":\"batch_123456\"}}\n";
const CR_LF: &str = "{\"type\":\"batch.succeeded\",\"version\":\"v1\",\"timestamp\":\"2026-01-22T12:00:00Z\",\"data\":{\"id\":\"batch_123456\"}}\r\n";
const EMPTY_DATA: &str =
    r#"{"type":"batch.succeeded","version":"v1","timestamp":"2026-01-22T12:00:00Z","data":{}}"#;
const UNKNOWN_TYPE: &str =
    r#"{"type":"model.tuned","version":"v1","timestamp":"2026-01-22T12:00:00Z","data":{"id":"model_1"}}"#;
const UNKNOWN_FIELDS: &str = r#"{"type":"batch.succeeded","version":"v2","timestamp":"2026-01-22T12:00:00Z","trace":["a",{"b":null}],"data":{"id":"batch_123456","usage":{"tokens":12}},"user_metadata":{"job":"nightly"}}"#;

const OWN: Entry = Entry { by: Signatory::Own, version: None, form: Form::Base64 };
const STRANGER: Entry = Entry { by: Signatory::Stranger, version: None, form: Form::Base64 };
const NEWER: Entry = Entry { by: Signatory::Stranger, version: Some("v2"), form: Form::Base64 };

/// The fix of whatever changes the body before it is verified.
const RAW_BODY: &str = "verify the bytes as they arrived, before any JSON parser: express.raw() in Express, request.get_data() in \
                        Flask, await request.body() in FastAPI, io.ReadAll in Go; never JSON that was written anew";
const WHY_RAW_BODY: &str =
    "the signature covers the bytes that were sent, and parsing and writing JSON anew changes them";
const EVERY_SIGNATURE: &str = "split webhook-signature at spaces, pass over versions that you do not know, and accept when any one \
                               of the signatures matches";

const fn body(id: &'static str, title: &'static str, steps: &'static [Step]) -> Case {
    Case { why: WHY_RAW_BODY, fix: RAW_BODY, ..case(id, title, steps) }
}

const fn event(id: &'static str, title: &'static str, steps: &'static [Step]) -> Case {
    Case {
        why: "a webhook that is subscribed to several types sends all of them to the same URL",
        fix: "answer 2xx to every verified delivery, also of a type that you have nothing to do for",
        ..case(id, title, steps)
    }
}

const fn lists(
    id: &'static str,
    title: &'static str,
    schemes: &'static [Scheme],
    steps: &'static [Step],
) -> Case {
    Case {
        schemes,
        why: "while a secret rotates a delivery carries several signatures, and one valid one is enough",
        fix: EVERY_SIGNATURE,
        ..case(id, title, steps)
    }
}

const fn case(id: &'static str, title: &'static str, steps: &'static [Step]) -> Case {
    let severity = Severity::Correctness;
    Case { id, title, severity, schemes: ALL, class: Class::Shared, steps, why: "", fix: "" }
}

const fn of_type(name: &'static str) -> Step {
    accepted(Recipe { body: Body::Event(name), ..VALID })
}

const fn text(text: &'static str) -> Step {
    accepted(Recipe { body: Body::Text(text), ..VALID })
}

const fn signed(entries: &'static [Entry]) -> Step {
    accepted(Recipe { signature: Signature::List(entries), ..VALID })
}

const fn named(names: NameCase) -> Step {
    accepted(Recipe { names, ..VALID })
}

#[rustfmt::skip]
pub(super) const CASES: &[Case] = &[
    event("accepts.event.batch-succeeded", "batch.succeeded", &[of_type("batch.succeeded")]),
    event("accepts.event.batch-failed", "batch.failed", &[of_type("batch.failed")]),
    event("accepts.event.batch-expired", "batch.expired", &[of_type("batch.expired")]),
    event("accepts.event.batch-cancelled", "batch.cancelled", &[of_type("batch.cancelled")]),
    event("accepts.event.interaction-completed", "interaction.completed", &[of_type("interaction.completed")]),
    event("accepts.event.interaction-requires-action", "interaction.requires_action", &[of_type("interaction.requires_action")]),
    event("accepts.event.interaction-failed", "interaction.failed", &[of_type("interaction.failed")]),
    event("accepts.event.interaction-cancelled", "interaction.cancelled", &[of_type("interaction.cancelled")]),
    event("accepts.event.video-generated", "video.generated", &[of_type("video.generated")]),
    Case {
        why: "new types come without notice, and an answer that is not 2xx makes the service send one for a day",
        fix: "answer 2xx to types that you do not know, and do nothing with them",
        ..case("accepts.envelope.unknown-type", "an event type that nobody knows yet", &[text(UNKNOWN_TYPE)])
    },
    Case {
        why: "fields are added without notice, and the envelope's version may change",
        fix: "read the fields that you need and pass over the others",
        ..case("accepts.envelope.unknown-fields", "fields that nobody knows yet", &[text(UNKNOWN_FIELDS)])
    },
    Case {
        why: "the payload is thin: no field of data is promised, and a crash makes the service send the event for a day",
        fix: "take every field of data as optional",
        ..case("accepts.envelope.empty-data", "data without any field", &[text(EMPTY_DATA)])
    },
    body("accepts.body.spaces", "spaces, tabs and line ends between tokens", &[text(SPACED)]),
    body("accepts.body.escapes", "escapes that need not be there", &[text(ESCAPES)]),
    body("accepts.body.non-ascii", "characters beyond ASCII as UTF-8", &[text(NON_ASCII)]),
    body("accepts.body.surrogate-pairs", "escaped surrogate pairs", &[text(SURROGATES)]),
    body("accepts.body.big-numbers", "integers beyond 53 and 64 bits", &[text(BIG_NUMBERS)]),
    body("accepts.body.number-forms", "1.0 beside 1, exponents, trailing zeros", &[text(FLOATS)]),
    body("accepts.body.key-order", "keys in an unusual order", &[text(KEY_ORDER)]),
    body("accepts.body.duplicate-keys", "a key that stands twice", &[text(DUPLICATE_KEYS)]),
    body("accepts.body.trailing-newline", "a newline after the JSON", &[text(NEWLINE), text(CR_LF)]),
    Case {
        why: "an event may carry metadata of the job, so that bodies are not all short",
        fix: "allow bodies of at least 64 KiB, and verify all of the body rather than its first part",
        ..case("accepts.body.20-kib", "a body of 20 KiB", &[accepted(Recipe { body: Body::Padded(20 * 1024), ..VALID })])
    },
    lists("accepts.signature.valid-first", "two signatures, the first one valid", LISTS, &[signed(&[OWN, STRANGER])]),
    lists("accepts.signature.valid-last", "two signatures, the second one valid", LISTS, &[signed(&[STRANGER, OWN])]),
    lists(
        "accepts.signature.one-of-many", "five signatures of several versions, one of them valid", LISTS,
        &[signed(&[STRANGER, NEWER, STRANGER, OWN, STRANGER])],
    ),
    lists(
        "accepts.signature.beside-v1a", "a v1a signature beside the valid v1", V1,
        &[signed(&[Entry { version: Some("v1a"), ..STRANGER }, OWN])],
    ),
    lists(
        "accepts.signature.beside-v1", "a v1 signature beside the valid v1a", V1A,
        &[signed(&[Entry { version: Some("v1"), ..STRANGER }, OWN])],
    ),
    Case {
        schemes: DYNAMIC,
        why: "the service publishes several keys, signs with any of them, and adds and replaces them",
        fix: "try every key of the key set that has no kid, rather than the first or the last one alone, and look the others up by kid",
        ..case("accepts.key.other-of-set", "a signature made with another key of the key set", &[
            accepted(Recipe { signature: Signature::OtherKey, ..VALID }),
        ])
    },
    Case {
        why: "a delivery may wait in a queue or be sent by a machine whose clock is off; five minutes are allowed",
        fix: "allow webhook-timestamp to be up to 300 seconds away from now",
        ..case("accepts.timestamp.4-minutes-old", "a timestamp four minutes old", &[
            accepted(Recipe { stamp: Stamp::FromNow(-240), ..VALID }),
        ])
    },
    // A token says when it was made, and libraries refuse one from the future.
    Case {
        schemes: LISTS,
        why: "the clocks of two machines are never quite the same; five minutes are allowed, either way",
        fix: "allow webhook-timestamp to be up to 300 seconds away from now, before it as well as after it",
        ..case("accepts.timestamp.4-minutes-ahead", "a timestamp four minutes ahead", &[
            accepted(Recipe { stamp: Stamp::FromNow(240), ..VALID }),
        ])
    },
    Case {
        why: "the names of headers have no case, and proxies and HTTP/2 change it",
        fix: "look headers up without regard to case, as the framework's own lookup does",
        ..case("accepts.header.any-case", "header names in capitals, title case and mixed case", &[
            named(NameCase::Title), named(NameCase::Upper), named(NameCase::Mixed),
        ])
    },
    Case {
        why: "a sender or a proxy may send the body in chunks, without a content-length",
        fix: "read the body through the server's own reader up to its end, rather than by content-length",
        ..case("accepts.transfer.chunked", "a body in chunks that cut characters in two", &[
            accepted(Recipe { body: Body::Text(NON_ASCII), framing: Framing::Chunked, ..VALID }),
        ])
    },
    Case {
        class: Class::Alone,
        why: "many jobs may end at the same moment, and what is not accepted comes again for a day",
        fix: "handle deliveries independently of each other: no global lock, no fixed small pool, no shared request state",
        ..case("accepts.parallel.twenty", "twenty deliveries at once", &[at_once(20, accepted(VALID))])
    },
];
