//! What the verifier's tests sign with: one key of each scheme, and deliveries that can be spoilt.

use std::sync::LazyLock;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use gwh::hex;
use gwh::signature::{
    Ed25519SigningKey, Keys, NamedPublicKey, NamedSecret, Policy, PublicKey, RsaSigningKey, Scheme, Secret,
    SignedDelivery, Signer, Verdict, extract, signature_header, verify,
};
use jsonwebtoken::{Algorithm, EncodingKey};

use crate::support::NOW;

/// The id of every delivery here.
pub const ID: &str = "msg_1";

/// Made once: an RSA key takes a tenth of a second and more.
pub static RSA: LazyLock<RsaSigningKey> = LazyLock::new(|| RsaSigningKey::generate().expect("makes a key"));

/// A second one, which nobody trusts.
pub static FOREIGN_RSA: LazyLock<RsaSigningKey> =
    LazyLock::new(|| RsaSigningKey::generate().expect("makes a key"));

/// The SHA-256 of a body in hex, as tokens carry it.
pub fn sha256(body: &str) -> String {
    hex::encode(digest(&SHA256, body.as_bytes()).as_ref())
}

/// A delivery as headers and bytes.
#[derive(Debug, Clone)]
pub struct Delivery {
    pub id: Vec<u8>,
    pub timestamp: Vec<u8>,
    pub signature: Vec<u8>,
    pub body: Vec<u8>,
}

impl Delivery {
    /// A delivery of `body` at [`NOW`] with this signature header.
    pub fn new(signature: impl AsRef<[u8]>, body: impl AsRef<[u8]>) -> Self {
        Delivery {
            id: ID.into(),
            timestamp: NOW.to_string().into(),
            signature: signature.as_ref().to_vec(),
            body: body.as_ref().to_vec(),
        }
    }

    /// A delivery of `body` that is signed with the key of `scheme`.
    pub fn signed(scheme: Scheme, body: impl AsRef<[u8]>) -> Self {
        let signature = signature_header(&signer(scheme), ID, NOW, body.as_ref()).expect("signs");
        Delivery::new(signature, body)
    }

    /// As the verifier takes it.
    pub fn as_signed(&self) -> SignedDelivery<'_> {
        SignedDelivery {
            id: &self.id,
            timestamp: &self.timestamp,
            signature: &self.signature,
            body: &self.body,
        }
    }

    /// The verdict with the default policy at [`NOW`].
    pub fn verdict(&self, keys: &Keys) -> Verdict {
        self.verdict_by(keys, &Policy::at(NOW))
    }

    /// The verdict on the delivery as it stands in a list of headers.
    pub fn verdict_by(&self, keys: &Keys, policy: &Policy) -> Verdict {
        let headers: [(&str, &[u8]); 4] = [
            ("Content-Type", b"application/json"),
            ("Webhook-Id", &self.id),
            ("Webhook-Timestamp", &self.timestamp),
            ("Webhook-Signature", &self.signature),
        ];
        match extract(headers, &self.body) {
            Ok(delivery) => verify(&delivery, keys, policy),
            Err(rejection) => Verdict::refused(rejection),
        }
    }
}

/// A secret of 32 bytes that all are `byte`.
pub fn secret(byte: u8) -> NamedSecret {
    NamedSecret::new(format!("secret {byte}"), Secret::from_key(&[byte; 32]))
}

/// An Ed25519 key from a seed whose bytes all are `byte`.
pub fn ed25519(byte: u8) -> Ed25519SigningKey {
    Ed25519SigningKey::from_seed(&[byte; 32])
}

/// What signs deliveries of `scheme`.
pub fn signer(scheme: Scheme) -> Signer {
    match scheme {
        Scheme::V1 => Signer::V1(vec![secret(1).secret]),
        Scheme::V1a => Signer::V1a(vec![ed25519(1)]),
        Scheme::Jwt => {
            Signer::Jwt { key: Box::new(RSA.clone()), kid: Some("one".to_owned()), audience: None }
        }
    }
}

/// The keys that verify what [`signer`] signs, in every scheme.
pub fn keys() -> Keys {
    Keys {
        secrets: vec![secret(1)],
        public_keys: vec![ed25519_key(1, None), rsa_key(&RSA, Some("one"))],
        ..Keys::default()
    }
}

/// The public half of [`ed25519`].
pub fn ed25519_key(byte: u8, kid: Option<&str>) -> NamedPublicKey {
    let key = PublicKey::Ed25519(ed25519(byte).public_key());
    NamedPublicKey::new(format!("ed25519 {byte}"), kid.map(str::to_owned), key)
}

/// The public half of an RSA key.
pub fn rsa_key(key: &RsaSigningKey, kid: Option<&str>) -> NamedPublicKey {
    NamedPublicKey::new("rsa", kid.map(str::to_owned), PublicKey::Rsa(key.public_key().clone()))
}

/// A token of exactly this header and these claims, signed by `key` with RS256 whatever the header says.
pub fn token(key: &RsaSigningKey, header: &str, claims: &str) -> String {
    let key = EncodingKey::from_rsa_pem(key.expose().as_bytes()).expect("a private key");
    token_by(&key, Algorithm::RS256, header, claims)
}

/// As [`token`], signed with any algorithm.
pub fn token_by(key: &EncodingKey, algorithm: Algorithm, header: &str, claims: &str) -> String {
    // An error means that it is installed already.
    let _ = jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER.install_default();
    let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
    let signature = jsonwebtoken::crypto::sign(message.as_bytes(), key, algorithm).expect("signs");
    format!("{message}.{signature}")
}

/// The DER of a structure: a tag, the length, the content.
fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let mut out = vec![tag];
    match length {
        0..128 => out.push(length as u8),
        128..256 => out.extend([0x81, length as u8]),
        _ => out.extend([0x82, (length >> 8) as u8, length as u8]),
    }
    out.extend(content);
    out
}

/// The public key in the forms that libraries have been fooled into using as an HMAC secret.
pub fn public_key_forms() -> Vec<Vec<u8>> {
    let key = RSA.public_key();
    let modulus = der(2, &[&[0], key.modulus()].concat());
    let pkcs1 = der(0x30, &[modulus, der(2, key.exponent())].concat());
    let algorithm = der(0x30, &[6, 9, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 1, 5, 0]);
    let spki = der(0x30, &[algorithm, der(3, &[&[0], pkcs1.as_slice()].concat())].concat());
    let lines: Vec<String> = STANDARD
        .encode(&spki)
        .as_bytes()
        .chunks(64)
        .map(|line| String::from_utf8_lossy(line).into_owned())
        .collect();
    let pem = format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----", lines.join("\n"));
    vec![
        format!("{pem}\n").into_bytes(),
        pem.into_bytes(),
        spki,
        pkcs1,
        key.modulus().to_vec(),
        URL_SAFE_NO_PAD.encode(key.modulus()).into_bytes(),
        Vec::new(),
    ]
}
