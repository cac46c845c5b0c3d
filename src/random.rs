//! Randomness as a value that is passed in, and the identifiers made from it.

use std::sync::Mutex;

use sha2::{Digest, Sha256};

/// Where secrets, ids and jitter come from.
pub trait Random: Send + Sync {
    /// Fills `bytes`, with cryptographic quality outside tests.
    fn fill(&self, bytes: &mut [u8]);
}

/// The operating system's generator.
#[derive(Debug, Default)]
pub struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&self, bytes: &mut [u8]) {
        getrandom::fill(bytes).expect("the operating system's random generator answers");
    }
}

/// A repeatable sequence for tests: SHA-256 over a seed and a counter.
#[derive(Debug)]
pub struct SeededRandom {
    seed: u64,
    counter: Mutex<u64>,
}

impl SeededRandom {
    /// The sequence that belongs to `seed`.
    pub fn new(seed: u64) -> Self {
        SeededRandom { seed, counter: Mutex::new(0) }
    }
}

impl Random for SeededRandom {
    fn fill(&self, bytes: &mut [u8]) {
        let mut counter = self.counter.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        for chunk in bytes.chunks_mut(32) {
            let mut hash = Sha256::new();
            hash.update(self.seed.to_be_bytes());
            hash.update(counter.to_be_bytes());
            *counter += 1;
            chunk.copy_from_slice(&hash.finalize()[..chunk.len()]);
        }
    }
}

/// A version 4 UUID in its usual 36 characters.
pub fn uuid(random: &dyn Random) -> String {
    let mut bytes = [0u8; 16];
    random.fill(&mut bytes);
    bytes[6] = (bytes[6] & 0x0f) | 0x40;
    bytes[8] = (bytes[8] & 0x3f) | 0x80;
    // Thousands are made a second, so the digits are looked up rather than formatted.
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(36);
    for (index, byte) in bytes.into_iter().enumerate() {
        if matches!(index, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        text.push(char::from(DIGITS[usize::from(byte >> 4)]));
        text.push(char::from(DIGITS[usize::from(byte & 0x0f)]));
    }
    text
}

/// A new `webhook-id`, in the form that the service's examples have: `msg_` and a UUID.
pub fn message_id(random: &dyn Random) -> String {
    format!("msg_{}", uuid(random))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_id_is_a_version_4_uuid() {
        let id = message_id(&SeededRandom::new(1));
        let uuid = id.strip_prefix("msg_").expect("has the prefix");
        assert_eq!(uuid.len(), 36);
        assert_eq!(uuid.as_bytes()[14], b'4');
        assert!(matches!(uuid.as_bytes()[19], b'8' | b'9' | b'a' | b'b'));
    }

    #[test]
    fn the_seeded_sequence_repeats_and_moves_on() {
        let (one, two) = (SeededRandom::new(7), SeededRandom::new(7));
        assert_eq!(uuid(&one), uuid(&two));
        assert_ne!(uuid(&one), uuid(&SeededRandom::new(7)));
    }
}
