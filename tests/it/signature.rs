//! The verifier against vectors that were made elsewhere, and its rules for secrets, keys and signatures.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use gwh::signature::{
    Binding, Ed25519PublicKey, Ed25519SigningKey, KeyError, Keys, NamedPublicKey, NamedSecret, Policy,
    PublicKey, Reason, Scheme, Secret, Signer, Verdict, extract, parse_jwks, signature_header, verify,
};

use crate::signing::{self, Delivery, ID, keys};
use crate::support::NOW;

const OFFICIAL_SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

fn vectors() -> serde_json::Value {
    serde_json::from_str(include_str!("../fixtures/vectors.json")).expect("the fixture is JSON")
}

fn text<'a>(value: &'a serde_json::Value, path: &str) -> &'a str {
    value.pointer(path).and_then(|found| found.as_str()).unwrap_or_else(|| panic!("no {path}"))
}

fn secret(name: &str, text: &str) -> NamedSecret {
    NamedSecret::new(name, Secret::parse(text).expect("the vector's secret parses"))
}

fn judge(id: &str, timestamp: &str, signature: &str, body: &[u8], keys: &Keys, now: i64) -> Verdict {
    let headers = [("webhook-id", id), ("webhook-timestamp", timestamp), ("webhook-signature", signature)];
    match extract(headers, body) {
        Ok(delivery) => verify(&delivery, keys, &Policy::at(now)),
        Err(rejection) => Verdict::refused(rejection),
    }
}

#[test]
fn the_official_vector_verifies() {
    let keys = Keys { secrets: vec![secret("official", OFFICIAL_SECRET)], ..Keys::default() };
    let body = br#"{"email":"test@example.com","username":"test_user"}"#;
    let signature = "v1,tZ1I4/hDygAJgO5TYxiSd6Sd0kDW6hPenDe+bTa3Kkw=";
    let verdict =
        judge("msg_27UH4WbU6Z5A5EzD8u03UvzRbpk", "1649367553", signature, body, &keys, 1_649_367_553);
    assert!(verdict.is_valid(), "{verdict:?}");
}

#[test]
fn the_shared_vectors_verify_with_each_secret_and_the_key_set() {
    let vectors = vectors();
    let (id, stamp) = (text(&vectors, "/webhook-id"), text(&vectors, "/webhook-timestamp"));
    let body = text(&vectors, "/body").as_bytes();
    let now: i64 = stamp.parse().expect("a number");
    let old = secret("old", text(&vectors, "/static/secret_old"));
    let new = secret("new", text(&vectors, "/static/secret_new"));
    let rotating = text(&vectors, "/static/webhook-signature_rotating");
    for named in [old, new] {
        let keys = Keys { secrets: vec![named.clone()], ..Keys::default() };
        let verdict = judge(id, stamp, rotating, body, &keys, now);
        assert_eq!(verdict.proof().map(|proof| proof.key_name.clone()), Some(named.name));
    }
    let jwks = vectors.pointer("/dynamic/jwks").expect("a key set").to_string();
    let keys = Keys {
        public_keys: parse_jwks(jwks.as_bytes(), &"set".into()).expect("parses").keys,
        ..Keys::default()
    };
    assert!(judge(id, stamp, text(&vectors, "/dynamic/webhook-signature"), body, &keys, now).is_valid());
}

#[test]
fn what_is_signed_here_is_what_the_vectors_say() {
    let vectors = vectors();
    let stamp: i64 = text(&vectors, "/webhook-timestamp").parse().expect("a number");
    let secrets =
        ["/static/secret_new", "/static/secret_old"].map(|path| secret("", text(&vectors, path)).secret);
    let header = signature_header(
        &Signer::V1(secrets.into()),
        text(&vectors, "/webhook-id"),
        stamp,
        text(&vectors, "/body").as_bytes(),
    );
    assert_eq!(header.expect("signs"), text(&vectors, "/static/webhook-signature_rotating"));
}

#[test]
fn the_tolerance_holds_to_the_second_both_ways() {
    let vectors = vectors();
    let keys = Keys { secrets: vec![secret("new", text(&vectors, "/static/secret_new"))], ..Keys::default() };
    let stamp = text(&vectors, "/webhook-timestamp");
    let sent: i64 = stamp.parse().expect("a number");
    let tolerance = i64::try_from(Policy::TOLERANCE.as_secs()).expect("fits");
    assert_eq!(Policy::TOLERANCE, Duration::from_secs(300));
    let reason = |now| {
        let signature = text(&vectors, "/static/webhook-signature");
        judge(text(&vectors, "/webhook-id"), stamp, signature, text(&vectors, "/body").as_bytes(), &keys, now)
            .reason()
    };
    assert_eq!(reason(sent + tolerance), None);
    assert_eq!(reason(sent + tolerance + 1), Some(Reason::TimestampTooOld));
    assert_eq!(reason(sent - tolerance), None);
    assert_eq!(reason(sent - tolerance - 1), Some(Reason::TimestampInFuture));
}

