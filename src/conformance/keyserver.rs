//! The key set of a run, served on loopback for as long as it lasts.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

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
    readers: Readers,
    task: JoinHandle<()>,
}

/// Whether anybody has fetched the key set; clones share it.
#[derive(Debug, Clone, Default)]
pub struct Readers(Arc<AtomicBool>);

impl Readers {
    /// Whether anybody has.
    pub(super) fn any(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

impl KeyServer {
    /// Serves `set` on 127.0.0.1, on `port` or, for 0, on a free one; in the runtime at hand.
    ///
    /// # Errors
    /// What the operating system says, for example that the port is taken.
    pub async fn start(set: String, port: u16) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let address = listener.local_addr()?;
        let readers = Readers::default();
        let document =
            Arc::new(Document { set: Bytes::from(set), readers: readers.clone(), limits: Limits::default() });
        let task = tokio::spawn(serve(listener, document, std::future::pending()));
        Ok(KeyServer { address, readers, task })
    }

    /// Who has fetched the key set.
    pub fn readers(&self) -> Readers {
        self.readers.clone()
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
    readers: Readers,
    limits: Limits,
}

impl Handler for Document {
    fn limits(&self) -> &Limits {
        &self.limits
    }

    async fn handle(self: Arc<Self>, _mark: InProgress, request: Request<Incoming>) -> Answer {
        let is_asked = request.method() == Method::GET && request.uri().path() == PATH;
        self.readers.0.fetch_or(is_asked, Ordering::Relaxed);
        let mut answer = Response::new(Full::new(if is_asked { self.set.clone() } else { Bytes::new() }));
        *answer.status_mut() = if is_asked { StatusCode::OK } else { StatusCode::NOT_FOUND };
        answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
        answer
    }

    fn unreadable(&self, _refusal: Refusal) {}

    fn trouble(&self, _error: io::Error) {}
}
