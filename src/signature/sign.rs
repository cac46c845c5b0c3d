//! Making signatures: the reverse of verifying.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::binding::{BODY_DIGEST, ISSUER, WEBHOOK_ID, WEBHOOK_TIMESTAMP};
use super::ed25519::Ed25519SigningKey;
use super::keys::KeyError;
use super::rsa::RsaSigningKey;
use super::secret::Secret;
use crate::hex;

/// How long a token made here may be used, in seconds: the tolerance of the service.
const TOKEN_LIFE: i64 = 300;

/// What a delivery is signed with.
#[derive(Debug, Clone)]
pub enum Signer {
    /// `v1` entries, one a secret: several while a secret rotates.
    V1(Vec<Secret>),
    /// `v1a` entries, one a key.
    V1a(Vec<Ed25519SigningKey>),
    /// A token.
    Jwt {
        /// The private key.
        key: Box<RsaSigningKey>,
        /// The `kid` to name, where the key set has one.
        kid: Option<String>,
        /// The `aud` to name.
        audience: Option<String>,
    },
}

/// The bytes that `v1` and `v1a` sign: `{id}.{timestamp}.` and the body.
pub fn signed_content(id: &[u8], timestamp: &[u8], body: &[u8]) -> Vec<u8> {
    let mut content = Vec::with_capacity(id.len() + timestamp.len() + body.len() + 2);
    for part in [id, b".", timestamp, b".", body] {
        content.extend_from_slice(part);
    }
    content
}

/// The value of `webhook-signature` for a delivery.
///
/// `id` is signed as the bytes that the header holds. `timestamp` is in Unix seconds. A token repeats the id and
/// the timestamp and carries the digest of the body in its claims, so that it proves all three; the service's
/// own claims are undocumented.
///
/// # Errors
/// [`KeyError::Version`] for a secret with `v1,` in front, which no receiver would share; another
/// [`KeyError`] where an RSA key cannot sign.
pub fn signature_header(
    signer: &Signer,
    id: impl AsRef<[u8]>,
    timestamp: i64,
    body: &[u8],
) -> Result<String, KeyError> {
    let id = id.as_ref();
    let stamp = timestamp.to_string();
    match signer {
        Signer::V1(secrets) if secrets.iter().any(Secret::has_version) => Err(KeyError::Version),
        Signer::V1(secrets) => {
            let parts = [id, b".", stamp.as_bytes(), b".", body];
            Ok(join("v1", secrets.iter().map(|secret| secret.mac().sign(&parts))))
        }
        Signer::V1a(keys) => {
            let content = signed_content(id, stamp.as_bytes(), body);
            Ok(join("v1a", keys.iter().map(|key| key.sign(&content))))
        }
        Signer::Jwt { key, kid, audience } => key.sign(
            kid.as_deref(),
            &token_claims(&String::from_utf8_lossy(id), timestamp, body, audience.as_deref()),
        ),
    }
}

/// The claims of a token made here: who made it and when, how long it lives, and what it was made for.
pub fn token_claims(id: &str, timestamp: i64, body: &[u8], audience: Option<&str>) -> Value {
    let digest = hex::encode(&Sha256::digest(body));
    let mut claims = json!({
        "iss": ISSUER,
        "iat": timestamp,
        "exp": timestamp.saturating_add(TOKEN_LIFE),
        WEBHOOK_ID: id,
        WEBHOOK_TIMESTAMP: timestamp.to_string(),
        BODY_DIGEST: digest,
    });
    if let Some(audience) = audience {
        claims["aud"] = json!(audience);
    }
    claims
}

impl Signer {
    /// The bare signatures over `content`, one a secret or key, for headers that no sender would write. A
    /// token signs no content, so a signer of tokens gives none.
    pub fn sign_content(&self, content: &[u8]) -> Vec<Vec<u8>> {
        match self {
            Signer::V1(secrets) => {
                secrets.iter().map(|secret| secret.mac().sign(&[content]).to_vec()).collect()
            }
            Signer::V1a(keys) => keys.iter().map(|key| key.sign(content).to_vec()).collect(),
            Signer::Jwt { .. } => Vec::new(),
        }
    }
}

fn join<S: AsRef<[u8]>>(version: &str, signatures: impl Iterator<Item = S>) -> String {
    let entries: Vec<String> =
        signatures.map(|signature| format!("{version},{}", STANDARD.encode(signature))).collect();
    entries.join(" ")
}
