//! The delivery engine: an event goes to every enabled webhook that is subscribed to it, or to the URIs
//! that its job names, is signed with every secret or key that is live at that moment, and is tried
//! again until it is answered with 2xx or its time is over.
//!
//! Each webhook has a lane of its own, and so has each host that jobs name, so that a receiver that is
//! slow or hangs holds nobody else up. A delivery that waits for its next attempt takes a place in
//! the queue but no place among the attempts: later ones overtake it, as no order is promised.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use hyper::Uri;
use tokio::time::sleep;

use super::deliveries::{Attempt, Deliveries, Delivery, Number, Standing};
use super::keys::KeyRing;
use super::lanes::{Lane, Lanes, Reputation};
use super::log::{Log, shown_url};
use super::resource::{State, Webhook};
use super::schedule::Schedule;
use super::store::Store;
use crate::clock::Clock;
use crate::deliver::{Limits, Message, Sender, own_headers, parse_url};
use crate::random::Random;
use crate::signature::Signer;
use crate::units::whole_millis;

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
    /// The job that it tells of, where there is one.
    pub job: Option<String>,
}

/// Whether a failed delivery is tried again, and counts against its webhook.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Persistence {
    /// Until its time is over.
    Retried,
    /// It is tried once, whatever the state of the webhook.
    Once,
}

/// Sends events. Needs a tokio runtime.
pub struct Engine {
    store: Arc<Store>,
    keys: Arc<KeyRing>,
    deliveries: Arc<Deliveries>,
    log: Arc<Log>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    options: Options,
    sender: Sender,
    /// For hosts that little goes to: with thousands of those, connections that are kept would use up
    /// the process's descriptors.
    hasty: Sender,
    lanes: Arc<Lanes>,
}

/// Who gets a delivery.
#[derive(Debug, Clone)]
enum To {
    /// The webhook of this id, wherever it is by then.
    Webhook(String),
    /// A URI that a job names.
    Uri(Uri),
}

/// One delivery on its way.
struct Job {
    event: Event,
    to: To,
    number: Number,
    delivery: Delivery,
    persistence: Persistence,
}

/// Where an attempt goes, and what signs it, as it is at that moment.
struct Aim {
    url: Result<Uri, String>,
    signer: Signer,
    signatures: usize,
}

impl Engine {
    /// An engine that delivers to the webhooks of `store`, and to jobs' URIs with the keys of `keys`.
    pub fn new(
        (store, keys, deliveries, log): (Arc<Store>, Arc<KeyRing>, Arc<Deliveries>, Arc<Log>),
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
        options: Options,
    ) -> Self {
        let limits = Limits::within(options.attempt_timeout);
        let (sender, hasty) = (Sender::new(limits), Sender::without_reuse(limits));
        let lanes = Arc::new(Lanes::new(options.queue));
        Engine { store, keys, deliveries, log, clock, random, options, sender, hasty, lanes }
    }

    /// Starts the delivery of an event to every enabled webhook that is subscribed to its type.
    pub fn emit(self: &Arc<Self>, event: &Event) {
        let targets: Vec<(String, String)> = self.store.read(|registry| {
            let wanting = registry.all().iter().filter(|webhook| webhook.wants(&event.event_type));
            wanting.map(|webhook| (webhook.id.clone(), webhook.uri.clone())).collect()
        });
        for (webhook, uri) in targets {
            self.start(event.clone(), To::Webhook(webhook), &uri, Persistence::Retried);
        }
    }

    /// Whether there is an enabled webhook that is subscribed to a type.
    pub fn is_wanted(&self, event_type: &str) -> bool {
        self.store.read(|registry| registry.all().iter().any(|webhook| webhook.wants(event_type)))
    }

    /// Starts the delivery of an event to the URIs that its job names.
    pub fn emit_to(self: &Arc<Self>, event: &Event, uris: &[String]) {
        // A job is not kept unless its URIs can be read.
        for (uri, url) in uris.iter().filter_map(|uri| Some((uri, parse_url(uri).ok()?))) {
            self.start(event.clone(), To::Uri(url), uri, Persistence::Retried);
        }
    }

