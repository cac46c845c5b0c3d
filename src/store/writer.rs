//! The one thread of a process that adds to the store.
//!
//! Waiting for the disk takes far longer than writing, so that what gathers while one commit waits goes
//! into the next one together. After a commit its senders come back at about the same time: the next
//! one waits a moment for as many as there were before, which nearly doubles what gets through.

use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::{Connection, Transaction, TransactionBehavior, params};
use tokio::sync::oneshot;

use super::entry::{self, Entry, Forward, Row};
use super::prune::{self, Bounds};
use super::{Store, StoreError};
use crate::clock::Clock;
use crate::signature::VerdictRecord;

/// How many jobs may wait, and how many bytes of them.
const MAX_JOBS: usize = 4096;
const MAX_BYTES: usize = 64 * 1024 * 1024;
/// The longest moment that a commit waits for senders to come back.
const GATHERING: Duration = Duration::from_millis(2);
/// How often the bounds are looked at.
const PRUNING: Duration = Duration::from_secs(1);

/// A delivery that is to be kept, and who wants to know that it is. Both calls come from the writer's
/// thread.
pub trait Job: Send + 'static {
    /// What is kept.
    fn entry(&self) -> Entry<'_>;

    /// About how many bytes of memory it takes.
    fn weight(&self) -> usize;

    /// It is on the disk, under this number; or it is not kept.
    fn done(self, kept: Result<Row, Arc<StoreError>>);
}

/// A change to a delivery that has been kept.
#[derive(Debug)]
pub enum Update {
    /// It was sent on.
    Forwarded(Row, Forward),
    /// It was answered.
    Answered(Row, u16),
    /// What was the matter with it is known.
    Explained(Row, VerdictRecord),
}

/// The thread, as others see it.
pub struct Writer<J> {
    queue: Arc<Queue<J>>,
    ended: oneshot::Receiver<()>,
}

/// Where jobs are handed in.
pub struct Queue<J> {
    state: Mutex<State<J>>,
    changed: Condvar,
}

struct State<J> {
    jobs: VecDeque<J>,
    updates: Vec<Update>,
    bytes: usize,
    /// With so many jobs the thread is woken.
    wanted: usize,
    is_closed: bool,
}

impl<J: Job> Writer<J> {
    /// Starts the thread, which keeps to these bounds.
    ///
    /// # Errors
    /// What the system says where it has no more threads.
    pub fn start(store: Store, bounds: Bounds, clock: Arc<dyn Clock>) -> std::io::Result<Self> {
        let state = State {
            jobs: VecDeque::new(),
            updates: Vec::new(),
            bytes: 0,
            wanted: usize::MAX,
            is_closed: false,
        };
        let queue = Arc::new(Queue { state: Mutex::new(state), changed: Condvar::new() });
        let (end, ended) = oneshot::channel();
        let thread = Thread {
            queue: queue.clone(),
            store,
            bounds,
            clock,
            unwritten: Vec::new(),
            pruning_at: Instant::now(),
            last: 0,
            cost: Duration::ZERO,
        };
        thread::Builder::new().name("store".to_owned()).spawn(move || {
            thread.run();
            // Whoever waits may have given up.
            let _ = end.send(());
        })?;
        Ok(Writer { queue, ended })
    }

    /// Where jobs are handed in.
    pub fn queue(&self) -> Arc<Queue<J>> {
        self.queue.clone()
    }

    /// Takes no more, and waits until what was handed in is on the disk.
    pub async fn finish(self) {
        self.queue.lock().is_closed = true;
        self.queue.changed.notify_all();
        // The thread ends in any case, and drops its side.
        let _ = self.ended.await;
    }
}

impl<J: Job> Queue<J> {
    /// Hands a delivery in; gives it back where too much waits already. Never waits.
    ///
    /// # Errors
    /// The job, where there is no room for it.
    pub fn submit(&self, job: J) -> Result<(), J> {
        self.put(job, MAX_JOBS, MAX_BYTES)
    }

    /// As [`Queue::submit`], for a delivery that matters less: it may use a part of the room only.
    ///
    /// # Errors
    /// The job, where there is no room for it.
    pub fn offer(&self, job: J) -> Result<(), J> {
        self.put(job, MAX_JOBS / 4, MAX_BYTES / 4)
    }

    fn put(&self, job: J, max_jobs: usize, max_bytes: usize) -> Result<(), J> {
        let weight = job.weight();
        let mut state = self.lock();
        let has_room =
            state.jobs.is_empty() || (state.jobs.len() < max_jobs && state.bytes + weight <= max_bytes);
        if state.is_closed || !has_room {
            return Err(job);
        }
        state.bytes += weight;
        state.jobs.push_back(job);
        self.wake(state);
        Ok(())
    }

