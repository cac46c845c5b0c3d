//! The public keys that the emulator publishes, as the service does: several Ed25519 keys without a
//! `kid`, so that a verifier has to try each, and an RSA key with one.

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::error::Failure;
use crate::secrets::{LOCAL, LocalIdentity, rsa_public_key};
use crate::signature::{Ed25519SigningKey, NamedPublicKey, PublicKey, write_jwks};

/// The key set of the profile's test identity, so that `gwh listen` knows the keys without set-up.
///
/// # Errors
/// Kind `Configuration` where the keys cannot be read or made.
pub fn key_set(identity: &LocalIdentity) -> Result<String, Failure> {
    let signing = identity.ed25519()?;
    // The key that never signs comes first: a verifier that tries only one key fails here as it would there.
    let keys = [sibling(&signing), signing]
        .map(|key| NamedPublicKey::new(LOCAL, None, PublicKey::Ed25519(key.public_key())));
    Ok(write_jwks(keys.iter().chain([&rsa_public_key(&identity.rsa()?)])))
}

/// Another key, the same for the same identity.
fn sibling(key: &Ed25519SigningKey) -> Ed25519SigningKey {
    let mut hash = Sha256::new();
    hash.update(b"gwh emulator, second Ed25519 key\0");
    hash.update(key.expose().as_bytes());
    Ed25519SigningKey::from_seed(&Zeroizing::new(hash.finalize().into()))
}
