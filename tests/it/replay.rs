//! `gwh replay`: captured deliveries, sent again.

use gwh::signature::{Reason, Secret};
use serde_json::json;

use crate::support::delivery::{local_secret, request_with_id, signed, signed_with};
use crate::support::http::{Client, post};
use crate::support::{Mood, NOW, Output, Received, Receiver, Reply, Sandbox, TestKeyring, closed_port};

const BODY: &str = r#"{"type":"batch.succeeded","data":{"id":"b_1"}}"#;
const LATER: i64 = NOW + 3600;
const SECRET: &str = "whsec_UGxhbnRlZFNlY3JldFdlYmhvb2tLZXlPbmUwMDE=";

/// A sandbox, an hour after its `listen` kept `msg_1`, `msg_2` and a forged `msg_3`.
fn captured() -> Sandbox {
    let sandbox = Sandbox::new();
    let (running, url) = sandbox.listen(&[]);
    let mut first = signed(&sandbox, "msg_1", BODY);
    for (name, value) in [("X-Trace", "one"), ("x-trace", "two"), ("authorization", "Bearer planted")] {
        first.push((name.to_owned(), value.to_owned()));
    }
    assert_eq!(post(&url, "/hook?x=1", &first, BODY.as_bytes()).status, 200);
    assert_eq!(post(&url, "/", &signed(&sandbox, "msg_2", b"\xff\0"), b"\xff\0").status, 200);
    assert_eq!(post(&url, "/", &signed(&sandbox, "msg_3", BODY), b"{}").status, 401);
    assert_eq!(running.stop().code, 0);
    sandbox.at(LATER)
}

/// What an independent receiver with the test secret says at the time of the replay.
fn reason(sandbox: &Sandbox, received: &Received) -> Option<Reason> {
    let secret = local_secret(sandbox);
    let keys = gwh::signature::Keys {
        secrets: vec![gwh::signature::NamedSecret::new("local", secret)],
        ..Default::default()
    };
    received.verdict(&keys, LATER).reason()
}

fn replay(sandbox: &Sandbox, receiver: &Receiver, args: &[&str]) -> Output {
    sandbox.run(&[&["replay", "--to", &receiver.port().to_string()], args].concat())
}

#[test]
fn it_is_the_same_delivery_with_a_fresh_signature() {
    let (sandbox, receiver) = (captured(), Receiver::answering(204));
    let output = replay(&sandbox, &receiver, &["msg_1"]);
    assert_eq!(output.code, 0, "{output:?}");
    let received = receiver.only();
    assert_eq!((received.path.as_str(), received.body.as_slice()), ("/hook?x=1", BODY.as_bytes()));
    assert_eq!(received.header("webhook-id"), "msg_1");
    assert_eq!(received.header("webhook-timestamp"), LATER.to_string());
    assert_eq!(received.values("x-trace"), ["one", "two"]);
    assert_eq!(received.values("authorization"), [] as [&str; 0], "what was redacted is not sent");
    assert_eq!(reason(&sandbox, &received), None);
}

#[test]
fn the_original_is_sent_as_it_came_and_is_too_old_by_now() {
    let (sandbox, receiver) = (captured(), Receiver::answering(401));
    let output = replay(&sandbox, &receiver, &["msg_1", "--original", "--expect-status", "4xx"]);
    assert_eq!(output.code, 0, "{output:?}");
    assert!(output.out().contains("refused, as it should: its timestamp is more than five minutes old"));
    let received = receiver.only();
    assert_eq!(received.header("webhook-timestamp"), NOW.to_string());
    assert_eq!(reason(&sandbox, &received), Some(Reason::TimestampTooOld));
}

#[test]
fn that_a_signature_is_put_on_what_did_not_verify_is_said() {
    let (sandbox, receiver) = (captured(), Receiver::answering(200));
    let output = replay(&sandbox, &receiver, &["--last", "2"]);
    let wanted = "warning: 1 of these deliveries did not verify on arrival and is signed anew: --verdict valid leaves \
                  out what did not, --original signs nothing\n";
    assert_eq!((output.code, output.err()), (0, wanted));
    for flags in [&["--last", "2", "--verdict", "valid"][..], &["msg_3", "--original"]] {
        assert_eq!(replay(&sandbox, &receiver, flags).err(), "", "{flags:?}");
    }
}

