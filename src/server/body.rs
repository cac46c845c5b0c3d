//! Reading a body: whole, in time, and never larger than allowed.

use std::sync::atomic::{AtomicUsize, Ordering};

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};
use tokio::time::timeout;

use super::arrival::Refusal;
use super::limits::Limits;

/// How much room is made at first for a body that comes in several pieces, whatever it declares.
const FIRST_ROOM: usize = 64 * 1024;

/// The bytes of unfinished bodies over all connections.
#[derive(Debug, Default)]
pub struct Unfinished(AtomicUsize);

/// Reads all of `body`.
///
/// # Errors
/// The [`Refusal`] to answer with.
pub async fn read(body: &mut Incoming, limits: &Limits, unfinished: &Unfinished) -> Result<Bytes, Refusal> {
    if body.size_hint().lower() > limits.max_body as u64 {
        return Err(Refusal::BodyTooLarge);
    }
    timeout(limits.body, collect(body, limits, unfinished)).await.unwrap_or(Err(Refusal::BodyTimeout))
}

async fn collect(body: &mut Incoming, limits: &Limits, unfinished: &Unfinished) -> Result<Bytes, Refusal> {
    let Some(first) = next(body).await? else { return Ok(Bytes::new()) };
    if first.len() > limits.max_body {
        return Err(Refusal::BodyTooLarge);
    }
    // Most bodies come in one piece and need not be copied.
    if body.is_end_stream() {
        return Ok(first);
    }
    let mut held = Held { unfinished, bytes: 0 };
    let mut whole = Vec::with_capacity(first.len().max(FIRST_ROOM.min(limits.max_body)));
    let mut piece = Some(first);
    while let Some(bytes) = piece {
        if whole.len() + bytes.len() > limits.max_body {
            return Err(Refusal::BodyTooLarge);
        }
        held.take(bytes.len(), limits.max_unfinished)?;
        whole.extend_from_slice(&bytes);
        piece = next(body).await?;
    }
    Ok(whole.into())
}

/// The next piece of data; trailers are passed over.
async fn next(body: &mut Incoming) -> Result<Option<Bytes>, Refusal> {
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Refusal::BodyIncomplete)?;
        if let Ok(data) = frame.into_data() {
            return Ok(Some(data));
        }
    }
    Ok(None)
}

/// One body's share of [`Unfinished`], given back when its reading ends in any way.
struct Held<'a> {
    unfinished: &'a Unfinished,
    bytes: usize,
}

impl Held<'_> {
    fn take(&mut self, bytes: usize, limit: usize) -> Result<(), Refusal> {
        self.bytes += bytes;
        let before = self.unfinished.0.fetch_add(bytes, Ordering::Relaxed);
        if before + bytes > limit { Err(Refusal::Busy) } else { Ok(()) }
    }
}

impl Drop for Held<'_> {
    fn drop(&mut self) {
        self.unfinished.0.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}
