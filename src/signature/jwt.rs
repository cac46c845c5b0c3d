//! RS256 JSON Web Tokens, the scheme of dynamic webhooks as documented.
//!
//! The algorithm is RS256 because this file says so; a token that asks for another, names its own
//! key, or carries an extension that must be understood is refused before any key is touched.

use base64_turbo::URL_SAFE_NO_PAD;
use serde::Deserialize;

use super::SignedDelivery;
use super::binding::binding;
use super::headers::signature_entries;
use super::keys::{Keys, NamedPublicKey};
use super::verdict::{Binding, Proof, Reason, Rejection, Scheme};
use super::verify::{Policy, mismatch};
use crate::units::human_duration;

/// Far above any real token; a longer one is refused unread.
const MAX_TOKEN: usize = 16 * 1024;
const ALGORITHM: &str = "RS256";
/// Header parameters that name a key of the token's own, or change what is signed and how it is read.
const REFUSED_PARAMETERS: [&str; 9] = ["crit", "b64", "zip", "enc", "cty", "jwk", "jku", "x5u", "x5c"];

/// Whether a signature header's entry has the form of a token rather than of `version,base64`.
pub(super) fn looks_like_token(entry: &[u8]) -> bool {
    !entry.contains(&b',') && entry.iter().filter(|byte| **byte == b'.').count() == 2
}

/// Whether it is a token that only a key is missing for.
pub(super) fn is_readable(entry: &[u8]) -> bool {
    looks_like_token(entry) && Token::parse(entry).is_ok()
}

/// Whether a `webhook-signature` has a token in it, so that an RSA key is wanted.
pub fn holds_token(signature: &[u8]) -> bool {
    signature_entries(signature).any(looks_like_token)
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

/// A token taken apart; nothing of it is proved yet.
struct Token<'a> {
    header: TokenHeader,
    claims: String,
    signed_part: &'a [u8],
    signature: &'a str,
}

/// Verifies one token and answers which key proved it and what ties it to the body.
pub(super) fn verify(
    token: &[u8],
    delivery: &SignedDelivery<'_>,
    keys: &Keys,
    policy: &Policy,
) -> Result<Proof, Rejection> {
    let token = Token::parse(token)?;
    let named = matching_key(&token, keys)?;
    check_claims(&token.claims, policy)?;
    let binding = binding(&token.claims, delivery)?;
    if binding == Binding::None && policy.require_body_binding {
        let detail = "the token is genuine, but nothing in it ties it to this body";
        let mut rejection = Rejection::new(Reason::BodyNotBound, detail).of(Scheme::Jwt);
        rejection.proof = Some(named.proof(binding));
        return Err(rejection);
    }
    Ok(named.proof(binding))
}

/// The claims of a token that a key proves, whatever they say.
pub(super) fn genuine_claims(token: &[u8], keys: &Keys) -> Option<String> {
    let token = Token::parse(token).ok()?;
    matching_key(&token, keys).ok().map(|_| token.claims)
}

/// The `kid` of a token and the key of another `kid` that it is signed with.
pub(super) fn signed_under_another_kid<'k>(
    token: &[u8],
    keys: &'k Keys,
) -> Option<(String, &'k NamedPublicKey)> {
    let token = Token::parse(token).ok()?;
    let (named, _) = keys
        .rsa()
        .filter(|(named, _)| !token.header.may_mean(named))
        .find(|(_, key)| key.verify(token.signed_part, token.signature))?;
    Some((token.header.kid?, named))
}

impl<'a> Token<'a> {
    fn parse(token: &'a [u8]) -> Result<Self, Rejection> {
        if token.len() > MAX_TOKEN {
            return Err(malformed(format!("the token is longer than {MAX_TOKEN} bytes")));
        }
        let parts: Vec<&[u8]> = token.split(|byte| *byte == b'.').collect();
        let [header, claims, signature] = parts[..] else {
            return Err(malformed("a JWT has three parts separated by dots"));
        };
        // The header comes first: a token without a signature says so there, with alg none.
        let header = TokenHeader::parse(header)?;
        let claims = String::from_utf8(decode_part(claims, "claims")?)
            .map_err(|_| malformed("the token's claims are not UTF-8"))?;
        decode_part(signature, "signature")?;
        let signed_part = &token[..token.len() - signature.len() - 1];
        let signature = str::from_utf8(signature).map_err(|_| malformed("the token is not ASCII"))?;
        Ok(Token { header, claims, signed_part, signature })
    }
}

fn decode_part(part: &[u8], name: &str) -> Result<Vec<u8>, Rejection> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| malformed(format!("the token's {name} is not base64url")))
}

