//! What goes out: the request, the event, the signature.

use gwh::event::catalog::CATALOG;
use gwh::signature::{Keys, Scheme, parse_jwks};

use super::{SECRET, keys, sandbox, to};
use crate::support::{NOW, Receiver, Reply, Sandbox};

#[test]
fn a_sample_goes_out_as_a_signed_json_post() {
    let receiver = Receiver::answering(200);
    let url = receiver.url("/webhook?x=1");
    let output = sandbox().run(&to(&url, &["batch.succeeded"]));
    assert_eq!(output.code, 0, "{output:?}");
    let request = receiver.only();
    assert_eq!((request.method.as_str(), request.path.as_str()), ("POST", "/webhook?x=1"));
    let names: Vec<&str> = request.headers.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(
        names,
        [
            "host",
            "user-agent",
            "content-type",
            "webhook-id",
            "webhook-timestamp",
            "webhook-signature",
            "content-length"
        ]
    );
    assert_eq!(request.header("host"), format!("127.0.0.1:{}", receiver.port()));
    assert_eq!(request.header("user-agent"), concat!("gwh/", env!("CARGO_PKG_VERSION")));
    assert_eq!(request.header("content-type"), "application/json");
    assert_eq!(request.header("webhook-timestamp"), NOW.to_string());
    assert!(request.verdict(&keys(), NOW).is_valid());
    let event = request.json();
    assert_eq!(event["type"], "batch.succeeded");
    assert_eq!(event["timestamp"], "2026-01-22T12:00:00Z");
    assert!(event["data"]["id"].as_str().is_some_and(|id| id.starts_with("batch_") && id != "batch_123456"));
    assert_eq!(event["data"]["output_file_uri"], "gs://my-bucket/results.jsonl");
}

#[test]
fn the_line_says_what_happened() {
    let receiver = Receiver::answering(204);
    let url = receiver.url("/hook");
    let output = sandbox().run(&to(&url, &["batch.expired", "--id", "msg_1"]));
    let line = output.out().trim_end();
    let (start, rest) = line.split_once("ms  ").unwrap_or_else(|| panic!("{output:?}"));
    assert!(start.starts_with(&format!("<-- 204 {url}  ")), "{line}");
    assert_eq!(rest, "batch.expired  msg_1");
    assert_eq!(output.err(), "");
}

#[test]
fn every_type_is_sent_and_signed_with_every_scheme() {
    let receiver = Receiver::answering(200);
    let url = receiver.url("/");
    let sandbox = Sandbox::new();
    for scheme in Scheme::ALL {
        for event in CATALOG {
            let output = sandbox.run(&to(&url, &[event.name, "--scheme", scheme.name()]));
            assert_eq!(output.code, 0, "{output:?}");
        }
    }
    let jwks = sandbox.run(&["keys", "jwks"]);
    let secret = sandbox.run(&["secrets", "get", "local"]);
    let keys = Keys {
        public_keys: parse_jwks(jwks.out().as_bytes(), &"local".into()).expect("a key set").keys,
        secrets: vec![gwh::signature::NamedSecret::new(
            "local",
            gwh::signature::Secret::parse(secret.out()).expect("a secret"),
        )],
        ..Keys::default()
    };
    let received = receiver.received();
    assert_eq!(received.len(), 27);
    for (index, request) in received.iter().enumerate() {
        let verdict = request.verdict(&keys, NOW);
        let scheme = verdict.proof().map(|proof| proof.scheme);
        assert_eq!(scheme, Some(Scheme::ALL[index / 9]), "{verdict:?}");
        assert_eq!(request.json()["type"], CATALOG[index % 9].name);
    }
}

#[test]
fn an_unknown_type_is_sent_with_a_warning() {
    let receiver = Receiver::answering(200);
    let url = receiver.url("/");
    let output = sandbox().run(&to(&url, &["batch.completed"]));
    assert_eq!(output.code, 0);
    assert_eq!(
        output.err(),
        "warning: \"batch.completed\" is not a known event type; it is sent all the same (did you mean batch.succeeded?)\n"
    );
    assert_eq!(receiver.only().json()["type"], "batch.completed");
}

#[test]
fn without_an_event_off_a_terminal_nothing_is_asked() {
    let output = sandbox().run(&["trigger"]);
    assert_eq!((output.code, output.out()), (2, ""));
    assert!(output.err().contains("EVENT") && output.err().contains("gwh trigger --list"), "{output:?}");
}

