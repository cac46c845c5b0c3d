//! `--resolve` of `gwh events show` and `gwh listen`: from what verified to its job, in nobody's way.

use serde_json::{Value, json};

use crate::support::delivery::signed;
use crate::support::http::{Client, post};
use crate::support::{ApiReply, Output, Receiver, Sandbox, ScriptedApi};

const BODY: &str = r#"{"type":"batch.succeeded","data":{"id":"b_1","output_file_uri":"gs://b/r"}}"#;
const FAILED: &str = r#"{"type":"interaction.failed","data":{"id":"v1_x"}}"#;

/// A batch that is done and an interaction that failed; nothing else is known.
fn api() -> ScriptedApi {
    ScriptedApi::answering(|request| match request.path.as_str() {
        "/v1/batches/b_1" => ApiReply::json(
            200,
            json!({"name": "batches/b_1", "done": true, "metadata": {"state": "BATCH_STATE_SUCCEEDED"},
                "response": {"responsesFile": "files/r-1"}}),
        ),
        "/v1/interactions/v1_x" => ApiReply::json(
            200,
            json!({"id": "v1_x", "status": "failed", "error": {"code": "QUOTA", "message": "\u{1b}[31mno"}}),
        ),
        _ => ApiReply::json(404, json!({"error": {"code": 404, "message": "gone", "status": "NOT_FOUND"}})),
    })
}

fn deliver(sandbox: &Sandbox, url: &str, id: &str, body: &str) {
    assert_eq!(post(url, "/", &signed(sandbox, id, body), body.as_bytes()).status, 200);
}

