//! Secrets and keys as a user gives them: told apart by their prefixes.

use std::sync::Arc;

use crate::error::Failure;
use crate::signature::{
    Ed25519PublicKey, Ed25519SigningKey, NamedPublicKey, NamedSecret, PublicKey, RsaSigningKey, Secret,
};

/// One secret or key.
#[derive(Debug, Clone)]
pub enum Material {
    /// `whsec_…` or bare base64: an HMAC secret.
    Hmac(NamedSecret),
    /// `whsk_…`: an Ed25519 private key.
    Ed25519Private(Ed25519SigningKey),
    /// `whpk_…`: an Ed25519 public key.
    Ed25519Public(Ed25519PublicKey),
    /// A PEM file: an RSA private key.
    RsaPrivate(Box<RsaSigningKey>),
}

impl Material {
    /// The public half, to be reported as `name` and published with `kid`; none of a secret, which has none.
    pub fn public_key(&self, name: Arc<str>, kid: Option<String>) -> Option<NamedPublicKey> {
        let key = match self {
            Material::Hmac(_) => return None,
            Material::Ed25519Private(key) => PublicKey::Ed25519(key.public_key()),
            Material::Ed25519Public(key) => PublicKey::Ed25519(key.clone()),
            Material::RsaPrivate(key) => PublicKey::Rsa(key.public_key().clone()),
        };
        Some(NamedPublicKey::new(name, kid, key))
    }
}

/// Reads every secret and key in `text`, which are separated by white space, and names them after
/// where they come from. A PEM block is one key.
///
/// # Errors
/// Kind `Configuration` where there is none or one is malformed; the message never quotes it.
pub fn parse_material(text: &str, name: &Arc<str>) -> Result<Vec<Material>, Failure> {
    if text.contains("-----BEGIN") {
        let key = RsaSigningKey::from_pem(text).map_err(|error| {
            Failure::configuration(format!("{name} is not an RSA private key")).because(error)
        })?;
        return Ok(vec![Material::RsaPrivate(Box::new(key))]);
    }
    let material =
        text.split_whitespace().map(|word| parse_one(word, name)).collect::<Result<Vec<_>, _>>()?;
    if material.is_empty() {
        return Err(Failure::configuration(format!("{name} holds no secret"))
            .hint("a signing secret looks like whsec_ and base64, as the API shows it once"));
    }
    Ok(material)
}

fn parse_one(word: &str, name: &Arc<str>) -> Result<Material, Failure> {
    let malformed = |what: &str| {
        Failure::configuration(format!("{name} does not hold {what}"))
            .hint("a signing secret looks like whsec_ and base64, as the API shows it once")
    };
    if word.starts_with("whsk_") {
        let key = Ed25519SigningKey::parse(word);
        return key
            .map(Material::Ed25519Private)
            .map_err(|error| malformed("an Ed25519 private key").because(error));
    }
    if word.starts_with("whpk_") {
        let key = Ed25519PublicKey::parse(word);
        return key
            .map(Material::Ed25519Public)
            .map_err(|error| malformed("an Ed25519 public key").because(error));
    }
    let secret = Secret::parse(word).map_err(|error| malformed("a signing secret").because(error))?;
    Ok(Material::Hmac(NamedSecret::new(name.clone(), secret)))
}
