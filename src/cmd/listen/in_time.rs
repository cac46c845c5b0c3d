//! Waiting for a delivery to be kept, but not for ever: what is decided is decided once.
//!
//! The writer may be done with a delivery at the very moment at which nobody wants to wait for it any longer.
//! Whichever of the two comes first decides how it is answered, and the other one keeps to that: what is
//! shown and stored is what the sender was told.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::timeout;

/// How long a delivery may wait to be kept. A sender that gets no answer tries again.
const KEEPING: Duration = Duration::from_secs(10);

/// Whether a delivery was kept in time, decided by whoever comes first.
#[derive(Debug, Clone, Default)]
pub(super) struct Decision(Arc<AtomicBool>);

impl Decision {
    /// Whether it was still open: it is decided from now on.
    pub(super) fn take(&self) -> bool {
        !self.0.swap(true, Ordering::AcqRel)
    }
}

/// What the writer says of a delivery; none where it says nothing in time, or has failed.
pub(super) async fn in_time<T>(mut waiting: oneshot::Receiver<T>, decision: &Decision) -> Option<T> {
    match timeout(KEEPING, &mut waiting).await {
        Ok(kept) => kept.ok(),
        Err(_) if decision.take() => None,
        // The writer came first, and is about to say what it decided.
        Err(_) => waiting.await.ok(),
    }
}
