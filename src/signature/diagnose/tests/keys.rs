//! Mistakes with secrets and keys.

use super::*;

fn parts() -> [&'static [u8]; 5] {
    [ID.as_bytes(), b".", STAMP.as_bytes(), b".", BODY.as_bytes()]
}

fn keyed(key: impl AsRef<[u8]>) -> Sample {
    Sample::keyed(key.as_ref(), &parts(), BODY)
}

#[test]
fn another_known_secret() {
    let sample = Sample::signed_over(BODY, BODY);
    let keys = Keys {
        secrets: vec![named("staging", "whsec_c29tZXRoaW5nIGVsc2U=")],
        known: vec![named("prod", SECRET)],
        ..Keys::default()
    };
    let finding = sample.finding(&keys);
    assert_eq!(finding.cause, Cause::OtherSecret);
    assert_eq!(finding.proof, "it matches once the secret whsec_...Hh8= (prod) is used");
    assert!(!finding.hint().contains(&SECRET[6..]), "the secret itself is never told");
}

#[test]
fn a_known_secret_explains_a_delivery_that_no_key_given_is_for() {
    let keys = Keys { known: vec![named("prod", SECRET)], ..ed25519_keys() };
    assert_eq!(Sample::signed_over(BODY, BODY).causes(&keys), [Cause::OtherSecret]);
}

#[test]
fn a_secret_that_expired_in_a_rotation() {
    let mut keys = keys();
    keys.secrets[0].expires_at = Some(NOW - 3_600);
    keys.secrets.push(named("new", "whsec_c29tZXRoaW5nIGVsc2U="));
    let finding = Sample::signed_over(BODY, BODY).finding(&keys);
    assert_eq!(finding.cause, Cause::ExpiredSecret);
    assert_eq!(
        finding.proof,
        "it matches once the secret whsec_...Hh8= (prod) is used, which expired 1h ago"
    );
}

#[test]
fn the_text_of_the_secret_as_the_key() {
    for text in [SECRET.to_owned(), SECRET[6..].to_owned(), format!("{SECRET}\n")] {
        assert_eq!(keyed(&text).causes(&keys()), [Cause::SecretNotDecoded], "{text:?}");
    }
    let bare = Keys { secrets: vec![named("bare", &SECRET[6..])], ..Keys::default() };
    assert_eq!(keyed(SECRET).causes(&bare), [Cause::SecretNotDecoded]);
}

/// The keys are what Python's `base64.b64decode(SECRET)` and Node's `Buffer.from(SECRET, "base64")` make.
#[test]
fn the_prefix_decoded_with_the_secret() {
    let python = "c21b1e700004080c1014181c2024282c3034383c4044484c5054585c6064686c7074787c";
    let node = "c21b1e73f000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1";
    for hex in [python, node] {
        let key = spelling::unhex(hex.as_bytes()).expect("hex");
        assert_eq!(keyed(key).causes(&keys()), [Cause::SecretPrefixDecoded], "{hex}");
    }
    let node_with_version = "bf5c21b1e73f000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    let key = spelling::unhex(node_with_version.as_bytes()).expect("hex");
    assert_eq!(keyed(key).causes(&keys()), [Cause::SecretVersionPasted]);
}

#[test]
fn a_secret_in_hex() {
    let hex = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
    let keys = Keys { secrets: vec![named("hex", hex)], ..Keys::default() };
    assert_eq!(keyed(key()).causes(&keys), [Cause::SecretHex]);
}

#[test]
fn a_secret_with_a_version_in_front() {
    let pasted = Keys { secrets: vec![named("pasted", &format!("v1,{SECRET}"))], ..Keys::default() };
    let finding = Sample::signed_over(BODY, BODY).finding(&pasted);
    assert_eq!(finding.cause, Cause::SecretVersionPasted);
    assert_eq!(finding.proof, "it matches once v1, is taken off the secret");
    let known = Keys { known: vec![named("prod", SECRET)], ..pasted };
    assert_eq!(Sample::signed_over(BODY, BODY).causes(&known), [Cause::SecretVersionPasted]);
    let at_the_sender = keyed(format!("v1,{SECRET}")).finding(&keys());
    assert_eq!(at_the_sender.cause, Cause::SecretVersionPasted);
    assert!(at_the_sender.fix.starts_with("the sender"), "{}", at_the_sender.fix);
}

#[test]
fn a_public_key_as_the_secret() {
    let keys = Keys { secrets: keys().secrets, ..ed25519_keys() };
    let public = ed25519_key().public_key();
    assert_eq!(keyed(public.as_bytes()).causes(&keys), [Cause::PublicKeyAsSecret]);
}

#[test]
fn a_wrong_key_together_with_another_mistake() {
    let by_hand = Mac::new(SECRET.as_bytes()).sign(&[STAMP.as_bytes(), b".", BODY.as_bytes()]);
    let hex = crate::hex::encode(&by_hand);
    let finding = Sample::signed_over(BODY, BODY).signature(format!("sha256={hex}")).finding(&keys());
    assert_eq!(
        finding.codes().collect::<Vec<_>>(),
        ["secret_not_decoded", "signed_content", "signature_label", "signature_hex"]
    );
    assert_eq!(
        finding.proof,
        "it matches once the text of the secret, with whsec_, is the key and {timestamp}.{body} is signed and \
         the signature is labelled v1 and the signature is read as hex instead of base64"
    );
    let rewritten = Sample::keyed(SECRET.as_bytes(), &parts(), json_pretty());
    assert_eq!(rewritten.causes(&keys()), [Cause::SecretNotDecoded, Cause::BodyReserialised]);
}
