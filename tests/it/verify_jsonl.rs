//! `gwh verify --jsonl`: a stream of records.

use std::io::{BufRead, BufReader, Write};
use std::process::Stdio;
use std::sync::mpsc;

use crate::support::{DEADLINE, Sandbox};

const SECRET: &str = "whsec_ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=";

fn sandbox() -> Sandbox {
    Sandbox::new().env("WEBHOOK_SIGNING_SECRET", SECRET)
}

fn record(id: &str, body: &str, args: &[&str]) -> String {
    let args = [&["sign", "--as", "json", "--id", id], args].concat();
    sandbox().run_with(&args, body).out().to_owned()
}

fn stream() -> String {
    [
        "{\"type\":\"ready\",\"url\":\"http://127.0.0.1:8080/\"}\n",
        &record("msg_1", "{\"type\":\"a\"}", &[]),
        "\n",
        "{\"type\":\"delivery\"}\n",
        "garbage\n",
        &record("msg_2", "{\"type\":\"b\"}", &["--timestamp", "5"]),
        &record("msg_3", "no json", &["--scheme", "v1a"]),
        record("msg_4", "{\"type\":\"c\"}", &[]).trim_end(),
    ]
    .concat()
}

#[test]
fn every_line_has_its_verdict_and_bad_lines_stop_nothing() {
    let output = sandbox().run_with(&["verify", "--jsonl", "--json"], stream());
    let seen: Vec<_> = output
        .json_lines()
        .iter()
        .map(|verdict| {
            let text = |name: &str| verdict[name].as_str().unwrap_or("-").to_owned();
            assert_eq!(verdict["type"], "verdict");
            (
                verdict["line"].as_u64().expect("a line"),
                text("webhook_id"),
                text("event_type"),
                text("reason"),
            )
        })
        .collect();
    let row = |line: u64, id: &str, event: &str, reason: &str| {
        (line, id.to_owned(), event.to_owned(), reason.to_owned())
    };
    assert_eq!(
        seen,
        [
            row(2, "msg_1", "a", "-"),
            row(4, "-", "-", "malformed_record"),
            row(5, "-", "-", "malformed_record"),
            row(6, "msg_2", "b", "timestamp_too_old"),
            row(7, "msg_3", "-", "no_key"),
            row(8, "msg_4", "c", "-"),
        ]
    );
    assert_eq!((output.code, output.err()), (2, ""));
}

#[test]
fn people_read_lines() {
    let output = sandbox().run_with(&["verify", "--jsonl"], stream());
    let starts: Vec<String> = output.out().lines().map(|line| line.chars().take(24).collect()).collect();
    assert_eq!(
        starts,
        [
            "✓ valid   a             ",
            "✗ malformed line 4: it i",
            "✗ malformed line 5: it i",
            "✗ invalid b             ",
            "  hint: sign it anew wit",
            "✗ invalid (no type)     ",
            "  hint: webhook-signatur",
            "✓ valid   c             ",
        ]
    );
    assert_eq!(output.err(), "2 valid, 2 invalid, 2 malformed\n");
}

/// Lines are judged two at a time.
#[test]
fn a_line_is_judged_the_same_whatever_is_beside_it() {
    let body = format!("{{\"type\":\"a\",\"pad\":\"{}\"}}", "x".repeat(200));
    let good = record("good", &body, &[]);
    let kinds = [
        (good.clone(), "-"),
        (record("short", "{}", &[]), "-"),
        (record("stale", &body, &["--timestamp", "5"]), "timestamp_too_old"),
        (record("other", &body, &["--scheme", "v1a"]), "no_key"),
        (good.replace("\"webhook-id\",\"good\"", "\"webhook-id\",\"moved\""), "signature_mismatch"),
        ("garbage\n".to_owned(), "malformed_record"),
        ("{\"type\":\"ready\"}\n".to_owned(), ""),
    ];
    let pairs = kinds.iter().flat_map(|one| kinds.iter().map(move |two| [one, two]));
    let (mut stream, mut expected) = (String::new(), Vec::new());
    for (line, reason) in pairs.flatten().chain([&kinds[0]]) {
        stream.push_str(line);
        expected.extend((!reason.is_empty()).then_some(*reason));
    }
    let output = sandbox().run_with(&["verify", "--jsonl", "--json"], stream);
    let verdicts = output.json_lines();
    let reasons: Vec<_> = verdicts.iter().map(|verdict| verdict["reason"].as_str().unwrap_or("-")).collect();
    assert_eq!(reasons, expected);
    let lines: Vec<_> = verdicts.iter().filter_map(|verdict| verdict["line"].as_u64()).collect();
    assert!(lines.len() == expected.len() && lines.is_sorted(), "{lines:?}");
}

