//! Who may be tried when: a bounded queue and a bounded number of attempts at once for each receiver,
//! and bounds for all the receivers that jobs name, of which there may be thousands.
//!
//! A lane exists while something is on it. A receiver that gave no answer at all has its further
//! attempts among those of its kind, so that many dead ones leave the turns of the living alone.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hyper::Uri;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How many attempts at one receiver may be under way at once.
const AT_ONCE: usize = 16;
/// How many attempts at jobs' URIs may be under way at once, at all hosts together: each takes a
/// connection, and processes commonly have 1,024 descriptors.
const HOSTS_AT_ONCE: usize = 192;
/// The same for those that gave no answer the last time.
const DEAD_AT_ONCE: usize = 64;
/// How many deliveries to jobs' URIs may be under way, at all hosts together and at one.
const MAX_HOSTS_QUEUED: usize = 20_000;
const MAX_HOST_QUEUED: usize = 10_000;
/// How many bytes of bodies these may have, at all hosts together.
const MAX_HOSTS_BYTES: usize = 128 * 1024 * 1024;
/// A host with so many deliveries under way is worth keeping connections to.
const BUSY: usize = 64;

/// Whether a receiver answered the last time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reputation {
    /// It did, whatever it said, or was not tried yet.
    Good,
    /// It did not.
    Bad,
}

/// What all receivers have under way.
pub struct Lanes {
    /// How many deliveries of one webhook may be under way.
    webhook_queue: usize,
    state: Mutex<State>,
    living: Arc<Semaphore>,
    dead: Arc<Semaphore>,
}

#[derive(Default)]
struct State {
    /// By the id of a webhook, or by a host with its scheme, neither of which looks like the other.
    lanes: HashMap<String, (usize, Arc<Semaphore>)>,
    /// How many deliveries are under way to hosts, and how many bytes.
    at_hosts: usize,
    bytes_at_hosts: usize,
}

/// A place in a receiver's queue, which is given back when this is dropped.
pub struct Lane {
    lanes: Arc<Lanes>,
    key: String,
    kind: Kind,
    bytes: usize,
    turns: Arc<Semaphore>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Webhook,
    Host,
}

/// Leave for one attempt, until it is dropped.
pub struct Turn {
    _own: Option<OwnedSemaphorePermit>,
    _shared: Option<OwnedSemaphorePermit>,
}

impl Lanes {
    /// No lanes yet; each webhook's will hold so many deliveries.
    pub fn new(webhook_queue: usize) -> Self {
        Lanes {
            webhook_queue,
            state: Mutex::default(),
            living: Arc::new(Semaphore::new(HOSTS_AT_ONCE)),
            dead: Arc::new(Semaphore::new(DEAD_AT_ONCE)),
        }
    }

    /// A place in the queue of a webhook, where there is one.
    pub fn of_webhook(self: &Arc<Self>, id: &str) -> Option<Lane> {
        self.enter(id.to_owned(), Kind::Webhook, (self.webhook_queue, 0))
    }

    /// A place in the queue of the host of a URL that a job names, for a body of so many bytes, where
    /// there is one.
    pub fn of_host(self: &Arc<Self>, url: &Uri, bytes: usize) -> Option<Lane> {
        let host = url.authority().map_or("", |authority| authority.as_str()).to_ascii_lowercase();
        let key = format!("{}://{host}", url.scheme_str().unwrap_or_default());
        self.enter(key, Kind::Host, (MAX_HOST_QUEUED, bytes))
    }

