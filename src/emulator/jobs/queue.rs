//! The jobs under way and the one task that ends them when their time has come.
//!
//! All jobs take equally long, so they end in the order in which they were submitted: a queue and one
//! timer do for any number of them.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

use super::Job;
use super::registry::{MAX_JOBS, Registry, Sequence};
use crate::emulator::error::ApiError;

/// The jobs, as all calls share them.
#[derive(Debug, Default)]
pub struct Jobs {
    registry: Mutex<Registry>,
    due: Mutex<VecDeque<(Instant, Sequence)>>,
    came: Notify,
}

impl Jobs {
    /// The jobs that are kept.
    pub fn registry(&self) -> MutexGuard<'_, Registry> {
        self.registry.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a job that ends after `delay`, and answers what `look` sees of it.
    ///
    /// # Errors
    /// Code `Exhausted` where too many are under way.
    pub fn submit<T>(&self, job: Job, delay: Duration, look: impl FnOnce(&Job) -> T) -> Result<T, ApiError> {
        let (at, seen) = (job.since + delay, look(&job));
        let sequence = self.registry().add(job)?;
        self.enqueue(at, sequence);
        self.came.notify_one();
        Ok(seen)
    }

    /// Waits until a job's time has come.
    pub async fn next_due(&self) -> Sequence {
        loop {
            let first = self.due().front().copied();
            match first {
                Some((at, sequence)) if at <= Instant::now() => {
                    self.due().pop_front();
                    return sequence;
                }
                Some((at, _)) => sleep_until(at).await,
                None => self.came.notified().await,
            }
        }
    }

    /// Jobs that were ended early or deleted stay in the queue until there are too many of them.
    fn enqueue(&self, at: Instant, sequence: Sequence) {
        let mut due = self.due();
        if due.len() >= 2 * MAX_JOBS {
            let registry = self.registry();
            due.retain(|(_, sequence)| registry.open(*sequence).is_some());
        }
        due.push_back((at, sequence));
    }

    fn due(&self) -> MutexGuard<'_, VecDeque<(Instant, Sequence)>> {
        self.due.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emulator::jobs::registry::tests::job;

    #[test]
    fn jobs_that_are_deleted_early_do_not_fill_the_queue() {
        let jobs = Jobs::default();
        for number in 0..2 * MAX_JOBS + 10 {
            let name = jobs
                .submit(job(number), Duration::from_secs(60), |job| job.name.clone())
                .expect("there is room");
            jobs.registry().delete(&name).expect("is there");
        }
        assert!(jobs.due().len() <= 10, "{}", jobs.due().len());
    }
}
