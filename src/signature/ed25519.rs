//! Ed25519, the `v1a` scheme of dynamic webhooks as deployed.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use zeroize::Zeroizing;

use super::keys::KeyError;
use super::secret::BASE64;

const SECRET_PREFIX: &str = "whsk_";
const PUBLIC_PREFIX: &str = "whpk_";

/// A public key that verifies `v1a` signatures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ed25519PublicKey(VerifyingKey);

impl Ed25519PublicKey {
    /// The key of these 32 bytes.
    ///
    /// # Errors
    /// [`KeyError::Malformed`] where they are no point of the curve, [`KeyError::Weak`] where they are a
    /// point of small order, with which anybody can make signatures that verify.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, KeyError> {
        let bytes: &[u8; 32] = bytes.try_into().map_err(|_| KeyError::Malformed)?;
        let key = VerifyingKey::from_bytes(bytes).map_err(|_| KeyError::Malformed)?;
        if key.is_weak() { Err(KeyError::Weak) } else { Ok(Ed25519PublicKey(key)) }
    }

    /// The key of a text: base64 with the prefix `whpk_` or without.
    ///
    /// # Errors
    /// As [`Ed25519PublicKey::from_bytes`].
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let text = text.trim();
        let encoded = text.strip_prefix(PUBLIC_PREFIX).unwrap_or(text);
        Self::from_bytes(&BASE64.decode(encoded).map_err(|_| KeyError::Malformed)?)
    }

    /// The 32 bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    /// Whether `signature` is this key's over `message`, with the strict rules that leave one valid
    /// signature a message.
    pub(super) fn verify(&self, message: &[u8], signature: &[u8]) -> bool {
        Signature::from_slice(signature)
            .is_ok_and(|signature| self.0.verify_strict(message, &signature).is_ok())
    }

    /// How the key is shown: the end of its text form.
    pub fn label(&self) -> String {
        let encoded = URL_SAFE_NO_PAD.encode(self.as_bytes());
        format!("{PUBLIC_PREFIX}...{}", &encoded[encoded.len() - 4..])
    }
}

/// A private key that makes `v1a` signatures. `Debug` shows the public half only.
#[derive(Clone)]
pub struct Ed25519SigningKey(SigningKey);

impl Ed25519SigningKey {
    /// The key of a 32-byte seed.
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Ed25519SigningKey(SigningKey::from_bytes(seed))
    }

    /// The key of a text: `whsk_` (optional) and base64 of the seed, alone or followed by the public key.
    ///
    /// # Errors
    /// [`KeyError::Malformed`] where the length is wrong or the two halves do not belong together.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let text = text.trim();
        let encoded = text.strip_prefix(SECRET_PREFIX).unwrap_or(text);
        let bytes = Zeroizing::new(BASE64.decode(encoded).map_err(|_| KeyError::Malformed)?);
        if let Ok(seed) = <&[u8; 32]>::try_from(bytes.as_slice()) {
            return Ok(Self::from_seed(seed));
        }
        let pair: &[u8; 64] = bytes.as_slice().try_into().map_err(|_| KeyError::Malformed)?;
        SigningKey::from_keypair_bytes(pair).map(Ed25519SigningKey).map_err(|_| KeyError::Malformed)
    }

    /// The text form, `whsk_` and base64 of the seed. For storing it; nothing else.
    pub fn expose(&self) -> Zeroizing<String> {
        let seed = Zeroizing::new(self.0.to_bytes());
        Zeroizing::new(format!("{SECRET_PREFIX}{}", BASE64.encode(seed.as_slice())))
    }

    /// The key that verifies what this one signs.
    pub fn public_key(&self) -> Ed25519PublicKey {
        Ed25519PublicKey(self.0.verifying_key())
    }

    /// The signature over `message`.
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.0.sign(message).to_bytes()
    }
}

impl fmt::Debug for Ed25519SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Ed25519SigningKey({})", self.public_key().label())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_weak_key_is_refused() {
        let mut identity = [0u8; 32];
        identity[0] = 1;
        assert_eq!(Ed25519PublicKey::from_bytes(&identity).expect_err("weak"), KeyError::Weak);
        assert_eq!(Ed25519PublicKey::from_bytes(&[0; 32]).expect_err("weak"), KeyError::Weak);
        assert_eq!(Ed25519PublicKey::from_bytes(&[0; 31]).expect_err("short"), KeyError::Malformed);
    }

    /// Made with the private key around the point of order one, which plain verification lets pass.
    #[test]
    fn a_second_signature_of_the_same_message_is_refused() {
        const AROUND_IDENTITY: &str =
            "AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAADUxTIxMf+Wg8+z0wGXx4bJBD8QUtbC1Sk/Gdbza5ERBA==";
        let key = Ed25519SigningKey::from_seed(&[7; 32]);
        assert!(key.public_key().verify(b"message", &key.sign(b"message")));
        let signature = BASE64.decode(AROUND_IDENTITY).expect("is base64");
        let is_lenient = ed25519_dalek::Verifier::verify(
            &key.public_key().0,
            b"message",
            &Signature::from_slice(&signature).expect("has the length"),
        );
        assert!(is_lenient.is_ok(), "or this would test nothing");
        assert!(!key.public_key().verify(b"message", &signature));
    }

    #[test]
    fn text_forms_of_the_private_key() {
        let key = Ed25519SigningKey::from_seed(&[7; 32]);
        let again = Ed25519SigningKey::parse(&key.expose()).expect("parses");
        assert_eq!(again.public_key(), key.public_key());
        let mut pair = vec![7u8; 32];
        pair.extend_from_slice(key.public_key().as_bytes());
        assert!(Ed25519SigningKey::parse(&BASE64.encode(&pair)).is_ok());
        pair[63] ^= 1;
        assert!(Ed25519SigningKey::parse(&BASE64.encode(&pair)).is_err());
        assert!(!format!("{key:?}").contains(&*key.expose()));
    }
}