    fn enter(self: &Arc<Self>, key: String, kind: Kind, (limit, bytes): (usize, usize)) -> Option<Lane> {
        let mut state = self.lock();
        let is_full = state.at_hosts >= MAX_HOSTS_QUEUED
            || state.bytes_at_hosts.saturating_add(bytes) > MAX_HOSTS_BYTES;
        if kind == Kind::Host && is_full {
            return None;
        }
        let (queued, turns) =
            state.lanes.entry(key.clone()).or_insert_with(|| (0, Arc::new(Semaphore::new(AT_ONCE))));
        if *queued >= limit {
            return None;
        }
        *queued += 1;
        let turns = turns.clone();
        state.at_hosts += usize::from(kind == Kind::Host);
        state.bytes_at_hosts += bytes;
        drop(state);
        Some(Lane { lanes: self.clone(), key, kind, bytes, turns })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lane {
    /// Waits for leave to make an attempt. The receiver's own turn comes first, so that what waits for
    /// a slow one takes nothing from the others.
    pub async fn turn(&self, reputation: Reputation) -> Turn {
        // The semaphores are never closed.
        let own = self.turns.clone().acquire_owned().await.ok();
        let shared = match (self.kind, reputation) {
            (Kind::Webhook, _) => None,
            (Kind::Host, Reputation::Good) => self.lanes.living.clone().acquire_owned().await.ok(),
            (Kind::Host, Reputation::Bad) => self.lanes.dead.clone().acquire_owned().await.ok(),
        };
        Turn { _own: own, _shared: shared }
    }

    /// Whether connections to the receiver are worth keeping. Webhooks are few.
    pub fn is_busy(&self) -> bool {
        self.kind == Kind::Webhook
            || self.lanes.lock().lanes.get(&self.key).is_some_and(|(queued, _)| *queued >= BUSY)
    }
}

impl Drop for Lane {
    fn drop(&mut self) {
        let mut state = self.lanes.lock();
        state.at_hosts -= usize::from(self.kind == Kind::Host);
        state.bytes_at_hosts -= self.bytes;
        if let Some((queued, _)) = state.lanes.get_mut(&self.key) {
            *queued -= 1;
            if *queued == 0 {
                state.lanes.remove(&self.key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Uri {
        text.parse().expect("a URL")
    }

    #[test]
    fn queues_are_bounded_and_idle_lanes_are_gone() {
        let lanes = Arc::new(Lanes::new(2));
        let first = lanes.of_webhook("w").expect("there is room");
        let _second = lanes.of_webhook("w").expect("there is room");
        assert!(lanes.of_webhook("w").is_none() && lanes.of_webhook("v").is_some());
        drop(first);
        assert!(lanes.of_webhook("w").is_some());
        let one_host: Vec<Lane> =
            (0..=MAX_HOST_QUEUED).map_while(|_| lanes.of_host(&url("http://h/a"), 1)).collect();
        assert_eq!(one_host.len(), MAX_HOST_QUEUED);
        assert!(lanes.of_host(&url("http://H/b"), 1).is_none(), "the host is the same");
        let others: Vec<Lane> = (0..=MAX_HOSTS_QUEUED)
            .map_while(|port| lanes.of_host(&url(&format!("http://h{port}/")), 1))
            .collect();
        assert_eq!(one_host.len() + others.len(), MAX_HOSTS_QUEUED);
        assert!(one_host[0].is_busy() && !others[0].is_busy());
        drop((one_host, others));
        let large = lanes.of_host(&url("http://h/"), MAX_HOSTS_BYTES).expect("there is room");
        assert!(lanes.of_host(&url("http://g/"), 1).is_none(), "bytes are bounded, too");
        drop(large);
        let state = lanes.lock();
        let left = (state.lanes.len(), state.at_hosts, state.bytes_at_hosts);
        assert_eq!(left, (1, 0, 0), "only the webhook's is left");
    }

    #[test]
    fn the_dead_take_no_turns_of_the_living() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
        runtime.block_on(async {
            let lanes = Arc::new(Lanes::new(1));
            let dead: Vec<Lane> = (0..DEAD_AT_ONCE)
                .filter_map(|n| lanes.of_host(&url(&format!("http://dead{n}/")), 1))
                .collect();
            let mut turns = Vec::new();
            for lane in &dead {
                turns.push(lane.turn(Reputation::Bad).await);
            }
            assert_eq!(lanes.dead.available_permits(), 0);
            let living = lanes.of_host(&url("http://living/"), 1).expect("there is room");
            let turn = living.turn(Reputation::Good).await;
            assert_eq!(lanes.living.available_permits(), HOSTS_AT_ONCE - 1);
            drop((turn, turns));
            assert_eq!(lanes.dead.available_permits(), DEAD_AT_ONCE);
        });
    }
}
