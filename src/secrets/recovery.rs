//! The way out when a secret that is shown once cannot be stored: a file that only the user may read,
//! and, where even that fails, stderr. It is never lost.

use std::ffi::OsStr;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::entry::{Entry, WebhookRef};
use super::store::{Backend, StoreError};
use super::webhooks::WebhookSecrets;
use crate::error::Failure;
use crate::files;
use crate::sanitize;
use crate::signature::Secret;

/// Where a secret ended up.
#[derive(Debug)]
pub enum Kept {
    /// In the store, as it should be.
    Stored(Backend),
    /// In a file of mode 0600, because the store failed.
    RecoveryFile {
        /// The file.
        path: PathBuf,
        /// Why the store failed.
        problem: StoreError,
    },
    /// Shown on stderr, because the store failed and no file could be written.
    Shown {
        /// Why the store failed.
        problem: StoreError,
    },
}

impl Kept {
    /// What is to be reported where the secret is not in the store; kind `Configuration`.
    pub fn into_failure(self, webhook: &WebhookRef) -> Option<Failure> {
        let name = &webhook.name;
        match self {
            Kept::Stored(_) => None,
            Kept::RecoveryFile { path, problem } => {
                let path = path.display();
                let hints = problem.hints();
                let failure = Failure::configuration(format!(
                    "the new secret of webhook {name} is saved in {path}, because it could not be stored"
                ));
                let failure = failure.because(problem).hint(format!(
                    "once the store works, run gwh secrets import '{path}', which then deletes the file"
                ));
                Some(hints.into_iter().fold(failure, Failure::hint))
            }
            Kept::Shown { problem } => {
                let hints = problem.hints();
                let failure = Failure::configuration(format!(
                    "the new secret of webhook {name} could not be stored and was shown once, above"
                ));
                let failure = failure.because(problem).hint(format!(
                    "run gwh secrets set {} and paste it, or gwh webhooks rotate-secret to get another",
                    webhook.id
                ));
                Some(hints.into_iter().fold(failure, Failure::hint))
            }
        }
    }
}

/// What a recovery file says besides the entry: when the secrets end that were there before.
#[derive(Serialize, Deserialize)]
struct Rotation {
    #[serde(default)]
    previous_expires_at: Option<Timestamp>,
}

impl WebhookSecrets {
    /// Stores a secret that the API has just answered and will not answer again, as
    /// [`WebhookSecrets::rotate`] does. Where that fails, it is written to a recovery file, and where that
    /// fails too, shown once on stderr.
    pub fn keep_or_reveal(
        &self,
        webhook: &WebhookRef,
        secret: &Secret,
        previous_expires: Option<Timestamp>,
    ) -> Kept {
        let problem = match self.rotate(webhook, secret, previous_expires) {
            Ok(backend) => return Kept::Stored(backend),
            Err(problem) => problem,
        };
        let text = self.recovery_text(webhook, secret, previous_expires);
        let places = [self.recovery_folder(), self.directory.clone()];
        for folder in places {
            if let Some(path) = write_new(&folder, &webhook.name, text.as_bytes()) {
                return Kept::RecoveryFile { path, problem };
            }
        }
        let name = sanitize::text(&webhook.name);
        self.reporter.reveal(
            &format!("the secret of webhook {name} could not be saved anywhere. Copy it now, it is not shown again:"),
            &webhook.id,
            secret.expose(),
        );
        Kept::Shown { problem }
    }

    /// The folder that recovery files are written to first.
    pub fn recovery_folder(&self) -> PathBuf {
        self.folder.join("recovery")
    }

    /// The recovery files that wait to be imported.
    pub fn recovery_files(&self) -> Vec<PathBuf> {
        let files = std::fs::read_dir(self.recovery_folder()).into_iter().flatten().flatten();
        let mut paths: Vec<PathBuf> = files.map(|file| file.path()).collect();
        paths.sort();
        paths
    }

    /// Stores what a recovery file, or a file of the file store, holds. Answers which webhook's it is.
    ///
    /// # Errors
    /// [`StoreError`] where it is damaged, called `name`, or cannot be stored.
    pub fn import(&self, text: &str, name: &str) -> Result<(WebhookRef, Backend), StoreError> {
        let imported = Entry::read(text, name)?;
        if imported.secrets.is_empty() {
            return Err(StoreError::Damaged(name.to_owned()));
        }
        let rotation: Option<Rotation> = serde_json::from_str(text).ok();
        let now = self.clock.now();
        let previous_end = rotation.and_then(|rotation| rotation.previous_expires_at).unwrap_or(now);
        let backend = self.change(&imported.webhook, |entry| entry.merge(&imported, now, previous_end))?;
        Ok((imported.webhook, backend))
    }

    fn recovery_text(
        &self,
        webhook: &WebhookRef,
        secret: &Secret,
        previous_expires: Option<Timestamp>,
    ) -> Zeroizing<String> {
        let mut entry = Entry::new(webhook.clone());
        let now = self.clock.now();
        entry.put(secret, now, now);
        let mut text = entry.write();
        if let Some(end) = previous_expires {
            // The entry's object is opened again to say one thing more.
            text.pop();
            text.push_str(&format!(",\"previous_expires_at\":\"{end}\"}}"));
        }
        text.push('\n');
        text
    }
}

/// How the names of recovery files begin and end.
const PREFIX: &str = "gwh-recovery-";
const SUFFIX: &str = ".json";

/// Whether a file is called as recovery files are, which may also be in the folder that a command ran in.
pub(super) fn is_name_of_file(path: &Path) -> bool {
    let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
    name.starts_with(PREFIX) && name.ends_with(SUFFIX)
}

/// Writes a file of a name that is not taken; a file from before may be the only copy of another secret.
fn write_new(folder: &Path, webhook: &str, bytes: &[u8]) -> Option<PathBuf> {
    let plain: String = webhook
        .chars()
        .take(60)
        .map(
            |character| {
                if character.is_ascii_alphanumeric() || "-_".contains(character) { character } else { '_' }
            },
        )
        .collect();
    for number in 0..100 {
        let name = match number {
            0 => format!("{PREFIX}{plain}{SUFFIX}"),
            _ => format!("{PREFIX}{plain}-{number}{SUFFIX}"),
        };
        match files::create(folder, &name, bytes) {
            Ok(()) => return Some(folder.join(name)),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            Err(_) => return None,
        }
    }
    None
}
