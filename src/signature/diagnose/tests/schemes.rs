//! Mistakes with the signature's spelling, and the schemes that have public keys.

use super::super::super::rsa::RsaSigningKey;
use super::super::super::sign::{Signer, signature_header, signed_content};
use super::*;
use std::sync::LazyLock;

static RSA: LazyLock<RsaSigningKey> = LazyLock::new(|| RsaSigningKey::generate().expect("makes a key"));

fn rsa_keys(kid: Option<&str>) -> Keys {
    let key = PublicKey::Rsa(RSA.public_key().clone());
    Keys { public_keys: vec![NamedPublicKey::new("set", kid.map(str::to_owned), key)], ..Keys::default() }
}

fn token(body: &str) -> String {
    let signer = Signer::Jwt { key: Box::new(RSA.clone()), kid: Some("one".to_owned()), audience: None };
    signature_header(&signer, ID, STAMP.parse().expect("a number"), body.as_bytes()).expect("signs")
}

/// A tag whose base64 has both of the characters that base64url writes otherwise.
fn telling_sample() -> (Sample, Vec<u8>) {
    (0..1000)
        .find_map(|n| {
            let body = format!("{{\"n\":{n}}}");
            let parts = [ID.as_bytes(), b".", STAMP.as_bytes(), b".", body.as_bytes()];
            let tag = Mac::new(&key()).sign(&parts).to_vec();
            let encoded = STANDARD.encode(&tag);
            (encoded.contains('+') && encoded.contains('/')).then(|| (Sample::signed_over(&body, &body), tag))
        })
        .expect("such tags are common")
}

#[test]
fn spellings_of_the_signature() {
    let (sample, tag) = telling_sample();
    let base64 = STANDARD.encode(&tag);
    let url = base64.replace('+', "-").replace('/', "_");
    let hex: String = tag.iter().map(|byte| format!("{byte:02X}")).collect();
    let bare = base64.trim_end_matches('=');
    let cases: [(String, &[Cause]); 9] = [
        (format!("v1,{url}"), &[Cause::SignatureBase64Url]),
        (format!("v1,{}", url.trim_end_matches('=')), &[Cause::SignatureBase64Url]),
        (format!("v1,{bare}"), &[Cause::SignatureUnpadded]),
        (format!("v1,{hex}"), &[Cause::SignatureHex]),
        (base64.clone(), &[Cause::SignatureLabel]),
        (format!("v1={base64}"), &[Cause::SignatureLabel]),
        (format!("v2,{base64}"), &[Cause::SignatureLabel]),
        (format!("v1a,{base64}"), &[Cause::SignatureLabel]),
        (format!("sha256={hex}"), &[Cause::SignatureLabel, Cause::SignatureHex]),
    ];
    for (signature, causes) in cases {
        assert_eq!(sample.clone().signature(&signature).causes(&keys()), causes, "{signature}");
    }
    let one_of_two = format!("{} v1,{url}", entry(&[1; 32]));
    assert_eq!(sample.signature(one_of_two).causes(&keys()), [Cause::SignatureBase64Url]);
}

#[test]
fn signatures_that_are_not_separated_by_spaces() {
    let (sample, tag) = telling_sample();
    let (right, wrong) = (entry(&tag), entry(&[1; 32]));
    for header in
        [format!("{wrong},{right}"), format!("{right}, {wrong}"), format!("\"{right}\""), format!("{right};")]
    {
        let causes = sample.clone().signature(&header).causes(&keys());
        assert_eq!(causes, [Cause::SignatureSeparator], "{header}");
    }
}

#[test]
fn the_form_of_stripes_header() {
    let header =
        |tag: &[u8]| format!("t={STAMP},v1={},v0={}", crate::hex::encode(tag), crate::hex::encode(&[1; 32]));
    let content: [&[u8]; 3] = [STAMP.as_bytes(), b".", BODY.as_bytes()];
    let sample = Sample::signed_over(BODY, BODY);
    let tag = Mac::new(&key()).sign(&[ID.as_bytes(), b".", content[0], content[1], content[2]]);
    assert_eq!(sample.clone().signature(header(&tag)).causes(&keys()), [Cause::SignatureStripe]);
    // Stripe's own library takes the text of the secret as the key and leaves the id out.
    let tag = Mac::new(SECRET.as_bytes()).sign(&content);
    assert_eq!(
        sample.signature(header(&tag)).causes(&keys()),
        [Cause::SecretNotDecoded, Cause::SignedContent, Cause::SignatureStripe]
    );
}

fn v1a(id: &str, stamp: &str, body: &str) -> String {
    let content = signed_content(id.as_bytes(), stamp.as_bytes(), body.as_bytes());
    format!("v1a,{}", STANDARD.encode(ed25519_key().sign(&content)))
}

