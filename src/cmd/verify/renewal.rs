//! The keys of a run, and fetching key sets when a delivery needs them.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use crate::cmd::key_sets;
use crate::error::Failure;
use crate::keysets::{SetsMark, Snapshot, Sources, Standing};
use crate::signature::Keys;
use crate::ui::Ui;

/// The keys of this machine, which stay as they are, and the key sets.
pub(super) struct Renewal {
    sources: Sources,
    local: Keys,
    /// Counts how often the sets have changed.
    version: AtomicU64,
    /// The state of the sets at that version; held while fetching, so that there is one fetch at a time.
    mark: Mutex<SetsMark>,
    ui: Arc<Ui>,
}

impl Renewal {
    /// These keys, and the sets of `sources`. Nothing is fetched.
    pub(super) fn new(sources: Sources, local: Keys, ui: Arc<Ui>) -> Self {
        Renewal { sources, local, version: AtomicU64::new(0), mark: Mutex::default(), ui }
    }

    /// The keys that may verify now.
    pub(super) fn keys(&self) -> Keys {
        self.sources.with_sets(self.local.clone())
    }

    /// A number that changes with the keys; at first 0.
    pub(super) fn version(&self) -> u64 {
        self.version.load(Ordering::Acquire)
    }

    /// Fetches the sets that are due for a delivery which no key at hand proves, and answers whether there
    /// was anything to fetch. A set of the API that cannot be had is said in the verdict.
    ///
    /// # Errors
    /// Where a set that the user named cannot be had, and there is no copy: kind `Remote`, or
    /// `Configuration` where it is no key set.
    pub(super) fn fetch(&self) -> Result<bool, Failure> {
        let mut mark = self.mark.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if !self.sources.is_fetch_due() {
            // A failure of a moment ago is told again: another process may have met it.
            return self.named_failure().map_or(Ok(false), Err);
        }
        self.sources.due().for_each(|set| key_sets::trace(&self.ui, set));
        let fetched = self.sources.fetch();
        *mark = self.sources.sets_mark();
        self.version.fetch_add(1, Ordering::Release);
        let mut failed = fetched.into_iter().filter_map(|(set, fetched)| Some((set, fetched.err()?)));
        let needed = failed.find(|(set, _)| set.is_named && has_no_copy(&set.snapshot()));
        needed.map_or(Ok(true), |(set, error)| Err(key_sets::failure(&set, error)))
    }

    fn named_failure(&self) -> Option<Failure> {
        let named = self.sources.sets().iter().filter(|set| set.is_named);
        let mut missing = named.filter_map(|set| {
            let snapshot = set.snapshot();
            let is_missing = has_no_copy(&snapshot);
            Some((set, snapshot.failure.filter(|_| is_missing)?.1))
        });
        missing.next().map(|(set, why)| key_sets::recent_failure(set, &why))
    }

    /// Sees to it that keys whose time is over verify no more, in a stream that flows for hours.
    pub(super) fn drop_expired(&self) {
        if self.sources.sets().is_empty() {
            return;
        }
        let now = self.sources.sets_mark();
        // While another worker fetches, there will be new keys in a moment.
        if let Ok(mut mark) = self.mark.try_lock()
            && *mark != now
        {
            let is_first = *mark == SetsMark::default();
            *mark = now;
            if !is_first {
                self.version.fetch_add(1, Ordering::Release);
            }
        }
    }
}

/// Whether nothing of a set may verify now.
fn has_no_copy(snapshot: &Snapshot) -> bool {
    matches!(snapshot.standing, Standing::Expired | Standing::Absent)
}
