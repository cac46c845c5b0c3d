//! Which cases run, how often, and what the exit code is made from.

use super::handler::{Mistake, handler};
use super::{ids, suite};
use crate::support::{Receiver, Sandbox};

#[test]
fn only_and_skip_choose_cases() {
    let sandbox = Sandbox::new();
    let handler = handler(&sandbox, Mistake::None);
    let run = |more: &[&str]| {
        let (_, lines) = suite(&sandbox, &handler.url("/"), more);
        let passed = ids(&lines, "passed").into_iter().filter(|id| !id.starts_with("preflight."));
        passed.collect::<Vec<_>>()
    };
    assert_eq!(run(&["--only", "accepts.transfer.chunked"]), ["accepts.transfer.chunked"]);
    assert_eq!(run(&["--only", "refuses.version", "--skip", "*.v0,*.v2"]), ["refuses.version.v1a-for-v1"]);
    assert_eq!(run(&["--only", "behaves.stall"]), ["behaves.stall.half-bodies"]);
}

#[test]
fn a_mistyped_selection_is_a_usage_error() {
    let sandbox = Sandbox::new();
    let output = sandbox.run(&["test", "3000", "--only", "acepts"]);
    assert_eq!(output.code, 2);
    assert_eq!(output.err(), "error: \"acepts\" names no case\n  hint: gwh test --list shows every case\n");
    let output = sandbox.run(&["test", "3000", "--only", "refuses.token"]);
    assert_eq!(output.code, 2, "{output:?}");
    assert!(output.err().contains("no case that is selected applies to v1"), "{output:?}");
    let output = sandbox.run(&["test"]);
    assert_eq!(output.code, 2);
    assert!(output.err().contains("--start"), "{output:?}");
    let output = sandbox.run(&["test", "/hook"]);
    assert!(output.code == 2 && output.err().contains("/hook is a path"), "{output:?}");
}

#[test]
fn the_list_needs_no_handler() {
    let sandbox = Sandbox::new();
    let output = sandbox.run(&["test", "--list", "--only", "refuses.version"]);
    assert_eq!(output.code, 0);
    let lines: Vec<&str> = output.out().lines().collect();
    assert!(lines[0].starts_with("CASE  ") && lines[0].ends_with("SCHEMES     WHAT IS SENT"), "{output:?}");
    let listed: Vec<&str> = lines.into_iter().filter(|line| line.starts_with("refuses.")).collect();
    assert_eq!(
        listed,
        [
            "refuses.version.v0          correctness  v1 v1a      v0 in place of the version",
            "refuses.version.v2          correctness  v1 v1a      v2 in place of the version",
            "refuses.version.v1a-for-v1  correctness  v1          v1a in place of v1",
        ]
    );
    let output = sandbox.run(&["test", "--list", "--json", "--scheme", "jwt"]);
    let cases = output.json_lines();
    assert!(cases.iter().any(|case| case["id"] == "refuses.token.alg-none"), "{output:?}");
    assert!(cases.iter().all(|case| case["id"] != "refuses.version.v0"), "{output:?}");
    let stress: Vec<_> = cases.iter().filter(|case| case["stress"] == true).collect();
    assert_eq!(stress.len(), 1);
}

/// Scripts and reports name cases by id: one may be added, and none may go.
#[test]
fn every_id_that_was_once_given_is_still_there() {
    let args = ["test", "--list", "--json", "--scheme", "v1", "--scheme", "v1a", "--scheme", "jwt"];
    let listed = Sandbox::new().run(&args).json_lines();
    for id in include_str!("../../fixtures/case_ids.txt").lines() {
        assert!(listed.iter().any(|case| case["id"] == id), "{id} is gone");
    }
}

#[test]
fn fail_on_decides_the_exit_code() {
    let sandbox = Sandbox::new();
    let handler = handler(&sandbox, Mistake::RepeatedTaken);
    let code = |more: &[&str]| {
        suite(&sandbox, &handler.url("/"), &[&["--only", "refuses.repeated"], more].concat()).0.code
    };
    assert_eq!(code(&[]), 1);
    assert_eq!(code(&["--fail-on", "correctness"]), 0);
    assert_eq!(code(&["--fail-on", "robustness"]), 1);
}

#[test]
fn bail_stops_at_the_first_failure() {
    let sandbox = Sandbox::new();
    let handler = handler(&sandbox, Mistake::NoTimestampCheck);
    let (output, lines) =
        suite(&sandbox, &handler.url("/"), &["--bail", "--concurrency", "1", "--only", "refuses.timestamp"]);
    assert_eq!(output.code, 1);
    assert_eq!(ids(&lines, "failed").len(), 1, "{output:?}");
    assert!(!ids(&lines, "skipped").is_empty(), "{output:?}");
}

#[test]
fn bail_ends_the_rounds_of_a_case_too() {
    let sandbox = Sandbox::new();
    let handler = handler(&sandbox, Mistake::BodyTrimmed);
    let flags = ["--bail", "--repeat", "5", "--only", "accepts.body.trailing-newline"];
    let (_, lines) = suite(&sandbox, &handler.url("/"), &flags);
    let case = lines.iter().find(|line| line["result"] == "failed").expect("fails");
    assert_eq!((&case["rounds"], &case["failed_rounds"]), (&1.into(), &1.into()));
}

#[test]
fn a_case_that_fails_now_and_then_fails() {
    let sandbox = Sandbox::new();
    let count = std::sync::atomic::AtomicUsize::new(0);
    let flaky = Receiver::scripted(move |_, request| {
        use crate::support::Reply;
        use std::sync::atomic::Ordering;
        let is_plain = request.values("webhook-id").first().is_some_and(|id| id.contains("video-generated"));
        let is_signed = request.values("webhook-signature").first().is_some_and(|value| value.len() > 20);
        let is_forged = request.values("webhook-id").first().is_some_and(|id| id.contains("forged"));
        match () {
            () if is_plain && count.fetch_add(1, Ordering::SeqCst) % 3 == 1 => Reply::Status(503),
            () if is_signed && !is_forged => Reply::Status(200),
            () => Reply::Status(401),
        }
    });
    let (output, lines) =
        suite(&sandbox, &flaky.url("/"), &["--repeat", "4", "--only", "accepts.event.video-generated"]);
    assert_eq!(output.code, 1, "{output:?}");
    let case = lines.iter().find(|line| line["result"] == "failed").expect("fails");
    assert_eq!(case["reason"], "it was answered with 503 (in 1 of 4 rounds)");
    assert_eq!((&case["rounds"], &case["failed_rounds"]), (&4.into(), &1.into()));
}

#[test]
fn ids_name_the_case_in_the_handlers_view() {
    let sandbox = Sandbox::new();
    let handler = handler(&sandbox, Mistake::None);
    suite(&sandbox, &handler.url("/"), &["--only", "accepts.body"]);
    let mut seen = std::collections::BTreeSet::new();
    for request in handler.received() {
        let id = request.header("webhook-id").to_owned();
        assert!(seen.insert(id.clone()), "{id} was sent twice");
    }
    assert!(seen.iter().any(|id| id.starts_with("msg_accepts-body-big-numbers_")), "{seen:?}");
}
