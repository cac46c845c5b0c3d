//! A keyring for tests: it keeps secrets in memory and misbehaves on demand.

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

use gwh::secrets::{Backend, MemoryStore, SecretStore, StoreError};
use zeroize::Zeroizing;

/// How the keyring answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// As it should.
    Fine,
    /// There is none.
    Absent,
    /// Nothing can be read or written.
    Locked,
    /// There is nowhere to write to, and nothing to read.
    NoStorage,
    /// Everything waits for ever.
    Hanging,
    /// What is written is gone.
    Forgetful,
    /// Reading works, writing a webhook's secret does not; probes do.
    FailingLate,
}

/// A keyring whose mood a test sets.
pub struct TestKeyring {
    mood: Mutex<Mood>,
    store: MemoryStore,
    calls: Mutex<usize>,
    gate: (Sender<()>, Mutex<Receiver<()>>),
}

impl TestKeyring {
    pub fn new(mood: Mood) -> Arc<Self> {
        let (sender, receiver) = channel();
        Arc::new(TestKeyring {
            mood: Mutex::new(mood),
            store: MemoryStore::default(),
            calls: Mutex::default(),
            gate: (sender, Mutex::new(receiver)),
        })
    }

    pub fn set_mood(&self, mood: Mood) {
        *self.mood.lock().expect("no test panics here") = mood;
    }

    /// How often it was asked anything.
    pub fn calls(&self) -> usize {
        *self.calls.lock().expect("no test panics here")
    }

    /// What it holds something under.
    pub fn keys(&self) -> Vec<String> {
        self.store.keys()
    }

    fn answer(&self) -> Result<Mood, StoreError> {
        *self.calls.lock().expect("no test panics here") += 1;
        let mood = *self.mood.lock().expect("no test panics here");
        match mood {
            Mood::Absent => Err(StoreError::Unavailable("none in this test".to_owned())),
            Mood::Locked => Err(StoreError::Locked),
            Mood::Hanging => {
                // The sender lives as long as the keyring, so this never comes back.
                let _ = self.gate.1.lock().expect("no test panics here").recv();
                drop(self.gate.0.clone());
                Err(StoreError::Locked)
            }
            mood => Ok(mood),
        }
    }
}

impl SecretStore for TestKeyring {
    fn backend(&self) -> Backend {
        Backend::Keyring
    }

    fn get(&self, key: &str) -> Result<Option<Zeroizing<String>>, StoreError> {
        self.answer()?;
        self.store.get(key)
    }

    fn set(&self, key: &str, text: &str) -> Result<(), StoreError> {
        match self.answer()? {
            Mood::NoStorage => Err(StoreError::NoStorage),
            Mood::Forgetful => Ok(()),
            Mood::FailingLate if !key.contains("gwh-probe-") => {
                Err(StoreError::Failed("out of luck".to_owned()))
            }
            _ => self.store.set(key, text),
        }
    }

    fn delete(&self, key: &str) -> Result<(), StoreError> {
        self.answer()?;
        self.store.delete(key)
    }
}
