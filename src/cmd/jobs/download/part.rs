//! A file on its way to disk: what has arrived of it, until it is whole and gets its name.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::error::Failure;
use crate::files::{self, Existing, Identity, Lock};
use crate::gemini::FileName;

/// What has arrived of a file. It is kept when the process ends before the file is whole.
pub(super) struct Part {
    file: File,
    lock: Option<Lock>,
    path: PathBuf,
    length: u64,
}

impl Part {
    /// The part beside `path` of an earlier run, or a new one. Its name holds that of the file in the API, so that
    /// the parts of two files are never put together.
    ///
    /// # Errors
    /// Kind `Configuration` where it cannot be written, or another process is at it.
    pub(super) fn open(path: &Path, source: &FileName) -> Result<Self, Failure> {
        let mut name = path.file_name().unwrap_or_default().to_owned();
        name.push(format!(".{}.part", source.id()));
        let path = path.with_file_name(name);
        // Whoever can write into the folder could have put a link there that leads to another file.
        if path.symlink_metadata().is_ok_and(|found| !found.is_file()) {
            let failure = Failure::configuration(format!("{} is no file to go on with", path.display()));
            return Err(failure.hint("move it away, or name another file with --output"));
        }
        let mut options = OpenOptions::new();
        let file = options.read(true).write(true).create(true).truncate(false).open(&path);
        let mut file = file.map_err(|error| not_written(&path, error))?;
        let copy = file.try_clone().map_err(|error| not_written(&path, error))?;
        let lock = match Lock::on(copy) {
            Ok(lock) if is_at(&file, &path) => Some(lock),
            // Whoever held the lock until now has given the file its name, or thrown it away.
            Ok(_) | Err(TryLockError::WouldBlock) => {
                let taken = format!("another gwh is downloading into {}", path.display());
                return Err(
                    Failure::configuration(taken).hint("name another file with --output, or wait for it")
                );
            }
            // A file system without locks still takes files.
            Err(TryLockError::Error(_)) => None,
        };
        let length = file.seek(SeekFrom::End(0)).map_err(|error| not_written(&path, error))?;
        Ok(Part { file, lock, path, length })
    }

    /// How many bytes have arrived.
    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// Forgets what has arrived.
    ///
    /// # Errors
    /// As [`Part::open`].
    pub(super) fn clear(&mut self) -> Result<(), Failure> {
        self.length = 0;
        self.done(|file| file.set_len(0).and_then(|()| file.rewind()))
    }

    /// Adds bytes at the end.
    ///
    /// # Errors
    /// As [`Part::open`].
    pub(super) fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        self.done(|file| file.write_all(bytes))?;
        self.length += bytes.len() as u64;
        Ok(())
    }

    /// Adds what has arrived to a hash.
    ///
    /// # Errors
    /// As [`Part::open`].
    pub(super) fn hash_into(&mut self, hash: &mut Sha256) -> Result<(), Failure> {
        self.done(|file| {
            file.rewind()?;
            let mut buffer = vec![0; 64 * 1024];
            loop {
                match file.read(&mut buffer)? {
                    0 => return Ok(()),
                    read => hash.update(&buffer[..read]),
                }
            }
        })
    }

    /// Gives the whole file its name.
    ///
    /// # Errors
    /// As [`Part::open`]; kind `Usage` where a file that is to stay is in the way.
    pub(super) fn finish(self, path: &Path, existing: Existing) -> Result<(), Failure> {
        self.file.sync_all().map_err(|error| not_written(&self.path, error))?;
        // The lock is held until the name is given, where an open file can be renamed.
        let held = Some((self.file, self.lock)).filter(|_| cfg!(unix));
        let result = files::name_result(&self.path, path, existing).map_err(|error| not_written(path, error));
        drop(held);
        result
    }

    /// Leaves nothing behind.
    pub(super) fn discard(self) {
        let held = Some((self.file, self.lock)).filter(|_| cfg!(unix));
        // An empty part that stays is of no use and does no harm.
        let _ = std::fs::remove_file(&self.path);
        drop(held);
    }

    fn done<T>(&mut self, work: impl FnOnce(&mut File) -> io::Result<T>) -> Result<T, Failure> {
        work(&mut self.file).map_err(|error| not_written(&self.path, error))
    }
}

/// Whether an open file is still the one at `path`.
fn is_at(file: &File, path: &Path) -> bool {
    let (Ok(open), Ok(there)) = (file.metadata(), Identity::at(path)) else { return false };
    Identity::of(&open) == there
}

/// Writes a file that is at hand as a whole.
///
/// # Errors
/// As [`Part::finish`].
pub(super) fn write_whole(path: &Path, text: &str, existing: Existing) -> Result<(), Failure> {
    files::write_result(path, text.as_bytes(), existing).map_err(|error| not_written(path, error))
}

/// The refusal to write where a file is.
pub(super) fn is_there(path: &Path) -> Failure {
    Failure::usage(format!("{} is there already", path.display()))
        .hint("add --force to replace it, or name another file with --output")
}

fn not_written(path: &Path, error: io::Error) -> Failure {
    if error.kind() == io::ErrorKind::AlreadyExists {
        return is_there(path);
    }
    Failure::configuration(format!("cannot write {}", path.display())).because(error)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_another_process_has_named_is_not_taken_for_the_part() {
        let folder = tempfile::tempdir().expect("a scratch folder");
        let (part, whole) = (folder.path().join("r.part"), folder.path().join("r"));
        let file = File::create(&part).expect("a file");
        assert!(is_at(&file, &part));
        std::fs::rename(&part, &whole).expect("is renamed");
        assert!(!is_at(&file, &part), "nothing is there");
        File::create(&part).expect("a file");
        assert!(!is_at(&file, &part), "another one is there");
    }

    #[test]
    fn a_part_belongs_to_one_until_it_has_its_name() {
        let folder = tempfile::tempdir().expect("a scratch folder");
        let (path, source) = (folder.path().join("r"), FileName::parse("files/a").expect("a name"));
        let mut part = Part::open(&path, &source).expect("opens");
        part.write(b"all").expect("writes");
        let refused = Part::open(&path, &source).err().expect("is refused");
        assert!(refused.to_string().contains("another gwh is downloading"), "{refused}");
        part.finish(&path, Existing::Kept).expect("is named");
        assert_eq!(Part::open(&path, &source).expect("opens").length(), 0);
        assert_eq!(std::fs::read(&path).expect("reads"), b"all");
    }
}
