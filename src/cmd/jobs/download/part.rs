//! A file on its way to disk: what has arrived of it, until it is whole and gets its name.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::error::Failure;
use crate::files::{self, Existing, Lock};
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
        let mut options = OpenOptions::new();
        let file = options.read(true).write(true).create(true).truncate(false).open(&path);
        let mut file = file.map_err(|error| not_written(&path, error))?;
        let copy = file.try_clone().map_err(|error| not_written(&path, error))?;
        let lock = match Lock::on(copy) {
            Ok(lock) => Some(lock),
            Err(TryLockError::WouldBlock) => {
                return Err(Failure::configuration(format!(
                    "another gwh is downloading into {}",
                    path.display()
                ))
                .hint("name another file with --output, or wait for it"));
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
        // An open file cannot be renamed on every system.
        drop((self.file, self.lock));
        files::name_result(&self.path, path, existing).map_err(|error| not_written(path, error))
    }

    /// Leaves nothing behind.
    pub(super) fn discard(self) {
        drop((self.file, self.lock));
        // An empty part that stays is of no use and does no harm.
        let _ = std::fs::remove_file(&self.path);
    }

    fn done<T>(&mut self, work: impl FnOnce(&mut File) -> io::Result<T>) -> Result<T, Failure> {
        work(&mut self.file).map_err(|error| not_written(&self.path, error))
    }
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
