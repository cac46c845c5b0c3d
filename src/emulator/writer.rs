//! Writes lines to stdout on a thread of its own, so that a reader who pauses holds no request up.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use tokio::sync::{Notify, oneshot};
use tokio::time::sleep;

use crate::error::Failure;
use crate::ui::Ui;

/// How many lines may wait; further ones are counted and left out.
const WAITING: usize = 16 * 1024;
/// The pause before another look whether a full queue has room.
const PAUSE: Duration = Duration::from_millis(10);

/// The queue before the thread.
pub struct Writer {
    lines: SyncSender<Item>,
    missed: AtomicU64,
    ui: Arc<Ui>,
    trouble: Arc<Trouble>,
}

enum Item {
    Line(String),
    Mark(oneshot::Sender<()>),
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
        let trouble = Arc::new(Trouble::default());
        let (output, told) = (ui.clone(), trouble.clone());
        thread::Builder::new()
            .name("log".to_owned())
            .spawn(move || write_all(&waiting, &output, &told))
            .map_err(|error| Failure::configuration("cannot start a thread for the log").because(error))?;
        Ok(Writer { lines, missed: AtomicU64::new(0), ui, trouble })
    }

    /// Queues a line, or counts it as missed where too many wait.
    pub fn offer(&self, line: String) {
        if self.lines.try_send(Item::Line(line)).is_err() {
            self.missed.fetch_add(1, Ordering::Relaxed);
        }
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
        let (mark, reached) = oneshot::channel();
        let mut mark = Item::Mark(mark);
        // What waits in a full queue is to be written as well; how long that may take the caller knows.
        while let Err(TrySendError::Full(back)) = self.lines.try_send(mark) {
            mark = back;
            sleep(PAUSE).await;
        }
        // A thread that has ended has nothing left to write, and has dropped the mark.
        let _ = reached.await;
        let missed = self.missed.swap(0, Ordering::Relaxed);
        if missed > 0 {
            self.ui.warn(&format!("{missed} lines of the log were left out: stdout was read too slowly"));
        }
    }
}

fn write_all(waiting: &Receiver<Item>, ui: &Ui, trouble: &Trouble) {
    while let Ok(item) = waiting.recv() {
        match item {
            Item::Line(line) => {
                if let Err(failure) = ui.line(&line) {
                    *trouble.failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(failure);
                    trouble.came.notify_one();
                    return;
                }
            }
            // Whoever waited may have given up.
            Item::Mark(mark) => {
                let _ = mark.send(());
            }
        }
    }
}
