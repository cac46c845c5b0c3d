//! Which deliveries have come before: a bounded memory of `webhook-id`s.

use std::collections::VecDeque;
use std::hash::{BuildHasher, RandomState};
use std::ops::ControlFlow;
use std::sync::{Mutex, MutexGuard, PoisonError};

use hashbrown::HashTable;

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

/// What is seen stands in the order of its age, and a table of places in that order finds it: half of the memory
/// of a map from hashes, which grows to twice what it needs where old ones keep being replaced by new ones.
#[derive(Debug, Default)]
struct Memory {
    /// The oldest first.
    seen: VecDeque<Seen>,
    /// The number of each. The numbers are successive, and wrap.
    numbers: HashTable<u32>,
    /// The number of the oldest.
    oldest: u32,
}

#[derive(Debug)]
struct Seen {
    hash: u64,
    first: i64,
    count: u32,
    /// So many of them came before this run.
    recalled: u32,
}

impl Memory {
    fn get_mut(&mut self, hash: u64) -> Option<&mut Seen> {
        let Memory { seen, numbers, oldest } = self;
        let number = numbers.find(hash, |number| seen[place(*number, *oldest)].hash == hash)?;
        seen.get_mut(place(*number, *oldest))
    }

    fn push_newest(&mut self, new: Seen) {
        let number = self.oldest.wrapping_add(self.seen.len() as u32);
        let hash = new.hash;
        self.seen.push_back(new);
        self.enter(hash, number);
    }

    fn push_oldest(&mut self, new: Seen) {
        self.oldest = self.oldest.wrapping_sub(1);
        let hash = new.hash;
        self.seen.push_front(new);
        self.enter(hash, self.oldest);
    }

    fn enter(&mut self, hash: u64, number: u32) {
        let Memory { seen, numbers, oldest } = self;
        numbers.insert_unique(hash, number, |number| seen[place(*number, *oldest)].hash);
    }

    fn forget_oldest(&mut self) {
        let Some(forgotten) = self.seen.pop_front() else { return };
        if let Ok(entry) = self.numbers.find_entry(forgotten.hash, |number| *number == self.oldest) {
            entry.remove();
        }
        self.oldest = self.oldest.wrapping_add(1);
    }
}

/// Where in their order the one of this number stands.
fn place(number: u32, oldest: u32) -> usize {
    number.wrapping_sub(oldest) as usize
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
        // Room that is not used takes addresses, but no memory.
        let memory = Memory { seen: VecDeque::with_capacity(capacity), ..Memory::default() };
        Retries { key: RandomState::new(), memory: Mutex::new(memory), capacity }
    }

    /// Notes a delivery at `now`, in Unix seconds, and answers which attempt it is.
    pub fn note(&self, id: &str, now: i64) -> Attempt {
        let hash = self.key.hash_one(id);
        let mut memory = self.memory();
        if let Some(seen) = memory.get_mut(hash) {
            seen.count = seen.count.saturating_add(1);
            let since_first = now.saturating_sub(seen.first).try_into().unwrap_or(0);
            return Attempt { number: seen.count, since_first };
        }
        if memory.seen.len() >= self.capacity {
            memory.forget_oldest();
        }
        memory.push_newest(Seen { hash, first: now, count: 1, recalled: 0 });
        Attempt { number: 1, since_first: 0 }
    }

    /// Takes note of an attempt from before this run, which came `at`, in Unix seconds. Those that came last are
    /// told first, while new ones may arrive; the break says that there is no room for older ones.
    pub fn recall(&self, id: &str, number: u32, at: i64) -> ControlFlow<()> {
        let hash = self.key.hash_one(id);
        let mut memory = self.memory();
        if let Some(seen) = memory.get_mut(hash) {
            // Of several attempts from before, the last one tells how many there were.
            let more = number.saturating_sub(seen.recalled);
            seen.recalled += more;
            seen.count = seen.count.saturating_add(more);
            seen.first = seen.first.min(at);
            return ControlFlow::Continue(());
        }
        if memory.seen.len() >= self.capacity {
            return ControlFlow::Break(());
        }
        memory.push_oldest(Seen { hash, first: at, count: number, recalled: number });
        ControlFlow::Continue(())
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

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
            assert_eq!((memory.seen.len(), memory.numbers.len()), (3, 3));
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

    #[derive(Debug, Clone)]
    enum Step {
        Note(u8, i64),
        Recall(u8, u32, i64),
    }

    fn step() -> impl Strategy<Value = Step> {
        prop_oneof![
            (0u8..12, 0i64..100).prop_map(|(id, now)| Step::Note(id, now)),
            (0u8..12, 1u32..5, 0i64..100).prop_map(|(id, number, at)| Step::Recall(id, number, at)),
        ]
    }

    proptest! {
        #[test]
        fn any_order_of_notes_and_recalls_counts_as_a_plain_list_would(
            steps in proptest::collection::vec(step(), 0..200),
            capacity in 1usize..8,
        ) {
            let retries = Retries::new(capacity);
            // The id, its first time, how many there were, and how many of them before; the oldest first.
            let mut list: Vec<(u8, i64, u32, u32)> = Vec::new();
            for step in steps {
                match step {
                    Step::Note(id, now) => {
                        let number = match list.iter_mut().find(|seen| seen.0 == id) {
                            Some(seen) => {
                                seen.2 += 1;
                                attempt(seen.2, u64::try_from(now - seen.1).unwrap_or(0))
                            }
                            None => {
                                if list.len() == capacity {
                                    list.remove(0);
                                }
                                list.push((id, now, 1, 0));
                                attempt(1, 0)
                            }
                        };
                        prop_assert_eq!(retries.note(&id.to_string(), now), number);
                    }
                    Step::Recall(id, number, at) => {
                        let has_room = list.len() < capacity;
                        let mut answer = ControlFlow::Continue(());
                        match list.iter_mut().find(|seen| seen.0 == id) {
                            Some(seen) => {
                                let more = number.saturating_sub(seen.3);
                                *seen = (id, seen.1.min(at), seen.2 + more, seen.3 + more);
                            }
                            None if has_room => list.insert(0, (id, at, number, number)),
                            None => answer = ControlFlow::Break(()),
                        }
                        prop_assert_eq!(retries.recall(&id.to_string(), number, at), answer);
                    }
                }
            }
        }
    }
}
