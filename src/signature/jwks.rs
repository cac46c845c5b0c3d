//! JSON Web Key Sets: reading what others publish, writing our own test keys.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
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
    /// There are too many.
    #[error("the key set holds more than {MAX_KEYS} keys")]
    TooMany,
}

/// A key set as it was read.
#[derive(Debug, Clone, Default)]
pub struct Jwks {
    /// The keys that can verify deliveries.
    pub keys: Vec<NamedPublicKey>,
    /// Those that should be able to and are broken or weak: none of them ever verifies.
    pub unusable: Vec<UnusableKey>,
}

/// A key of a set that is passed over for what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("keys[{index}] cannot be used: {error}")]
pub struct UnusableKey {
    /// Its place in the set, from 0.
    pub index: usize,
    /// What is wrong with it.
    pub error: KeyError,
}

impl Jwks {
    /// Why nothing verifies with the set, where that is so, as the end of a sentence that begins with the set.
    pub fn lack(&self) -> Option<String> {
        match (self.keys.as_slice(), self.unusable.as_slice()) {
            ([_, ..], _) => None,
            ([], []) => Some("holds neither an Ed25519 nor an RSA signing key".to_owned()),
            ([], [first, ..]) => Some(format!("holds no signing key that can be used ({first})")),
        }
    }
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
/// Keys of other types, for encryption, or for another algorithm are passed over: sets grow. So are keys that
/// are broken or weak, as RFC 7517, section 5, advises: the others verify what they did before.
///
/// # Errors
/// [`JwksError`] where the text is not a key set.
pub fn parse_jwks(text: &[u8], name: &Arc<str>) -> Result<Jwks, JwksError> {
    let set: Set<Box<RawValue>> = serde_json::from_slice(text).map_err(JwksError::Malformed)?;
    if set.keys.len() > MAX_KEYS {
        return Err(JwksError::TooMany);
    }
    let mut read = Jwks::default();
    for (index, text) in set.keys.iter().enumerate() {
        let jwk = serde_json::from_str::<Jwk>(text.get()).map_err(|_| KeyError::Malformed);
        match jwk.and_then(|jwk| Ok((jwk.public_key()?, jwk.kid))) {
            Ok((key, kid)) => read.keys.extend(key.map(|key| NamedPublicKey::new(name.clone(), kid, key))),
            Err(error) => read.unusable.push(UnusableKey { index, error }),
        }
    }
    Ok(read)
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
            let set = parse_jwks(set.as_bytes(), &"example".into()).expect("a key set");
            (set.keys.len(), set.unusable.len())
        };
        for good in ["", r#","use":"sig""#, r#","key_ops":["sign","verify"]"#, r#","alg":"EdDSA""#] {
            assert_eq!(parsed(good), (1, 0), "{good}");
        }
        let others =
            [r#","use":"enc""#, r#","key_ops":["encrypt"]"#, r#","key_ops":[]"#, r#","alg":"RS256""#];
        for other in others {
            assert_eq!(parsed(other), (0, 0), "{other}");
        }
    }

    #[test]
    fn a_broken_or_weak_key_is_passed_over_and_named_and_the_others_count() {
        let good = r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
        let weak = format!(r#"{{"kty":"OKP","crv":"Ed25519","x":"{}"}}"#, "A".repeat(43));
        let short = format!(r#"{{"kty":"RSA","e":"AQAB","n":"{}"}}"#, "_".repeat(172));
        for (bad, expected) in [
            (weak.as_str(), KeyError::Weak),
            (&short, KeyError::Size),
            (r#"{"kty":"OKP","crv":"Ed25519"}"#, KeyError::Malformed),
            (r#"{"kty":"OKP","crv":"Ed25519","x":"AAAA"}"#, KeyError::Malformed),
            (r#"{"kty":"RSA","n":1,"e":"AQAB"}"#, KeyError::Malformed),
            (r#"{"alg":"RS256"}"#, KeyError::Malformed),
            ("7", KeyError::Malformed),
        ] {
            let set = format!(r#"{{"keys":[{bad},{good}]}}"#);
            let set = parse_jwks(set.as_bytes(), &"example".into()).expect("a key set");
            let unusable = vec![UnusableKey { index: 0, error: expected }];
            assert_eq!((set.keys.len(), &set.unusable, set.lack()), (1, &unusable, None), "{bad}");
        }
        let lack = parse_jwks(br#"{"keys":[7]}"#, &"example".into()).expect("a key set").lack();
        let why = "holds no signing key that can be used (keys[0] cannot be used: the key is malformed)";
        assert_eq!(lack.as_deref(), Some(why));
    }

    #[test]
    fn thumbprints_are_those_of_the_standards_examples() {
        // RFC 8037, appendix A.3.
        let set =
            br#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#;
        let set = parse_jwks(set, &"example".into()).expect("a key set");
        assert_eq!(thumbprint(&set.keys[0].key), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    }
}
