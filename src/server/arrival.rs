//! What a server reports: deliveries, refused requests, trouble.

use std::borrow::Cow;
use std::io;

use hyper::http::request::Parts;
use hyper::{Method, StatusCode};
use jiff::Timestamp;

use super::keys::KeysReport;
use super::retries::Attempt;
use crate::capture::id_text;
use crate::signature::{ID, Verdict};

/// Something that happened besides deliveries, reported before it is answered.
#[derive(Debug)]
pub enum Report {
    /// A request never became a delivery.
    Refused(Refused),
    /// The operating system refused a connection; said at most once a minute.
    Trouble(io::Error),
    /// The keys changed, or should have and could not.
    Keys(KeysReport),
}

/// A delivery and what was made of it.
///
/// Target, headers and body are copied into one block: a slice of the connection's buffer would keep
/// the whole buffer, and many small copies would cost more than one.
#[derive(Debug)]
pub struct Arrival {
    /// When its last byte arrived.
    pub received_at: Timestamp,
    /// The request's method.
    pub method: Method,
    /// Whether it is authentic.
    pub verdict: Verdict,
    /// Which attempt it is; known of verified deliveries only.
    pub attempt: Option<Attempt>,
    /// What is answered, unless the intake says otherwise.
    pub status: StatusCode,
    block: Box<[u8]>,
    headers_at: usize,
    body_at: usize,
}

impl Arrival {
    pub(super) fn new(
        received_at: Timestamp,
        parts: &Parts,
        body: &[u8],
        verdict: Verdict,
        attempt: Option<Attempt>,
        status: StatusCode,
    ) -> Self {
        let target = target(parts);
        let head: usize =
            parts.headers.iter().map(|(name, value)| name.as_str().len() + value.len() + 2).sum();
        let mut block = Vec::with_capacity(target.len() + head + body.len());
        block.extend_from_slice(target.as_bytes());
        let headers_at = block.len();
        for (name, value) in &parts.headers {
            // Neither can hold these separators.
            block.extend_from_slice(name.as_str().as_bytes());
            block.push(b':');
            block.extend_from_slice(value.as_bytes());
            block.push(b'\n');
        }
        let body_at = block.len();
        block.extend_from_slice(body);
        let method = parts.method.clone();
        let block = block.into_boxed_slice();
        Arrival { received_at, method, verdict, attempt, status, block, headers_at, body_at }
    }

    /// The request's path and query.
    pub fn target(&self) -> &str {
        text(&self.block[..self.headers_at])
    }

    /// Names, in lower case, and values, in the order that they came.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &[u8])> + Clone {
        let mut rest = &self.block[self.headers_at..self.body_at];
        std::iter::from_fn(move || {
            let colon = memchr::memchr(b':', rest)?;
            let end = colon + memchr::memchr(b'\n', &rest[colon..])?;
            let header = (text(&rest[..colon]), &rest[colon + 1..end]);
            rest = &rest[end + 1..];
            Some(header)
        })
    }

    /// The body, byte for byte.
    pub fn body(&self) -> &[u8] {
        &self.block[self.body_at..]
    }

    /// The `webhook-id`, where there is one. Of a refused delivery, this is only what it claims.
    pub fn webhook_id(&self) -> Option<String> {
        let (_, value) = self.headers().find(|(name, _)| *name == ID)?;
        id_text(value).map(Cow::into_owned)
    }

    /// About how many bytes of memory it takes.
    pub fn weight(&self) -> usize {
        size_of::<Self>() + self.block.len()
    }
}

/// The path and query of a request.
pub(super) fn target(parts: &Parts) -> &str {
    parts.uri.path_and_query().map_or("*", |target| target.as_str())
}

/// Text that hyper has checked to be ASCII.
fn text(bytes: &[u8]) -> &str {
    str::from_utf8(bytes).unwrap_or_default()
}

/// A request that never became a delivery.
#[derive(Debug)]
pub struct Refused {
    /// When.
    pub received_at: Timestamp,
    /// The method, where it could be read.
    pub method: Option<Method>,
    /// The path and query, where they could be read.
    pub target: Option<String>,
    /// Why.
    pub reason: Refusal,
}

impl Refused {
    /// About how many bytes of memory it takes.
    pub fn weight(&self) -> usize {
        size_of::<Self>() + self.target.as_ref().map_or(0, String::len)
    }
}

