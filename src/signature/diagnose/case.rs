//! The delivery under examination: its signatures, the keys, and the budget of work.

use super::super::binding::named_delivery;
use super::super::headers::SignedDelivery;
use super::super::hmac::Mac;
use super::super::jwt;
use super::super::keys::Keys;
use super::super::verdict::{Binding, Scheme};
use super::super::verify::Policy;
use super::cause::Change;
use super::spelling::{self, Claim, Signature};

/// How much work may be done for one delivery, in bytes hashed: at a gigabyte a second, and half of that
/// without the processor's help, it stays below half a second.
pub(super) const BUDGET: usize = 192 << 20;
/// A body so large that even a few looks at it exceed the budget is given these few.
const LEAST_LOOKS: usize = 8;
/// What writing a byte of JSON costs, in bytes hashed.
const WRITE_COST: usize = 6;
/// What an Ed25519 verification costs besides its hash, in bytes hashed.
const ED25519_COST: usize = 32 << 10;

/// A delivery whose signature does not match, and what is needed to recompute it.
pub(super) struct Case<'a> {
    pub(super) delivery: &'a SignedDelivery<'a>,
    pub(super) keys: &'a Keys,
    pub(super) now: i64,
    signatures: Vec<Signature<'a>>,
    budget: usize,
    spent: usize,
    tried: Vec<&'static str>,
    cut_short: bool,
}

/// What matched: the changes to the signature's own spelling that it took.
pub(super) struct Match(pub(super) Vec<Change>);

impl Match {
    /// `changes`, and what else it took.
    pub(super) fn with<const N: usize>(self, changes: [Change; N]) -> impl Iterator<Item = Change> {
        changes.into_iter().chain(self.0)
    }
}

impl<'a> Case<'a> {
    pub(super) fn new(delivery: &'a SignedDelivery<'a>, keys: &'a Keys, now: i64) -> Self {
        Case {
            delivery,
            keys,
            now,
            signatures: spelling::read(delivery.signature),
            budget: BUDGET.max(delivery.body.len().saturating_mul(LEAST_LOOKS)),
            spent: 0,
            tried: Vec::new(),
            cut_short: false,
        }
    }

    /// Whether anything in the header can be recomputed.
    pub(super) fn has_signatures(&self) -> bool {
        !self.signatures.is_empty()
    }

    /// The signatures of the header.
    pub(super) fn signatures(&self) -> &[Signature<'a>] {
        &self.signatures
    }

    /// Whether a signature of `scheme` stands in the header and could be made with a key at hand.
    pub(super) fn judges(&self, scheme: Scheme) -> bool {
        self.keys.has(scheme) && self.signatures.iter().any(|signature| signature.claim.scheme() == scheme)
    }

    /// Notes what is being tried, in words.
    pub(super) fn trying(&mut self, what: &'static str) {
        if !self.tried.contains(&what) {
            self.tried.push(what);
        }
    }

    /// Drops what was noted: it turned out that there is nothing to look for.
    pub(super) fn forget_tried(&mut self) {
        self.tried.clear();
    }

    /// What was tried, and whether the budget cut it short.
    pub(super) fn tried(&self) -> (Vec<&'static str>, bool) {
        (self.tried.clone(), self.cut_short)
    }

    /// The work done so far, in bytes hashed or their equivalent.
    #[cfg(test)]
    pub(super) fn spent(&self) -> usize {
        self.spent
    }

    /// Whether writing `bytes` of JSON is within the budget; takes them from it.
    pub(super) fn may_write(&mut self, bytes: usize) -> bool {
        self.afford(bytes.saturating_mul(WRITE_COST))
    }

    fn afford(&mut self, cost: usize) -> bool {
        let total = self.spent.saturating_add(cost);
        if total > self.budget {
            self.cut_short = true;
            return false;
        }
        self.spent = total;
        true
    }

    /// Recomputes with another body, and everything else as it is.
    pub(super) fn with_body(&mut self, body: &[u8]) -> Option<Match> {
        let changed = SignedDelivery { body, ..*self.delivery };
        self.with_delivery(&changed)
    }

    /// Recomputes for another delivery with the keys that count.
    pub(super) fn with_delivery(&mut self, changed: &SignedDelivery<'_>) -> Option<Match> {
        let parts = [changed.id, b".", changed.timestamp, b".", changed.body];
        self.with_content(&parts).or_else(|| self.with_token(changed))
    }

    /// Recomputes over other signed bytes with the keys that count.
    pub(super) fn with_content(&mut self, parts: &[&[u8]]) -> Option<Match> {
        self.with_secrets(parts).or_else(|| self.with_public_keys(parts))
    }

    /// Recomputes over `parts` with another HMAC key.
    pub(super) fn with_mac(&mut self, mac: &Mac, parts: &[&[u8]]) -> Option<Match> {
        let has_tags = self.signatures.iter().any(|signature| matches!(signature.claim, Claim::V1(_)));
        if !has_tags || !self.afford(length(parts)) {
            return None;
        }
        let computed = mac.after(parts);
        self.signatures.iter().find_map(|signature| match &signature.claim {
            Claim::V1(tag) if computed.is(tag) => Some(Match(signature.spelled.clone())),
            _ => None,
        })
    }

    fn with_secrets(&mut self, parts: &[&[u8]]) -> Option<Match> {
        let keys = self.keys;
        keys.live_secrets(self.now).find_map(|named| self.with_mac(named.secret.mac(), parts))
    }

    fn with_public_keys(&mut self, parts: &[&[u8]]) -> Option<Match> {
        if !self.judges(Scheme::V1a) {
            return None;
        }
        let content = parts.concat();
        let keys = self.keys;
        for index in 0..self.signatures.len() {
            let Claim::V1a(bytes) = self.signatures[index].claim else {
                continue;
            };
            for (_, key) in keys.ed25519() {
                if !self.afford(content.len().saturating_add(ED25519_COST)) {
                    return None;
                }
                if key.verify(&content, &bytes) {
                    return Some(Match(self.signatures[index].spelled.clone()));
                }
            }
        }
        None
    }

    /// The id and the timestamp that a genuine token made by `gwh` names.
    pub(super) fn named_by_token(&self) -> Option<(String, String)> {
        self.signatures.iter().find_map(|signature| match signature.claim {
            Claim::Jwt(token) => named_delivery(&jwt::genuine_claims(token, self.keys)?),
            _ => None,
        })
    }

    /// Recomputes what a genuine token says of its delivery.
    fn with_token(&mut self, changed: &SignedDelivery<'_>) -> Option<Match> {
        if !self.judges(Scheme::Jwt) {
            return None;
        }
        let policy = Policy { check_timestamp: false, ..Policy::at(self.now) };
        for index in 0..self.signatures.len() {
            let Claim::Jwt(token) = self.signatures[index].claim else { continue };
            if !self.afford(changed.body.len().saturating_add(token.len())) {
                return None;
            }
            let proof = jwt::verify(token, changed, self.keys, &policy);
            if proof.is_ok_and(|proof| proof.binding != Binding::None) {
                return Some(Match(self.signatures[index].spelled.clone()));
            }
        }
        None
    }
}

fn length(parts: &[&[u8]]) -> usize {
    parts.iter().map(|part| part.len()).sum()
}
