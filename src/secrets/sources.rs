//! The keys that verify, read from where they are kept as often as that is needed.
//!
//! A command that runs for long follows its sources: other processes store, rotate and remove secrets
//! meanwhile. Whether anything has changed is told by the profile's files alone, without asking a store.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::SystemTime;

use super::index;
use super::local::{LocalIdentity, RSA_FILE};
use super::webhooks::{Opening, Reporter, WebhookSecrets};
use crate::error::Failure;
use crate::signature::{Keys, NamedPublicKey, NamedSecret};

/// Where the keys that verify come from.
pub struct KeySources {
    given: Keys,
    kept: Kept,
}

enum Kept {
    Nothing,
    /// These webhooks, by id or name.
    Webhooks(Opening, Vec<String>),
    /// Every webhook of the profile, and its test identity.
    Profile(Opening, LocalIdentity),
}

/// Which state the sources' files are in; it differs once another process has replaced one of them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark(Vec<Option<FileState>>);

/// The state of a file: when it was written, how long it is, and which one it is.
pub(crate) type FileState = (SystemTime, u64, u64);

impl KeySources {
    /// These keys and, while they are stored, the secrets of the webhooks with these ids or names.
    pub fn given(given: Keys, opening: Opening, webhooks: Vec<String>) -> Self {
        let kept = if webhooks.is_empty() { Kept::Nothing } else { Kept::Webhooks(opening, webhooks) };
        KeySources { given, kept }
    }

    /// The profile's test identity and every secret that it holds.
    pub fn profile(opening: Opening, identity: LocalIdentity) -> Self {
        KeySources { given: Keys::default(), kept: Kept::Profile(opening, identity) }
    }

    /// These keys, which stay as they are.
    pub fn fixed(given: Keys) -> Self {
        KeySources { given, kept: Kept::Nothing }
    }

    /// Whether the keys can change.
    pub fn may_change(&self) -> bool {
        !matches!(self.kept, Kept::Nothing)
    }

    /// The state that the files are in. To be taken before they are read.
    pub fn mark(&self) -> Mark {
        let files = match &self.kept {
            Kept::Nothing => Vec::new(),
            Kept::Webhooks(opening, _) => vec![index::path(&opening.folder)],
            // The RSA test key is made by the first command that signs with it.
            Kept::Profile(opening, _) => vec![index::path(&opening.folder), opening.folder.join(RSA_FILE)],
        };
        Mark(files.iter().map(|path| state_of(path)).collect())
    }

    /// The keys. May wait for a keyring.
    ///
    /// # Errors
    /// Kind `Configuration` where a source cannot be read or a webhook is not known, `Usage` where
    /// several webhooks have a name.
    pub fn read(&self) -> Result<Keys, Failure> {
        let mut keys = self.read_without_rsa()?;
        keys.public_keys.extend(self.test_rsa_key()?);
        Ok(keys)
    }

    /// As [`KeySources::read`], but for the RSA test key, which takes longer to read than all the rest and
    /// which only a token needs.
    ///
    /// # Errors
    /// As [`KeySources::read`].
    pub fn read_without_rsa(&self) -> Result<Keys, Failure> {
        self.read_with(WebhookSecrets::named_secrets_of, Opening::clone)
    }

    /// As [`KeySources::read`], where a webhook may have been removed since, and nothing is said of
    /// secrets that are missing.
    ///
    /// # Errors
    /// As [`KeySources::read`].
    pub fn read_again(&self) -> Result<Keys, Failure> {
        let mut keys = self.read_with(WebhookSecrets::named_secrets_left, |opening| {
            // A store of its own: one that hung is asked anew.
            Opening { reporter: Arc::new(Silent), ..opening.clone() }
        })?;
        keys.public_keys.extend(self.test_rsa_key()?);
        Ok(keys)
    }

    fn test_rsa_key(&self) -> Result<Option<NamedPublicKey>, Failure> {
        match &self.kept {
            Kept::Profile(_, identity) => identity.existing_rsa_public_key(),
            Kept::Nothing | Kept::Webhooks(..) => Ok(None),
        }
    }

    fn read_with(
        &self,
        secrets_of: impl Fn(&WebhookSecrets, &str) -> Result<Vec<NamedSecret>, Failure>,
        opening: impl Fn(&Opening) -> Opening,
    ) -> Result<Keys, Failure> {
        let mut keys = self.given.clone();
        match &self.kept {
            Kept::Nothing => {}
            Kept::Webhooks(with, webhooks) => {
                let secrets = WebhookSecrets::new(opening(with));
                for webhook in webhooks {
                    keys.secrets.extend(secrets_of(&secrets, webhook)?);
                }
            }
            Kept::Profile(with, identity) => {
                keys.secrets.push(identity.secret()?);
                keys.secrets.extend(WebhookSecrets::new(opening(with)).signing_secrets()?);
                keys.public_keys.push(identity.ed25519_public_key()?);
            }
        }
        Ok(keys)
    }
}

/// Files are replaced whole, so that a change shows in the time, the length, or the file itself.
pub(crate) fn state_of(path: &Path) -> Option<FileState> {
    let metadata = fs::metadata(path).ok()?;
    #[cfg(unix)]
    let file = std::os::unix::fs::MetadataExt::ino(&metadata);
    #[cfg(not(unix))]
    let file = 0;
    Some((metadata.modified().ok()?, metadata.len(), file))
}

/// Says nothing: the keys that result are reported instead.
struct Silent;

impl Reporter for Silent {
    fn warn(&self, _text: &str) {}

    fn reveal(&self, _why: &str, _webhook_id: &str, _secret: &str) {}
}
