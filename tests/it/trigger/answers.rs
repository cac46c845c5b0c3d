//! What comes back, or does not.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::time::Instant;

use super::{Nowhere, sandbox, to};
use crate::support::{DEADLINE, Output, Receiver, Reply, Sandbox};

/// Sends one event to a receiver that replies so.
fn reply(script: impl Fn() -> Reply + Send + Sync + 'static, more: &[&str]) -> Output {
    let receiver = Receiver::scripted(move |_, _| script());
    let url = receiver.url("/hook");
    sandbox().run(&to(&url, &[&["batch.expired"], more].concat()))
}

#[test]
fn only_2xx_is_success() {
    for (status, code) in
        [(200, 0), (204, 0), (299, 0), (301, 1), (400, 1), (401, 1), (404, 1), (500, 1), (503, 1)]
    {
        let answer = move || match status {
            204 => Reply::Raw(b"HTTP/1.1 204 X\r\n\r\n".to_vec()),
            status => Reply::Status(status),
        };
        let output = reply(answer, &[]);
        assert_eq!(output.code, code, "{status}: {output:?}");
        assert_eq!(output.err(), "");
    }
}

#[test]
fn another_status_can_be_expected() {
    assert_eq!(reply(|| Reply::Status(401), &["--expect-status", "4xx"]).code, 0);
    assert_eq!(reply(|| Reply::Status(401), &["--expect-status", "401"]).code, 0);
    assert_eq!(reply(|| Reply::Status(500), &["--expect-status", "4xx"]).code, 1);
    assert_eq!(reply(|| Reply::Status(200), &["--expect-status", "4xx"]).code, 1);
}

#[test]
fn a_failed_answer_shows_its_start_and_the_likely_cause() {
    let output = reply(|| Reply::with_body(401, "", "bad \u{1b}[31msignature"), &[]);
    let lines: Vec<&str> = output.out().lines().collect();
    assert!(lines[0].starts_with("<-- 401 "), "{output:?}");
    assert_eq!(lines[1], "  answer: bad \\x1b[31msignature");
    assert!(lines[2].starts_with("  hint: the handler verifies with another secret"), "{output:?}");
    let hint = |status| {
        let output = reply(move || Reply::Status(status), &[]);
        output.out().lines().find_map(|line| line.strip_prefix("  hint: ")).map(str::to_owned)
    };
    assert!(hint(404).is_some_and(|hint| hint.contains("/hook") && hint.contains("--to")));
    assert!(hint(405).is_some_and(|hint| hint.contains("POST")));
    assert_eq!(hint(429).as_deref(), Some("the handler limits the rate; lower it with --rate"));
    let several = reply(|| Reply::Status(429), &["--concurrency", "2"]);
    assert!(several.out().contains("lower it with --rate or --concurrency"), "{several:?}");
    assert!(hint(304).is_some_and(|hint| !hint.contains("redirect")));
    assert!(hint(500).is_some_and(|hint| hint.contains("log")));
    assert_eq!(hint(418), None);
}

#[test]
fn redirects_are_not_followed() {
    for status in [301, 302, 303, 307, 308] {
        let elsewhere = Receiver::answering(200).idle();
        let location = elsewhere.url("/moved");
        let header = format!("location: {location}\r\n");
        let output = reply(move || Reply::with_body(status, &header, ""), &[]);
        assert_eq!(output.code, 1, "{output:?}");
        assert!(output.out().contains(&format!("--to {location}")), "{output:?}");
        assert_eq!(elsewhere.connections(), 0);
    }
}

#[test]
fn nobody_there_is_exit_4_with_what_to_start() {
    let nowhere = Nowhere::new();
    let (url, place) = (nowhere.url(), &nowhere.authority);
    let output = sandbox().run(&to(&url, &["batch.expired"]));
    assert_eq!((output.code, output.out()), (4, ""), "{output:?}");
    let expected = format!("error: cannot deliver to {url}: nothing accepts connections at {place}\n");
    assert!(output.err().starts_with(&expected), "{output:?}");
    assert!(output.err().contains("gwh listen --port "), "{output:?}");
}

#[test]
fn a_name_without_an_address_is_exit_4() {
    // The name is reserved for never existing, so that no resolver has to be reached.
    let output = sandbox().run(&to("http://receiver.invalid/", &["batch.expired", "--timeout", "20s"]));
    assert_eq!(output.code, 4, "{output:?}");
    assert!(output.err().contains("receiver.invalid"), "{output:?}");
}

#[test]
fn plain_http_where_tls_is_due_is_exit_4() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("binds a free port");
    let url = format!("https://{}/", listener.local_addr().expect("is bound"));
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().expect("is called");
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n").expect("answers");
        stream.set_read_timeout(Some(DEADLINE)).expect("has a deadline");
        // Closing with bytes unread would reset the connection before the answer is read.
        drop(stream.read_to_end(&mut Vec::new()));
    });
    let output = sandbox().run(&to(&url, &["batch.expired"]));
    server.join().expect("the server does not panic");
    assert_eq!(output.code, 4, "{output:?}");
    assert!(output.err().contains("TLS"), "{output:?}");
}

