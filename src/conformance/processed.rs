//! What a handler says that it has processed: a file to which it adds the `webhook-id` of each event, a line each.
//!
//! Whether an event is processed twice shows nowhere in the answers, so a handler that wants to be tested
//! for it has to say so. One that does not is not.

use std::path::PathBuf;
use std::time::Duration;

use tokio::time::{Instant, sleep};

/// How long a handler may take to process an event after it has answered.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long is waited for it to be processed again, which nothing announces.
const SECOND_TIME: Duration = Duration::from_millis(400);
const POLL: Duration = Duration::from_millis(10);

/// The file.
#[derive(Debug, Clone)]
pub struct Processed {
    path: PathBuf,
}

impl Processed {
    /// A file that the handler appends to; it need not be there yet.
    pub fn new(path: PathBuf) -> Self {
        Processed { path }
    }

    /// How often `id` has been processed, after giving the handler time for it.
    pub(super) async fn times(&self, id: &str) -> usize {
        let start = Instant::now();
        while self.count(id) == 0 {
            // A handler that has written nothing at all does not take part.
            let is_silent = !self.path.exists() && start.elapsed() > SECOND_TIME;
            if is_silent || start.elapsed() > PATIENCE {
                return 0;
            }
            sleep(POLL).await;
        }
        sleep(SECOND_TIME).await;
        self.count(id)
    }

    fn count(&self, id: &str) -> usize {
        let text = std::fs::read(&self.path).unwrap_or_default();
        text.split(|byte| *byte == b'\n').filter(|line| line.trim_ascii() == id.as_bytes()).count()
    }
}
