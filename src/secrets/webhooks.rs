//! A profile's webhooks and their signing secrets: finding and reading them.
//!
//! Reading asks the keyring only for webhooks that the index says are kept there, so that a machine
//! without any never waits for it. Changing them is in `change`.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use super::bounded::Bounded;
use super::entry::{Entry, KeptSecret};
use super::file::FileStore;
use super::index::{Index, StoredWebhook};
use super::store::{Backend, SecretStore, StoreError};
use crate::clock::Clock;
use crate::error::Failure;
use crate::random::Random;
use crate::sanitize;
use crate::signature::NamedSecret;

/// How long another process may take for its change, on top of what the keyring may take.
const PATIENCE: Duration = Duration::from_secs(5);

/// The signing secrets of one profile's webhooks.
pub struct WebhookSecrets {
    pub(super) folder: PathBuf,
    /// Where commands run; the second place for a recovery file.
    pub(super) directory: PathBuf,
    pub(super) profile: String,
    pub(super) choice: Option<Backend>,
    pub(super) files: FileStore,
    pub(super) patience: Duration,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) random: Arc<dyn Random>,
    pub(super) reporter: Arc<dyn Reporter>,
    keyring: Bounded,
}

/// What a profile's secrets are opened with.
#[derive(Clone)]
pub struct Opening {
    /// The profile's folder.
    pub folder: PathBuf,
    /// The profile's name.
    pub profile: String,
    /// The folder that commands run in; the second place for a recovery file.
    pub directory: PathBuf,
    /// The store that was chosen for this run, if one was.
    pub choice: Option<Backend>,
    /// The keyring.
    pub keyring: Arc<dyn SecretStore>,
    /// How long each of the keyring's answers may take.
    pub timeout: Duration,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
    /// Who is told what cannot wait for the result.
    pub reporter: Arc<dyn Reporter>,
}

/// Tells the user what cannot wait for a call's result, or must be told even if it fails afterwards.
pub trait Reporter: Send + Sync {
    /// Warns, in one sentence that is safe to show.
    fn warn(&self, text: &str);

    /// Shows the secret of the webhook with this id, which could not be saved anywhere, this once.
    fn reveal(&self, why: &str, webhook_id: &str, secret: &str);
}

impl WebhookSecrets {
    /// The secrets of a profile. Nothing is read yet and no keyring asked.
    pub fn new(opening: Opening) -> Self {
        let Opening { folder, profile, directory, choice, keyring, timeout, clock, random, reporter } =
            opening;
        WebhookSecrets {
            files: FileStore::new(folder.join("secrets")),
            patience: timeout.saturating_add(PATIENCE),
            keyring: Bounded::new(keyring, timeout),
            folder,
            directory,
            profile,
            choice,
            clock,
            random,
            reporter,
        }
    }

    /// The store that was chosen for this run, if one was.
    pub fn choice(&self) -> Option<Backend> {
        self.choice
    }

    /// The store that this profile has settled on, if it has stored anything yet.
    ///
    /// # Errors
    /// [`StoreError`] where the index cannot be read.
    pub fn remembered(&self) -> Result<Option<Backend>, StoreError> {
        Ok(Index::load(&self.folder)?.backend)
    }

    /// The folder that holds the profile's index and file store.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The folder of the file store.
    pub fn file_folder(&self) -> &Path {
        self.files.folder()
    }

    /// Every webhook whose secrets are kept, in any store, without asking one.
    ///
    /// # Errors
    /// Kind `Configuration` where the index cannot be read.
    pub fn list(&self) -> Result<Vec<StoredWebhook>, Failure> {
        Ok(self.stored()?)
    }

    /// As [`WebhookSecrets::list`], with the error as the store says it.
    ///
    /// # Errors
    /// [`StoreError`] where the index cannot be read.
    pub fn stored(&self) -> Result<Vec<StoredWebhook>, StoreError> {
        Ok(Index::load(&self.folder)?.webhooks)
    }

    /// The webhook with this id, or else with this name.
    ///
    /// # Errors
    /// Kind `Usage` where several have the name, `Configuration` where the index cannot be read.
    pub fn find(&self, id_or_name: &str) -> Result<Option<StoredWebhook>, Failure> {
        let mut all = self.list()?;
        if let Some(position) = all.iter().position(|stored| stored.webhook.id == id_or_name) {
            return Ok(Some(all.swap_remove(position)));
        }
        all.retain(|stored| stored.webhook.name == id_or_name);
        if all.len() > 1 {
            let ids: Vec<&str> = all.iter().map(|stored| stored.webhook.id.as_str()).collect();
            return Err(Failure::usage(format!("{} webhooks are named {id_or_name:?}", all.len()))
                .hint(format!("name one by its id: {}", ids.join(", "))));
        }
        Ok(all.pop())
    }

    /// The secrets of a webhook, newest first; nothing where its store does not have them any more.
    ///
    /// # Errors
    /// [`StoreError`] where the store cannot be read.
    pub fn secrets_of(&self, stored: &StoredWebhook) -> Result<Vec<KeptSecret>, StoreError> {
        Ok(self.entry(stored.backend, &stored.webhook.id)?.map(|entry| entry.secrets).unwrap_or_default())
    }

