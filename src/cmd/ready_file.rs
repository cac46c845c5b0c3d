//! `--ready-file`: the URL in a file, for scripts that wait for it.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::thread;

use crate::error::Failure;
use crate::files::{self, Durability};

/// A file that holds the URL while the server takes deliveries.
pub(super) struct ReadyFile {
    /// None where the URL went into a pipe or a device, which stays as it is.
    file: Option<PathBuf>,
    text: String,
}

impl ReadyFile {
    /// Writes it; whoever sees the file sees all of it. Whoever reads a pipe gets it when they open it.
    ///
    /// # Errors
    /// Kind `Configuration` where it cannot be written.
    pub(super) fn write(directory: &Path, file: &Path, url: &str) -> Result<Self, Failure> {
        let failed = || Failure::configuration(format!("cannot write --ready-file {}", file.display()));
        let (path, text) = (directory.join(file), format!("{url}\n"));
        if files::is_stream(&path) {
            let line = text.clone();
            // Opening a pipe waits for whoever reads it.
            let write = move || {
                let opened = OpenOptions::new().write(true).open(path);
                opened.and_then(|mut stream| stream.write_all(line.as_bytes()))
            };
            let thread = thread::Builder::new().name("ready-file".to_owned());
            thread.spawn(write).map_err(|error| failed().because(error))?;
            return Ok(ReadyFile { file: None, text });
        }
        // What a link leads to is replaced, and not the link.
        let path = path.canonicalize().unwrap_or(path);
        files::replace(&path, text.as_bytes(), Durability::Whole).map_err(|error| failed().because(error))?;
        Ok(ReadyFile { file: Some(path), text })
    }
}

impl Drop for ReadyFile {
    fn drop(&mut self) {
        let Some(path) = &self.file else { return };
        // Another run may have put its own URL there since.
        if fs::read_to_string(path).is_ok_and(|text| text == self.text) {
            let _ = fs::remove_file(path);
        }
    }
}
