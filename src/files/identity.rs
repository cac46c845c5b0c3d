//! Which file it is, whatever it is called.

use std::fs::Metadata;
use std::io;
use std::path::Path;

/// Two names of one file have the same identity; a file that was put in the place of another has a new one.
///
/// Only Unix lets an open file be moved or deleted, so that elsewhere all are alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identity {
    #[cfg(unix)]
    device: u64,
    #[cfg(unix)]
    node: u64,
}

impl Identity {
    /// That of the file at `path`, which is not opened; of a link it is the link's own.
    ///
    /// # Errors
    /// What the system says, as where there is none.
    pub fn at(path: &Path) -> io::Result<Self> {
        path.symlink_metadata().map(|metadata| Identity::of(&metadata))
    }

    /// That of the file with this metadata.
    #[cfg(unix)]
    pub fn of(metadata: &Metadata) -> Self {
        use std::os::unix::fs::MetadataExt;
        Identity { device: metadata.dev(), node: metadata.ino() }
    }

    /// That of the file with this metadata.
    #[cfg(not(unix))]
    pub fn of(_: &Metadata) -> Self {
        Identity {}
    }
}
