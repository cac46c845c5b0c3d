//! `gwh verify --jsonl` against the bare primitive of each scheme over the same bytes.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use ed25519_dalek::{Signature, VerifyingKey};
use gwh::capture::DeliveryRecord;
use gwh::signature::{
    Ed25519SigningKey, NamedPublicKey, PublicKey, RsaSigningKey, Signer, signed_content, write_jwks,
};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::load::{Delivery, ID};
use crate::report::{heading, in_turn, line, timed};

const RECORDS: u32 = 200_000;
/// Of the schemes with public keys, which take tens of microseconds each.
const FEWER: u32 = 40_000;
const BODY: usize = 1024;

pub fn measure() {
    heading(
        "bulk verify --jsonl, 1 KiB bodies (targets: 0.6 of raw HMAC on one core, 1.7 times that on two; 0.8 of Ed25519 and RS256)",
    );
    let folder = tempfile::tempdir().expect("a scratch folder");
    let delivery = Delivery::new(BODY);
    let secret = folder.path().join("secret");
    std::fs::write(&secret, delivery.secret.expose()).expect("writes the secret");
    let v1 = Stream::new(folder.path(), &delivery, RECORDS, ["--secret-file", "secret"]);
    let (one, raw) = in_turn(|| v1.verified("1"), || raw_hmac(&delivery));
    let (two, again) = in_turn(|| v1.verified("2"), || v1.verified("1"));
    line(&format!("one core {one:.0}/s, raw HMAC {raw:.0}/s: {:.2}", one / raw));
    line(&format!("two cores {two:.0}/s, one core {again:.0}/s: {:.2}", two / again));

    let key = Ed25519SigningKey::from_seed(&[7; 32]);
    let delivery = delivery.signed_by(&Signer::V1a(vec![key.clone()]), ID);
    let keys = public_keys(folder.path(), PublicKey::Ed25519(key.public_key()));
    let v1a = Stream::new(folder.path(), &delivery, FEWER, keys);
    let (ours, raw) = in_turn(|| v1a.verified("1"), || raw_ed25519(&key, &delivery));
    line(&format!("v1a, one core {ours:.0}/s, raw Ed25519 {raw:.0}/s: {:.2}", ours / raw));

    let key = RsaSigningKey::generate().expect("makes a key");
    let signer = Signer::Jwt { key: Box::new(key.clone()), kid: None, audience: None };
    let delivery = delivery.signed_by(&signer, ID);
    let keys = public_keys(folder.path(), PublicKey::Rsa(key.public_key().clone()));
    let jwt = Stream::new(folder.path(), &delivery, FEWER, keys);
    let (ours, raw) = in_turn(|| jwt.verified("1"), || raw_rs256(&key, &delivery));
    line(&format!("jwt, one core {ours:.0}/s, raw RS256 {raw:.0}/s: {:.2}", ours / raw));
}

/// A file of one record many times over, and what verifies it.
struct Stream<'a> {
    folder: &'a Path,
    records: PathBuf,
    count: u32,
    keys: [&'static str; 2],
}

impl<'a> Stream<'a> {
    fn new(folder: &'a Path, delivery: &Delivery, count: u32, keys: [&'static str; 2]) -> Self {
        let records = folder.join(format!("records{}", keys[0]));
        let text = format!("{}\n", record(delivery)).repeat(count as usize);
        std::fs::write(&records, text).expect("writes the records");
        Stream { folder, records, count, keys }
    }

    /// How many records `gwh` verifies a second with so many threads.
    fn verified(&self, jobs: &str) -> f64 {
        let mut command = Command::new(crate::GWH);
        command.args(["verify", "--jsonl", "--json", "--jobs", jobs]).args(self.keys).arg(&self.records);
        command.current_dir(self.folder).env_clear().env("HOME", self.folder);
        command.stdin(Stdio::null()).stdout(Stdio::null());
        let spent = timed(|| assert!(command.status().expect("starts").success(), "verify failed"));
        f64::from(self.count) / spent.as_secs_f64()
    }
}

/// A key set of this key alone.
fn public_keys(folder: &Path, key: PublicKey) -> [&'static str; 2] {
    let set = write_jwks(&[NamedPublicKey::new("bench", None, key)]);
    std::fs::write(folder.join("jwks.json"), set).expect("writes the key set");
    ["--jwks", "jwks.json"]
}

/// The record as `gwh listen --json` prints it, with the body twice: in base64, and as the event.
fn record(delivery: &Delivery) -> String {
    let mut record = DeliveryRecord::new(delivery.headers.clone(), &delivery.body);
    record.webhook_id = Some(delivery.headers[0].1.clone());
    record.event_type = Some("batch.succeeded".to_owned());
    serde_json::to_string(&record).expect("a record serialises")
}

/// HMAC-SHA256 verifications a second over the bytes that one delivery signs.
fn raw_hmac(delivery: &Delivery) -> f64 {
    let keyed = Hmac::<Sha256>::new_from_slice(&[7; 32]).expect("takes any key");
    let mut matches = 0u32;
    let spent = timed(|| {
        for _ in 0..RECORDS {
            let mut mac = keyed.clone();
            mac.update(delivery.headers[0].1.as_bytes());
            mac.update(b".");
            mac.update(delivery.headers[1].1.as_bytes());
            mac.update(b".");
            mac.update(&delivery.body);
            matches += u32::from(mac.verify_slice(&[0; 32]).is_ok());
        }
    });
    assert_eq!(matches, 0);
    f64::from(RECORDS) / spent.as_secs_f64()
}

/// Strict Ed25519 verifications a second over the bytes that the delivery signs.
fn raw_ed25519(key: &Ed25519SigningKey, delivery: &Delivery) -> f64 {
    let key = VerifyingKey::from_bytes(key.public_key().as_bytes()).expect("a key");
    let [id, timestamp, signature] = [0, 1, 2].map(|at| delivery.headers[at].1.as_bytes());
    let signature = STANDARD.decode(&signature["v1a,".len()..]).expect("base64");
    let signature = Signature::from_slice(&signature).expect("a signature");
    let content = signed_content(id, timestamp, &delivery.body);
    let spent = timed(|| {
        for _ in 0..FEWER {
            assert!(key.verify_strict(&content, &signature).is_ok());
        }
    });
    f64::from(FEWER) / spent.as_secs_f64()
}

/// RS256 verifications a second of the delivery's token.
fn raw_rs256(key: &RsaSigningKey, delivery: &Delivery) -> f64 {
    let key = RsaPublicKeyComponents { n: key.public_key().modulus(), e: key.public_key().exponent() };
    let (content, signature) = delivery.headers[2].1.rsplit_once('.').expect("a token");
    let signature = URL_SAFE_NO_PAD.decode(signature).expect("base64url");
    let spent = timed(|| {
        for _ in 0..FEWER {
            assert!(key.verify(&RSA_PKCS1_2048_8192_SHA256, content.as_bytes(), &signature).is_ok());
        }
    });
    f64::from(FEWER) / spent.as_secs_f64()
}
