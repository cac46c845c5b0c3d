//! Mistakes with the id, the timestamp and the signed content.

use super::*;

fn stamped(signed: &str, sent: &str) -> Sample {
    let parts = [ID.as_bytes(), b".", signed.as_bytes(), b".", BODY.as_bytes()];
    Sample::keyed(&key(), &parts, BODY).timestamp(sent)
}

#[test]
fn milliseconds_on_one_side() {
    assert_eq!(stamped(STAMP, "1769083195123").causes(&keys()), [Cause::TimestampMilliseconds]);
    assert_eq!(stamped("1769083195000", STAMP).causes(&keys()), [Cause::TimestampMilliseconds]);
    let finding = stamped("1769083195871", STAMP).finding(&keys());
    assert_eq!(
        finding.proof,
        "it matches once webhook-timestamp is 1769083195871, in milliseconds instead of seconds"
    );
}

#[test]
fn milliseconds_on_both_sides() {
    let finding = stamped("1769083195123", "1769083195123").finding(&keys());
    assert_eq!(finding.cause, Cause::TimestampMilliseconds);
    assert_eq!(
        finding.proof,
        "the signature is right, and it is 5s old once webhook-timestamp is read as milliseconds"
    );
    // A forged one is not excused by its timestamp.
    let forged = stamped("1769083195123", "1769083195123").signature(entry(&[0; 32]));
    assert!(forged.diagnosis(&keys()).findings.is_empty());
}

#[test]
fn a_clock_that_was_read_twice() {
    for signed in ["1769083194", "1769083196", "1769083198"] {
        assert_eq!(stamped(signed, STAMP).causes(&keys()), [Cause::TimestampShifted], "{signed}");
    }
    assert!(stamped("1769083205", STAMP).diagnosis(&keys()).findings.is_empty());
}

#[test]
fn other_forms_of_the_timestamp() {
    for (signed, sent) in [
        ("2026-01-22T11:59:55Z", "2026-01-22T11:59:55Z"),
        (STAMP, "2026-01-22T11:59:55Z"),
        (STAMP, "1769083195.25"),
        ("1769083195.25", "1769083195.25"),
    ] {
        let sample = stamped(signed, sent);
        assert_eq!(sample.verdict(&keys()).reason(), Some(Reason::MalformedHeader));
        assert_eq!(sample.causes(&keys()), [Cause::TimestampFormat], "{signed} sent as {sent}");
    }
    let forged = stamped(STAMP, "yesterday").diagnosis(&keys());
    assert!(forged.findings.is_empty() && forged.nothing_matched().is_some());
}

#[test]
fn headers_of_another_delivery() {
    let sample = Sample::signed_over(BODY, BODY);
    let others = [("msg_unrelated".to_owned(), "1769083000".to_owned()), (ID.to_owned(), STAMP.to_owned())];
    let find = |sample: &Sample, others| {
        let context = Context { others, ..Context::default() };
        let diagnosis = diagnose(&sample.delivery(), &sample.verdict(&keys()), &keys(), NOW, context);
        diagnosis.findings.first().map(|finding| finding.cause)
    };
    let id = sample.clone().id("msg_9");
    let timestamp = sample.clone().timestamp("1769083100");
    let both = sample.id("msg_9").timestamp("1769083100");
    assert_eq!(find(&id, &others), Some(Cause::OtherId));
    assert_eq!(find(&timestamp, &others), Some(Cause::OtherTimestamp));
    assert_eq!(find(&both, &others), Some(Cause::OtherIdAndTimestamp));
    assert_eq!(find(&id, &others[..1]), None, "nothing is guessed");
}

#[test]
fn other_forms_of_the_signed_content() {
    let (id, stamp, body) = (ID.as_bytes(), STAMP.as_bytes(), BODY.as_bytes());
    let forms: [&[&[u8]]; 7] = [
        &[body],
        &[stamp, b".", body],
        &[id, b".", body],
        &[stamp, b".", id, b".", body],
        &[id, stamp, body],
        &[stamp, body],
        &[b"v0:", stamp, b":", body],
    ];
    for parts in forms {
        let causes = Sample::keyed(&key(), parts, BODY).causes(&keys());
        assert_eq!(causes, [Cause::SignedContent], "{:?}", String::from_utf8_lossy(&parts.concat()));
    }
}

#[test]
fn a_timestamp_that_is_merely_old_or_ahead_gets_advice() {
    for (stamp, words) in [("1769000000", "gwh sign"), ("1769183195", "clock")] {
        let hints = stamped(stamp, stamp).diagnosis(&keys()).hints();
        assert_eq!(hints.len(), 1);
        let hint = &hints[0];
        assert!(hint.contains(words) && hint.ends_with(&format!("gwh verify --at {stamp}")), "{hint}");
    }
}
