//! `--resolve`: verified events followed to their jobs, beside everything else.
//!
//! Nothing waits for it: what is shown is handed in without waiting and looked up by a few tasks, each with a
//! deadline. What finds no room is not looked up, which is said.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, OwnedSemaphorePermit, Semaphore, mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::queue::{Followed, Item, Queue};
use crate::clock::Clock;
use crate::cmd::resolution::{self, Unresolved};
use crate::gemini::Api;
use crate::server::Arrival;

/// How many lookups may be under way at once.
const AT_ONCE: usize = 4;
/// How long one may take, with everything that is tried again. More is of no use beside a stream of events.
pub(super) const DEADLINE: Duration = Duration::from_secs(15);
/// How many events may wait for their lookup.
const MOST_WAITING: usize = 1024;
/// How many bytes they may hold.
const MOST_BYTES: usize = 4 * 1024 * 1024;

/// What follows events.
pub(super) struct Following {
    waiting: mpsc::Sender<Waiting>,
    room: Arc<Semaphore>,
    queue: Arc<Queue>,
}

/// The tasks of a [`Following`].
pub(super) struct Lookups {
    tasks: JoinSet<()>,
    stage: watch::Sender<Stage>,
}

/// How far the run is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stage {
    /// Events come.
    Open,
    /// Those that wait are still looked up.
    Closing,
    /// Nobody waits any more.
    Over,
}

/// An event that is to be followed, with the room that it takes.
struct Waiting {
    arrival: Arc<Arrival>,
    _room: OwnedSemaphorePermit,
}

impl Following {
    /// Starts the tasks, which put what they find into `queue`.
    pub(super) fn start(api: Arc<Api>, queue: Arc<Queue>, clock: Arc<dyn Clock>) -> (Self, Lookups) {
        let (waiting, taken) = mpsc::channel(MOST_WAITING);
        let (stage, staged) = watch::channel(Stage::Open);
        let taken = Arc::new(Mutex::new(taken));
        let mut tasks = JoinSet::new();
        for _ in 0..AT_ONCE {
            let worker = Worker {
                api: api.clone(),
                taken: taken.clone(),
                stage: staged.clone(),
                queue: queue.clone(),
                clock: clock.clone(),
            };
            tasks.spawn(worker.work());
        }
        let room = Arc::new(Semaphore::new(MOST_BYTES));
        (Following { waiting, room, queue }, Lookups { tasks, stage })
    }

    /// Has an event followed that has just been shown. Never waits. What did not verify is not followed, nor
    /// is a retry: what it is about has been looked up.
    pub(super) fn offer(&self, arrival: &Arc<Arrival>) {
        if !arrival.verdict.is_valid() || arrival.attempt.is_some_and(|attempt| attempt.number > 1) {
            return;
        }
        let weight = u32::try_from(arrival.weight()).unwrap_or(u32::MAX);
        let handed_in =
            self.room.clone().try_acquire_many_owned(weight).ok().and_then(|room| {
                self.waiting.try_send(Waiting { arrival: arrival.clone(), _room: room }).ok()
            });
        if handed_in.is_none() {
            let resolution = Err(Unresolved::Skipped);
            let at = arrival.received_at;
            self.queue.offer(Item::Followed(arrival.clone(), Followed { at, resolution }));
        }
    }
}

impl Lookups {
    /// Waits until everything that was handed in is looked up; once `patience` is over, what is left is
    /// reported as it is.
    pub(super) async fn finish(mut self, patience: Duration) {
        self.stage.send_replace(Stage::Closing);
        let all = async { while self.tasks.join_next().await.is_some() {} };
        if timeout(patience, all).await.is_err() {
            self.stage.send_replace(Stage::Over);
            while self.tasks.join_next().await.is_some() {}
        }
    }
}

/// One of the tasks.
struct Worker {
    api: Arc<Api>,
    taken: Arc<Mutex<mpsc::Receiver<Waiting>>>,
    stage: watch::Receiver<Stage>,
    queue: Arc<Queue>,
    clock: Arc<dyn Clock>,
}

impl Worker {
    async fn work(mut self) {
        while let Some(Waiting { arrival, _room }) = self.next().await {
            let followed = timeout(DEADLINE, resolution::follow(&self.api, arrival.body()));
            let resolution = tokio::select! {
                biased;
                _ = self.stage.wait_for(|stage| *stage == Stage::Over) => Err(Unresolved::Ended),
                followed = followed => followed.unwrap_or(Err(Unresolved::TooLate(DEADLINE))),
            };
            let followed = Followed { at: self.clock.now(), resolution };
            self.queue.offer(Item::Followed(arrival, followed));
        }
    }

    /// The next event, or nothing once the run ends and none waits.
    async fn next(&mut self) -> Option<Waiting> {
        let mut taken = self.taken.lock().await;
        tokio::select! {
            biased;
            next = taken.recv() => next,
            _ = self.stage.wait_for(|stage| *stage >= Stage::Closing) => None,
        }
    }
}
