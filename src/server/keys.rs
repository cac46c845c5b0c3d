//! The keys of a running server, which follow their sources while it runs.
//!
//! A task of the server looks once a second whether the sources' files have changed, and at once when a
//! delivery is refused that other keys might verify. Only then are the sources read, on a thread that
//! may wait for a keyring: whoever sends forged deliveries causes no more than a look at a few files.
//! Another task fetches key sets, one time after the other, when a delivery is refused that a key of theirs
//! might verify; how often is decided by [`Sources::is_fetch_due`]. Neither waits for the other.

use std::collections::HashSet;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant};

use hyper::HeaderMap;
use tokio::sync::{Notify, watch};
use tokio::time::{sleep, timeout_at};

use crate::error::Failure;
use crate::keysets::{SetsMark, Sources};
use crate::secrets::{KeySources, Mark};
use crate::signature::{Keys, NamedPublicKey, PublicKey, Reason, SIGNATURE, Verdict, wants_public_key};

/// How often the files are looked at when nothing asks for it.
const PERIOD: Duration = Duration::from_secs(1);
/// After a failure the sources are left alone for a while: at first so long, and at most so long.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(300);

/// The keys that deliveries are verified with.
pub struct LiveKeys {
    current: RwLock<Arc<Keys>>,
    sources: Sources,
    reading: Mutex<Reading>,
    local: Rounds,
    sets: Rounds,
}

/// A task that does something when it is wanted, and says when it has.
struct Rounds {
    wanted: Notify,
    over: watch::Sender<()>,
    /// The keys of whoever wanted it last, for whom they were not enough.
    lacking: Mutex<Option<Arc<Keys>>>,
}

impl Rounds {
    fn new() -> Self {
        Rounds { wanted: Notify::new(), over: watch::Sender::new(()), lacking: Mutex::new(None) }
    }

    /// Asks for a round, since these keys are not enough.
    fn want(&self, keys: &Arc<Keys>) {
        *self.lacking.lock().unwrap_or_else(PoisonError::into_inner) = Some(keys.clone());
        self.wanted.notify_one();
    }

    /// Waits until a round is asked for, and answers for the lack of which keys.
    async fn wanted(&self) -> Arc<Keys> {
        loop {
            self.wanted.notified().await;
            let lacking = self.lacking.lock().unwrap_or_else(PoisonError::into_inner).take();
            // Of two who ask at once, the second leaves a notice behind that the round before has served.
            if let Some(keys) = lacking {
                return keys;
            }
        }
    }
}

/// What is known of the sources.
struct Reading {
    /// The keys of this machine as they were last read.
    local: Keys,
    /// The state that their files were in when they were last read, well or not.
    mark: Mark,
    /// The state that the key sets were in when they were last looked at.
    sets_mark: SetsMark,
    /// How often reading has failed since it last worked.
    failures: u32,
    /// When they may be read again although nothing has changed, after a failure.
    retry_at: Option<Instant>,
    /// The URLs of the key sets that could not be had when they were last asked for.
    failing_sets: HashSet<String>,
}

/// What came of following the sources.
#[derive(Debug)]
pub enum KeysReport {
    /// Other keys of this machine verify from now on.
    Changed(Arc<Keys>),
    /// The sources cannot be read, so that the keys stay as they were; said once until it works again.
    Unavailable(Failure),
    /// Other keys of key sets verify from now on.
    Fetched(Arc<Keys>),
    /// The key set at this URL cannot be fetched, and why; said once until it works again.
    NotFetched(String, String),
}

/// What a delivery that is refused may still wait for.
pub(super) struct Wanted {
    /// Whether key sets may be fetched for it, once.
    sets: bool,
}

impl Wanted {
    /// What a delivery with these headers may wait for: no key set helps against a `v1` signature.
    pub(super) fn by(headers: &HeaderMap) -> Self {
        let signatures = headers.get_all(SIGNATURE).iter();
        Wanted { sets: signatures.into_iter().any(|signature| wants_public_key(signature.as_bytes())) }
    }
}

