//! Every reason for a refusal comes about, and each says what to do.

use gwh::signature::diagnose::{Context, Diagnosis, diagnose};
use gwh::signature::{Policy, Reason, Scheme, SignedDelivery, Verdict, VerdictRecord};

use crate::signing::{Delivery, FOREIGN_RSA, RSA, keys, token};
use crate::support::NOW;

const HEADER: &str = r#"{"alg":"RS256","kid":"one"}"#;

/// A delivery and a policy with which it is refused for `reason`.
fn refused_for(reason: Reason) -> (Delivery, Policy) {
    let policy = Policy::at(NOW);
    let v1 = Delivery::signed(Scheme::V1, b"{}");
    let with_token = |header: &str, claims: &str| Delivery::new(token(&RSA, header, claims), b"{}");
    let fresh = format!(r#"{{"iat":{NOW}}}"#);
    match reason {
        Reason::MissingHeader => (Delivery { id: Vec::new(), ..v1 }, policy),
        Reason::MalformedHeader => (Delivery { timestamp: b"soon".to_vec(), ..v1 }, policy),
        Reason::TimestampTooOld => (v1, Policy::at(NOW + 301)),
        Reason::TimestampInFuture => (v1, Policy::at(NOW - 301)),
        Reason::SignatureMismatch => {
            (Delivery { body: b"forged".to_vec(), ..Delivery::signed(Scheme::V1, b"{\"a\":1}") }, policy)
        }
        Reason::UnsupportedScheme => (Delivery { signature: b"v9,AAAA".to_vec(), ..v1 }, policy),
        Reason::NoKey => (Delivery::signed(Scheme::V1a, b"{}"), policy),
        Reason::UnknownKey => {
            let foreign = token(&FOREIGN_RSA, r#"{"alg":"RS256","kid":"nine"}"#, &fresh);
            (Delivery::new(foreign, b"{}"), policy)
        }
        Reason::MalformedToken => (with_token("", &fresh), policy),
        Reason::TokenExpired => (with_token(HEADER, r#"{"exp":1}"#), policy),
        Reason::AudienceMismatch => {
            (with_token(HEADER, &fresh), Policy { audience: Some("me".to_owned()), ..policy })
        }
        Reason::AlgorithmNotAllowed => (with_token(r#"{"alg":"none"}"#, &fresh), policy),
        Reason::BodyNotBound => (with_token(HEADER, &fresh), Policy { require_body_binding: true, ..policy }),
    }
}

/// The verdict, and its record with and without a diagnosis.
fn records(reason: Reason) -> (Verdict, [VerdictRecord; 2]) {
    let (delivery, policy) = refused_for(reason);
    let mut keys = keys();
    if reason == Reason::NoKey {
        keys.public_keys.clear();
    }
    let verdict = delivery.verdict_by(&keys, &policy);
    let signed = SignedDelivery {
        id: &delivery.id,
        timestamp: &delivery.timestamp,
        signature: &delivery.signature,
        body: &delivery.body,
    };
    let diagnosis = diagnose(&signed, &verdict, &keys, policy.now, Context::default());
    let with = VerdictRecord::new(&verdict, &diagnosis);
    let without = VerdictRecord::new(&verdict, &Diagnosis::default());
    (verdict, [with, without])
}

#[test]
fn every_reason_comes_about_and_says_what_to_do() {
    for reason in Reason::ALL {
        let (verdict, records) = records(reason);
        assert!(!verdict.is_valid());
        assert_eq!(verdict.reason(), Some(reason));
        for record in records {
            assert_eq!(record.reason.as_deref(), Some(reason.code()));
            assert!(record.detail.is_some_and(|detail| !detail.is_empty()), "{reason:?}");
            assert!(!record.hints.is_empty(), "{reason:?} has a hint");
            for hint in &record.hints {
                assert!(!hint.ends_with('.') && !hint.contains("  ") && !hint.contains('\n'), "{hint}");
            }
        }
    }
}

#[test]
fn codes_are_those_of_the_contract() {
    assert_eq!(
        Reason::ALL.map(Reason::code),
        [
            "missing_header",
            "malformed_header",
            "timestamp_too_old",
            "timestamp_in_future",
            "signature_mismatch",
            "unsupported_scheme",
            "no_key",
            "unknown_key",
            "malformed_token",
            "token_expired",
            "audience_mismatch",
            "algorithm_not_allowed",
            "body_not_bound",
        ]
    );
}

#[test]
fn hints_name_the_flag_or_command_that_helps() {
    let hint = |reason| {
        let (_, [record, _]) = records(reason);
        record.hints.join("; ")
    };
    for (reason, words) in [
        (Reason::MissingHeader, "--signature"),
        (Reason::TimestampTooOld, "gwh verify --at 1769083200"),
        (Reason::TimestampInFuture, "gwh verify --at 1769083200"),
        (Reason::SignatureMismatch, "--secret-file"),
        (Reason::NoKey, "--jwks"),
        (Reason::UnknownKey, "--jwks"),
        (Reason::TokenExpired, "gwh verify --at 1769083200"),
        (Reason::AudienceMismatch, "--audience"),
        (Reason::BodyNotBound, "--require-body-binding"),
    ] {
        assert!(hint(reason).contains(words), "{reason:?}: {}", hint(reason));
    }
}

#[test]
fn a_valid_delivery_has_no_hints_but_an_unbound_token_has() {
    let verdict = Delivery::signed(Scheme::V1, b"{}").verdict(&keys());
    let record = VerdictRecord::new(&verdict, &Diagnosis::default());
    assert!(record.valid && record.hints.is_empty() && record.reason.is_none());
    let token = token(&RSA, HEADER, &format!(r#"{{"iat":{NOW}}}"#));
    let verdict = Delivery::new(token, b"{}").verdict(&keys());
    let record = VerdictRecord::new(&verdict, &Diagnosis::default());
    assert!(record.valid && !record.hints.is_empty());
    assert_eq!(record.reason.as_deref(), Some("body_not_bound"));
}
