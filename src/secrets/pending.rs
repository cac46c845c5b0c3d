//! The marks of calls that answer a secret once: made before such a call, taken away when its secret is
//! safe. One that is left tells of a process that was killed in between, and of what to do about it.

use std::fs::{self, File};
use std::path::PathBuf;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::entry::WebhookRef;
use super::private;
use super::store::StoreError;
use super::webhooks::WebhookSecrets;
use crate::error::Failure;

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
pub struct Pending {
    path: PathBuf,
    /// Held for as long as the process lives, which is how others see that it does.
    lock: File,
}

impl Pending {
    /// The call is over and nothing is left to be done about it: its secret is kept, or it failed for sure.
    pub fn finish(self) {
        drop(self.lock);
        // A mark that stays only leads to a needless hint.
        let _ = private::remove(&self.path);
    }
}

/// A call whose secret may have been lost.
#[derive(Debug, Clone)]
pub struct Unfinished {
    /// Which call.
    pub operation: Operation,
    /// For which webhook; a webhook that was being created has no id.
    pub webhook: WebhookRef,
    /// When it began.
    pub started_at: Timestamp,
    /// The mark.
    pub path: PathBuf,
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
struct Mark {
    operation: Operation,
    #[serde(flatten)]
    webhook: WebhookRef,
    started_at: Timestamp,
}

impl WebhookSecrets {
    /// Marks a call that is about to be made. The mark says nothing secret. For a webhook that is being
    /// created, the id is empty.
    ///
    /// # Errors
    /// Kind `Configuration` where the mark cannot be written.
    pub fn begin(&self, operation: Operation, webhook: &WebhookRef) -> Result<Pending, Failure> {
        let mut bytes = [0u8; 8];
        self.random.fill(&mut bytes);
        let folder = self.folder.join("pending");
        let name = format!("{:016x}.json", u64::from_be_bytes(bytes));
        let mark = Mark { operation, webhook: webhook.clone(), started_at: self.clock.now() };
        let text = serde_json::to_string(&mark).expect("text and times always serialise");
        let path = folder.join(&name);
        let lock = private::create_locked(&folder, &name, text.as_bytes())
            .map_err(|error| StoreError::io("write", &path, error))?;
        Ok(Pending { path, lock })
    }

    /// The calls that were begun and not finished by processes that are gone.
    pub fn unfinished(&self) -> Vec<Unfinished> {
        let files = fs::read_dir(self.folder.join("pending")).into_iter().flatten().flatten();
        let mut all: Vec<Unfinished> = files.filter_map(|file| unfinished(file.path())).collect();
        all.sort_by(|one, other| one.started_at.cmp(&other.started_at));
        all
    }

    /// A secret of this webhook is kept now, so no mark about it matters any more.
    pub(super) fn forget_unfinished(&self, webhook: &WebhookRef) {
        for mark in self.unfinished() {
            let is_about = match mark.operation {
                Operation::Create => mark.webhook.name == webhook.name,
                Operation::Rotate => mark.webhook.id == webhook.id,
            };
            if is_about {
                let _ = private::remove(&mark.path);
            }
        }
    }
}

fn unfinished(path: PathBuf) -> Option<Unfinished> {
    // A lock that can be taken belongs to nobody who is alive. A mark that is being written has another
    // suffix until it is complete.
    path.extension().filter(|extension| *extension == "json")?;
    let file = File::open(&path).ok()?;
    file.try_lock().ok()?;
    let Mark { operation, webhook, started_at } = serde_json::from_str(&private::read(&path).ok()??).ok()?;
    Some(Unfinished { operation, webhook, started_at, path })
}
