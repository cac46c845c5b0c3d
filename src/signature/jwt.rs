//! RS256 JSON Web Tokens, the scheme of dynamic webhooks as documented.
//!
//! The algorithm is RS256 because this file says so; a token that asks for another, names its own
//! key, or carries an extension that must be understood is refused before any key is touched.
//! A token signs its claims. Whether those tie it to a body is decided in [`binding`]; what Google
//! puts there is undocumented, so several forms count and the verdict says which one was found.

use std::fmt;

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::SignedDelivery;
use super::keys::{KeyError, Keys, NamedPublicKey};
use super::verdict::{Binding, Proof, Reason, Rejection, Scheme};
use super::verify::Policy;
use crate::json::{self, Node};

const ALGORITHM: Algorithm = Algorithm::RS256;
/// Far above any real token; a longer one is refused unread.
const MAX_TOKEN: usize = 16 * 1024;

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
        let pair = KeyPair::generate(KeySize::Rsa2048).map_err(|_| KeyError::Malformed)?;
        let der: Pkcs8V1Der<'_> = pair.as_der().map_err(|_| KeyError::Malformed)?;
        Self::from_pem(&pem(der.as_ref()))
    }

    /// The key of a PEM file, PKCS#8 or PKCS#1.
    ///
    /// # Errors
    /// [`KeyError::Malformed`] where it is not a private RSA key, [`KeyError::Size`] where it is too short or long.
    pub fn from_pem(text: &str) -> Result<Self, KeyError> {
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

    /// The token over `claims`.
    pub(super) fn sign(&self, kid: Option<&str>, claims: &serde_json::Value) -> Result<String, KeyError> {
        install_provider();
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

fn pem(der: &[u8]) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::from("-----BEGIN PRIVATE KEY-----\n"));
    let encoded = Zeroizing::new(STANDARD.encode(der));
    for line in encoded.as_bytes().chunks(64) {
        text.extend(line.iter().map(|byte| char::from(*byte)));
        text.push('\n');
    }
    text.push_str("-----END PRIVATE KEY-----\n");
    text
}

/// Without a provider chosen the library guesses from its features and panics when it cannot.
fn install_provider() {
    // An error means that one is installed already, which can only be this one.
    let _ = DEFAULT_PROVIDER.install_default();
}

/// Whether a signature header's entry has the form of a token rather than of `version,base64`.
pub(super) fn looks_like_token(entry: &[u8]) -> bool {
    !entry.contains(&b',') && entry.iter().filter(|byte| **byte == b'.').count() == 2
}

/// The parts of a JOSE header that decide anything.
#[derive(Deserialize)]
struct TokenHeader {
    alg: String,
    #[serde(default)]
    kid: Option<String>,
    #[serde(flatten)]
    rest: std::collections::BTreeMap<String, serde::de::IgnoredAny>,
}

/// Registered claims, with the types that RFC 7519 gives them.
#[derive(Deserialize)]
struct Claims {
    #[serde(default)]
    exp: Option<f64>,
    #[serde(default)]
    nbf: Option<f64>,
    #[serde(default)]
    iat: Option<f64>,
    #[serde(default)]
    aud: Option<Audience>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

impl Audience {
    fn names(&self, wanted: &str) -> bool {
        match self {
            Audience::One(name) => name == wanted,
            Audience::Many(names) => names.iter().any(|name| name == wanted),
        }
    }
}

fn malformed(detail: impl Into<String>) -> Rejection {
    Rejection::new(Reason::MalformedToken, detail).of(Scheme::Jwt)
}

/// Verifies one token and answers which key proved it and what ties it to the body.
pub(super) fn verify(
    token: &[u8],
    delivery: &SignedDelivery<'_>,
    keys: &Keys,
    policy: &Policy,
) -> Result<Proof, Rejection> {
    if token.len() > MAX_TOKEN {
        return Err(malformed(format!("the token is longer than {MAX_TOKEN} bytes")));
    }
    let parts: Vec<&[u8]> = token.split(|byte| *byte == b'.').collect();
    let [header, claims, signature] = parts[..] else {
        return Err(malformed("a JWT has three parts separated by dots"));
    };
    let signature = str::from_utf8(signature).map_err(|_| malformed("the token is not ASCII"))?;
    let header = read_header(header)?;
    let claims = decode_part(claims, "claims")?;
    let signed_part = &token[..token.len() - signature.len() - 1];

    let named = matching_key(&header, signed_part, signature, keys)?;
    let text = str::from_utf8(&claims).map_err(|_| malformed("the token's claims are not UTF-8"))?;
    check_claims(text, policy)?;
    let binding = binding(text, delivery)?;
    if binding == Binding::None && policy.require_body_binding {
        let detail = "the token is genuine, but nothing in it ties it to this body";
        let mut rejection = Rejection::new(Reason::BodyNotBound, detail).of(Scheme::Jwt);
        rejection.proof = Some(named.proof(binding));
        return Err(rejection);
    }
    Ok(named.proof(binding))
}

fn decode_part(part: &[u8], name: &str) -> Result<Vec<u8>, Rejection> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| malformed(format!("the token's {name} are not base64url")))
}

