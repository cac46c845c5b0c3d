//! The requests of a batch on their way through the Files API: the resumable protocol, and trouble on the way.

use serde_json::{Value, json};

use super::{assert_ends, batch, ok};
use crate::support::{API_KEY, ApiReply as Reply, Output, Sandbox, ScriptedApi};

const REQUESTS: &str = "{\"key\":\"a\",\"request\":{\"contents\":[]}}\n{\"request\":{\"n\": 1e2}}\n";
const SUBMIT: [&str; 6] = ["jobs", "submit", "batch", "requests.jsonl", "--model", "m"];

fn file() -> Value {
    json!({"file": {"name": "files/abc-123", "sizeBytes": REQUESTS.len().to_string(), "state": "ACTIVE"}})
}

/// Answers each call of the protocol by its command with what `answer` makes of it and of the body.
fn api(mut answer: impl FnMut(&str, &str) -> Reply + Send + 'static) -> ScriptedApi {
    ScriptedApi::answering(move |request| match request.header("x-goog-upload-command") {
        None => ok(batch("PENDING", json!({}))),
        Some("start") => {
            let to = format!("http://{}/upload/here?upload_id=1", request.header("host").expect("a host"));
            ok(json!({})).header("x-goog-upload-url", &to)
        }
        Some(command) => answer(command, &request.body),
    })
}

fn run(api: &ScriptedApi) -> (Output, Sandbox) {
    let sandbox = api.sandbox();
    sandbox.file("requests.jsonl", REQUESTS);
    (sandbox.run(&SUBMIT), sandbox)
}

fn active(received: usize) -> Reply {
    ok(json!({}))
        .header("x-goog-upload-status", "active")
        .header("x-goog-upload-size-received", &received.to_string())
}

#[test]
fn a_file_goes_up_byte_for_byte_and_the_batch_names_it() {
    let api = api(|_, _| ok(file()).header("x-goog-upload-status", "final"));
    let (output, _) = run(&api);
    assert_ends(&output, 0, "batches/123456\n", &["uploaded requests.jsonl (61 B) as files/abc-123"]);
    let requests = api.requests();
    assert_eq!(
        api.lines(),
        ["POST /upload/v1/files", "POST /upload/here?upload_id=1", "POST /v1/models/m:batchGenerateContent"]
    );
    let start = &requests[0];
    for (name, value) in [
        ("x-goog-upload-protocol", "resumable"),
        ("x-goog-upload-header-content-length", "61"),
        ("x-goog-upload-header-content-type", "application/jsonl"),
        ("x-goog-api-key", API_KEY),
    ] {
        assert_eq!(start.header(name), Some(value), "{name}");
    }
    assert_eq!(start.json(), json!({"file": {"displayName": "requests.jsonl"}}));
    assert_eq!(requests[1].header("x-goog-upload-command"), Some("upload, finalize"));
    assert_eq!(
        (requests[1].header("x-goog-upload-offset"), requests[1].body.as_str()),
        (Some("0"), REQUESTS)
    );
    assert_eq!(requests[2].json()["batch"]["inputConfig"], json!({"fileName": "files/abc-123"}));
}

#[test]
fn after_a_lost_answer_the_rest_is_sent_and_nothing_twice() {
    for arrived in [0, 20, REQUESTS.len()] {
        let mut calls = 0;
        let api = api(move |command, body| {
            calls += 1;
            match (calls, command) {
                (1, _) => Reply::close(),
                (2, "query") if arrived == REQUESTS.len() => {
                    ok(file()).header("x-goog-upload-status", "final")
                }
                (2, "query") => active(arrived),
                (3, "upload, finalize") if body == &REQUESTS[arrived..] => ok(file()),
                _ => Reply::json(400, json!({"error": {"message": format!("call {calls}: {command}")}})),
            }
        });
        let (output, _) = run(&api);
        assert_ends(&output, 0, "batches/123456\n", &[]);
    }
}

