//! Why the store cannot be used.

use std::error::Error;
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::ErrorCode;

use crate::error::Failure;

/// What is the matter with a database.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file or its folder cannot be made or read.
    #[error("cannot open {path}")]
    File {
        /// The database.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A newer version of `gwh` made it.
    #[error("{path} has version {found} of the layout, and this gwh knows version {known}")]
    Newer {
        /// The database.
        path: PathBuf,
        /// Its version.
        found: i64,
        /// The newest version that is understood.
        known: i64,
    },
    /// It is a database of something else.
    #[error("{0} is not a database of gwh")]
    Foreign(PathBuf),
    /// It is damaged, or no database at all.
    #[error("{path} is damaged")]
    Damaged {
        /// The database.
        path: PathBuf,
        /// What SQLite said.
        source: rusqlite::Error,
    },
    /// There is no room left on the disk.
    #[error("the disk that holds {0} is full")]
    Full(PathBuf),
    /// It may not be written.
    #[error("{0} may not be written")]
    ReadOnly(PathBuf),
    /// The file was moved or deleted while it was open.
    #[error("{0} was moved or deleted while gwh was writing it")]
    Moved(PathBuf),
    /// Another process has been writing for too long.
    #[error("another process keeps {0} locked")]
    Busy(PathBuf),
    /// Anything else.
    #[error("{path} cannot be used")]
    Other {
        /// The database.
        path: PathBuf,
        /// What SQLite said.
        source: rusqlite::Error,
    },
}

impl StoreError {
    /// What to do about it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            StoreError::File { .. } | StoreError::ReadOnly(_) => {
                Some("make the folder writable, or name another one with GWH_DATA_DIR")
            }
            StoreError::Newer { .. } => Some("use the newer gwh, or another --profile"),
            StoreError::Foreign(_) => Some("move the file away, or use another --profile"),
            StoreError::Damaged { .. } => {
                Some("move the file and those beside it away; sqlite3 FILE .recover may save what is in it")
            }
            StoreError::Full(_) => Some("free space, for example with gwh events prune --older-than 1d"),
            StoreError::Moved(_) => Some("start gwh again, or put the file back"),
            StoreError::Busy(_) => Some("find the process that holds it, or wait for it to end"),
            StoreError::Other { .. } => None,
        }
    }

    /// The error and its causes in one sentence.
    pub fn sentence(&self) -> String {
        match self.source() {
            Some(cause) => format!("{self}: {cause}"),
            None => self.to_string(),
        }
    }

    pub(super) fn file(path: &Path, source: io::Error) -> Self {
        match source.kind() {
            io::ErrorKind::StorageFull => StoreError::Full(path.to_owned()),
            _ => StoreError::File { path: path.to_owned(), source },
        }
    }

    /// What an error of SQLite means for the database at `path`.
    pub(super) fn of(path: &Path, source: rusqlite::Error) -> Self {
        let path = path.to_owned();
        match source.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => StoreError::Full(path),
            Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
                StoreError::ReadOnly(path)
            }
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                StoreError::Damaged { path, source }
            }
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::Busy(path),
            _ => StoreError::Other { path, source },
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let failure = Failure::configuration(error.sentence());
        match error.hint() {
            Some(hint) => failure.hint(hint),
            None => failure,
        }
    }
}
