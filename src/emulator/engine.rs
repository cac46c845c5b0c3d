//! The delivery engine: an event goes to every enabled webhook that is subscribed to it, is signed
//! with every secret that is live at that moment, and is tried again until it is answered with 2xx or
//! its time is over.
//!
//! Each webhook has a lane of its own, with a bounded queue and a bounded number of attempts at once,
//! so that a receiver that is slow or hangs holds nobody else up. A delivery that waits for its next
//! attempt takes a place in the queue but no place among the attempts: later ones overtake it, as no
//! order is promised.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::Semaphore;
use tokio::time::sleep;

use super::deliveries::{Attempt, Deliveries, Delivery, Number, Standing};
use super::log::{Log, shown_url};
use super::resource::{State, Webhook};
use super::schedule::Schedule;
use super::store::Store;
use crate::clock::Clock;
use crate::deliver::{Limits, Message, Sender, own_headers, parse_url};
use crate::random::Random;
use crate::signature::{Secret, Signer};
use crate::units::whole_millis;

/// How many attempts at one webhook may be under way at once.
const ATTEMPTS_AT_ONCE: usize = 16;

/// How deliveries are made. What the service does in these respects is unknown.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// When failed deliveries are tried again.
    pub schedule: Schedule,
    /// How long a receiver may take to answer, on the real clock.
    pub attempt_timeout: Duration,
    /// After how many given-up deliveries in a row a webhook is turned off.
    pub disable_after: u32,
    /// How many deliveries of one webhook may be under way.
    pub queue: usize,
}

/// What is to be delivered.
#[derive(Debug, Clone)]
pub struct Event {
    /// The `webhook-id`.
    pub id: String,
    /// The `type`.
    pub event_type: String,
    /// The body, byte for byte.
    pub body: Bytes,
}

/// Whether a failed delivery is tried again, and counts against its webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Persistence {
    /// Until its time is over.
    Retried,
    /// It is tried once, whatever the state of the webhook.
    Once,
}

/// Sends events to webhooks. Needs a tokio runtime.
pub struct Engine {
    store: Arc<Store>,
    deliveries: Arc<Deliveries>,
    log: Arc<Log>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    options: Options,
    sender: Sender,
    lanes: Mutex<HashMap<String, Lane>>,
}

/// What one webhook has under way.
struct Lane {
    queued: usize,
    turns: Arc<Semaphore>,
}

/// One delivery on its way.
struct Job {
    event: Event,
    number: Number,
    delivery: Delivery,
    persistence: Persistence,
}

/// What an attempt needs to know about its webhook, as it is at that moment.
struct Aim {
    uri: String,
    secrets: Vec<Secret>,
}

impl Engine {
    /// An engine that delivers to the webhooks of `store`.
    pub fn new(
        (store, deliveries, log): (Arc<Store>, Arc<Deliveries>, Arc<Log>),
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
        options: Options,
    ) -> Self {
        let sender = Sender::new(Limits::within(options.attempt_timeout));
        let lanes = Mutex::default();
        Engine { store, deliveries, log, clock, random, options, sender, lanes }
    }

    /// Starts the delivery of an event to every enabled webhook that is subscribed to its type.
    pub fn emit(self: &Arc<Self>, event: &Event) {
        let targets: Vec<(String, String)> = self.store.read(|registry| {
            let wanting = registry.all().iter().filter(|webhook| webhook.wants(&event.event_type));
            wanting.map(|webhook| (webhook.id.clone(), webhook.uri.clone())).collect()
        });
        for (webhook, uri) in targets {
            self.start(event.clone(), webhook, &uri, Persistence::Retried);
        }
    }

    /// Starts the delivery of an event to one webhook, whatever it is subscribed to; it is tried once.
    pub fn ping(self: &Arc<Self>, event: Event, webhook: &Webhook) {
        self.start(event, webhook.id.clone(), &webhook.uri, Persistence::Once);
    }

    fn start(self: &Arc<Self>, event: Event, webhook: String, uri: &str, persistence: Persistence) {
        let turns = self.enqueue(&webhook);
        let delivery = Delivery {
            webhook_id: event.id.clone(),
            event_type: event.event_type.clone(),
            webhook,
            url: shown_url(uri),
            created_at: self.clock.now(),
            status: if turns.is_some() { Standing::Pending } else { Standing::Overflow },
            attempts: Vec::new(),
        };
        let number = self.deliveries.add(delivery.clone());
        let Some(turns) = turns else {
            return self.log.settled(&delivery, Standing::Overflow);
        };
        let (engine, job) = (self.clone(), Job { event, number, delivery, persistence });
        tokio::spawn(async move {
            engine.deliver(&job, &turns).await;
            engine.dequeue(&job.delivery.webhook);
        });
    }

