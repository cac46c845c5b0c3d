//! Writes lines to stdout on a thread of its own, so that a reader who pauses holds no request up.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TryRecvError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use tokio::sync::{Notify, watch};

use crate::error::Failure;
use crate::ui::Ui;

/// How many lines may wait; further ones are counted and left out.
const WAITING: usize = 16 * 1024;

/// The queue before the thread.
pub struct Writer {
    lines: SyncSender<String>,
    /// How many lines were queued.
    queued: AtomicU64,
    /// How many of them the thread has written; closed when it has ended.
    written: watch::Receiver<u64>,
    missed: Arc<Missed>,
    trouble: Arc<Trouble>,
}

/// The lines that were left out since that was last said.
struct Missed {
    count: AtomicU64,
    /// Held while that is said, so that whoever finds nothing to say knows that it is said, not about to be.
    saying: Mutex<()>,
    ui: Arc<Ui>,
}

#[derive(Default)]
struct Trouble {
    failure: Mutex<Option<Failure>>,
    came: Notify,
}

impl Writer {
    /// Starts the thread, which ends with the writer.
    ///
    /// # Errors
    /// Kind `Configuration` where the operating system refuses it.
    pub fn start(ui: Arc<Ui>) -> Result<Self, Failure> {
        let (lines, waiting) = sync_channel(WAITING);
        let (done, written) = watch::channel(0);
        let trouble = Arc::new(Trouble::default());
        let missed = Arc::new(Missed { count: AtomicU64::new(0), saying: Mutex::default(), ui });
        let (told, said) = (trouble.clone(), missed.clone());
        thread::Builder::new()
            .name("log".to_owned())
            .spawn(move || write_all(&waiting, &done, &said, &told))
            .map_err(|error| Failure::configuration("cannot start a thread for the log").because(error))?;
        Ok(Writer { lines, queued: AtomicU64::new(0), written, missed, trouble })
    }

    /// Queues a line, or counts it as missed where too many wait.
    pub fn offer(&self, line: String) {
        let counter = match self.lines.try_send(line) {
            Ok(()) => &self.queued,
            Err(_) => &self.missed.count,
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }

    /// Waits until a line cannot be written, and says why: the reader may be gone.
    pub async fn trouble(&self) -> Failure {
        loop {
            let came = self.trouble.came.notified();
            let failure = self.trouble.failure.lock().unwrap_or_else(PoisonError::into_inner).take();
            if let Some(failure) = failure {
                return failure;
            }
            came.await;
        }
    }

    /// Waits until everything that was queued is written, and says how much was missed.
    pub async fn written(&self) {
        let queued = self.queued.load(Ordering::Relaxed);
        // A thread that has ended has nothing left to write.
        let _ = self.written.clone().wait_for(|written| *written >= queued).await;
        self.missed.say();
    }
}

impl Missed {
    fn say(&self) {
        let _saying = self.saying.lock().unwrap_or_else(PoisonError::into_inner);
        let count = self.count.swap(0, Ordering::Relaxed);
        if count > 0 {
            self.ui.warn(&format!("{count} lines of the log were left out: stdout was read too slowly"));
        }
    }
}

fn write_all(waiting: &Receiver<String>, done: &watch::Sender<u64>, missed: &Missed, trouble: &Trouble) {
    loop {
        let line = match waiting.try_recv() {
            Ok(line) => line,
            // Nothing waits, so that this is said once for all that was left out before.
            Err(TryRecvError::Empty) => {
                missed.say();
                match waiting.recv() {
                    Ok(line) => line,
                    Err(_) => return,
                }
            }
            Err(TryRecvError::Disconnected) => return,
        };
        if let Err(failure) = missed.ui.line(&line) {
            *trouble.failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(failure);
            trouble.came.notify_one();
            return;
        }
        done.send_modify(|written| *written += 1);
    }
}

#[cfg(test)]
mod tests {
    use std::io::{self, Write};
    use std::time::Duration;

    use super::*;
    use crate::env::Env;
    use crate::ui::{Options, Stream};

    /// Takes nothing until it is told to, then keeps everything.
    struct Gated {
        gate: Option<Receiver<()>>,
        taken: Arc<Mutex<Vec<u8>>>,
    }

    impl Write for Gated {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            if let Some(gate) = self.gate.take() {
                let _ = gate.recv();
            }
            self.taken.lock().expect("no test panics with it").extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn every_line_is_written_or_said_to_be_missed() {
        let (open, gate) = sync_channel(1);
        let (out, err) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Mutex::new(Vec::new())));
        let stdout = Stream::new(Gated { gate: Some(gate), taken: out.clone() }, false);
        let stderr = Stream::new(Gated { gate: None, taken: err.clone() }, false);
        let ui = Ui::new(stdout, stderr, Options::default(), &Env::default());
        let writer = Writer::start(Arc::new(ui)).expect("starts");
        let offered = WAITING + 100;
        (0..offered).for_each(|number| writer.offer(number.to_string()));
        open.send(()).expect("is waited for");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
        runtime.expect("a runtime").block_on(async {
            tokio::time::timeout(Duration::from_secs(20), writer.written()).await.expect("ends");
        });
        let text = |taken: &Mutex<Vec<u8>>| {
            String::from_utf8(taken.lock().expect("nobody panicked").clone()).expect("text")
        };
        let warnings = text(&err);
        let numbers = warnings.split_whitespace().filter_map(|word| word.parse::<usize>().ok());
        let (written, missed) = (text(&out).lines().count(), numbers.sum::<usize>());
        assert!(written >= WAITING, "{written}");
        assert_eq!(written + missed, offered, "{warnings}");
    }
}
