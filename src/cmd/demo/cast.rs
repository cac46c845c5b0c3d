//! The keys of the demo: made for it, kept in memory, known to the listener and the sender alone.

use zeroize::Zeroizing;

use crate::error::Failure;
use crate::random::Random;
use crate::signature::{
    Ed25519SigningKey, Keys, NamedPublicKey, NamedSecret, PublicKey, RsaSigningKey, Scheme, Secret, Signer,
};

const NAME: &str = "demo";

/// Who signs and who verifies.
pub(super) struct Cast {
    secret: Secret,
    next_secret: Secret,
    ed25519: Ed25519SigningKey,
    rsa: RsaSigningKey,
}

impl Cast {
    /// Makes the keys.
    pub(super) fn new(random: &dyn Random) -> Result<Self, Failure> {
        let mut bytes = Zeroizing::new([0u8; 32]);
        let mut fresh = || {
            random.fill(bytes.as_mut_slice());
            bytes.clone()
        };
        Ok(Cast {
            secret: Secret::from_key(fresh().as_slice()),
            next_secret: Secret::from_key(fresh().as_slice()),
            ed25519: Ed25519SigningKey::from_seed(&fresh()),
            rsa: RsaSigningKey::generate()
                .map_err(|error| Failure::bug("cannot make an RSA key").because(error))?,
        })
    }

    /// What the listener verifies with. It does not know the secret that a rotation brings.
    pub(super) fn keys(&self) -> Keys {
        let ed25519 = PublicKey::Ed25519(self.ed25519.public_key());
        let rsa = PublicKey::Rsa(self.rsa.public_key().clone());
        Keys {
            secrets: vec![NamedSecret::new(NAME, self.secret.clone())],
            public_keys: [ed25519, rsa].map(|key| NamedPublicKey::new(NAME, None, key)).into(),
            ..Keys::default()
        }
    }

    /// What signs deliveries of a scheme.
    pub(super) fn signer(&self, scheme: Scheme) -> Signer {
        match scheme {
            Scheme::V1 => Signer::V1(vec![self.secret.clone()]),
            Scheme::V1a => Signer::V1a(vec![self.ed25519.clone()]),
            Scheme::Jwt => Signer::Jwt { key: Box::new(self.rsa.clone()), kid: None, audience: None },
        }
    }

    /// What signs while the secret rotates: the new one, and the old one for as long as it lives.
    pub(super) fn rotating_signer(&self) -> Signer {
        Signer::V1(vec![self.next_secret.clone(), self.secret.clone()])
    }
}
