//! What is printed for people, for CI systems and for `prove`, and what is saved.

use std::fs;

use super::handler::{Mistake, handler};
use crate::support::Sandbox;

/// The output of a run of two cases, one of which fails, without what differs from run to run.
fn report(format: &[&str]) -> (Sandbox, String) {
    let sandbox = Sandbox::new();
    let handler = handler(&sandbox, Mistake::BodyTrimmed);
    let url = handler.url("/webhook");
    let cases = ["--only", "accepts.body.trailing-newline,accepts.body.spaces"];
    let output = sandbox.run(&[&["test", &url], &cases[..], format].concat());
    assert_eq!(output.code, 1, "{output:?}");
    let text = output.out().replace(&url, "URL");
    (sandbox, text)
}

#[test]
fn people_see_what_was_sent_answered_and_is_to_be_done() {
    let (_, text) = report(&[]);
    for part in [
        "Testing URL  v1 signed with whsec_...",
        "\naccepts\n  ✓ spaces, tabs and line ends between tokens",
        "  ✗ a newline after the JSON",
        "\n1) accepts.body.trailing-newline  correctness\n   a newline after the JSON\n   sent      POST /webhook  ",
        "webhook-id: msg_accepts-body-trailing-newline_",
        "   answered  401 in ",
        ": no\n",
        "   expected  2xx\n   reason    it was answered with 401\n   why       the signature covers",
        "   fix       verify the bytes as they arrived",
        "   again     gwh test URL --only accepts.body.trailing-newline\n",
        "\n7 of 8 passed (security 1/1, correctness 6/7), 1 failed, in ",
    ] {
        assert!(text.contains(part), "no {part:?} in\n{text}");
    }
}

#[test]
fn one_fix_for_several_failures_is_told_once() {
    let sandbox = Sandbox::new();
    let handler = handler(&sandbox, Mistake::RepeatedTaken);
    let output = sandbox.run(&["test", &handler.url("/"), "--only", "refuses.repeated"]);
    assert_eq!(output.out().matches("   fix       refuse a delivery in which").count(), 1, "{output:?}");
    assert_eq!(output.out().matches("   fix       as for 1)\n").count(), 2, "{output:?}");
    assert_eq!(output.out().matches("   why       ").count(), 1, "{output:?}");
}

#[test]
fn a_case_is_run_again_with_the_keys_that_it_had() {
    let sandbox = Sandbox::new();
    let open = crate::support::Receiver::answering(200);
    let flags =
        ["--scheme", "jwt", "--audience", "my app", "--skip", "preflight", "--only", "refuses.token.expired"];
    let output = sandbox.run(&[&["test", &open.url("/")], &flags[..]].concat());
    let again = format!("again     gwh test {} --audience 'my app' --scheme jwt --only", open.url("/"));
    assert!(output.out().contains(&format!("{again} refuses.token.expired\n")), "{output:?}");
}

#[test]
fn junit_is_what_ci_systems_read() {
    let (_, text) = report(&["--format", "junit"]);
    let report = quick_junit::Report::deserialize_from_str(&text).expect("is JUnit XML");
    assert_eq!((report.tests, report.failures, report.errors), (8, 1, 0));
    let suites: Vec<&str> = report.test_suites.iter().map(|suite| suite.name.as_str()).collect();
    assert_eq!(suites, ["v1.preflight", "v1.accepts"]);
    let suite = &report.test_suites[1];
    assert_eq!((suite.tests, suite.failures), (2, 1));
    let case =
        suite.test_cases.iter().find(|case| case.name.as_str().ends_with("newline")).expect("is there");
    assert_eq!(case.classname.as_ref().map(|name| name.as_str()), Some("gwh.v1.accepts"));
    let quick_junit::TestCaseStatus::NonSuccess { message, ty, description, .. } = &case.status else {
        panic!("it failed: {:?}", case.status);
    };
    assert_eq!(message.as_ref().map(|text| text.as_str()), Some("it was answered with 401"));
    assert_eq!(ty.as_ref().map(|text| text.as_str()), Some("correctness"));
    assert!(description.as_ref().is_some_and(|text| text.as_str().contains("fix       verify the bytes")));
}

#[test]
fn tap_has_a_plan_and_a_line_for_each_case() {
    let (_, text) = report(&["--format", "tap"]);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines[..3], ["TAP version 13", "1..8", "ok 1 - preflight.reachable [v1]"]);
    let tests = lines.iter().filter(|line| line.starts_with("ok ") || line.starts_with("not ok "));
    assert_eq!(tests.count(), 8);
    assert!(text.contains("not ok 8 - accepts.body.trailing-newline [v1]\n  ---\n  message: "), "{text}");
    assert!(text.contains("  reason: \"it was answered with 401\"\n") && text.ends_with("  ...\n"), "{text}");
}

#[test]
fn json_and_another_form_exclude_each_other() {
    let output = Sandbox::new().run(&["test", "3000", "--json", "--format", "tap"]);
    assert_eq!(output.code, 2);
    let error: serde_json::Value = serde_json::from_str(output.err()).expect("is JSON");
    assert_eq!(error["message"], "--json and --format ask for two forms of the report");
}

