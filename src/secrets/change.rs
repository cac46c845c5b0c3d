//! Changing a profile's secrets: proving that the store works, adding, rotating, removing.
//!
//! Every change holds the profile's lock, whatever the store. The index gets a new webhook's row before
//! the store gets its secret: a process that is killed in between leaves a row without a secret, never a
//! secret that nobody knows of.

use std::time::Duration;

use jiff::Timestamp;
use zeroize::Zeroizing;

use super::entry::{Entry, WebhookRef};
use super::index::Index;
use super::store::{Backend, StoreError};
use super::webhooks::WebhookSecrets;
use crate::error::Failure;
use crate::files::{self, Lock};
use crate::sanitize;
use crate::signature::Secret;

const LOCK_FILE: &str = "webhooks.lock";
const ROTATION_LOCK_FILE: &str = "rotation.lock";

impl WebhookSecrets {
    /// Proves that a secret can be stored, by writing, reading back and deleting a probe: to be called
    /// before an API call that answers a secret once. With the id of a webhook it also proves that its
    /// secrets so far can be carried over. Answers where the secret will go, and remembers it.
    ///
    /// # Errors
    /// Kind `Configuration` where the secret could not be stored.
    pub fn prove_writable(&self, id: Option<&str>) -> Result<Backend, Failure> {
        Ok(self.prove(id)?)
    }

    fn prove(&self, id: Option<&str>) -> Result<Backend, StoreError> {
        let _lock = self.lock()?;
        let mut index = Index::load(&self.folder)?;
        let (target, proved) = self.target(&index, id)?;
        if !proved {
            self.probe(target)?;
        }
        if let Some(id) = id {
            self.previous(&index, id, target)?;
        }
        // Writing the index proves that it can be written, too.
        index.backend = index.backend.or(Some(target));
        index.save(&self.folder)?;
        Ok(target)
    }

    /// Stores a webhook's secret. Secrets that it had before have ended now.
    ///
    /// # Errors
    /// [`StoreError`] where it is not stored; see [`WebhookSecrets::keep_or_reveal`].
    pub fn add(&self, webhook: &WebhookRef, secret: &Secret) -> Result<Backend, StoreError> {
        self.rotate(webhook, secret, None)
    }

    /// Makes `secret` the newest one of a webhook, in one write. Those before it end at
    /// `previous_expires`, or now, unless they end sooner; they stay known for a week, to explain.
    ///
    /// # Errors
    /// [`StoreError`] where it is not stored; see [`WebhookSecrets::keep_or_reveal`].
    pub fn rotate(
        &self,
        webhook: &WebhookRef,
        secret: &Secret,
        previous_expires: Option<Timestamp>,
    ) -> Result<Backend, StoreError> {
        let now = self.clock.now();
        self.change(webhook, |entry| entry.put(secret, now, previous_expires.unwrap_or(now)))
    }

    /// Keeps other processes from rotating a secret of this profile until the lock is dropped. The secrets of
    /// a webhook must be stored in the order in which the API made them: the last one stays, the others end.
    ///
    /// # Errors
    /// Kind `Configuration` where another process has held it for longer than `call`, the time that one call
    /// of the API may take, and storing takes.
    pub fn rotating(&self, call: Duration) -> Result<Lock, Failure> {
        let patience = self.patience.saturating_add(call);
        Ok(files::take_lock(&self.folder, ROTATION_LOCK_FILE, patience).map_err(StoreError::from)?)
    }

    /// Notes a webhook's new name and URI, where its secret is kept.
    ///
    /// # Errors
    /// [`StoreError`] where the index cannot be written.
    pub fn update(&self, webhook: &WebhookRef) -> Result<(), StoreError> {
        let _lock = self.lock()?;
        let mut index = Index::load(&self.folder)?;
        let Some(stored) = index.webhooks.iter_mut().find(|stored| stored.webhook.id == webhook.id) else {
            return Ok(());
        };
        if stored.webhook == *webhook {
            return Ok(());
        }
        stored.webhook = webhook.clone();
        index.save(&self.folder)
    }

    /// Forgets every secret of the webhook with this id. Answers whether there was any.
    ///
    /// # Errors
    /// [`StoreError`] where a secret may still be there.
    pub fn remove(&self, id: &str) -> Result<bool, StoreError> {
        let _lock = self.lock()?;
        let mut index = Index::load(&self.folder)?;
        let Some(backend) = index.by_id(id).map(|stored| stored.backend) else { return Ok(false) };
        self.store(backend).delete(&self.key(backend, id))?;
        index.remove(id);
        index.save(&self.folder)?;
        // Whoever takes a secret away has no use for hints at another that may have been lost.
        self.forget_unfinished(&WebhookRef::new(id, ""), self.clock.now());
        Ok(true)
    }

    /// Takes the webhook with this id off the list without asking its store, which may keep the secret.
    ///
    /// # Errors
    /// [`StoreError`] where the index cannot be written.
    pub fn forget(&self, id: &str) -> Result<(), StoreError> {
        let _lock = self.lock()?;
        let mut index = Index::load(&self.folder)?;
        index.remove(id);
        index.save(&self.folder)
    }

