//! What verifying concludes: a [`Verdict`] for the code and a [`VerdictRecord`] for `--json`.

use std::borrow::Cow;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::diagnose::{self, Diagnosis, Finding};

/// A signature scheme of the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, clap::ValueEnum)]
pub enum Scheme {
    /// HMAC-SHA256, static webhooks
    V1,
    /// Ed25519, dynamic webhooks as deployed
    V1a,
    /// RS256 JSON Web Token, dynamic webhooks as documented
    Jwt,
}

impl Scheme {
    /// Every scheme.
    pub const ALL: [Scheme; 3] = [Scheme::V1, Scheme::V1a, Scheme::Jwt];

    /// The stable name: `v1`, `v1a`, `jwt`.
    pub const fn name(self) -> &'static str {
        match self {
            Scheme::V1 => "v1",
            Scheme::V1a => "v1a",
            Scheme::Jwt => "jwt",
        }
    }

    /// What the keys that prove it are called.
    pub(super) const fn key_type(self) -> &'static str {
        match self {
            Scheme::V1 => "HMAC",
            Scheme::V1a => "Ed25519",
            Scheme::Jwt => "RSA",
        }
    }
}

/// Why a delivery is refused, or, for [`Reason::BodyNotBound`], what a valid one leaves unproved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// A `webhook-*` header is absent or empty.
    MissingHeader,
    /// A header stands twice or cannot be read.
    MalformedHeader,
    /// The timestamp is further back than the tolerance.
    TimestampTooOld,
    /// The timestamp is further ahead than the tolerance.
    TimestampInFuture,
    /// No signature matches with any key of its scheme.
    SignatureMismatch,
    /// The header holds only signatures of schemes that are not known.
    UnsupportedScheme,
    /// There is no key of the scheme that the delivery is signed with.
    NoKey,
    /// The token names a key that is not in the key set.
    UnknownKey,
    /// The token is not a JWT as the service documents it.
    MalformedToken,
    /// The token's `exp` or `iat` has passed.
    TokenExpired,
    /// The token is for somebody else.
    AudienceMismatch,
    /// The token asks for an algorithm other than RS256.
    AlgorithmNotAllowed,
    /// The token is genuine, but nothing in it ties it to this body.
    BodyNotBound,
}

impl Reason {
    /// Every reason.
    pub const ALL: [Reason; 13] = [
        Reason::MissingHeader,
        Reason::MalformedHeader,
        Reason::TimestampTooOld,
        Reason::TimestampInFuture,
        Reason::SignatureMismatch,
        Reason::UnsupportedScheme,
        Reason::NoKey,
        Reason::UnknownKey,
        Reason::MalformedToken,
        Reason::TokenExpired,
        Reason::AudienceMismatch,
        Reason::AlgorithmNotAllowed,
        Reason::BodyNotBound,
    ];

    /// The stable code in JSON.
    pub const fn code(self) -> &'static str {
        match self {
            Reason::MissingHeader => "missing_header",
            Reason::MalformedHeader => "malformed_header",
            Reason::TimestampTooOld => "timestamp_too_old",
            Reason::TimestampInFuture => "timestamp_in_future",
            Reason::SignatureMismatch => "signature_mismatch",
            Reason::UnsupportedScheme => "unsupported_scheme",
            Reason::NoKey => "no_key",
            Reason::UnknownKey => "unknown_key",
            Reason::MalformedToken => "malformed_token",
            Reason::TokenExpired => "token_expired",
            Reason::AudienceMismatch => "audience_mismatch",
            Reason::AlgorithmNotAllowed => "algorithm_not_allowed",
            Reason::BodyNotBound => "body_not_bound",
        }
    }

    /// The reason with this code; none where a newer gwh made it.
    pub fn of_code(code: &str) -> Option<Reason> {
        Reason::ALL.into_iter().find(|reason| reason.code() == code)
    }

    /// The code in words, for a line of output.
    pub const fn words(self) -> &'static str {
        match self {
            Reason::MissingHeader => "missing header",
            Reason::MalformedHeader => "malformed header",
            Reason::TimestampTooOld => "timestamp too old",
            Reason::TimestampInFuture => "timestamp in the future",
            Reason::SignatureMismatch => "signature mismatch",
            Reason::UnsupportedScheme => "unsupported scheme",
            Reason::NoKey => "no key for this scheme",
            Reason::UnknownKey => "unknown key",
            Reason::MalformedToken => "malformed token",
            Reason::TokenExpired => "token expired",
            Reason::AudienceMismatch => "audience mismatch",
            Reason::AlgorithmNotAllowed => "algorithm not allowed",
            Reason::BodyNotBound => "body not bound",
        }
    }
}