#[test]
fn ed25519_deliveries_are_explained_too() {
    let sample = Sample::signed_over(BODY, BODY).signature(v1a(ID, STAMP, BODY));
    assert!(sample.verdict(&ed25519_keys()).is_valid());
    let rewritten = Sample { body: json_pretty().into(), ..sample.clone() };
    assert_eq!(rewritten.causes(&ed25519_keys()), [Cause::BodyReserialised]);
    let late = sample.clone().timestamp("1769083195123");
    assert_eq!(late.causes(&ed25519_keys()), [Cause::TimestampMilliseconds]);
    let others = [(ID.to_owned(), STAMP.to_owned())];
    let other = sample.id("msg_9");
    let context = Context { others: &others, ..Context::default() };
    let verdict = other.verdict(&ed25519_keys());
    let diagnosis = diagnose(&other.delivery(), &verdict, &ed25519_keys(), NOW, context);
    assert_eq!(diagnosis.findings[0].cause, Cause::OtherId);
}

#[test]
fn a_scheme_without_a_key() {
    let v1a = Sample::signed_over(BODY, BODY).signature(v1a(ID, STAMP, BODY));
    let finding = v1a.finding(&keys());
    assert_eq!(finding.cause, Cause::V1aNeedsPublicKey);
    assert!(finding.proof.contains("only HMAC secrets") && finding.fix.contains("--jwks"));
    let jwt = Sample::signed_over(BODY, BODY).signature(token(BODY));
    assert_eq!(jwt.causes(&keys()), [Cause::JwtNeedsPublicKey]);
    let v1 = Sample::signed_over(BODY, BODY);
    assert_eq!(v1.causes(&ed25519_keys()), [Cause::V1NeedsSecret]);
}

#[test]
fn a_token_with_a_label() {
    let sample = Sample::signed_over(BODY, BODY).signature(format!("v1,{}", token(BODY)));
    assert_eq!(sample.causes(&rsa_keys(Some("one"))), [Cause::SignatureLabel]);
    assert_eq!(sample.causes(&keys()), [Cause::JwtNeedsPublicKey]);
}

#[test]
fn a_token_under_another_kid() {
    let sample = Sample::signed_over(BODY, BODY).signature(token(BODY));
    assert!(sample.verdict(&rsa_keys(Some("one"))).is_valid());
    let finding = sample.finding(&rsa_keys(Some("two")));
    assert_eq!(finding.cause, Cause::OtherKid);
    assert_eq!(finding.proof, "it matches once the key two (set) is used, although the token names \"one\"");
}

#[test]
fn the_body_and_the_headers_that_a_token_speaks_of() {
    let keys = rsa_keys(None);
    let sample = Sample::signed_over(BODY, BODY).signature(token(BODY));
    let rewritten = Sample { body: json_pretty().into(), ..sample.clone() };
    assert_eq!(rewritten.causes(&keys), [Cause::BodyReserialised]);
    assert_eq!(sample.clone().id("msg_9").causes(&keys), [Cause::OtherId]);
    assert_eq!(sample.clone().timestamp("1769083100").causes(&keys), [Cause::OtherTimestamp]);
    assert_eq!(sample.id("msg_9").timestamp("1769083100").causes(&keys), [Cause::OtherIdAndTimestamp]);
}

#[test]
fn a_set_without_a_key_of_the_kind_is_no_forgery_and_nothing_was_tried_in_its_place() {
    let signer = Signer::V1a(vec![ed25519_key()]);
    let signature =
        signature_header(&signer, ID, STAMP.parse().expect("a number"), BODY.as_bytes()).expect("signs");
    let sample = Sample::signed_over(BODY, BODY).signature(&signature);
    let other = PublicKey::Ed25519(Ed25519SigningKey::from_seed(&[8; 32]).public_key());
    let mut keys = rsa_keys(None);
    keys.public_keys.push(NamedPublicKey::new("local", None, other));
    let url = "https://example.com/jwks.json".into();
    keys.sets = vec![KeySetState { name: "set".into(), url, missing: None }];
    let verdict = sample.verdict(&keys);
    assert_eq!(verdict.reason(), Some(Reason::NoKey));
    assert_eq!(
        verdict.detail().as_deref(),
        Some(
            "none of the Ed25519 keys at hand made the v1a signature, and the key set \
             https://example.com/jwks.json holds no Ed25519 key"
        )
    );
    assert_eq!(sample.diagnosis(&keys).nothing_matched(), None);
    keys.public_keys.push(ed25519_keys().public_keys.remove(0));
    assert!(sample.verdict(&keys).is_valid());
}