impl LiveKeys {
    /// The keys that the sources hold now, which are read here. Nothing is fetched.
    ///
    /// # Errors
    /// As [`KeySources::read`](crate::secrets::KeySources::read).
    pub fn following(sources: impl Into<Sources>) -> Result<Self, Failure> {
        let sources = sources.into();
        let (mark, sets_mark) = (sources.local().mark(), sources.sets_mark());
        let local = sources.local().read()?;
        let current = RwLock::new(Arc::new(sources.with_sets(local.clone())));
        let reading =
            Reading { local, mark, sets_mark, failures: 0, retry_at: None, failing_sets: HashSet::new() };
        Ok(LiveKeys {
            current,
            sources,
            reading: Mutex::new(reading),
            local: Rounds::new(),
            sets: Rounds::new(),
        })
    }

    /// Keys that stay as they are.
    pub fn fixed(keys: Keys) -> Self {
        LiveKeys::following(KeySources::fixed(keys)).expect("there is nothing to read")
    }

    /// The keys as they are now.
    pub fn current(&self) -> Arc<Keys> {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Keys other than `old`, where there are any, the sources have changed, or key sets are to be
    /// fetched; waits for that until `end` at most. Needs [`LiveKeys::follow`] to run.
    pub(super) async fn other_than(
        &self,
        old: &Arc<Keys>,
        wanted: &mut Wanted,
        end: Instant,
    ) -> Option<Arc<Keys>> {
        loop {
            let (mut read, mut fetched) = (self.local.over.subscribe(), self.sets.over.subscribe());
            let current = self.current();
            if !Arc::ptr_eq(&current, old) {
                return Some(current);
            }
            let rounds = if self.is_due() {
                self.local.want(old);
                &mut read
            } else if wanted.sets && self.sources.is_fetch_due() {
                wanted.sets = false;
                self.sets.want(old);
                &mut fetched
            } else {
                return None;
            };
            timeout_at(end.into(), rounds.changed()).await.ok()?.ok()?;
        }
    }

    /// Reads the sources whenever they have changed and fetches key sets when a delivery wants them, and
    /// tells `report` what came of it. Never ends.
    pub(super) async fn follow(self: &Arc<Self>, report: impl Fn(KeysReport)) -> Infallible {
        tokio::select! {
            never = self.follow_files(&report) => never,
            never = self.follow_wishes(&report) => never,
        }
    }

    async fn follow_files(self: &Arc<Self>, report: &impl Fn(KeysReport)) -> Infallible {
        loop {
            if !self.sources.local().may_change() && self.sources.sets().is_empty() {
                std::future::pending::<()>().await;
            }
            tokio::select! {
                _ = self.local.wanted() => {}
                () = sleep(PERIOD) => {}
            }
            let is_due = self.is_due();
            if !is_due && self.sources.sets_mark() == self.reading().sets_mark {
                continue;
            }
            let keys = self.clone();
            let read = move || if is_due { keys.read_again() } else { keys.rebuild_sets() };
            // A panic has been printed; the next round tries again.
            if let Ok(Some(done)) = tokio::task::spawn_blocking(read).await {
                report(done);
            }
            self.local.over.send_replace(());
        }
    }

    async fn follow_wishes(self: &Arc<Self>, report: &impl Fn(KeysReport)) -> Infallible {
        // What the user named is fetched at once, so that a wrong URL is said before a delivery comes.
        let mut is_wanted = self.sources.lacks_named();
        loop {
            let lacking = if is_wanted { None } else { Some(self.sets.wanted().await) };
            is_wanted = false;
            // Whoever asked while the last fetch was under way has other keys now, and asks again if need be.
            let is_over = lacking.is_some_and(|keys| !Arc::ptr_eq(&keys, &self.current()));
            if is_over || !self.sources.is_fetch_due() {
                self.sets.over.send_replace(());
                continue;
            }
            let keys = self.clone();
            // A panic has been printed; the next delivery tries again.
            let reports = tokio::task::spawn_blocking(move || keys.fetch()).await.unwrap_or_default();
            reports.into_iter().for_each(report);
            self.sets.over.send_replace(());
        }
    }

    /// Whether the sources of this machine are to be read: they have changed, or failed long enough ago.
    /// Looks at files.
    fn is_due(&self) -> bool {
        let mark = self.sources.local().mark();
        let reading = self.reading();
        reading.mark != mark || reading.retry_at.is_some_and(|at| Instant::now() >= at)
    }

    fn read_again(&self) -> Option<KeysReport> {
        let mark = self.sources.local().mark();
        let read = self.sources.local().read_again();
        let mut reading = self.reading();
        reading.mark = mark;
        match read {
            Ok(keys) => {
                (reading.failures, reading.retry_at) = (0, None);
                reading.local = keys;
                drop(reading);
                self.rebuild().map(KeysReport::Changed)
            }
            Err(failure) => {
                let pause = FIRST_PAUSE * 2u32.pow(reading.failures.min(16));
                reading.retry_at = Some(Instant::now() + pause.min(LONGEST_PAUSE));
                reading.failures = reading.failures.saturating_add(1);
                (reading.failures == 1).then_some(KeysReport::Unavailable(failure))
            }
        }
    }

    /// Fetches the key sets that are due.
    fn fetch(&self) -> Vec<KeysReport> {
        let mut failures = Vec::new();
        for (set, fetched) in self.sources.fetch() {
            let url = set.place().url();
            let failing = &mut self.reading().failing_sets;
            match fetched {
                Ok(()) => drop(failing.remove(url)),
                Err(error) if failing.insert(url.to_owned()) => {
                    failures.push(KeysReport::NotFetched(url.to_owned(), error.to_string()));
                }
                Err(_) => {}
            }
        }
        self.rebuild_sets().into_iter().chain(failures).collect()
    }

    /// Puts the keys together anew after the sets have changed. That a copy's time is over, or that a set
    /// could not be had, is no news; keys that come are.
    fn rebuild_sets(&self) -> Option<KeysReport> {
        let before = self.current();
        let keys = self.rebuild()?;
        let is_new = |key: &NamedPublicKey| !before.public_keys.iter().any(|other| other.key == key.key);
        keys.public_keys.iter().any(is_new).then_some(KeysReport::Fetched(keys))
    }

    /// Puts the keys together from what was last read; answers them where they are others than before.
    fn rebuild(&self) -> Option<Arc<Keys>> {
        // One at a time, so that no older state replaces a newer one.
        let mut reading = self.reading();
        reading.sets_mark = self.sources.sets_mark();
        let keys = Arc::new(self.sources.with_sets(reading.local.clone()));
        if are_same(&keys, &self.current()) {
            return None;
        }
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = keys.clone();
        Some(keys)
    }

    fn reading(&self) -> MutexGuard<'_, Reading> {
        self.reading.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a delivery was refused for want of a key that may have been stored since.
pub(super) fn wants_other_keys(verdict: &Verdict) -> bool {
    let wanted = |reason| matches!(reason, Reason::NoKey | Reason::UnknownKey | Reason::SignatureMismatch);
    verdict.rejection().is_some_and(|rejection| rejection.scheme.is_some() && wanted(rejection.reason))
}

fn are_same(left: &Keys, right: &Keys) -> bool {
    fn secrets(keys: &Keys) -> impl Iterator<Item = (&str, &str, Option<i64>)> {
        keys.secrets.iter().map(|named| (&*named.name, named.secret.expose(), named.expires_at))
    }
    fn public_keys(keys: &Keys) -> impl Iterator<Item = (&str, &PublicKey, Option<&str>, Option<&str>)> {
        let rows = keys.public_keys.iter();
        rows.map(|named| (&*named.name, &named.key, named.kid.as_deref(), named.stale.as_deref()))
    }
    secrets(left).eq(secrets(right)) && public_keys(left).eq(public_keys(right)) && left.sets == right.sets
}
