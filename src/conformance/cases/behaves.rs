//! How a handler answers, whatever it decides.

use super::{ALL, LISTS, accepted, again, at_once, step};
use crate::conformance::case::{Case, Class, Expect, Severity, Step};
use crate::conformance::recipe::{
    Body, Edit, Entry, Form, Framing, Header, Method, Recipe, Signatory, Signature, Stamp, Token, VALID,
};

/// An answer comes within the time budget.
pub const BUDGET: &str = "behaves.time.budget";
/// No delivery is redirected.
pub const REDIRECT: &str = "behaves.redirect.none";

const NOT_JSON: &str = "this is not JSON";
const CUT_JSON: &str = r#"{"type":"batch.succeeded","data":{"id":"#;

/// A body of 5 MB with nothing that is signed.
const HUGE: Recipe =
    Recipe { body: Body::Padded(5_000_000), edits: &[Edit::Drop(Header::Signature)], ..VALID };
/// A signature made with another secret or key.
const FORGED: Recipe = Recipe { signature: Signature::Foreign, ..VALID };

const REFUSE_WITH_4XX: &str =
    "catch what verifying throws, and answer 401 or 400; leave 5xx to what is worth another attempt";
const WHY_4XX: &str = "5xx says try again: the service then sends the same delivery for a day, and counts it towards disabling the webhook";

const fn case(id: &'static str, title: &'static str, steps: &'static [Step]) -> Case {
    let severity = Severity::Robustness;
    Case {
        id,
        title,
        severity,
        schemes: ALL,
        class: Class::Shared,
        steps,
        why: WHY_4XX,
        fix: REFUSE_WITH_4XX,
    }
}

const fn client_error(recipe: Recipe) -> Step {
    step(recipe, Expect::ClientError)
}

const fn edited(edits: &'static [Edit]) -> Step {
    client_error(Recipe { edits, ..VALID })
}

const fn listed(entries: &'static [Entry]) -> Step {
    client_error(Recipe { signature: Signature::List(entries), ..VALID })
}

const fn of_form(form: Form) -> Entry {
    Entry { by: Signatory::Stranger, version: None, form }
}

const fn handled(body: Body) -> Step {
    step(Recipe { body, ..VALID }, Expect::Handled)
}

const fn discreet(recipe: Recipe) -> Step {
    step(recipe, Expect::Discreet)
}