    /// The secrets of every webhook, for verifying: live ones, and ended ones with their end, which explain.
    /// A store that was chosen for this run is the only one asked.
    ///
    /// # Errors
    /// Kind `Configuration` where a store that is needed cannot be read.
    pub fn signing_secrets(&self) -> Result<Vec<NamedSecret>, Failure> {
        let stored = self.list()?;
        self.named(stored.iter().filter(|stored| self.choice.is_none_or(|choice| choice == stored.backend)))
    }

    /// The secrets that can be had without waiting for anybody, for explaining a mismatch; trouble is no
    /// reason to fail.
    pub fn explaining_secrets(&self) -> Vec<NamedSecret> {
        let stored = self.list().unwrap_or_default();
        self.named(stored.iter().filter(|stored| stored.backend == Backend::File)).unwrap_or_default()
    }

    /// The secrets of one webhook, newest first, named for verdicts.
    ///
    /// # Errors
    /// Kind `Configuration` where it is not known or its store cannot be read, `Usage` where the name is
    /// not unique.
    pub fn named_secrets_of(&self, id_or_name: &str) -> Result<Vec<NamedSecret>, Failure> {
        let stored = self.require(id_or_name)?;
        let named = self.named([&stored])?;
        if named.is_empty() {
            return Err(Failure::configuration(format!(
                "no secret of webhook {id_or_name:?} is left in {}",
                stored.backend
            ))
            .hint(format!("run gwh secrets set {id_or_name} to store it again")));
        }
        Ok(named)
    }

    /// As [`WebhookSecrets::named_secrets_of`], where the webhook may have been removed.
    ///
    /// # Errors
    /// Kind `Configuration` where its store cannot be read, `Usage` where the name is not unique.
    pub fn named_secrets_left(&self, id_or_name: &str) -> Result<Vec<NamedSecret>, Failure> {
        let found = self.find(id_or_name)?;
        self.named(found.iter().filter(|stored| self.choice.is_none_or(|choice| choice == stored.backend)))
    }

    /// As [`WebhookSecrets::find`], where the webhook must be known and in the store chosen for this run.
    ///
    /// # Errors
    /// As [`WebhookSecrets::find`]; kind `Configuration` where it is not known.
    pub fn require(&self, id_or_name: &str) -> Result<StoredWebhook, Failure> {
        let Some(stored) = self.find(id_or_name)? else {
            return Err(Failure::configuration(format!("no secret of a webhook {id_or_name:?} is stored"))
                .hint("run gwh secrets list to see what is")
                .hint(format!("run gwh secrets set {id_or_name} to store one")));
        };
        match self.choice {
            Some(choice) if choice != stored.backend => Err(Failure::configuration(format!(
                "the secret of {id_or_name:?} is in {}, not in {choice}",
                stored.backend
            ))
            .hint(format!(
                "leave --secret-store and GWH_SECRET_STORE out, or say {}",
                stored.backend.name()
            ))),
            _ => Ok(stored),
        }
    }

    fn named<'a>(
        &self,
        all: impl IntoIterator<Item = &'a StoredWebhook>,
    ) -> Result<Vec<NamedSecret>, Failure> {
        let mut named = Vec::new();
        for stored in all {
            let secrets = self.secrets_of(stored)?;
            if secrets.is_empty() {
                let name = sanitize::text(&stored.webhook.name);
                self.reporter
                    .warn(&format!("the secrets of webhook {name} are not in {} any more", stored.backend));
            }
            named.extend(secrets.into_iter().map(|kept| NamedSecret {
                expires_at: kept.expires_at.map(|end| end.as_second()),
                ..NamedSecret::new(stored.webhook.name.as_str(), kept.secret)
            }));
        }
        Ok(named)
    }

    pub(super) fn entry(&self, backend: Backend, id: &str) -> Result<Option<Entry>, StoreError> {
        let text = self.store(backend).get(&self.key(backend, id))?;
        text.map(|text| Entry::read(&text, &self.place(backend, id))).transpose()
    }

    pub(super) fn store(&self, backend: Backend) -> &dyn SecretStore {
        match backend {
            Backend::File | Backend::Environment => &self.files,
            Backend::Keyring => &self.keyring,
        }
    }

    /// The key of a webhook: the keyring is shared by all profiles, each file store is one profile's.
    pub(super) fn key(&self, backend: Backend, id: &str) -> String {
        match backend {
            Backend::Keyring => format!("{}/{id}", self.profile),
            Backend::File | Backend::Environment => id.to_owned(),
        }
    }

    /// How the place of a webhook's secrets is called in messages.
    pub(super) fn place(&self, backend: Backend, id: &str) -> String {
        match backend {
            Backend::Keyring => format!("the keyring's entry {:?}", self.key(backend, id)),
            Backend::File | Backend::Environment => self.files.path(id).display().to_string(),
        }
    }
}
