//! The file that keeps webhooks, and their secrets, from one run of the emulator to the next.
//!
//! It is replaced whole, by a rename, so that a crash leaves the old one or the new one. Deliveries
//! that are under way are not kept. One emulator at a time uses a file: a second one is refused by the
//! lock on the file beside it.

use std::fs::{self, File, TryLockError};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::registry::Registry;
use super::resource::{SigningSecret, State, Webhook};
use crate::error::Failure;
use crate::files::{self, Durability, Lock};
use crate::signature::Secret;

/// The form that this version writes and reads.
const VERSION: u32 = 1;

/// A state file that this process holds.
pub struct StateFile {
    path: PathBuf,
    /// Held as long as the emulator runs; the operating system lets go of it at the end, however that comes.
    _lock: Lock,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document<'a> {
    version: u32,
    #[serde(borrow)]
    webhooks: Vec<Record<'a>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Record<'a> {
    id: String,
    sequence: u64,
    name: Option<String>,
    uri: String,
    subscribed_events: Vec<String>,
    state: State,
    failures: u32,
    #[serde(borrow)]
    secrets: Vec<SecretRecord<'a>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SecretRecord<'a> {
    secret: &'a str,
    expires_at: Option<i64>,
}

impl StateFile {
    /// Takes hold of the file at `path`, and reads it where it exists.
    ///
    /// # Errors
    /// Kind `Configuration` where another emulator holds it, or where it cannot be read or is damaged.
    pub fn open(path: PathBuf) -> Result<(Self, Registry), Failure> {
        if path.is_dir() || files::is_stream(&path) {
            return Err(Failure::configuration(format!(
                "the state file {} is no file that can be replaced",
                path.display()
            ))
            .hint("give --state the name of a file, which is made where there is none"));
        }
        // What a link leads to is replaced, and not the link.
        let path = path.canonicalize().unwrap_or(path);
        let lock = lock(&path)?;
        let shown = path.display();
        let registry = match fs::read(&path).map(Zeroizing::new) {
            Ok(bytes) => read(&bytes).map_err(|place| {
                Failure::configuration(format!("the state file {shown} is damaged{place}"))
                    .hint("move the file away to start without webhooks")
            })?,
            Err(error) if error.kind() == ErrorKind::NotFound => Registry::default(),
            Err(error) => {
                return Err(
                    Failure::configuration(format!("cannot read the state file {shown}")).because(error)
                );
            }
        };
        let file = StateFile { path, _lock: lock };
        // What cannot be written is found out now, not when the first webhook has been made.
        file.save(&registry).map_err(|error| {
            Failure::configuration(format!("cannot write the state file {}", file.path.display()))
                .because(error)
                .hint("give --state a file in a folder that you can write to")
        })?;
        Ok((file, registry))
    }

    /// Replaces the file; only its owner may read it.
    ///
    /// # Errors
    /// What the file system says.
    pub fn save(&self, registry: &Registry) -> io::Result<()> {
        let document = Document { version: VERSION, webhooks: registry.all().iter().map(record).collect() };
        let bytes = Zeroizing::new(serde_json::to_vec_pretty(&document).map_err(io::Error::other)?);
        files::replace(&self.path, &bytes, Durability::OnDisk)
    }
}

/// The lock cannot be on the file itself, which every change replaces.
fn lock(path: &Path) -> Result<Lock, Failure> {
    let mut name = path.as_os_str().to_owned();
    name.push(".lock");
    let name = PathBuf::from(name);
    let failed = |error: io::Error| {
        Failure::configuration(format!("cannot lock the state file {}", path.display())).because(error)
    };
    let file = File::options().create(true).append(true).open(&name).map_err(failed)?;
    Lock::on(file).map_err(|error| match error {
        TryLockError::WouldBlock => {
            Failure::configuration(format!("another emulator uses the state file {}", path.display()))
                .hint("give --state another file, or leave it out")
        }
        TryLockError::Error(error) => failed(error),
    })
}

fn record(webhook: &Webhook) -> Record<'_> {
    let secrets = webhook.secrets.iter();
    Record {
        id: webhook.id.clone(),
        sequence: webhook.sequence,
        name: webhook.name.clone(),
        uri: webhook.uri.clone(),
        subscribed_events: webhook.subscribed_events.clone(),
        state: webhook.state,
        failures: webhook.failures,
        secrets: secrets
            .map(|secret| SecretRecord { secret: secret.secret.expose(), expires_at: secret.expires_at })
            .collect(),
    }
}

/// Reads a document, or says where it is damaged. What is there is not quoted: it may be a secret.
fn read(bytes: &[u8]) -> Result<Registry, String> {
    let document: Document<'_> = serde_json::from_slice(bytes)
        .map_err(|error| format!(" at line {} column {}", error.line(), error.column()))?;
    if document.version != VERSION {
        return Err(format!(": its version is {} and this gwh reads {VERSION}", document.version));
    }
    let mut webhooks: Vec<Webhook> = document.webhooks.into_iter().map(webhook).collect::<Result<_, _>>()?;
    webhooks.sort_by_key(|webhook| webhook.sequence);
    Ok(Registry::of(webhooks))
}

fn webhook(record: Record<'_>) -> Result<Webhook, String> {
    let secret = |stored: SecretRecord<'_>| {
        let secret = Secret::parse(stored.secret)
            .map_err(|_| format!(": the webhook {} has a secret that is none", record.id))?;
        Ok::<_, String>(SigningSecret { secret, expires_at: stored.expires_at })
    };
    Ok(Webhook {
        secrets: record.secrets.into_iter().map(secret).collect::<Result<_, _>>()?,
        id: record.id,
        sequence: record.sequence,
        name: record.name,
        uri: record.uri,
        subscribed_events: record.subscribed_events,
        state: record.state,
        failures: record.failures,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emulator::params::Create;
    use crate::random::SeededRandom;

    fn registry() -> Registry {
        let mut registry = Registry::default();
        let create = Create {
            name: None,
            uri: "https://x.example/".to_owned(),
            subscribed_events: vec!["batch.succeeded".to_owned()],
        };
        registry.create(create, &SeededRandom::new(1));
        registry
    }

    #[test]
    fn what_is_saved_is_read_again_and_only_its_owner_may() {
        let folder = tempfile::tempdir().expect("a scratch folder");
        let path = folder.path().join("state.json");
        let (file, empty) = StateFile::open(path.clone()).expect("opens");
        assert!(empty.all().is_empty());
        let kept = registry();
        file.save(&kept).expect("writes");
        drop(file);
        let (_file, again) = StateFile::open(path.clone()).expect("opens");
        assert_eq!(again.all()[0].id, kept.all()[0].id);
        assert_eq!(again.all()[0].secrets[0].secret.expose(), kept.all()[0].secrets[0].secret.expose());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&path).expect("exists").permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn a_second_emulator_is_refused() {
        let folder = tempfile::tempdir().expect("a scratch folder");
        let path = folder.path().join("state.json");
        let _first = StateFile::open(path.clone()).expect("opens");
        let failure = StateFile::open(path).err().expect("refused");
        assert!(failure.to_string().contains("another emulator"), "{failure}");
    }

    #[test]
    fn a_damaged_file_is_named_and_not_quoted() {
        let folder = tempfile::tempdir().expect("a scratch folder");
        let path = folder.path().join("state.json");
        for text in [r#"{"version":1,"webhooks":["whsec_planted"]}"#, "{", r#"{"version":9,"webhooks":[]}"#] {
            fs::write(&path, text).expect("writes");
            let failure = StateFile::open(path.clone()).err().expect("refused");
            assert!(failure.to_string().contains("state.json is damaged"), "{failure}");
            assert!(!failure.to_string().contains("planted"), "{failure}");
            assert_eq!(fs::read_to_string(&path).expect("is still there"), text, "is left as it was");
        }
    }
}
