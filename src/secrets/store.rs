//! The seam between webhooks' secrets and whatever keeps them, and why keeping can fail.

use std::fmt;
use std::io::ErrorKind;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::error::Failure;
use crate::files::FileError;
use crate::units;

/// What keeps a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Backend {
    /// The operating system's keyring: Secret Service, Keychain or Credential Manager.
    Keyring,
    /// Files that only the user may read.
    File,
    /// The environment variable `WEBHOOK_SIGNING_SECRET`; it can only be read.
    Environment,
}

impl Backend {
    /// The name in flags, files and output.
    pub const fn name(self) -> &'static str {
        match self {
            Backend::Keyring => "keyring",
            Backend::File => "file",
            Backend::Environment => "environment",
        }
    }

    /// Reads a choice between the stores that can be written.
    ///
    /// # Errors
    /// A phrase that says what was expected.
    pub fn parse_choice(text: &str) -> Result<Backend, String> {
        match text {
            "keyring" => Ok(Backend::Keyring),
            "file" => Ok(Backend::File),
            _ => Err("expected keyring or file".to_owned()),
        }
    }
}

impl fmt::Display for Backend {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Backend::Keyring => "the keyring",
            Backend::File => "the file store",
            Backend::Environment => "the environment",
        })
    }
}

/// Keeps texts under keys. Calls may block; whoever needs a deadline puts one around them.
pub trait SecretStore: Send + Sync {
    /// What this is.
    fn backend(&self) -> Backend;

    /// The text under `key`, or nothing.
    ///
    /// # Errors
    /// [`StoreError`] where that cannot be told.
    fn get(&self, key: &str) -> Result<Option<Zeroizing<String>>, StoreError>;

    /// Keeps `text` under `key` in place of what was there: all of it or nothing.
    ///
    /// # Errors
    /// [`StoreError`] where the store does not hold it afterwards.
    fn set(&self, key: &str, text: &str) -> Result<(), StoreError>;

    /// Forgets what is under `key`, if there is anything.
    ///
    /// # Errors
    /// [`StoreError`] where it may still be there.
    fn delete(&self, key: &str) -> Result<(), StoreError>;
}

/// Why a store did not do what it was asked. Never holds a secret.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// There is no keyring on this machine, or nothing that could reach one.
    #[error("there is no keyring here: {0}")]
    Unavailable(String),
    /// There is one, and it is locked.
    #[error("the keyring is locked, and nobody unlocked it")]
    Locked,
    /// It did not answer in time: it hangs, or waits for somebody to answer a prompt.
    #[error("the keyring did not answer within {}", units::human_duration(.0.as_secs().max(1)))]
    TimedOut(Duration),
    /// Somebody said no when asked to let `gwh` in.
    #[error("access to the keyring was denied")]
    Denied,
    /// The service runs but has no collection to keep anything in.
    #[error("the keyring has no collection to keep secrets in")]
    NoStorage,
    /// The keyring answered with an error of its own.
    #[error("the keyring failed: {0}")]
    Failed(String),
    /// What was written is not what was read back.
    #[error("{0} does not give back what it is given")]
    Forgetful(Backend),
    /// A file of the store cannot be used.
    #[error(transparent)]
    File(#[from] FileError),
    /// What is there is not what was written.
    #[error("{0} is damaged")]
    Damaged(String),
    /// What is kept there cannot be reached, so it cannot be carried over.
    #[error("the webhook's secrets so far are in {backend}")]
    Elsewhere {
        /// Where they are.
        backend: Backend,
        /// Why they cannot be read.
        source: Box<StoreError>,
    },
}

impl StoreError {
    /// What the user can run next, most useful first.
    pub fn hints(&self) -> Vec<String> {
        let use_file =
            "or keep secrets in files that only you can read: --secret-store file, or GWH_SECRET_STORE=file";
        let doctor = "run gwh secrets doctor to see what is the matter";
        let hints: Vec<String> = match self {
            StoreError::Unavailable(_) | StoreError::NoStorage | StoreError::Failed(_) => {
                vec![doctor.into(), use_file.into()]
            }
            StoreError::Locked => {
                vec![
                    "unlock the keyring (log in to the desktop) and run the command again".into(),
                    use_file.into(),
                    doctor.into(),
                ]
            }
            StoreError::Denied => {
                vec!["run the command again and let gwh in".into(), use_file.into(), doctor.into()]
            }
            StoreError::TimedOut(_) => vec![
                "if it waits for a prompt, give it longer: GWH_KEYRING_TIMEOUT=60s".into(),
                use_file.into(),
                doctor.into(),
            ],
            StoreError::Forgetful(_) => vec![use_file.into(), doctor.into()],
            StoreError::File(FileError::Io { error, .. }) if error.kind() == ErrorKind::StorageFull => {
                vec!["make room, or set GWH_DATA_DIR to a folder on another disk".into()]
            }
            StoreError::File(FileError::Io { .. }) => {
                vec![doctor.into(), "set GWH_DATA_DIR to a folder that you can write to".into()]
            }
            StoreError::File(FileError::Exposed { path, .. }) => vec![
                format!("run chmod go-rwx {}", quoted(path)),
                "somebody may have read the secret: consider gwh webhooks rotate-secret".into(),
            ],
            StoreError::File(FileError::Foreign(_)) => {
                vec!["run gwh as the user whom the file belongs to".into(), doctor.into()]
            }
            StoreError::Damaged(_) | StoreError::File(FileError::Damaged(_)) => vec![doctor.into()],
            StoreError::File(FileError::Busy(_)) => {
                vec!["wait for the other gwh to end and run the command again".into()]
            }
            StoreError::Elsewhere { backend, source } => {
                let mut hints =
                    vec![format!("leave --secret-store and GWH_SECRET_STORE out to keep using {backend}")];
                hints.extend(source.hints());
                hints
            }
        };
        hints
    }
}

fn quoted(path: &std::path::Path) -> String {
    format!("'{}'", path.display())
}

impl From<StoreError> for Failure {
    /// Trouble with a store is a matter of configuration, with what to do about it.
    fn from(error: StoreError) -> Self {
        let hints = error.hints();
        let failure = Failure::configuration("cannot use the secret store").because(error);
        hints.into_iter().fold(failure, Failure::hint)
    }
}
