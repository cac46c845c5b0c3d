//! `--ready-file`: the URL in a file, for scripts that wait for it.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::Builder;

use crate::error::Failure;

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
        ready.persist().map_err(|error| {
            Failure::configuration(format!("cannot write --ready-file {}", file.display())).because(error)
        })?;
        Ok(ready)
    }

    fn persist(&self) -> io::Result<()> {
        let folder = self.path.parent().unwrap_or(Path::new("."));
        let mut file = Builder::new().prefix(".ready-").tempfile_in(folder)?;
        file.write_all(self.text.as_bytes())?;
        file.persist(&self.path).map(drop).map_err(|failed| failed.error)
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
