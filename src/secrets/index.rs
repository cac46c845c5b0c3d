//! The index of a profile: which webhooks it has secrets of, where each is kept, and nothing secret.
//!
//! It is what lets `gwh secrets list` answer and `gwh verify` start without asking the keyring.

use std::path::PathBuf;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::entry::{Entry, WebhookRef};
use super::store::{Backend, StoreError};
use crate::files;

const VERSION: u32 = 1;
/// The file's name in the profile's folder.
pub(super) const FILE: &str = "webhooks.json";

/// A webhook whose secrets this profile holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredWebhook {
    /// Which webhook.
    #[serde(flatten)]
    pub webhook: WebhookRef,
    /// Where its secrets are kept.
    pub backend: Backend,
    /// Its secrets, newest first.
    pub secrets: Vec<StoredSecret>,
}

/// What may be shown of a secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredSecret {
    /// `whsec_...` and the last four characters.
    pub truncated: String,
    /// When it was stored.
    pub added_at: Timestamp,
    /// When a rotation ends its life, or has ended it.
    pub expires_at: Option<Timestamp>,
}

impl StoredSecret {
    /// Whether it signs at `now`.
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.expires_at.is_none_or(|end| now < end)
    }
}

/// What the file holds.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Index {
    version: u32,
    /// Where new secrets of this profile go, once that is decided.
    #[serde(default)]
    pub(super) backend: Option<Backend>,
    /// Where the profile's API key is, once `gwh login` has stored one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) api_key: Option<Backend>,
    pub(super) webhooks: Vec<StoredWebhook>,
}

impl Index {
    /// Reads the file in the profile's `folder`; without one, nothing is stored.
    pub(super) fn load(folder: &std::path::Path) -> Result<Self, StoreError> {
        let path = path(folder);
        let Some(text) = files::read(&path)? else {
            return Ok(Index { version: VERSION, backend: None, api_key: None, webhooks: Vec::new() });
        };
        let index: Option<Index> = serde_json::from_str(&text).ok();
        index
            .filter(|index| index.version == VERSION)
            .ok_or_else(|| StoreError::Damaged(path.display().to_string()))
    }

    pub(super) fn save(&self, folder: &std::path::Path) -> Result<(), StoreError> {
        let text = serde_json::to_string_pretty(self).expect("text and times always serialise");
        Ok(files::keep(folder, FILE, text.as_bytes())?)
    }

    pub(super) fn by_id(&self, id: &str) -> Option<&StoredWebhook> {
        self.webhooks.iter().find(|stored| stored.webhook.id == id)
    }

    /// Notes where a webhook is kept and what of it may be shown.
    pub(super) fn put(&mut self, webhook: &WebhookRef, backend: Backend, entry: Option<&Entry>) {
        let secrets = entry.map(shown).unwrap_or_default();
        let stored = StoredWebhook { webhook: webhook.clone(), backend, secrets };
        match self.webhooks.iter_mut().find(|other| other.webhook.id == webhook.id) {
            Some(other) => *other = stored,
            None => self.webhooks.push(stored),
        }
    }

    pub(super) fn remove(&mut self, id: &str) {
        self.webhooks.retain(|stored| stored.webhook.id != id);
    }
}

/// Where the index of the profile in `folder` is.
pub(super) fn path(folder: &std::path::Path) -> PathBuf {
    folder.join(FILE)
}

/// What may be shown of the secrets of `entry`.
pub(super) fn shown(entry: &Entry) -> Vec<StoredSecret> {
    let shown = entry.secrets.iter().map(|kept| StoredSecret {
        truncated: kept.secret.truncated(),
        added_at: kept.added_at,
        expires_at: kept.expires_at,
    });
    shown.collect()
}
