//! For each cause a delivery that was signed rightly and then spoilt, or signed wrongly in a known way.

mod body;
mod bounds;
mod headers;
mod keys;
mod schemes;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::super::ed25519::Ed25519SigningKey;
use super::super::hmac::Mac;
use super::super::keys::{KeySetState, Keys, NamedPublicKey, NamedSecret, PublicKey};
use super::super::secret::Secret;
use super::super::verify::{Policy, verify};
use super::*;

const NOW: i64 = 1_769_083_200;
const ID: &str = "msg_7c9e";
const STAMP: &str = "1769083195";
const SECRET: &str = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const BODY: &str =
    r#"{"type":"batch.succeeded","version":"v1","data":{"id":"b_1","output_file_uri":"gs://b/r.jsonl"}}"#;

/// A delivery that owns its parts.
#[derive(Clone)]
struct Sample {
    id: Vec<u8>,
    timestamp: Vec<u8>,
    signature: Vec<u8>,
    body: Vec<u8>,
}

impl Sample {
    /// A delivery of `body`, signed with `SECRET` over `signed`.
    fn signed_over(signed: impl AsRef<[u8]>, body: impl AsRef<[u8]>) -> Self {
        Sample::keyed(&key(), &[ID.as_bytes(), b".", STAMP.as_bytes(), b".", signed.as_ref()], body)
    }

    /// A delivery of `body` with the HMAC of `parts`.
    fn keyed(key: &[u8], parts: &[&[u8]], body: impl AsRef<[u8]>) -> Self {
        Sample {
            id: ID.into(),
            timestamp: STAMP.into(),
            signature: entry(&Mac::new(key).sign(parts)).into(),
            body: body.as_ref().to_vec(),
        }
    }

    fn id(mut self, id: &str) -> Self {
        self.id = id.into();
        self
    }

    fn timestamp(mut self, timestamp: &str) -> Self {
        self.timestamp = timestamp.into();
        self
    }

    fn signature(mut self, signature: impl AsRef<[u8]>) -> Self {
        self.signature = signature.as_ref().to_vec();
        self
    }

    fn delivery(&self) -> SignedDelivery<'_> {
        SignedDelivery {
            id: &self.id,
            timestamp: &self.timestamp,
            signature: &self.signature,
            body: &self.body,
        }
    }

    fn verdict(&self, keys: &Keys) -> Verdict {
        verify(&self.delivery(), keys, &Policy::at(NOW))
    }

    fn diagnosis(&self, keys: &Keys) -> Diagnosis {
        diagnose(&self.delivery(), &self.verdict(keys), keys, NOW, Context::default())
    }

    /// The only finding.
    #[track_caller]
    fn finding(&self, keys: &Keys) -> Finding {
        let mut diagnosis = self.diagnosis(keys);
        assert_eq!(diagnosis.findings.len(), 1, "{:?}: {diagnosis:?}", self.verdict(keys));
        diagnosis.findings.remove(0)
    }

    /// The causes of the only finding.
    #[track_caller]
    fn causes(&self, keys: &Keys) -> Vec<Cause> {
        let finding = self.finding(keys);
        assert!(!finding.proof.is_empty() && !finding.fix.is_empty());
        std::iter::once(finding.cause).chain(finding.also).collect()
    }
}

fn key() -> Vec<u8> {
    (0..32).collect()
}

fn entry(tag: &[u8]) -> String {
    format!("v1,{}", STANDARD.encode(tag))
}

fn named(name: &str, text: &str) -> NamedSecret {
    NamedSecret::new(name, Secret::parse(text).expect("parses"))
}

/// The secret that the deliveries here are signed with.
fn keys() -> Keys {
    Keys { secrets: vec![named("prod", SECRET)], ..Keys::default() }
}

fn ed25519_key() -> Ed25519SigningKey {
    Ed25519SigningKey::from_seed(&[7; 32])
}

/// The public key of [`ed25519_key`].
fn ed25519_keys() -> Keys {
    let key = PublicKey::Ed25519(ed25519_key().public_key());
    Keys { public_keys: vec![NamedPublicKey::new("set", None, key)], ..Keys::default() }
}

#[test]
fn codes_are_distinct_and_snake_case() {
    let mut codes: Vec<_> = Cause::ALL.iter().map(|cause| cause.code()).collect();
    assert!(codes.iter().all(|code| {
        code.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
    }));
    codes.sort_unstable();
    codes.dedup();
    assert_eq!(codes.len(), Cause::ALL.len());
}

#[test]
fn the_hint_of_the_contract() {
    let pretty = json_pretty();
    let finding = Sample::signed_over(BODY, pretty).finding(&keys());
    assert_eq!(
        finding.hint(),
        "it matches once the JSON is re-serialised without spaces: something parsed and re-wrote the body \
         before this point"
    );
}

#[test]
fn a_right_delivery_has_nothing_to_explain() {
    let sample = Sample::signed_over(BODY, BODY);
    assert!(sample.verdict(&keys()).is_valid());
    let diagnosis = sample.diagnosis(&keys());
    assert!(diagnosis.findings.is_empty() && diagnosis.tried.is_empty() && diagnosis.hints().is_empty());
}

#[test]
fn a_random_secret_is_not_explained_and_says_what_was_tried() {
    let sample = Sample::keyed(b"another key", &[b"x"], BODY);
    let mut keys = keys();
    keys.known.push(named("local", "whsec_c29tZXRoaW5nIGVsc2U="));
    keys.secrets.push(NamedSecret { expires_at: Some(NOW - 60), ..named("old", "whsec_b2xkIG9uZQ==") });
    let others = [("msg_other".to_owned(), "1769083100".to_owned())];
    let context = Context { others: &others, ..Context::default() };
    let diagnosis = diagnose(&sample.delivery(), &sample.verdict(&keys), &keys, NOW, context);
    assert!(diagnosis.findings.is_empty(), "{diagnosis:?}");
    assert!(!diagnosis.cut_short);
    assert_eq!(
        diagnosis.hints(),
        [
            "it was compared with whsec_...Hh8= (prod)",
            "give the secret of the webhook that sent it with --secret-file or --secret-env, and the body byte \
             for byte as it arrived",
            "nothing matched; tried: other spellings of the signature (base64url, hex, padding, version), \
             other known secrets, expired secrets, the secret undecoded, decoded with its prefix, as hex, with \
             v1, in front, line endings, trailing newlines, white space and BOM, Latin-1, base64 and other \
             encodings of the body, an empty body, the JSON re-serialised (compact, spaced or indented; keys in \
             order, sorted or as the service orders them; escapes), the timestamp in milliseconds, a timestamp a few seconds away, ids and \
             timestamps of other deliveries, other forms of the signed content, pairs of these",
        ]
    );
}

/// [`BODY`] as a formatter leaves it.
fn json_pretty() -> String {
    let tree = crate::json::parse(BODY).expect("JSON");
    let style =
        crate::json::Style { layout: crate::json::Layout::Indented(2), ..crate::json::Style::COMPACT };
    crate::json::write(&tree, style)
}
