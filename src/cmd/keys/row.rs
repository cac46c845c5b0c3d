//! A public key as the commands show it.

use serde::Serialize;

use crate::signature::{NamedPublicKey, PublicKey, UnusableKey, thumbprint};

/// A public key in `--json`.
#[derive(Serialize)]
pub(super) struct Row {
    kty: &'static str,
    crv: Option<&'static str>,
    alg: &'static str,
    kid: Option<String>,
    /// The RFC 7638 thumbprint, SHA-256.
    thumbprint: String,
}

/// A key that never verifies, in `--json`.
#[derive(Serialize)]
pub(super) struct UnusableRow {
    /// Its place in the set, from 0.
    index: usize,
    message: String,
}

impl UnusableRow {
    pub(super) fn all(keys: &[UnusableKey]) -> Vec<Self> {
        keys.iter().map(|key| UnusableRow { index: key.index, message: key.error.to_string() }).collect()
    }
}

impl Row {
    pub(super) fn of(named: &NamedPublicKey) -> Self {
        let (kty, crv, alg) = match &named.key {
            PublicKey::Ed25519(_) => ("OKP", Some("Ed25519"), "EdDSA"),
            PublicKey::Rsa(_) => ("RSA", None, "RS256"),
        };
        Row { kty, crv, alg, kid: named.kid.clone(), thumbprint: thumbprint(&named.key) }
    }

    pub(super) fn all(keys: &[NamedPublicKey]) -> Vec<Self> {
        keys.iter().map(Row::of).collect()
    }

    /// Type, algorithm, `kid` and thumbprint, for a table.
    pub(super) fn cells(&self) -> [String; 4] {
        let kid = self.kid.clone().unwrap_or_else(|| "(none)".to_owned());
        [self.crv.unwrap_or(self.kty).to_owned(), self.alg.to_owned(), kid, self.thumbprint.clone()]
    }
}
