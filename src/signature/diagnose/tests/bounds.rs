//! The work that an unexplained delivery may cost, counted in bytes and not in time.

use proptest::prelude::*;

use super::super::case::{BUDGET, Case};
use super::*;

/// A JSON body of about `size` bytes in which every way of writing differs.
fn large_body(size: usize) -> String {
    let item = r#"{"uri":"gs://bücket/<résults>","b":[1,2.50,{"z":null,"a":"\u00e9"}]},"#;
    format!("[{}1]", item.repeat(size / item.len()))
}

fn spent(body: impl AsRef<[u8]>, keys: &Keys) -> (usize, Diagnosis) {
    let sample = Sample::keyed(b"nobody's", &[b"x"], body);
    let delivery = sample.delivery();
    let mut case = Case::new(&delivery, keys, NOW);
    let diagnosis = examine(&mut case, &sample.verdict(keys), Context::default());
    assert!(diagnosis.findings.is_empty());
    (case.spent(), diagnosis)
}

#[test]
fn a_body_of_20_kib_is_examined_whole() {
    let (spent, diagnosis) = spent(large_body(20 << 10), &keys());
    assert!(!diagnosis.cut_short);
    assert!(spent > 1 << 20 && spent < 20 << 20, "{spent}");
}

#[test]
fn a_body_of_1_mib_stays_within_the_budget() {
    let many = Keys { known: vec![named("known", "whsec_a25vd24="); 50], ..keys() };
    for keys in [keys(), many] {
        let (spent, diagnosis) = spent(large_body(1 << 20), &keys);
        assert!(spent <= BUDGET && spent > BUDGET / 2, "{spent}");
        let hint = diagnosis.nothing_matched().expect("something was tried");
        assert!(diagnosis.cut_short && hint.ends_with("; the body is too large for the rest"), "{hint}");
    }
}

#[test]
fn the_likely_causes_of_a_1_mib_body_are_found() {
    let compact = large_body(1 << 20);
    let tree = crate::json::parse(&compact).expect("JSON");
    let spaced = crate::json::Style { layout: crate::json::Layout::Spaced, ..crate::json::Style::COMPACT };
    let spaced = crate::json::write(&tree, spaced);
    assert_eq!(Sample::signed_over(&compact, &spaced).causes(&keys()), [Cause::BodyReserialised]);
    assert_eq!(Sample::signed_over(&spaced, &compact).causes(&keys()), [Cause::BodyReserialised]);
}

#[test]
fn deep_nesting_does_not_blow_an_indented_form_up() {
    let ones = "1,".repeat(400_000);
    let body = format!("{}{}1{}", "[".repeat(120), ones, "]".repeat(120));
    let (spent, diagnosis) = spent(body, &keys());
    assert!(spent <= BUDGET && diagnosis.cut_short, "{spent}");
}

#[test]
fn a_body_beyond_the_budget_is_given_a_few_looks() {
    let (_, diagnosis) = spent(vec![b'x'; BUDGET / 4], &keys());
    assert!(diagnosis.cut_short);
    let body = vec![b'x'; 2 << 20];
    let spoilt = [body.as_slice(), b"\n"].concat();
    assert_eq!(Sample::signed_over(&body, spoilt).causes(&keys()), [Cause::BodyTrailingNewline]);
}

proptest! {
    #[test]
    fn whatever_arrives_is_examined_without_a_panic_and_nothing_is_made_up(
        id in "\\PC{0,12}", timestamp in "[0-9TZ:.-]{0,20}|[0-9]{10,13}",
        signature in "(v1,|v1a,|v1=|)[A-Za-z0-9+/=_.-]{0,90}|v1,[A-Za-z0-9+/]{43}=|[0-9a-f]{64}",
        body in "\\PC{0,40}|[\\[\\]{}\",:0-9 a\\\\\r\n]{0,40}",
    ) {
        let sample = Sample::signed_over("", body).id(&id).timestamp(&timestamp).signature(signature);
        let keys = Keys { secrets: keys().secrets, ..ed25519_keys() };
        let diagnosis = sample.diagnosis(&keys);
        prop_assert!(diagnosis.findings.is_empty(), "{:?}", diagnosis);
    }
}