impl TokenHeader {
    fn parse(part: &[u8]) -> Result<Self, Rejection> {
        let bytes = decode_part(part, "header")?;
        let header: TokenHeader = serde_json::from_slice(&bytes)
            .map_err(|error| malformed(format!("the token's header cannot be read: {error}")))?;
        if header.alg != ALGORITHM {
            let detail = format!("the token asks for {}; only {ALGORITHM} is accepted", quoted(&header.alg));
            return Err(Rejection::new(Reason::AlgorithmNotAllowed, detail).of(Scheme::Jwt));
        }
        if let Some(name) = REFUSED_PARAMETERS.iter().find(|name| header.rest.contains_key(**name)) {
            return Err(malformed(format!("the token's header carries {name}, which is not accepted")));
        }
        Ok(header)
    }

    /// Whether the token may be signed with this key: its `kid` is the one, or either has none.
    fn may_mean(&self, named: &NamedPublicKey) -> bool {
        match (&self.kid, &named.kid) {
            (Some(wanted), Some(kid)) => wanted == kid,
            _ => true,
        }
    }
}

/// The key that the token is signed with: the one of its `kid`, or, where either side has no `kid`, each in turn.
fn matching_key<'k>(token: &Token<'_>, keys: &'k Keys) -> Result<&'k NamedPublicKey, Rejection> {
    let no_key = |detail: String| Rejection::new(Reason::NoKey, detail).of(Scheme::Jwt);
    let missing = keys.missing_sets(Scheme::Jwt);
    if !keys.has(Scheme::Jwt) {
        let why = missing.unwrap_or_else(|| "there is no RSA public key to verify it with".to_owned());
        return Err(no_key(format!("the delivery is signed with a JWT, and {why}")));
    }
    let mut candidates = keys.rsa().filter(|(named, _)| token.header.may_mean(named)).peekable();
    if candidates.peek().is_none() {
        let kid = quoted(token.header.kid.as_deref().unwrap_or_default());
        if let Some(missing) = missing {
            return Err(no_key(format!(
                "the token names the key {kid}, which is not at hand, and {missing}"
            )));
        }
        let detail = format!("the token names the key {kid}, which is not in the key set");
        return Err(Rejection::new(Reason::UnknownKey, detail).of(Scheme::Jwt));
    }
    let matching = candidates.find(|(_, key)| key.verify(token.signed_part, token.signature));
    let is_named = keys.rsa().any(|(named, _)| named.kid.is_some() && named.kid == token.header.kid);
    matching.map(|(named, _)| named).ok_or_else(|| {
        // A key that the token names and that is at hand settles it; others may be in the missing set.
        if let Some(missing) = missing.filter(|_| !is_named) {
            return no_key(format!("none of the RSA keys at hand made the token, and {missing}"));
        }
        mismatch(Scheme::Jwt)
    })
}

/// Seconds for people; a number beyond all time becomes the end of time.
fn span(seconds: f64) -> String {
    human_duration(seconds as u64)
}

/// The start of a text of somebody else's, in quotes.
pub(super) fn quoted(text: &str) -> String {
    const SHOWN: usize = 64;
    match text.char_indices().nth(SHOWN) {
        Some((end, _)) => format!("{:?}…", &text[..end]),
        None => format!("{text:?}"),
    }
}

fn check_claims(text: &str, policy: &Policy) -> Result<(), Rejection> {
    let claims: Claims = serde_json::from_str(text)
        .map_err(|error| malformed(format!("the token's claims cannot be read: {error}")))?;
    if let Some(wanted) = &policy.audience {
        let names = claims.aud.as_ref().is_some_and(|audience| audience.names(wanted));
        if !names {
            let wanted = quoted(wanted);
            let detail = match &claims.aud {
                None => format!("the token names no audience; {wanted} is required"),
                Some(Audience::One(other)) => format!("the token is for {}, not for {wanted}", quoted(other)),
                Some(Audience::Many(others)) => {
                    let others: Vec<String> = others.iter().take(4).map(|other| quoted(other)).collect();
                    format!("the token is for [{}], not for {wanted}", others.join(", "))
                }
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
            return expired(format!("the token expired {} ago", span(now - exp)));
        }
        (None, Some(iat)) if now > iat + tolerance => {
            return expired(format!("the token was issued {} ago and has no exp", span(now - iat)));
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

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose;
    use proptest::prelude::*;

    use super::*;
    use crate::signature::spoilt::spoilt_base64;

    proptest! {
        #[test]
        fn a_part_is_decoded_as_strictly_as_anything_else_in_base64(
            part in spoilt_base64(general_purpose::URL_SAFE_NO_PAD, 0..300),
        ) {
            let known = general_purpose::URL_SAFE_NO_PAD.decode(&part).ok();
            prop_assert_eq!(decode_part(part.as_bytes(), "part").ok(), known);
        }
    }
}
