//! JSON Web Key Sets: reading what others publish, writing our own test keys.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::ed25519::Ed25519PublicKey;
use super::keys::{KeyError, NamedPublicKey, PublicKey};
use super::rsa::RsaPublicKey;

/// More keys than any real set has; a longer one is refused.
const MAX_KEYS: usize = 64;

/// Why a key set is refused.
#[derive(Debug, thiserror::Error)]
pub enum JwksError {
    /// It is not `{"keys":[…]}`.
    #[error("not a JSON Web Key Set, which looks like {{\"keys\":[…]}}")]
    Malformed(#[source] serde_json::Error),
    /// A key of a type that is used here is broken.
    #[error("key {index} of the set cannot be used")]
    Key {
        /// Its place in the set, from 0.
        index: usize,
        /// What is wrong with it.
        #[source]
        source: KeyError,
    },
    /// There are too many.
    #[error("the key set holds more than {MAX_KEYS} keys")]
    TooMany,
    /// There is no key of a type that is used here.
    #[error("the key set holds neither an Ed25519 nor an RSA signing key")]
    NoUsableKey,
}

#[derive(Serialize, Deserialize)]
struct Set<K> {
    keys: Vec<K>,
}

#[derive(Serialize, Deserialize, Default)]
struct Jwk {
    kty: String,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    crv: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    x: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    n: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    e: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    alg: Option<String>,
    #[serde(rename = "use", skip_serializing_if = "Option::is_none", default)]
    usage: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    key_ops: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    kid: Option<String>,
}

/// Reads the keys of a set that can verify deliveries, each to be reported as `name`.
///
/// Keys of other types, for encryption, or for another algorithm are passed over: sets grow.
///
/// # Errors
/// [`JwksError`] where the text is not a key set or a key that would be used is broken or weak.
pub fn parse_jwks(text: &[u8], name: &Arc<str>) -> Result<Vec<NamedPublicKey>, JwksError> {
    let set: Set<Jwk> = serde_json::from_slice(text).map_err(JwksError::Malformed)?;
    if set.keys.len() > MAX_KEYS {
        return Err(JwksError::TooMany);
    }
    let mut keys = Vec::new();
    for (index, jwk) in set.keys.into_iter().enumerate() {
        let key = jwk.public_key().map_err(|source| JwksError::Key { index, source })?;
        keys.extend(key.map(|key| NamedPublicKey::new(name.clone(), jwk.kid, key)));
    }
    if keys.is_empty() { Err(JwksError::NoUsableKey) } else { Ok(keys) }
}

/// Writes the keys as a set.
pub fn write_jwks<'a>(keys: impl IntoIterator<Item = &'a NamedPublicKey>) -> String {
    let keys = keys.into_iter().map(Jwk::of).collect();
    serde_json::to_string_pretty(&Set { keys }).expect("a struct of text serialises")
}

/// The RFC 7638 thumbprint of a key, by which it is told from others whatever its `kid`: base64url of the
/// SHA-256 of its required members.
pub fn thumbprint(key: &PublicKey) -> String {
    let members = match key {
        PublicKey::Ed25519(key) => {
            format!(r#"{{"crv":"Ed25519","kty":"OKP","x":"{}"}}"#, URL_SAFE_NO_PAD.encode(key.as_bytes()))
        }
        PublicKey::Rsa(key) => {
            let (n, e) = (URL_SAFE_NO_PAD.encode(key.modulus()), URL_SAFE_NO_PAD.encode(key.exponent()));
            format!(r#"{{"e":"{e}","kty":"RSA","n":"{n}"}}"#)
        }
    };
    URL_SAFE_NO_PAD.encode(Sha256::digest(members))
}

impl Jwk {
    fn of(named: &NamedPublicKey) -> Jwk {
        let usage = Some("sig".to_owned());
        let kid = named.kid.clone();
        match &named.key {
            PublicKey::Ed25519(key) => Jwk {
                kty: "OKP".to_owned(),
                crv: Some("Ed25519".to_owned()),
                x: Some(URL_SAFE_NO_PAD.encode(key.as_bytes())),
                alg: Some("EdDSA".to_owned()),
                usage,
                kid,
                ..Jwk::default()
            },
            PublicKey::Rsa(key) => Jwk {
                kty: "RSA".to_owned(),
                n: Some(URL_SAFE_NO_PAD.encode(key.modulus())),
                e: Some(URL_SAFE_NO_PAD.encode(key.exponent())),
                alg: Some("RS256".to_owned()),
                usage,
                kid,
                ..Jwk::default()
            },
        }
    }

    /// The key, or none where it is of no use here.
    fn public_key(&self) -> Result<Option<PublicKey>, KeyError> {
        let is = |field: &Option<String>, allowed: &[&str]| {
            field.as_deref().is_none_or(|value| allowed.contains(&value))
        };
        let verifies =
            self.key_ops.as_ref().is_none_or(|operations| operations.iter().any(|one| one == "verify"));
        if !is(&self.usage, &["sig"]) || !verifies {
            return Ok(None);
        }
        match self.kty.as_str() {
            "OKP" if self.crv.as_deref() == Some("Ed25519") && is(&self.alg, &["EdDSA", "Ed25519"]) => {
                Ed25519PublicKey::from_bytes(&decode(&self.x)?).map(|key| Some(PublicKey::Ed25519(key)))
            }
            "RSA" if is(&self.alg, &["RS256"]) => {
                let key = RsaPublicKey::from_components(&decode(&self.n)?, &decode(&self.e)?)?;
                Ok(Some(PublicKey::Rsa(key)))
            }
            _ => Ok(None),
        }
    }
}

fn decode(field: &Option<String>) -> Result<Vec<u8>, KeyError> {
    let text = field.as_deref().ok_or(KeyError::Malformed)?;
    URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).map_err(|_| KeyError::Malformed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_for_something_else_are_passed_over() {
        let parsed = |more: &str| {
            let x = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
            let set = format!(r#"{{"keys":[{{"kty":"OKP","crv":"Ed25519","x":"{x}"{more}}}]}}"#);
            parse_jwks(set.as_bytes(), &"example".into()).map(|keys| keys.len()).ok()
        };
        for good in ["", r#","use":"sig""#, r#","key_ops":["sign","verify"]"#, r#","alg":"EdDSA""#] {
            assert_eq!(parsed(good), Some(1), "{good}");
        }
        let others =
            [r#","use":"enc""#, r#","key_ops":["encrypt"]"#, r#","key_ops":[]"#, r#","alg":"RS256""#];
        for other in others {
            assert_eq!(parsed(other), None, "{other}");
        }
    }

    #[test]
    fn thumbprints_are_those_of_the_standards_examples() {
        // RFC 8037, appendix A.3.
        let set =
            br#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#;
        let keys = parse_jwks(set, &"example".into()).expect("a key set");
        assert_eq!(thumbprint(&keys[0].key), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }
}