fn fixture(text: &str) -> serde_json::Value {
    serde_json::from_str(text).expect("the fixture is JSON")
}

fn decoded(value: &serde_json::Value) -> Vec<u8> {
    STANDARD.decode(value["body_b64"].as_str().expect("base64")).expect("base64")
}

#[test]
fn what_python_signs_verifies() {
    let vectors = fixture(include_str!("../fixtures/python_hmac.json"));
    let cases = vectors["cases"].as_array().expect("cases");
    assert!(cases.len() >= 8);
    for case in cases {
        let keys = Keys { secrets: vec![secret("python", text(case, "/secret"))], ..Keys::default() };
        let (id, stamp, signature) = (text(case, "/id"), text(case, "/timestamp"), text(case, "/signature"));
        let verdict = judge(id, stamp, signature, &decoded(case), &keys, NOW);
        assert!(verdict.is_valid(), "{}: {verdict:?}", text(case, "/name"));
    }
}

#[test]
fn what_node_signs_with_ed25519_and_rs256_verifies() {
    let vectors = fixture(include_str!("../fixtures/node_crypto.json"));
    let jwks = vectors["jwks"].to_string();
    let public_keys = parse_jwks(jwks.as_bytes(), &"node".into()).expect("parses").keys;
    let keys = Keys { public_keys, ..Keys::default() };
    for (scheme, binding) in [("v1a", Binding::Signature), ("jwt", Binding::Digest)] {
        let signature = vectors[scheme].as_str().expect("a signature");
        let (id, stamp) = (text(&vectors, "/id"), text(&vectors, "/timestamp"));
        let verdict = judge(id, stamp, signature, &decoded(&vectors), &keys, NOW);
        let proof = verdict.proof().unwrap_or_else(|| panic!("{scheme}: {verdict:?}"));
        assert_eq!((proof.scheme.name(), proof.binding), (scheme, binding));
    }
}

#[test]
fn bodies_are_bytes_in_every_scheme() {
    let every_byte: Vec<u8> = (0..=255).collect();
    let large: Vec<u8> = every_byte.iter().copied().cycle().take(1 << 20).collect();
    for body in [&b""[..], b"\0", b"{\"a\":\"\xff\xfe\"}", b"\xef\xbb\xbf\r\n", &every_byte, &large] {
        for scheme in Scheme::ALL {
            let delivery = Delivery::signed(scheme, body);
            assert!(delivery.verdict(&keys()).is_valid(), "{scheme:?} with {} bytes", body.len());
        }
    }
}

fn header(secrets: &[u8]) -> String {
    let secrets = secrets.iter().map(|byte| signing::secret(*byte).secret).collect();
    signature_header(&Signer::V1(secrets), ID, NOW, b"{}").expect("signs")
}

fn only(secrets: &[u8]) -> Keys {
    Keys { secrets: secrets.iter().map(|byte| signing::secret(*byte)).collect(), ..Keys::default() }
}

#[test]
fn one_valid_signature_and_one_secret_are_enough_in_any_order() {
    for (signed_with, known) in
        [(&[1, 2][..], &[1][..]), (&[1, 2], &[2]), (&[1], &[2, 1]), (&[2], &[2, 1]), (&[1, 2], &[2, 1])]
    {
        assert!(Delivery::new(header(signed_with), b"{}").verdict(&only(known)).is_valid());
    }
    assert!(!Delivery::new(header(&[1, 2]), b"{}").verdict(&only(&[3])).is_valid());
    assert!(!Delivery::new(header(&[1]), b"{}").verdict(&Keys::default()).is_valid());
}

#[test]
fn a_valid_signature_counts_among_foreign_and_broken_ones() {
    let valid = header(&[1]);
    let v1a = String::from_utf8(Delivery::signed(Scheme::V1a, b"{}").signature).expect("ASCII");
    for others in
        ["v2,AAAA", "v1,", "v1,!!!", "v1", ",", "v1a,AAAA", "a.b.c", &header(&[9]), "v1,AAAA,BBBB", &v1a]
    {
        for signature in
            [format!("{valid} {others}"), format!("{others} {valid}"), format!("  {others}\t {valid} ")]
        {
            let verdict = Delivery::new(&signature, b"{}").verdict(&only(&[1]));
            assert!(verdict.is_valid(), "{signature}: {verdict:?}");
        }
    }
    let joined = format!("{valid},{valid}");
    assert!(
        !Delivery::new(joined, b"{}").verdict(&only(&[1])).is_valid(),
        "a comma does not separate entries"
    );
}

