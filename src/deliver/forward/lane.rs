//! The deliveries to one target: so many under way, a bounded number waiting, in the order of arrival.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

/// What a lane may hold.
#[derive(Debug, Clone, Copy)]
pub struct Room {
    /// Deliveries that wait for their turn.
    pub waiting: usize,
    /// Bytes of the deliveries that wait and of those under way. One larger than that is taken alone.
    pub bytes: usize,
}

/// A lane. Whoever enters gets a [`Place`] in it at once, or is told that it is full.
#[derive(Debug)]
pub(super) struct Lane {
    concurrency: usize,
    room: Room,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    running: usize,
    bytes: usize,
    entered: u64,
    waiting: VecDeque<(u64, oneshot::Sender<Slot>)>,
}

/// The lane is full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Full;

impl Lane {
    pub(super) fn new(concurrency: usize, room: Room) -> Arc<Self> {
        Arc::new(Lane { concurrency, room, state: Mutex::default() })
    }

    /// Takes the next place for a delivery of `bytes`.
    pub(super) fn enter(self: &Arc<Self>, bytes: usize) -> Result<Place, Full> {
        let mut state = self.lock();
        let is_idle = state.running < self.concurrency && state.waiting.is_empty();
        let has_room = is_idle || state.waiting.len() < self.room.waiting;
        let has_memory = state.bytes == 0 || state.bytes + bytes <= self.room.bytes;
        if !has_room || !has_memory {
            return Err(Full);
        }
        state.bytes += bytes;
        state.entered += 1;
        let number = state.entered;
        let mut place = Place { lane: self.clone(), number, bytes, slot: None, turn: None };
        if is_idle {
            state.running += 1;
            place.slot = Some(Slot { lane: Some(self.clone()) });
        } else {
            let (sender, turn) = oneshot::channel();
            state.waiting.push_back((number, sender));
            place.turn = Some(turn);
        }
        Ok(place)
    }

    /// Hands a slot that became free to the first who waits.
    fn release(self: &Arc<Self>) {
        loop {
            let next = {
                let mut state = self.lock();
                match state.waiting.pop_front() {
                    Some((_, next)) => next,
                    None => {
                        state.running -= 1;
                        return;
                    }
                }
            };
            match next.send(Slot { lane: Some(self.clone()) }) {
                Ok(()) => return,
                // Left a moment ago. What comes back is the slot of the next one, not one to be freed.
                Err(mut slot) => drop(slot.lane.take()),
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A place in a lane, which is left by dropping it.
#[derive(Debug)]
pub(super) struct Place {
    lane: Arc<Lane>,
    number: u64,
    bytes: usize,
    slot: Option<Slot>,
    turn: Option<oneshot::Receiver<Slot>>,
}

impl Place {
    /// Waits for the turn, which lasts until the place is left. May be called again after a wait that was
    /// given up.
    pub(super) async fn turn(&mut self) {
        if let Some(turn) = &mut self.turn {
            // The lane keeps the sender for as long as this place is in it.
            self.slot = turn.await.ok();
            self.turn = None;
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut state = self.lane.lock();
        state.bytes -= self.bytes;
        if self.turn.is_some() {
            state.waiting.retain(|(number, _)| *number != self.number);
        }
    }
}

/// One of the deliveries that may be under way. It is passed on when dropped, also where it was sent to
/// somebody who left before taking it.
#[derive(Debug)]
struct Slot {
    lane: Option<Arc<Lane>>,
}

impl Drop for Slot {
    fn drop(&mut self) {
        if let Some(lane) = self.lane.take() {
            lane.release();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::pin::pin;
    use std::task::{Context, Poll, Waker};

    use super::*;

    const ROOM: Room = Room { waiting: 3, bytes: 100 };

    fn has_turn(place: &mut Place) -> bool {
        let mut context = Context::from_waker(Waker::noop());
        matches!(pin!(place.turn()).poll(&mut context), Poll::Ready(()))
    }

    fn turns(places: &mut [Place]) -> Vec<bool> {
        places.iter_mut().map(has_turn).collect()
    }

    #[test]
    fn turns_come_in_the_order_of_entering() {
        let lane = Lane::new(1, ROOM);
        let mut places: Vec<Place> = (0..4).map(|_| lane.enter(1).expect("has room")).collect();
        // Asked in the wrong order, the first one is still the first.
        assert!(!has_turn(&mut places[3]));
        for left in (1..=4).rev() {
            assert_eq!(turns(&mut places), (0..left).map(|index| index == 0).collect::<Vec<_>>());
            places.remove(0);
        }
        assert_eq!((lane.lock().running, lane.lock().bytes), (0, 0));
    }

    #[test]
    fn as_many_as_allowed_are_under_way() {
        let lane = Lane::new(2, ROOM);
        let mut places: Vec<Place> = (0..4).map(|_| lane.enter(1).expect("has room")).collect();
        assert_eq!(turns(&mut places), [true, true, false, false]);
        places.remove(1);
        assert_eq!(turns(&mut places), [true, true, false]);
    }

    #[test]
    fn a_full_lane_takes_nobody() {
        let lane = Lane::new(1, ROOM);
        let mut places: Vec<Place> = (0..4).map(|_| lane.enter(1).expect("has room")).collect();
        assert_eq!(lane.enter(1).err(), Some(Full));
        places.pop();
        places.push(lane.enter(1).expect("the one that left made room"));
        assert_eq!(lane.enter(1).err(), Some(Full));
    }

    #[test]
    fn bytes_are_bounded_and_a_large_one_passes_alone() {
        let lane = Lane::new(8, ROOM);
        let large = lane.enter(1_000).expect("is alone");
        assert_eq!(lane.enter(1).err(), Some(Full));
        drop(large);
        let places = [60, 40].map(|bytes| lane.enter(bytes).expect("has room"));
        assert_eq!(lane.enter(1).err(), Some(Full));
        drop(places);
        assert_eq!(lane.lock().bytes, 0);
    }

    #[test]
    fn a_turn_that_nobody_takes_is_passed_on() {
        let lane = Lane::new(1, ROOM);
        let mut places: Vec<Place> = (0..4).map(|_| lane.enter(1).expect("has room")).collect();
        let (last, third, second, first) = (places.pop(), places.pop(), places.pop(), places.pop());
        // The second leaves while it waits; the third is given its turn and leaves without looking.
        drop(second);
        drop(first);
        drop(third);
        assert!(has_turn(&mut last.expect("is the last")));
        assert_eq!((lane.lock().running, lane.lock().waiting.len()), (0, 0));
    }
}
