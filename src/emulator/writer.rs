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
        let missed = Arc::new(Missed { count: AtomicU64::new(0), ui });
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