#[rustfmt::skip]
pub(super) const CASES: &[Case] = &[
    Case {
        severity: Severity::Correctness,
        why: "deliveries come at least once: an answer that got lost makes the service send the event again, and a refusal again and again",
        fix: "remember webhook-id, and answer 2xx to one that has been handled, without handling it again",
        ..case("behaves.duplicate.accepted", "the same delivery twice", &[accepted(VALID), again(accepted(VALID))])
    },
    Case {
        severity: Severity::Correctness,
        class: Class::Alone,
        why: "deliveries come at least once, and what is processed twice is paid, mailed or downloaded twice",
        fix: "remember webhook-id before you process an event, in a place that all your processes share, and process an id only once",
        ..case("behaves.duplicate.processed-once", "the same delivery twice is processed once", &[
            accepted(VALID), again(step(VALID, Expect::ProcessedOnce)),
        ])
    },
    Case {
        severity: Severity::Correctness,
        class: Class::Alone,
        why: "a sender that waits too long counts the delivery as failed and sends it again",
        fix: "answer 2xx first and work afterwards, in a queue or another thread; --budget allows more time",
        ..case(BUDGET, "a delivery is answered within the time budget", &[step(VALID, Expect::AcceptedInTime)])
    },
    Case {
        severity: Severity::Correctness,
        class: Class::Alone,
        why: "a sender that waits too long counts the delivery as failed and sends it again, on top of the load there is",
        fix: "answer 2xx first and work afterwards, in a queue or another thread, and handle deliveries independently of each other",
        ..case("behaves.time.under-load", "twenty deliveries at once, each answered within the time budget", &[
            at_once(20, step(VALID, Expect::AcceptedInTime)),
        ])
    },
    Case {
        severity: Severity::Correctness,
        why: "the sender is not known to follow redirects, and one that did would send the delivery, signed, to wherever they point",
        fix: "register the final URL, with or without its trailing slash as the framework wants it, and never redirect to a login page",
        ..case(REDIRECT, "neither a valid nor a forged delivery is redirected", &[
            step(VALID, Expect::NoRedirect), step(FORGED, Expect::NoRedirect),
        ])
    },
    case("behaves.refusal.bad-signature", "a signature that does not match is answered with 4xx", &[client_error(FORGED)]),
    case("behaves.refusal.missing-headers", "missing headers are answered with 4xx", &[
        edited(&[Edit::Drop(Header::Signature)]),
        edited(&[Edit::Drop(Header::Id), Edit::Drop(Header::Timestamp), Edit::Drop(Header::Signature)]),
    ]),
    Case {
        schemes: LISTS,
        ..case("behaves.refusal.malformed-timestamp", "a timestamp that cannot be read is answered with 4xx", &[
            client_error(Recipe { stamp: Stamp::Text("soon"), ..FORGED }),
            client_error(Recipe { stamp: Stamp::Text("99999999999999999999"), ..FORGED }),
        ])
    },
    Case {
        schemes: LISTS,
        fix: "expect signatures of any length and alphabet: timingSafeEqual throws where lengths differ, base64 decoders throw \
              where padding is wrong; catch that, and answer 401",
        ..case("behaves.refusal.malformed-signature", "a signature that cannot be read is answered with 4xx", &[
            client_error(Recipe { signature: Signature::Text("nonsense"), ..VALID }),
            client_error(Recipe { signature: Signature::Text("v1,%%%"), ..VALID }),
            client_error(Recipe { signature: Signature::Text(",,, v1 v1,"), ..VALID }),
            listed(&[of_form(Form::FirstCharacters)]),
            listed(&[of_form(Form::Base64Url)]),
        ])
    },
    Case {
        schemes: &[crate::signature::Scheme::Jwt],
        ..case("behaves.refusal.malformed-token", "a token that cannot be read is answered with 4xx", &[
            client_error(Recipe { signature: Signature::Text("nonsense"), ..VALID }),
            client_error(Recipe { signature: Signature::Text("a.b.c"), ..VALID }),
            client_error(Recipe { signature: Signature::Token(Token::Malformed), ..VALID }),
            client_error(Recipe { signature: Signature::Token(Token::UnknownKid), ..VALID }),
        ])
    },
    Case {
        fix: "verify the raw bytes before parsing, so that nothing unverified reaches the parser, and answer 4xx to what does not verify",
        ..case("behaves.refusal.forged-not-json", "a forged body that is not JSON is answered with 4xx", &[
            client_error(Recipe { body: Body::Text(CUT_JSON), ..FORGED }),
            client_error(Recipe { body: Body::Bytes(b"\xff\xfe{\x00"), ..FORGED }),
        ])
    },
    Case {
        severity: Severity::Security,
        why: "whoever sends forged deliveries reads the answers: the right signature forges the next one, and a stack trace shows where to go on",
        fix: "answer refusals with a constant text; turn debug pages off, and keep what went wrong in your log",
        ..case("behaves.refusal.discreet", "a refusal gives away no secret, no right signature and no stack trace", &[
            discreet(Recipe { sent: Some(Body::Text(NOT_JSON)), ..VALID }),
            discreet(FORGED),
            discreet(Recipe { edits: &[Edit::Drop(Header::Timestamp)], ..VALID }),
            discreet(Recipe { signature: Signature::Text("v1,%%%"), ..VALID }),
            discreet(Recipe { stamp: Stamp::Text("soon"), ..FORGED }),
        ])
    },
    Case {
        fix: "catch the parser's error and answer 400, or 2xx where you do not care; it will not get better by being sent again",
        ..case("behaves.body.not-json", "a signed body that is not JSON does not break the handler", &[
            handled(Body::Text(NOT_JSON)), handled(Body::Text(CUT_JSON)), handled(Body::Text("[]")),
            handled(Body::Text("null")), accepted(VALID),
        ])
    },
    Case {
        fix: "verify bytes rather than text, and catch the decoder's error",
        ..case("behaves.body.not-utf8", "a signed body that is not UTF-8 does not break the handler", &[
            handled(Body::Bytes(b"{\"type\":\"\xff\xfe\"}")), accepted(VALID),
        ])
    },
    Case {
        fix: "take an empty body as one that is not JSON",
        ..case("behaves.body.empty", "a signed empty body does not break the handler", &[
            handled(Body::Text("")), accepted(VALID),
        ])
    },
    Case {
        class: Class::Alone,
        why: "anybody can send a large body: what is read whole into memory, or kept, lets a few requests take the handler down",
        fix: "limit the size of bodies, at 1 MiB for example, and answer 413 to larger ones before reading them",
        ..case("behaves.body.5-mb", "an unsigned body of 5 MB is refused and does not break the handler", &[
            step(HUGE, Expect::ClientErrorOrClosed), accepted(VALID),
        ])
    },
    Case {
        severity: Severity::Correctness,
        why: "whoever opens the URL in a browser, or a crawler, must not be told that an event was taken",
        fix: "route POST alone to the handler, and let everything else get 405",
        ..case("behaves.method.get", "GET is not answered as a delivery is", &[
            accepted(VALID),
            step(Recipe { method: Method::Get, body: Body::Text(""), ..VALID }, Expect::UnlikeDelivery),
        ])
    },
    Case {
        class: Class::Stress,
        why: "clients that stop in the middle hold connections open, by accident or on purpose",
        fix: "run the handler behind a server that reads bodies with a deadline and serves many connections at once",
        ..case("behaves.stall.half-bodies", "deliveries are accepted while twenty senders hang in the middle of a body", &[
            at_once(20, step(Recipe { framing: Framing::Stalled, ..VALID }, Expect::Handled)),
            step(VALID, Expect::AcceptedInTime),
        ])
    },
];
