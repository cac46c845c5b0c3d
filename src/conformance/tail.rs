//! The last lines of what another process prints, read all along so that it never waits for a reader.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};

/// How many lines are kept.
const KEPT: usize = 20;
/// How much of a line is kept.
const WIDTH: usize = 1_000;

/// The lines, shared with whoever adds to them.
#[derive(Debug, Clone, Default)]
pub(super) struct Tail(Arc<Mutex<VecDeque<String>>>);

impl Tail {
    pub(super) fn lines(&self) -> Vec<String> {
        self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).iter().cloned().collect()
    }

    fn add(&self, line: String) {
        let mut lines = self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if lines.len() == KEPT {
            lines.pop_front();
        }
        lines.push_back(line);
    }
}

/// What is done with each line.
pub type Show = dyn Fn(&str) + Send + Sync;

/// Reads `stream` to its end on a thread of its own, and hands each line to `show`. The thread is not waited for
/// without a deadline: a process that got away may hold the other end.
pub(super) fn follow(stream: impl Read + Send + 'static, tail: Tail, show: Arc<Show>) -> JoinHandle<()> {
    thread::spawn(move || {
        let mut reader = BufReader::new(stream);
        let mut line = Vec::new();
        while (&mut reader).take(WIDTH as u64).read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
            let text = String::from_utf8_lossy(line.trim_ascii_end()).into_owned();
            show(&text);
            tail.add(text);
            line.clear();
        }
    })
}
