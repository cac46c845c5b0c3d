//! `gwh jobs submit`: the three calls as Google's SDKs make them, and what happens when the answer is lost.

use serde_json::{Value, json};

use super::{BATCH, INTERACTION, OPERATION, assert_ends, batch, completed, interaction, ok, succeeded};
use crate::support::{ApiReply as Reply, ScriptedApi};

const MODEL: [&str; 2] = ["--model", "gemini-3.8-flash"];
const WEBHOOK: [&str; 6] = [
    "--webhook-uri",
    "https://my-api.com/gemini-webhook-dynamic",
    "--user-metadata",
    "job_group=nightly-eval",
    "--user-metadata",
    "priority=high",
];

fn submit<'a>(kind: &'a str, more: &[&'a str]) -> Vec<&'a str> {
    [&["jobs", "submit", kind], more].concat()
}

/// The body that one of Google's SDKs was recorded with.
fn recorded(call: &str, sdk: &str) -> Value {
    let calls: Vec<Value> = serde_json::from_str(include_str!("../../fixtures/jobs.json")).expect("JSON");
    let found = calls.iter().find(|recorded| recorded["call"] == call && recorded["sdk"] == sdk);
    found.expect("was recorded")["body"].clone()
}

#[test]
fn the_bodies_are_those_of_googles_sdks() {
    let api = ScriptedApi::script([
        ok(interaction("in_progress")),
        ok(batch("PENDING", json!({}))),
        ok(json!({"name": OPERATION})),
    ]);
    let sandbox = api.sandbox();
    let run = |args: Vec<&str>| sandbox.run(&args);
    let output = run(submit("interaction", &[&["Tell me a joke"], &MODEL[..], &WEBHOOK[..]].concat()));
    assert_ends(&output, 0, "v1_abc\n", &["submitted v1_abc, which reports to https://my-api.com/"]);
    let uploaded = ["--uploaded", "files/uploaded_file_id", "--name", "My Setup"];
    let output = run(submit("batch", &[&uploaded[..], &MODEL[..], &WEBHOOK[..]].concat()));
    assert_ends(&output, 0, "batches/123456\n", &[]);
    let model = ["--model", "models/veo-3.1-generate-preview", "--set", "parameters.sampleCount=1"];
    let output = run(submit("video", &[&["A cat"], &model[..], &WEBHOOK[..]].concat()));
    assert_ends(&output, 0, &format!("{OPERATION}\n"), &[]);

    assert_eq!(
        api.lines(),
        [
            "POST /v1/interactions",
            "POST /v1/models/gemini-3.8-flash:batchGenerateContent",
            "POST /v1/models/veo-3.1-generate-preview:predictLongRunning"
        ]
    );
    let bodies: Vec<Value> = api.requests().iter().map(|request| request.json()).collect();
    assert_eq!(bodies[0], recorded("interactions.create dynamic", "py-3.4.0"));
    assert_eq!(bodies[1], recorded("batches.create file dynamic (typed userMetadata)", "js-3.1.0"));
    assert_eq!(bodies[2], recorded("models.generateVideos dynamic", "js-2.32.0"));
}

#[test]
fn input_is_text_a_file_or_stdin() {
    let api = ScriptedApi::answering(|_| ok(interaction("in_progress")));
    let sandbox = api.sandbox();
    sandbox.file("prompt.txt", "from a file\n");
    let run = |input: &str| {
        sandbox.run_with(&submit("interaction", &[&[input], &MODEL[..]].concat()), "from stdin")
    };
    for input in ["@prompt.txt", "@-", "-", "prompt.txt"] {
        assert_eq!(run(input).code, 0, "{input}");
    }
    let inputs: Vec<Value> = api.requests().iter().map(|request| request.json()["input"].clone()).collect();
    assert_eq!(inputs, ["from a file\n", "from stdin", "from stdin", "prompt.txt"]);
    assert_ends(&run("@absent"), 3, "", &["cannot read absent"]);
    assert_ends(&run(" "), 2, "", &["INPUT is empty"]);
    assert_ends(&run("x"), 0, "v1_abc\n", &["which reports to the registered webhooks"]);
    let both = submit("interaction", &["@-", "--model", "m", "--user-metadata-json", "@-"]);
    assert_ends(&sandbox.run(&both), 2, "", &["INPUT and --user-metadata-json both read stdin"]);
    let model = submit("interaction", &["hi", "--model", "a/b:c"]);
    assert_ends(&sandbox.run(&model), 2, "", &["--model is not the name of a model"]);
}

#[test]
fn requests_go_into_the_call_where_that_is_asked_for() {
    let api = ScriptedApi::answering(|_| ok(batch("PENDING", json!({}))));
    let sandbox = api.sandbox();
    sandbox.file("two.jsonl", "{\"key\":\"a\",\"request\":{\"contents\":[]}}\n{\"request\":{\"n\": 1e2}}\n");
    let run = |more: &[&str]| sandbox.run(&submit("batch", &[more, &MODEL[..]].concat()));
    assert_eq!(run(&["two.jsonl", "--inline"]).code, 0);
    assert_eq!(run(&["--request", "hi", "--request", r#"{"request":{}}"#]).code, 0);
    let bodies: Vec<String> = api.requests().into_iter().map(|request| request.body).collect();
    assert_eq!(
        bodies,
        [
            r#"{"batch":{"displayName":"two.jsonl","inputConfig":{"requests":{"requests":[{"request":{"contents":[]},"metadata":{"key":"a"}},{"request":{"n":1e2}}]}}}}"#,
            r#"{"batch":{"displayName":"gwh batch","inputConfig":{"requests":{"requests":[{"request":{"contents":[{"parts":[{"text":"hi"}],"role":"user"}]}},{"request":{}}]}}}}"#
        ]
    );
    assert_ends(&run(&[]), 2, "", &["--request"]);
    assert_ends(&run(&["--request", "hi", "--uploaded", "files/x"]), 2, "", &["cannot be used with"]);
}

#[test]
fn a_call_whose_answer_is_lost_is_sent_once() {
    for (reply, is_lost) in [
        (Reply::close(), true),
        (Reply::hang(), true),
        (ok(interaction("in_progress")).cut_after(9), true),
        (Reply::json(503, json!({"error": {"message": "x"}})), true),
        (ok(json!({})), true),
        (Reply::json(429, json!({"error": {"message": "x"}})), false),
        (Reply::json(400, json!({"error": {"message": "x"}})), false),
    ] {
        let patience = reply.patience();
        let api = ScriptedApi::script([reply]);
        let sandbox = api.sandbox().env("GWH_API_TIMEOUT", patience);
        let output = sandbox.run(&submit("interaction", &[&["hi"], &MODEL[..]].concat()));
        let word =
            if is_lost { "may be running, but its id is lost" } else { "cannot submit the interaction" };
        assert_ends(&output, 4, "", &[word]);
        assert_eq!(api.lines().len(), 1, "{output:?}");
    }
}

#[test]
fn submit_can_wait() {
    let api = ScriptedApi::script([
        ok(batch("PENDING", json!({}))),
        ok(batch("RUNNING", json!({}))),
        ok(succeeded()),
        ok(interaction("in_progress")),
        ok(completed("hi")),
    ]);
    let sandbox = api.sandbox();
    let wait = ["--wait", "--interval", "1ms"];
    let output = sandbox.run(&submit("batch", &[&["--request", "hi"], &MODEL[..], &wait[..]].concat()));
    assert_ends(&output, 0, "files/batch-123456\n", &["submitted batches/123456", "waiting for"]);
    let output = sandbox.run(&submit("interaction", &[&["hi", "--json"], &MODEL[..], &wait[..]].concat()));
    assert_eq!((output.code, output.json()["state"].as_str()), (0, Some("succeeded")));
    assert_eq!(api.lines()[1..3], [format!("GET /v1/{BATCH}"), format!("GET /v1/{BATCH}")]);
    assert_eq!(api.lines()[4], format!("GET /v1/interactions/{INTERACTION}"));
    let output = sandbox.run(&submit("interaction", &[&["hi", "--timeout", "1s"], &MODEL[..]].concat()));
    assert_ends(&output, 2, "", &["--wait is not given"]);
}
