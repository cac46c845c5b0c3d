//! One key set: its copy, in memory and in a file, and fetching it.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;

pub use super::copy::Standing;
use super::copy::{Kept, Set};
use super::{copies, freshness};
use crate::clock::Clock;
use crate::env::Env;
use crate::files::{self, FileError};
use crate::gemini::{KeySetError, KeySetPlace, fetch_key_set};
use crate::secrets::{FileState, state_of};
use crate::signature::{Jwks, JwksError, KeySetState, NamedPublicKey, parse_jwks};

/// What is said of a set that is not there, and that nothing is known to keep from being fetched.
const NOT_YET: &str = "could not be fetched in time";
/// How long another process that fetches the same set is waited for: as long as fetching takes.
const PATIENCE: Duration = Duration::from_secs(4);

/// A key set at a URL, and its copy.
pub struct KeySet {
    place: KeySetPlace,
    /// Whether the user named the URL, so that it is an error where it cannot be had.
    pub is_named: bool,
    name: Arc<str>,
    /// The folder of the copies; without one the copy is held in memory only.
    folder: Option<PathBuf>,
    file: String,
    env: Env,
    clock: Arc<dyn Clock>,
    held: Mutex<Held>,
}

/// What is held in memory of the copy.
struct Held {
    /// The state of the file when it was read or written.
    file: Option<FileState>,
    copy: Kept,
    /// What the copy holds.
    jwks: Jwks,
}

/// What a key set has to offer at a moment.
#[derive(Debug, Clone)]
pub struct Snapshot {
    /// What the copy is good for.
    pub standing: Standing,
    /// What the copy holds, whatever it is good for.
    pub jwks: Jwks,
    /// When it was fetched.
    pub fetched_at: Option<Timestamp>,
    /// Until when it is fresh.
    pub fresh_until: Option<Timestamp>,
    /// Why the last attempt failed, if it did, and when.
    pub failure: Option<(Timestamp, String)>,
}

/// What fetching changed.
#[derive(Debug, Clone)]
pub struct Renewed {
    /// The keys of before.
    pub before: Vec<NamedPublicKey>,
    /// The keys of now.
    pub after: Vec<NamedPublicKey>,
    /// Why it is not kept on disk, where it is not.
    pub unkept: Option<String>,
}

/// Why a set could not be renewed.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// It could not be fetched.
    #[error(transparent)]
    Remote(#[from] KeySetError),
    /// Another process is at it and does not come to an end.
    #[error("another process is fetching it")]
    Busy,
    /// What came is no key set that can be used.
    #[error("what it answers cannot be used: {0}")]
    Unusable(String),
}

/// For whom a set is fetched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Occasion {
    /// A delivery that no key at hand proves: not if the server was asked a moment ago.
    Delivery,
    /// Somebody who says so.
    Command,
}

impl KeySet {
    /// The set at `place`, whose copy is in the profile's `folder`, where there is one. Nothing is read yet.
    pub fn new(
        place: KeySetPlace,
        is_named: bool,
        folder: Option<&Path>,
        env: Env,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let held = Held { file: None, copy: Kept::of(place.url()), jwks: Jwks::default() };
        KeySet {
            name: place.name.as_str().into(),
            folder: folder.map(copies::folder_in),
            file: copies::file_name(place.url()),
            place,
            is_named,
            env,
            clock,
            held: Mutex::new(held),
        }
    }

    /// How its keys are reported.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where it is published.
    pub fn place(&self) -> &KeySetPlace {
        &self.place
    }

    /// What it has to offer now. Reads the copy's file where that has changed.
    pub fn snapshot(&self) -> Snapshot {
        let held = self.held();
        let at = |seconds| Timestamp::from_second(seconds).ok();
        let Held { copy, jwks, .. } = &*held;
        Snapshot {
            standing: copy.standing(self.now()),
            jwks: jwks.clone(),
            fetched_at: copy.set.as_ref().and_then(|set| at(set.fetched_at)),
            fresh_until: copy.set.as_ref().and_then(|set| at(set.fresh_until)),
            failure: copy.failure.as_ref().and_then(|failed| Some((at(failed.at)?, failed.why.clone()))),
        }
    }

    /// The keys that may verify now, and the state that goes with them.
    pub(super) fn usable(&self) -> (Vec<NamedPublicKey>, KeySetState) {
        let held = self.held();
        let now = self.now();
        let failure = held.copy.recent_failure(now);
        let standing = held.copy.standing(now);
        let keys = match standing {
            Standing::Fresh => held.jwks.keys.clone(),
            Standing::Stale => {
                let set = held.copy.set.as_ref().and_then(|set| Timestamp::from_second(set.fetched_at).ok());
                let since = set.map(|at| at.to_string()).unwrap_or_default();
                let why = failure.unwrap_or_default();
                let stale: Arc<str> =
                    format!("the key set is a copy of {since} that could not be renewed: {why}").into();
                held.jwks
                    .keys
                    .iter()
                    .map(|key| NamedPublicKey { stale: Some(stale.clone()), ..key.clone() })
                    .collect()
            }
            Standing::Expired | Standing::Absent => Vec::new(),
        };
        // Keys that are at hand may have been replaced since, if renewing them has failed.
        let missing = match (failure, standing) {
            (Some(why), _) => Some(format!("cannot be fetched: {why}")),
            (None, Standing::Fresh | Standing::Stale) => held.jwks.lack(),
            // Whoever wants it has it fetched, and sees this where that takes longer than a delivery can wait.
            (None, Standing::Expired | Standing::Absent) => Some(NOT_YET.to_owned()),
        };
        let (name, url) = (self.name.clone(), self.place.url().into());
        (keys, KeySetState { name, url, missing: missing.map(Arc::from) })
    }