    /// Reads a webhook's secrets, changes them and writes them, with the lock held.
    pub(super) fn change(
        &self,
        webhook: &WebhookRef,
        change: impl FnOnce(&mut Entry),
    ) -> Result<Backend, StoreError> {
        let _lock = self.lock()?;
        let mut index = Index::load(&self.folder)?;
        let (target, _) = self.target(&index, Some(&webhook.id))?;
        let mut entry =
            self.previous(&index, &webhook.id, target)?.unwrap_or_else(|| Entry::new(webhook.clone()));
        entry.webhook = webhook.clone();
        change(&mut entry);

        let before = index.by_id(&webhook.id).map(|stored| stored.backend);
        index.backend = index.backend.or(Some(target));
        if before.is_none() {
            index.put(webhook, target, None);
            index.save(&self.folder)?;
        }
        if let Err(error) = self.write(target, &webhook.id, &entry.write()) {
            if before.is_none() {
                index.remove(&webhook.id);
                // The row says nothing that is wrong: it only has no secret yet.
                let _ = index.save(&self.folder);
            }
            return Err(error);
        }
        index.put(webhook, target, Some(&entry));
        match index.save(&self.folder) {
            Err(error) if before.is_some_and(|before| before != target) => return Err(error),
            Err(error) => self.reporter.warn(&format!(
                "the secret is stored, but the list of secrets is out of date: {}",
                sanitize::text(&error.to_string())
            )),
            Ok(()) => {}
        }
        if let Some(newest) = entry.secrets.first() {
            self.forget_unfinished(webhook, newest.added_at);
        }
        self.drop_moved(before.filter(|before| *before != target), webhook);
        Ok(target)
    }

    /// Removes what a move left behind. The secrets are safe in their new place whatever happens here.
    fn drop_moved(&self, left: Option<Backend>, webhook: &WebhookRef) {
        let Some(backend) = left else { return };
        if self.store(backend).delete(&self.key(backend, &webhook.id)).is_err() {
            let name = sanitize::text(&webhook.name);
            self.reporter.warn(&format!("the former copy of the secret of {name} is still in {backend}"));
        }
    }

    /// Where a webhook's secret goes, and whether finding out has proved that it can: the store chosen
    /// for this run, else where it is already, else what the profile has settled on, else the keyring,
    /// else, where there is none at all, files.
    pub(super) fn target(&self, index: &Index, id: Option<&str>) -> Result<(Backend, bool), StoreError> {
        let current = id.and_then(|id| index.by_id(id)).map(|stored| stored.backend);
        if let Some(backend) = self.choice.or(current).or(index.backend) {
            return Ok((backend, false));
        }
        match self.probe(Backend::Keyring) {
            Ok(()) => Ok((Backend::Keyring, true)),
            Err(StoreError::Unavailable(_)) => {
                self.reporter.warn(&format!(
                    "there is no keyring here: secrets of profile {} are kept in files that only you can read, in {}",
                    self.profile,
                    self.files.folder().display()
                ));
                Ok((Backend::File, false))
            }
            // A keyring that is there but does not work is never passed over in silence.
            Err(error) => Err(error),
        }
    }

    /// What is kept of a webhook so far, which is to be carried over to `target`.
    fn previous(&self, index: &Index, id: &str, target: Backend) -> Result<Option<Entry>, StoreError> {
        let Some(stored) = index.by_id(id) else {
            // A row that was lost does not make its secrets go away.
            return self.entry(target, id);
        };
        let backend = stored.backend;
        self.entry(backend, id).map_err(|source| {
            if backend == target {
                source
            } else {
                StoreError::Elsewhere { backend, source: Box::new(source) }
            }
        })
    }

    /// Writes a text and makes sure that the store gives it back: some forget without saying so.
    fn write(&self, backend: Backend, id: &str, text: &str) -> Result<(), StoreError> {
        let (store, key) = (self.store(backend), self.key(backend, id));
        store.set(&key, text)?;
        match store.get(&key)? {
            Some(back) if *back == text => Ok(()),
            _ => Err(StoreError::Forgetful(backend)),
        }
    }

    /// Writes, reads back and deletes.
    pub(super) fn probe(&self, backend: Backend) -> Result<(), StoreError> {
        let mut bytes = [0u8; 8];
        self.random.fill(&mut bytes);
        let id = format!("gwh-probe-{:016x}", u64::from_be_bytes(bytes));
        let text = Zeroizing::new(format!("probe {}", self.clock.now()));
        let written = self.write(backend, &id, &text);
        let deleted = self.store(backend).delete(&self.key(backend, &id));
        written.and(deleted)
    }

    pub(super) fn lock(&self) -> Result<Lock, StoreError> {
        Ok(files::take_lock(&self.folder, LOCK_FILE, self.patience)?)
    }
}