#[test]
fn several_keep_their_order_and_bytes_and_what_came_of_it_is_kept() {
    let sandbox = captured();
    let receiver = Receiver::scripted(|index, _| match index {
        0 => Reply::with_body(500, "", "no \u{1b}[2J room"),
        _ => Reply::with_body(200, "", ""),
    });
    let output = replay(&sandbox, &receiver, &["--verdict", "valid"]);
    assert_eq!(output.code, 1, "{output:?}");
    assert!(output.out().contains(r"answer: no \x1b[2J room"), "{}", output.out());
    let received = receiver.received();
    let ids: Vec<&str> = received.iter().map(|one| one.header("webhook-id")).collect();
    assert_eq!(ids, ["msg_1", "msg_2"]);
    assert_eq!(received[1].body, b"\xff\0");

    let failed = sandbox.run(&["events", "list", "--failed", "--json"]).json_lines();
    assert_eq!((failed.len(), &failed[0]["webhook_id"]), (1, &"msg_1".into()));
    assert_eq!(failed[0]["forwards"][0]["status"], 500);
    assert_eq!(replay(&sandbox, &receiver, &["--failed"]).code, 0);
    assert_eq!(receiver.received().len(), 3);
    let none = replay(&sandbox, &receiver, &["--failed"]);
    assert_eq!((none.code, none.out()), (1, ""), "it has succeeded since");
    let shown = sandbox.run(&["events", "show", "msg_1"]);
    let replays = shown.out().lines().filter(|line| line.trim_start().starts_with("replay:")).count();
    assert_eq!(replays, 2, "{}", shown.out());
}

