//! Deliveries to the URIs that jobs name: how they are signed, and with which keys.

use gwh::signature::{Keys, NamedPublicKey, Scheme, parse_jwks};
use serde_json::{Value, json};

use super::{Emulator, text};
use crate::support::{NOW, Received, Receiver, Sandbox};

const SOON: [&str; 2] = ["--job-delay", "0s"];

/// The keys that are published now.
fn published(emulator: &mut Emulator) -> Vec<NamedPublicKey> {
    let set = emulator.done("GET", "/.well-known/jwks.json", None);
    parse_jwks(set.to_string().as_bytes(), &"emulator".into()).expect("a key set").keys
}

fn start(emulator: &mut Emulator, receiver: &Receiver) {
    let config = json!({"uris": [receiver.url("/")], "user_metadata": {"n": 1}});
    let body = json!({"model": "m", "input": "x", "background": true, "webhook_config": config}).to_string();
    emulator.done("POST", "/v1/interactions", Some(&body));
}

fn is_valid(received: &Received, public_keys: &[NamedPublicKey]) -> bool {
    let keys = Keys { public_keys: public_keys.to_vec(), ..Keys::default() };
    received.verdict(&keys, NOW).is_valid()
}

#[test]
fn ed25519_signs_with_one_of_several_keys_without_a_kid_and_with_another_after_a_rotation() {
    let sandbox = Sandbox::new();
    let receiver = Receiver::answering(200);
    let mut emulator = Emulator::start(&sandbox, &SOON);
    let before = published(&mut emulator);
    start(&mut emulator, &receiver);
    receiver.wait_for(1);
    let rotated = emulator.done("POST", "/emulator/v1/keys:rotate", None);
    assert_eq!((text(&rotated, "/scheme"), &rotated["published"]), ("v1a".to_owned(), &json!(4)));
    let after = published(&mut emulator);
    start(&mut emulator, &receiver);
    receiver.wait_for(2);
    let received = receiver.received();
    assert!(received[0].header("webhook-signature").starts_with("v1a,"));
    let alone = |index: usize| is_valid(&received[0], &before[index..=index]);
    assert_eq!([alone(0), alone(1), alone(2)], [false, true, false], "the first key is not the one");
    assert!(before[..3].iter().all(|key| key.kid.is_none()));
    assert!(is_valid(&received[0], &after), "the key that signed before is still published");
    assert!(!is_valid(&received[1], &before), "only those who fetch the set again can verify");
    assert!(is_valid(&received[1], &after));
}

#[test]
fn tokens_name_their_key_and_their_audience() {
    let sandbox = Sandbox::new();
    let receiver = Receiver::answering(200);
    let args = [&SOON[..], &["--dynamic-scheme", "jwt", "--dynamic-audience", "me"]].concat();
    let mut emulator = Emulator::start(&sandbox, &args);
    let before = published(&mut emulator);
    start(&mut emulator, &receiver);
    receiver.wait_for(1);
    emulator.done("POST", "/emulator/v1/keys:rotate", None);
    let after = published(&mut emulator);
    start(&mut emulator, &receiver);
    receiver.wait_for(2);
    let received = receiver.received();
    let valid = |index: usize, keys: &[NamedPublicKey]| is_valid(&received[index], keys);
    assert_eq!([valid(0, &before), valid(0, &after)], [true, true]);
    assert_eq!([valid(1, &before), valid(1, &after)], [false, true]);
    assert_eq!(after.iter().filter(|key| key.key.scheme() == Scheme::Jwt).count(), 2);
    let claims = received[0].header("webhook-signature").split('.').nth(1).expect("a token").to_owned();
    let claims = base64_url(&claims);
    assert_eq!(claims["aud"], "me");
}

fn base64_url(text: &str) -> Value {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).expect("base64url")).expect("JSON")
}
