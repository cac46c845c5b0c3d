//! Why a signature does not match, proved by recomputing it.

use super::headers::SignedDelivery;
use super::keys::Keys;
use super::verdict::Verdict;

/// A cause that recomputing has proved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Cause {
    /// A secret that this machine knows, but that was not asked for, matches.
    OtherSecret,
}

impl Cause {
    /// The stable code in JSON.
    pub const fn code(self) -> &'static str {
        match self {
            Cause::OtherSecret => "other_secret",
        }
    }
}

/// One proved cause.
#[derive(Debug, Clone)]
pub struct Finding {
    /// What it is.
    pub cause: Cause,
    /// What makes the signature match: `it matches once …`.
    pub proof: String,
    /// What that means and what to do.
    pub fix: String,
}

impl Finding {
    /// Proof and fix in one line.
    pub fn hint(&self) -> String {
        format!("{}: {}", self.proof, self.fix)
    }
}

/// What diagnosing came to.
#[derive(Debug, Clone, Default)]
pub struct Diagnosis {
    /// The causes, most likely first.
    pub findings: Vec<Finding>,
    /// What was tried, in words, for when nothing matched.
    pub tried: Vec<&'static str>,
}

/// What is known around the delivery.
#[derive(Debug, Clone, Copy, Default)]
pub struct Context<'a> {
    /// Ids and timestamps of other deliveries that were captured.
    pub others: &'a [(String, String)],
}

/// Looks for what makes the signature match.
pub fn diagnose(
    delivery: &SignedDelivery<'_>,
    verdict: &Verdict,
    keys: &Keys,
    now: i64,
    context: Context<'_>,
) -> Diagnosis {
    let _ = (delivery, verdict, keys, now, context);
    Diagnosis::default()
}