#[test]
fn data_goes_out_byte_for_byte() {
    let receiver = Receiver::answering(200);
    let url = receiver.url("/");
    let odd = b"{ \"type\" : \"batch.failed\",\r\n\t\"n\":1e2, \"n\":-0, \"s\":\"\\u00e9\xc3\xa9\" }\n";
    let sandbox = sandbox();
    sandbox.file("event.json", odd);
    sandbox.file("binary", b"\x00\xff\xfe");
    let run = |data: &str, stdin: &[u8]| {
        let output = sandbox.run_with(&to(&url, &["--data", data]), stdin);
        assert_eq!(output.code, 0, "{output:?}");
    };
    run("@event.json", b"");
    run("-", odd);
    run(r#"{"type" : "x"}"#, b"");
    run("@binary", b"");
    let bodies: Vec<Vec<u8>> = receiver.received().into_iter().map(|request| request.body).collect();
    assert_eq!(bodies, [odd.to_vec(), odd.to_vec(), br#"{"type" : "x"}"#.to_vec(), b"\x00\xff\xfe".to_vec()]);
    assert!(receiver.received().iter().all(|request| request.verdict(&keys(), NOW).is_valid()));
}

#[test]
fn data_that_is_a_file_name_without_its_sign_is_a_usage_error() {
    let sandbox = sandbox();
    sandbox.file("event.json", "{}");
    let output = sandbox.run(&["trigger", "--data", "event.json"]);
    assert_eq!(output.code, 2);
    assert!(output.err().contains("write --data @event.json"), "{output:?}");
    let output = sandbox.run(&["trigger", "--data", "@missing.json"]);
    assert_eq!(output.code, 3, "{output:?}");
    let output = sandbox.run(&["trigger", "--data", "-", "--secret-file", "-"]);
    assert_eq!(output.code, 2, "{output:?}");
}

#[test]
fn values_and_metadata_are_set() {
    let receiver = Receiver::answering(200);
    let url = receiver.url("/");
    let args = [
        "batch.failed",
        "--set",
        "data.error_code=QUOTA",
        "--set",
        "data.id=\"7\"",
        "--set",
        "data.new.deep=[1e2]",
        "--user-metadata",
        "job.id=42",
        "--user-metadata",
        "who=me=you",
        "--set",
        "user_metadata.extra=true",
    ];
    let output = sandbox().run(&to(&url, &args));
    assert_eq!(output.code, 0, "{output:?}");
    let expected = concat!(
        r#"{"type":"batch.failed","version":"v1","timestamp":"2026-01-22T12:00:00Z","data":{"id":"7","error_code":"QUOTA","#,
        r#""error_message":"The input file has 3 lines that are not valid requests.","new":{"deep":[1e2]}},"#,
        r#""user_metadata":{"job.id":42,"who":"me=you","extra":true}}"#
    );
    assert_eq!(String::from_utf8_lossy(&receiver.only().body), expected);
    let output = sandbox().run(&to(&url, &["batch.failed", "--set", "type.x=1"]));
    assert_eq!(output.code, 2, "{output:?}");
}

#[test]
fn id_time_and_headers_are_the_users_choice() {
    let receiver = Receiver::answering(200);
    let url = receiver.url("/");
    let args = [
        "batch.expired",
        "--id",
        "evt_7",
        "--timestamp",
        "-10m",
        "-H",
        "User-Agent: probe",
        "-H",
        "x-tag: a",
        "-H",
        "x-tag: b",
        "-H",
        "webhook-signature: v1,none",
    ];
    let output = sandbox().run(&to(&url, &args));
    assert_eq!(output.code, 0, "{output:?}");
    let request = receiver.only();
    assert_eq!(request.header("webhook-id"), "evt_7");
    assert_eq!(request.header("webhook-timestamp"), (NOW - 600).to_string());
    assert_eq!(request.json()["timestamp"], "2026-01-22T11:50:00Z");
    assert_eq!(request.header("user-agent"), "probe");
    assert_eq!(request.values("x-tag"), ["a", "b"]);
    assert_eq!(request.header("webhook-signature"), "v1,none");
}

#[test]
fn bad_flags_are_usage_errors_and_send_nothing() {
    let receiver = Receiver::answering(200).idle();
    let url = receiver.url("/");
    for bad in [
        &["--rate", "0/s"][..],
        &["--count", "0"],
        &["--concurrency", "0"],
        &["--timeout", "0s"],
        &["--id", "a b"],
        &["-H", "no colon"],
        &["--timestamp", "soon"],
        &["--set", "novalue"],
        &["--scheme", "v2"],
        &["--corrupt", "everything"],
        &["--expect-status", "6xx"],
    ] {
        let mut args = to(&url, &["batch.expired"]);
        args.extend(bad);
        assert_eq!(sandbox().run(&args).code, 2, "{bad:?}");
    }
    for bad in ["ftp://h/", "localhost", "http://me:hunter2@h/", "99999"] {
        let output = sandbox().run(&to(bad, &["batch.expired"]));
        assert_eq!(output.code, 2, "{bad}");
    }
    assert!(receiver.received().is_empty());
}

#[test]
fn a_port_means_localhost_on_either_loopback_address() {
    for address in ["127.0.0.1:0", "[::1]:0"] {
        let receiver = Receiver::on(address, |_, _| Reply::Status(200));
        let port = receiver.port().to_string();
        let output = sandbox().run(&to(&port, &["batch.expired"]));
        assert_eq!(output.code, 0, "{address}: {output:?}");
        assert_eq!(receiver.only().header("host"), format!("localhost:{port}"));
    }
}

#[test]
fn the_destination_comes_from_the_flag_then_the_environment_then_the_file() {
    let receiver = Receiver::answering(200);
    let path = |sandbox: Sandbox, args: &[&str]| {
        let output = sandbox.run(args);
        assert_eq!(output.code, 0, "{output:?}");
        receiver.received().last().expect("arrived").path.clone()
    };
    let file = format!("[trigger]\nto = {:?}\n", receiver.url("/file"));
    let with_file = || {
        let sandbox = sandbox();
        sandbox.file("gwh.toml", &file);
        sandbox
    };
    let variable = receiver.url("/variable");
    assert_eq!(path(with_file(), &["trigger", "batch.expired"]), "/file");
    assert_eq!(path(with_file().env("GWH_TO", &variable), &["trigger", "batch.expired"]), "/variable");
    let flag = ["trigger", "batch.expired", "--to", "/flag"];
    assert_eq!(path(with_file().env("GWH_TO", &variable), &flag), "/flag");
    let output = sandbox().env("GWH_TO", "nowhere").run(&["trigger", "batch.expired"]);
    assert_eq!(output.code, 3, "{output:?}");
}

#[test]
fn a_secret_that_cannot_sign_the_scheme_is_refused() {
    let sandbox = Sandbox::new();
    sandbox.file("secret", SECRET);
    let output = sandbox.run(&["trigger", "batch.expired", "--secret-file", "secret", "--scheme", "v1a"]);
    assert_eq!(output.code, 3, "{output:?}");
}

#[test]
fn verbose_shows_the_request_without_credentials() {
    let receiver = Receiver::answering(200);
    let url = receiver.url("/");
    let output = sandbox().run(&to(&url, &["batch.expired", "-v", "-H", "authorization: Bearer hunter2"]));
    assert!(output.err().contains(&format!("--> POST {url}")), "{output:?}");
    assert!(output.err().contains("authorization: [not shown]"), "{output:?}");
    assert!(!output.err().contains("hunter2") && !output.err().contains(SECRET));
    assert_eq!(receiver.only().header("authorization"), "Bearer hunter2");
}

#[test]
fn the_list_shows_the_catalogue() {
    let output = sandbox().run(&["trigger", "--list"]);
    assert_eq!((output.code, output.err()), (0, ""));
    let lines: Vec<&str> = output.out().lines().collect();
    assert_eq!(lines[0], "batch.succeeded              a batch is done and its results can be fetched");
    assert_eq!(lines[3], "batch.cancelled              a batch was cancelled  (not in subscriptions today)");
    let output = sandbox().run(&["trigger", "--list", "--json"]);
    assert_eq!(output.json_lines().len(), 9);
    assert_eq!(
        output.json_lines()[3],
        serde_json::json!({"type": "event_type", "name": "batch.cancelled",
                           "about": "a batch was cancelled", "subscribable": false})
    );
}

#[test]
fn the_id_that_is_told_is_the_one_that_was_sent() {
    let handler = Receiver::answering(200);
    let output = Sandbox::new().run(&[
        "--json",
        "trigger",
        "batch.succeeded",
        "--to",
        &handler.url("/"),
        "-H",
        "webhook-id: mine",
    ]);
    assert_eq!(output.json()["webhook_id"], "mine", "{output:?}");
}