/// What ties a valid signature to the body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Binding {
    /// The signature itself covers id, timestamp and body (`v1`, `v1a`).
    Signature,
    /// The token's claims are the event.
    Claims,
    /// The token carries a digest of the body.
    Digest,
    /// Nothing: only the token was proved.
    None,
}

impl Binding {
    /// The stable name in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            Binding::Signature => "signature",
            Binding::Claims => "claims",
            Binding::Digest => "digest",
            Binding::None => "none",
        }
    }
}

/// What proved a delivery.
#[derive(Debug, Clone)]
pub struct Proof {
    /// The scheme of the signature that matched.
    pub scheme: Scheme,
    /// How the key is shown: `whsec_...3frh`, a `kid`, or the end of a public key.
    pub key: Arc<str>,
    /// Where the key comes from: `local`, a webhook's name, a file or variable.
    pub key_name: Arc<str>,
    /// What ties the signature to the body.
    pub binding: Binding,
    /// Why the key may be out of date, in a sentence, where it may be.
    pub stale: Option<Arc<str>>,
}

/// Why a delivery is refused.
#[derive(Debug, Clone)]
pub struct Rejection {
    /// The stable reason.
    pub reason: Reason,
    /// One sentence with the particulars. May quote the message: sanitise before a terminal.
    pub detail: String,
    /// The scheme that the delivery is signed with, where one was recognised.
    pub scheme: Option<Scheme>,
    /// The proof, where the signature itself is right (a stale delivery).
    pub proof: Option<Proof>,
}

impl Rejection {
    /// A rejection with no scheme and no proof.
    pub fn new(reason: Reason, detail: impl Into<String>) -> Self {
        Rejection { reason, detail: detail.into(), scheme: None, proof: None }
    }

    /// The same rejection, of a delivery signed with `scheme`.
    #[must_use]
    pub fn of(mut self, scheme: Scheme) -> Self {
        self.scheme = Some(scheme);
        self
    }
}

/// The answer.
#[derive(Debug, Clone)]
pub enum Outcome {
    /// Authentic.
    Valid(Proof),
    /// Not to be trusted.
    Invalid(Rejection),
}

/// What verifying concludes about one delivery.
#[derive(Debug, Clone)]
pub struct Verdict {
    /// The answer.
    pub outcome: Outcome,
    /// Seconds from the delivery's timestamp to now; negative where it lies ahead; none where unreadable.
    pub age_seconds: Option<i64>,
    /// Whether the timestamp was judged at all.
    pub timestamp_checked: bool,
}

impl Verdict {
    /// A refusal before anything was computed, for example of a delivery without headers.
    pub fn refused(rejection: Rejection) -> Self {
        Verdict { outcome: Outcome::Invalid(rejection), age_seconds: None, timestamp_checked: false }
    }

    /// Whether the delivery is authentic.
    pub fn is_valid(&self) -> bool {
        matches!(self.outcome, Outcome::Valid(_))
    }

    /// The proof, of a valid verdict.
    pub fn proof(&self) -> Option<&Proof> {
        match &self.outcome {
            Outcome::Valid(proof) => Some(proof),
            Outcome::Invalid(_) => None,
        }
    }

    /// The rejection, of an invalid verdict.
    pub fn rejection(&self) -> Option<&Rejection> {
        match &self.outcome {
            Outcome::Valid(_) => None,
            Outcome::Invalid(rejection) => Some(rejection),
        }
    }

    /// The reason for a refusal, or the warning on a valid token.
    pub fn reason(&self) -> Option<Reason> {
        match &self.outcome {
            Outcome::Valid(proof) if proof.binding == Binding::None => Some(Reason::BodyNotBound),
            Outcome::Valid(_) => None,
            Outcome::Invalid(rejection) => Some(rejection.reason),
        }
    }

