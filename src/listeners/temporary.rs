//! Webhooks that live as long as the `gwh listen` that made them. A mark is made before such a webhook is, so that
//! one whose process was killed is found by its name.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::files::{self, Lock};

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

/// The mark of a webhook of this process. Dropping it leaves the mark, as being killed does.
#[derive(Debug)]
pub struct Mark {
    path: PathBuf,
    /// Held for as long as the process lives, which is how others see that it does.
    lock: Lock,
}

impl Mark {
    /// Marks a webhook that is about to be made, in the profile's `folder`.
    ///
    /// # Errors
    /// What the operating system says, where the mark cannot be written.
    pub fn leave(folder: &Path, temporary: &Temporary) -> io::Result<Self> {
        let (folder, name) = (folder.join(FOLDER), format!("{}.json", temporary.name));
        let text = serde_json::to_string(temporary).expect("a struct of text serialises");
        let lock = files::create_locked(&folder, &name, text.as_bytes())?;
        Ok(Mark { path: folder.join(name), lock })
    }

    /// The webhook is gone.
    pub fn remove(self) {
        drop(self.lock);
        // A mark that stays only leads to a look at the API.
        let _ = files::remove(&self.path);
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
        let entries = fs::read_dir(folder.join(FOLDER)).into_iter().flatten().flatten();
        let paths = entries.map(|entry| entry.path());
        let marks = paths.filter(|path| path.extension().is_some_and(|extension| extension == "json"));
        let mut all: Vec<LeftBehind> = marks.filter_map(LeftBehind::read).collect();
        all.sort_by(|left, right| left.path.cmp(&right.path));
        all
    }

    fn read(path: PathBuf) -> Option<LeftBehind> {
        if files::is_held(&path).ok()? {
            return None;
        }
        let temporary = serde_json::from_str(&files::read(&path).ok()??).ok()?;
        Some(LeftBehind { temporary, path })
    }

    /// The webhook is gone.
    pub fn forget(self) {
        // Another command may have been faster.
        let _ = files::remove(&self.path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_webhook_is_left_behind_once_its_process_is_gone() {
        let folder = tempfile::tempdir().expect("a scratch folder");
        let left = || LeftBehind::all(folder.path()).into_iter().map(|left| left.temporary.name);
        let named = |name: &str| Temporary { name: name.to_owned(), api: "https://api.example/".to_owned() };
        let (first, second) = (named("first"), named("second"));
        let mark = Mark::leave(folder.path(), &first).expect("is written");
        let other = Mark::leave(folder.path(), &second).expect("is written");
        assert_eq!(left().count(), 0, "both are held");
        drop(mark);
        assert_eq!(left().collect::<Vec<_>>(), ["first"]);
        other.remove();
        LeftBehind::all(folder.path()).into_iter().for_each(LeftBehind::forget);
        assert_eq!(left().count(), 0);
    }
}
