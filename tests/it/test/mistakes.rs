//! Each mistake fails exactly the cases that it explains, and the printed fix names it.

use std::collections::HashSet;
use std::fs::File;
use std::io::Write;
use std::path::PathBuf;
use std::sync::{Condvar, Mutex};
use std::time::Instant;

use gwh::signature::{Keys, NamedSecret, Policy, extract, verify};
use serde_json::Value;

use super::handler::{Mistake, handler, takes_alg_none};
use super::{ids, suite};
use crate::support::delivery::local_secret;
use crate::support::{ApiReply, DEADLINE, NOW, Receiver, Reply, Sandbox, ScriptedApi};

/// A mistake, the cases that it fails, and words of the fix.
const MISTAKES: &[(Mistake, &[&str], &str)] = &[
    (
        Mistake::NoTimestampCheck,
        &[
            "refuses.timestamp.stale",
            "refuses.timestamp.future",
            "refuses.timestamp.not-a-number",
            "refuses.timestamp.negative",
            "refuses.timestamp.huge",
            "refuses.timestamp.milliseconds",
        ],
        "300 seconds",
    ),
    (Mistake::NanTimestamp, &["refuses.timestamp.not-a-number"], "NaN"),
    (
        Mistake::FirstSignatureOnly,
        &["accepts.signature.valid-last", "accepts.signature.one-of-many", "accepts.signature.beside-v1a"],
        "any one of the signatures",
    ),
    (
        Mistake::WholeHeader,
        &[
            "accepts.signature.valid-first",
            "accepts.signature.valid-last",
            "accepts.signature.one-of-many",
            "accepts.signature.beside-v1a",
        ],
        "split webhook-signature at spaces",
    ),
    (
        Mistake::PrefixCompared,
        &[
            "refuses.signature.only-version",
            "refuses.signature.truncated",
            "behaves.refusal.malformed-signature",
        ],
        "compare the whole signature",
    ),
    (
        Mistake::VersionIgnored,
        &["refuses.version.v0", "refuses.version.v2", "refuses.version.v1a-for-v1"],
        "version",
    ),
    (Mistake::LenientBase64, &["refuses.form.base64url"], "standard base64"),
    (
        Mistake::UnsignedAccepted,
        &["refuses.signature.missing", "behaves.refusal.missing-headers"],
        "never skip the check",
    ),
    (Mistake::IdNotSigned, &["refuses.tampered.id"], "webhook-id, a dot"),
    (
        Mistake::Reserialised,
        &[
            "accepts.body.spaces",
            "accepts.body.escapes",
            "accepts.body.surrogate-pairs",
            "accepts.body.big-numbers",
            "accepts.body.number-forms",
            "accepts.body.key-order",
            "accepts.body.duplicate-keys",
            "accepts.body.trailing-newline",
            "refuses.tampered.re-encoded",
        ],
        "verify the bytes as they arrived",
    ),
    (Mistake::BodyTrimmed, &["accepts.body.trailing-newline"], "verify the bytes as they arrived"),
    (
        Mistake::RepeatedTaken,
        &["refuses.repeated.id", "refuses.repeated.timestamp", "refuses.repeated.signature"],
        "stands twice",
    ),
    (
        Mistake::BadSignatureIs500,
        &[
            "behaves.refusal.bad-signature",
            "behaves.refusal.missing-headers",
            "behaves.refusal.malformed-timestamp",
            "behaves.refusal.malformed-signature",
            "behaves.refusal.forged-not-json",
        ],
        "catch what verifying throws",
    ),
    (
        Mistake::CrashesOnBadJson,
        &["behaves.body.not-json", "behaves.body.not-utf8", "behaves.body.empty"],
        "catch the",
    ),
    (Mistake::SignatureTold, &["behaves.refusal.discreet"], "constant text"),
    (Mistake::TraceTold, &["behaves.refusal.discreet"], "debug pages"),
    (Mistake::UnknownTypeRefused, &["accepts.envelope.unknown-type"], "types that you do not know"),
    (Mistake::DataExpected, &["accepts.envelope.empty-data"], "optional"),
    (Mistake::DuplicateRefused, &["behaves.duplicate.accepted"], "remember webhook-id"),
    (Mistake::GetTaken, &["behaves.method.get"], "route POST alone"),
    (Mistake::LargeBodyIs500, &["behaves.body.5-mb"], "limit the size of bodies"),
];

