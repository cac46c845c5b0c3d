//! A store that lasts as long as the process, and one that is not there.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard};

use zeroize::Zeroizing;

use super::store::{Backend, SecretStore, StoreError};

/// Keeps texts in memory. It stands in for the keyring in tests.
#[derive(Default)]
pub struct MemoryStore(Mutex<BTreeMap<String, Zeroizing<String>>>);

impl MemoryStore {
    /// The keys that hold something.
    pub fn keys(&self) -> Vec<String> {
        self.entries().keys().cloned().collect()
    }

    fn entries(&self) -> MutexGuard<'_, BTreeMap<String, Zeroizing<String>>> {
        self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

impl SecretStore for MemoryStore {
    fn backend(&self) -> Backend {
        Backend::Keyring
    }

    fn get(&self, key: &str) -> Result<Option<Zeroizing<String>>, StoreError> {
        Ok(self.entries().get(key).cloned())
    }

    fn set(&self, key: &str, text: &str) -> Result<(), StoreError> {
        self.entries().insert(key.to_owned(), Zeroizing::new(text.to_owned()));
        Ok(())
    }

    fn delete(&self, key: &str) -> Result<(), StoreError> {
        self.entries().remove(key);
        Ok(())
    }
}

/// A machine without a keyring.
pub struct NoKeyring;

impl NoKeyring {
    fn error() -> StoreError {
        StoreError::Unavailable("no service to keep secrets in was found".to_owned())
    }
}

impl SecretStore for NoKeyring {
    fn backend(&self) -> Backend {
        Backend::Keyring
    }

    fn get(&self, _key: &str) -> Result<Option<Zeroizing<String>>, StoreError> {
        Err(Self::error())
    }

    fn set(&self, _key: &str, _text: &str) -> Result<(), StoreError> {
        Err(Self::error())
    }

    fn delete(&self, _key: &str) -> Result<(), StoreError> {
        Err(Self::error())
    }
}
