//! Which deliveries have come before: a bounded memory of `webhook-id`s.

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher, RandomState};
use std::ops::ControlFlow;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How many ids are remembered; the oldest is forgotten first.
const CAPACITY: usize = 100_000;

/// Which attempt at a `webhook-id` a delivery is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempt {
    /// From 1.
    pub number: u32,
    /// Seconds since the first one.
    pub since_first: u64,
}

/// The ids seen so far, as the store keeps them, each as a keyed hash: eight bytes instead of a text of any
/// length. Nobody outside knows the key, so nobody can choose ids that collide.
///
/// Only verified deliveries belong here, or anybody could flush the memory.
#[derive(Debug)]
pub struct Retries {
    key: RandomState,
    memory: Mutex<Memory>,
    capacity: usize,
}

#[derive(Debug, Default)]
struct Memory {
    seen: HashMap<u64, Seen>,
    /// The oldest first.
    order: VecDeque<u64>,
}

#[derive(Debug)]
struct Seen {
    first: i64,
    count: u32,
    /// So many of them came before this run.
    recalled: u32,
}

impl Default for Retries {
    /// A memory of 100,000 ids.
    fn default() -> Self {
        Retries::new(CAPACITY)
    }
}

impl Retries {
    /// A memory of `capacity` ids.
    pub fn new(capacity: usize) -> Self {
        Retries { key: RandomState::new(), memory: Mutex::default(), capacity }
    }

    /// Notes a delivery at `now`, in Unix seconds, and answers which attempt it is.
    pub fn note(&self, id: &str, now: i64) -> Attempt {
        let hash = self.key.hash_one(id);
        let mut memory = self.memory();
        if let Some(seen) = memory.seen.get_mut(&hash) {
            seen.count = seen.count.saturating_add(1);
            let since_first = now.saturating_sub(seen.first).try_into().unwrap_or(0);
            return Attempt { number: seen.count, since_first };
        }
        if memory.order.len() >= self.capacity
            && let Some(oldest) = memory.order.pop_front()
        {
            memory.seen.remove(&oldest);
        }
        memory.order.push_back(hash);
        memory.seen.insert(hash, Seen { first: now, count: 1, recalled: 0 });
        Attempt { number: 1, since_first: 0 }
    }

    /// Takes note of an attempt from before this run, which came `at`, in Unix seconds. Those that came last are
    /// told first, while new ones may arrive; the break says that there is no room for older ones.
    pub fn recall(&self, id: &str, number: u32, at: i64) -> ControlFlow<()> {
        let hash = self.key.hash_one(id);
        let mut memory = self.memory();
        if let Some(seen) = memory.seen.get_mut(&hash) {
            // Of several attempts from before, the last one tells how many there were.
            let more = number.saturating_sub(seen.recalled);
            seen.recalled += more;
            seen.count = seen.count.saturating_add(more);
            seen.first = seen.first.min(at);
            return ControlFlow::Continue(());
        }
        if memory.order.len() >= self.capacity {
            return ControlFlow::Break(());
        }
        memory.order.push_front(hash);
        memory.seen.insert(hash, Seen { first: at, count: number, recalled: number });
        ControlFlow::Continue(())
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attempt(number: u32, since_first: u64) -> Attempt {
        Attempt { number, since_first }
    }

    #[test]
    fn counts_attempts_from_the_first() {
        let retries = Retries::new(10);
        assert_eq!(retries.note("a", 100), attempt(1, 0));
        assert_eq!(retries.note("", 105), attempt(1, 0));
        assert_eq!(retries.note("a", 121), attempt(2, 21));
        assert_eq!(retries.note("a", 90), attempt(3, 0), "a clock set back");
    }

    #[test]
    fn forgets_the_oldest_and_never_holds_more() {
        let retries = Retries::new(3);
        for id in ["a", "", "c", "d"] {
            retries.note(id, 0);
        }
        {
            let memory = retries.memory();
            assert_eq!((memory.seen.len(), memory.order.len()), (3, 3));
        }
        assert_eq!(retries.note("d", 0).number, 2);
        assert_eq!(retries.note("a", 0).number, 1, "the oldest was forgotten");
    }

    #[test]
    fn attempts_from_before_count_whether_they_are_recalled_before_the_next_one_or_after() {
        let retries = Retries::new(10);
        assert_eq!(retries.note("early", 200), attempt(1, 0), "it came while the store was read");
        for (number, at) in [(2, 130), (1, 100)] {
            for id in ["early", "late"] {
                assert_eq!(retries.recall(id, number, at), ControlFlow::Continue(()));
            }
        }
        assert_eq!(retries.note("early", 210), attempt(4, 110));
        assert_eq!(retries.note("late", 210), attempt(3, 110));
    }

    #[test]
    fn what_is_recalled_takes_no_room_from_what_came_since() {
        let retries = Retries::new(3);
        retries.note("new", 10);
        assert_eq!(retries.recall("y", 1, 9), ControlFlow::Continue(()));
        assert_eq!(retries.recall("x", 1, 8), ControlFlow::Continue(()));
        assert_eq!(retries.recall("w", 1, 7), ControlFlow::Break(()));
        assert_eq!(retries.recall("new", 1, 6), ControlFlow::Continue(()), "known, so it needs no room");
        retries.note("newer", 11);
        assert_eq!(retries.note("y", 12).number, 2);
        assert_eq!(retries.note("x", 12).number, 1, "the oldest was forgotten");
    }
}
