//! The sending itself: so many workers over one pool of connections, until the count is reached or
//! somebody says stop.
//!
//! A worker signs and sends one delivery after the other; nothing is formatted unless it is shown,
//! and nothing is kept for each delivery, so that a million of them take no more memory than one.

use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use hyper::Uri;
use hyper::header::HeaderMap;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};

use super::body::Body;
use crate::capture::shown_url;
use crate::clock::Clock;
use crate::cmd::sending::{Report, Sent};
use crate::deliver::{Message, Sender, Spoiler};
use crate::error::{Exit, Failure};
use crate::random::{Random, message_id};
use crate::session::Session;
use crate::signature::{ID, Signer};
use crate::ui::{Ui, sanitize};
use crate::units::Moment;
use crate::world::Shutdown;

/// How long deliveries that are under way may take once a stop is asked for.
const GRACE: Duration = Duration::from_secs(1);

/// What is sent, how often and how fast.
pub(super) struct Plan {
    pub(super) url: Uri,
    /// The `type` that the body has.
    pub(super) event_type: Option<String>,
    /// The headers of every delivery.
    pub(super) headers: HeaderMap,
    /// Headers that replace a message's own.
    pub(super) overrides: HeaderMap,
    pub(super) body: Body,
    pub(super) signer: Signer,
    pub(super) spoiler: Option<Spoiler>,
    pub(super) id: Option<String>,
    pub(super) timestamp: Option<Moment>,
    pub(super) count: u64,
    /// How often each delivery is sent: again is a retry.
    pub(super) copies: u32,
    /// Deliveries a second.
    pub(super) rate: Option<f64>,
    pub(super) concurrency: u16,
}

/// A plan being carried out.
pub(super) struct Volley {
    plan: Plan,
    sender: Sender,
    report: Mutex<Report>,
    ui: Arc<Ui>,
    clock: Arc<dyn Clock>,
    random: Arc<dyn Random>,
    begun: Instant,
    next: AtomicU64,
}

impl Volley {
    pub(super) fn new(plan: Plan, sender: Sender, report: Report, session: &Session) -> Self {
        Volley {
            plan,
            sender,
            report: Mutex::new(report),
            ui: session.ui.clone(),
            clock: session.clock.clone(),
            random: session.random.clone(),
            begun: Instant::now(),
            next: AtomicU64::new(0),
        }
    }

    /// Sends deliveries while there are any left to send.
    async fn work(self: Arc<Self>, mut stop: watch::Receiver<bool>) -> Result<(), Failure> {
        loop {
            let index = self.next.fetch_add(1, Ordering::Relaxed);
            if index >= self.plan.count || *stop.borrow() {
                return Ok(());
            }
            if let Some(due) = self.due(index) {
                tokio::select! {
                    biased;
                    // The sender of the word outlives the workers, so an error is a stop, too.
                    _ = stop.wait_for(|stop| *stop) => return Ok(()),
                    () = sleep_until(due) => {}
                }
            }
            self.deliver(index).await?;
        }
    }

    /// When a delivery may start, where there is a rate and the moment has not passed.
    fn due(&self, index: u64) -> Option<Instant> {
        const FAR: Duration = Duration::from_secs(365 * 86_400);
        let after = Duration::try_from_secs_f64(index as f64 / self.plan.rate?).unwrap_or(FAR).min(FAR);
        let due = self.begun + after;
        (due > Instant::now()).then_some(due)
    }

    /// One delivery, with its retries.
    async fn deliver(&self, index: u64) -> Result<(), Failure> {
        let plan = &self.plan;
        let random = self.random.as_ref();
        let id = plan.id.clone().unwrap_or_else(|| message_id(random));
        let body = plan.body.bytes(self.timestamp(), random);
        // The id that the user has put in the place of a message's own.
        let replaced = plan.overrides.get(ID).map(|value| String::from_utf8_lossy(value.as_bytes()));
        for attempt in 1..=plan.copies {
            let unsignable = |error| Failure::configuration("the key cannot sign").because(error);
            let message = Message::sign(&plan.signer, id.clone(), self.timestamp(), body.clone());
            let message = message.map_err(unsignable)?;
            let message = match &plan.spoiler {
                Some(spoiler) => spoiler.spoil(message).map_err(unsignable)?,
                None => message,
            };
            let headers = self.headers(&message)?;
            if index == 0 && self.ui.verbose() {
                self.show(&headers);
            }
            let begun = Instant::now();
            let outcome = self.sender.post(&plan.url, headers, message.body.clone()).await;
            let sent = Sent {
                id: replaced.as_deref().unwrap_or(&message.id),
                event_type: plan.event_type.as_deref(),
                url: &plan.url,
                body_size: message.body.len(),
                attempt,
                latency: begun.elapsed(),
            };
            let mut report = self.report.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
            report.record(sent, outcome)?;
        }
        Ok(())
    }

    /// The Unix seconds that a delivery is stamped with.
    fn timestamp(&self) -> i64 {
        let now = self.clock.now().as_second();
        self.plan.timestamp.map_or(now, |moment| moment.unix(now))
    }

    fn headers(&self, message: &Message) -> Result<HeaderMap, Failure> {
        let mut headers = message
            .headers(&self.plan.headers)
            .map_err(|error| Failure::usage("the webhook-id cannot be sent as a header").because(error))?;
        if !self.plan.overrides.is_empty() {
            headers.extend(self.plan.overrides.clone());
        }
        Ok(headers)
    }

    /// Traces the request; values that may be credentials stay out.
    fn show(&self, headers: &HeaderMap) {
        self.ui.trace(&format!("--> POST {}", shown_url(&self.plan.url.to_string())));
        for (name, value) in headers {
            let value = match value.is_sensitive() {
                true => "[not shown]".to_owned(),
                false => sanitize::bytes(value.as_bytes()),
            };
            self.ui.trace(&format!("    {name}: {value}"));
        }
    }
}

/// Sends everything, or what can be sent until a stop is asked for, and says how it went.
pub(super) async fn fire(volley: Arc<Volley>, shutdown: &Shutdown) -> Result<Exit, Failure> {
    let (tell, stop) = watch::channel(false);
    let mut workers = JoinSet::new();
    for _ in 0..u64::from(volley.plan.concurrency).min(volley.plan.count) {
        workers.spawn(volley.clone().work(stop.clone()));
    }
    let mut asked = pin!(shutdown.requested());
    let mut interrupted = false;
    let mut grace = pin!(sleep(Duration::MAX));
    loop {
        tokio::select! {
            worker = workers.join_next() => match worker {
                None => break,
                Some(Ok(result)) => result?,
                Some(Err(error)) => return Err(Failure::bug("a worker stopped").because(error)),
            },
            () = &mut asked, if !interrupted => {
                interrupted = true;
                tell.send_replace(true);
                grace.as_mut().reset(Instant::now() + GRACE);
            }
            () = &mut grace, if interrupted => break,
        }
    }
    workers.shutdown().await;
    let mut report = volley.report.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    report.finish(interrupted)
}
