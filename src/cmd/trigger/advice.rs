//! The likely cause of an answer that was not expected, and what to do about it.

use hyper::http::uri::Scheme;

use super::report::Subject;
use crate::deliver::Answer;
use crate::signature::Scheme as Signed;
use crate::units::human_size;

/// One sentence for the answer's status; none where the status says it all.
pub(super) fn likely_cause(subject: &Subject, answer: &Answer, refused: bool) -> Option<String> {
    if refused {
        return Some("add --expect-status 4xx to make a refusal the success".to_owned());
    }
    let path = subject.url.path();
    let advice = match answer.status.as_u16() {
        400 if wants_https(subject, answer) => "the port speaks TLS: write https:// in --to".to_owned(),
        400 | 401 | 403 => not_authentic(subject),
        404 | 410 => format!("nothing is served at {path}; give the handler's path, as in --to /webhook"),
        405 => format!("the handler does not take POST at {path}; check the path given with --to"),
        413 => format!(
            "the body of {} is larger than the handler takes; raise its limit",
            human_size(subject.body_size)
        ),
        415 => "the handler does not take application/json; register it for raw JSON bodies".to_owned(),
        429 => "the handler limits the rate; lower it with --rate or --concurrency".to_owned(),
        300..=399 => redirect(answer),
        502..=504 => "a proxy answered in the handler's place; check that the handler is running".to_owned(),
        500..=599 => "the handler failed; its log says why".to_owned(),
        _ => return None,
    };
    Some(advice)
}

/// Whether a plain request came to a port that speaks TLS: most servers say so in plain words.
fn wants_https(subject: &Subject, answer: &Answer) -> bool {
    let said = String::from_utf8_lossy(&answer.body).to_ascii_lowercase();
    subject.url.scheme() == Some(&Scheme::HTTP) && said.contains("https")
}

/// A handler that refuses a good signature mostly has another secret, or has lost the raw body.
fn not_authentic(subject: &Subject) -> String {
    if !subject.signed_locally {
        return "the handler verifies with another secret than the one given, or not the raw bytes of the body; \
                gwh listen on its port says which"
            .to_owned();
    }
    match subject.scheme {
        Signed::V1 => "if it verifies, give it the test secret: \
                       WEBHOOK_SIGNING_SECRET=$(gwh secrets get local); and verify the raw bytes of the body"
            .to_owned(),
        Signed::V1a | Signed::Jwt => "if it verifies, give it the test keys that gwh keys jwks prints; \
                                      and verify the raw bytes of the body"
            .to_owned(),
    }
}

fn redirect(answer: &Answer) -> String {
    match &answer.location {
        Some(location) => format!("redirects are not followed; give the final URL: --to {location}"),
        None => "redirects are not followed; give the final URL with --to".to_owned(),
    }
}
