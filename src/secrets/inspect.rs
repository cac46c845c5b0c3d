//! Looking for what is wrong with a profile's secrets, for `gwh secrets doctor` and `gwh doctor`.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};

use super::index::{self, Index, StoredWebhook};
use super::recovery;
use super::store::{Backend, StoreError};
use super::webhooks::WebhookSecrets;
use crate::files;

/// How a webhook's row and what its store holds go together.
#[derive(Debug)]
pub enum Condition {
    /// They agree.
    Sound,
    /// The store has no secret of it.
    Missing,
    /// The row is behind what the store holds.
    Stale,
    /// The store cannot be read.
    Unreadable(StoreError),
}

impl WebhookSecrets {
    /// Proves that a store works, by writing, reading back and deleting a probe. Changes nothing else.
    ///
    /// # Errors
    /// [`StoreError`] where it does not.
    pub fn check_store(&self, backend: Backend) -> Result<(), StoreError> {
        self.probe(backend)
    }

    /// Compares a row of the index with what its store holds.
    pub fn examine(&self, stored: &StoredWebhook) -> Condition {
        match self.entry(stored.backend, &stored.webhook.id) {
            Err(error) => Condition::Unreadable(error),
            Ok(None) => Condition::Missing,
            Ok(Some(entry)) if entry.secrets.is_empty() => Condition::Missing,
            Ok(Some(entry)) if index::shown(&entry) == stored.secrets => Condition::Sound,
            Ok(Some(_)) => Condition::Stale,
        }
    }

    /// Brings a row that is behind up to date.
    ///
    /// # Errors
    /// [`StoreError`] where the store cannot be read or the index not written.
    pub fn refresh(&self, stored: &StoredWebhook) -> Result<(), StoreError> {
        let _lock = self.lock()?;
        let mut index = Index::load(&self.folder)?;
        if let Some(entry) = self.entry(stored.backend, &stored.webhook.id)? {
            index.put(&stored.webhook, stored.backend, Some(&entry));
            index.save(&self.folder)?;
            if let Some(newest) = entry.secrets.first() {
                self.forget_unfinished(&stored.webhook, newest.added_at);
            }
        }
        Ok(())
    }

    /// Files of the file store that no row of the index speaks of; each can be imported.
    ///
    /// # Errors
    /// [`StoreError`] where the index cannot be read.
    pub fn unlisted_files(&self) -> Result<Vec<PathBuf>, StoreError> {
        let listed: BTreeSet<PathBuf> = Index::load(&self.folder)?
            .webhooks
            .iter()
            .map(|stored| self.files.path(&stored.webhook.id))
            .collect();
        let is_unlisted = |path: &PathBuf| is_entry(path) && !listed.contains(path);
        Ok(files_in(self.files.folder()).into_iter().filter(is_unlisted).collect())
    }

    /// What killed processes left half written, which holds secrets perhaps and is of no use.
    pub fn half_written_files(&self) -> Vec<PathBuf> {
        let is_half_written = |path: &PathBuf| {
            path.file_name().and_then(OsStr::to_str).is_some_and(|name| name.starts_with(files::TEMPORARY))
        };
        let files = self.files.folder().to_owned();
        let folders = [self.folder.clone(), files, self.recovery_folder(), self.pending_folder()];
        folders.iter().flat_map(|folder| files_in(folder)).filter(is_half_written).collect()
    }

    /// The files that gwh made itself and that hold secrets: whether each is closed to others.
    pub fn check_files(&self) -> Vec<StoreError> {
        let folders = [self.files.folder().to_owned(), self.recovery_folder()];
        let files = folders.iter().flat_map(|folder| files_in(folder));
        let tests = ["test-secret", "test-ed25519", "test-rsa.pem"].map(|name| self.folder.join(name));
        files
            .chain(tests)
            .chain(folders.clone())
            .filter_map(|path| files::check_path(&path).err())
            .map(StoreError::from)
            .collect()
    }

    /// Sees to a file whose secrets have been imported into `backend`. Answers whether nothing is left to do:
    /// gwh's own files are deleted, unless the store keeps the secret in just this file.
    pub fn dispose_imported(&self, path: &Path, backend: Backend) -> bool {
        let canonical = |path: &Path| fs::canonicalize(path).ok();
        let Some(folder) = path.parent().and_then(canonical) else { return false };
        if canonical(self.files.folder()).is_some_and(|files| files == folder) {
            return backend == Backend::File || files::remove(path).is_ok();
        }
        let is_recovery_file = canonical(&self.recovery_folder()).is_some_and(|ours| ours == folder)
            || recovery::is_name_of_file(path) && path.symlink_metadata().is_ok_and(|found| found.is_file());
        is_recovery_file && files::remove(path).is_ok()
    }
}

fn is_entry(path: &Path) -> bool {
    let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
    name.ends_with(".json") && !name.starts_with(files::TEMPORARY)
}

fn files_in(folder: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut paths: Vec<PathBuf> = files.map(|file| file.path()).collect();
    paths.sort();
    paths
}
