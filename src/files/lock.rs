//! A lock that keeps two processes from changing the same files at once.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use super::{FileError, create_folder};

const PAUSE: Duration = Duration::from_millis(10);

/// A held lock. The operating system lets go of it when the process ends, however it ends.
#[derive(Debug)]
pub struct Lock(#[allow(dead_code)] File);

/// Takes the lock file `folder/name`, which is made where there is none.
///
/// # Errors
/// `Busy` where another process holds it for longer than `patience`, `Io` where it cannot be made.
pub fn take(folder: &Path, name: &str, patience: Duration) -> Result<Lock, FileError> {
    let path = folder.join(name);
    let failed = |error| FileError::io("lock", &path, error);
    create_folder(folder).map_err(failed)?;
    let file = open(&path).map_err(failed)?;
    let start = Instant::now();
    loop {
        // There is no waiting with a deadline in the operating system, so it is asked again and again.
        match file.try_lock() {
            Ok(()) => return Ok(Lock(file)),
            Err(TryLockError::WouldBlock) if start.elapsed() < patience => thread::sleep(PAUSE),
            Err(TryLockError::WouldBlock) => return Err(FileError::Busy(path)),
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
    }
}

fn open(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).read(true).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_taker_waits_and_then_gives_up() {
        let folder = tempfile::tempdir().expect("a scratch folder");
        let held = take(folder.path(), "lock", Duration::ZERO).expect("is free");
        let error = take(folder.path(), "lock", Duration::from_millis(30)).expect_err("is taken");
        assert!(matches!(error, FileError::Busy(_)), "{error}");
        drop(held);
        take(folder.path(), "lock", Duration::ZERO).expect("is free again");
    }
}
