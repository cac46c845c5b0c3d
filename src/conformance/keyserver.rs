//! The key set of a run, served on loopback for as long as it lasts.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::{Method, Request, Response, StatusCode};
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::server::{Answer, Handler, InProgress, Limits, Refusal, serve};

/// Where the service has its key set, and so where handlers are used to find one.
const PATH: &str = "/.well-known/jwks.json";

/// A server of one document. It ends when it is dropped.
pub struct KeyServer {
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl KeyServer {
    /// Serves `set` on 127.0.0.1, on `port` or, for 0, on a free one; in the runtime at hand.
    ///
    /// # Errors
    /// What the operating system says, for example that the port is taken.
    pub async fn start(set: String, port: u16) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let address = listener.local_addr()?;
        let document = Arc::new(Document { set: Bytes::from(set), limits: Limits::default() });
        let task = tokio::spawn(serve(listener, document, std::future::pending()));
        Ok(KeyServer { address, task })
    }

    /// The URL of the key set.
    pub fn url(&self) -> String {
        format!("http://{}{PATH}", self.address)
    }
}

impl Drop for KeyServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

struct Document {
    set: Bytes,
    limits: Limits,
}

impl Handler for Document {
    fn limits(&self) -> &Limits {
        &self.limits
    }

    async fn handle(self: Arc<Self>, _mark: InProgress, request: Request<Incoming>) -> Answer {
        let is_asked = request.method() == Method::GET && request.uri().path() == PATH;
        let mut answer = Response::new(Full::new(if is_asked { self.set.clone() } else { Bytes::new() }));
        *answer.status_mut() = if is_asked { StatusCode::OK } else { StatusCode::NOT_FOUND };
        answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        answer
    }

    fn unreadable(&self, _refusal: Refusal) {}

    fn trouble(&self, _error: io::Error) {}
}