/// A store that holds a batch's event, one of an interaction, one about a job that is gone, and a forged one.
fn received(api: &ScriptedApi) -> Sandbox {
    let sandbox = api.sandbox();
    let (running, url) = sandbox.listen(&[]);
    deliver(&sandbox, &url, "msg_1", BODY);
    deliver(&sandbox, &url, "msg_2", FAILED);
    deliver(&sandbox, &url, "msg_3", &BODY.replace("b_1", "b_2"));
    deliver(&sandbox, &url, "msg_4", r#"{"type":"batch.expired","data":{}}"#);
    assert_eq!(post(&url, "/", &signed(&sandbox, "msg_5", "{}"), BODY.as_bytes()).status, 401);
    assert_eq!(running.stop().code, 0);
    sandbox
}

fn resolutions(output: &Output, kind: &str) -> Vec<(String, Value)> {
    let lines = output.json_lines();
    let own = lines.iter().filter(|line| line["type"] == kind);
    own.map(|line| {
        assert!(line["resolved"].is_null() != line["resolve_error"].is_null(), "one of both: {line}");
        let id = line["webhook_id"].as_str().expect("an id").to_owned();
        let code = line["resolve_error"]["code"].clone();
        (id, if code.is_null() { line["resolved"].clone() } else { code })
    })
    .collect()
}

fn batch() -> Value {
    json!({"kind": "batch", "id": "batches/b_1", "state": "succeeded", "results": ["files/r-1"], "error": null})
}

fn failed() -> Value {
    json!({"kind": "interaction", "id": "v1_x", "state": "failed", "results": [],
        "error": {"code": "QUOTA", "message": "\u{1b}[31mno"}})
}

#[test]
fn what_is_kept_is_shown_with_its_job_and_stays_as_it_is() {
    let api = api();
    let sandbox = received(&api);
    let before = sandbox.run(&["events", "show", "msg_*", "--json"]);
    let output = sandbox.run(&["events", "show", "msg_*", "--json", "--resolve"]);
    assert_eq!((output.code, output.err()), (0, ""));
    let named = |id: &str, value: Value| (id.to_owned(), value);
    assert_eq!(
        resolutions(&output, "delivery"),
        [
            named("msg_1", batch()),
            named("msg_2", failed()),
            named("msg_3", "not_found".into()),
            named("msg_4", "no_id".into()),
            named("msg_5", "not_verified".into())
        ]
    );
    assert_eq!(
        api.lines(),
        ["GET /v1/batches/b_1", "GET /v1/interactions/v1_x", "GET /v1/batches/b_2"],
        "what did not verify asks for nothing"
    );
    assert_eq!(sandbox.run(&["events", "show", "msg_*", "--json"]).out(), before.out());
    let verified = sandbox.run_with(&["verify", "--jsonl", "--json"], output.stdout);
    let valid: Vec<_> = verified.json_lines().iter().map(|line| line["valid"].clone()).collect();
    assert_eq!(valid, [true, true, true, true, false], "a record with more in it is a record");
}

#[test]
fn a_person_sees_the_job_between_the_delivery_and_its_bytes() {
    let api = api();
    let sandbox = received(&api);
    let job = |id: &str| {
        let output = sandbox.run(&["events", "show", id, "--resolve"]);
        assert_eq!(output.code, 0);
        let lines = output.out().lines().skip_while(|line| !line.starts_with("  job:"));
        lines.take_while(|line| *line != "  headers").collect::<Vec<_>>().join("\n")
    };
    assert_eq!(job("msg_1"), "  job:       batches/b_1  succeeded\n             files/r-1");
    assert_eq!(job("msg_2"), "  job:       v1_x  failed\n             QUOTA: \\x1b[31mno");
    assert_eq!(
        job("msg_3"),
        "  job:       ! cannot look up batches/b_2: the API answered 404 (NOT_FOUND): gone"
    );
    assert_eq!(job("msg_4"), "  job:       ! the event names no job");
    assert_eq!(job("msg_5"), "  job:       ! only what verified is followed to its job");
}

#[test]
fn without_a_key_nothing_begins() {
    let sandbox = received(&api()).env("GEMINI_API_KEY", "");
    for args in [&["events", "show", "--resolve"][..], &["listen", "--port", "0", "--resolve"]] {
        let output = sandbox.run(args);
        assert_eq!((output.code, output.out()), (3, ""), "{args:?}");
        assert!(output.err().starts_with("error: there is no API key"), "{output:?}");
    }
}

#[test]
fn a_listener_follows_what_verified_once() {
    let api = api();
    let sandbox = api.sandbox();
    let (running, url) = sandbox.listen(&["--resolve"]);
    for (id, body) in [("msg_1", BODY), ("msg_1", BODY), ("msg_2", FAILED)] {
        deliver(&sandbox, &url, id, body);
    }
    assert_eq!(post(&url, "/", &signed(&sandbox, "msg_3", "{}"), BODY.as_bytes()).status, 401);
    running.stdout.wait_for(|line| line.contains(r#""type":"resolved","webhook_id":"msg_2""#));
    let output = running.stop();
    let mut found = resolutions(&output, "resolved");
    found.sort_by(|one, other| one.0.cmp(&other.0));
    assert_eq!(found, [("msg_1".to_owned(), batch()), ("msg_2".to_owned(), failed())]);
    assert_eq!(api.lines().len(), 2);
    let lines = output.json_lines();
    let at = |kind: &str| lines.iter().position(|line| line["type"] == kind && line["webhook_id"] == "msg_1");
    assert!(at("delivery") < at("resolved"), "first the delivery");
    assert_eq!(lines.last().expect("a summary")["type"], "summary");
}

#[test]
fn a_person_reads_the_job_in_a_line_of_its_own() {
    let api = api();
    let sandbox = api.sandbox();
    let secret = signed(&sandbox, "msg_1", BODY);
    let running = sandbox.start(&["listen", "--port", "0", "--resolve", "--ready-file", "ready"]);
    running.stderr.wait_for(|line| line.starts_with("Ready on"));
    let url = std::fs::read_to_string(sandbox.path().join("ready")).expect("is there");
    assert_eq!(post(url.trim(), "/", &secret, BODY.as_bytes()).status, 200);
    running.stdout.wait_for(|line| line.ends_with("files/r-1"));
    let gone = BODY.replace("b_1", "b_2");
    deliver(&sandbox, url.trim(), "msg_2", &gone);
    running.stdout.wait_for(|line| line.contains("cannot look up"));
    let output = running.stop();
    let wanted = "\
12:00:00 --> batch.succeeded              msg_1      ✓ v1 local      75 B    gs://b/r
12:00:00 ==> batches/b_1  succeeded  msg_1
             files/r-1
12:00:00 --> batch.succeeded              msg_2      ✓ v1 local      75 B    gs://b/r
12:00:00 ==> ! cannot look up batches/b_2: the API answered 404 (NOT_FOUND): gone  msg_2
";
    assert_eq!(output.out(), wanted);
}

#[test]
fn whoever_waits_for_an_event_gets_its_job_as_well() {
    let api = api();
    let sandbox = api.sandbox();
    let handler = Receiver::answering(200);
    for more in [&[][..], &["--forward-to", &handler.url("/")]] {
        let (running, url) =
            sandbox.listen(&[&["--resolve", "--no-store", "--until", "batch.*"], more].concat());
        deliver(&sandbox, &url, "msg_1", BODY);
        let output = running.wait();
        assert_eq!((output.code, resolutions(&output, "resolved")), (0, vec![("msg_1".to_owned(), batch())]));
    }
}

#[test]
fn an_api_that_hangs_holds_up_neither_answers_nor_output_nor_the_end() {
    /// More than wait at once.
    const MANY: usize = 1100;
    let api = ScriptedApi::answering(|_| ApiReply::hang());
    let sandbox = api.sandbox();
    let (running, url) = sandbox.listen(&["--resolve", "--no-store"]);
    let mut client = Client::connect(&url);
    let secret = crate::support::delivery::local_secret(&sandbox);
    for number in 0..MANY {
        let id = format!("msg_{number}");
        let headers =
            crate::support::delivery::signed_with(&secret, &id, crate::support::NOW, BODY.as_bytes());
        client.post("/", &headers, BODY.as_bytes());
        assert_eq!(client.answer().status, 200);
    }
    let last = format!(r#""type":"delivery","webhook_id":"msg_{}""#, MANY - 1);
    running.stdout.wait_for(|line| line.contains(&last));
    let output = running.stop();
    assert_eq!(output.code, 0);
    let found = resolutions(&output, "resolved");
    let count = |code: &str| found.iter().filter(|(_, value)| value == code).count();
    assert_eq!(found.len(), MANY, "each is accounted for");
    // As many as wait, and those that are looked up; what is taken meanwhile makes room.
    assert_eq!(count("ended") + count("skipped"), MANY);
    assert!((1024..=1028).contains(&count("ended")), "{}", count("ended"));
}

#[test]
fn jobs_of_the_emulator_are_followed_from_their_events() {
    let (_emulator, sandbox) = Sandbox::emulated(&["--job-delay", "0s", "--data-id", "name"]);
    let (running, url) = sandbox.listen(&["--resolve", "--count", "3"]);
    let mut ids = Vec::new();
    for args in [&["interaction", "hi"][..], &["batch", "--request", "hi"], &["video", "A cat"]] {
        let submit = [&["jobs", "submit"], args, &["--model", "m", "--webhook-uri", &url]].concat();
        ids.push(sandbox.run(&submit).out().trim().to_owned());
    }
    let output = running.wait();
    assert_eq!(output.code, 0, "{output:?}");
    let found = resolutions(&output, "resolved");
    for (id, results) in ids.iter().zip([0, 1, 1]) {
        let (_, job) = found.iter().find(|(_, job)| job["id"] == id.as_str()).expect("is followed");
        assert_eq!(job["state"], "succeeded");
        assert_eq!(job["results"].as_array().expect("a list").len(), results, "{job}");
    }
    let shown = sandbox.run(&["events", "show", "*", "--resolve", "--json"]);
    assert_eq!(resolutions(&shown, "delivery").len(), 3);
}
