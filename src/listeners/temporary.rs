//! Webhooks that live as long as the `gwh listen` that made them. A mark is made before such a webhook is, so that
//! one whose process was killed is found by its name.

use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::files::{self, Mark};

/// The folder in the profile's.
const FOLDER: &str = "temporary-webhooks";

/// What a mark says: nothing secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Temporary {
    /// The webhook's name, which no other has.
    pub name: String,
    /// The base URL of the API that has it.
    pub api: String,
}

impl Temporary {
    /// Marks a webhook that is about to be made, in the profile's `folder`.
    ///
    /// # Errors
    /// What the operating system says, where the mark cannot be written.
    pub fn mark(&self, folder: &Path) -> io::Result<Mark> {
        let text = serde_json::to_string(self).expect("a struct of text serialises");
        Mark::leave(&folder.join(FOLDER), &self.name, &text)
    }
}

/// A webhook whose process is no more.
#[derive(Debug)]
pub struct LeftBehind {
    /// What its mark says.
    pub temporary: Temporary,
    path: PathBuf,
}

impl LeftBehind {
    /// All in the profile's `folder`. A mark that cannot be read is passed over.
    pub fn all(folder: &Path) -> Vec<LeftBehind> {
        let read = |path: PathBuf| {
            let temporary = serde_json::from_str(&Mark::left_behind(&path)?).ok()?;
            Some(LeftBehind { temporary, path })
        };
        Mark::all(&folder.join(FOLDER)).into_iter().filter_map(read).collect()
    }

    /// The webhook is gone.
    pub fn forget(self) {
        // Another command may have been faster.
        let _ = files::remove(&self.path);
    }
}
