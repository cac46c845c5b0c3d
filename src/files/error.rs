//! Why a file of ours cannot be used.

use std::io;
use std::path::PathBuf;

/// What is the matter with a file or folder that only the user may read. Never holds what is in it.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The file system refused.
    #[error("cannot {action} {}: {error}", .path.display())]
    Io {
        /// What was tried: `read`, `write`, `remove`, `lock`.
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// What the operating system says.
        error: io::Error,
    },
    /// Somebody else may read the file.
    #[error("{} can be read by others (mode {mode:04o})", .path.display())]
    Exposed {
        /// The file or folder.
        path: PathBuf,
        /// Its permissions.
        mode: u32,
    },
    /// The file belongs to somebody else.
    #[error("{} belongs to another user", .0.display())]
    Foreign(PathBuf),
    /// The file is no text.
    #[error("{} is damaged", .0.display())]
    Damaged(PathBuf),
    /// Another process has kept the file locked for too long.
    #[error("another gwh keeps {} locked", .0.display())]
    Busy(PathBuf),
}

impl FileError {
    /// The file system's refusal to do `action` with `path`.
    pub fn io(action: &'static str, path: impl Into<PathBuf>, error: io::Error) -> Self {
        FileError::Io { action, path: path.into(), error }
    }
}
