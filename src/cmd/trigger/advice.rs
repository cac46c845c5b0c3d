//! What a handler's refusal of a triggered delivery mostly means.

use crate::deliver::Flags;
use crate::signature::Scheme;

/// What the flags of this command are called, where so many are under way at once.
pub(super) fn flags(concurrency: u16) -> Flags {
    let slower = match concurrency {
        1 => "lower it with --rate",
        _ => "lower it with --rate or --concurrency",
    };
    Flags { target: "--to", timeout: "--timeout", trust: None, slower }
}

/// A handler that refuses a good signature mostly has another secret, or has lost the raw body.
pub(super) fn not_authentic(signed_locally: bool, scheme: Scheme) -> &'static str {
    if !signed_locally {
        return "the handler verifies with another secret than the one given, or not the raw bytes of the body; \
                gwh listen on its port says which";
    }
    match scheme {
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
