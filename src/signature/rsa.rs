//! RSA keys and the one algorithm that they are used with: RS256.

use std::fmt;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::keys::KeyError;

const ALGORITHM: Algorithm = Algorithm::RS256;

/// A public key that verifies RS256 tokens.
#[derive(Clone, PartialEq, Eq)]
pub struct RsaPublicKey {
    modulus: Vec<u8>,
    exponent: Vec<u8>,
}

impl RsaPublicKey {
    /// The key of a modulus and an exponent, both big-endian.
    ///
    /// # Errors
    /// [`KeyError::Size`] outside 2048 to 8192 bits, [`KeyError::Malformed`] for an impossible exponent.
    pub fn from_components(modulus: &[u8], exponent: &[u8]) -> Result<Self, KeyError> {
        let modulus = without_leading_zeros(modulus);
        let exponent = without_leading_zeros(exponent);
        let bits = modulus.first().map_or(0, |first| modulus.len() * 8 - first.leading_zeros() as usize);
        if !(2048..=8192).contains(&bits) {
            return Err(KeyError::Size);
        }
        // An exponent of 1 makes every message its own signature; an even one is not a key.
        let is_odd_above_one = exponent.last().is_some_and(|last| last % 2 == 1) && exponent != [1];
        if !is_odd_above_one || exponent.len() > 4 {
            return Err(KeyError::Malformed);
        }
        Ok(RsaPublicKey { modulus: modulus.to_vec(), exponent: exponent.to_vec() })
    }

    /// The modulus, big-endian.
    pub fn modulus(&self) -> &[u8] {
        &self.modulus
    }

    /// The exponent, big-endian.
    pub fn exponent(&self) -> &[u8] {
        &self.exponent
    }

    /// The PEM text (`SubjectPublicKeyInfo`) in which keys like this one are handed around.
    pub fn to_pem(&self) -> String {
        // rsaEncryption (1.2.840.113549.1.1.1) with its empty parameters.
        const ALGORITHM: &[u8] =
            &[0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];
        let numbers = [der_integer(&self.modulus), der_integer(&self.exponent)].concat();
        let bits = [&[0u8][..], &der(0x30, &numbers)].concat();
        let der = der(0x30, &[ALGORITHM, &der(0x03, &bits)].concat());
        pem("PUBLIC KEY", &der).to_string()
    }

    /// Whether `signature`, in base64url, is this key's RS256 signature over `message`.
    pub(super) fn verify(&self, message: &[u8], signature: &str) -> bool {
        prepare();
        let key = DecodingKey::from_rsa_raw_components(&self.modulus, &self.exponent);
        jsonwebtoken::crypto::verify(signature, message, &key, ALGORITHM).unwrap_or(false)
    }

    /// How the key is shown: the end of the SHA-256 of its modulus.
    pub fn label(&self) -> String {
        let digest = URL_SAFE_NO_PAD.encode(Sha256::digest(&self.modulus));
        format!("rsa_...{}", &digest[digest.len() - 4..])
    }
}

impl fmt::Debug for RsaPublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RsaPublicKey({})", self.label())
    }
}

fn without_leading_zeros(bytes: &[u8]) -> &[u8] {
    let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
    &bytes[zeros..]
}

/// A private key that signs RS256 tokens. `Debug` shows the public half only.
#[derive(Clone)]
pub struct RsaSigningKey {
    pem: Zeroizing<String>,
    encoding: EncodingKey,
    public_key: RsaPublicKey,
}

impl RsaSigningKey {
    /// Makes a 2048-bit key, from the operating system's randomness. Takes about a tenth of a second.
    ///
    /// # Errors
    /// [`KeyError::Malformed`] where the library cannot make one.
    pub fn generate() -> Result<Self, KeyError> {
        prepare();
        let pair = KeyPair::generate(KeySize::Rsa2048).map_err(|_| KeyError::Malformed)?;
        let der: Pkcs8V1Der<'_> = pair.as_der().map_err(|_| KeyError::Malformed)?;
        Self::from_pem(&pem("PRIVATE KEY", der.as_ref()))
    }

    /// The key of a PEM file, PKCS#8 or PKCS#1.
    ///
    /// # Errors
    /// [`KeyError::Malformed`] where it is not a private RSA key, [`KeyError::Size`] where it is too short or long.
    pub fn from_pem(text: &str) -> Result<Self, KeyError> {
        prepare();
        let encoding = EncodingKey::from_rsa_pem(text.as_bytes()).map_err(|_| KeyError::Malformed)?;
        let components = DEFAULT_PROVIDER.key_utils.rsa_pub_components_from_private_key;
        let (modulus, exponent) = components(encoding.as_bytes()).map_err(|_| KeyError::Malformed)?;
        let public_key = RsaPublicKey::from_components(&modulus, &exponent)?;
        Ok(RsaSigningKey { pem: Zeroizing::new(text.to_owned()), encoding, public_key })
    }

    /// The PEM text. For storing it; nothing else.
    pub fn expose(&self) -> &str {
        &self.pem
    }

    /// The key that verifies what this one signs.
    pub fn public_key(&self) -> &RsaPublicKey {
        &self.public_key
    }

    /// The RS256 signature over `message`, in base64url: for tokens with headers that no sender would write.
    ///
    /// # Errors
    /// [`KeyError::Malformed`] where the key cannot sign.
    pub fn sign_message(&self, message: &[u8]) -> Result<String, KeyError> {
        prepare();
        jsonwebtoken::crypto::sign(message, &self.encoding, ALGORITHM).map_err(|_| KeyError::Malformed)
    }

    /// The token over `claims`.
    pub(super) fn sign(&self, kid: Option<&str>, claims: &serde_json::Value) -> Result<String, KeyError> {
        prepare();
        let mut header = Header::new(ALGORITHM);
        header.kid = kid.map(str::to_owned);
        jsonwebtoken::encode(&header, claims, &self.encoding).map_err(|_| KeyError::Malformed)
    }
}

impl fmt::Debug for RsaSigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RsaSigningKey({})", self.public_key.label())
    }
}

/// A value in DER: its tag, the length of what follows, and that.
fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let mut out = vec![tag];
    match content.len() {
        short @ ..128 => out.push(short as u8),
        long => {
            let length = long.to_be_bytes();
            let length = without_leading_zeros(&length);
            out.push(0x80 | length.len() as u8);
            out.extend_from_slice(length);
        }
    }
    out.extend_from_slice(content);
    out
}

/// A positive number: a zero in front keeps a high first bit from being a sign.
fn der_integer(bytes: &[u8]) -> Vec<u8> {
    let sign: &[u8] = if bytes.first().is_some_and(|first| *first >= 0x80) { &[0] } else { &[] };
    der(0x02, &[sign, bytes].concat())
}

fn pem(label: &str, der: &[u8]) -> Zeroizing<String> {
    let mut text = Zeroizing::new(format!("-----BEGIN {label}-----\n"));
    let encoded = Zeroizing::new(STANDARD.encode(der));
    for line in encoded.as_bytes().chunks(64) {
        text.extend(line.iter().map(|byte| char::from(*byte)));
        text.push('\n');
    }
    text.push_str("-----END ");
    text.push_str(label);
    text.push_str("-----\n");
    text
}

/// Readies the libraries. AWS-LC looks at the processor here, and not at every start of the program; and without
/// a provider chosen jsonwebtoken guesses from its features, and panics where it cannot.
fn prepare() {
    aws_lc_rs::init();
    // An error means that one is installed already, which can only be this one.
    let _ = DEFAULT_PROVIDER.install_default();
}
