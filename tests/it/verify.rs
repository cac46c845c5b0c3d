//! `gwh verify`: what it says and how it ends.

#[cfg(unix)]
use std::process::Stdio;

use crate::support::{NOW, Output, Sandbox};

const BODY: &str = r#"{"type":"batch.succeeded","data":{"id":"b_1","output_file_uri":"gs://b/r"},"user_metadata":{"n":1.0}}"#;
const SECRET: &str = "whsec_ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=";

fn sandbox() -> Sandbox {
    Sandbox::new().env("WEBHOOK_SIGNING_SECRET", SECRET)
}

fn signed(args: &[&str]) -> Vec<u8> {
    sandbox().run_with(&[&["sign", "--id", "msg_1"], args].concat(), BODY).stdout
}

fn verify(args: &[&str], input: impl AsRef<[u8]>) -> Output {
    sandbox().run_with(&[&["verify"], args].concat(), input)
}

#[test]
fn a_valid_delivery_is_one_line_and_what_the_event_says() {
    let output = verify(&[], signed(&["--timestamp", "-12s"]));
    assert_eq!(output.code, 0);
    assert_eq!(
        output.out(),
        "✓ valid   batch.succeeded   msg_1  v1 with whsec_...Pj8= (WEBHOOK_SIGNING_SECRET)  12s old\n  \
         event: gs://b/r\n  user_metadata: {\"n\":1.0}\n"
    );
    assert_eq!(output.err(), "");
}

#[test]
fn an_invalid_delivery_says_why() {
    let output = verify(&[], signed(&[]).strip_suffix(b"}").expect("ends so"));
    assert_eq!(output.code, 1);
    let first = output.out().lines().next().expect("a line");
    assert!(first.starts_with("✗ invalid (no type)         msg_1  signature mismatch: "), "{first}");
    assert!(
        output.out().contains("\n  hint: the body is one byte shorter than its Content-Length\n"),
        "{output:?}"
    );
    assert!(!output.out().contains("gs://"), "nobody vouches for what it says");
}

#[test]
fn json_is_one_object_of_a_fixed_shape() {
    let valid = verify(&["--json"], signed(&[]));
    assert_eq!(
        valid.out(),
        "{\"type\":\"verdict\",\"webhook_id\":\"msg_1\",\"event_type\":\"batch.succeeded\",\"valid\":true,\"scheme\":\"v1\",\
         \"key\":\"whsec_...Pj8=\",\"key_name\":\"WEBHOOK_SIGNING_SECRET\",\"age_seconds\":0,\"timestamp_checked\":true,\
         \"binding\":\"signature\",\"reason\":null,\"detail\":null,\"hints\":[],\"diagnosis\":[]}\n"
    );
    let stale = verify(&["--json"], signed(&["--timestamp", "-10m"]));
    let expected = serde_json::json!({
        "type": "verdict", "webhook_id": "msg_1", "event_type": "batch.succeeded", "valid": false, "scheme": "v1",
        "key": "whsec_...Pj8=", "key_name": "WEBHOOK_SIGNING_SECRET", "age_seconds": 600, "timestamp_checked": true,
        "binding": null, "reason": "timestamp_too_old",
        "detail": "the timestamp is 10m old and 5m is allowed; the signature itself is right",
        "hints": ["sign it anew with gwh sign, or judge it as of then: gwh verify --at 1769082600"], "diagnosis": [],
    });
    assert_eq!((stale.code, stale.json()), (1, expected));
    let unsigned = verify(&["--json"], "POST / HTTP/1.1\n\n{}");
    assert_eq!(unsigned.code, 1);
    let verdict = unsigned.json();
    assert_eq!(
        (&verdict["webhook_id"], &verdict["event_type"], &verdict["scheme"]),
        (&().into(), &().into(), &().into())
    );
    assert_eq!(verdict["detail"], "missing webhook-id, webhook-timestamp, webhook-signature");
}