#[test]
fn an_answer_that_broke_off_is_no_success() {
    let sandbox = captured();
    let receiver = Receiver::scripted(|_, _| {
        Reply::RawAndClose(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf".into())
    });
    let output = replay(&sandbox, &receiver, &["msg_1"]);
    assert_eq!(output.code, 4, "{output:?}");
    let failed = sandbox.run(&["events", "list", "--failed", "--json"]).json_lines();
    assert_eq!(failed.len(), 1, "{failed:?}");
    let forward = &failed[0]["forwards"][0];
    let error = "the connection was closed before a complete answer came";
    assert_eq!((&forward["status"], &forward["error"]), (&json!(null), &json!(error)));
}

#[test]
fn an_id_that_is_not_there_is_named_and_the_others_are_sent() {
    let (sandbox, receiver) = (captured(), Receiver::answering(200));
    let output = replay(&sandbox, &receiver, &["msg_1", "msg_typo"]);
    let wanted = "warning: no delivery has the id msg_typo; gwh events list --all shows what there is\n";
    assert_eq!((output.code, output.err()), (1, wanted), "{output:?}");
    assert_eq!(receiver.only().header("webhook-id"), "msg_1");
}

#[test]
fn a_handlers_own_path_wins_over_the_captured_one() {
    let (sandbox, receiver) = (captured(), Receiver::answering(200));
    let to = receiver.url("/webhook");
    assert_eq!(sandbox.run(&["replay", "msg_1", "--to", &to]).code, 0);
    assert_eq!(receiver.only().path, "/webhook");
}

#[test]
fn a_host_in_what_was_captured_is_never_sent_to() {
    let (sandbox, receiver) = (Sandbox::new(), Receiver::answering(200));
    let elsewhere = Receiver::answering(200).idle();
    let (place, port) = (elsewhere.url(""), elsewhere.port());
    let request = format!("POST {place}/raw?x=1 HTTP/1.1\r\nwebhook-id: msg_1\r\n\r\n{BODY}");
    let to = receiver.port().to_string();
    let raw = sandbox.run_with(&["replay", "--file", "-", "--to", &to], request);
    assert_eq!(raw.code, 0, "{raw:?}");
    let paths = [format!("{place}/record"), format!("127.0.0.1:{port}/record"), port.to_string()];
    let record = |(index, path): (usize, &String)| {
        let headers = [["webhook-id", &format!("msg_{index}")]];
        // That another field is odd leaves the path as it is.
        let attempt = "first";
        let record =
            json!({"type": "delivery", "path": path, "attempt": attempt, "headers": headers, "body_b64": ""});
        format!("{record}\n")
    };
    let records: String = paths.iter().enumerate().map(record).collect();
    let replayed = sandbox.run_with(&["replay", "--file", "-", "--to", &to], &records);
    assert_eq!(replayed.code, 0, "{replayed:?}");
    let received: Vec<String> = receiver.received().into_iter().map(|one| one.path).collect();
    assert_eq!(received, ["/raw?x=1", "/record", "/", "/"]);

    assert_eq!(sandbox.run_with(&["events", "import"], &records).code, 0);
    let commands = sandbox.run(&["events", "export", "--as", "curl", "--to", &to]);
    let urls: Vec<&str> = commands.out().lines().filter(|line| line.starts_with("curl ")).collect();
    let own = |path: &str| format!("curl 'http://localhost:{to}{path}' \\");
    assert_eq!(urls, [own("/record"), own("/"), own("/")]);
    assert!(elsewhere.received().is_empty());
}

#[test]
fn a_path_that_a_terminal_would_act_on_is_shown_and_exported_inert() {
    let sandbox = Sandbox::new();
    let (running, url) = sandbox.listen(&[]);
    let mut client = Client::connect(&url);
    let request = request_with_id(&sandbox, b"msg_1", BODY.as_bytes());
    let path = "/a/../\u{9b}31m\u{202e}";
    client.send([b"POST ", path.as_bytes(), &request["POST /".len()..]].concat());
    assert_eq!(client.answer().status, 200);
    running.stop();
    let nobody = format!("http://127.0.0.1:{}", closed_port());
    for more in [&[][..], &["--verbose"], &["--last", "2"]] {
        let output = sandbox.run(&[&["replay", "msg_1", "--to", &nobody], more].concat());
        let shown = [output.out(), output.err()].concat();
        assert!(!shown.contains(['\u{9b}', '\u{202e}']), "{shown:?}");
    }
    let receiver = Receiver::scripted(|_, _| Reply::with_body(200, "", ""));
    let output = replay(&sandbox, &receiver, &["msg_1"]);
    let wanted = format!("<-- 200 http://localhost:{}/a/../\\x9b31m\\u{{202e}}  ", receiver.port());
    assert!(output.out().starts_with(&wanted), "{output:?}");
    let exported = sandbox.run(&["events", "export", "--as", "curl", "--to", "3000"]);
    let wanted = "curl --path-as-is 'http://localhost:3000/a/../%C2%9B31m%E2%80%AE' \\\n";
    assert!(exported.out().starts_with(wanted), "{exported:?}");
}

#[test]
fn files_of_records_and_of_one_request_are_replayed() {
    let (sandbox, receiver) = (captured(), Receiver::answering(200));
    let records = sandbox.run(&["events", "export", "--verdict", "valid"]).stdout;
    let request = sandbox.run(&["events", "export", "msg_2", "--as", "http"]).stdout;
    sandbox.file("records.jsonl", &records);
    let other = Sandbox::new().at(LATER);
    let file = sandbox.path().join("records.jsonl");
    let output = replay(&other, &receiver, &["--file", file.to_str().expect("is text"), "--json"]);
    assert_eq!(output.code, 0, "{output:?}");
    let port = receiver.port().to_string();
    let piped = other.run_with(&["replay", "--file", "-", "--to", &port], &request);
    assert_eq!(piped.code, 0, "{piped:?}");
    let bodies: Vec<Vec<u8>> = receiver.received().into_iter().map(|one| one.body).collect();
    assert_eq!(bodies, [BODY.as_bytes().to_vec(), b"\xff\0".to_vec(), b"\xff\0".to_vec()]);
    let nonsense = other.run_with(&["replay", "--file", "-"], "nonsense");
    assert_eq!(nonsense.code, 2, "{nonsense:?}");
}

/// Capture records, of which the second has no `webhook-id`.
fn records() -> String {
    let record = |headers: &[[&str; 2]]| {
        format!("{}\n", json!({"type": "delivery", "headers": headers, "body_b64": "e30="}))
    };
    [&[["webhook-id", "msg_1"]][..], &[], &[["webhook-id", "msg_3"]]].map(record).concat()
}

#[test]
fn what_cannot_be_signed_is_reported_and_the_rest_is_sent() {
    let (sandbox, receiver) = (Sandbox::new(), Receiver::answering(200));
    let port = receiver.port().to_string();
    assert_eq!(sandbox.run_with(&["events", "import"], records()).code, 0);
    for (from, concurrency) in [(&["--last", "9"][..], "1"), (&["--file", "-"], "2")] {
        let args = [&["replay", "--to", &port, "--concurrency", concurrency, "--json"], from].concat();
        let output = sandbox.run_with(&args, records());
        assert_eq!(output.code, 1, "{output:?}");
        let lines = output.json_lines();
        let unsent: Vec<_> = lines.iter().filter(|line| line["error_kind"] == "no_webhook_id").collect();
        let wanted = json!({
            "type": "sent", "webhook_id": "(no id)", "event_type": null, "url": format!("http://localhost:{port}/"),
            "attempt": 1, "status": null, "latency_ms": 0, "corrupt": null, "error_kind": "no_webhook_id",
            "error": "a delivery without a webhook-id cannot be signed",
        });
        assert_eq!(unsent, [&wanted], "{output:?}");
        let summary = lines.last().expect("is there");
        let counts = ["answered", "failed"].map(|name| summary[name].as_u64());
        assert_eq!((counts, &summary["errors"]), ([Some(2), Some(1)], &json!({"no_webhook_id": 1})));
    }
    let mut ids: Vec<String> =
        receiver.received().iter().map(|one| one.header("webhook-id").to_owned()).collect();
    ids.sort();
    assert_eq!(ids, ["msg_1", "msg_1", "msg_3", "msg_3"]);
    let shown = sandbox.run(&["events", "show", "msg_1"]);
    assert!(shown.out().contains("  replay:    "), "{shown:?}");

    let alone = sandbox.run_with(&["replay", "--file", "-", "--to", &port], "POST /a HTTP/1.1\r\n\r\n{}");
    let wanted = format!(
        "<-- --- http://localhost:{port}/a  0.0ms  (no type)  (no id)  not sent: a delivery without a webhook-id \
         cannot be signed\n  hint: add --original to send it as it came\n"
    );
    assert_eq!((alone.code, alone.out(), alone.err()), (1, wanted.as_str(), ""));
}

#[test]
fn a_keyring_that_fails_is_an_error_and_what_was_under_way_is_noted() {
    let keyring = TestKeyring::new(Mood::Fine);
    let sandbox = Sandbox::new().with_keyring(keyring.clone());
    assert_eq!(sandbox.run_with(&["secrets", "set", "prod"], SECRET).code, 0);
    let (running, url) = sandbox.listen(&[]);
    let prod = Secret::parse(SECRET).expect("is a secret");
    for headers in [signed(&sandbox, "msg_1", BODY), signed_with(&prod, "msg_2", NOW, BODY.as_bytes())] {
        assert_eq!(post(&url, "/", &headers, BODY.as_bytes()).status, 200);
    }
    running.stop();

    keyring.set_mood(Mood::Locked);
    let receiver = Receiver::answering(200);
    let refused = replay(&sandbox, &receiver, &["--last", "2", "--concurrency", "2"]);
    assert_eq!(refused.code, 3, "{refused:?}");
    assert!(refused.err().contains("the keyring is locked"), "{refused:?}");
    assert_eq!(receiver.only().header("webhook-id"), "msg_1");
    let shown = sandbox.run(&["events", "show", "msg_1"]);
    assert!(shown.out().contains("  replay:    2026-01-22T12:00:00.000Z 200 "), "{shown:?}");

    keyring.set_mood(Mood::Fine);
    assert_eq!(sandbox.run(&["secrets", "remove", "prod", "--yes"]).code, 0);
    let replayed = replay(&sandbox, &receiver, &["msg_2"]);
    let warning = "warning: the secret prod is not stored here, so the local test secret signs; ";
    assert!(replayed.code == 0 && replayed.err().starts_with(warning), "{replayed:?}");
}

#[test]
fn what_to_replay_has_to_be_said_and_has_to_be_there() {
    let sandbox = captured();
    let unsaid = sandbox.run(&["replay"]);
    assert_eq!(unsaid.code, 2);
    assert!(unsaid.err().contains("--last 1"), "{unsaid:?}");
    assert_eq!(sandbox.run(&["replay", "msg_9"]).code, 1);
    let nobody = sandbox.run(&["replay", "--last", "1", "--to", "http://127.0.0.1:1/"]);
    assert_eq!(nobody.code, 4, "{nobody:?}");
    let fresh = Sandbox::new().run(&["replay", "--last", "1"]);
    assert!(fresh.code == 1 && fresh.err().contains("has no deliveries"), "{fresh:?}");
}

#[test]
fn an_id_of_any_bytes_is_signed_as_it_is_sent() {
    let sandbox = Sandbox::new();
    let (running, url) = sandbox.listen(&[]);
    let mut client = Client::connect(&url);
    client.send(request_with_id(&sandbox, b"msg_\xe9\xff", BODY.as_bytes()));
    assert_eq!(client.answer().status, 200);
    running.stop();
    let sandbox = sandbox.at(LATER);
    let other = sandbox.start(&["listen", "--port", "0", "--json", "--no-store"]);
    let replayed = sandbox.run(&["replay", "--last", "1", "--to", &other.ready_url()]);
    assert_eq!(replayed.code, 0, "{replayed:?}");
}
