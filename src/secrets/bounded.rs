//! A deadline around a store that may block for ever.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

use zeroize::Zeroizing;

use super::store::{Backend, SecretStore, StoreError};

/// Runs each call on a thread of its own and stops waiting after a while.
///
/// A plain thread: a runtime's own threads must not block, and a runtime joins those of its blocking
/// pool before it ends. A thread that hangs is left behind; it ends with the process.
pub(super) struct Bounded {
    inner: Arc<dyn SecretStore>,
    timeout: Duration,
    /// A service that hung once is not waited for again: every command ends after one timeout.
    hung: AtomicBool,
}

impl Bounded {
    pub(super) fn new(inner: Arc<dyn SecretStore>, timeout: Duration) -> Self {
        Bounded { inner, timeout, hung: AtomicBool::new(false) }
    }

    fn run<T: Send + 'static>(
        &self,
        call: impl FnOnce(&dyn SecretStore) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        if self.hung.load(Ordering::Relaxed) {
            return Err(StoreError::TimedOut(self.timeout));
        }
        let (sender, receiver) = channel();
        let inner = self.inner.clone();
        let work = move || {
            // Nobody listens any more when the call took too long.
            let _ = sender.send(call(inner.as_ref()));
        };
        let failed = |what: &str| Err(StoreError::Failed(what.to_owned()));
        if thread::Builder::new().name("keyring".to_owned()).spawn(work).is_err() {
            return failed("no thread can be started");
        }
        match receiver.recv_timeout(self.timeout) {
            Ok(result) => result,
            Err(RecvTimeoutError::Timeout) => {
                self.hung.store(true, Ordering::Relaxed);
                Err(StoreError::TimedOut(self.timeout))
            }
            Err(RecvTimeoutError::Disconnected) => failed("it stopped unexpectedly"),
        }
    }
}

impl SecretStore for Bounded {
    fn backend(&self) -> Backend {
        self.inner.backend()
    }

    fn get(&self, key: &str) -> Result<Option<Zeroizing<String>>, StoreError> {
        let key = key.to_owned();
        self.run(move |store| store.get(&key))
    }

    fn set(&self, key: &str, text: &str) -> Result<(), StoreError> {
        let (key, text) = (key.to_owned(), Zeroizing::new(text.to_owned()));
        self.run(move |store| store.set(&key, &text))
    }

    fn delete(&self, key: &str) -> Result<(), StoreError> {
        let key = key.to_owned();
        self.run(move |store| store.delete(&key))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, Sender};
    use std::sync::{Mutex, mpsc};

    use super::*;
    use crate::secrets::MemoryStore;

    /// Answers no `get` before it is let go.
    struct Hanging(Mutex<Receiver<()>>);

    impl SecretStore for Hanging {
        fn backend(&self) -> Backend {
            Backend::Keyring
        }
        fn get(&self, _key: &str) -> Result<Option<Zeroizing<String>>, StoreError> {
            let _ = self.0.lock().map(|gate| gate.recv());
            Ok(None)
        }
        fn set(&self, _key: &str, _text: &str) -> Result<(), StoreError> {
            Ok(())
        }
        fn delete(&self, _key: &str) -> Result<(), StoreError> {
            panic!("on purpose")
        }
    }

    fn hanging(timeout: Duration) -> (Sender<()>, Bounded) {
        let (sender, receiver) = mpsc::channel();
        (sender, Bounded::new(Arc::new(Hanging(Mutex::new(receiver))), timeout))
    }

    #[test]
    fn a_store_that_answers_is_passed_through() {
        let store = Bounded::new(Arc::new(MemoryStore::default()), Duration::from_secs(30));
        store.set("a", "one").expect("writes");
        assert_eq!(store.get("a").expect("reads").as_deref().map(String::as_str), Some("one"));
    }

    #[test]
    fn a_store_that_hangs_is_given_up_and_not_waited_for_again() {
        let (_gate, store) = hanging(Duration::from_millis(20));
        assert!(matches!(store.get("a"), Err(StoreError::TimedOut(_))));
        assert!(matches!(store.set("a", "one"), Err(StoreError::TimedOut(_))), "although set would answer");
    }

    #[test]
    fn a_store_that_panics_has_failed() {
        let (_gate, store) = hanging(Duration::from_secs(30));
        assert!(matches!(store.delete("a"), Err(StoreError::Failed(_))));
    }
}
