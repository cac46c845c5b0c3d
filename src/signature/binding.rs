//! What ties a token to the delivery it came with.
//!
//! A token signs its claims and nothing else. What the service puts there is undocumented, so several
//! forms count, and the verdict says which one was found.

use base64::Engine;
use base64::engine::general_purpose::{GeneralPurpose, STANDARD, STANDARD_NO_PAD, URL_SAFE, URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

use super::SignedDelivery;
use super::verdict::{Binding, Reason, Rejection, Scheme};
use crate::hex;
use crate::json::{self, Node};

/// The claim that tokens made by `gwh` carry the hex SHA-256 of the body in.
pub(super) const BODY_DIGEST: &str = "body_sha256";
/// The claim that tokens made by `gwh` repeat the `webhook-id` in.
pub(super) const WEBHOOK_ID: &str = "webhook_id";
/// The claim that tokens made by `gwh` repeat the `webhook-timestamp` in.
pub(super) const WEBHOOK_TIMESTAMP: &str = "webhook_timestamp";

/// Claims that other senders are known to carry a digest of the body in.
const DIGEST_CLAIMS: [&str; 6] =
    [BODY_DIGEST, "request_body_sha256", "payload_sha256", "data_sha256", "body_hash", "payload_hash"];

/// The issuer of the tokens that `gwh` makes.
pub(super) const ISSUER: &str = "gwh";

/// Words that the name of a digest has. A string that is only equal to the digest proves nothing where
/// others choose it: whoever starts a job may put any text into its metadata.
const DIGEST_WORDS: [&str; 3] = ["sha256", "hash", "digest"];

/// What in the claims ties the token to this delivery.
///
/// A digest of another body refuses the delivery, as does, in a token made by `gwh`, the id or the
/// timestamp of another delivery. What a service means by those two names is not known.
pub(super) fn binding(claims: &str, delivery: &SignedDelivery<'_>) -> Result<Binding, Rejection> {
    let Ok(tree @ Node::Object(_)) = json::parse(claims) else {
        let detail = "the token's claims are not a JSON object";
        return Err(Rejection::new(Reason::MalformedToken, detail).of(Scheme::Jwt));
    };
    let mismatch = |detail: String| Err(Rejection::new(Reason::SignatureMismatch, detail).of(Scheme::Jwt));
    if tree.get("iss").and_then(Node::as_str).as_deref() == Some(ISSUER) {
        for (name, header) in [(WEBHOOK_ID, delivery.id), (WEBHOOK_TIMESTAMP, delivery.timestamp)] {
            if tree.get(name).is_some_and(|claim| claim.to_plain().as_bytes() != header) {
                return mismatch(format!("the token is genuine, but its {name} is another delivery's"));
            }
        }
    }
    match digest_claims(&tree, delivery.body) {
        Digests::Right => Ok(Binding::Digest),
        Digests::Wrong(name) => {
            mismatch(format!("the token is genuine, but its {name} is not the SHA-256 of this body"))
        }
        Digests::Absent if claims_are_event(&tree, delivery.body) => Ok(Binding::Claims),
        Digests::Absent => Ok(Binding::None),
    }
}

/// The id and the timestamp that a token made by `gwh` names.
pub(super) fn named_delivery(claims: &str) -> Option<(String, String)> {
    let tree = json::parse(claims).ok()?;
    let own = tree.get("iss")?.as_str()? == ISSUER;
    let named = (tree.get(WEBHOOK_ID)?.to_plain(), tree.get(WEBHOOK_TIMESTAMP)?.to_plain());
    own.then_some(named)
}

enum Digests {
    /// There is a digest, and every known one is this body's.
    Right,
    /// This known one is not this body's.
    Wrong(&'static str),
    /// There is none.
    Absent,
}

fn digest_claims(claims: &Node<'_>, body: &[u8]) -> Digests {
    let Node::Object(members) = claims else {
        return Digests::Absent;
    };
    let digest = BodyDigest::of(body);
    let mut found = Digests::Absent;
    for (name, claim) in members {
        let name = json::unescape(name);
        if claim.as_str().is_some_and(|text| digest.is(&text)) {
            if names_digest(&name) {
                found = Digests::Right;
            }
        } else if let Some(known) = DIGEST_CLAIMS.iter().find(|known| **known == name) {
            return Digests::Wrong(known);
        }
    }
    found
}

fn names_digest(claim: &str) -> bool {
    let name = claim.to_ascii_lowercase();
    DIGEST_WORDS.iter().any(|word| name.contains(word))
}

/// The SHA-256 of a body.
struct BodyDigest([u8; 32]);

impl BodyDigest {
    fn of(body: &[u8]) -> Self {
        BodyDigest(Sha256::digest(body).into())
    }

    /// Whether a claim is this digest, in any of the ways in which one is written.
    fn is(&self, claim: &str) -> bool {
        let bare = ["sha256=", "sha256:", "sha-256=", "sha-256:", "SHA-256="]
            .iter()
            .find_map(|prefix| claim.strip_prefix(prefix))
            .unwrap_or(claim);
        let is_written_by = |form: &GeneralPurpose| form.encode(self.0) == bare;
        match bare.len() {
            64 => hex::encode(&self.0).eq_ignore_ascii_case(bare),
            44 => is_written_by(&STANDARD) || is_written_by(&URL_SAFE),
            43 => is_written_by(&STANDARD_NO_PAD) || is_written_by(&URL_SAFE_NO_PAD),
            _ => false,
        }
    }
}

/// Whether every member of the body stands in the claims with the same value, and the claims hold
/// nothing else but registered ones. Numbers count as equal when they are written alike, and text with
/// half a surrogate pair never does, so that bodies which mean different things are never bound to one
/// token; white space and the spelling of escapes mean nothing.
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
            claims.get(&json::unescape(key)).is_some_and(|claim| {
                let written = canonical(claim);
                !written.contains(char::REPLACEMENT_CHARACTER) && written == canonical(value)
            })
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