    /// Starts the delivery of an event to one webhook, whatever it is subscribed to; it is tried once.
    pub fn ping(self: &Arc<Self>, event: Event, webhook: &Webhook) {
        self.start(event, To::Webhook(webhook.id.clone()), &webhook.uri, Persistence::Once);
    }

    fn start(self: &Arc<Self>, event: Event, to: To, uri: &str, persistence: Persistence) {
        let lane = match &to {
            To::Webhook(id) => self.lanes.of_webhook(id),
            To::Uri(url) => self.lanes.of_host(url, event.body.len()),
        };
        let delivery = Delivery {
            webhook_id: event.id.clone(),
            event_type: event.event_type.clone(),
            webhook: match &to {
                To::Webhook(id) => Some(id.clone()),
                To::Uri(_) => None,
            },
            job: event.job.clone(),
            url: shown_url(uri),
            created_at: self.clock.now(),
            status: if lane.is_some() { Standing::Pending } else { Standing::Overflow },
            attempts: Vec::new(),
        };
        let number = self.deliveries.add(delivery.clone());
        let Some(lane) = lane else {
            return self.log.settled(&delivery, Standing::Overflow);
        };
        let (engine, job) = (self.clone(), Job { event, to, number, delivery, persistence });
        tokio::spawn(async move { engine.deliver(&job, &lane).await });
    }

    /// Tries until it is over, one way or another.
    async fn deliver(&self, job: &Job, lane: &Lane) {
        let (mut waited, mut reputation) = (Duration::ZERO, Reputation::Good);
        for number in 1.. {
            let turn = lane.turn(reputation).await;
            let Some(aim) = self.aim(job) else {
                self.deliveries.settle(job.number, Standing::Dropped);
                return self.log.settled(&job.delivery, Standing::Dropped);
            };
            // Boxed, so that the thousands that wait for their next attempt do not hold the room of one.
            let mut attempt = Box::pin(self.attempt(job, aim, lane, number)).await;
            reputation = if attempt.status.is_some() { Reputation::Good } else { Reputation::Bad };
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

    /// Where to deliver now, and what signs; nowhere if the webhook was turned off or deleted.
    fn aim(&self, job: &Job) -> Option<Aim> {
        let id = match &job.to {
            To::Uri(url) => {
                return Some(Aim { url: Ok(url.clone()), signer: self.keys.signer(), signatures: 1 });
            }
            To::Webhook(id) => id,
        };
        let now = self.clock.now().as_second();
        self.store.read(|registry| {
            let webhook = registry.get(id).ok()?;
            let is_due = webhook.state == State::Enabled || job.persistence == Persistence::Once;
            let secrets = webhook.live_secrets(now);
            let signatures = secrets.len();
            is_due.then(|| Aim { url: parse_url(&webhook.uri), signer: Signer::V1(secrets), signatures })
        })
    }

    /// Signs with a fresh timestamp, posts, and notes what came of it. The timestamp is the real
    /// time, however fast the emulator's time passes: receivers would refuse any other.
    async fn attempt(&self, job: &Job, aim: Aim, lane: &Lane, number: u32) -> Attempt {
        let at = self.clock.now();
        let signatures = aim.signatures;
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
            let url = aim.url?;
            let event = &job.event;
            let message = Message::sign(&aim.signer, event.id.clone(), at.as_second(), event.body.clone())
                .map_err(|error| error.to_string())?;
            let headers = message.headers(&own_headers(&url)).map_err(|error| error.to_string())?;
            let sender = if lane.is_busy() { &self.sender } else { &self.hasty };
            sender.post(&url, headers, message.body).await.map_err(|error| error.sentence())
        };
        match sent.await {
            Ok(answer) => attempt(Some(answer.status.as_u16()), answer.latency, None),
            Err(error) => attempt(None, start.elapsed(), Some(error)),
        }
    }

    /// Notes on the webhook that a delivery arrived or was given up.
    fn settle(&self, job: &Job, outcome: Standing) {
        let To::Webhook(id) = &job.to else { return };
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
}
