//! Telling senders that their deliveries are kept, many of them at one wake-up.
//!
//! The thread of the store knows of a whole commit at once. To wake a task of the server from there is a
//! system call each time, so one task is woken, which wakes the others from where they run.

use std::sync::{Mutex, PoisonError};

use tokio::sync::{Notify, oneshot};

/// Something to be said to whoever waits for it.
pub(super) trait Answer: Send {
    /// Says it.
    fn say(self: Box<Self>);
}

impl<T: Send> Answer for (oneshot::Sender<T>, T) {
    fn say(self: Box<Self>) {
        let (waiting, what) = *self;
        // A sender that has gone away waits for no answer.
        let _ = waiting.send(what);
    }
}

/// What is to be said.
#[derive(Default)]
pub(super) struct Answers {
    unsaid: Mutex<Vec<Box<dyn Answer>>>,
    some: Notify,
}

impl Answers {
    /// Has `what` said to whoever waits.
    pub(super) fn push<T: Send + 'static>(&self, waiting: oneshot::Sender<T>, what: T) {
        let mut unsaid = self.unsaid.lock().unwrap_or_else(PoisonError::into_inner);
        unsaid.push(Box::new((waiting, what)));
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
            let unsaid = std::mem::take(&mut *self.unsaid.lock().unwrap_or_else(PoisonError::into_inner));
            unsaid.into_iter().for_each(Answer::say);
        }
    }
}
