//! An HMAC signing secret: parsed from its text form, shown only shortened, wiped when dropped.

use std::fmt;

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use zeroize::Zeroizing;

use super::hmac::Mac;

/// Standard base64, with the padding optional on reading: people lose the `=` when copying.
pub(super) const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// What a secret's text starts with.
pub(super) const PREFIX: &str = "whsec_";
/// What a signature's text starts with; some consoles show secrets with it too.
pub(super) const VERSION_PREFIX: &str = "v1,";

/// A static webhook's signing secret.
///
/// `Debug` shows the truncated form, there is no `Display`, and the memory is wiped on drop.
#[derive(Clone)]
pub struct Secret {
    text: Zeroizing<String>,
    mac: Mac,
}

/// Why a text is not a signing secret. Never quotes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// There is nothing after the prefix.
    #[error("the secret is empty")]
    Empty,
    /// What follows the prefix is not base64.
    #[error("the secret is not base64 after its whsec_ prefix")]
    NotBase64,
}

impl Secret {
    /// Reads `whsec_` and base64, or the base64 alone.
    ///
    /// A text that starts with `v1,` is kept as it is, although it never matches a delivery: some
    /// consoles show secrets in that form, and diagnosing then proves that the prefix is the mistake.
    ///
    /// # Errors
    /// [`SecretError`] where the text cannot be a secret.
    pub fn parse(text: &str) -> Result<Self, SecretError> {
        let text = text.trim();
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(SecretError::NotBase64);
        }
        if text.starts_with(VERSION_PREFIX) {
            // Any key does that nobody signs with; the text itself might be some sender's.
            let key = Zeroizing::new(Mac::new(text.as_bytes()).sign(&[b"a secret with a version is no key"]));
            return Ok(Secret::from_parts(text, key.as_slice()));
        }
        let encoded = text.strip_prefix(PREFIX).unwrap_or(text);
        let key = Zeroizing::new(BASE64.decode(encoded).map_err(|_| SecretError::NotBase64)?);
        if key.is_empty() {
            return Err(SecretError::Empty);
        }
        Ok(Secret::from_parts(text, &key))
    }

    /// The secret whose key is `key`.
    pub fn from_key(key: &[u8]) -> Self {
        let text = Zeroizing::new(format!("{PREFIX}{}", BASE64.encode(key)));
        Secret::from_parts(&text, key)
    }

    fn from_parts(text: &str, key: &[u8]) -> Self {
        Secret { text: Zeroizing::new(text.to_owned()), mac: Mac::new(key) }
    }

    /// The text as it was given. For storing it and for handing it to the user; nothing else.
    pub fn expose(&self) -> &str {
        &self.text
    }

    /// Whether the text starts with the version of a signature, so that nothing can be signed with it.
    pub fn has_version(&self) -> bool {
        self.text.starts_with(VERSION_PREFIX)
    }

    /// The HMAC keyed with this secret, ready for a message.
    pub(super) fn mac(&self) -> &Mac {
        &self.mac
    }

    /// The form that may be shown: `whsec_...` and the last four characters, as the API truncates,
    /// or no characters at all where four would be a good part of the secret.
    pub fn truncated(&self) -> String {
        let encoded = self.text.rsplit('_').next().unwrap_or_default();
        match encoded.len().checked_sub(4) {
            Some(start) if encoded.len() >= 24 && encoded.is_char_boundary(start) => {
                format!("{PREFIX}...{}", &encoded[start..])
            }
            _ => format!("{PREFIX}..."),
        }
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secret({})", self.truncated())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

    fn is_keyed_with(text: &str, key: &[u8]) -> bool {
        let secret = Secret::parse(text).expect("parses");
        secret.mac().sign(&[b"message"]) == Secret::from_key(key).mac().sign(&[b"message"])
    }

    #[test]
    fn prefix_and_padding_are_optional() {
        let key: Vec<u8> = (0..32).collect();
        for text in [TEXT, &TEXT[6..], &TEXT[..TEXT.len() - 1], &format!(" {TEXT}\n")] {
            assert!(is_keyed_with(text, &key), "{text}");
        }
    }

    #[test]
    fn one_byte_is_enough_and_nothing_is_not() {
        assert!(is_keyed_with("whsec_AA==", &[0]));
        assert_eq!(Secret::parse("whsec_").expect_err("empty"), SecretError::Empty);
        assert_eq!(Secret::parse("").expect_err("empty"), SecretError::Empty);
        assert_eq!(Secret::parse("v1,whsec_\u{1b}[2J").expect_err("control"), SecretError::NotBase64);
        assert_eq!(Secret::parse("whsec_no spaces!").expect_err("not base64"), SecretError::NotBase64);
    }

    #[test]
    fn a_secret_with_a_version_is_kept_but_is_no_key() {
        let text = format!("v1,{TEXT}");
        let secret = Secret::parse(&text).expect("parses");
        assert!(secret.has_version() && secret.expose() == text);
        assert_eq!(secret.truncated(), "whsec_...Hh8=");
        let key: Vec<u8> = (0..32).collect();
        assert!(!is_keyed_with(&text, &key) && !is_keyed_with(&text, text.as_bytes()));
    }

    #[test]
    fn debug_and_truncated_do_not_reveal() {
        let secret = Secret::parse(TEXT).expect("parses");
        assert_eq!(secret.truncated(), "whsec_...Hh8=");
        assert_eq!(format!("{secret:?}"), "Secret(whsec_...Hh8=)");
        assert_eq!(Secret::parse("whsec_AAEC").expect("parses").truncated(), "whsec_...");
    }

    #[test]
    fn a_key_makes_the_text_it_is_parsed_from() {
        let key: Vec<u8> = (0..32).collect();
        assert_eq!(Secret::from_key(&key).expose(), TEXT);
    }
}