fn no_answer(script: impl Fn() -> Reply + Send + Sync + 'static, more: &[&str], kind: &str) -> Output {
    let output = reply(script, &[&["--json"], more].concat());
    assert_eq!(output.code, 4, "{output:?}");
    assert_eq!(output.json()["error_kind"], kind, "{output:?}");
    output
}

#[test]
fn silence_times_out() {
    let start = Instant::now();
    let output = no_answer(|| Reply::Silence, &["--timeout", "150ms"], "timeout");
    assert_eq!(output.json()["error"], "no complete answer came within 150ms");
    assert_eq!(output.json()["status"], serde_json::Value::Null);
    assert!(start.elapsed() < DEADLINE);
}

#[test]
fn an_answer_that_stops_half_way_times_out_with_its_status() {
    let half = || Reply::Raw(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf".to_vec());
    let output = no_answer(half, &["--timeout", "150ms"], "timeout");
    assert_eq!(output.json()["status"], 200);
}

#[test]
fn a_connection_that_closes_early_is_no_answer() {
    no_answer(|| Reply::RawAndClose(Vec::new()), &[], "connection_closed");
    no_answer(|| Reply::RawAndClose(b"HTTP/1.1 200 OK\r\ncont".to_vec()), &[], "connection_closed");
    let half = || Reply::RawAndClose(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf".to_vec());
    let output = no_answer(half, &[], "connection_closed");
    assert_eq!(output.json()["status"], 200);
}

#[test]
fn another_protocol_is_no_answer() {
    no_answer(|| Reply::RawAndClose(b"220 mail.test ESMTP ready\r\n".to_vec()), &[], "not_http");
    no_answer(|| Reply::RawAndClose(b"\x15\x03\x01\x00\x02\x02\x46".to_vec()), &[], "not_http");
}

#[test]
fn a_chunked_answer_is_read() {
    let chunked = || {
        let answer = "HTTP/1.1 500 X\r\ntransfer-encoding: chunked\r\n\r\n3\r\none\r\n4\r\n two\r\n0\r\n\r\n";
        Reply::Raw(answer.into())
    };
    let output = reply(chunked, &[]);
    assert!(output.out().contains("  answer: one two\n"), "{output:?}");
}

#[test]
fn of_a_large_answer_only_the_start_is_read() {
    let body = "x".repeat(1 << 20);
    let output = reply(move || Reply::with_body(500, "", &body), &[]);
    let line = output.out().lines().find(|line| line.starts_with("  answer: ")).expect("shows the start");
    assert!(line.ends_with('…') && line.chars().count() < 250, "{line}");
    // An answer without an end shows that reading stops.
    let start = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
    let chunk = [b"1000\r\n".as_slice(), &[b'x'; 0x1000], b"\r\n"].concat();
    let output = reply(move || Reply::Endless(start.clone(), chunk.clone()), &[]);
    assert_eq!(output.code, 0, "{output:?}");
}

#[test]
fn json_says_the_same() {
    let receiver = Receiver::answering(503);
    let url = receiver.url("/");
    let output = sandbox().run(&to(&url, &["video.generated", "--json", "--id", "msg_1"]));
    assert_eq!((output.code, output.err()), (1, ""));
    let mut object = output.json();
    assert!(object["latency_ms"].take().is_u64());
    assert_eq!(
        object,
        serde_json::json!({"type": "sent", "webhook_id": "msg_1", "event_type": "video.generated", "url": url,
            "attempt": 1, "status": 503, "latency_ms": null, "error": null, "error_kind": null, "corrupt": null})
    );
    let nowhere = Nowhere::new();
    let output = sandbox().run(&to(&nowhere.url(), &["video.generated", "--json"]));
    assert_eq!(output.json()["error_kind"], "connection_refused");
    let error: serde_json::Value = serde_json::from_str(output.err()).expect("one JSON object");
    assert_eq!((error["type"].as_str(), error["kind"].as_str()), (Some("error"), Some("remote")));
}

#[test]
fn a_refusal_of_a_stored_webhooks_secret_is_not_blamed_on_the_test_secret() {
    let sandbox = Sandbox::new().env("GWH_SECRET_STORE", "file");
    sandbox.run_with(&["secrets", "set", "prod"], "whsec_MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=");
    let receiver = Receiver::answering(401);
    let output = sandbox.run(&to(&receiver.url("/"), &["batch.expired", "--webhook", "prod"]));
    assert_eq!(output.code, 1, "{output:?}");
    assert!(output.out().contains("hint: the handler verifies with another secret"), "{output:?}");
    let both = sandbox.run(&["trigger", "--via-emulator", "batch.expired", "--webhook", "prod"]);
    assert_eq!(both.code, 2, "the emulator signs with its webhooks' own secrets: {both:?}");
}
