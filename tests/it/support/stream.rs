//! An output stream that a test reads while it is being written.

use std::io::{self, Write};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Instant;

use super::DEADLINE;

/// Bytes written so far, shared between the writer and the test.
#[derive(Clone, Default)]
pub struct Captured(Arc<(Mutex<Vec<u8>>, Condvar)>);

impl Captured {
    /// Everything written so far.
    pub fn bytes(&self) -> Vec<u8> {
        self.0.0.lock().expect("no writer panics").clone()
    }

    /// Waits for a complete line that `wanted` accepts, and answers it.
    pub fn wait_for(&self, wanted: impl Fn(&str) -> bool) -> String {
        let start = Instant::now();
        let (bytes, written) = (&self.0.0, &self.0.1);
        let mut guard = bytes.lock().expect("no writer panics");
        loop {
            let text = String::from_utf8_lossy(&guard).into_owned();
            let complete = text.split_inclusive('\n').filter(|line| line.ends_with('\n'));
            if let Some(line) = complete.map(str::trim_end).find(|line| wanted(line)) {
                return line.to_owned();
            }
            let left = DEADLINE.checked_sub(start.elapsed());
            let left = left.unwrap_or_else(|| panic!("the line did not come; so far:\n{text}"));
            guard = written.wait_timeout(guard, left).expect("no writer panics").0;
        }
    }
}

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.0.lock().expect("no reader panics").extend_from_slice(bytes);
        self.0.1.notify_all();
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
