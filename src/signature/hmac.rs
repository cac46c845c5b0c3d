//! HMAC-SHA256, the `v1` scheme.

use hmac::{Hmac, KeyInit, Mac as _};
use sha2::Sha256;

/// HMAC-SHA256 with its key already taken in: cloning it costs less than keying it again.
#[derive(Clone)]
pub(super) struct Mac(Hmac<Sha256>);

impl Mac {
    pub(super) fn new(key: &[u8]) -> Self {
        Mac(Hmac::new_from_slice(key).expect("HMAC takes a key of any length"))
    }

    /// Whether `tag` is the code of the parts together, compared in constant time.
    pub(super) fn verify(&self, parts: &[&[u8]], tag: &[u8]) -> bool {
        self.over(parts).verify_slice(tag).is_ok()
    }

    /// The code of the parts together.
    pub(super) fn sign(&self, parts: &[&[u8]]) -> [u8; 32] {
        self.over(parts).finalize().into_bytes().into()
    }

    /// The same key with the parts taken in, for going on from there or for comparing.
    pub(super) fn after(&self, parts: &[&[u8]]) -> Mac {
        Mac(self.over(parts))
    }

    /// Whether `tag` is the code of what has been taken in, compared in constant time.
    pub(super) fn is(&self, tag: &[u8]) -> bool {
        self.0.clone().verify_slice(tag).is_ok()
    }

    fn over(&self, parts: &[&[u8]]) -> Hmac<Sha256> {
        let mut mac = self.0.clone();
        for part in parts {
            mac.update(part);
        }
        mac
    }
}
