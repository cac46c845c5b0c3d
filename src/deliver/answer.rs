//! What a receiver answered, as far as anybody wants to know it.

use std::time::Duration;

use bytes::Bytes;
use hyper::StatusCode;

/// How many bytes of an answer's body are kept.
pub const KEPT: usize = 512;

/// An answer to a delivery.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The HTTP status.
    pub status: StatusCode,
    /// From the start of sending to the end of the answer (or of the part of it that is read).
    pub latency: Duration,
    /// Where a redirect points to; it was not followed.
    pub location: Option<String>,
    /// When the receiver wants to be asked again: its `Retry-After`, where that is in seconds.
    pub retry_after: Option<Duration>,
    /// The first [`KEPT`] bytes of the body.
    pub body: Bytes,
    /// Whether there was more of it.
    pub truncated: bool,
}

impl Answer {
    /// Whether the receiver points elsewhere. 304 is about what is cached, and no redirect.
    pub fn is_redirect(&self) -> bool {
        self.status.is_redirection() && self.status != StatusCode::NOT_MODIFIED
    }
}
