//! What came before this run: a retry is shown as one, also where `listen` was started anew in between.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;

use jiff::{SignedDuration, Timestamp};

use crate::server::Retries;
use crate::store::{Order, Query, Row, Store, StoreError};

/// For how long the service tries a delivery again.
const RETRYING: SignedDuration = SignedDuration::from_hours(24);

/// Tells `retries` what the store in `folder`, which is open as `store`, holds of the last day. A thread of its
/// own reads that, since it takes a moment where there is much: `listen` does not wait for it.
pub(super) fn recall(store: &Store, folder: PathBuf, now: Timestamp, retries: Arc<Retries>) {
    // What is kept from here on is counted when it arrives.
    let Ok(Some(last)) = store.last_row() else { return };
    let thread = thread::Builder::new().name("earlier".to_owned());
    // What cannot be read shows as a first attempt. A store that is broken tells that where it matters, when
    // something is to be kept.
    let _ = thread.spawn(move || drop(read(&folder, last, now, &retries)));
}

fn read(folder: &Path, last: Row, now: Timestamp, retries: &Retries) -> Result<(), StoreError> {
    let Some(store) = Store::open_existing(folder)? else { return Ok(()) };
    let since = now.checked_sub(RETRYING).ok();
    let query = Query { since, valid: Some(true), order: Order::NewestFirst, ..Query::default() };
    store.each(&query, |summary| match (&summary.webhook_id, summary.attempt) {
        (Some(id), Some(attempt)) if summary.row <= last => {
            retries.recall(id, attempt, summary.received_at.as_second())
        }
        _ => ControlFlow::Continue(()),
    })
}
