//! The queue between the server and the printer: bounded, and never waited on by the server.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hyper::StatusCode;
use jiff::Timestamp;

use crate::cmd::resolution::Resolution;
use crate::deliver::forward::Forward;
use crate::server::{Arrival, Report};
use crate::store::Row;

/// How many bytes of reports may wait. Together with what is being formatted, all that printing holds.
const MAX_BYTES: usize = 4 * 1024 * 1024;
/// How many reports may wait.
const MAX_REPORTS: usize = 16 * 1024;

/// Something to print.
pub(super) enum Item {
    /// A delivery, to be explained and formatted.
    Delivery(Shown),
    /// What came of forwarding a delivery that has been shown.
    Forwarded(Arc<Arrival>, Forwarded),
    /// What came of following its event to a job.
    Followed(Arc<Arrival>, Followed),
    /// A report, to be formatted.
    Report(Report),
    /// Data as it is.
    Data(String),
    /// Talk.
    Note(String),
    /// A warning.
    Warning(String),
    /// The summary, which needs to know how much was not shown.
    Summary(super::goal::Tally),
}

/// A delivery that is shown.
pub(super) struct Shown {
    pub(super) arrival: Arc<Arrival>,
    /// Its number in the store, where it is kept.
    pub(super) row: Option<Row>,
    /// What came of forwarding it, where that is shown with it.
    pub(super) forwarded: Option<Forwarded>,
}

/// What came of forwarding a delivery.
pub(super) struct Forwarded {
    /// When that was known.
    pub(super) at: Timestamp,
    /// What the sender was told.
    pub(super) status: StatusCode,
    /// What each target said.
    pub(super) forwards: Vec<Forward>,
}

/// What came of following an event to its job.
pub(super) struct Followed {
    /// When that was known.
    pub(super) at: Timestamp,
    pub(super) resolution: Resolution,
}

impl Item {
    /// About how many bytes it takes, to be given back with [`Queue::printed`].
    pub(super) fn weight(&self) -> usize {
        match self {
            Item::Delivery(Shown { arrival, .. })
            | Item::Forwarded(arrival, _)
            | Item::Followed(arrival, _) => arrival.weight(),
            Item::Report(Report::Refused(refused)) => refused.weight(),
            _ => size_of::<Item>(),
        }
    }
}

/// What the printer takes at once.
pub(super) struct Batch {
    pub(super) items: VecDeque<Item>,
    /// How many found no room since the last batch.
    pub(super) dropped: u64,
    /// Whether nothing comes after this one.
    pub(super) is_last: bool,
}

#[derive(Default)]
struct State {
    items: VecDeque<Item>,
    bytes: usize,
    dropped: u64,
    is_closed: bool,
    is_abandoned: bool,
    printer_waits: bool,
}

/// The queue.
#[derive(Default)]
pub(super) struct Queue {
    state: Mutex<State>,
    changed: Condvar,
}

impl Queue {
    /// Puts a delivery or a report in, or counts it where there is no room. Never waits for the printer.
    pub(super) fn offer(&self, item: Item) {
        let weight = item.weight();
        let mut state = self.lock();
        // One larger than the whole queue still passes when it is alone.
        let has_room =
            state.bytes == 0 || (state.bytes + weight <= MAX_BYTES && state.items.len() < MAX_REPORTS);
        if state.is_abandoned || !has_room {
            state.dropped += 1;
            return;
        }
        state.bytes += weight;
        self.put(state, item);
    }

    /// Puts in something that there is little of and that must not be lost.
    pub(super) fn push(&self, item: Item) {
        let mut state = self.lock();
        state.bytes += item.weight();
        self.put(state, item);
    }

    fn put(&self, mut state: MutexGuard<'_, State>, item: Item) {
        state.items.push_back(item);
        // Waking a thread is a system call: only done when it waits.
        if std::mem::take(&mut state.printer_waits) {
            self.changed.notify_all();
        }
    }

    /// Waits for something to print.
    pub(super) fn take(&self) -> Batch {
        let mut state = self.lock();
        while state.items.is_empty() && state.dropped == 0 && !state.is_closed {
            state.printer_waits = true;
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        let items = std::mem::take(&mut state.items);
        Batch { items, dropped: std::mem::take(&mut state.dropped), is_last: state.is_closed }
    }

    /// Gives back the room of a printed item.
    pub(super) fn printed(&self, weight: usize) {
        let mut state = self.lock();
        state.bytes = state.bytes.saturating_sub(weight);
    }

    /// Waits until the pause is over or nothing more comes.
    pub(super) fn pause(&self, pause: Duration) {
        let state = self.lock();
        drop(self.changed.wait_timeout_while(state, pause, |state| !state.is_closed));
    }

    /// Says that nothing more comes.
    pub(super) fn close(&self) {
        self.lock().is_closed = true;
        self.changed.notify_all();
    }

    /// Says that nothing is printed any more: what is offered from now on is only counted.
    pub(super) fn abandon(&self) {
        self.lock().is_abandoned = true;
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    fn trouble() -> Item {
        Item::Report(Report::Trouble(io::Error::other("x")))
    }

    #[test]
    fn a_full_queue_counts_instead_of_growing() {
        let queue = Queue::default();
        for _ in 0..MAX_REPORTS + 7 {
            queue.offer(trouble());
        }
        let batch = queue.take();
        assert_eq!((batch.items.len(), batch.dropped), (MAX_REPORTS, 7));
    }

    #[test]
    fn room_is_given_back_only_when_printed() {
        let queue = Queue::default();
        let weight = trouble().weight();
        let room = MAX_BYTES / weight;
        for _ in 0..room.min(MAX_REPORTS) {
            queue.offer(trouble());
        }
        let taken = queue.take().items.len();
        queue.printed(weight * taken);
        queue.offer(trouble());
        queue.close();
        let batch = queue.take();
        assert_eq!((batch.items.len(), batch.dropped, batch.is_last), (1, 0, true));
    }
}
