//! What becomes of a delivery: it is kept, counted, shown and answered.
//!
//! Without a store that is done at once. With one, a delivery is answered, counted and shown once it is on
//! the disk. One that did not verify is refused all the same where it cannot be kept, and takes no room
//! that the others need.

use std::borrow::Cow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hyper::StatusCode;
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

use super::goal::{End, Goal, Tally};
use super::queue::{Item, Queue, Shown};
use crate::capture::header_text;
use crate::event;
use crate::server::{Arrival, Intake, Reply, Report, Taken};
use crate::signature::VerdictRecord;
use crate::signature::diagnose::{self, Source};
use crate::store::{self, Entry, Job, Row, StoreError};
use crate::ui::sanitize;

/// How long a delivery may wait to be kept. A sender that gets no answer tries again.
const KEEPING: Duration = Duration::from_secs(10);
/// When a sender may try again that could not be served.
const RETRY_AFTER: Duration = Duration::from_secs(5);

/// The queue of the thread that keeps deliveries.
pub(super) type Keeper = Arc<store::Queue<Keeping>>;

/// What takes deliveries.
pub(super) struct Desk {
    goal: Mutex<Goal>,
    queue: Arc<Queue>,
    ends: mpsc::Sender<End>,
    /// Whether the last delivery could not be kept, so that the reason is said once.
    is_failing: AtomicBool,
}

impl Desk {
    pub(super) fn new(goal: Goal, queue: Arc<Queue>, ends: mpsc::Sender<End>) -> Self {
        Desk { goal: Mutex::new(goal), queue, ends, is_failing: AtomicBool::new(false) }
    }

    /// What has been counted.
    pub(super) fn tally(&self) -> Tally {
        self.goal().tally
    }

    /// What is waited for, and how far that has come.
    pub(super) fn goal(&self) -> MutexGuard<'_, Goal> {
        self.goal.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a delivery that is answered, and shows it.
    fn settle(&self, arrival: Arrival, row: Option<Row>) {
        let (is_shown, end) = self.goal().note(&arrival);
        if is_shown {
            self.queue.offer(Item::Delivery(Shown { arrival, row }));
        }
        self.end(end);
    }

    /// Counts a delivery that verified and cannot be kept, and shows that it is answered with 503.
    fn refuse(&self, mut arrival: Arrival) {
        arrival.status = StatusCode::SERVICE_UNAVAILABLE;
        self.goal().tally.unkept += 1;
        self.queue.offer(Item::Delivery(Shown { arrival, row: None }));
    }

    /// Says why deliveries cannot be kept, once until they can be again.
    fn tell(&self, trouble: Result<(), &StoreError>) {
        let Err(error) = trouble else {
            if self.is_failing.swap(false, Ordering::Relaxed) {
                self.queue.push(Item::Note("Deliveries are kept again".to_owned()));
            }
            return;
        };
        if !self.is_failing.swap(true, Ordering::Relaxed) {
            let why = error.sentence();
            let why = sanitize::text(&why);
            let hint = error.hint().map(|hint| format!("; {hint}")).unwrap_or_default();
            self.queue
                .push(Item::Warning(format!("answering 503 until deliveries can be kept: {why}{hint}")));
        }
    }

    fn end(&self, end: Option<End>) {
        if let Some(end) = end {
            // The first end counts.
            let _ = self.ends.try_send(end);
        }
    }

    fn report(&self, report: Report) {
        match report {
            // Rare, and what comes after it cannot be understood without it.
            Report::Keys(_) => self.queue.push(Item::Report(report)),
            Report::Refused(_) => {
                self.goal().tally.refused += 1;
                self.queue.offer(Item::Report(report));
            }
            Report::Trouble(_) => self.queue.offer(Item::Report(report)),
        }
    }
}

/// What the server hands its deliveries to.
pub(super) struct Door {
    pub(super) desk: Arc<Desk>,
    /// What keeps them; none with `--no-store`.
    pub(super) keeper: Option<Keeper>,
}

impl Intake for Door {
    fn take(&self, arrival: Arrival) -> Taken {
        let Some(keeper) = &self.keeper else {
            self.desk.settle(arrival, None);
            return Taken::Answered;
        };
        let (status, is_valid) = (arrival.status, arrival.verdict.is_valid());
        let (kept, waiting) = oneshot::channel();
        let keeping = Keeping { arrival, desk: self.desk.clone(), kept };
        let handed_in = if is_valid { keeper.submit(keeping) } else { keeper.offer(keeping) };
        match handed_in {
            Ok(()) => {}
            Err(keeping) if is_valid => {
                self.desk.refuse(keeping.arrival);
                return Taken::Later(Box::pin(std::future::ready(Reply::unavailable("busy", RETRY_AFTER))));
            }
            Err(keeping) => {
                self.desk.settle(keeping.arrival, None);
                return Taken::Answered;
            }
        }
        Taken::Later(Box::pin(async move {
            match timeout(KEEPING, waiting).await {
                Ok(Ok(Kept::Done)) => Reply::with(status),
                _ if !is_valid => Reply::with(status),
                // The writer has failed, or hangs at a disk that does not answer.
                Ok(Ok(Kept::Failed) | Err(_)) | Err(_) => Reply::unavailable("not_stored", RETRY_AFTER),
            }
        }))
    }

    fn report(&self, report: Report) {
        self.desk.report(report);
    }
}

/// A delivery on its way to the disk.
pub(super) struct Keeping {
    arrival: Arrival,
    desk: Arc<Desk>,
    /// Who waits to answer it.
    kept: oneshot::Sender<Kept>,
}

/// Whether a delivery is on the disk.
enum Kept {
    Done,
    Failed,
}

impl Job for Keeping {
    fn entry(&self) -> Entry<'_> {
        let arrival = &self.arrival;
        let headers = arrival.headers().map(|(name, value)| (Cow::Borrowed(name), header_text(value)));
        Entry {
            received_at: arrival.received_at,
            webhook_id: arrival.webhook_id().map(Cow::Owned),
            event_type: event::type_of(arrival.body()),
            method: Cow::Borrowed(arrival.method.as_str()),
            path: Cow::Borrowed(arrival.target()),
            attempt: arrival.attempt.map(|attempt| attempt.number),
            headers: headers.collect(),
            body: Cow::Borrowed(arrival.body()),
            verdict: verdict(arrival),
            status: Some(arrival.status.as_u16()),
            forwards: Vec::new(),
        }
    }

    fn weight(&self) -> usize {
        self.arrival.weight()
    }

    fn done(self, kept: Result<Row, Arc<StoreError>>) {
        self.desk.tell(kept.as_ref().map(|_| ()).map_err(AsRef::as_ref));
        let outcome = if kept.is_ok() { Kept::Done } else { Kept::Failed };
        match kept {
            Err(_) if self.arrival.verdict.is_valid() => self.desk.refuse(self.arrival),
            kept => self.desk.settle(self.arrival, kept.ok()),
        }
        // A sender that has gone away waits for no answer.
        let _ = self.kept.send(outcome);
    }
}

/// What verifying concluded, with advice on the reason; what is proved of it is known later.
fn verdict(arrival: &Arrival) -> VerdictRecord {
    let reason = arrival.verdict.rejection().map(|rejection| rejection.reason);
    let advice = reason.map(|reason| diagnose::without_recomputing(reason, Source::Received));
    VerdictRecord::new(&arrival.verdict, &advice.unwrap_or_default())
}