#[test]
fn trouble_that_lasts_ends_before_a_batch_is_submitted() {
    let api = api(|_, _| Reply::unavailable(0));
    let (output, _) = run(&api);
    assert_ends(&output, 4, "", &["cannot upload requests.jsonl", "503"]);
    assert!(!api.lines().iter().any(|line| line.contains("batchGenerateContent")));
}

#[test]
fn neither_the_bytes_nor_the_key_go_to_another_host() {
    let foreign = ScriptedApi::script([]);
    let to = format!("{}/steal", foreign.url());
    let api = ScriptedApi::answering(move |_| ok(json!({})).header("x-goog-upload-url", &to));
    let (output, _) = run(&api);
    assert_ends(&output, 4, "", &["it wants the file to go to another host"]);
    assert_eq!(foreign.lines(), Vec::<String>::new());
}

#[test]
fn a_line_that_is_no_request_is_named_before_anything_is_sent() {
    let api = ScriptedApi::script([]);
    let sandbox = api.sandbox();
    sandbox.file("requests.jsonl", "{\"request\":{}}\n{\"prompt\":\"hi\"}\n");
    assert_ends(
        &sandbox.run(&SUBMIT),
        2,
        "",
        &["line 2 of requests.jsonl has no request", "a line is for example"],
    );
    let mistake = [&SUBMIT[..], &["--set", "batch.displayName.x=1"]].concat();
    sandbox.file("requests.jsonl", REQUESTS);
    assert_ends(&sandbox.run(&mistake), 2, "", &["the call cannot be changed as --set says"]);
    assert_ends(
        &Sandbox::new().env("GEMINI_API_KEY", "k").run(&SUBMIT),
        3,
        "",
        &["cannot read requests.jsonl"],
    );
    assert_eq!(api.lines(), Vec::<String>::new());
}

#[test]
fn a_large_file_goes_up_in_pieces() {
    let line = format!("{{\"request\":{{\"text\":\"{}\"}}}}\n", "x".repeat(1_000_000));
    let text = line.repeat(10);
    let mut received = 0;
    let api = api(move |command, body| {
        received += body.len();
        if command == "upload" { active(received) } else { ok(file()) }
    });
    let sandbox = api.sandbox();
    let output = sandbox.run_with(&["jobs", "submit", "batch", "@-", "--model", "m"], &text);
    assert_ends(&output, 0, "batches/123456\n", &["uploaded gwh batch (9.5 MiB)"]);
    let pieces: Vec<String> = api.requests()[1..3].iter().map(|request| request.body.clone()).collect();
    assert_eq!((pieces[0].len(), pieces.concat() == text), (8 * 1024 * 1024, true));
}

#[cfg(target_os = "linux")]
#[test]
fn an_interrupt_ends_it_after_the_upload_too() {
    use crate::support::child::Run;
    let (arrived, on_arrival) = std::sync::mpsc::channel();
    let api = ScriptedApi::answering(move |request| match request.header("x-goog-upload-command") {
        Some("start") => {
            let to = format!("http://{}/upload/here", request.header("host").expect("a host"));
            ok(json!({})).header("x-goog-upload-url", &to)
        }
        Some(_) => ok(file()).header("x-goog-upload-status", "final"),
        None => {
            let arrived = arrived.clone();
            Reply::hang().after(move || arrived.send(()).expect("is waited for"))
        }
    });
    let sandbox = api.sandbox().env("GWH_API_TIMEOUT", "20s");
    sandbox.file("requests.jsonl", REQUESTS);
    let run = Run::start(sandbox.command(&SUBMIT), b"");
    on_arrival.recv_timeout(crate::support::DEADLINE).expect("the batch is submitted");
    run.signal("INT");
    let ended = run.wait();
    assert_eq!((ended.status.code(), ended.stdout.as_str()), (Some(130), ""), "{ended:?}");
    assert!(ended.stderr.contains("may be running") && ended.stderr.contains("gwh jobs list"), "{ended:?}");
}
