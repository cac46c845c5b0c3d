//! The seam between connections and what answers their requests.

use std::future::Future;
use std::io;
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::{Request, Response};

use super::activity::InProgress;
use super::arrival::Refusal;
use super::limits::Limits;
use super::tls::Tls;

/// What is answered.
pub type Answer = Response<Full<Bytes>>;

/// What a server does with its requests.
pub trait Handler: Send + Sync + 'static {
    /// What a client may take.
    fn limits(&self) -> &Limits;

    /// The TLS to speak; without one it is plain HTTP.
    fn tls(&self) -> Option<&Tls> {
        None
    }

    /// Answers one request. The mark makes the connection's time limits wait for the answer: it is
    /// kept until then.
    fn handle(
        self: Arc<Self>,
        mark: InProgress,
        request: Request<Incoming>,
    ) -> impl Future<Output = Answer> + Send;

    /// A connection ended without a request that could be read.
    fn unreadable(&self, refusal: Refusal);

    /// The operating system refused a connection; said once for a run of failures.
    fn trouble(&self, error: io::Error);
}
