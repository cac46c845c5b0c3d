//! What becomes of a delivery: it is kept, counted, shown and answered.
//!
//! Without a store that is done at once. With one, a delivery is answered, counted and shown once it is on
//! the disk. One that did not verify is refused all the same where it cannot be kept, and takes no room
//! that the others need. One that verified and is not on the disk in time is refused as well; where it gets
//! there later, it is kept as what it is: answered with 503.

use std::borrow::Cow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use hyper::StatusCode;
use tokio::sync::{mpsc, oneshot};

use super::answers::Answers;
use super::forward::{Forwarding, Passing};
use super::goal::{End, Goal, Tally};
use super::in_time::{Decision, in_time};
use super::queue::{Forwarded, Item, Queue, Shown};
use super::resolve::Following;
use crate::capture::header_text;
use crate::event;
use crate::server::{Arrival, Intake, Reply, Report, Taken};
use crate::signature::VerdictRecord;
use crate::signature::diagnose::{self, Source};
use crate::store::{self, Entry, Job, Row, StoreError, Update};
use crate::ui::sanitize;

/// When a sender may try again that could not be served.
pub(super) const RETRY_AFTER: Duration = Duration::from_secs(5);

/// The queue of the thread that keeps deliveries.
pub(super) type Keeper = Arc<store::Queue<Keeping>>;

/// What takes deliveries.
pub(super) struct Desk {
    goal: Mutex<Goal>,
    queue: Arc<Queue>,
    /// What follows the events that are shown, with `--resolve`.
    following: Option<Following>,
    ends: mpsc::Sender<End>,
    /// Whether the last delivery could not be kept, so that the reason is said once.
    is_failing: AtomicBool,
    /// Where the store's thread says what it has kept.
    answers: Answers,
}

impl Desk {
    pub(super) fn new(
        goal: Goal,
        queue: Arc<Queue>,
        following: Option<Following>,
        ends: mpsc::Sender<End>,
    ) -> Self {
        let (is_failing, answers) = (AtomicBool::new(false), Answers::default());
        Desk { goal: Mutex::new(goal), queue, following, ends, is_failing, answers }
    }

    /// Has those who wait for the store told what came of it, for as long as the server runs.
    pub(super) async fn tell_who_waits(self: Arc<Self>) {
        self.answers.say_all().await;
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
            self.show(Shown { arrival: Arc::new(arrival), row, forwarded: None });
        }
        self.end(end);
    }

    /// Shows a delivery, where there is room for it, and has its event followed.
    pub(super) fn show(&self, shown: Shown) {
        let followed = self.following.as_ref().map(|following| (following, shown.arrival.clone()));
        self.queue.offer(Item::Delivery(shown));
        if let Some((following, arrival)) = followed {
            following.offer(&arrival);
        }
    }

    /// Shows what came of forwarding a delivery that has been shown, where there is room for it.
    pub(super) fn show_forwards(&self, arrival: Arc<Arrival>, forwarded: Forwarded) {
        self.queue.offer(Item::Forwarded(arrival, forwarded));
    }

    /// Counts a delivery that was forwarded, once that is over: whoever waits for it waits for its handler.
    pub(super) fn count(&self, arrival: &Arrival, forwarded: &Forwarded) {
        let end = {
            let mut goal = self.goal();
            let is_taken = forwarded.status.is_success();
            let count = if is_taken { &mut goal.tally.forwarded } else { &mut goal.tally.untaken };
            *count += 1;
            goal.note(arrival).1
        };
        self.end(end);
    }

    /// Counts a delivery that verified and is not kept in time, or not at all, and shows that it is answered
    /// with 503.
    fn refuse(&self, mut arrival: Arrival, row: Option<Row>) {
        arrival.status = StatusCode::SERVICE_UNAVAILABLE;
        self.goal().tally.unkept += 1;
        self.show(Shown { arrival: Arc::new(arrival), row, forwarded: None });
    }

    /// Counts and shows a delivery that is not kept in time, or not at all, and answers the status that its sender
    /// is told: one that did not verify is refused as it would have been.
    fn turn_away(&self, arrival: Arrival, row: Option<Row>) -> StatusCode {
        if arrival.verdict.is_valid() {
            self.refuse(arrival, row);
            return StatusCode::SERVICE_UNAVAILABLE;
        }
        let status = arrival.status;
        self.settle(arrival, row);
        status
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
    /// What forwards them.
    pub(super) forwarding: Option<Arc<Forwarding>>,
}

