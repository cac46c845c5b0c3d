//! The verifier: from a delivery, keys and a policy to a verdict.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::headers::{SignedDelivery, parse_timestamp, signature_entries};
use super::hmac::Code;
use super::jwt;
use super::keys::Keys;
use super::sign::signed_content;
use super::verdict::{Binding, Outcome, Proof, Reason, Rejection, Scheme, Verdict};
use crate::units::human_duration;

/// More signatures than any rotation makes. Each one costs work with each key, so there is a limit.
pub(super) const MAX_ENTRIES: usize = 32;

/// What is asked of a delivery besides a signature.
#[derive(Debug, Clone)]
pub struct Policy {
    /// Now, in Unix seconds.
    pub now: i64,
    /// How far the timestamp may be from now, either way.
    pub tolerance: Duration,
    /// Whether timestamps (and a token's times) are judged.
    pub check_timestamp: bool,
    /// The audience that a token must name.
    pub audience: Option<String>,
    /// Whether a token that does not tie itself to the body is refused.
    pub require_body_binding: bool,
}

impl Policy {
    /// The service's tolerance: five minutes.
    pub const TOLERANCE: Duration = Duration::from_secs(300);

    /// The default policy at `now`, in Unix seconds.
    pub fn at(now: i64) -> Self {
        Policy {
            now,
            tolerance: Policy::TOLERANCE,
            check_timestamp: true,
            audience: None,
            require_body_binding: false,
        }
    }
}

/// Judges a delivery.
///
/// The signature is judged before the timestamp: a timestamp that nobody vouches for says nothing,
/// and a user who is told "too old" first would meet the mismatch only after mending that.
pub fn verify(delivery: &SignedDelivery<'_>, keys: &Keys, policy: &Policy) -> Verdict {
    verify_with(delivery, None, keys, policy)
}