    /// Tries until it is over, one way or another.
    async fn deliver(&self, job: &Job, turns: &Semaphore) {
        let mut waited = Duration::ZERO;
        for number in 1.. {
            // The semaphore is never closed.
            let Ok(turn) = turns.acquire().await else { return };
            let Some(aim) = self.aim(job) else {
                self.deliveries.settle(job.number, Standing::Dropped);
                return self.log.settled(&job.delivery, Standing::Dropped);
            };
            let mut attempt = self.attempt(job, aim, number).await;
            drop(turn);
            let is_delivered = attempt.status.is_some_and(|status| (200..300).contains(&status));
            let delay = (!is_delivered && job.persistence == Persistence::Retried)
                .then(|| self.options.schedule.next(number, waited, self.random.as_ref()))
                .flatten();
            let pause = delay.map(|delay| self.options.schedule.real(delay));
            attempt.next_in_ms = pause.map(whole_millis);
            let outcome = match (is_delivered, delay) {
                (true, _) => Standing::Delivered,
                (false, Some(_)) => Standing::Pending,
                (false, None) => Standing::GaveUp,
            };
            self.log.attempt(&job.delivery, &attempt, outcome);
            self.deliveries.attempted(job.number, attempt, outcome);
            let (Some(delay), Some(pause)) = (delay, pause) else {
                return self.settle(job, outcome);
            };
            waited += delay;
            sleep(pause).await;
        }
    }

    /// Where and with which secrets to deliver now; nowhere if the webhook was turned off or deleted.
    fn aim(&self, job: &Job) -> Option<Aim> {
        let now = self.clock.now().as_second();
        self.store.read(|registry| {
            let webhook = registry.get(&job.delivery.webhook).ok()?;
            let is_due = webhook.state == State::Enabled || job.persistence == Persistence::Once;
            is_due.then(|| Aim { uri: webhook.uri.clone(), secrets: webhook.live_secrets(now) })
        })
    }

    /// Signs with a fresh timestamp, posts, and notes what came of it. The timestamp is the real
    /// time, however fast the emulator's time passes: receivers would refuse any other.
    async fn attempt(&self, job: &Job, aim: Aim, number: u32) -> Attempt {
        let at = self.clock.now();
        let signatures = aim.secrets.len();
        let attempt = |status, latency, error| Attempt {
            attempt: number,
            at,
            signatures,
            status,
            latency_ms: whole_millis(latency),
            error,
            next_in_ms: None,
        };
        let start = tokio::time::Instant::now();
        let sent = async {
            let url = parse_url(&aim.uri)?;
            let event = &job.event;
            let message =
                Message::sign(&Signer::V1(aim.secrets), event.id.clone(), at.as_second(), event.body.clone())
                    .map_err(|error| error.to_string())?;
            let headers = message.headers(&own_headers(&url)).map_err(|error| error.to_string())?;
            self.sender.post(&url, headers, message.body).await.map_err(|error| error.sentence())
        };
        match sent.await {
            Ok(answer) => attempt(Some(answer.status.as_u16()), answer.latency, None),
            Err(error) => attempt(None, start.elapsed(), Some(error)),
        }
    }

    /// Notes on the webhook that a delivery arrived or was given up.
    fn settle(&self, job: &Job, outcome: Standing) {
        let id = &job.delivery.webhook;
        if job.persistence == Persistence::Once {
            return;
        }
        if outcome == Standing::Delivered {
            let has_failures =
                self.store.read(|registry| registry.get(id).is_ok_and(|webhook| webhook.failures > 0));
            if has_failures {
                // A state file that cannot be written keeps the old count, which the next delivery corrects.
                let _ = self.store.change(|registry| {
                    registry.delivered(id);
                    Ok(())
                });
            }
            return;
        }
        let threshold = self.options.disable_after;
        match self.store.change(|registry| Ok(registry.gave_up(id, threshold))) {
            Ok(true) => self.log.disabled(id),
            Ok(false) => {}
            Err(error) => self.log.trouble(&error.message),
        }
    }

    /// Takes a place in a webhook's queue, where there is one.
    fn enqueue(&self, webhook: &str) -> Option<Arc<Semaphore>> {
        let mut lanes = self.lanes();
        let lane = lanes
            .entry(webhook.to_owned())
            .or_insert_with(|| Lane { queued: 0, turns: Arc::new(Semaphore::new(ATTEMPTS_AT_ONCE)) });
        if lane.queued >= self.options.queue {
            return None;
        }
        lane.queued += 1;
        Some(lane.turns.clone())
    }

    fn dequeue(&self, webhook: &str) {
        let mut lanes = self.lanes();
        if let Some(lane) = lanes.get_mut(webhook) {
            lane.queued -= 1;
            if lane.queued == 0 {
                lanes.remove(webhook);
            }
        }
    }

    fn lanes(&self) -> MutexGuard<'_, HashMap<String, Lane>> {
        self.lanes.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}