#[test]
fn a_correct_handler_passes_everything_in_time() {
    let sandbox = Sandbox::new();
    let handler = handler(&sandbox, Mistake::None);
    let start = Instant::now();
    let (output, lines) = suite(&sandbox, &handler.url("/webhook"), &[]);
    assert_eq!(ids(&lines, "failed"), [""; 0], "{output:?}");
    assert_eq!(output.code, 0);
    assert!(ids(&lines, "passed").len() > 70, "{output:?}");
    assert_eq!(ids(&lines, "skipped"), ["behaves.duplicate.processed-once"]);
    assert!(start.elapsed().as_secs() < 10, "a local handler is tested in seconds");
}

#[test]
fn each_mistake_fails_the_cases_that_it_explains_and_no_others() {
    let sandbox = Sandbox::new();
    for (mistake, expected, words) in MISTAKES {
        let handler = handler(&sandbox, *mistake);
        let (output, lines) = suite(&sandbox, &handler.url("/webhook"), &[]);
        assert_eq!(ids(&lines, "failed"), *expected, "{mistake:?}");
        assert_eq!(output.code, 1, "{mistake:?}");
        let fixes: Vec<&str> = lines.iter().filter_map(|line| line["fix"].as_str()).collect();
        assert!(fixes.iter().any(|fix| fix.contains(words)), "{mistake:?}: {fixes:?}");
    }
}

#[test]
fn one_mistake_that_shows_in_several_families_is_found_in_each() {
    let sandbox = Sandbox::new();
    let thrown = handler(&sandbox, Mistake::LengthThrows);
    let (_, lines) = suite(&sandbox, &thrown.url("/"), &["--only", "behaves"]);
    assert_eq!(ids(&lines, "failed"), ["behaves.refusal.malformed-signature"]);
    let redirected = handler(&sandbox, Mistake::RefusalRedirected);
    let (_, lines) = suite(&sandbox, &redirected.url("/"), &["--only", "behaves.redirect"]);
    assert_eq!(ids(&lines, "failed"), ["behaves.redirect.none"]);
}

#[test]
fn a_handler_that_takes_tokens_without_a_signature_is_found() {
    let sandbox = Sandbox::new();
    let handler = takes_alg_none(&sandbox);
    let (_, lines) = suite(
        &sandbox,
        &handler.url("/"),
        &["--scheme", "jwt", "--audience", "me", "--only", "refuses.token"],
    );
    let failed = ids(&lines, "failed");
    assert!(failed.contains(&"refuses.token.alg-none".to_owned()), "{failed:?}");
    assert!(!failed.contains(&"refuses.token.unknown-kid".to_owned()), "{failed:?}");
}

/// What a handler does with an id that it has processed before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Memory {
    Good,
    None,
}

/// A handler that adds the id of each event that it processes to a file.
fn telling(sandbox: &Sandbox, file: PathBuf, memory: Memory) -> Receiver {
    let secret = NamedSecret::new("local", local_secret(sandbox));
    let keys = Keys { secrets: vec![secret], ..Keys::default() };
    let seen = Mutex::new(HashSet::new());
    Receiver::scripted(move |_, request| {
        if request.method != "POST" || !request.verdict(&keys, NOW).is_valid() {
            return Reply::Status(401);
        }
        let id = request.header("webhook-id");
        let is_new = seen.lock().expect("no handler panics").insert(id.to_owned());
        if is_new || memory == Memory::None {
            let mut log = File::options().create(true).append(true).open(&file).expect("opens");
            writeln!(log, "{id}").expect("writes");
        }
        Reply::Status(200)
    })
}