/// Why a request is refused before it is a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// The path takes no deliveries.
    NotFound,
    /// Deliveries are POSTed.
    MethodNotAllowed,
    /// Neither `Content-Length` nor chunks.
    LengthRequired,
    /// The body is larger than allowed, as declared or as sent.
    BodyTooLarge,
    /// The body did not come in time.
    BodyTimeout,
    /// The body ended early or its framing is wrong.
    BodyIncomplete,
    /// The header did not come in time.
    HeadTimeout,
    /// The header is larger than allowed.
    HeadTooLarge,
    /// It is not HTTP.
    MalformedRequest,
    /// It is TLS, on a port that speaks plain HTTP.
    Tls,
    /// It is plain HTTP, on a port that speaks TLS.
    PlainHttp,
    /// No TLS session came about.
    HandshakeFailed,
    /// The TLS handshake did not end in time.
    HandshakeTimeout,
    /// The client does not believe in the server's certificate.
    CertificateRefused,
    /// Too many unfinished bodies at once.
    Busy,
}

impl Refusal {
    /// Every refusal.
    pub const ALL: [Refusal; 15] = [
        Refusal::NotFound,
        Refusal::MethodNotAllowed,
        Refusal::LengthRequired,
        Refusal::BodyTooLarge,
        Refusal::BodyTimeout,
        Refusal::BodyIncomplete,
        Refusal::HeadTimeout,
        Refusal::HeadTooLarge,
        Refusal::MalformedRequest,
        Refusal::Tls,
        Refusal::PlainHttp,
        Refusal::HandshakeFailed,
        Refusal::HandshakeTimeout,
        Refusal::CertificateRefused,
        Refusal::Busy,
    ];

    /// The stable code in JSON.
    pub const fn code(self) -> &'static str {
        match self {
            Refusal::NotFound => "not_found",
            Refusal::MethodNotAllowed => "method_not_allowed",
            Refusal::LengthRequired => "length_required",
            Refusal::BodyTooLarge => "body_too_large",
            Refusal::BodyTimeout => "body_timeout",
            Refusal::BodyIncomplete => "body_incomplete",
            Refusal::HeadTimeout => "header_timeout",
            Refusal::HeadTooLarge => "header_too_large",
            Refusal::MalformedRequest => "malformed_request",
            Refusal::Tls => "tls_handshake",
            Refusal::PlainHttp => "https_required",
            Refusal::HandshakeFailed => "tls_handshake_failed",
            Refusal::HandshakeTimeout => "tls_handshake_timeout",
            Refusal::CertificateRefused => "certificate_refused",
            Refusal::Busy => "busy",
        }
    }

    /// The code in words, for a line of output.
    pub const fn words(self) -> &'static str {
        match self {
            Refusal::NotFound => "no deliveries are taken at this path",
            Refusal::MethodNotAllowed => "deliveries are sent with POST",
            Refusal::LengthRequired => "neither a Content-Length nor a chunked body",
            Refusal::BodyTooLarge => "the body is larger than --max-body allows",
            Refusal::BodyTimeout => "the body did not come in time",
            Refusal::BodyIncomplete => "the body broke off",
            Refusal::HeadTimeout => "the header did not come in time",
            Refusal::HeadTooLarge => "the header is too large",
            Refusal::MalformedRequest => "not an HTTP request",
            Refusal::Tls => "a TLS handshake: this port speaks plain http://",
            Refusal::PlainHttp => "plain http:// on a port that speaks https://",
            Refusal::HandshakeFailed => "the TLS handshake failed",
            Refusal::HandshakeTimeout => "the TLS handshake did not end in time",
            Refusal::CertificateRefused => "the client does not trust this certificate",
            Refusal::Busy => "too many unfinished bodies at once",
        }
    }

    /// What is answered; nothing where the client would not understand it.
    pub const fn status(self) -> Option<StatusCode> {
        Some(match self {
            Refusal::NotFound => StatusCode::NOT_FOUND,
            Refusal::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Refusal::LengthRequired => StatusCode::LENGTH_REQUIRED,
            Refusal::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Refusal::BodyTimeout | Refusal::HeadTimeout => StatusCode::REQUEST_TIMEOUT,
            Refusal::BodyIncomplete | Refusal::MalformedRequest | Refusal::PlainHttp => {
                StatusCode::BAD_REQUEST
            }
            Refusal::HeadTooLarge => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Refusal::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Refusal::Tls
            | Refusal::HandshakeFailed
            | Refusal::HandshakeTimeout
            | Refusal::CertificateRefused => return None,
        })
    }
}
