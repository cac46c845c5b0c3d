//! What a client may take of the server: time, memory and connections.

use std::time::Duration;

/// The limits of a server. The defaults suit a machine that anybody may connect to.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Connections at once; further ones wait in the operating system's queue.
    pub connections: usize,
    /// From the first byte of a request, or of a connection, to the end of its header.
    pub head: Duration,
    /// From the end of the header to the end of the body.
    pub body: Duration,
    /// How long a connection may stay open between requests.
    pub idle: Duration,
    /// How long requests in flight may hold up the end of the server.
    pub drain: Duration,
    /// How long an answer waits for the rest of a body that is not wanted, so that the client reads it.
    pub linger: Duration,
    /// Bytes of a request's header.
    pub max_head: usize,
    /// Fields of a request's header.
    pub max_fields: usize,
    /// Bytes of a body.
    pub max_body: usize,
    /// Bytes of unfinished bodies over all connections, in blocks of 64 KiB; a body that arrives in one
    /// piece takes none.
    pub max_unfinished: usize,
    /// HTTP/2 requests at once on a connection.
    pub streams: u32,
}

impl Limits {
    /// The default limits with bodies of up to `max_body` bytes, several of them at once.
    pub fn with_max_body(max_body: usize) -> Self {
        let limits = Limits::default();
        let max_unfinished = limits.max_unfinished.max(max_body.saturating_mul(4));
        Limits { max_body, max_unfinished, ..limits }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Limits {
            connections: 512,
            head: Duration::from_secs(10),
            body: Duration::from_secs(15),
            idle: Duration::from_secs(60),
            drain: Duration::from_secs(5),
            linger: Duration::from_secs(2),
            max_head: 16 * 1024,
            max_fields: 100,
            max_body: 1024 * 1024,
            max_unfinished: 32 * 1024 * 1024,
            streams: 64,
        }
    }
}
