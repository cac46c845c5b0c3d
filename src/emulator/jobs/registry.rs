//! The jobs that are kept: every change of them, as values.

use std::collections::{BTreeMap, HashMap, VecDeque};

use bytes::Bytes;

use super::{End, Job, Outcome, Source, Task};
use crate::emulator::error::{ApiError, Code};

/// How many jobs are kept, and how many bytes of them; the ones that ended first go first.
pub const MAX_JOBS: usize = 10_000;
const MAX_BYTES: usize = 128 * 1024 * 1024;

/// The place of a job in the order of submission.
pub type Sequence = u64;

/// The jobs, by name and in the order of their submission.
#[derive(Debug, Default)]
pub struct Registry {
    jobs: BTreeMap<Sequence, Job>,
    names: HashMap<String, Sequence>,
    /// Those that have ended, in that order, with some that are gone.
    ended: VecDeque<Sequence>,
    last: Sequence,
    bytes: usize,
}

/// One page of a list, the newest first.
pub struct Page<'a> {
    /// The jobs on it.
    pub jobs: Vec<&'a Job>,
    /// Where the next page begins, where there is one.
    pub next: Option<Sequence>,
}

impl Registry {
    /// Keeps a job.
    ///
    /// # Errors
    /// Code `Exhausted` where too many are under way.
    pub fn add(&mut self, job: Job) -> Result<Sequence, ApiError> {
        let weight = job.weight();
        while self.jobs.len() >= MAX_JOBS || self.bytes + weight > MAX_BYTES {
            let Some(oldest) = self.ended.pop_front() else {
                let message =
                    format!("The emulator keeps at most {MAX_JOBS} jobs, and so many are under way.");
                return Err(ApiError::new(Code::Exhausted, message));
            };
            self.remove(oldest);
        }
        self.last += 1;
        self.bytes += weight;
        if job.end.is_some() {
            self.ended.push_back(self.last);
        }
        self.names.insert(job.name.clone(), self.last);
        self.jobs.insert(self.last, job);
        Ok(self.last)
    }

    /// The job of a name.
    ///
    /// # Errors
    /// Code `NotFound`.
    pub fn get(&self, name: &str) -> Result<&Job, ApiError> {
        let job = self.names.get(name).and_then(|sequence| self.jobs.get(sequence));
        job.ok_or_else(ApiError::not_found)
    }

    /// The job of a name, by its place.
    ///
    /// # Errors
    /// Code `NotFound`.
    pub fn find(&self, name: &str) -> Result<Sequence, ApiError> {
        self.names.get(name).copied().ok_or_else(ApiError::not_found)
    }

    /// Whether a job is there and can be ended.
    pub fn open(&self, sequence: Sequence) -> Option<&Job> {
        self.jobs.get(&sequence).filter(|job| job.is_open())
    }

    /// Ends a job that is open, and answers it.
    pub fn end(&mut self, sequence: Sequence, end: End) -> Option<&Job> {
        let job = self.jobs.get_mut(&sequence).filter(|job| job.is_open())?;
        if job.end.is_none() {
            self.ended.push_back(sequence);
        }
        let before = job.weight();
        if let Task::Batch(batch) = &mut job.task
            && (batch.source == Source::File || end.outcome != Outcome::Succeeded)
        {
            batch.results = Bytes::new();
        }
        job.end = Some(end);
        self.bytes -= before - job.weight();
        Some(job)
    }

    /// Forgets a job.
    ///
    /// # Errors
    /// Code `NotFound`.
    pub fn delete(&mut self, name: &str) -> Result<(), ApiError> {
        let sequence = self.find(name)?;
        self.remove(sequence);
        // Those that are gone stay in the queue until there are too many of them.
        if self.ended.len() > 2 * MAX_JOBS {
            self.ended.retain(|sequence| self.jobs.contains_key(sequence));
        }
        Ok(())
    }