#[test]
fn thirty_two_signatures_are_read_and_no_more() {
    let foreign = "v1,AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= ".repeat(31);
    let allowed = format!("{foreign}{}", header(&[1]));
    assert!(Delivery::new(&allowed, b"{}").verdict(&only(&[1])).is_valid());
    for too_many in [format!("v1,AAAA {allowed}"), format!("{allowed} v1,AAAA")] {
        let verdict = Delivery::new(too_many, b"{}").verdict(&only(&[1]));
        assert_eq!(verdict.reason(), Some(Reason::MalformedHeader));
    }
}

#[test]
fn a_secret_ends_with_its_rotation() {
    let mut keys = only(&[1]);
    let delivery = Delivery::new(header(&[1]), b"{}");
    keys.secrets[0].expires_at = Some(NOW + 1);
    assert!(delivery.verdict(&keys).is_valid());
    keys.secrets[0].expires_at = Some(NOW);
    assert_eq!(delivery.verdict(&keys).reason(), Some(Reason::SignatureMismatch));
    let known = Keys { known: only(&[1]).secrets, ..only(&[2]) };
    assert_eq!(delivery.verdict(&known).reason(), Some(Reason::SignatureMismatch), "known is not trusted");
}

#[test]
fn ed25519_keys_are_tried_in_turn_with_a_kid_or_without() {
    let delivery = Delivery::signed(Scheme::V1a, b"{}");
    let keys = |list: &[(u8, Option<&str>)]| Keys {
        public_keys: list.iter().map(|(byte, kid)| signing::ed25519_key(*byte, *kid)).collect(),
        ..Keys::default()
    };
    let verdict = delivery.verdict(&keys(&[(3, None), (2, Some("b")), (1, None)]));
    assert_eq!(verdict.proof().map(|proof| &*proof.key_name), Some("ed25519 1"));
    let named = delivery.verdict(&keys(&[(2, None), (1, Some("a"))]));
    assert_eq!(named.proof().map(|proof| &*proof.key), Some("a"));
    assert_eq!(delivery.verdict(&keys(&[(2, None)])).reason(), Some(Reason::SignatureMismatch));
}

#[test]
fn prefixes_of_keys_are_optional() {
    let private = signing::ed25519(1).expose().to_string();
    let public = format!("whpk_{}", STANDARD.encode(signing::ed25519(1).public_key().as_bytes()));
    let delivery = Delivery::signed(Scheme::V1a, b"{}");
    for text in [&public[..], &public[5..], public.trim_end_matches('=')] {
        let key = PublicKey::Ed25519(Ed25519PublicKey::parse(text).expect("parses"));
        let keys = Keys { public_keys: vec![NamedPublicKey::new("k", None, key)], ..Keys::default() };
        assert!(delivery.verdict(&keys).is_valid(), "{text}");
    }
    for text in [&private[..], &private[5..]] {
        let key = Ed25519SigningKey::parse(text).expect("parses");
        assert_eq!(key.public_key(), signing::ed25519(1).public_key());
    }
    let bare = secret("bare", signing::secret(1).secret.expose().trim_start_matches("whsec_"));
    let keys = Keys { secrets: vec![bare], ..Keys::default() };
    assert!(Delivery::signed(Scheme::V1, b"{}").verdict(&keys).is_valid());
}

#[test]
fn a_secret_with_a_version_neither_verifies_nor_signs() {
    let pasted = secret("pasted", &format!("v1,{}", signing::secret(1).secret.expose()));
    let signed = signature_header(&Signer::V1(vec![pasted.secret.clone()]), ID, NOW, b"{}");
    assert_eq!(signed.expect_err("refused"), KeyError::Version);
    let keys = Keys { secrets: vec![pasted], ..Keys::default() };
    let verdict = Delivery::signed(Scheme::V1, b"{}").verdict(&keys);
    assert_eq!(verdict.reason(), Some(Reason::SignatureMismatch));
}

#[test]
fn an_id_that_holds_a_timestamp_is_refused() {
    for (id, refused) in [
        ("msg.1", false),
        ("evt.2026.01", false),
        ("1769083200", false),
        ("msg.17690832x0", false),
        ("msg.1769083200", true),
        ("msg.1769083200.{\"a\":\"", true),
    ] {
        let signature = signature_header(&signing::signer(Scheme::V1), id, NOW, b"{}").expect("signs");
        let delivery = Delivery { id: id.into(), ..Delivery::new(signature, b"{}") };
        let expected = refused.then_some(Reason::MalformedHeader);
        assert_eq!(delivery.verdict(&keys()).reason(), expected, "{id}");
    }
}