    /// Hands a change in. It is written with the next deliveries, or on its own.
    pub fn update(&self, update: Update) {
        let mut state = self.lock();
        state.updates.push(update);
        self.wake(state);
    }

    /// Waking a thread is a system call: only done when it waits for no more than there is.
    fn wake(&self, mut state: MutexGuard<'_, State<J>>) {
        if state.jobs.len() + state.updates.len() >= state.wanted {
            state.wanted = usize::MAX;
            drop(state);
            self.changed.notify_all();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State<J>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What the thread works with.
struct Thread<J> {
    queue: Arc<Queue<J>>,
    store: Store,
    bounds: Bounds,
    clock: Arc<dyn Clock>,
    /// Changes that could not be written; they go into the next commit.
    unwritten: Vec<Update>,
    /// When the bounds are looked at next.
    pruning_at: Instant,
    /// How many deliveries the last commit had.
    last: usize,
    /// How long it took.
    cost: Duration,
}

impl<J: Job> Thread<J> {
    fn run(mut self) {
        while let Some((jobs, updates)) = self.gather() {
            let start = Instant::now();
            self.last = jobs.len();
            // After a defect the senders of this commit learn by their jobs being dropped that nothing was
            // kept; the next ones are tried again.
            let _ = catch_unwind(AssertUnwindSafe(|| self.commit(jobs, updates)));
            self.cost = start.elapsed();
            self.prune();
        }
    }

    /// The jobs and changes of the next commit; none at the end.
    fn gather(&self) -> Option<(VecDeque<J>, Vec<Update>)> {
        let mut state = self.queue.lock();
        while state.jobs.is_empty() && state.updates.is_empty() {
            if state.is_closed {
                return None;
            }
            state.wanted = 1;
            state = self.queue.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        let moment = GATHERING.min(self.cost / 2);
        if state.jobs.len() < self.last && !state.is_closed && !moment.is_zero() {
            state.wanted = self.last;
            let is_short = |state: &mut State<J>| state.wanted != usize::MAX && !state.is_closed;
            let waited = self.queue.changed.wait_timeout_while(state, moment, is_short);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        state.wanted = usize::MAX;
        state.bytes = 0;
        Some((std::mem::take(&mut state.jobs), std::mem::take(&mut state.updates)))
    }

    fn commit(&mut self, jobs: VecDeque<J>, new: Vec<Update>) {
        let mut updates = std::mem::take(&mut self.unwritten);
        updates.extend(new);
        match write(&self.store.connection, &jobs, &updates) {
            Ok(rows) => jobs.into_iter().zip(rows).for_each(|(job, row)| job.done(Ok(row))),
            Err(error) => {
                let error = Arc::new(self.store.failed(error));
                jobs.into_iter().for_each(|job| job.done(Err(error.clone())));
                updates.truncate(MAX_JOBS);
                self.unwritten = updates;
            }
        }
    }

    /// Deletes a chunk of what is beyond the bounds, where that is due. It is due again at once while there
    /// may be more, and else in a while, so that a full store does not wait for the disk twice a commit. What fails is tried again: it fails for the reason that the next commit will tell.
    fn prune(&mut self) {
        if Instant::now() < self.pruning_at {
            return;
        }
        let deleted = prune::step(&self.store.connection, self.bounds, self.clock.now());
        if deleted.unwrap_or_default() < prune::CHUNK {
            self.pruning_at = Instant::now() + PRUNING;
        }
    }
}

fn write<J: Job>(
    connection: &Connection,
    jobs: &VecDeque<J>,
    updates: &[Update],
) -> rusqlite::Result<Vec<Row>> {
    let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
    let rows: Vec<Row> =
        jobs.iter().map(|job| entry::insert(&transaction, &job.entry())).collect::<rusqlite::Result<_>>()?;
    for update in updates {
        match update {
            Update::Forwarded(row, forward) => entry::insert_forward(&transaction, *row, forward)?,
            Update::Answered(row, status) => {
                let answered = "UPDATE deliveries SET status = ?2 WHERE id = ?1";
                transaction.prepare_cached(answered)?.execute(params![row, status])?;
            }
            Update::Explained(row, verdict) => entry::replace_verdict(&transaction, *row, verdict)?,
        }
    }
    transaction.commit()?;
    Ok(rows)
}
