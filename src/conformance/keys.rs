//! The keys of a run: the ones that the handler knows, those that it does not, and the key set it is served.

use std::fmt;

use serde_json::json;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::random::{Random, uuid};
use crate::signature::{
    Ed25519SigningKey, KeyError, NamedPublicKey, PublicKey, RsaSigningKey, Scheme, Secret, Signer, write_jwks,
};

/// The `kid` of a key that has none of its own.
const KID: &str = "gwh-test";
/// What the `kid` of the other key of the set begins with.
const OTHER_KID: &str = "gwh-test-other";

/// What signs the deliveries of one scheme.
pub struct SuiteKeys {
    /// The scheme.
    pub scheme: Scheme,
    /// What the handler knows: one secret or key.
    pub own: Signer,
    /// What it does not know, under the same `kid`.
    pub stranger: Signer,
    /// What stands after it in the key set, and signs as well; none for `v1`, which has no key set.
    pub other: Option<Signer>,
    /// The audience that tokens name.
    pub audience: Option<String>,
}

impl SuiteKeys {
    /// The keys around `signer`, of which only the first secret or key counts.
    ///
    /// # Errors
    /// [`KeyError`] where no RSA key can be made.
    pub fn new(signer: Signer, random: &dyn Random) -> Result<Self, KeyError> {
        // Made from the handler's key, too, so that it is another one whatever the randomness is.
        let seed = |own: &str, label: &str| {
            let mut bytes = Zeroizing::new([0u8; 32]);
            random.fill(bytes.as_mut_slice());
            let mut hash = Sha256::new();
            for part in [label.as_bytes(), own.as_bytes(), bytes.as_slice()] {
                hash.update(part);
            }
            Zeroizing::new(<[u8; 32]>::from(hash.finalize()))
        };
        let token = |kid: &str, audience: &Option<String>| {
            let key = Box::new(RsaSigningKey::generate()?);
            Ok::<_, KeyError>(Signer::Jwt { key, kid: Some(kid.to_owned()), audience: audience.clone() })
        };
        Ok(match signer {
            Signer::V1(mut secrets) => {
                secrets.truncate(1);
                let own = secrets.first().map_or("", Secret::expose);
                let stranger = Signer::V1(vec![Secret::from_key(seed(own, "stranger").as_slice())]);
                SuiteKeys {
                    scheme: Scheme::V1,
                    own: Signer::V1(secrets),
                    stranger,
                    other: None,
                    audience: None,
                }
            }
            Signer::V1a(mut keys) => {
                keys.truncate(1);
                let own = keys.first().map(Ed25519SigningKey::expose).unwrap_or_default();
                let made = |label| Signer::V1a(vec![Ed25519SigningKey::from_seed(&seed(&own, label))]);
                let (stranger, other) = (made("stranger"), Some(made("other")));
                SuiteKeys { scheme: Scheme::V1a, own: Signer::V1a(keys), stranger, other, audience: None }
            }
            Signer::Jwt { key, kid, audience } => {
                let kid = kid.unwrap_or_else(|| KID.to_owned());
                let stranger = token(&kid, &audience)?;
                // A handler that still has the set of an earlier run finds no key of that kid, and fetches it anew.
                let nonce: String = uuid(random).chars().take(8).collect();
                let other = Some(token(&format!("{OTHER_KID}-{nonce}"), &audience)?);
                let own = Signer::Jwt { key, kid: Some(kid), audience: audience.clone() };
                SuiteKeys { scheme: Scheme::Jwt, own, stranger, other, audience }
            }
        })
    }

    /// The text of the secret that the handler is given, where it is given one.
    pub fn secret(&self) -> Option<&Secret> {
        match &self.own {
            Signer::V1(secrets) => secrets.first(),
            Signer::V1a(_) | Signer::Jwt { .. } => None,
        }
    }

    /// The same without the prefix, which is what gives it away.
    pub(super) fn encoded_secret(&self) -> Option<&str> {
        self.secret().map(|secret| secret.expose().trim_start_matches("whsec_"))
    }

