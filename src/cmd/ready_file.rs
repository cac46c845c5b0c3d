//! `--ready-file`: the URL in a file, for scripts that wait for it.

use std::fs;
use std::path::{Path, PathBuf};

use crate::error::Failure;
use crate::files::{self, Durability};

/// A file that holds the URL while the server takes deliveries.
pub(super) struct ReadyFile {
    path: PathBuf,
    text: String,
}

impl ReadyFile {
    /// Writes it; whoever sees the file sees all of it.
    ///
    /// # Errors
    /// Kind `Configuration` where it cannot be written.
    pub(super) fn write(directory: &Path, file: &Path, url: &str) -> Result<Self, Failure> {
        let ready = ReadyFile { path: directory.join(file), text: format!("{url}\n") };
        files::replace(&ready.path, ready.text.as_bytes(), Durability::Whole).map_err(|error| {
            Failure::configuration(format!("cannot write --ready-file {}", file.display())).because(error)
        })?;
        Ok(ready)
    }
}

impl Drop for ReadyFile {
    fn drop(&mut self) {
        // Another run may have put its own URL there since.
        if fs::read_to_string(&self.path).is_ok_and(|text| text == self.text) {
            let _ = fs::remove_file(&self.path);
        }
    }
}
