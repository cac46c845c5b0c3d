//! The keys of a running server, which may grow while it runs.

use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use crate::signature::{Keys, NamedPublicKey, Reason, Scheme, Verdict};

/// Tokens that nobody has a key for come as fast as somebody sends them; looking for one need not.
const PAUSE: Duration = Duration::from_millis(100);

type Lookup = Box<dyn Fn() -> Option<NamedPublicKey> + Send + Sync>;

/// The keys that deliveries are verified with.
pub struct LiveKeys {
    current: RwLock<Arc<Keys>>,
    lookup: Option<Lookup>,
    looked: Mutex<Option<Instant>>,
}

impl LiveKeys {
    /// Keys that stay as they are.
    pub fn fixed(keys: Keys) -> Self {
        LiveKeys { current: RwLock::new(Arc::new(keys)), lookup: None, looked: Mutex::new(None) }
    }

    /// Keys that `lookup` may add an RSA key to: the local test key is made by the first command that
    /// signs with it, which may be after the server has started.
    pub fn growing(keys: Keys, lookup: impl Fn() -> Option<NamedPublicKey> + Send + Sync + 'static) -> Self {
        LiveKeys { lookup: Some(Box::new(lookup)), ..LiveKeys::fixed(keys) }
    }

    /// The keys as they are now.
    pub fn current(&self) -> Arc<Keys> {
        self.current.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether a delivery was refused for want of a key that [`LiveKeys::grow`] may find.
    pub(super) fn may_grow_for(&self, verdict: &Verdict) -> bool {
        let wants_token_key = verdict.rejection().is_some_and(|rejection| {
            rejection.scheme == Some(Scheme::Jwt)
                && matches!(rejection.reason, Reason::NoKey | Reason::UnknownKey)
        });
        wants_token_key && self.lookup.is_some() && !self.current().has(Scheme::Jwt)
    }

    /// Looks for the missing key and answers whether there are more keys now. Reads a file.
    pub(super) fn grow(&self) -> bool {
        let Some(lookup) = &self.lookup else { return false };
        let mut looked = self.looked.lock().unwrap_or_else(PoisonError::into_inner);
        if self.current().has(Scheme::Jwt) {
            return true;
        }
        if looked.is_some_and(|last| last.elapsed() < PAUSE) {
            return false;
        }
        *looked = Some(Instant::now());
        let Some(key) = lookup() else { return false };
        let mut keys = Keys::clone(&self.current());
        keys.public_keys.push(key);
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(keys);
        true
    }
}