#[test]
fn saved_exchanges_can_be_verified_again() {
    let (sandbox, _) = report(&["--save", "kept"]);
    let folder = sandbox.path().join("kept");
    let request = folder.join("accepts.body.trailing-newline.v1.1.request.http");
    let verified = sandbox.run(&["verify", request.to_str().expect("is text")]);
    assert_eq!(verified.code, 0, "{verified:?}");
    let answer = fs::read_to_string(folder.join("accepts.body.trailing-newline.v1.1.answer.http"));
    assert!(answer.expect("is there").starts_with("HTTP/1.1 401 X\r\n"));
    let records = fs::read_to_string(folder.join("deliveries.jsonl")).expect("is there");
    let verified = sandbox.run_with(&["verify", "--jsonl", "--json"], &records);
    let verdicts = verified.json_lines();
    assert_eq!(
        verdicts.iter().filter(|verdict| verdict["type"] == "verdict").count(),
        records.lines().count()
    );
    let record: serde_json::Value =
        serde_json::from_str(records.lines().last().expect("has lines")).expect("is JSON");
    assert_eq!((&record["type"], &record["response"]["status"]), (&"delivery".into(), &401.into()));
}

#[test]
fn a_handler_that_gives_the_secret_away_is_found_and_not_repeated() {
    use crate::support::{NOW, Receiver, Reply, delivery::local_secret};
    use gwh::signature::{Keys, NamedSecret};
    let sandbox = Sandbox::new();
    let secret = local_secret(&sandbox);
    let text = secret.expose().to_owned();
    let keys = Keys { secrets: vec![NamedSecret::new("local", secret)], ..Keys::default() };
    let told = text.clone();
    let handler = Receiver::scripted(move |_, request| match request.verdict(&keys, NOW).is_valid() {
        true => Reply::Status(200),
        false => Reply::with_body(
            401,
            &format!("x-debug: {told}\r\n"),
            &format!("expected a signature with {told}"),
        ),
    });
    let url = handler.url("/");
    for format in ["human", "json", "junit", "tap"] {
        let args = ["test", &url, "--only", "behaves.refusal.discreet", "--format", format, "--save", "kept"];
        let output = sandbox.run(&args);
        assert_eq!(output.code, 1, "{output:?}");
        assert!(output.out().contains("the answer holds the signing secret"), "{output:?}");
        let encoded = text.trim_start_matches("whsec_");
        assert!(!output.out().contains(encoded) && !output.err().contains(encoded), "{format}: {output:?}");
        for file in fs::read_dir(sandbox.path().join("kept")).expect("is there").filter_map(Result::ok) {
            let bytes = fs::read_to_string(file.path()).expect("is text");
            assert!(!bytes.contains(encoded), "{}", file.path().display());
        }
    }
}

#[test]
fn what_a_handler_answers_cannot_move_the_cursor() {
    use crate::support::{NOW, Receiver, Reply, delivery::local_secret};
    use gwh::signature::{Keys, NamedSecret};
    let sandbox = Sandbox::new();
    let keys = Keys { secrets: vec![NamedSecret::new("local", local_secret(&sandbox))], ..Keys::default() };
    let handler = Receiver::scripted(move |_, request| match request.verdict(&keys, NOW).is_valid() {
        true => Reply::Status(200),
        false => Reply::with_body(500, "location: /\u{202e}\r\n", "a\u{1b}[2Jb\u{202e}c\u{9b}d"),
    });
    let url = handler.url("/");
    let is_harmless = |shown: char| shown == '\n' || !(shown.is_control() || shown == '\u{202e}');
    for more in [&[][..], &["-v"], &["--format", "tap"]] {
        let output =
            sandbox.run(&[&["test", &url, "--only", "behaves.refusal.bad-signature"], more].concat());
        assert_eq!(output.code, 1, "{output:?}");
        assert!(output.out().contains("[2Jb"), "{output:?}");
        assert!(output.out().chars().chain(output.err().chars()).all(is_harmless), "{output:?}");
    }
}

#[test]
fn a_folder_that_cannot_be_saved_to_is_told_before_anything_is_sent() {
    let sandbox = Sandbox::new();
    let url = format!("http://127.0.0.1:{}/", crate::support::closed_port());
    fs::write(sandbox.path().join("file"), "").expect("writes");
    fs::create_dir_all(sandbox.path().join("odd/deliveries.jsonl")).expect("makes");
    for folder in ["file", "file/kept", "odd"] {
        let output = sandbox.run(&["test", &url, "--save", folder]);
        assert_eq!((output.code, output.out()), (3, ""), "{folder}: {output:?}");
        assert!(output.err().contains(&format!("cannot save exchanges in {folder}")), "{output:?}");
    }
}

#[test]
fn a_run_that_cannot_be_saved_is_reported_all_the_same() {
    let sandbox = Sandbox::new();
    let handler = handler(&sandbox, Mistake::BodyTrimmed);
    let taken = "kept/accepts.body.trailing-newline.v1.1.request.http";
    fs::create_dir_all(sandbox.path().join(taken)).expect("makes");
    let (url, case) = (handler.url("/"), "accepts.body.trailing-newline");
    let output = sandbox.run(&["test", &url, "--only", case, "--format", "json", "--save", "kept"]);
    assert_eq!(output.code, 3, "{output:?}");
    assert_eq!(output.json_lines().last().expect("has lines")["type"], "summary");
}
