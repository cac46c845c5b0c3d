//! Reading a body: whole, in time, and never larger than allowed.

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::{Body, Incoming};
use tokio::time::timeout;

use super::arrival::Refusal;
use super::limits::Limits;
use super::pool::{Pool, Pooled};

/// Reads all of `body`.
///
/// # Errors
/// The [`Refusal`] to answer with.
pub async fn read(body: &mut Incoming, limits: &Limits, pool: &Pool) -> Result<Bytes, Refusal> {
    if body.size_hint().lower() > limits.max_body as u64 {
        return Err(Refusal::BodyTooLarge);
    }
    timeout(limits.body, collect(body, limits, pool)).await.unwrap_or(Err(Refusal::BodyTimeout))
}

async fn collect(body: &mut Incoming, limits: &Limits, pool: &Pool) -> Result<Bytes, Refusal> {
    let Some(first) = next(body).await? else { return Ok(Bytes::new()) };
    if first.len() > limits.max_body {
        return Err(Refusal::BodyTooLarge);
    }
    // Most bodies come in one piece and need not be copied.
    if body.is_end_stream() {
        return Ok(first);
    }
    let mut whole = Pooled::new(pool);
    let mut piece = Some(first);
    while let Some(bytes) = piece {
        if whole.len() + bytes.len() > limits.max_body {
            return Err(Refusal::BodyTooLarge);
        }
        if !whole.push(&bytes) {
            return Err(Refusal::Busy);
        }
        piece = next(body).await?;
    }
    Ok(whole.concat().into())
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