#[test]
fn the_exit_code_is_that_of_the_worst_line() {
    let good = record("msg_1", "{}", &[]);
    let stale = record("msg_1", "{}", &["--timestamp", "5"]);
    let code = |input: &str| sandbox().run_with(&["verify", "--jsonl"], input).code;
    assert_eq!(code(""), 0);
    assert_eq!(code(&good), 0);
    assert_eq!(code(&format!("{good}{stale}")), 1);
    assert_eq!(code(&format!("{stale}x\n{good}")), 2);
}

#[test]
fn a_line_says_what_verifying_the_record_alone_says() {
    for line in stream().lines().filter(|line| line.contains("body_b64")) {
        let alone = sandbox().run_with(&["verify", "--json"], line).json();
        let mut streamed = sandbox().run_with(&["verify", "--jsonl", "--json"], line).json();
        assert_eq!(streamed["line"], 1);
        streamed.as_object_mut().expect("an object").remove("line");
        assert_eq!(alone, streamed);
    }
}

#[test]
fn order_is_kept_whatever_the_number_of_threads() {
    let sandbox = sandbox();
    // Long and short records in turn, so that blocks take different times.
    let long = "x".repeat(100_000);
    let all: String = (0..400)
        .map(|at| record(&format!("msg_{at}"), if at % 7 == 0 { &long } else { "{}" }, &[]))
        .collect();
    for jobs in ["1", "2", "5"] {
        let output = sandbox.run_with(&["verify", "--jsonl", "--json", "--jobs", jobs], &all);
        assert_eq!(output.code, 0);
        let ids: Vec<_> = output.json_lines().iter().map(|verdict| verdict["webhook_id"].clone()).collect();
        let expected: Vec<_> = (0..400).map(|at| serde_json::json!(format!("msg_{at}"))).collect();
        assert_eq!(ids, expected, "{jobs} jobs");
    }
}

#[test]
fn a_record_with_a_second_body_is_refused() {
    let line = record("msg_1", "{\"type\":\"a\"}", &[]);
    for hidden in ["body_b64", "body\\u005fb64", "headers", "he\\u0061ders"] {
        let doubled = line.trim_end().replacen("\"verdict\":null", &format!("\"{hidden}\":\"e30=\""), 1);
        let output = sandbox().run_with(&["verify", "--jsonl", "--json"], &doubled);
        assert_eq!((output.code, &output.json()["reason"]), (2, &"malformed_record".into()), "{doubled}");
    }
}

#[test]
fn a_slow_stream_is_answered_line_by_line() {
    let sandbox = sandbox();
    let mut command = sandbox.command(&["verify", "--jsonl", "--json", "--ignore-timestamp"]);
    let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("starts");
    let mut stdin = process.stdin.take().expect("is piped");
    let lines = BufReader::new(process.stdout.take().expect("is piped")).lines();
    let (sender, answers) = mpsc::channel();
    std::thread::spawn(move || lines.for_each(|line| drop(sender.send(line.expect("reads")))));
    for at in 0..3 {
        let id = format!("msg_{at}");
        stdin.write_all(record(&id, "{}", &[]).as_bytes()).expect("writes");
        let answer = answers.recv_timeout(DEADLINE).expect("the verdict comes before the next line");
        assert!(answer.contains(&id), "{answer}");
    }
    drop(stdin);
    assert!(process.wait().expect("ends").success());
}

#[test]
fn more_threads_than_a_machine_has_are_refused() {
    let output = sandbox().run_with(&["verify", "--jsonl", "--jobs", "1000000"], stream());
    assert_eq!(output.code, 2, "{output:?}");
    assert!(output.err().contains("1000000 is not in 1..=1024"), "{output:?}");
}

#[test]
fn what_stands_before_a_key_set_that_cannot_be_had_is_answered() {
    let set = format!("http://127.0.0.1:{}/jwks.json", crate::support::closed_port());
    let (first, foreign) = (record("msg_1", "{}", &[]), record("msg_2", "{}", &["--scheme", "v1a"]));
    let args = ["verify", "--jsonl", "--json", "--jobs", "1", "--jwks", &set];
    let output = sandbox().run_with(&args, format!("{first}{foreign}"));
    assert_eq!(output.code, 4, "{output:?}");
    let verdicts = output.json_lines();
    assert_eq!(verdicts.len(), 1, "{output:?}");
    assert_eq!(verdicts[0]["webhook_id"], "msg_1");
}
