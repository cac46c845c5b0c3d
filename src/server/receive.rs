//! From a request to its answer, as pure functions: no clock, no I/O, no state.

use bytes::Bytes;
use hyper::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use hyper::http::request::Parts;
use hyper::{HeaderMap, Method, StatusCode, Version};

use super::arrival::Refusal;
use crate::signature::{Keys, Policy, Reason, Verdict, extract, verify};

/// The path that says whether the server is up.
pub const HEALTH: &str = "/healthz";

/// What a request is, before its body is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route {
    /// A question whether the server is up.
    Health,
    /// A delivery.
    Delivery,
    /// Neither.
    Refused(Refusal),
}

/// What a request is, by its method, path and framing. Deliveries are taken at `base` and below.
pub fn route(parts: &Parts, base: &str) -> Route {
    let path = parts.uri.path();
    if path == HEALTH && matches!(parts.method, Method::GET | Method::HEAD) {
        return Route::Health;
    }
    if !is_at_or_below(path, base) {
        return Route::Refused(Refusal::NotFound);
    }
    if parts.method != Method::POST {
        return Route::Refused(Refusal::MethodNotAllowed);
    }
    // HTTP/2 frames every body; on HTTP/1 a body without a length would silently be taken as empty.
    let framed = parts.version == Version::HTTP_2
        || parts.headers.contains_key(CONTENT_LENGTH)
        || parts.headers.contains_key(TRANSFER_ENCODING);
    if framed { Route::Delivery } else { Route::Refused(Refusal::LengthRequired) }
}

fn is_at_or_below(path: &str, base: &str) -> bool {
    let base = base.trim_end_matches('/');
    path.strip_prefix(base).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Judges a delivery on the bytes that arrived.
pub fn judge(headers: &HeaderMap, body: &[u8], keys: &Keys, policy: &Policy) -> Verdict {
    match extract(headers, body) {
        Ok(delivery) => verify(&delivery, keys, policy),
        Err(rejection) => Verdict::refused(rejection),
    }
}

/// The status that a verdict is answered with, unless the user wants another.
pub fn status_of(verdict: &Verdict) -> StatusCode {
    match verdict.rejection().map(|rejection| rejection.reason) {
        None => StatusCode::OK,
        Some(Reason::MalformedHeader) => StatusCode::BAD_REQUEST,
        Some(_) => StatusCode::UNAUTHORIZED,
    }
}

/// The body that a verdict is answered with: the reason's code and no more, since whoever sent it may
/// be guessing.
pub fn body_of(verdict: &Verdict) -> Bytes {
    match verdict.rejection() {
        None => Bytes::from_static(br#"{"status":"verified"}"#),
        Some(rejection) => error_body(rejection.reason.code()),
    }
}

/// The body of an answer that takes a delivery without saying that it verified.
pub const RECEIVED: &[u8] = br#"{"status":"received"}"#;

/// `{"error":"code"}`.
pub fn error_body(code: &str) -> Bytes {
    Bytes::from(format!(r#"{{"error":"{code}"}}"#))
}

#[cfg(test)]
mod tests {
    use hyper::Request;

    use super::*;
    use crate::signature::Rejection;

    fn request(method: &str, target: &str, length: Option<&str>) -> Parts {
        let mut builder = Request::builder().method(method).uri(target);
        if let Some(length) = length {
            builder = builder.header("content-length", length);
        }
        builder.body(()).expect("a request").into_parts().0
    }

    #[test]
    fn deliveries_are_taken_at_the_path_and_below() {
        let at = |target: &str, base: &str| route(&request("POST", target, Some("0")), base);
        for (target, base) in [
            ("/", "/"),
            ("/any/where?x=1", "/"),
            ("/hook", "/hook"),
            ("/hook/", "/hook"),
            ("/hook/a", "/hook/"),
        ] {
            assert_eq!(at(target, base), Route::Delivery, "{target} below {base}");
        }
        for (target, base) in [("/", "/hook"), ("/hooks", "/hook"), ("/a/hook", "/hook")] {
            assert_eq!(at(target, base), Route::Refused(Refusal::NotFound), "{target} is not below {base}");
        }
    }

    #[test]
    fn only_framed_posts_are_deliveries() {
        let refused = |method, length| route(&request(method, "/", length), "/");
        assert_eq!(refused("GET", None), Route::Refused(Refusal::MethodNotAllowed));
        assert_eq!(refused("PUT", Some("1")), Route::Refused(Refusal::MethodNotAllowed));
        assert_eq!(refused("POST", None), Route::Refused(Refusal::LengthRequired));
        assert_eq!(route(&request("GET", "/healthz", None), "/hook"), Route::Health);
        assert_eq!(route(&request("POST", "/healthz", Some("1")), "/"), Route::Delivery);
    }

    #[test]
    fn every_reason_is_401_but_a_malformed_header() {
        for reason in Reason::ALL {
            let verdict = Verdict::refused(Rejection::new(reason, "secret detail"));
            let expected = if reason == Reason::MalformedHeader { 400 } else { 401 };
            assert_eq!(status_of(&verdict), expected, "{reason:?}");
            assert_eq!(body_of(&verdict), format!(r#"{{"error":"{}"}}"#, reason.code()));
        }
    }
}
