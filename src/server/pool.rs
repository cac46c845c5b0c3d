//! The memory of bodies that come in several pieces, shared by all connections.
//!
//! Such bodies are what a hostile client can fill memory with. They are kept in blocks of one size,
//! cut from one large piece of memory: what they take together has a limit, and the piece goes back to
//! the system, whole, once none is in use. Single allocations would leave the heap full of holes.

use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::BytesMut;

/// The size of a block: most bodies that need any need one.
pub(super) const BLOCK: usize = 64 * 1024;

/// A limited number of blocks.
#[derive(Debug)]
pub struct Pool {
    blocks: usize,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// What no block has been cut from yet.
    uncut: BytesMut,
    free: Vec<BytesMut>,
    in_use: usize,
}

impl Pool {
    /// A pool of at most `bytes`, in whole blocks. Nothing is allocated yet.
    pub fn new(bytes: usize) -> Self {
        Pool { blocks: bytes.div_ceil(BLOCK), state: Mutex::default() }
    }

    fn take(&self) -> Option<BytesMut> {
        let mut state = self.lock();
        if state.in_use == self.blocks {
            return None;
        }
        if state.in_use == 0 {
            state.uncut = BytesMut::with_capacity(self.blocks * BLOCK);
        }
        state.in_use += 1;
        if let Some(block) = state.free.pop() {
            return Some(block);
        }
        let rest = state.uncut.split_off(BLOCK);
        Some(std::mem::replace(&mut state.uncut, rest))
    }

    fn give_back(&self, blocks: impl Iterator<Item = BytesMut>) {
        let mut state = self.lock();
        for mut block in blocks {
            block.clear();
            state.free.push(block);
            state.in_use -= 1;
        }
        if state.in_use == 0 {
            *state = State::default();
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Bytes in blocks of a pool, which get them back when this is dropped.
#[derive(Debug)]
pub(super) struct Pooled<'a> {
    pool: &'a Pool,
    blocks: Vec<BytesMut>,
    length: usize,
}

impl<'a> Pooled<'a> {
    pub(super) fn new(pool: &'a Pool) -> Self {
        Pooled { pool, blocks: Vec::new(), length: 0 }
    }

    pub(super) fn len(&self) -> usize {
        self.length
    }

    /// Appends `bytes` and answers whether there was room in the pool.
    pub(super) fn push(&mut self, mut bytes: &[u8]) -> bool {
        while !bytes.is_empty() {
            if self.length.is_multiple_of(BLOCK) {
                let Some(block) = self.pool.take() else { return false };
                self.blocks.push(block);
            }
            let Some(block) = self.blocks.last_mut() else { return false };
            let (now, later) = bytes.split_at(bytes.len().min(BLOCK - block.len()));
            block.extend_from_slice(now);
            self.length += now.len();
            bytes = later;
        }
        true
    }

    /// Everything, in one piece.
    pub(super) fn concat(&self) -> Vec<u8> {
        self.blocks.concat()
    }
}

impl Drop for Pooled<'_> {
    fn drop(&mut self) {
        if !self.blocks.is_empty() {
            self.pool.give_back(self.blocks.drain(..));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_out_as_they_went_in() {
        let pool = Pool::new(4 * BLOCK);
        let bytes: Vec<u8> = (0..2 * BLOCK + 5).map(|index| index as u8).collect();
        let mut pooled = Pooled::new(&pool);
        for piece in bytes.chunks(1000) {
            assert!(pooled.push(piece));
        }
        assert_eq!((pooled.len(), pooled.concat()), (bytes.len(), bytes));
    }

    #[test]
    fn the_limit_holds_over_all_and_blocks_come_back() {
        let pool = Pool::new(3 * BLOCK);
        let mut first = Pooled::new(&pool);
        assert!(first.push(&[1; BLOCK]));
        {
            let mut second = Pooled::new(&pool);
            assert!(second.push(&[2; 2 * BLOCK]));
            assert!(!second.push(b"x"));
            assert!(!first.push(b"x"));
        }
        assert!(first.push(&[1; 2 * BLOCK]), "in the blocks that the second one had");
        assert_eq!(first.concat(), vec![1; 3 * BLOCK]);
        assert_eq!(pool.lock().uncut.capacity(), 0);
        drop(first);
        let state = pool.lock();
        assert_eq!((state.in_use, state.free.len()), (0, 0), "nothing is kept");
    }
}
