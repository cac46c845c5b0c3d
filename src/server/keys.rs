//! The keys of a running server, which follow their sources while it runs.
//!
//! A task of the server looks once a second whether the sources' files have changed, and at once when a
//! delivery is refused that other keys might verify. Only then are the sources read, on a thread that
//! may wait for a keyring: whoever sends forged deliveries causes no more than a look at two files.

use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::{Duration, Instant};

use tokio::sync::{Notify, watch};
use tokio::time::{sleep, timeout_at};

use crate::error::Failure;
use crate::secrets::{KeySources, Mark};
use crate::signature::{Keys, Reason, Verdict};

/// How often the files are looked at when nothing asks for it.
const PERIOD: Duration = Duration::from_secs(1);
/// After a failure the sources are left alone for a while: at first so long, and at most so long.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(300);

/// The keys that deliveries are verified with.
pub struct LiveKeys {
    current: RwLock<Arc<Keys>>,
    sources: KeySources,
    reading: Mutex<Reading>,
    wanted: Notify,
    rounds: watch::Sender<()>,
}

/// What is known of the sources.
struct Reading {
    /// The state that they were in when they were last read, well or not.
    mark: Mark,
    /// How often reading has failed since it last worked.
    failures: u32,
    /// When they may be read again although nothing has changed, after a failure.
    retry_at: Option<Instant>,
}

/// What came of following the sources.
#[derive(Debug)]
pub enum KeysReport {
    /// Other keys verify from now on.
    Changed(Arc<Keys>),
    /// The sources cannot be read, so that the keys stay as they were; said once until it works again.
    Unavailable(Failure),
}

impl LiveKeys {
    /// The keys that the sources hold now, which are read here.
    ///
    /// # Errors
    /// As [`KeySources::read`].
    pub fn following(sources: KeySources) -> Result<Self, Failure> {
        let mark = sources.mark();
        let current = RwLock::new(Arc::new(sources.read()?));
        let reading = Mutex::new(Reading { mark, failures: 0, retry_at: None });
        Ok(LiveKeys { current, sources, reading, wanted: Notify::new(), rounds: watch::Sender::new(()) })
    }

    /// Keys that stay as they are.
    pub fn fixed(keys: Keys) -> Self {
        LiveKeys::following(KeySources::fixed(keys)).expect("there is nothing to read")
    }

    /// The keys as they are now.
    pub fn current(&self) -> Arc<Keys> {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Keys other than `old`, where there are any or the sources have changed; waits for them to be read
    /// until `end` at most. Needs [`LiveKeys::follow`] to run.
    pub(super) async fn other_than(&self, old: &Arc<Keys>, end: Instant) -> Option<Arc<Keys>> {
        loop {
            let mut rounds = self.rounds.subscribe();
            let current = self.current();
            if !Arc::ptr_eq(&current, old) {
                return Some(current);
            }
            if !self.is_due() {
                return None;
            }
            self.wanted.notify_one();
            timeout_at(end.into(), rounds.changed()).await.ok()?.ok()?;
        }
    }

    /// Reads the sources whenever they have changed, and tells `report` what came of it. Never ends.
    pub(super) async fn follow(self: &Arc<Self>, report: impl Fn(KeysReport)) -> Infallible {
        loop {
            if !self.sources.may_change() {
                std::future::pending::<()>().await;
            }
            tokio::select! {
                () = self.wanted.notified() => {}
                () = sleep(PERIOD) => {}
            }
            if !self.is_due() {
                continue;
            }
            let keys = self.clone();
            let read = tokio::task::spawn_blocking(move || keys.read_again()).await;
            // A panic has been printed; the next round tries again.
            if let Ok(Some(done)) = read {
                report(done);
            }
            self.rounds.send_replace(());
        }
    }

    /// Whether the sources are to be read: they have changed, or failed long enough ago. Looks at files.
    fn is_due(&self) -> bool {
        let mark = self.sources.mark();
        let reading = self.reading();
        reading.mark != mark || reading.retry_at.is_some_and(|at| Instant::now() >= at)
    }

    fn read_again(&self) -> Option<KeysReport> {
        let mark = self.sources.mark();
        let read = self.sources.read_again();
        let mut reading = self.reading();
        reading.mark = mark;
        match read {
            Ok(keys) => {
                (reading.failures, reading.retry_at) = (0, None);
                if are_same(&keys, &self.current()) {
                    return None;
                }
                let keys = Arc::new(keys);
                *self.current.write().unwrap_or_else(PoisonError::into_inner) = keys.clone();
                Some(KeysReport::Changed(keys))
            }
            Err(failure) => {
                let pause = FIRST_PAUSE * 2u32.pow(reading.failures.min(16));
                reading.retry_at = Some(Instant::now() + pause.min(LONGEST_PAUSE));
                reading.failures = reading.failures.saturating_add(1);
                (reading.failures == 1).then_some(KeysReport::Unavailable(failure))
            }
        }
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
    fn public_keys(keys: &Keys) -> impl Iterator<Item = (&str, &str, Option<&str>)> {
        let rows = keys.public_keys.iter();
        rows.map(|named| (&*named.name, &*named.label, named.kid.as_deref()))
    }
    secrets(left).eq(secrets(right)) && public_keys(left).eq(public_keys(right))
}