#[test]
fn what_is_processed_twice_shows_in_the_file_that_the_handler_keeps() {
    const CASE: &str = "behaves.duplicate.processed-once";
    let sandbox = Sandbox::new();
    let judge = |handler: &Receiver, file: &str| {
        let flags = ["--processed", file, "--only", CASE];
        let (output, lines) = suite(&sandbox, &handler.url("/"), &flags);
        let case = lines.into_iter().find(|line| line["id"] == CASE).expect("is told");
        (output.code, case["result"].clone(), case["reason"].clone())
    };
    let silent = handler(&sandbox, Mistake::None);
    let silence = "the handler does not say what it processes";
    assert_eq!(judge(&silent, "silent"), (0, "skipped".into(), silence.into()));
    let good = telling(&sandbox, sandbox.path().join("good"), Memory::Good);
    assert_eq!(judge(&good, "good"), (0, "passed".into(), Value::Null));
    let forgetful = telling(&sandbox, sandbox.path().join("forgetful"), Memory::None);
    std::fs::create_dir(sandbox.path().join("folder")).expect("a folder");
    let refused = sandbox.run(&["test", &good.url("/"), "--processed", "folder"]);
    assert_eq!(refused.code, 2, "{refused:?}");
    assert!(refused.err().contains("--processed folder is no file"), "{refused:?}");
    let twice = "it was processed 2 times";
    assert_eq!(judge(&forgetful, "forgetful"), (1, "failed".into(), twice.into()));
}

#[test]
fn twenty_deliveries_are_under_way_at_once() {
    const COUNT: usize = 20;
    let sandbox = Sandbox::new();
    let secret = NamedSecret::new("local", local_secret(&sandbox));
    let keys = Keys { secrets: vec![secret], ..Keys::default() };
    let (here, arrived) = (Mutex::new(0), Condvar::new());
    // Answers those deliveries once all of them are there.
    let handler = Receiver::scripted(move |_, request| {
        if !request.verdict(&keys, NOW).is_valid() {
            return Reply::Status(401);
        }
        if !request.header("webhook-id").contains("accepts-parallel-twenty") {
            return Reply::Status(200);
        }
        let mut here = here.lock().expect("no handler panics");
        *here += 1;
        arrived.notify_all();
        let is_early = |here: &mut usize| *here < COUNT;
        let waited = arrived.wait_timeout_while(here, DEADLINE, is_early).expect("no handler panics");
        Reply::Status(if waited.1.timed_out() { 503 } else { 200 })
    });
    let (output, lines) = suite(&sandbox, &handler.url("/"), &["--only", "accepts.parallel"]);
    assert_eq!(ids(&lines, "failed"), [""; 0], "{output:?}");
}

#[test]
fn a_handler_that_serves_one_connection_after_another_is_found() {
    let sandbox = Sandbox::new();
    let secret = NamedSecret::new("local", local_secret(&sandbox));
    let keys = Keys { secrets: vec![secret], ..Keys::default() };
    // The scripted API reads each request to its end before it takes the next connection.
    let serial = ScriptedApi::answering(move |request| {
        let headers = request.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        let delivery = extract(headers, request.body.as_bytes());
        let is_valid = delivery.is_ok_and(|one| verify(&one, &keys, &Policy::at(NOW)).is_valid());
        ApiReply::text(if is_valid { 200 } else { 401 }, "text/plain", "")
    });
    let flags = ["--only", "behaves.stall", "--timeout", "3s", "--budget", "3s"];
    let (output, lines) = suite(&sandbox, &serial.url(), &flags);
    assert_eq!(ids(&lines, "failed"), ["behaves.stall.half-bodies"], "{output:?}");
}

#[test]
fn listen_passes_for_every_scheme() {
    let sandbox = Sandbox::new();
    let (listen, url) = sandbox.listen(&["--audience", "me"]);
    for scheme in ["v1", "v1a", "jwt"] {
        let (output, lines) = suite(&sandbox, &url, &["--scheme", scheme, "--audience", "me"]);
        assert_eq!(ids(&lines, "failed"), [""; 0], "{scheme}: {output:?}");
        assert_eq!(output.code, 0, "{scheme}");
    }
    listen.stop();
}
