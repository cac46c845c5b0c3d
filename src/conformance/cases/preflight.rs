//! What must hold before anything else can be tested. These are tried one after another, and the first
//! that fails ends the run, so that one mistake does not show as forty.

use super::ALL;
use crate::conformance::case::{Case, Class, Severity};

/// Something answers in HTTP.
pub const REACHABLE: &str = "preflight.reachable";
/// A POST to the path reaches a handler.
pub const POST: &str = "preflight.post";
/// A valid delivery is accepted.
pub const SECRET: &str = "preflight.secret";
/// The answer comes within the time budget.
pub const TIME: &str = "preflight.time";
/// Not everything is accepted.
pub const VERIFIES: &str = "preflight.verifies";

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
        TIME,
        "a valid delivery is answered within the time budget",
        Severity::Correctness,
        "a sender that waits too long counts the delivery as failed and sends it again",
        "answer 2xx first and work afterwards, in a queue or another thread; --budget allows more time",
    ),
    row(
        SECRET,
        "a valid delivery is accepted",
        Severity::Correctness,
        "a handler that refuses valid deliveries loses every event, and the service disables the webhook in the end",
        "give the handler the secret or key set that gwh signs with: --start sets it in the environment, \
         and gwh secrets get local prints the local test secret",
    ),
    row(
        VERIFIES,
        "deliveries without a valid signature are not accepted",
        Severity::Security,
        "whoever knows the URL can make the handler act on events that never happened",
        "verify webhook-signature over the raw body before anything else, and answer 401 where it does not match",
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
