//! Marks: files that tell what a process is about while it lives, and what was left where it was killed.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::{Durability, Lock, create_folder, is_held, read, remove, sync_folder, write_aside};

/// The ending of their names. One that is being written has another.
const EXTENSION: &str = "json";

/// A mark of this process. Dropping it leaves the file behind, as being killed does.
#[derive(Debug)]
pub struct Mark {
    path: PathBuf,
    /// Held for as long as the process lives, which is how others see that it does.
    lock: Lock,
}

impl Mark {
    /// Makes the mark `name` of this text in `folder`. It is locked before anybody can find it, and on the disk when
    /// this answers.
    ///
    /// # Errors
    /// What the operating system says; `AlreadyExists` where there is one of that name.
    pub fn leave(folder: &Path, name: &str, text: &str) -> io::Result<Self> {
        create_folder(folder)?;
        let file = write_aside(folder, text.as_bytes(), Durability::OnDisk)?;
        let lock = Lock::on(file.as_file().try_clone()?)?;
        let path = folder.join(format!("{name}.{EXTENSION}"));
        file.persist_noclobber(&path).map_err(|failed| failed.error)?;
        sync_folder(folder).inspect_err(|_| {
            // Whoever is told that there is no file must not find one later.
            let _ = fs::remove_file(&path);
        })?;
        Ok(Mark { path, lock })
    }

    /// What it told of is over.
    pub fn remove(self) {
        drop(self.lock);
        // A mark that stays says that there may be something left to do, which is found not to be so.
        let _ = remove(&self.path);
    }

    /// The marks in `folder`, of processes that live and of others, in the order of their names.
    pub fn all(folder: &Path) -> Vec<PathBuf> {
        let files = fs::read_dir(folder).into_iter().flatten().flatten();
        let is_mark = |path: &PathBuf| path.extension().is_some_and(|extension| extension == EXTENSION);
        let mut all: Vec<PathBuf> = files.map(|file| file.path()).filter(is_mark).collect();
        all.sort();
        all
    }

    /// What the mark at `path` says, where its process is gone and it can be read.
    pub fn left_behind(path: &Path) -> Option<Zeroizing<String>> {
        if is_held(path).ok()? {
            return None;
        }
        read(path).ok()?
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mark_tells_of_a_process_that_is_gone() {
        let folder = tempfile::tempdir().expect("a scratch folder");
        let left = || -> Vec<String> {
            let texts = Mark::all(folder.path()).into_iter().filter_map(|path| Mark::left_behind(&path));
            texts.map(|text| text.to_string()).collect()
        };
        let first = Mark::leave(folder.path(), "first", "1").expect("is written");
        let second = Mark::leave(folder.path(), "second", "2").expect("is written");
        let again = Mark::leave(folder.path(), "second", "3").expect_err("there is one");
        assert_eq!(again.kind(), io::ErrorKind::AlreadyExists);
        assert_eq!((left().len(), Mark::all(folder.path()).len()), (0, 2), "both are held");
        drop(first);
        assert_eq!(left(), ["1"]);
        second.remove();
        assert_eq!(Mark::all(folder.path()), [folder.path().join("first.json")]);
    }
}
