//! The likely cause of an answer that was not expected, and what to do about it.

use super::report::Subject;
use crate::deliver::{self, Answer, Flags, Sent};
use crate::signature::Scheme;

/// What the flags of this command are called.
pub(super) const FLAGS: Flags = Flags {
    target: "--to",
    timeout: "--timeout",
    trust: None,
    slower: "lower it with --rate or --concurrency",
};

/// One sentence for the answer's status; none where the status says it all.
pub(super) fn likely_cause(subject: &Subject, answer: &Answer, refused: bool) -> Option<String> {
    if refused {
        return Some("add --expect-status 4xx to make a refusal the success".to_owned());
    }
    let not_authentic = not_authentic(subject);
    let sent = Sent { url: &subject.url, body_size: subject.body_size, not_authentic };
    deliver::likely_cause(sent, answer, &FLAGS)
}

/// A handler that refuses a good signature mostly has another secret, or has lost the raw body.
fn not_authentic(subject: &Subject) -> &'static str {
    if !subject.signed_locally {
        return "the handler verifies with another secret than the one given, or not the raw bytes of the body; \
                gwh listen on its port says which";
    }
    match subject.scheme {
        Scheme::V1 => {
            "if it verifies, give it the test secret: \
             WEBHOOK_SIGNING_SECRET=$(gwh secrets get local); and verify the raw bytes of the body"
        }
        Scheme::V1a | Scheme::Jwt => {
            "if it verifies, give it the test keys that gwh keys jwks prints; \
             and verify the raw bytes of the body"
        }
    }
}
