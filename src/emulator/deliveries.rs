//! What became of every event: one delivery for each webhook or URI it went to, with its attempts.
//!
//! The newest are kept, up to a limit, for the control endpoint and for whoever waits for one.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard};

use jiff::Timestamp;
use serde::{Serialize, Serializer};
use tokio::sync::watch;

use super::error::ApiError;
use crate::units;

/// How many deliveries are remembered.
const KEPT: usize = 10_000;

/// Where a delivery stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Not yet delivered; it will be tried (again).
    Pending,
    /// Answered with 2xx.
    Delivered,
    /// Tried until its time was over.
    GaveUp,
    /// The queue of its webhook, or of its host, was full.
    Overflow,
    /// The webhook was turned off or deleted first.
    Dropped,
}

impl Standing {
    /// The standing of a name.
    ///
    /// # Errors
    /// Code `Invalid` for any other.
    pub fn parse(name: &str) -> Result<Self, ApiError> {
        match name {
            "pending" => Ok(Standing::Pending),
            "delivered" => Ok(Standing::Delivered),
            "gave_up" => Ok(Standing::GaveUp),
            "overflow" => Ok(Standing::Overflow),
            "dropped" => Ok(Standing::Dropped),
            _ => Err(ApiError::invalid(
                "Invalid value at 'status': expected pending, delivered, gave_up, overflow or dropped.",
            )),
        }
    }
}

/// One event on its way to one webhook, or to one URI of a job's own.
#[derive(Debug, Clone, Serialize)]
pub struct Delivery {
    /// The `webhook-id`: the same for all attempts, and for all that the event goes to.
    pub webhook_id: String,
    /// The `type` of the event.
    pub event_type: String,
    /// The id of the webhook resource; none where a job named the URI itself.
    pub webhook: Option<String>,
    /// The job that the event tells of, where there is one.
    pub job: Option<String>,
    /// Where to, without what may be secret in a URL.
    pub url: String,
    /// When the event was emitted.
    #[serde(serialize_with = "rfc3339")]
    pub created_at: Timestamp,
    /// Where it stands.
    pub status: Standing,
    /// In order.
    pub attempts: Vec<Attempt>,
}

/// One try.
#[derive(Debug, Clone, Serialize)]
pub struct Attempt {
    /// From 1.
    pub attempt: u32,
    /// When it was signed.
    #[serde(serialize_with = "rfc3339")]
    pub at: Timestamp,
    /// How many secrets or keys signed it.
    pub signatures: usize,
    /// The HTTP status, where there was an answer.
    pub status: Option<u16>,
    /// How long it took.
    pub latency_ms: u64,
    /// What went wrong, where there was no answer.
    pub error: Option<String>,
    /// How long until the next attempt, on the real clock; none where there is none.
    pub next_in_ms: Option<u64>,
}

/// The number of a delivery in the order of their making.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Number(u64);

/// The newest deliveries.
pub struct Deliveries {
    kept: Mutex<Kept>,
    changed: watch::Sender<u64>,
}

struct Kept {
    /// The number of the first one that is still here.
    first: u64,
    list: VecDeque<Delivery>,
}

impl Deliveries {
    /// None yet.
    pub fn new() -> Self {
        let kept = Mutex::new(Kept { first: 0, list: VecDeque::new() });
        Deliveries { kept, changed: watch::Sender::new(0) }
    }

    /// Remembers a new delivery.
    pub fn add(&self, delivery: Delivery) -> Number {
        let mut kept = self.lock();
        kept.list.push_back(delivery);
        if kept.list.len() > KEPT {
            kept.list.pop_front();
            kept.first += 1;
        }
        let number = Number(kept.first + kept.list.len() as u64 - 1);
        drop(kept);
        self.notify();
        number
    }

    /// Notes an attempt, and where the delivery stands after it.
    pub fn attempted(&self, number: Number, attempt: Attempt, status: Standing) {
        self.change(number, |delivery| {
            delivery.attempts.push(attempt);
            delivery.status = status;
        });
    }

    /// Notes where a delivery stands.
    pub fn settle(&self, number: Number, status: Standing) {
        self.change(number, |delivery| delivery.status = status);
    }

    /// The deliveries that `wanted` lets through, newest last.
    pub fn list(&self, wanted: impl Fn(&Delivery) -> bool) -> Vec<Delivery> {
        self.lock().list.iter().filter(|delivery| wanted(delivery)).cloned().collect()
    }

    /// The deliveries of an event.
    pub fn of_event(&self, webhook_id: &str) -> Vec<Delivery> {
        self.list(|delivery| delivery.webhook_id == webhook_id)
    }

    /// How many are under way.
    pub fn pending(&self) -> usize {
        self.lock().list.iter().filter(|delivery| delivery.status == Standing::Pending).count()
    }

    /// Waits until every delivery of an event that is still pending has been tried at least once.
    pub async fn first_attempts(&self, webhook_id: &str) {
        let mut changes = self.changed.subscribe();
        let is_untried = |delivery: &Delivery| {
            delivery.webhook_id == webhook_id
                && delivery.status == Standing::Pending
                && delivery.attempts.is_empty()
        };
        while self.lock().list.iter().any(is_untried) {
            if changes.changed().await.is_err() {
                return;
            }
        }
    }

    fn change(&self, number: Number, change: impl FnOnce(&mut Delivery)) {
        let mut kept = self.lock();
        // What is no longer kept has nothing to be noted on.
        let index = number.0.checked_sub(kept.first).and_then(|index| usize::try_from(index).ok());
        if let Some(delivery) = index.and_then(|index| kept.list.get_mut(index)) {
            change(delivery);
        }
        drop(kept);
        self.notify();
    }

    fn notify(&self) {
        self.changed.send_modify(|version| *version = version.wrapping_add(1));
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

/// A moment in milliseconds, as data has it.
pub(super) fn rfc3339<S: Serializer>(moment: &Timestamp, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&units::rfc3339(*moment))
}

impl Default for Deliveries {
    fn default() -> Self {
        Deliveries::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delivery(id: usize) -> Delivery {
        Delivery {
            webhook_id: format!("msg_{id}"),
            event_type: "batch.succeeded".to_owned(),
            webhook: Some("w".to_owned()),
            job: None,
            url: "http://h/".to_owned(),
            created_at: Timestamp::UNIX_EPOCH,
            status: Standing::Pending,
            attempts: Vec::new(),
        }
    }

    #[test]
    fn the_newest_are_kept_and_found_by_number() {
        let deliveries = Deliveries::new();
        let numbers: Vec<Number> = (0..KEPT + 2).map(|id| deliveries.add(delivery(id))).collect();
        deliveries.settle(numbers[0], Standing::Delivered);
        deliveries.settle(numbers[KEPT + 1], Standing::Delivered);
        let all = deliveries.list(|_| true);
        assert_eq!((all.len(), all[0].webhook_id.as_str()), (KEPT, "msg_2"));
        assert_eq!(deliveries.pending(), KEPT - 1);
        let last = deliveries.of_event(&format!("msg_{}", KEPT + 1));
        assert_eq!(last[0].status, Standing::Delivered);
    }
}
