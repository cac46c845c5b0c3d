//! All that a delivery is verified with: the keys of this machine, and key sets.

use std::sync::Arc;

use super::copy::Standing;
use super::set::{FetchError, KeySet, Occasion};
use crate::secrets::{FileState, KeySources};
use crate::signature::{KeySetState, Keys};

/// Where the keys that verify come from.
pub struct Sources {
    local: KeySources,
    sets: Vec<Arc<KeySet>>,
    /// A set that counts and can never be had, since what names it is malformed.
    broken: Option<KeySetState>,
}

/// What decides whether the sets offer anything new.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SetsMark(Vec<(Option<FileState>, Standing)>);

impl From<KeySources> for Sources {
    fn from(local: KeySources) -> Self {
        Sources::new(local, Vec::new())
    }
}

impl Sources {
    /// These keys and these sets.
    pub fn new(local: KeySources, sets: Vec<KeySet>) -> Self {
        Sources { local, sets: sets.into_iter().map(Arc::new).collect(), broken: None }
    }

    /// The same with a set that cannot be had, and why.
    #[must_use]
    pub fn with_broken(mut self, set: KeySetState) -> Self {
        self.broken = Some(set);
        self
    }

    /// The keys of this machine.
    pub fn local(&self) -> &KeySources {
        &self.local
    }

    /// The key sets.
    pub fn sets(&self) -> &[Arc<KeySet>] {
        &self.sets
    }

    /// `local` with the keys of the sets that may be used now. Looks at files; fetches nothing.
    pub fn with_sets(&self, mut local: Keys) -> Keys {
        for set in &self.sets {
            let (keys, state) = set.usable();
            local.public_keys.extend(keys);
            local.sets.push(state);
        }
        local.sets.extend(self.broken.clone());
        local
    }

    /// The state that the sets are in. To be taken before they are read.
    pub fn sets_mark(&self) -> SetsMark {
        SetsMark(self.sets.iter().map(|set| set.mark()).collect())
    }

    /// Whether a set that the user named has no fresh copy.
    pub fn lacks_named(&self) -> bool {
        self.sets.iter().any(|set| set.is_named && set.mark().1 != Standing::Fresh)
    }

    /// The sets that may be fetched for a delivery that no key at hand proves.
    pub fn due(&self) -> impl Iterator<Item = &Arc<KeySet>> {
        self.sets.iter().filter(|set| set.is_due())
    }

    /// Whether there is a set that may be fetched for such a delivery.
    pub fn is_fetch_due(&self) -> bool {
        self.due().next().is_some()
    }

    /// Fetches the sets that are due, at once, and answers what came of each. Blocks for some seconds at most.
    pub fn fetch(&self) -> Vec<(Arc<KeySet>, Result<(), FetchError>)> {
        let due: Vec<&Arc<KeySet>> = self.due().collect();
        std::thread::scope(|scope| {
            let fetch = |set: &Arc<KeySet>| {
                let set = set.clone();
                scope.spawn(move || set.fetch_for(Occasion::Delivery).map(drop))
            };
            let threads: Vec<_> = due.iter().map(|set| fetch(set)).collect();
            let results = threads.into_iter().zip(&due);
            // A panic has been printed; the set is as it was.
            results.filter_map(|(thread, set)| Some(((*set).clone(), thread.join().ok()?))).collect()
        })
    }
}