    /// The particulars in a sentence, where there is more to say than the reason.
    pub fn detail(&self) -> Option<Cow<'_, str>> {
        let proof = match &self.outcome {
            Outcome::Valid(proof) => proof,
            Outcome::Invalid(rejection) => return Some(Cow::Borrowed(&rejection.detail)),
        };
        let unbound = (proof.binding == Binding::None)
            .then_some("the token is genuine, but nothing in it ties it to this body");
        let unchecked =
            (unbound.is_none() && !self.timestamp_checked).then_some("the timestamp was not checked");
        let first = unbound.or(unchecked);
        match (first, proof.stale.as_deref()) {
            (Some(first), Some(stale)) => Some(Cow::Owned(format!("{first}; {stale}"))),
            (one, None) | (None, one) => one.map(Cow::Borrowed),
        }
    }

    /// The stable codes of what a valid verdict leaves to be desired.
    fn warnings(&self) -> Vec<String> {
        let is_stale = self.proof().is_some_and(|proof| proof.stale.is_some());
        is_stale.then(|| STALE_KEY_SET.to_owned()).into_iter().collect()
    }
}

/// The warning on a verdict that rests on a copy of a key set that could not be renewed.
const STALE_KEY_SET: &str = "stale_key_set";

/// A verdict as `--json` shows it: `{"valid","scheme","key","key_name","age_seconds","timestamp_checked",
/// "binding","reason","detail","hints","diagnosis"}`, and `"warnings"` where there are some. Fields are added,
/// never renamed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerdictRecord {
    /// Whether the delivery is authentic.
    pub valid: bool,
    /// `v1`, `v1a`, `jwt`, or null where none was recognised.
    #[serde(default)]
    pub scheme: Option<String>,
    /// The key that matched, in its short form.
    #[serde(default)]
    pub key: Option<String>,
    /// Where that key comes from.
    #[serde(default)]
    pub key_name: Option<String>,
    /// Seconds from the timestamp to now.
    #[serde(default)]
    pub age_seconds: Option<i64>,
    /// Whether the timestamp was judged.
    #[serde(default)]
    pub timestamp_checked: bool,
    /// What ties the signature to the body: `signature`, `claims`, `digest`, `none`; null where refused.
    #[serde(default)]
    pub binding: Option<String>,
    /// A code of [`Reason`]; null where there is nothing to say.
    #[serde(default)]
    pub reason: Option<String>,
    /// The particulars in a sentence.
    #[serde(default)]
    pub detail: Option<String>,
    /// What to do, most likely first.
    #[serde(default)]
    pub hints: Vec<String>,
    /// The codes of the causes that recomputing proved, in the order of the hints they gave.
    #[serde(default)]
    pub diagnosis: Vec<String>,
    /// Codes of what a valid verdict leaves to be desired; `stale_key_set` so far.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub warnings: Vec<String>,
}

impl VerdictRecord {
    /// The record of `verdict`, with what diagnosing came to: the default where that was not done, and
    /// then the hints say what to do about the reason in general.
    pub fn new(verdict: &Verdict, diagnosis: &Diagnosis) -> Self {
        let mut hints = diagnosis.hints();
        if hints.is_empty() {
            hints.extend(verdict.reason().map(diagnose::general_advice));
        }
        let rejection = verdict.rejection();
        let proof = verdict.proof().or_else(|| rejection.and_then(|rejection| rejection.proof.as_ref()));
        let scheme =
            proof.map(|proof| proof.scheme).or_else(|| rejection.and_then(|rejection| rejection.scheme));
        VerdictRecord {
            valid: verdict.is_valid(),
            scheme: scheme.map(|scheme| scheme.name().to_owned()),
            key: proof.map(|proof| proof.key.to_string()),
            key_name: proof.map(|proof| proof.key_name.to_string()),
            age_seconds: verdict.age_seconds,
            timestamp_checked: verdict.timestamp_checked,
            binding: verdict.proof().map(|proof| proof.binding.name().to_owned()),
            reason: verdict.reason().map(|reason| reason.code().to_owned()),
            detail: verdict.detail().map(Cow::into_owned),
            hints,
            diagnosis: diagnosis.findings.iter().flat_map(Finding::codes).map(str::to_owned).collect(),
            warnings: verdict.warnings(),
        }
    }
}
