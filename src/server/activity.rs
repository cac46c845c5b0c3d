//! What a connection is doing, so that one which does nothing useful is closed.
//!
//! hyper's own header timeout arms a timer for every request and knows nothing of HTTP/2 or of clients
//! that do not read their answers. Here each connection has one timer, which looks at these marks.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::time::Duration;

use tokio::time::Instant;

use super::limits::Limits;

const NONE: u64 = u64::MAX;

/// The marks of one connection; times are milliseconds since it began.
#[derive(Debug)]
pub(super) struct Activity {
    began: Instant,
    in_progress: AtomicU32,
    quiet_since: AtomicU64,
    head_since: AtomicU64,
    unread: AtomicBool,
}

impl Activity {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Activity {
            began: Instant::now(),
            in_progress: AtomicU32::new(0),
            quiet_since: AtomicU64::new(0),
            head_since: AtomicU64::new(NONE),
            unread: AtomicBool::new(false),
        })
    }

    /// Bytes came in. Outside a request they begin the next one's header.
    pub(super) fn bytes_came(&self) {
        let is_head =
            self.in_progress.load(Ordering::Relaxed) == 0 && self.head_since.load(Ordering::Relaxed) == NONE;
        if is_head {
            self.head_since.store(self.elapsed(), Ordering::Relaxed);
        }
    }

    /// A request's header is complete; it is in progress until the mark is dropped.
    pub(super) fn request(self: &Arc<Self>) -> InProgress {
        self.in_progress.fetch_add(1, Ordering::Relaxed);
        self.head_since.store(NONE, Ordering::Relaxed);
        InProgress(self.clone())
    }

    /// A body was left unread, so that closing at once could take the answer away from the client.
    pub(super) fn leave_unread(&self) {
        self.unread.store(true, Ordering::Relaxed);
    }

    pub(super) fn left_unread(&self) -> bool {
        self.unread.load(Ordering::Relaxed)
    }

    /// Whether a header has begun and not ended.
    pub(super) fn is_within_head(&self) -> bool {
        self.head_since.load(Ordering::Relaxed) != NONE
    }

    /// When the connection is to be closed if nothing changes; none while a request is in progress.
    pub(super) fn deadline(&self, limits: &Limits) -> Option<Instant> {
        if self.in_progress.load(Ordering::Relaxed) > 0 {
            return None;
        }
        let (since, limit) = match self.head_since.load(Ordering::Relaxed) {
            NONE => (self.quiet_since.load(Ordering::Relaxed), limits.idle),
            since => (since, limits.head),
        };
        Some(self.began + Duration::from_millis(since) + limit)
    }

    /// As [`Activity::deadline`], for HTTP/2, where bytes between requests are not a header's.
    pub(super) fn idle_deadline(&self, limits: &Limits) -> Option<Instant> {
        if self.in_progress.load(Ordering::Relaxed) > 0 {
            return None;
        }
        Some(self.began + Duration::from_millis(self.quiet_since.load(Ordering::Relaxed)) + limits.idle)
    }

    fn elapsed(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(NONE - 1)
    }
}

/// A request in progress.
pub struct InProgress(Arc<Activity>);

impl InProgress {
    /// The rest of the body will not be read: the connection ends with this answer, and lingers so
    /// that the client reads it.
    pub fn leave_unread(&self) {
        self.0.leave_unread();
    }
}

impl Drop for InProgress {
    fn drop(&mut self) {
        self.0.head_since.store(NONE, Ordering::Relaxed);
        self.0.quiet_since.store(self.0.elapsed(), Ordering::Relaxed);
        self.0.in_progress.fetch_sub(1, Ordering::Relaxed);
    }
}
