//! The verifier against vectors that were made elsewhere.

use std::time::Duration;

use gwh::signature::{
    Keys, NamedSecret, Policy, Reason, Secret, Signer, Verdict, extract, parse_jwks, signature_header, verify,
};

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
    let keys =
        Keys { public_keys: parse_jwks(jwks.as_bytes(), &"set".into()).expect("parses"), ..Keys::default() };
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