    /// What decides whether [`KeySet::usable`] answers anything new: the file, and the copy's standing.
    pub(super) fn mark(&self) -> (Option<FileState>, Standing) {
        let held = self.held();
        (held.file, held.copy.standing(self.now()))
    }

    /// Whether it may be fetched for a delivery that no key at hand proves.
    pub(super) fn is_due(&self) -> bool {
        self.held().copy.is_due(self.now())
    }

    /// Fetches the set now. Blocks for some seconds at most.
    ///
    /// # Errors
    /// [`FetchError`] where it cannot be had; the copy stays as it was.
    pub fn fetch(&self) -> Result<Renewed, FetchError> {
        self.fetch_for(Occasion::Command)
    }

    pub(super) fn fetch_for(&self, occasion: Occasion) -> Result<Renewed, FetchError> {
        let lock = self
            .folder
            .as_ref()
            .map(|folder| files::take_lock(folder, &format!("{}.lock", self.file), PATIENCE));
        if matches!(lock, Some(Err(FileError::Busy(_)))) {
            return Err(FetchError::Busy);
        }
        let (mut copy, before) = {
            let held = self.held();
            (held.copy.clone(), held.jwks.clone())
        };
        // Another process may have fetched it while this one waited.
        if occasion == Occasion::Delivery {
            if !copy.is_due(self.now()) {
                return Ok(Renewed { after: before.keys.clone(), before: before.keys, unkept: None });
            }
            copy.begun_for_delivery(self.now());
        }
        let result = self.ask(&copy);
        let now = self.now();
        match &result {
            Ok((set, _)) => copy.succeeded(set.clone()),
            Err(error) => copy.failed(error.to_string(), now),
        }
        let after = result.as_ref().map_or(&before, |(_, jwks)| jwks).clone();
        let written = match &self.folder {
            Some(folder) => files::keep(folder, &self.file, copy.write().as_bytes()),
            None => Ok(()),
        };
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        *held = Held { file: self.file_state(), copy, jwks: after.clone() };
        drop((held, lock));
        let unkept = written.err().map(|error| error.to_string());
        result.map(|_| Renewed { before: before.keys, after: after.keys, unkept })
    }

    fn ask(&self, copy: &Kept) -> Result<(Set, Jwks), FetchError> {
        let known = copy.set.as_ref().and_then(|set| set.etag.as_deref());
        let fetched = fetch_key_set(&self.env, &self.place, known)?;
        // An entity tag belongs to the bytes it came with: another body must not keep it, since the server
        // would then say of a set it had before that it is still the same.
        let (text, etag) = match (fetched.body, &copy.set) {
            (Some(bytes), _) => {
                let text = String::from_utf8(bytes);
                (text.map_err(|_| FetchError::Unusable("it is not text".to_owned()))?, fetched.etag)
            }
            (None, Some(set)) => (set.text.clone(), fetched.etag.or_else(|| set.etag.clone())),
            (None, None) => return Err(KeySetError::Status(304).into()),
        };
        // In words of our own: what the JSON parser says may quote all of it.
        let jwks = self.parse(&text).map_err(|error| FetchError::Unusable(error.to_string()))?;
        let fetched_at = self.now();
        let lifetime = freshness::lifetime(&fetched.caching).as_secs();
        let fresh_until = fetched_at.saturating_add_unsigned(lifetime);
        Ok((Set { text, fetched_at, fresh_until, etag }, jwks))
    }

    /// A set without a key is a set: all its keys have been withdrawn.
    fn parse(&self, text: &str) -> Result<Jwks, JwksError> {
        parse_jwks(text.as_bytes(), &self.name)
    }

    /// What is held, after a look at the file, which another process may have replaced.
    fn held(&self) -> MutexGuard<'_, Held> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let state = self.file_state();
        if state.is_some() && state != held.file {
            held.file = state;
            // A file that is damaged, or that somebody else could have written, is as good as none.
            let text = self.path().and_then(|path| files::read(&path).ok().flatten());
            let read = text.and_then(|text| Kept::read(&text, self.place.url()));
            let none = || Kept::of(self.place.url());
            let read = read.unwrap_or_else(none);
            (held.copy, held.jwks) = match read.set.as_ref().map(|set| self.parse(&set.text)) {
                Some(Ok(jwks)) => (read, jwks),
                None => (read, Jwks::default()),
                Some(Err(_)) => (none(), Jwks::default()),
            };
        }
        held
    }

    fn file_state(&self) -> Option<FileState> {
        state_of(&self.path()?)
    }

    fn path(&self) -> Option<PathBuf> {
        Some(self.folder.as_ref()?.join(&self.file))
    }

    fn now(&self) -> i64 {
        self.clock.now().as_second()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::FixedClock;

    #[test]
    fn a_set_that_is_not_there_yet_is_missing_and_not_taken_for_one_without_the_key() {
        let place = KeySetPlace::named("http://127.0.0.1:1/jwks.json").expect("a URL");
        let set = KeySet::new(place, false, None, Env::default(), Arc::new(FixedClock::at(0)));
        let (keys, state) = set.usable();
        assert_eq!((keys.len(), state.missing.as_deref()), (0, Some(NOT_YET)));
    }
}
