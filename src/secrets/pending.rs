//! The marks of calls that answer a secret once: made before such a call, taken away when its secret is
//! safe. One that is left tells of a process that was killed in between, and of what to do about it.

use std::io::ErrorKind;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::entry::{WebhookRef, whole_seconds};
use super::store::StoreError;
use super::webhooks::WebhookSecrets;
use crate::error::Failure;
use crate::files::{self, FileError, Mark};
use crate::hex;

/// How long another rotation of the same webhook may take: its call, and its store.
const ROTATION: Duration = Duration::from_secs(90);
const PAUSE: Duration = Duration::from_millis(20);

/// A call that answers a secret once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Operation {
    /// `webhooks create`.
    Create,
    /// `webhooks rotate-secret`.
    Rotate,
}

impl Operation {
    /// How it is called in messages.
    pub const fn name(self) -> &'static str {
        match self {
            Operation::Create => "create",
            Operation::Rotate => "rotate",
        }
    }
}

/// A call under way. Dropping it leaves the mark, as being killed does.
#[derive(Debug)]
pub struct Pending(Mark);

impl Pending {
    /// The call is over and nothing is left to be done about it: its secret is kept, or it failed for sure.
    pub fn finish(self) {
        self.0.remove();
    }
}

/// A call whose secret may have been lost; several of one kind for one webhook count as one.
#[derive(Debug, Clone)]
pub struct Unfinished {
    /// Which call.
    pub operation: Operation,
    /// For which webhook; a webhook that was being created has no id.
    pub webhook: WebhookRef,
    /// When the last one began.
    pub started_at: Timestamp,
    /// The marks.
    pub paths: Vec<PathBuf>,
}

impl Unfinished {
    /// What the user can run to be sure of the secret, in a sentence.
    pub fn remedy(&self) -> String {
        match self.operation {
            Operation::Create => format!(
                "run gwh webhooks list; where {} exists and this machine holds no secret of it, run gwh webhooks rotate-secret with its id",
                self.webhook.name
            ),
            Operation::Rotate => format!("run gwh webhooks rotate-secret {} once more", self.webhook.id),
        }
    }
}

#[derive(Serialize, Deserialize)]
struct Call {
    operation: Operation,
    #[serde(flatten)]
    webhook: WebhookRef,
    started_at: Timestamp,
}

impl Call {
    /// Whether both are of one kind and about one webhook. One that was being created has only a name.
    fn is_like(&self, operation: Operation, webhook: &WebhookRef) -> bool {
        let is_same = match operation {
            Operation::Create => self.webhook.name == webhook.name,
            Operation::Rotate => self.webhook.id == webhook.id,
        };
        self.operation == operation && is_same
    }
}

impl WebhookSecrets {
    /// Marks a call that is about to be made. The mark says nothing secret. For a webhook that is being
    /// created, the id is empty. A rotation waits for one of the same webhook that is under way: of two
    /// secrets, the one that was answered last has to be stored last.
    ///
    /// # Errors
    /// Kind `Configuration` where the mark cannot be written or another rotation does not end.
    pub fn begin(&self, operation: Operation, webhook: &WebhookRef) -> Result<Pending, Failure> {
        let start = Instant::now();
        loop {
            let lock = self.lock()?;
            let under_way = match operation {
                Operation::Create => None,
                Operation::Rotate => self.under_way(&prefix(operation, webhook)),
            };
            match under_way {
                None => return self.mark(operation, webhook),
                Some(path) if start.elapsed() > ROTATION => {
                    return Err(StoreError::from(FileError::Busy(path)).into());
                }
                Some(_) => {}
            }
            drop(lock);
            thread::sleep(PAUSE);
        }
    }

    fn mark(&self, operation: Operation, webhook: &WebhookRef) -> Result<Pending, Failure> {
        let started_at = whole_seconds(self.clock.now());
        let call = Call { operation, webhook: webhook.clone(), started_at };
        let text = serde_json::to_string(&call).expect("text and times always serialise");
        let folder = self.pending_folder();
        loop {
            let mut bytes = [0u8; 8];
            self.random.fill(&mut bytes);
            let name = format!("{}{:016x}", prefix(operation, webhook), u64::from_be_bytes(bytes));
            match Mark::leave(&folder, &name, &text) {
                Ok(mark) => return Ok(Pending(mark)),
                // A mark from before says something of its own and is never replaced.
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => {
                    return Err(StoreError::from(FileError::io("write", folder.join(name), error)).into());
                }
            }
        }
    }

    /// The mark whose name begins so and whose process lives, where there is one.
    fn under_way(&self, prefix: &str) -> Option<PathBuf> {
        let has_prefix = |path: &PathBuf| {
            path.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with(prefix))
        };
        let is_held = |path: &PathBuf| files::is_held(path).unwrap_or(false);
        Mark::all(&self.pending_folder()).into_iter().filter(has_prefix).find(is_held)
    }

    /// The calls that were begun and not finished by processes that are gone.
    pub fn unfinished(&self) -> Vec<Unfinished> {
        let mut all: Vec<Unfinished> = Vec::new();
        for (call, path) in self.abandoned() {
            match all.iter_mut().find(|known| call.is_like(known.operation, &known.webhook)) {
                Some(known) => {
                    known.started_at = call.started_at;
                    known.paths.push(path);
                }
                None => {
                    let Call { operation, webhook, started_at } = call;
                    all.push(Unfinished { operation, webhook, started_at, paths: vec![path] });
                }
            }
        }
        all
    }

    /// A secret of this webhook, which was answered at `answered_at`, is kept now, or the webhook was gone then: no
    /// mark of a call before that matters any more.
    pub fn forget_unfinished(&self, webhook: &WebhookRef, answered_at: Timestamp) {
        let is_about = |call: &Call| {
            call.is_like(Operation::Create, webhook) || call.is_like(Operation::Rotate, webhook)
        };
        for (call, path) in self.abandoned() {
            if is_about(&call) && call.started_at <= answered_at {
                // A mark that stays only leads to a needless hint.
                let _ = files::remove(&path);
            }
        }
    }

    /// The calls of processes that are gone, oldest first, and their marks.
    fn abandoned(&self) -> Vec<(Call, PathBuf)> {
        let read = |path: PathBuf| Some((serde_json::from_str(&Mark::left_behind(&path)?).ok()?, path));
        let marks = Mark::all(&self.pending_folder()).into_iter();
        let mut all: Vec<(Call, PathBuf)> = marks.filter_map(read).collect();
        all.sort_by_key(|(call, _)| call.started_at);
        all
    }

    pub(super) fn pending_folder(&self) -> PathBuf {
        self.folder.join("pending")
    }
}

/// How the names of a webhook's marks begin. A lock may keep others from reading the mark itself.
fn prefix(operation: Operation, webhook: &WebhookRef) -> String {
    let digest = Sha256::digest(webhook.id.as_bytes());
    format!("{}-{}-", operation.name(), hex::encode(&digest[..8]))
}