#[test]
fn time_is_judged_as_asked() {
    let old = signed(&["--timestamp", "-1h"]);
    assert_eq!(verify(&[], &old).code, 1);
    assert_eq!(verify(&["--at", "-1h"], &old).code, 0);
    assert_eq!(verify(&["--at", "2026-01-22T11:04:00Z"], &old).code, 0);
    assert_eq!(verify(&["--at", &(NOW - 7_200).to_string()], &old).code, 1);
    assert_eq!(verify(&["--tolerance", "2h"], &old).code, 0);
    let ignored = verify(&["--ignore-timestamp"], &old);
    assert_eq!(ignored.code, 0);
    assert!(ignored.out().contains("1h old  ! the timestamp was not checked"), "{ignored:?}");
    let json = verify(&["--ignore-timestamp", "--json"], &old).json();
    assert_eq!(
        (&json["timestamp_checked"], &json["detail"]),
        (&false.into(), &"the timestamp was not checked".into())
    );
}

#[test]
fn missing_headers_are_a_verdict_in_a_request_and_a_usage_error_for_a_bare_body() {
    let request = String::from_utf8(signed(&[])).expect("text");
    let without: String = request
        .lines()
        .filter(|line| !line.starts_with("webhook-timestamp"))
        .map(|line| format!("{line}\n"))
        .collect();
    let verdict = verify(&["--json"], without);
    assert_eq!((verdict.code, &verdict.json()["detail"]), (1, &"missing webhook-timestamp".into()));
    let partly = verify(&["--json", "--id", "msg_1"], BODY);
    assert_eq!((partly.code, &partly.json()["reason"]), (1, &"missing_header".into()));
    for body in [BODY, "", "plain text\nof two lines", "{\"type\":\"ready\"}"] {
        let output = verify(&[], body);
        assert_eq!((output.code, output.out()), (2, ""), "{body}");
        for part in [
            "webhook-id, webhook-timestamp and webhook-signature are missing",
            "--signature",
            "HTTP request",
            "HTTP_WEBHOOK_ID",
        ] {
            assert!(output.err().contains(part), "{part}: {output:?}");
        }
    }
    let stream = verify(&[], "{\"type\":\"ready\"}\n{\"type\":\"delivery\"}\n");
    assert!(stream.err().contains("add --jsonl"), "{stream:?}");
}

#[test]
fn verbose_says_what_was_recognised_and_tried() {
    let output = verify(&["-v"], signed(&[]));
    let keys = "keys: whsec_...Pj8= (WEBHOOK_SIGNING_SECRET)";
    let input = format!("input: an HTTP request; {} B of body, 6 headers", BODY.len());
    assert_eq!(output.err(), format!("{input}\n{keys}\n"));
}

#[test]
fn malformed_input_is_a_usage_error() {
    let sandbox = sandbox();
    for (input, part) in [
        ("POST / HTTP/1.1\nwebhook-id: a\nno header\n\n", "line 3"),
        ("POST / HTTP/1.1\ncontent-length: x\n\n", "Content-Length"),
        ("POST / HTTP/1.1\ntransfer-encoding: chunked\n\n5\nhello world\n0\n\n", "chunked"),
        ("{\"headers\":[[\"webhook-id\",\"a\"]],\"body_b64\":\"%\"}", "body_b64 is not base64"),
        ("{\"headers\":[],\"body_b64\":\"\",\"body_b64\":\"e30=\"}", "more than once"),
    ] {
        let output = sandbox.run_with(&["verify"], input);
        assert_eq!((output.code, output.out()), (2, ""), "{output:?}");
        assert!(output.err().contains(part), "{part}: {output:?}");
    }
    for args in [
        &["verify", "-H", "no colon"][..],
        &["verify", "-H", "bad name: x"],
        &["verify", "--at", "then"],
        &["verify", "--jobs", "2"],
        &["verify", "--jsonl", "--id", "a"],
        &["verify", "--secret-file", "-"],
        &["verify", "--jwks", "-"],
        &["verify", "--headers-file", "-"],
    ] {
        assert_eq!(sandbox.run_with(args, "").code, 2, "{args:?}");
    }
    let both = sandbox.run(&["verify", "--secret-file", "-"]);
    assert!(both.err().contains("--secret-file - and the delivery both read stdin"), "{both:?}");
    let json = sandbox.run(&["verify", "--json", "--secret-file", "-"]);
    let error: serde_json::Value = serde_json::from_str(json.err()).expect("one object");
    assert_eq!((&error["type"], &error["kind"]), (&"error".into(), &"usage".into()));
}