/// Judges two deliveries, each as [`verify`] does. Two of `v1` take less time than one after the other.
pub fn verify_two(deliveries: [&SignedDelivery<'_>; 2], keys: &Keys, policy: &Policy) -> [Verdict; 2] {
    let are_v1 = deliveries.iter().all(|delivery| delivery.signature.starts_with(b"v1,"));
    let first_secret = keys.live_secrets(policy.now).next().filter(|_| are_v1);
    let heads = deliveries.map(|delivery| [delivery.id, b".", delivery.timestamp, b"."]);
    let heads = heads.each_ref().map(|head| &head[..]);
    let bodies = deliveries.map(|delivery| delivery.body);
    let codes = first_secret.and_then(|named| named.secret.mac().sign_two(heads, bodies));
    let [one, two] = codes.map_or([None, None], |codes| codes.map(Some));
    [
        verify_with(deliveries[0], one.as_ref(), keys, policy),
        verify_with(deliveries[1], two.as_ref(), keys, policy),
    ]
}

/// As [`verify`], where the delivery's code by the first of the live secrets may be known already.
fn verify_with(delivery: &SignedDelivery<'_>, code: Option<&Code>, keys: &Keys, policy: &Policy) -> Verdict {
    let Some(timestamp) = parse_timestamp(delivery.timestamp) else {
        let detail = "webhook-timestamp is not a number of seconds, written in digits";
        return Verdict::refused(Rejection::new(Reason::MalformedHeader, detail));
    };
    if holds_timestamp(delivery.id) {
        let detail =
            "webhook-id holds what looks like a timestamp between dots, so what was signed cannot be told";
        return Verdict::refused(Rejection::new(Reason::MalformedHeader, detail));
    }
    let age = policy.now.saturating_sub(timestamp);
    let outcome = match find_proof(delivery, code, keys, policy) {
        Ok(proof) => match stale(age, policy) {
            None => Outcome::Valid(proof),
            Some((reason, detail)) => {
                let scheme = Some(proof.scheme);
                let detail = format!("{detail}; the signature itself is right");
                Outcome::Invalid(Rejection { reason, detail, scheme, proof: Some(proof) })
            }
        },
        Err(mut rejection) => {
            if let Some((_, detail)) = stale(age, policy) {
                rejection.detail = format!("{}; besides, {detail}", rejection.detail);
            }
            Outcome::Invalid(rejection)
        }
    };
    Verdict { outcome, age_seconds: Some(age), timestamp_checked: policy.check_timestamp }
}

/// Whether an id could be the start of another delivery's signed content.
///
/// Dots separate what is signed, and a body may hold `.1769083200.` somewhere: with everything before
/// it taken for the id, the signature still matches, over a timestamp and a body that nobody sent.
/// Such an id always holds the real timestamp after a dot, and a real id does not.
fn holds_timestamp(id: &[u8]) -> bool {
    let is_timestamp = |part: &[u8]| (9..=19).contains(&part.len()) && part.iter().all(u8::is_ascii_digit);
    id.contains(&b'.') && id.split(|byte| *byte == b'.').skip(1).any(is_timestamp)
}

fn stale(age: i64, policy: &Policy) -> Option<(Reason, String)> {
    let tolerance = policy.tolerance.as_secs();
    if !policy.check_timestamp || age.unsigned_abs() <= tolerance {
        return None;
    }
    let (distance, allowed) = (human_duration(age.unsigned_abs()), human_duration(tolerance));
    Some(if age > 0 {
        (Reason::TimestampTooOld, format!("the timestamp is {distance} old and {allowed} is allowed"))
    } else {
        (Reason::TimestampInFuture, format!("the timestamp is {distance} ahead and {allowed} is allowed"))
    })
}

/// One element of the signature header.
enum Entry<'a> {
    V1(&'a [u8]),
    V1a(&'a [u8]),
    Jwt(&'a [u8]),
    Unknown(&'a [u8]),
    Malformed,
}

impl<'a> Entry<'a> {
    fn of(entry: &'a [u8]) -> Self {
        if jwt::looks_like_token(entry) {
            return Entry::Jwt(entry);
        }
        match entry.iter().position(|byte| *byte == b',') {
            Some(comma) => match (&entry[..comma], &entry[comma + 1..]) {
                (b"v1", encoded) => Entry::V1(encoded),
                (b"v1a", encoded) => Entry::V1a(encoded),
                (version, _) => Entry::Unknown(version),
            },
            None => Entry::Malformed,
        }
    }
}

/// The first entry that a key of its scheme proves, or the most telling reason why none is.
fn find_proof(
    delivery: &SignedDelivery<'_>,
    code: Option<&Code>,
    keys: &Keys,
    policy: &Policy,
) -> Result<Proof, Rejection> {
    let entries = signature_entries(delivery.signature);
    if entries.clone().nth(MAX_ENTRIES).is_some() {
        let detail = format!("webhook-signature holds more than {MAX_ENTRIES} signatures");
        return Err(Rejection::new(Reason::MalformedHeader, detail));
    }
    let mut unbound: Option<Proof> = None;
    let mut worst: Option<Rejection> = None;
    for entry in entries {
        match judge(&Entry::of(entry), delivery, code, keys, policy) {
            // A token that leaves the body open is passed over for a signature that does not.
            Ok(proof) if proof.binding == Binding::None => unbound = unbound.or(Some(proof)),
            Ok(proof) => return Ok(proof),
            Err(rejection) => match &worst {
                Some(kept) if rank(kept.reason) >= rank(rejection.reason) => {}
                _ => worst = Some(rejection),
            },
        }
    }
    unbound.ok_or_else(|| {
        worst.unwrap_or_else(|| Rejection::new(Reason::MissingHeader, "missing webhook-signature"))
    })
}

/// How much a reason tells: of several entries that fail, the one nearest to a proof is reported.
fn rank(reason: Reason) -> u8 {
    match reason {
        Reason::MissingHeader | Reason::MalformedHeader => 0,
        Reason::UnsupportedScheme => 1,
        Reason::NoKey => 2,
        Reason::MalformedToken | Reason::AlgorithmNotAllowed => 3,
        Reason::UnknownKey => 4,
        Reason::SignatureMismatch => 5,
        Reason::TimestampTooOld | Reason::TimestampInFuture | Reason::TokenExpired => 6,
        Reason::AudienceMismatch | Reason::BodyNotBound => 7,
    }
}

fn judge(
    entry: &Entry<'_>,
    delivery: &SignedDelivery<'_>,
    code: Option<&Code>,
    keys: &Keys,
    policy: &Policy,
) -> Result<Proof, Rejection> {
    match entry {
        Entry::V1(encoded) => judge_v1(encoded, delivery, code, keys, policy),
        Entry::V1a(encoded) => judge_v1a(encoded, delivery, keys),
        Entry::Jwt(token) => jwt::verify(token, delivery, keys, policy),
        Entry::Unknown(version) => {
            let version = jwt::quoted(&String::from_utf8_lossy(version));
            let detail = format!("the signature's version {version} is not known");
            Err(Rejection::new(Reason::UnsupportedScheme, detail))
        }
        Entry::Malformed => {
            let detail = "webhook-signature is neither version,base64 nor a JWT";
            Err(Rejection::new(Reason::MalformedHeader, detail))
        }
    }
}

fn judge_v1(
    encoded: &[u8],
    delivery: &SignedDelivery<'_>,
    code: Option<&Code>,
    keys: &Keys,
    policy: &Policy,
) -> Result<Proof, Rejection> {
    if !keys.has(Scheme::V1) {
        return Err(no_key(Scheme::V1, "an HMAC secret", "public keys"));
    }
    let mut tag = [0u8; 32];
    decode(encoded, &mut tag, Scheme::V1)?;
    let parts = [delivery.id, b".", delivery.timestamp, b".", delivery.body];
    let matching = keys.live_secrets(policy.now).enumerate().find(|(index, named)| match code {
        Some(code) if *index == 0 => code.is(&tag),
        _ => named.secret.mac().verify(&parts, &tag),
    });
    matching.map(|(_, named)| named.proof()).ok_or_else(|| mismatch(Scheme::V1))
}

fn judge_v1a(encoded: &[u8], delivery: &SignedDelivery<'_>, keys: &Keys) -> Result<Proof, Rejection> {
    if !keys.has(Scheme::V1a) {
        if let Some(missing) = keys.missing_sets(Scheme::V1a) {
            let detail = format!("the delivery is signed with v1a, and {missing}");
            return Err(Rejection::new(Reason::NoKey, detail).of(Scheme::V1a));
        }
        return Err(no_key(Scheme::V1a, "an Ed25519 public key", "HMAC secrets or RSA keys"));
    }
    let mut signature = [0u8; 64];
    decode(encoded, &mut signature, Scheme::V1a)?;
    let content = signed_content(delivery.id, delivery.timestamp, delivery.body);
    let matching = keys.ed25519().find(|(_, key)| key.verify(&content, &signature));
    matching.map(|(named, _)| named.proof(Binding::Signature)).ok_or_else(|| {
        match keys.missing_sets(Scheme::V1a) {
            Some(missing) => {
                let detail =
                    format!("none of the Ed25519 keys at hand made the v1a signature, and {missing}");
                Rejection::new(Reason::NoKey, detail).of(Scheme::V1a)
            }
            None => mismatch(Scheme::V1a),
        }
    })
}

/// Whether a public key that is not at hand could prove one of these signatures: one has the form of a
/// `v1a` signature or of a token that may be accepted.
pub fn wants_public_key(signature: &[u8]) -> bool {
    let mut entries = signature_entries(signature);
    entries.clone().nth(MAX_ENTRIES).is_none()
        && entries.any(|entry| match Entry::of(entry) {
            Entry::V1a(encoded) => decode(encoded, &mut [0u8; 64], Scheme::V1a).is_ok(),
            Entry::Jwt(token) => jwt::is_readable(token),
            Entry::V1(_) | Entry::Unknown(_) | Entry::Malformed => false,
        })
}

/// Decodes a signature that must have exactly the length of `out`.
fn decode(encoded: &[u8], out: &mut [u8], scheme: Scheme) -> Result<(), Rejection> {
    // On the stack, as a stream of deliveries is verified at the speed of its HMACs; and not by the decoder that
    // is quickest for bodies, as that looks at the processor first, which takes longer than all of a short text.
    let mut room = [0u8; 66];
    if STANDARD.decode_slice(encoded, &mut room) == Ok(out.len()) {
        out.copy_from_slice(&room[..out.len()]);
        return Ok(());
    }
    let detail = match STANDARD.decode(encoded) {
        Ok(bytes) => wrong_length(scheme, bytes.len(), out.len()),
        Err(_) => format!("the {} signature is not base64", scheme.name()),
    };
    Err(Rejection::new(Reason::SignatureMismatch, detail).of(scheme))
}

fn wrong_length(scheme: Scheme, length: usize, wanted: usize) -> String {
    let known = match (scheme, length) {
        (Scheme::V1, 20) => ", as long as one of SHA-1",
        (Scheme::V1, 64) => ", as long as one of SHA-512 or Ed25519",
        _ => "",
    };
    format!("the {} signature is {length} bytes long instead of {wanted}{known}", scheme.name())
}

fn no_key(scheme: Scheme, wanted: &str, given: &str) -> Rejection {
    let detail = format!(
        "the delivery is signed with {}, which takes {wanted}; only {given} are given",
        scheme.name()
    );
    Rejection::new(Reason::NoKey, detail).of(scheme)
}

/// What no key at hand has made.
pub(super) fn mismatch(scheme: Scheme) -> Rejection {
    let detail = match scheme {
        Scheme::V1 => "no v1 signature matches with any of the secrets",
        Scheme::V1a => "no v1a signature matches with any of the Ed25519 keys",
        Scheme::Jwt => "the token's signature does not match with any key of the set",
    };
    Rejection::new(Reason::SignatureMismatch, detail).of(scheme)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::signature::spoilt::spoilt_base64;

    proptest! {
        #[test]
        fn a_signature_is_decoded_as_strictly_as_anything_else_in_base64(
            encoded in spoilt_base64(STANDARD, 30..70),
        ) {
            let known = STANDARD.decode(&encoded).ok();
            let (mut short, mut long) = ([0; 32], [0; 64]);
            let is_short = decode(encoded.as_bytes(), &mut short, Scheme::V1).is_ok();
            let is_long = decode(encoded.as_bytes(), &mut long, Scheme::V1a).is_ok();
            prop_assert_eq!(is_short, known.as_ref().is_some_and(|bytes| bytes.len() == 32));
            prop_assert_eq!(is_long, known.as_ref().is_some_and(|bytes| bytes.len() == 64));
            prop_assert!(!is_short || known.as_deref() == Some(&short[..]));
            prop_assert!(!is_long || known.as_deref() == Some(&long[..]));
        }
    }
}