fn read_header(part: &[u8]) -> Result<TokenHeader, Rejection> {
    let bytes = decode_part(part, "header bytes")?;
    let header: TokenHeader = serde_json::from_slice(&bytes)
        .map_err(|error| malformed(format!("the token's header cannot be read: {error}")))?;
    if header.alg != "RS256" {
        let detail = format!("the token asks for {}; only RS256 is accepted", header.alg);
        return Err(Rejection::new(Reason::AlgorithmNotAllowed, detail).of(Scheme::Jwt));
    }
    const REFUSED: [&str; 8] = ["crit", "b64", "zip", "enc", "jwk", "jku", "x5u", "x5c"];
    if let Some(name) = REFUSED.iter().find(|name| header.rest.contains_key(**name)) {
        return Err(malformed(format!("the token's header carries {name}, which is not accepted")));
    }
    if header.rest.contains_key("cty") {
        return Err(malformed("the token's header carries cty: nested tokens are not accepted"));
    }
    Ok(header)
}

/// The key that the token is signed with: the one of its `kid`, or, where either side has no `kid`, each in turn.
fn matching_key<'k>(
    header: &TokenHeader,
    signed_part: &[u8],
    signature: &str,
    keys: &'k Keys,
) -> Result<&'k NamedPublicKey, Rejection> {
    let mut candidates = keys
        .rsa()
        .filter(|(named, _)| match (&header.kid, &named.kid) {
            (Some(wanted), Some(kid)) => wanted == kid,
            _ => true,
        })
        .peekable();
    if keys.rsa().next().is_none() {
        let detail = "the delivery is signed with a JWT, and there is no RSA public key to verify it with";
        return Err(Rejection::new(Reason::NoKey, detail).of(Scheme::Jwt));
    }
    if candidates.peek().is_none() {
        let kid = header.kid.as_deref().unwrap_or_default();
        let detail = format!("the token names the key {kid:?}, which is not in the key set");
        return Err(Rejection::new(Reason::UnknownKey, detail).of(Scheme::Jwt));
    }
    install_provider();
    for (named, key) in candidates {
        let decoding = DecodingKey::from_rsa_raw_components(&key.modulus, &key.exponent);
        match jsonwebtoken::crypto::verify(signature, signed_part, &decoding, ALGORITHM) {
            Ok(true) => return Ok(named),
            Ok(false) => {}
            Err(_) => return Err(malformed("the token's signature is not base64url")),
        }
    }
    let detail = "the token's signature does not match with any key of the set";
    Err(Rejection::new(Reason::SignatureMismatch, detail).of(Scheme::Jwt))
}

fn check_claims(text: &str, policy: &Policy) -> Result<(), Rejection> {
    let claims: Claims = serde_json::from_str(text)
        .map_err(|error| malformed(format!("the token's claims cannot be read: {error}")))?;
    if let Some(wanted) = &policy.audience {
        let names = claims.aud.as_ref().is_some_and(|audience| audience.names(wanted));
        if !names {
            let detail = match &claims.aud {
                None => format!("the token names no audience; {wanted:?} is required"),
                Some(Audience::One(other)) => format!("the token is for {other:?}, not for {wanted:?}"),
                Some(Audience::Many(others)) => format!("the token is for {others:?}, not for {wanted:?}"),
            };
            return Err(Rejection::new(Reason::AudienceMismatch, detail).of(Scheme::Jwt));
        }
    }
    if policy.check_timestamp { check_times(&claims, policy) } else { Ok(()) }
}

fn check_times(claims: &Claims, policy: &Policy) -> Result<(), Rejection> {
    let (now, tolerance) = (policy.now as f64, policy.tolerance.as_secs_f64());
    let expired = |detail: String| Err(Rejection::new(Reason::TokenExpired, detail).of(Scheme::Jwt));
    let ahead = |name: &str| {
        let detail = format!("the token's {name} lies in the future");
        Err(Rejection::new(Reason::TimestampInFuture, detail).of(Scheme::Jwt))
    };
    match (claims.exp, claims.iat) {
        (Some(exp), _) if now > exp + tolerance => {
            return expired(format!("the token expired {:.0}s ago", now - exp));
        }
        (None, Some(iat)) if now > iat + tolerance => {
            return expired(format!("the token was issued {:.0}s ago and has no exp", now - iat));
        }
        (None, None) => {
            return Err(malformed("the token has neither exp nor iat, so its age cannot be known"));
        }
        _ => {}
    }
    if claims.nbf.is_some_and(|nbf| now < nbf - tolerance) {
        return ahead("nbf");
    }
    if claims.iat.is_some_and(|iat| now < iat - tolerance) {
        return ahead("iat");
    }
    Ok(())
}

