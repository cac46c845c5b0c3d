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

use rusqlite::{Connection, ErrorCode, Transaction, TransactionBehavior, params};
use tokio::sync::oneshot;

use super::checkpoint::Checkpoints;
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
/// How often the bounds are looked at, while deliveries come and while none do.
const PRUNING: Duration = Duration::from_secs(1);
const PRUNING_IDLE: Duration = Duration::from_secs(10);
/// How often changes that could not be written are tried again.
const RETRY: Duration = Duration::from_secs(1);

/// A delivery that is to be kept, and who wants to know that it is. Both calls come from the writer's
/// thread.
pub trait Job: Send + 'static {
    /// What is kept.
    fn entry(&self) -> Entry<'_>;

    /// About how many bytes of memory it takes.
    fn weight(&self) -> usize;

    /// It is on the disk, under this number; or it is not kept. What has become of it otherwise than its
    /// entry says comes back, to be written soon.
    fn done(self, kept: Result<Row, Arc<StoreError>>) -> Option<Update>;
}

/// A change to a delivery that has been kept.
#[derive(Debug)]
pub enum Update {
    /// It was answered with this status, after it was sent on to these: written together, so that a delivery
    /// with one and without the other is never seen.
    Answered(Row, u16, Vec<Forward>),
    /// What was the matter with it is known.
    Explained(Row, Box<VerdictRecord>),
}

/// The thread, as others see it.
pub struct Writer<J> {
    queue: Arc<Queue<J>>,
    settled: oneshot::Receiver<()>,
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
    stage: Stage,
}