#[test]
fn a_missing_secret_or_file_is_a_configuration_error() {
    for args in [
        &["verify", "--secret-env", "NOT_SET"][..],
        &["verify", "--secret-file", "missing"],
        &["verify", "--jwks", "missing"],
        &["verify", "missing"],
        &["verify", "--jsonl", "missing"],
        &["verify", "--headers-file", "missing"],
    ] {
        let output = sandbox().run(args);
        assert_eq!((output.code, output.out()), (3, ""), "{args:?}: {output:?}");
    }
}

#[test]
fn what_strangers_write_is_shown_escaped() {
    let request = "POST / HTTP/1.1\nwebhook-id: \u{9b}31mred\u{202e}\nwebhook-timestamp: 1\nwebhook-signature: v9,\u{9b}x\n\n{\"type\":\"a\\u001b[2J\"}";
    let output = verify(&[], request);
    assert_eq!(output.code, 1);
    let unsafe_characters =
        output.out().chars().filter(|c| (c.is_control() && *c != '\n') || *c == '\u{202e}').count();
    assert_eq!(unsafe_characters, 0, "{output:?}");
    assert!(output.out().contains("a\\x1b[2J"), "{output:?}");
    let json = verify(&["--json"], request);
    assert_eq!(json.out().lines().count(), 1);
}

#[test]
fn large_garbage_is_refused_at_once() {
    let noise: Vec<u8> =
        (0..10_000_000u32).map(|at| at.wrapping_mul(2_654_435_761).to_be_bytes()[0]).collect();
    assert_eq!(verify(&[], &noise).code, 2);
    assert_eq!(verify(&[], "a: b\n".repeat(2_000_000)).code, 2);
    assert_eq!(verify(&[], "[".repeat(10_000_000)).code, 2);
    assert_eq!(verify(&[], ["[".repeat(1_000_000), "]".repeat(1_000_000)].concat()).code, 2);
    assert_eq!(verify(&[], [b"POST / HTTP/1.1\r\n", &noise[..]].concat()).code, 2);
}

/// Runs `command` in a shell with the real binary as `gwh`, and answers its exit code and stdout.
#[cfg(unix)]
fn shell(command: &str) -> (i32, String) {
    let sandbox = Sandbox::new();
    let output = std::process::Command::new("sh")
        .arg("-c")
        .arg(format!("gwh() {{ \"$GWH\" \"$@\"; }}\n{command}"))
        .env("GWH", env!("CARGO_BIN_EXE_gwh"))
        .env("HOME", sandbox.path())
        .env("BODY", BODY)
        .env_remove("WEBHOOK_SIGNING_SECRET")
        .current_dir(sandbox.path())
        .stdin(Stdio::null())
        .output()
        .expect("sh starts");
    (output.status.code().expect("ends by itself"), String::from_utf8_lossy(&output.stdout).into_owned())
}

