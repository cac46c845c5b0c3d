//! No single bit of a signed delivery can be changed without it being refused, in any scheme.

use gwh::signature::{Keys, Policy, Scheme, Signer, signature_header, verify, verify_two};
use proptest::prelude::*;
use proptest::sample::Index;

use crate::signing::{Delivery, ID, keys, secret, signer};
use crate::support::NOW;

/// Takes more than one block of a hash, in which two deliveries are worked on in turns.
const BODY: &[u8] = br#"{"type":"x","data":{"note":"the quick brown fox jumps over the lazy dog"}} "#;

/// Generous, so that a changed timestamp is refused for its signature and not for its age.
fn policy() -> Policy {
    Policy { check_timestamp: false, ..Policy::at(NOW) }
}

fn fields(delivery: &mut Delivery) -> [(&'static str, &mut Vec<u8>); 4] {
    let Delivery { id, timestamp, signature, body } = delivery;
    [("id", id), ("timestamp", timestamp), ("signature", signature), ("body", body)]
}

fn flip(delivery: &Delivery, field: usize, bit: usize) -> Delivery {
    let mut changed = delivery.clone();
    fields(&mut changed)[field].1[bit / 8] ^= 1 << (bit % 8);
    changed
}

/// Whether it is valid, be it alone or one of two.
fn is_valid(delivery: &Delivery, keys: &Keys) -> bool {
    let alone = delivery.verdict_by(keys, &policy()).is_valid();
    let other = Delivery::signed(Scheme::V1, BODY);
    let [first, other_after] = verify_two([&delivery.as_signed(), &other.as_signed()], keys, &policy());
    let [other_before, second] = verify_two([&other.as_signed(), &delivery.as_signed()], keys, &policy());
    assert_eq!((first.is_valid(), second.is_valid()), (alone, alone), "beside another {delivery:?}");
    assert!(other_before.is_valid() && other_after.is_valid(), "beside {delivery:?}");
    alone
}

fn every_flip_is_refused(scheme: Scheme) {
    let keys = keys();
    let mut delivery = Delivery::signed(scheme, BODY);
    assert!(is_valid(&delivery, &keys));
    let lengths = fields(&mut delivery).map(|(name, bytes)| (name, bytes.len()));
    for (field, (name, length)) in lengths.into_iter().enumerate() {
        assert!(length > 0);
        for bit in 0..length * 8 {
            let changed = flip(&delivery, field, bit);
            assert!(!is_valid(&changed, &keys), "{scheme:?} with bit {bit} of its {name} flipped");
        }
    }
}

#[test]
fn every_bit_of_a_v1_delivery_counts() {
    every_flip_is_refused(Scheme::V1);
}

#[test]
fn every_bit_of_a_v1a_delivery_counts() {
    every_flip_is_refused(Scheme::V1a);
}

#[test]
fn every_bit_of_a_jwt_delivery_counts() {
    every_flip_is_refused(Scheme::Jwt);
}

#[test]
fn every_shorter_or_longer_body_is_refused() {
    let keys = keys();
    for scheme in Scheme::ALL {
        let delivery = Delivery::signed(scheme, b"{\"a\":1}\n");
        for end in 0..delivery.body.len() {
            let shorter = Delivery { body: delivery.body[..end].to_vec(), ..delivery.clone() };
            assert!(!is_valid(&shorter, &keys), "{scheme:?} cut to {end}");
        }
        for more in 0..=255 {
            let longer = Delivery { body: [&delivery.body[..], &[more]].concat(), ..delivery.clone() };
            assert!(!is_valid(&longer, &keys), "{scheme:?} with {more:#x} at its end");
        }
    }
}

#[test]
fn every_shorter_signature_is_refused() {
    let keys = keys();
    for scheme in Scheme::ALL {
        let delivery = Delivery::signed(scheme, b"{}");
        for end in 0..delivery.signature.len() {
            let shorter = Delivery { signature: delivery.signature[..end].to_vec(), ..delivery.clone() };
            assert!(!is_valid(&shorter, &keys), "{scheme:?} cut to {end}");
        }
    }
}

/// The signed bytes stay the same while a dot moves between the id, the timestamp and the body.
#[test]
fn what_is_signed_cannot_be_split_otherwise() {
    let keys = keys();
    for scheme in [Scheme::V1, Scheme::V1a] {
        let delivery = Delivery::signed(scheme, br#"{"note":".1769083201.{}"}"#);
        assert!(is_valid(&delivery, &keys));
        let moved = Delivery {
            id: [&delivery.id[..], b".", &delivery.timestamp, br#".{"note":""#].concat(),
            timestamp: b"1769083201".to_vec(),
            body: br#"{}"}"#.to_vec(),
            ..delivery.clone()
        };
        assert!(!is_valid(&moved, &keys), "{scheme:?}");
        let delivery = Delivery::signed(scheme, b"1769083201.{}");
        let moved = Delivery {
            id: [&delivery.id[..], b".", &delivery.timestamp].concat(),
            timestamp: b"1769083201".to_vec(),
            body: b"{}".to_vec(),
            ..delivery.clone()
        };
        assert!(!is_valid(&moved, &keys), "{scheme:?}");
    }
}

fn scheme() -> impl Strategy<Value = Scheme> {
    prop::sample::select(&Scheme::ALL[..])
}

fn body() -> impl Strategy<Value = Vec<u8>> {
    prop_oneof![
        prop::collection::vec(any::<u8>(), 0..64),
        prop::collection::vec(any::<u8>(), 0..8192),
        "\\PC{0,200}".prop_map(String::into_bytes),
    ]
}

proptest! {
    #[test]
    fn any_body_verifies_and_no_flipped_bit_does(
        scheme in scheme(), body in body(), field in 0..4usize, at in any::<Index>(),
    ) {
        let keys = keys();
        let mut delivery = Delivery::signed(scheme, body);
        prop_assert!(is_valid(&delivery, &keys));
        let bits = fields(&mut delivery)[field].1.len() * 8;
        if bits > 0 {
            prop_assert!(!is_valid(&flip(&delivery, field, at.index(bits)), &keys));
        }
    }

    #[test]
    fn two_are_judged_as_each_is_alone(
        schemes in [scheme(), scheme()], bodies in [body(), body()], are_rotated in any::<[bool; 2]>(),
        spoilt in proptest::option::of((0..2usize, 0..4usize, any::<Index>())), is_new_first in any::<bool>(),
    ) {
        let mut keys = keys();
        keys.secrets.insert(usize::from(!is_new_first), secret(2));
        let mut deliveries = [0, 1].map(|at| {
            let signer = match (schemes[at], are_rotated[at]) {
                (Scheme::V1, true) => Signer::V1(vec![secret(2).secret]),
                (scheme, _) => signer(scheme),
            };
            Delivery::new(signature_header(&signer, ID, NOW, &bodies[at]).expect("signs"), &bodies[at])
        });
        if let Some((which, field, at)) = spoilt {
            let bits = fields(&mut deliveries[which])[field].1.len() * 8;
            if bits > 0 {
                deliveries[which] = flip(&deliveries[which], field, at.index(bits));
            }
        }
        let [one, two] = deliveries.each_ref().map(Delivery::as_signed);
        let together = verify_two([&one, &two], &keys, &policy());
        let alone = [one, two].map(|delivery| verify(&delivery, &keys, &policy()));
        prop_assert_eq!(format!("{together:?}"), format!("{alone:?}"));
    }

    #[test]
    fn nothing_in_the_headers_makes_a_body_valid_or_the_verifier_panic(
        id in "\\PC{0,20}", timestamp in "[0-9.eE+-]{0,20}", body in body(),
        signature in "(v1,|v1a,|v2,|)[A-Za-z0-9+/=_.-]{0,120}( (v1,|v1a,)[A-Za-z0-9+/=]{0,90})?",
    ) {
        let delivery = Delivery {
            id: id.into_bytes(),
            timestamp: timestamp.into_bytes(),
            signature: signature.into_bytes(),
            body,
        };
        prop_assert!(!is_valid(&delivery, &keys()));
    }
}