    /// A page of `size` jobs that `wanted` lets through, from before `before`.
    pub fn page(&self, size: usize, before: Option<Sequence>, wanted: impl Fn(&Job) -> bool) -> Page<'_> {
        let end = before.unwrap_or(Sequence::MAX);
        let mut found = self.jobs.range(..end).rev().filter(|(_, job)| wanted(job));
        let page: Vec<(&Sequence, &Job)> = found.by_ref().take(size).collect();
        let next = found.next().and(page.last()).map(|(sequence, _)| **sequence);
        Page { jobs: page.into_iter().map(|(_, job)| job).collect(), next }
    }

    /// How many are under way.
    pub fn running(&self) -> usize {
        self.jobs.len() - self.jobs.values().filter(|job| job.end.is_some()).count()
    }

    fn remove(&mut self, sequence: Sequence) {
        if let Some(job) = self.jobs.remove(&sequence) {
            self.bytes -= job.weight();
            self.names.remove(&job.name);
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use jiff::Timestamp;
    use tokio::time::Instant;

    use super::*;
    use crate::emulator::jobs::Plan;

    /// An interaction `v1_{number}` that was submitted just now.
    pub(in crate::emulator::jobs) fn job(number: usize) -> Job {
        Job {
            name: format!("v1_{number}"),
            model: "m".to_owned(),
            task: Task::Text { characters: 0 },
            config: None,
            plan: Plan { outcome: Outcome::Succeeded, reason: None },
            end: None,
            created: Timestamp::UNIX_EPOCH,
            since: Instant::now(),
            base: String::new(),
        }
    }

    fn end() -> End {
        End { outcome: Outcome::Succeeded, at: Timestamp::UNIX_EPOCH, file: None, reason: None }
    }

    #[test]
    fn what_ended_first_makes_room_and_what_runs_does_not() {
        let mut registry = Registry::default();
        let all: Vec<Sequence> =
            (0..MAX_JOBS).map(|name| registry.add(job(name)).expect("there is room")).collect();
        assert_eq!(registry.add(job(MAX_JOBS)).map_err(|error| error.code), Err(Code::Exhausted));
        registry.end(all[7], end()).expect("is open");
        registry.end(all[3], end()).expect("is open");
        assert!(registry.end(all[3], end()).is_none(), "ends once");
        registry.add(job(MAX_JOBS)).expect("there is room again");
        assert!(registry.get("v1_7").is_err() && registry.get("v1_3").is_ok());
        registry.delete("v1_3").expect("is there");
        registry.add(job(MAX_JOBS + 1)).expect("there is room again");
        assert!(registry.add(job(MAX_JOBS + 2)).is_err());
        assert_eq!((registry.running(), registry.jobs.len()), (MAX_JOBS, MAX_JOBS));
    }

    #[test]
    fn jobs_that_are_deleted_after_their_end_leave_nothing_behind() {
        let mut registry = Registry::default();
        for name in 0..2 * MAX_JOBS + 10 {
            let sequence = registry.add(job(name)).expect("there is room");
            registry.end(sequence, end()).expect("is open");
            registry.delete(&format!("v1_{name}")).expect("is there");
        }
        assert!(registry.ended.len() <= 10, "{}", registry.ended.len());
    }

    #[test]
    fn pages_go_from_the_newest_to_the_oldest() {
        let mut registry = Registry::default();
        for name in 0..5 {
            registry.add(job(name)).expect("there is room");
        }
        let page = |before| {
            let page = registry.page(2, before, |job| job.name != "v1_3");
            let names: Vec<&str> = page.jobs.iter().map(|job| job.name.as_str()).collect();
            (names.concat(), page.next)
        };
        let (first, next) = page(None);
        assert_eq!((first.as_str(), page(next)), ("v1_4v1_2", ("v1_1v1_0".to_owned(), None)));
    }

    #[test]
    fn the_bytes_of_what_goes_are_given_back() {
        let mut registry = Registry::default();
        let sequence = registry.add(job(0)).expect("there is room");
        registry.end(sequence, end());
        registry.delete("v1_0").expect("is there");
        assert_eq!(registry.bytes, 0);
    }
}
