//! Telling senders that their deliveries are kept, many of them at one wake-up.
//!
//! The thread of the store knows of a whole commit at once. To wake a task of the server from there is a
//! system call each time, so one task is woken, which wakes the others from where they run.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::{Notify, oneshot};

/// What is to be said, and nobody has said yet.
#[derive(Default)]
pub(super) struct Answers {
    unsaid: Mutex<Vec<Unsaid>>,
    some: Notify,
}

type Unsaid = Box<dyn FnOnce() + Send>;

impl Answers {
    /// Has `what` said to whoever waits.
    pub(super) fn push<T: Send + 'static>(&self, waiting: oneshot::Sender<T>, what: T) {
        let mut unsaid = self.lock();
        // A sender that has gone away waits for no answer.
        unsaid.push(Box::new(|| drop(waiting.send(what))));
        let is_first = unsaid.len() == 1;
        drop(unsaid);
        if is_first {
            self.some.notify_one();
        }
    }

    /// Says what comes, for ever.
    pub(super) async fn say_all(&self) {
        loop {
            self.some.notified().await;
            let unsaid = std::mem::take(&mut *self.lock());
            unsaid.into_iter().for_each(|say| say());
        }
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Unsaid>> {
        self.unsaid.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
