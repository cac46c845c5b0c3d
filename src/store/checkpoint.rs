//! Bringing the log into the database while deliveries go on being kept.
//!
//! SQLite does that at a commit once the log is long enough, and whoever waits for that commit waits ten times as
//! long. Done beforehand, on a connection of its own, it leaves that commit little to do.

use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::thread::{self, JoinHandle};

use super::Store;

/// After about so many bytes of log.
const EVERY: usize = 8 * 1024 * 1024;
/// What a commit writes besides the deliveries: whole pages, of which most were written before.
const COMMIT: usize = 4 * 4096;

/// The thread that does it, and when it is due.
pub(super) struct Checkpoints {
    due: SyncSender<()>,
    thread: JoinHandle<()>,
    logged: usize,
}

impl Checkpoints {
    /// Starts the thread with a connection of its own.
    pub(super) fn start(store: Store) -> std::io::Result<Self> {
        let (due, dues) = sync_channel(1);
        let work = move || {
            for () in dues {
                // What fails here is left to the next commit that finds the log too long.
                let _ = store.connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()));
            }
        };
        let thread = thread::Builder::new().name("checkpoint".to_owned()).spawn(work)?;
        Ok(Checkpoints { due, thread, logged: 0 })
    }

    /// Notes a commit of so many bytes of deliveries.
    pub(super) fn note(&mut self, bytes: usize) {
        self.logged += bytes + COMMIT;
        if self.logged >= EVERY && !matches!(self.due.try_send(()), Err(TrySendError::Full(()))) {
            self.logged = 0;
        }
    }

    /// Waits for what is under way. The connection is closed then: the last one that is closes the log.
    pub(super) fn finish(self) {
        drop(self.due);
        // A panic has been printed, and nothing depends on the thread.
        let _ = self.thread.join();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::FILE;

    #[test]
    fn what_was_kept_comes_into_the_database_before_a_commit_has_to_see_to_it() {
        let folder = tempfile::tempdir().expect("a scratch folder");
        let store = Store::open(folder.path()).expect("opens");
        let size = || folder.path().join(FILE).metadata().expect("is there").len();
        let before = size();
        store
            .connection
            .execute_batch("CREATE TABLE t (b); INSERT INTO t VALUES (zeroblob(1000000))")
            .expect("writes");
        assert_eq!(size(), before, "a commit goes into the log");
        let start = || Checkpoints::start(store.again().expect("connects")).expect("starts");
        let mut checkpoints = start();
        checkpoints.note(EVERY - COMMIT - 1);
        checkpoints.finish();
        assert_eq!(size(), before);
        let mut checkpoints = start();
        checkpoints.note(EVERY - COMMIT - 1);
        checkpoints.note(0);
        checkpoints.finish();
        assert!(size() >= before + 1_000_000);
    }
}