/// What is still taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Everything.
    Open,
    /// Changes only.
    Closing,
    /// Nothing: the thread ends with what it has.
    Closed,
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
            stage: Stage::Open,
        };
        let queue = Arc::new(Queue { state: Mutex::new(state), changed: Condvar::new() });
        // Without them the log only grows longer before a commit sees to it.
        let checkpoints = store.again().ok().map(Checkpoints::start).transpose()?;
        let (settle, settled) = oneshot::channel();
        let (end, ended) = oneshot::channel();
        let thread = Thread {
            queue: queue.clone(),
            store,
            bounds,
            clock,
            unwritten: Vec::new(),
            retry_at: Instant::now(),
            pruning_at: Instant::now(),
            is_beyond_bounds: false,
            last: 0,
            cost: Duration::ZERO,
            checkpoints,
            settle: Some(settle),
        };
        thread::Builder::new().name("store".to_owned()).spawn(move || {
            thread.run();
            // Whoever waits may have given up.
            let _ = end.send(());
        })?;
        Ok(Writer { queue, settled, ended })
    }

    /// Where jobs are handed in.
    pub fn queue(&self) -> Arc<Queue<J>> {
        self.queue.clone()
    }

    /// Takes no more deliveries, and waits until each that was handed in is kept, or is not. Changes are taken
    /// until [`Writer::finish`].
    pub async fn close(&mut self) {
        self.enter(Stage::Closing);
        // The thread drops its side, then or at its end.
        let _ = (&mut self.settled).await;
    }

    /// Takes nothing any more, and waits until what was handed in is on the disk.
    pub async fn finish(self) {
        self.enter(Stage::Closed);
        // The thread ends in any case, and drops its side.
        let _ = self.ended.await;
    }

    fn enter(&self, stage: Stage) {
        self.queue.lock().stage = stage;
        self.queue.changed.notify_all();
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
        if state.stage != Stage::Open || !has_room {
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
    /// Changes that could not be written. They are tried again on their own, so that no delivery fails with
    /// them.
    unwritten: Vec<Update>,
    /// When they are tried again.
    retry_at: Instant,
    /// When the bounds are looked at next.
    pruning_at: Instant,
    /// Whether there is more to delete.
    is_beyond_bounds: bool,
    /// How many deliveries the last commit had.
    last: usize,
    /// How long it took.
    cost: Duration,
    /// What brings the log into the database meanwhile.
    checkpoints: Option<Checkpoints>,
    /// Dropped once no delivery is waiting and none can come.
    settle: Option<oneshot::Sender<()>>,
}

impl<J: Job> Thread<J> {
    fn run(mut self) {
        while let Some((jobs, updates)) = self.gather() {
            self.last = jobs.len();
            if !jobs.is_empty() || !updates.is_empty() {
                let start = Instant::now();
                let bytes = jobs.iter().map(Job::weight).sum();
                // After a defect the senders of this commit learn by their jobs being dropped that nothing was
                // kept; the next ones are tried again.
                let _ = catch_unwind(AssertUnwindSafe(|| self.commit(jobs, updates)));
                self.cost = start.elapsed();
                if let Some(checkpoints) = &mut self.checkpoints {
                    checkpoints.note(bytes);
                }
            }
            let _ = catch_unwind(AssertUnwindSafe(|| {
                self.retry();
                self.prune();
            }));
        }
        // The last attempt waits for others that are writing.
        if !self.unwritten.is_empty() {
            let _ = write::<J>(&self.store.connection, &VecDeque::new(), &self.unwritten);
        }
        if let Some(checkpoints) = self.checkpoints.take() {
            checkpoints.finish();
        }
    }

    /// The jobs and changes of the next commit, of which there are none where it is time to delete something, or to
    /// try again what could not be written; none at the end.
    fn gather(&mut self) -> Option<(VecDeque<J>, Vec<Update>)> {
        let mut state = self.queue.lock();
        // Those who came during the last commit, and those whom it let go: without the latter, two halves of the
        // senders would take turns for ever.
        let expected = state.jobs.len() + self.last;
        loop {
            if state.stage != Stage::Open && state.jobs.is_empty() {
                drop(self.settle.take());
            }
            if !state.jobs.is_empty() || !state.updates.is_empty() {
                break;
            }
            if state.stage == Stage::Closed {
                return None;
            }
            state.wanted = 1;
            let patience = match (self.is_beyond_bounds, self.unwritten.is_empty()) {
                (true, _) => Duration::ZERO,
                (false, false) => RETRY,
                (false, true) => PRUNING_IDLE,
            };
            let waited = self.queue.changed.wait_timeout(state, patience);
            let (again, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
            state = again;
            if timeout.timed_out() {
                break;
            }
        }
        let moment = GATHERING.min(self.cost / 2);
        if state.jobs.len() < expected && state.stage == Stage::Open && !moment.is_zero() {
            state.wanted = expected;
            let is_short = |state: &mut State<J>| state.wanted != usize::MAX && state.stage == Stage::Open;
            let waited = self.queue.changed.wait_timeout_while(state, moment, is_short);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        state.wanted = usize::MAX;
        state.bytes = 0;
        Some((std::mem::take(&mut state.jobs), std::mem::take(&mut state.updates)))
    }

    fn commit(&mut self, jobs: VecDeque<J>, updates: Vec<Update>) {
        let written = self.keep(&jobs, updates).map_err(Arc::new);
        let changed: Vec<Update> = match written {
            Ok(rows) => jobs.into_iter().zip(rows).filter_map(|(job, row)| job.done(Ok(row))).collect(),
            Err(error) => jobs.into_iter().filter_map(|job| job.done(Err(error.clone()))).collect(),
        };
        self.set_aside(changed);
    }

    /// Writes deliveries and changes together. Changes that cannot be written are set aside.
    fn keep(&mut self, jobs: &VecDeque<J>, updates: Vec<Update>) -> Result<Vec<Row>, StoreError> {
        if let Err(error) = self.store.in_place() {
            self.set_aside(updates);
            return Err(error);
        }
        let connection = &self.store.connection;
        let mut written = write(connection, jobs, &updates);
        if let Err(error) = &written {
            // Where it is not for want of the lock, deliveries do not fail for what was to be noted with them.
            if !updates.is_empty() && !jobs.is_empty() && !is_busy(error) {
                written = write(connection, jobs, &[]);
            }
            self.set_aside(updates);
        }
        written.map_err(|error| self.store.failed(error))
    }

    /// Keeps changes for another attempt; what is beyond the bound is lost, as it would be with the process.
    fn set_aside(&mut self, updates: Vec<Update>) {
        let room = MAX_JOBS.saturating_sub(self.unwritten.len());
        self.unwritten.extend(updates.into_iter().take(room));
    }

    /// Tries again what could not be written, where that is due. As with pruning, another process that is
    /// writing is not waited for.
    fn retry(&mut self) {
        if self.unwritten.is_empty() || Instant::now() < self.retry_at {
            return;
        }
        let updates = std::mem::take(&mut self.unwritten);
        let write = |connection: &Connection| write::<J>(connection, &VecDeque::new(), &updates);
        if self.store.without_waiting(write).is_err() {
            self.retry_at = Instant::now() + RETRY;
            self.unwritten = updates;
        }
    }

    /// Deletes a chunk of what is beyond the bounds, where that is due. It is due again at once while there
    /// is more. What fails is tried again: it fails for the reason that the next commit will tell. It does not
    /// wait for another process that is writing: deliveries would wait with it.
    fn prune(&mut self) {
        if Instant::now() < self.pruning_at {
            return;
        }
        let step = |connection: &Connection| prune::step(connection, self.bounds, self.clock.now());
        let deleted = self.store.without_waiting(step);
        self.is_beyond_bounds = matches!(deleted, Ok(Some(_)));
        if !self.is_beyond_bounds {
            self.pruning_at = Instant::now() + PRUNING;
        }
    }
}

fn is_busy(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked))
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
            Update::Answered(row, status, forwards) => {
                let answered = "UPDATE deliveries SET status = ?2 WHERE id = ?1";
                transaction.prepare_cached(answered)?.execute(params![row, status])?;
                for forward in forwards {
                    entry::insert_forward(&transaction, *row, forward)?;
                }
            }
            Update::Explained(row, verdict) => entry::replace_verdict(&transaction, *row, verdict)?,
        }
    }
    transaction.commit()?;
    Ok(rows)
}