/// The claim that tokens made by `gwh` carry the hex SHA-256 of the body in.
pub(super) const BODY_DIGEST: &str = "body_sha256";
/// The claim that tokens made by `gwh` repeat the `webhook-id` in.
pub(super) const WEBHOOK_ID: &str = "webhook_id";
/// The claim that tokens made by `gwh` repeat the `webhook-timestamp` in.
pub(super) const WEBHOOK_TIMESTAMP: &str = "webhook_timestamp";

/// Claims that other senders are known to carry a digest of the body in.
const DIGEST_CLAIMS: [&str; 6] =
    [BODY_DIGEST, "request_body_sha256", "payload_sha256", "data_sha256", "body_hash", "payload_hash"];

/// What in the claims ties the token to this delivery.
///
/// A claim under any name that equals the body's SHA-256 is a digest of it: it cannot be there by
/// chance. A claim that is meant to be one and is not refuses the delivery, as does a `webhook_id`
/// or `webhook_timestamp` that contradicts the header.
fn binding(claims: &str, delivery: &SignedDelivery<'_>) -> Result<Binding, Rejection> {
    let tree = json::parse(claims).map_err(|_| malformed("the token's claims are nested too deeply"))?;
    let Node::Object(members) = &tree else {
        return Err(malformed("the token's claims are not a JSON object"));
    };
    let mismatch = |detail: String| Err(Rejection::new(Reason::SignatureMismatch, detail).of(Scheme::Jwt));
    for (name, header) in [(WEBHOOK_ID, delivery.id), (WEBHOOK_TIMESTAMP, delivery.timestamp)] {
        if tree.get(name).is_some_and(|claim| claim.to_plain().as_bytes() != header) {
            return mismatch(format!("the token is genuine, but its {name} is another delivery's"));
        }
    }
    let digests = BodyDigests::of(delivery.body);
    if members.iter().any(|(_, claim)| claim.as_str().is_some_and(|text| digests.contain(&text))) {
        return Ok(Binding::Digest);
    }
    if let Some(name) = DIGEST_CLAIMS.iter().find(|name| tree.get(name).is_some()) {
        return mismatch(format!("the token is genuine, but its {name} is the digest of another body"));
    }
    Ok(if claims_are_event(&tree, delivery.body) { Binding::Claims } else { Binding::None })
}

/// The ways in which a SHA-256 is written.
struct BodyDigests([String; 5]);

impl BodyDigests {
    fn of(body: &[u8]) -> Self {
        let digest = Sha256::digest(body);
        let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        BodyDigests([
            hex,
            STANDARD.encode(digest),
            STANDARD_NO_PAD.encode(digest),
            URL_SAFE.encode(digest),
            URL_SAFE_NO_PAD.encode(digest),
        ])
    }

    fn contain(&self, claim: &str) -> bool {
        let bare = ["sha256=", "sha256:", "sha-256=", "sha-256:", "SHA-256="]
            .iter()
            .find_map(|prefix| claim.strip_prefix(prefix))
            .unwrap_or(claim);
        self.0[0].eq_ignore_ascii_case(bare) || self.0[1..].iter().any(|form| form == bare)
    }
}

/// Whether every member of the body stands in the claims with the same value, and the claims hold
/// nothing else but registered ones. Numbers count as equal when they are written alike, so that no
/// two different bodies are bound to one token.
fn claims_are_event(claims: &Node<'_>, body: &[u8]) -> bool {
    const REGISTERED: [&str; 7] = ["iss", "sub", "aud", "exp", "nbf", "iat", "jti"];
    let Some(event) = str::from_utf8(body).ok().and_then(|text| json::parse(text).ok()) else {
        return false;
    };
    let (Node::Object(claimed), Node::Object(members)) = (claims, &event) else {
        return false;
    };
    !members.is_empty()
        && !has_repeated_keys(&event)
        && !has_repeated_keys(claims)
        && members.iter().all(|(key, value)| {
            claims.get(&json::unescape(key)).is_some_and(|claim| canonical(claim) == canonical(value))
        })
        && claimed.iter().all(|(key, _)| {
            let key = json::unescape(key);
            event.get(&key).is_some() || REGISTERED.contains(&key.as_ref())
        })
}

fn has_repeated_keys(node: &Node<'_>) -> bool {
    match node {
        Node::Object(members) => {
            let mut keys: Vec<_> = members.iter().map(|(key, _)| json::unescape(key)).collect();
            keys.sort();
            keys.windows(2).any(|pair| pair[0] == pair[1])
                || members.iter().any(|(_, value)| has_repeated_keys(value))
        }
        Node::Array(elements) => elements.iter().any(has_repeated_keys),
        _ => false,
    }
}

fn canonical(node: &Node<'_>) -> String {
    let style = json::Style {
        layout: json::Layout::Compact,
        order: json::Order::Sorted,
        escapes: json::Escapes::Literal,
    };
    json::write(node, style)
}
