//! HMAC-SHA256, the `v1` scheme.

use std::slice;

use hmac::block_api::HmacCore;
use hmac::digest::block_api::{Block, Buffer, CoreProxy, FixedOutputCore, UpdateCore};
use hmac::digest::{CtOutput, Output};
use hmac::{Hmac, KeyInit, Mac as _};
use sha2::Sha256;

type Core = HmacCore<Sha256>;

/// The code of a message.
pub(super) struct Code(CtOutput<Core>);

impl Code {
    /// Whether `tag` is this code, compared in constant time.
    pub(super) fn is(&self, tag: &[u8; 32]) -> bool {
        self.0 == CtOutput::new((*tag).into())
    }
}

/// HMAC-SHA256 with its key already taken in: cloning it costs less than keying it again.
#[derive(Clone)]
pub(super) struct Mac(Hmac<Sha256>);

impl Mac {
    pub(super) fn new(key: &[u8]) -> Self {
        Mac(Hmac::new_from_slice(key).expect("HMAC takes a key of any length"))
    }

    /// Whether `tag` is the code of the parts together, compared in constant time.
    pub(super) fn verify(&self, parts: &[&[u8]], tag: &[u8]) -> bool {
        self.over(parts).verify_slice(tag).is_ok()
    }

    /// The code of the parts together.
    pub(super) fn sign(&self, parts: &[&[u8]]) -> [u8; 32] {
        self.over(parts).finalize().into_bytes().into()
    }

    /// The same key with the parts taken in, for going on from there or for comparing.
    pub(super) fn after(&self, parts: &[&[u8]]) -> Mac {
        Mac(self.over(parts))
    }

    /// Whether `tag` is the code of what has been taken in, compared in constant time.
    pub(super) fn is(&self, tag: &[u8]) -> bool {
        self.0.clone().verify_slice(tag).is_ok()
    }

    /// The codes of two messages, each of a head and a body, in four fifths of the time that one after the other
    /// takes: the processor works on a block of one while a block of the other waits for results of its own.
    /// `None` where a head and the beginning of its body do not fill a block.
    pub(super) fn sign_two(&self, heads: [&[&[u8]]; 2], bodies: [&[u8]; 2]) -> Option<[Code; 2]> {
        let (a, b) = (Blocks::of(heads[0], bodies[0])?, Blocks::of(heads[1], bodies[1])?);
        let (core, _) = self.0.clone().decompose();
        let (mut core_a, mut core_b) = (core.clone(), core);
        core_a.update_blocks(slice::from_ref(&a.first));
        core_b.update_blocks(slice::from_ref(&b.first));
        let common = a.middle.len().min(b.middle.len());
        let ((both_a, rest_a), (both_b, rest_b)) = (a.middle.split_at(common), b.middle.split_at(common));
        for (block_a, block_b) in both_a.iter().zip(both_b) {
            core_a.update_blocks(slice::from_ref(block_a));
            core_b.update_blocks(slice::from_ref(block_b));
        }
        core_a.update_blocks(rest_a);
        core_b.update_blocks(rest_b);
        Some([finish(core_a, a.tail), finish(core_b, b.tail)])
    }

    fn over(&self, parts: &[&[u8]]) -> Hmac<Sha256> {
        let mut mac = self.0.clone();
        for part in parts {
            mac.update(part);
        }
        mac
    }
}

/// A message as whole blocks and the bytes after them.
struct Blocks<'a> {
    /// The head with the beginning of the body.
    first: Block<Core>,
    middle: &'a [Block<Core>],
    tail: &'a [u8],
}

impl<'a> Blocks<'a> {
    fn of(head: &[&[u8]], body: &'a [u8]) -> Option<Self> {
        let mut first = Block::<Core>::default();
        let mut filled = 0;
        for part in head {
            first.get_mut(filled..filled + part.len())?.copy_from_slice(part);
            filled += part.len();
        }
        let (start, rest) = body.split_at_checked(first.len() - filled)?;
        first[filled..].copy_from_slice(start);
        let (middle, tail) = Block::<Core>::slice_as_chunks(rest);
        Some(Blocks { first, middle, tail })
    }
}

fn finish(mut core: Core, tail: &[u8]) -> Code {
    let mut code = Output::<Core>::default();
    core.finalize_fixed_core(&mut Buffer::<Core>::new(tail), &mut code);
    Code(CtOutput::new(code))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn the_codes_of_two_are_those_of_each(
            key in proptest::collection::vec(any::<u8>(), 0..80),
            heads in [proptest::collection::vec(any::<u8>(), 0..70), proptest::collection::vec(any::<u8>(), 0..70)],
            bodies in [proptest::collection::vec(any::<u8>(), 0..400), proptest::collection::vec(any::<u8>(), 0..400)],
        ) {
            let mac = Mac::new(&key);
            let parts = heads.each_ref().map(|head| {
                let (id, timestamp) = head.split_at(head.len() / 2);
                [id, timestamp]
            });
            let two = mac.sign_two(parts.each_ref().map(|parts| &parts[..]), bodies.each_ref().map(Vec::as_slice));
            let fits = heads.iter().zip(&bodies).all(|(head, body)| head.len() <= 64 && head.len() + body.len() >= 64);
            prop_assert_eq!(two.is_some(), fits);
            for ((code, head), body) in two.into_iter().flatten().zip(&heads).zip(&bodies) {
                let mut tag = mac.sign(&[head, body]);
                prop_assert!(code.is(&tag));
                tag[body.len() % 32] ^= 1;
                prop_assert!(!code.is(&tag));
            }
        }
    }
}
