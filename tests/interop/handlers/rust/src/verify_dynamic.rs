//! Dynamic webhooks: Ed25519 (`v1a`) as deployed, or an RS256 token as documented, checked with published keys.

// shown: verify
use std::env;
use std::error::Error;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use axum::http::HeaderMap;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::jwk::{AlgorithmParameters, JwkSet};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, crypto, decode, decode_header};
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use tokio::sync::Mutex;

const KEY_SET_URL: &str = "https://generativelanguage.googleapis.com/.well-known/jwks.json";
const TOLERANCE: u64 = 300;
const KEY_SET_LIFE: Duration = Duration::from_secs(300);

/// Whether a published key signed this delivery within five minutes.
pub async fn verify(headers: &HeaderMap, body: &[u8]) -> bool {
    let header = |name: &str| headers.get(name)?.to_str().ok().filter(|value| !value.is_empty());
    let (Some(id), Some(timestamp), Some(signature)) =
        (header("webhook-id"), header("webhook-timestamp"), header("webhook-signature"))
    else {
        return false;
    };
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("the clock is past 1970").as_secs();
    if !timestamp.parse::<u64>().is_ok_and(|sent| now.abs_diff(sent) <= TOLERANCE) {
        return false;
    }
    let Ok(keys) = key_set().await else {
        return false;
    };
    if !signature.contains(',') && signature.split('.').count() == 3 {
        return token_claims(signature, &keys).is_ok_and(|claims| is_tied(&claims, body, id, timestamp));
    }
    let content = [id.as_bytes(), b".", timestamp.as_bytes(), b".", body].concat();
    signature.split(' ').any(|entry| verify_ed25519(entry, &content, &keys))
}

fn verify_ed25519(entry: &str, content: &[u8], keys: &JwkSet) -> bool {
    let Some(signature) = entry.strip_prefix("v1a,").and_then(|text| STANDARD.decode(text).ok()) else {
        return false;
    };
    let signature = URL_SAFE_NO_PAD.encode(signature);
    // These keys have no kid, so each one is tried.
    let ed25519 =
        keys.keys.iter().filter(|jwk| matches!(jwk.algorithm, AlgorithmParameters::OctetKeyPair(_)));
    ed25519
        .filter_map(|jwk| DecodingKey::from_jwk(jwk).ok())
        .any(|key| crypto::verify(&signature, content, &key, Algorithm::EdDSA).unwrap_or(false))
}

/// The claims of a token that is genuine and meant for this receiver.
fn token_claims(token: &str, keys: &JwkSet) -> Result<Map<String, Value>, Box<dyn Error + Send + Sync>> {
    let kid = decode_header(token)?.kid.ok_or("no kid")?;
    let jwk = keys.find(&kid).ok_or("unknown kid")?;
    // The algorithm is fixed here. What the token's own header asks for is an attacker's choice.
    let mut validation = Validation::new(Algorithm::RS256);
    validation.validate_nbf = true;
    match env::var("GWH_TEST_AUDIENCE") {
        Ok(audience) => {
            validation.set_audience(&[audience]);
            validation.set_required_spec_claims(&["exp", "aud"]);
        }
        Err(_) => validation.validate_aud = false,
    }
    Ok(decode(token, &DecodingKey::from_jwk(jwk)?, &validation)?.claims)
}

/// Whether the claims prove the body, and not only that Google made some token.
///
/// How Google ties a token to a body is not documented. Two ways are proof: a digest of the body among the
/// claims, or claims that are the event itself. A token with neither is refused.
fn is_tied(claims: &Map<String, Value>, body: &[u8], id: &str, timestamp: &str) -> bool {
    let names_another = |name: &str, value: &str| claims.get(name).is_some_and(|claim| claim != value);
    if names_another("webhook_id", id) || names_another("webhook_timestamp", timestamp) {
        return false;
    }
    if let Some(claim) = claims.get("body_sha256") {
        let digest: String = Sha256::digest(body).iter().map(|byte| format!("{byte:02x}")).collect();
        return *claim == digest;
    }
    let event: Map<String, Value> = serde_json::from_slice(body).unwrap_or_default();
    !event.is_empty() && event.iter().all(|(name, value)| claims.get(name) == Some(value))
}

static KEYS: Mutex<Option<(Instant, JwkSet)>> = Mutex::const_new(None);

/// The published keys; fetched again after five minutes, since they rotate.
async fn key_set() -> Result<JwkSet, Box<dyn Error + Send + Sync>> {
    let mut cached = KEYS.lock().await;
    if let Some((fetched, keys)) = &*cached
        && fetched.elapsed() < KEY_SET_LIFE
    {
        return Ok(keys.clone());
    }
    let url = env::var("GWH_TEST_JWKS_URL").unwrap_or_else(|_| KEY_SET_URL.to_owned());
    let client = reqwest::Client::builder().timeout(Duration::from_secs(5)).build()?;
    let keys: JwkSet =
        serde_json::from_slice(&client.get(url).send().await?.error_for_status()?.bytes().await?)?;
    *cached = Some((Instant::now(), keys.clone()));
    Ok(keys)
}
// end
