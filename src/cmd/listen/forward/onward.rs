//! The way of a delivery to its handlers and back: kept, sent on, its answer returned, noted and shown.
//!
//! It goes on in a task of its own. A sender that gives up takes nothing back: what it began is finished,
//! and shown.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use hyper::StatusCode;
use jiff::Timestamp;
use tokio::sync::{oneshot, watch};
use tokio::time::timeout;

use crate::capture::shown_url;
use crate::clock::Clock;
use crate::cmd::listen::in_time::{Decision, in_time};
use crate::cmd::listen::intake::{Desk, Keeper, Keeping, RETRY_AFTER};
use crate::cmd::listen::queue::{Forwarded, Shown};
use crate::deliver::forward::{Admission, Forward, Forwarder, decisive};
use crate::event::{self, Filter};
use crate::server::{Arrival, Reply, Taken};
use crate::store::{self, Row, Sending, Update};

/// How long before the end of the drain whoever still waits is answered.
const FAREWELL: Duration = Duration::from_millis(500);

/// What forwards deliveries.
pub(in crate::cmd::listen) struct Forwarding {
    pub(super) forwarder: Arc<Forwarder>,
    pub(super) filter: Filter,
    pub(super) forward_invalid: bool,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) json: bool,
    /// How long what is under way may hold up the end.
    pub(super) drain: Duration,
    /// How many deliveries are under way.
    pub(super) underway: watch::Sender<usize>,
}

/// A delivery that is to be forwarded, with its places in the lanes.
pub(in crate::cmd::listen) struct Passing {
    pub(in crate::cmd::listen) admission: Admission,
    pub(in crate::cmd::listen) desk: Arc<Desk>,
    pub(in crate::cmd::listen) keeper: Option<Keeper>,
}

impl Forwarding {
    /// Where deliveries may go to, as it is shown.
    pub(in crate::cmd::listen) fn targets(&self) -> Vec<String> {
        self.forwarder.targets().iter().map(|url| shown_url(&url.to_string()).into_owned()).collect()
    }

    /// The delivery's places in the lanes of its targets; none where it is not forwarded. What is answered
    /// by `--fail-first` is not: the handler is to see the attempt after it.
    pub(in crate::cmd::listen) fn admit(&self, arrival: &Arrival) -> Option<Admission> {
        let is_wanted = match arrival.verdict.is_valid() {
            true => arrival.status == StatusCode::OK,
            false => self.forward_invalid,
        };
        if !is_wanted {
            return None;
        }
        let event_type = event::type_of(arrival.body());
        if !self.filter.accepts(event_type.as_deref()) {
            return None;
        }
        let admission = self.forwarder.admit(event_type.as_deref(), arrival.body().len());
        (!admission.is_empty()).then_some(admission)
    }

    /// Takes a delivery: has it kept, forwards it, and answers with what came of that.
    pub(in crate::cmd::listen) fn take(self: &Arc<Self>, arrival: Arrival, passing: Passing) -> Taken {
        let status = arrival.status;
        let (answer, answered) = oneshot::channel();
        let (forwarding, mark) = (self.clone(), Underway::begin(self.underway.clone()));
        match &passing.keeper {
            None => {
                tokio::spawn(async move {
                    let _mark = mark;
                    // A sender that has gone away waits for no answer.
                    let _ = answer.send(forwarding.pass_on(arrival, None, passing).await);
                });
            }
            Some(keeper) => {
                let (kept, waiting) = oneshot::channel();
                let decision = Decision::default();
                let keeping = Keeping::to_forward(arrival, passing.desk.clone(), kept, decision.clone());
                if let Err(taken) = keeping.hand_in(keeper) {
                    return taken;
                }
                tokio::spawn(async move {
                    let _mark = mark;
                    let reply = match in_time(waiting, &decision).await {
                        Some((arrival, row)) => forwarding.pass_on(arrival, Some(row), passing).await,
                        // The desk has said why.
                        None if status != StatusCode::OK => Reply::with(status),
                        None => Reply::unavailable("not_stored", RETRY_AFTER),
                    };
                    let _ = answer.send(reply);
                });
            }
        }
        Taken::Later(Box::pin(async move {
            // A defect has been printed; the sender tries again.
            answered.await.unwrap_or(Reply::unavailable("not_forwarded", RETRY_AFTER))
        }))
    }

    async fn pass_on(&self, arrival: Arrival, row: Option<Row>, passing: Passing) -> Reply {
        let Passing { admission, desk, keeper } = passing;
        let arrival = Arc::new(arrival);
        if !self.json {
            desk.show(Shown { arrival: arrival.clone(), row, forwarded: None });
        }
        let sent_at = self.clock.now();
        let body = Bytes::from_owner(Body(arrival.clone()));
        let forwards = self.forwarder.forward(admission, arrival.headers(), body).await;
        let reply = reply(&forwards);
        if let Some((keeper, row)) = keeper.zip(row) {
            let stored = forwards.iter().map(|forward| stored(forward, sent_at)).collect();
            keeper.update(Update::Answered(row, reply.status.as_u16(), stored));
        }
        let forwarded = Forwarded { at: self.clock.now(), status: reply.status, forwards };
        desk.count(&arrival, &forwarded);
        match self.json {
            true => desk.show(Shown { arrival, row, forwarded: Some(forwarded) }),
            false => desk.show_forwards(arrival, forwarded),
        }
        reply
    }

    /// Waits until nothing is under way any more. What the drain is too short for is given up, shortly before
    /// its end, so that the senders are told.
    pub(in crate::cmd::listen) async fn finish(&self) {
        let mut underway = self.underway.subscribe();
        let idle = underway.wait_for(|count| *count == 0);
        // The channel lives as long as this.
        if timeout(self.drain.saturating_sub(FAREWELL), idle).await.is_err() {
            self.forwarder.end();
            let _ = timeout(FAREWELL, underway.wait_for(|count| *count == 0)).await;
        }
    }
}

/// A delivery's body as it lies in memory: however many targets it waits for, there is one of it.
struct Body(Arc<Arrival>);

impl AsRef<[u8]> for Body {
    fn as_ref(&self) -> &[u8] {
        self.0.body()
    }
}

/// What the sender is told.
fn reply(forwards: &[Forward]) -> Reply {
    let Some(forward) = decisive(forwards) else { return Reply::with(StatusCode::OK) };
    Reply { status: forward.status(), error: forward.code(), retry_after: forward.retry_after() }
}

fn stored(forward: &Forward, sent_at: Timestamp) -> store::Forward {
    let answer = forward.answer();
    store::Forward {
        kind: Sending::Forward.name().to_owned(),
        sent_at,
        url: forward.url.to_string(),
        status: answer.map(|answer| answer.status.as_u16()),
        latency: forward.latency,
        error: forward.error(),
        answer: answer.map(|answer| answer.body.to_vec()).unwrap_or_default(),
    }
}

/// A delivery that is under way.
struct Underway(watch::Sender<usize>);

impl Underway {
    fn begin(count: watch::Sender<usize>) -> Self {
        count.send_modify(|count| *count += 1);
        Underway(count)
    }
}

impl Drop for Underway {
    fn drop(&mut self) {
        self.0.send_modify(|count| *count -= 1);
    }
}
