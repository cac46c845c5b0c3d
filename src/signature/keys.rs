//! The keys that a delivery is verified with, each with the name it is reported under.

use std::sync::Arc;

use super::ed25519::Ed25519PublicKey;
use super::rsa::RsaPublicKey;
use super::secret::Secret;
use super::verdict::{Binding, Proof, Scheme};

/// Why a key is refused. Never quotes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// It cannot be read.
    #[error("the key is malformed")]
    Malformed,
    /// Anybody could sign for it.
    #[error("the key is weak: anybody can make signatures that verify with it")]
    Weak,
    /// RSA below 2048 or above 8192 bits.
    #[error("the RSA key is not between 2048 and 8192 bits long")]
    Size,
    /// A secret that was copied with the version of a signature.
    #[error("the secret starts with v1, which belongs to signatures; it starts at whsec_")]
    Version,
}

/// A signing secret and where it comes from.
#[derive(Debug, Clone)]
pub struct NamedSecret {
    /// How it is reported: `local`, a webhook's name, a file or variable.
    pub name: Arc<str>,
    /// The truncated form of the secret.
    pub label: Arc<str>,
    /// The secret.
    pub secret: Secret,
    /// Unix seconds after which a rotation has ended its life.
    pub expires_at: Option<i64>,
}

impl NamedSecret {
    /// A secret without an end.
    pub fn new(name: impl Into<Arc<str>>, secret: Secret) -> Self {
        NamedSecret { name: name.into(), label: secret.truncated().into(), secret, expires_at: None }
    }

    /// Whether the secret may verify a delivery at `now`.
    pub fn is_live(&self, now: i64) -> bool {
        self.expires_at.is_none_or(|end| now < end)
    }

    pub(super) fn proof(&self) -> Proof {
        Proof {
            scheme: Scheme::V1,
            key: self.label.clone(),
            key_name: self.name.clone(),
            binding: Binding::Signature,
            stale: None,
        }
    }
}

/// A public key of one of the schemes that have them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PublicKey {
    /// For `v1a`.
    Ed25519(Ed25519PublicKey),
    /// For `jwt`.
    Rsa(RsaPublicKey),
}

impl PublicKey {
    /// The one scheme that this key is tried with.
    pub fn scheme(&self) -> Scheme {
        match self {
            PublicKey::Ed25519(_) => Scheme::V1a,
            PublicKey::Rsa(_) => Scheme::Jwt,
        }
    }

    fn label(&self) -> String {
        match self {
            PublicKey::Ed25519(key) => key.label(),
            PublicKey::Rsa(key) => key.label(),
        }
    }
}

/// A public key, the `kid` it is published with, and where it comes from.
#[derive(Debug, Clone)]
pub struct NamedPublicKey {
    /// How it is reported: `local`, `Google JWKS`, a file or URL.
    pub name: Arc<str>,
    /// The `kid`, or the end of the key where it has none.
    pub label: Arc<str>,
    /// The `kid` of the key set, where it names one.
    pub kid: Option<String>,
    /// The key.
    pub key: PublicKey,
    /// Why it may be out of date, in a sentence, where its set is a copy that could not be renewed.
    pub stale: Option<Arc<str>>,
}

impl NamedPublicKey {
    /// A key with an optional `kid`.
    pub fn new(name: impl Into<Arc<str>>, kid: Option<String>, key: PublicKey) -> Self {
        let label = kid.clone().unwrap_or_else(|| key.label()).into();
        NamedPublicKey { name: name.into(), label, kid, key, stale: None }
    }

    pub(super) fn proof(&self, binding: Binding) -> Proof {
        Proof {
            scheme: self.key.scheme(),
            key: self.label.clone(),
            key_name: self.name.clone(),
            binding,
            stale: self.stale.clone(),
        }
    }
}

