//! Mistakes with the secret: the wrong one, one whose time is over, or one turned into a key wrongly.

use base64::Engine;
use zeroize::Zeroizing;

use super::super::hmac::Mac;
use super::super::keys::NamedSecret;
use super::super::secret::{BASE64, PREFIX, VERSION_PREFIX};
use super::case::Case;
use super::cause::{Cause, Change, Finding};
use super::spelling::unhex;
use super::{body, content};
use crate::units::human_duration;

/// More secrets than anybody has at hand; the rest is not tried.
const MAX_SECRETS: usize = 256;

type Key = Zeroizing<Vec<u8>>;

/// A wrong way from a secret's text to a key.
struct Misreading {
    cause: Cause,
    once: &'static str,
    fix: &'static str,
    /// The key, from the text as it was given.
    key: fn(&str) -> Option<Key>,
}

const NOT_DECODED: &str =
    "the sender must base64-decode what follows whsec_ and use those bytes as the key, not the text";
const DECODED_WHOLE: &str = "the sender must take whsec_ off before decoding the base64";
const PASTED: &str = "the sender was given the secret with v1, in front: it starts at whsec_";

const MISREADINGS: &[Misreading] = &[
    Misreading {
        cause: Cause::SecretVersionPasted,
        once: "v1, is taken off the secret",
        fix: "the secret was copied with a version in front, which belongs to signatures: it starts at whsec_",
        key: |text| decoded(text.strip_prefix(VERSION_PREFIX)?),
    },
    Misreading {
        cause: Cause::SecretNotDecoded,
        once: "the text of the secret, with whsec_, is the key",
        fix: NOT_DECODED,
        key: |text| Some(bytes(&prefixed(text))),
    },
    Misreading {
        cause: Cause::SecretNotDecoded,
        once: "the text of the secret after whsec_ is the key",
        fix: NOT_DECODED,
        key: |text| Some(bytes(bare(text))),
    },
    Misreading {
        cause: Cause::SecretNotDecoded,
        once: "the text of the secret, with whsec_ and a line feed at its end, is the key",
        fix: NOT_DECODED,
        key: |text| Some(bytes(&format!("{}\n", *prefixed(text)))),
    },
    Misreading {
        cause: Cause::SecretPrefixDecoded,
        once: "whsec_ is base64-decoded together with the rest of the secret",
        fix: DECODED_WHOLE,
        key: |text| decoded_leniently(&prefixed(text), Other::Skipped),
    },
    Misreading {
        cause: Cause::SecretPrefixDecoded,
        once: "whsec_ is base64-decoded together with the rest of the secret, with _ as the URL-safe digit",
        fix: DECODED_WHOLE,
        key: |text| decoded_leniently(&prefixed(text), Other::UrlSafe),
    },
    Misreading {
        cause: Cause::SecretHex,
        once: "the secret is decoded as hex instead of base64",
        fix: "the secret is given in hex, but is read as base64: convert it to base64 where it is given",
        key: |text| unhex(bare(text).as_bytes()).map(Zeroizing::new),
    },
    Misreading {
        cause: Cause::SecretVersionPasted,
        once: "v1, and the text of the secret are the key",
        fix: PASTED,
        key: |text| Some(bytes(&format!("{VERSION_PREFIX}{}", *prefixed(text)))),
    },
    Misreading {
        cause: Cause::SecretVersionPasted,
        once: "v1, is put before the secret and base64-decoded with it",
        fix: PASTED,
        key: |text| decoded_leniently(&format!("{VERSION_PREFIX}{}", *prefixed(text)), Other::Skipped),
    },
    Misreading {
        cause: Cause::SecretVersionPasted,
        once: "v1, is put before the secret and base64-decoded with it, with _ as the URL-safe digit",
        fix: PASTED,
        key: |text| decoded_leniently(&format!("{VERSION_PREFIX}{}", *prefixed(text)), Other::UrlSafe),
    },
];

/// Every other HMAC key that may have been meant, likely ones first.
pub(super) struct Alternatives(Vec<(Mac, Change)>);