impl Intake for Door {
    fn take(&self, arrival: Arrival) -> Taken {
        if let Some(forwarding) = &self.forwarding
            && let Some(admission) = forwarding.admit(&arrival)
        {
            let (desk, keeper) = (self.desk.clone(), self.keeper.clone());
            return forwarding.take(arrival, Passing { admission, desk, keeper });
        }
        let Some(keeper) = &self.keeper else {
            self.desk.settle(arrival, None);
            return Taken::Answered;
        };
        let (status, is_valid) = (arrival.status, arrival.verdict.is_valid());
        let (kept, waiting) = oneshot::channel();
        let decision = Decision::default();
        let (desk, then) = (self.desk.clone(), Then::Answer(kept));
        let keeping = Keeping { arrival, desk, then, decision: decision.clone() };
        if let Err(taken) = keeping.hand_in(keeper) {
            return taken;
        }
        Taken::Later(Box::pin(async move {
            match in_time(waiting, &decision).await {
                Some(Kept::Done) => Reply::with(status),
                _ if !is_valid => Reply::with(status),
                // The writer has failed, or hangs at a disk that does not answer.
                Some(Kept::Failed) | None => Reply::unavailable("not_stored", RETRY_AFTER),
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
    then: Then,
    decision: Decision,
}

/// What is to be done with a delivery that has been kept.
enum Then {
    /// It is answered by who waits here.
    Answer(oneshot::Sender<Kept>),
    /// It is forwarded by who waits here.
    Forward(oneshot::Sender<(Arrival, Row)>),
}

impl Keeping {
    /// A delivery that goes to `kept` once it is on the disk, if that is in time.
    pub(super) fn to_forward(
        arrival: Arrival,
        desk: Arc<Desk>,
        kept: oneshot::Sender<(Arrival, Row)>,
        decision: Decision,
    ) -> Self {
        Keeping { arrival, desk, then: Then::Forward(kept), decision }
    }

    /// Hands it in. Where there is no room for it, it is done with, and what comes back says how it is
    /// answered.
    pub(super) fn hand_in(self, keeper: &Keeper) -> Result<(), Taken> {
        let is_valid = self.arrival.verdict.is_valid();
        let handed_in = if is_valid { keeper.submit(self) } else { keeper.offer(self) };
        handed_in.map_err(|keeping| {
            if is_valid {
                keeping.desk.refuse(keeping.arrival, None);
                let busy = Reply::unavailable("busy", RETRY_AFTER);
                Taken::Later(Box::pin(std::future::ready(busy)))
            } else {
                keeping.desk.settle(keeping.arrival, None);
                Taken::Answered
            }
        })
    }
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
            // What the handler says is not known yet.
            status: matches!(self.then, Then::Answer(_)).then_some(arrival.status.as_u16()),
            forwards: Vec::new(),
        }
    }

    fn weight(&self) -> usize {
        self.arrival.weight()
    }

    fn done(self, kept: Result<Row, Arc<StoreError>>) -> Option<Update> {
        self.desk.tell(kept.as_ref().map(|_| ()).map_err(AsRef::as_ref));
        let Keeping { arrival, desk, then, decision } = self;
        let Ok(row) = kept else {
            desk.turn_away(arrival, None);
            if let Then::Answer(answer) = then {
                desk.answers.push(answer, Kept::Failed);
            }
            return None;
        };
        if !decision.take() {
            // It was answered without waiting any longer.
            let status = desk.turn_away(arrival, Some(row));
            return Some(Update::Answered(row, status.as_u16(), Vec::new()));
        }
        match then {
            Then::Forward(forward) => desk.answers.push(forward, (arrival, row)),
            Then::Answer(answer) => {
                desk.settle(arrival, Some(row));
                desk.answers.push(answer, Kept::Done);
            }
        }
        None
    }
}

/// What verifying concluded, with advice on the reason; what is proved of it is known later.
fn verdict(arrival: &Arrival) -> VerdictRecord {
    let reason = arrival.verdict.rejection().map(|rejection| rejection.reason);
    let advice = reason.map(|reason| diagnose::without_recomputing(reason, Source::Received));
    VerdictRecord::new(&arrival.verdict, &advice.unwrap_or_default())
}