/// A key set that counts, whether its keys are at hand or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeySetState {
    /// How its keys are reported: `Google JWKS`, a host, or the URL.
    pub name: Arc<str>,
    /// Where it is published.
    pub url: Arc<str>,
    /// What kept its present keys from being had when they were last wanted, where something did, as the
    /// end of a sentence that begins with the set: `cannot be fetched: …`.
    pub missing: Option<Arc<str>>,
}

/// Everything that a delivery may be verified with, and secrets that are only good for explaining.
#[derive(Debug, Clone, Default)]
pub struct Keys {
    /// The secrets that count; one whose time is over is used for explaining only.
    pub secrets: Vec<NamedSecret>,
    /// The public keys that count.
    pub public_keys: Vec<NamedPublicKey>,
    /// Secrets that this machine knows but that were not asked for: they never make a delivery valid.
    pub known: Vec<NamedSecret>,
    /// The key sets that count; those of their keys that are at hand stand in `public_keys`.
    pub sets: Vec<KeySetState>,
}

impl Keys {
    /// Which key sets could not be had, or hold no key for `scheme`, and why, where there is one: then it
    /// cannot be said that a delivery is signed with a wrong key.
    pub(super) fn missing_sets(&self, scheme: Scheme) -> Option<String> {
        let why = |set: &KeySetState| match &set.missing {
            Some(why) => Some(why.to_string()),
            None => {
                let mut own = self.public_keys.iter().filter(|key| key.name == set.name).peekable();
                let lacks = own.peek().is_some() && own.all(|key| key.key.scheme() != scheme);
                lacks.then(|| format!("holds no {} key", scheme.key_type()))
            }
        };
        let sets = self.sets.iter();
        let missing: Vec<String> =
            sets.filter_map(|set| Some(format!("the key set {} {}", set.url, why(set)?))).collect();
        (!missing.is_empty()).then(|| missing.join("; "))
    }

    /// The secrets that may verify at `now`.
    pub fn live_secrets(&self, now: i64) -> impl Iterator<Item = &NamedSecret> {
        self.secrets.iter().filter(move |secret| secret.is_live(now))
    }

    /// The Ed25519 keys.
    pub fn ed25519(&self) -> impl Iterator<Item = (&NamedPublicKey, &Ed25519PublicKey)> {
        self.public_keys.iter().filter_map(|named| match &named.key {
            PublicKey::Ed25519(key) => Some((named, key)),
            PublicKey::Rsa(_) => None,
        })
    }

    /// The RSA keys.
    pub fn rsa(&self) -> impl Iterator<Item = (&NamedPublicKey, &RsaPublicKey)> {
        self.public_keys.iter().filter_map(|named| match &named.key {
            PublicKey::Rsa(key) => Some((named, key)),
            PublicKey::Ed25519(_) => None,
        })
    }

    /// The same keys in memory of their own, for another thread. Every verdict counts its references to
    /// the names of a key; threads that count the same ones slow each other down.
    #[must_use]
    pub fn unshared(&self) -> Keys {
        let own = |text: &Arc<str>| Arc::<str>::from(&**text);
        let secrets = |list: &[NamedSecret]| {
            let copy = |named: &NamedSecret| NamedSecret {
                name: own(&named.name),
                label: own(&named.label),
                ..named.clone()
            };
            list.iter().map(copy).collect()
        };
        let public_key = |named: &NamedPublicKey| NamedPublicKey {
            name: own(&named.name),
            label: own(&named.label),
            ..named.clone()
        };
        Keys {
            secrets: secrets(&self.secrets),
            public_keys: self.public_keys.iter().map(public_key).collect(),
            known: secrets(&self.known),
            sets: self.sets.clone(),
        }
    }

    /// Whether there is a key of `scheme`, whatever the time.
    pub fn has(&self, scheme: Scheme) -> bool {
        match scheme {
            Scheme::V1 => !self.secrets.is_empty(),
            Scheme::V1a => self.ed25519().next().is_some(),
            Scheme::Jwt => self.rsa().next().is_some(),
        }
    }
}