impl Alternatives {
    pub(super) fn of(case: &mut Case<'_>) -> Self {
        let mut all = Vec::new();
        for named in case.keys.secrets.iter().filter(|named| !named.is_live(case.now)).take(MAX_SECRETS) {
            all.push((named.secret.mac().clone(), expired(named, case.now)));
        }
        for misreading in MISREADINGS {
            for named in case.keys.live_secrets(case.now).take(MAX_SECRETS) {
                if let Some(key) = (misreading.key)(named.secret.expose()) {
                    let change = Change::new(misreading.cause, misreading.once, misreading.fix);
                    all.push((Mac::new(&key), change));
                }
            }
        }
        // After the misreadings: a known secret that was given in a wrong form is that mistake, and no other secret.
        for named in case.keys.known.iter().take(MAX_SECRETS) {
            all.push((named.secret.mac().clone(), other(named)));
        }
        for (named, key) in case.keys.ed25519().take(MAX_SECRETS) {
            let once = format!("the public key {} is used as an HMAC secret", named.label);
            let fix =
                "anybody can do that: take it for forged, or let the sender sign v1a with the private key";
            all.push((Mac::new(key.as_bytes()), Change::new(Cause::PublicKeyAsSecret, once, fix)));
        }
        Alternatives(all)
    }

    /// The first key that makes the delivery match as it is.
    pub(super) fn find(&self, case: &mut Case<'_>) -> Option<Finding> {
        if !case.keys.known.is_empty() {
            case.trying("other known secrets");
        }
        if case.keys.secrets.iter().any(|named| !named.is_live(case.now)) {
            case.trying("expired secrets");
        }
        if case.keys.live_secrets(case.now).next().is_some() {
            case.trying("the secret undecoded, decoded with its prefix, as hex, with v1, in front");
        }
        let delivery = case.delivery;
        let parts = [delivery.id, b".", delivery.timestamp, b".", delivery.body];
        self.0.iter().find_map(|(mac, change)| {
            let found = case.with_mac(mac, &parts)?;
            Finding::of(found.with([change.clone()]))
        })
    }

    /// The first key that makes the delivery match together with one of a few other changes: what
    /// people write who sign by hand, and what commonly happens to a body.
    pub(super) fn find_with_another_change(&self, case: &mut Case<'_>) -> Option<Finding> {
        case.trying("pairs of these");
        let delivery = case.delivery;
        let bodies = body::commonest(case);
        for (mac, change) in &self.0 {
            for form in content::FORMS {
                if let Some(found) = case.with_mac(mac, &(form.parts)(delivery)) {
                    return Finding::of(found.with([change.clone(), form.change()]));
                }
            }
            for (body, second) in &bodies {
                let parts = [delivery.id, b".", delivery.timestamp, b".", body];
                if let Some(found) = case.with_mac(mac, &parts) {
                    return Finding::of(found.with([change.clone(), second.clone()]));
                }
            }
        }
        None
    }
}

fn expired(named: &NamedSecret, now: i64) -> Change {
    let ago = named.expires_at.map_or(0, |end| now.saturating_sub(end).unsigned_abs());
    let once = format!(
        "the secret {} ({}) is used, which expired {} ago",
        named.label,
        named.name,
        human_duration(ago)
    );
    let fix = "the sender still signs with the secret from before the rotation: give it the new one";
    Change::new(Cause::ExpiredSecret, once, fix)
}

fn other(named: &NamedSecret) -> Change {
    let once = format!("the secret {} ({}) is used", named.label, named.name);
    let fix =
        "it is signed for another webhook or profile: verify it with that secret, or correct the sender's";
    Change::new(Cause::OtherSecret, once, fix)
}

fn bytes(text: &str) -> Key {
    Zeroizing::new(text.as_bytes().to_vec())
}

/// The text after the prefixes, whatever it was given with.
fn bare(text: &str) -> &str {
    let text = text.strip_prefix(VERSION_PREFIX).unwrap_or(text);
    text.strip_prefix(PREFIX).unwrap_or(text)
}

fn prefixed(text: &str) -> Zeroizing<String> {
    Zeroizing::new(format!("{PREFIX}{}", bare(text)))
}

fn decoded(text: &str) -> Option<Key> {
    BASE64.decode(bare(text)).ok().map(Zeroizing::new)
}

/// What a lenient decoder takes `_` and `-` for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Other {
    /// Nothing, as every character that is not base64: Python, Ruby, PHP.
    Skipped,
    /// The last two digits of base64url: Node.
    UrlSafe,
}

/// Decodes as the lenient decoders do, which never fail: whatever is no digit is passed over.
fn decoded_leniently(text: &str, other: Other) -> Option<Key> {
    let mut key = Zeroizing::new(Vec::with_capacity(text.len()));
    let (mut bits, mut held) = (0u32, 0u32);
    for byte in text.bytes() {
        let digit = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            b'-' if other == Other::UrlSafe => 62,
            b'_' if other == Other::UrlSafe => 63,
            _ => continue,
        };
        bits = bits << 6 | u32::from(digit);
        held += 6;
        if held >= 8 {
            held -= 8;
            key.push((bits >> held & 0xff) as u8);
        }
    }
    (!key.is_empty()).then_some(key)
}
