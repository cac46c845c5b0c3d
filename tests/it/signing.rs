//! What the verifier's tests sign with: one key of each scheme, and deliveries that can be spoilt.

use std::sync::LazyLock;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gwh::signature::{
    Ed25519SigningKey, Keys, NamedPublicKey, NamedSecret, Policy, PublicKey, RsaSigningKey, Scheme, Secret,
    Signer, Verdict, extract, signature_header, verify,
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
