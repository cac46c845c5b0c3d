//! Which deliveries have come before: a bounded memory of `webhook-id`s.

use std::collections::{HashMap, VecDeque};
use std::hash::{BuildHasher, RandomState};

/// How many ids are remembered; the oldest is forgotten first.
pub const CAPACITY: usize = 100_000;

/// Which attempt at a `webhook-id` a delivery is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempt {
    /// From 1.
    pub number: u32,
    /// Seconds since the first one.
    pub since_first: u64,
}

/// The ids seen so far, each as a keyed hash: sixteen bytes instead of a text of any length. Nobody
/// outside knows the key, so nobody can choose ids that collide.
///
/// Only verified deliveries belong here, or anybody could flush the memory.
#[derive(Debug)]
pub struct Retries {
    key: RandomState,
    seen: HashMap<u64, Seen>,
    order: VecDeque<u64>,
    capacity: usize,
}

#[derive(Debug)]
struct Seen {
    first: i64,
    count: u32,
}

impl Retries {
    /// A memory of `capacity` ids.
    pub fn new(capacity: usize) -> Self {
        Retries { key: RandomState::new(), seen: HashMap::new(), order: VecDeque::new(), capacity }
    }

    /// Notes a delivery at `now`, in Unix seconds, and answers which attempt it is.
    pub fn note(&mut self, id: &[u8], now: i64) -> Attempt {
        let hash = self.key.hash_one(id);
        if let Some(seen) = self.seen.get_mut(&hash) {
            seen.count = seen.count.saturating_add(1);
            let since_first = now.saturating_sub(seen.first).try_into().unwrap_or(0);
            return Attempt { number: seen.count, since_first };
        }
        if self.order.len() >= self.capacity
            && let Some(oldest) = self.order.pop_front()
        {
            self.seen.remove(&oldest);
        }
        self.order.push_back(hash);
        self.seen.insert(hash, Seen { first: now, count: 1 });
        Attempt { number: 1, since_first: 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_attempts_from_the_first() {
        let mut retries = Retries::new(10);
        assert_eq!(retries.note(b"a", 100), Attempt { number: 1, since_first: 0 });
        assert_eq!(retries.note(b"b", 105), Attempt { number: 1, since_first: 0 });
        assert_eq!(retries.note(b"a", 121), Attempt { number: 2, since_first: 21 });
        assert_eq!(retries.note(b"a", 90), Attempt { number: 3, since_first: 0 }, "a clock set back");
    }

    #[test]
    fn forgets_the_oldest_and_never_holds_more() {
        let mut retries = Retries::new(3);
        for id in [b"a", b"b", b"c", b"d"] {
            retries.note(id, 0);
        }
        assert_eq!((retries.seen.len(), retries.order.len()), (3, 3));
        assert_eq!(retries.note(b"d", 0).number, 2);
        assert_eq!(retries.note(b"a", 0).number, 1, "the oldest was forgotten");
    }
}