    /// The same keys, with another signer in place of the one that the handler should know.
    pub fn with_own(&self, own: Signer) -> Self {
        SuiteKeys {
            scheme: self.scheme,
            own,
            stranger: self.stranger.clone(),
            other: self.other.clone(),
            audience: self.audience.clone(),
        }
    }

    /// The public keys for the set.
    fn public_keys(&self) -> Vec<NamedPublicKey> {
        std::iter::once(&self.own).chain(&self.other).flat_map(public_keys_of).collect()
    }

    /// The bytes that a handler which confuses algorithms would take for an HMAC secret.
    pub(super) fn public_bytes(&self) -> Vec<u8> {
        match &self.own {
            Signer::V1(_) => Vec::new(),
            Signer::V1a(keys) => keys.iter().flat_map(|key| *key.public_key().as_bytes()).collect(),
            Signer::Jwt { key, .. } => key.public_key().to_pem().into_bytes(),
        }
    }
}

/// Names no key.
impl fmt::Debug for SuiteKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SuiteKeys").field("scheme", &self.scheme).finish_non_exhaustive()
    }
}

fn public_keys_of(signer: &Signer) -> Vec<NamedPublicKey> {
    const NAME: &str = "gwh test";
    match signer {
        Signer::V1(_) => Vec::new(),
        Signer::V1a(keys) => keys
            .iter()
            .map(|key| NamedPublicKey::new(NAME, None, PublicKey::Ed25519(key.public_key())))
            .collect(),
        Signer::Jwt { key, kid, .. } => {
            vec![NamedPublicKey::new(NAME, kid.clone(), PublicKey::Rsa(key.public_key().clone()))]
        }
    }
}

/// The key set for handlers of dynamic webhooks: for each scheme the key that signs nearly everything, then the
/// other one. As the service's, Ed25519 keys have no `kid`.
pub fn key_set(all: &[SuiteKeys]) -> String {
    let keys: Vec<NamedPublicKey> = all.iter().flat_map(SuiteKeys::public_keys).collect();
    match keys.is_empty() {
        true => json!({"keys": []}).to_string(),
        false => write_jwks(&keys),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SeededRandom;
    use crate::signature::parse_jwks;

    #[test]
    fn the_key_that_signs_stands_in_the_set_beside_another_one() {
        let own = Ed25519SigningKey::from_seed(&[1; 32]);
        let keys = SuiteKeys::new(Signer::V1a(vec![own.clone()]), &SeededRandom::new(1)).expect("makes keys");
        let set = parse_jwks(key_set(&[keys]).as_bytes(), &"set".into()).expect("a set").keys;
        let is_own = |named: &NamedPublicKey| matches!(&named.key, PublicKey::Ed25519(key) if *key == own.public_key());
        assert_eq!(set.iter().map(is_own).collect::<Vec<_>>(), [true, false]);
        assert!(set.iter().all(|named| named.kid.is_none()));
    }

    #[test]
    fn the_other_key_has_a_kid_that_no_earlier_run_has_had() {
        let kids = |seed| {
            let key = Box::new(RsaSigningKey::generate().expect("makes a key"));
            let signer = Signer::Jwt { key, kid: Some("own".to_owned()), audience: None };
            let keys = SuiteKeys::new(signer, &SeededRandom::new(seed)).expect("makes keys");
            let set = parse_jwks(key_set(&[keys]).as_bytes(), &"set".into()).expect("a set");
            set.keys.into_iter().map(|named| named.kid.expect("has a kid")).collect::<Vec<_>>()
        };
        let (first, second) = (kids(1), kids(2));
        assert_eq!((first.len(), &first[0], &second[0]), (2, &"own".to_owned(), &"own".to_owned()));
        assert_ne!(first[1], second[1], "a handler that remembers the first set has to ask again");
    }

    #[test]
    fn debug_shows_no_key() {
        let secret = Secret::from_key(&[7; 32]);
        let keys =
            SuiteKeys::new(Signer::V1(vec![secret.clone()]), &SeededRandom::new(1)).expect("makes keys");
        assert!(!format!("{keys:?}").contains(secret.expose()));
    }
}
