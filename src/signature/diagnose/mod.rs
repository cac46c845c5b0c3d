//! Why a signature does not match, proved by recomputing it.
//!
//! Each family of mistakes is a file: what was done to the secret, to the body, to its JSON, to the
//! headers, to the signed content, to the signature's own spelling. A family changes one thing,
//! recomputes, and reports the first change that makes the signature match; a few pairs follow where
//! no single change does. The work is bounded by a budget of bytes, so that a large body is
//! explained in a fraction of a second or not at all. Nothing here makes a delivery valid.

mod advice;
mod body;
mod case;
mod cause;
mod content;
mod headers;
mod json;
mod schemes;
mod secrets;
mod spelling;
#[cfg(test)]
mod tests;

use super::headers::SignedDelivery;
use super::keys::Keys;
use super::verdict::{Reason, Verdict};
use case::Case;
pub use cause::{Cause, Finding};

/// What diagnosing came to.
#[derive(Debug, Clone, Default)]
pub struct Diagnosis {
    /// The causes, most likely first.
    pub findings: Vec<Finding>,
    /// What was tried, in words, for when nothing matched.
    pub tried: Vec<&'static str>,
    /// Whether checks were left out because the body is large.
    pub cut_short: bool,
    /// What to do about the reason in general, where no cause was found.
    pub advice: Vec<String>,
}

impl Diagnosis {
    /// What to tell the user, most useful first: the causes, or what to do and what was tried in vain.
    pub fn hints(&self) -> Vec<String> {
        if !self.findings.is_empty() {
            return self.findings.iter().map(Finding::hint).collect();
        }
        self.advice.iter().cloned().chain(self.nothing_matched()).collect()
    }

    /// `nothing matched; tried: …`, where something was tried and nothing found.
    pub fn nothing_matched(&self) -> Option<String> {
        if !self.findings.is_empty() || self.tried.is_empty() {
            return None;
        }
        let rest = if self.cut_short { "; the body is too large for the rest" } else { "" };
        Some(format!("nothing matched; tried: {}{rest}", self.tried.join(", ")))
    }
}

/// How the delivery came, which decides who can do something about it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Source {
    /// Somebody has it at hand and gave it, perhaps not all of it.
    #[default]
    Given,
    /// A sender delivered it over the network.
    Received,
}

/// What is known around the delivery.
#[derive(Debug, Clone, Copy, Default)]
pub struct Context<'a> {
    /// How it came.
    pub source: Source,
    /// Ids and timestamps of other deliveries that were captured, the latest first.
    pub others: &'a [(String, String)],
}

/// Looks for what makes the signature match. A valid verdict has nothing to explain.
///
/// `now` is in Unix seconds and decides which secrets have expired.
pub fn diagnose(
    delivery: &SignedDelivery<'_>,
    verdict: &Verdict,
    keys: &Keys,
    now: i64,
    context: Context<'_>,
) -> Diagnosis {
    let mut case = Case::new(delivery, keys, now);
    examine(&mut case, verdict, context)
}

fn examine(case: &mut Case<'_>, verdict: &Verdict, context: Context<'_>) -> Diagnosis {
    let mut diagnosis = Diagnosis::default();
    if let Some(rejection) = verdict.rejection() {
        if is_unexplained(rejection.reason) {
            recompute(case, context, &mut diagnosis.findings);
        }
        if diagnosis.findings.is_empty() {
            diagnosis.findings.extend(headers::milliseconds_ahead(case.delivery, verdict));
        }
        if diagnosis.findings.is_empty() {
            diagnosis.findings.extend(schemes::by_form(case, rejection));
        }
        // Where the key itself is not at hand, that nothing matched with others says nothing.
        if rejection.reason == Reason::NoKey && diagnosis.findings.is_empty() {
            case.forget_tried();
        }
    }
    diagnosis.advice = advice::of_verdict(case, verdict, context.source);
    (diagnosis.tried, diagnosis.cut_short) = case.tried();
    diagnosis
}

/// Whether recomputing can tell more than the reason does. Where the signature is right, or where
/// there is none, it cannot.
fn is_unexplained(reason: Reason) -> bool {
    match reason {
        Reason::MalformedHeader
        | Reason::SignatureMismatch
        | Reason::UnsupportedScheme
        | Reason::NoKey
        | Reason::UnknownKey
        | Reason::MalformedToken
        | Reason::AlgorithmNotAllowed => true,
        Reason::MissingHeader
        | Reason::TimestampTooOld
        | Reason::TimestampInFuture
        | Reason::TokenExpired
        | Reason::AudienceMismatch
        | Reason::BodyNotBound => false,
    }
}

/// Tries each family once, likely and cheap ones first; pairs only where no single change explains it.
fn recompute(case: &mut Case<'_>, context: Context<'_>, findings: &mut Vec<Finding>) {
    if !case.has_signatures() {
        return;
    }
    match spelling::find(case) {
        // The signature is right, and the delivery is refused for another reason.
        Some(changes) if changes.is_empty() => {
            findings.extend(headers::timestamp_format(case));
            return case.forget_tried();
        }
        changes => findings.extend(changes.and_then(Finding::of)),
    }
    let secrets = secrets::Alternatives::of(case);
    findings.extend(secrets.find(case));
    findings.extend(schemes::other_kid(case));
    if findings.is_empty() {
        // Two edits can lead to the same bytes, so the first that explains the body is the only one.
        let found = body::find(case)
            .or_else(|| json::find(case))
            .or_else(|| headers::find(case, context))
            .or_else(|| content::find(case));
        findings.extend(found);
    }
    if findings.is_empty() {
        findings.extend(secrets.find_with_another_change(case));
    }
}

/// What to say of a delivery that is too incomplete to recompute anything.
pub fn without_recomputing(reason: Reason, source: Source) -> Diagnosis {
    Diagnosis { advice: vec![advice::of_reason(reason, None, "TIME", source)], ..Diagnosis::default() }
}

/// What to do about a reason in general: see [`Diagnosis::advice`] for the particulars of a delivery.
pub(super) fn general_advice(reason: Reason) -> String {
    advice::of_reason(reason, None, "TIME", Source::Given)
}
