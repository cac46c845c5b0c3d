//! What must hold before anything else can be tested. These are tried one after another, and the first
//! that fails ends the run, so that one mistake does not show as forty.

use super::{ALL, V1};
use crate::conformance::case::{Case, Class, Severity};

/// Something answers in HTTP.
pub const REACHABLE: &str = "preflight.reachable";
/// A POST to the path reaches a handler.
pub const POST: &str = "preflight.post";
/// Not everything is accepted.
pub const VERIFIES: &str = "preflight.verifies";
/// The handler verifies with what gwh signs with.
pub const SECRET: &str = "preflight.secret";
/// It uses the bytes that the secret stands for.
pub const DECODING: &str = "preflight.decoding";
/// A valid delivery is accepted.
pub const ACCEPTED: &str = "preflight.accepted";

pub(super) const CASES: &[Case] = &[
    row(
        REACHABLE,
        "something answers in HTTP at the host and port",
        Severity::Correctness,
        "a handler that cannot be reached gets no events",
        "start the handler, or have it started with --start, and check the host and port",
    ),
    row(
        POST,
        "a POST to the path reaches the handler",
        Severity::Correctness,
        "the service sends every event as a POST to the one URL that is registered, and does not look elsewhere",
        "give the path that the handler serves, or route POST at this path to the handler",
    ),
    row(
        VERIFIES,
        "deliveries without a valid signature are not accepted",
        Severity::Security,
        "whoever knows the URL can make the handler act on events that never happened",
        "verify webhook-signature over the raw body before anything else, and answer 401 where it does not match",
    ),
    row(
        SECRET,
        "the handler has the secret or key set that gwh signs with",
        Severity::Correctness,
        "a handler that refuses valid deliveries loses every event, and the service disables the webhook in the end",
        "give the handler the secret or key set that gwh signs with: --start sets it in the environment, \
         and gwh secrets get local prints the local test secret",
    ),
    Case {
        schemes: V1,
        ..row(
            DECODING,
            "the secret is base64-decoded before it is used",
            Severity::Correctness,
            "the service signs with the bytes that the secret stands for, so that its text makes another signature",
            "take what follows whsec_, base64-decode it, and use the bytes as the key of HMAC-SHA256",
        )
    },
    row(
        ACCEPTED,
        "a valid delivery is accepted",
        Severity::Correctness,
        "a handler that refuses valid deliveries loses every event, and the service disables the webhook in the end",
        "compute the signature over webhook-id, a dot, webhook-timestamp, a dot and the raw body, and compare it with \
         the base64 in webhook-signature",
    ),
];

const fn row(
    id: &'static str,
    title: &'static str,
    severity: Severity,
    why: &'static str,
    fix: &'static str,
) -> Case {
    Case { id, title, severity, schemes: ALL, class: Class::Alone, steps: &[], why, fix }
}