#[cfg(unix)]
#[test]
fn a_shell_sees_the_exit_codes_of_the_table() {
    const HEADERS: &str = "eval \"$(printf '%s' \"$BODY\" | gwh sign --as env)\"; \
        ID=$HTTP_WEBHOOK_ID TIMESTAMP=$HTTP_WEBHOOK_TIMESTAMP SIGNATURE=$HTTP_WEBHOOK_SIGNATURE; \
        unset HTTP_WEBHOOK_ID HTTP_WEBHOOK_TIMESTAMP HTTP_WEBHOOK_SIGNATURE; ";
    let verify = "gwh verify --id \"$ID\" --timestamp \"$TIMESTAMP\" --signature \"$SIGNATURE\"";
    assert_eq!(shell(&format!("{HEADERS} printf '%s' \"$BODY\" | {verify}")).0, 0);
    assert_eq!(shell(&format!("{HEADERS} printf '%s\\n' \"$BODY\" | {verify}")).0, 1);
    assert_eq!(shell("printf '%s' \"$BODY\" | gwh verify").0, 2);
    assert_eq!(shell("printf '%s' \"$BODY\" | gwh verify --secret-env NOT_SET").0, 3);
    assert_eq!(shell("printf '%s' \"$BODY\" | gwh sign | gwh verify").0, 0, "with nothing configured");
    for scheme in ["v1a", "jwt"] {
        let fresh_key = format!("printf '%s' \"$BODY\" | gwh sign --scheme {scheme} | gwh verify");
        assert_eq!(shell(&fresh_key).0, 0, "a {scheme} key that is made in the same moment");
    }
    assert_eq!(shell("printf '%s' \"$BODY\" | gwh sign --as json > r; gwh verify r").0, 0);
    let cgi = "eval \"$(printf '%s' \"$BODY\" | gwh sign --as env)\"; printf '%s' \"$BODY\" | gwh verify";
    assert_eq!(shell(cgi).0, 0);
    let closed = shell(
        "printf '%s' \"$BODY\" | gwh sign --as json > r; for i in 1 2 3 4 5 6 7 8; do cat r r > s; cat s s > r; done; { gwh verify --jsonl r; echo $? > code; } | head -n 1 > /dev/null; cat code",
    );
    assert_eq!(closed.1, "0\n", "a closed pipe is no failure");
}

#[test]
fn a_dump_of_curl_without_the_body_says_how_to_add_it() {
    let sandbox = Sandbox::new();
    let dump = "> POST / HTTP/1.1\n> webhook-id: a\n> \n} [4 bytes data]\n< HTTP/1.1 200 OK\n";
    let output = sandbox.run_with(&["verify"], dump);
    assert_eq!(
        (output.code, output.err()),
        (
            2,
            "error: the HTTP request is malformed: curl -v does not show the body that it sent\n  \
             hint: give the same file with --headers-file and the body as FILE: gwh verify --headers-file DUMP BODY\n"
        )
    );
    let file = sandbox.file("dump.txt", dump);
    let output = sandbox.run_with(&["verify", "--headers-file", &file.display().to_string()], "{}");
    assert!(output.out().contains("missing webhook-timestamp, webhook-signature"), "{output:?}");
}

#[test]
fn a_negative_tolerance_and_a_secret_as_a_name_are_told_what_is_expected() {
    let sandbox = Sandbox::new();
    let output = sandbox.run(&["verify", "--tolerance", "-5m"]);
    assert!(output.err().contains("expected a duration such as 30s"), "{output:?}");
    let output = sandbox.run(&["verify", "--secret-env", "whsec_AAAA"]);
    assert!(output.err().contains("hint: give the name of a variable"), "{output:?}");
}

#[test]
fn a_signature_of_another_hash_is_told_by_its_length() {
    let sandbox = Sandbox::new();
    for (length, hash) in [(27, "SHA-1"), (86, "SHA-512")] {
        let signature = format!("v1,{}{}", "A".repeat(length), "=".repeat(4 - length % 4));
        let headers = ["verify", "--id", "a", "--timestamp", "1", "--signature", &signature];
        let output = sandbox.run_with(&headers, "{}");
        assert!(output.out().contains(&format!("instead of 32, as long as one of {hash}")), "{output:?}");
    }
}
