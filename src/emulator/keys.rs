//! The keys that sign the deliveries of jobs to their own URIs, and the set that publishes them: as live,
//! several Ed25519 keys without a `kid`, so that a verifier has to try each, and RSA keys with one.

use std::sync::{Mutex, MutexGuard, PoisonError};

use clap::ValueEnum;
use serde::Serialize;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::error::Failure;
use crate::random::Random;
use crate::secrets::{LOCAL, LocalIdentity, RSA_KID};
use crate::signature::{
    Ed25519SigningKey, KeyError, NamedPublicKey, PublicKey, RsaSigningKey, Signer, write_jwks,
};

/// How deliveries to jobs' own URIs are signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
pub enum DynamicScheme {
    /// Ed25519, as the live service does
    #[default]
    V1a,
    /// An RS256 token, as the documentation says
    Jwt,
}

/// How the keys are used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// What signs.
    pub scheme: DynamicScheme,
    /// The `aud` of tokens.
    pub audience: Option<String>,
}

/// The keys in use.
pub struct KeyRing {
    options: Options,
    keys: Mutex<Keys>,
}

struct Keys {
    /// The one in the middle signs: a verifier that tries only the first one, or the last, fails here as
    /// it would there.
    ed25519: [Ed25519SigningKey; 3],
    /// The last one signs; the one before it is what signed before.
    rsa: Vec<RsaKey>,
    rotations: u32,
    published: String,
}

#[derive(Clone)]
struct RsaKey {
    kid: String,
    key: RsaSigningKey,
}

/// What a rotation did.
#[derive(Debug, Serialize)]
pub struct Rotated {
    /// `v1a` or `jwt`.
    scheme: &'static str,
    /// How the key that signs from now on is shown.
    signing: String,
    /// How many keys are published.
    published: usize,
}

impl KeyRing {
    /// The keys of the profile's test identity, so that `gwh listen` knows the one that signs without set-up.
    ///
    /// # Errors
    /// Kind `Configuration` where the keys cannot be read or made.
    pub fn new(identity: &LocalIdentity, options: Options) -> Result<Self, Failure> {
        let signing = identity.ed25519()?;
        let ed25519 = [sibling(&signing, "second"), signing.clone(), sibling(&signing, "third")];
        let rsa = vec![RsaKey { kid: RSA_KID.to_owned(), key: identity.rsa()? }];
        let published = publish(&ed25519, &rsa);
        Ok(KeyRing { options, keys: Mutex::new(Keys { ed25519, rsa, rotations: 0, published }) })
    }

    /// What signs now.
    pub fn signer(&self) -> Signer {
        let keys = self.lock();
        match (self.options.scheme, keys.rsa.last()) {
            (DynamicScheme::Jwt, Some(rsa)) => Signer::Jwt {
                key: Box::new(rsa.key.clone()),
                kid: Some(rsa.kid.clone()),
                audience: self.options.audience.clone(),
            },
            _ => Signer::V1a(vec![keys.ed25519[1].clone()]),
        }
    }

    /// The set that is published.
    pub fn key_set(&self) -> String {
        self.lock().published.clone()
    }

    /// Signs with a new key from now on. The one that signed stays published until the next rotation, as
    /// what it signed may still be on its way. `rsa` is a new RSA key, where tokens are signed.
    pub fn rotate(&self, rsa: Option<RsaSigningKey>, random: &dyn Random) -> Rotated {
        let mut keys = self.lock();
        keys.rotations += 1;
        let signing = match rsa {
            Some(key) => {
                let label = key.public_key().label();
                let kid = format!("{RSA_KID}-{}", keys.rotations + 1);
                let before = keys.rsa.len().saturating_sub(1);
                keys.rsa.drain(..before);
                keys.rsa.push(RsaKey { kid, key });
                label
            }
            None => {
                let new = [fresh(random), fresh(random)];
                let [signing, third] = new;
                let label = signing.public_key().label();
                keys.ed25519 = [keys.ed25519[1].clone(), signing, third];
                label
            }
        };
        keys.published = publish(&keys.ed25519, &keys.rsa);
        let scheme = match self.options.scheme {
            DynamicScheme::V1a => "v1a",
            DynamicScheme::Jwt => "jwt",
        };
        Rotated { scheme, signing, published: keys.ed25519.len() + keys.rsa.len() }
    }

    /// Makes the RSA key that a rotation needs, on a thread of its own, since that takes a while; none
    /// where no tokens are signed.
    ///
    /// # Errors
    /// [`KeyError`] where there can be none.
    pub async fn next_rsa(&self) -> Result<Option<RsaSigningKey>, KeyError> {
        if self.options.scheme != DynamicScheme::Jwt {
            return Ok(None);
        }
        let (done, made) = tokio::sync::oneshot::channel();
        let thread = std::thread::Builder::new().name("rsa".to_owned());
        thread
            .spawn(move || {
                // Whoever asked may be gone.
                let _ = done.send(RsaSigningKey::generate());
            })
            .map_err(|_| KeyError::Malformed)?;
        made.await.map_err(|_| KeyError::Malformed)?.map(Some)
    }

    fn lock(&self) -> MutexGuard<'_, Keys> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn publish(ed25519: &[Ed25519SigningKey], rsa: &[RsaKey]) -> String {
    let ed25519 =
        ed25519.iter().map(|key| NamedPublicKey::new(LOCAL, None, PublicKey::Ed25519(key.public_key())));
    let rsa = rsa.iter().map(|rsa| {
        let key = PublicKey::Rsa(rsa.key.public_key().clone());
        NamedPublicKey::new(LOCAL, Some(rsa.kid.clone()), key)
    });
    let keys: Vec<NamedPublicKey> = ed25519.chain(rsa).collect();
    write_jwks(&keys)
}

/// Another key, the same for the same identity.
fn sibling(key: &Ed25519SigningKey, which: &str) -> Ed25519SigningKey {
    let mut hash = Sha256::new();
    hash.update(format!("gwh emulator, {which} Ed25519 key\0"));
    hash.update(key.expose().as_bytes());
    Ed25519SigningKey::from_seed(&Zeroizing::new(hash.finalize().into()))
}

fn fresh(random: &dyn Random) -> Ed25519SigningKey {
    let mut seed = Zeroizing::new([0u8; 32]);
    random.fill(seed.as_mut_slice());
    Ed25519SigningKey::from_seed(&seed)
}
