//! Locks: one that keeps two processes from changing the same files at once, and one that shows that a process
//! lives.

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use super::{FileError, create_folder, open_or_create};

const PAUSE: Duration = Duration::from_millis(10);

/// A held lock. The operating system lets go of it when the process ends, however it ends.
#[derive(Debug)]
pub struct Lock(File);

impl Lock {
    /// Takes the lock on this file at once, or says why not.
    ///
    /// # Errors
    /// `WouldBlock` where somebody holds it, `Error` where the file cannot be locked.
    pub fn on(file: File) -> Result<Self, TryLockError> {
        file.try_lock()?;
        Ok(Lock(file))
    }
}

impl Drop for Lock {
    /// Closing the file is not enough: a program that another thread starts at this moment has a copy of the
    /// descriptor, and with it the lock, until it runs.
    fn drop(&mut self) {
        // Where this fails the file is closed all the same.
        let _ = self.0.unlock();
    }
}

/// Takes the lock file `folder/name`, which is made where there is none.
///
/// # Errors
/// `Busy` where another process holds it for longer than `patience`, `Io` where it cannot be made.
pub fn take(folder: &Path, name: &str, patience: Duration) -> Result<Lock, FileError> {
    let path = folder.join(name);
    let failed = |error| FileError::io("lock", &path, error);
    create_folder(folder).map_err(failed)?;
    let file = open_or_create(&path).map_err(failed)?;
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

/// Whether somebody holds the lock on the file at `path`. Those who ask at the same time do not see each other.
///
/// # Errors
/// What the operating system says, where that cannot be told.
pub fn is_held(path: &Path) -> io::Result<bool> {
    match File::open(path)?.try_lock_shared() {
        Ok(()) => Ok(false),
        Err(TryLockError::WouldBlock) => Ok(true),
        Err(TryLockError::Error(error)) => Err(error),
    }
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

    #[test]
    fn a_lock_is_let_go_of_although_a_copy_of_its_descriptor_is_open() {
        let folder = tempfile::tempdir().expect("a scratch folder");
        let held = take(folder.path(), "lock", Duration::ZERO).expect("is free");
        // As a program has it that was being started while the lock was held.
        let _copy = held.0.try_clone().expect("is copied");
        drop(held);
        take(folder.path(), "lock", Duration::ZERO).expect("is free again");
    }

    #[test]
    fn whoever_asks_sees_the_holder_and_no_other_who_asks() {
        let folder = tempfile::tempdir().expect("a scratch folder");
        let path = folder.path().join("lock");
        let held = take(folder.path(), "lock", Duration::ZERO).expect("is free");
        assert!(is_held(&path).expect("can be told"));
        drop(held);
        let asking = File::open(&path).expect("opens");
        asking.try_lock_shared().expect("is free");
        assert!(!is_held(&path).expect("can be told"));
    }
}
