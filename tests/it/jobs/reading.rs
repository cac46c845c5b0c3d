//! `gwh jobs get`, `list` and `cancel`.

use serde_json::json;

use super::{
    BATCH, INTERACTION, OPERATION, assert_ends, batch, completed, interaction, ok, succeeded, video,
};
use crate::support::{ApiReply as Reply, ScriptedApi};

#[test]
fn a_job_is_shown_with_what_is_known_of_it() {
    let api = ScriptedApi::script([ok(succeeded())]);
    insta::assert_snapshot!(api.sandbox().run(&["jobs", "get", BATCH]).out(), @r"
    batches/123456
      kind      batch
      state     succeeded
      name      My Setup
      model     models/gemini-3.8-flash
      created   2026-05-05T00:00:00Z
      requests  requestCount 1
      result    files/batch-123456
    ");
    assert_eq!(api.lines(), ["GET /v1/batches/123456"]);
}

#[test]
fn each_api_has_its_own_path_and_json_keeps_what_the_api_wrote() {
    let text = "{ \"id\": \"v1_abc\", \"status\": \"paused\",\n \"n\": 12345678901234567890123, \"e\": 1e2 }";
    let api = ScriptedApi::script([Reply::text(200, "application/json", text), ok(video("https://v/1"))]);
    let sandbox = api.sandbox();
    assert_eq!(
        sandbox.run(&["jobs", "get", INTERACTION, "--json"]).out(),
        "{\"type\":\"job\",\"kind\":\"interaction\",\"id\":\"v1_abc\",\"state\":\"paused\",\"results\":[],\
         \"error\":null,\"raw\":{\"id\":\"v1_abc\",\"status\":\"paused\",\"n\":12345678901234567890123,\"e\":1e2}}\n"
    );
    assert_eq!(sandbox.run(&["jobs", "get", OPERATION, "--json"]).json()["results"], json!(["https://v/1"]));
    assert_eq!(api.lines(), [format!("GET /v1/interactions/{INTERACTION}"), format!("GET /v1/{OPERATION}")]);
}

#[test]
fn an_id_without_a_form_of_its_own_needs_its_kind() {
    let api = ScriptedApi::script([ok(succeeded())]);
    let sandbox = api.sandbox();
    assert_ends(&sandbox.run(&["jobs", "get", "123456"]), 2, "", &["\"123456\" is no id of a job", "--kind"]);
    assert_ends(
        &sandbox.run(&["jobs", "get", "op1", "--kind", "video"]),
        2,
        "",
        &["expected a video operation"],
    );
    assert_ends(&sandbox.run(&["jobs", "get", "batches/../files/x"]), 2, "", &["is no id of a job"]);
    assert_eq!(sandbox.run(&["jobs", "get", "123456", "--kind", "batch"]).code, 0);
    assert_eq!(api.lines(), ["GET /v1/batches/123456"]);
}

#[test]
fn errors_of_both_shapes_are_told() {
    let own = Reply::json(400, json!({"error": {"code": "invalid_request", "message": "no such thing"}}));
    let api = ScriptedApi::script([Reply::not_found(), own]);
    let sandbox = api.sandbox();
    assert_ends(
        &sandbox.run(&["jobs", "get", BATCH]),
        4,
        "",
        &["cannot look up batches/123456", "gwh jobs list"],
    );
    assert_ends(
        &sandbox.run(&["jobs", "get", INTERACTION]),
        4,
        "",
        &["400 (invalid_request): no such thing"],
    );
}

#[test]
fn batches_are_listed_page_by_page() {
    let mut other = batch("NEW", json!({}));
    other["name"] = "batches/\u{1b}7".into();
    other["metadata"]["displayName"] = "\u{1b}[2Jtwo".into();
    let pages = || {
        [
            ok(json!({"operations": [succeeded()], "nextPageToken": "a&b"})),
            ok(json!({"operations": [batch("RUNNING", json!({}))]})),
        ]
    };
    let api = ScriptedApi::script(pages().into_iter().chain(pages()).chain([ok(json!({}))]));
    let sandbox = api.sandbox();
    insta::assert_snapshot!(sandbox.run(&["jobs", "list", "--page-size", "1"]).out(), @r"
    ID              STATE      CREATED               MODEL                    NAME      RESULT
    batches/123456  succeeded  2026-05-05T00:00:00Z  models/gemini-3.8-flash  My Setup  files/batch-123456
    batches/123456  running    2026-05-05T00:00:00Z  models/gemini-3.8-flash  My Setup
    ");
    assert_eq!(api.lines(), ["GET /v1/batches?pageSize=1", "GET /v1/batches?pageSize=1&pageToken=a%26b"]);
    assert_eq!(sandbox.run(&["jobs", "list", "--json"]).json_lines().len(), 2);
    assert_ends(&sandbox.run(&["jobs", "list"]), 0, "", &["there are no batches"]);
}

#[test]
fn a_job_is_cancelled_in_the_way_of_its_api() {
    let api = ScriptedApi::script([
        ok(json!({})),
        ok(batch("RUNNING", json!({}))),
        ok(interaction("cancelled")),
        ok(interaction("cancelled")),
        ok(json!({})),
        ok(completed("hi")),
        Reply::not_found(),
    ]);
    let sandbox = api.sandbox();
    let cancel = |id: &str| sandbox.run(&["jobs", "cancel", id]);
    assert_ends(&cancel(BATCH), 0, "✓ asked batches/123456 to end; it is running\n", &[]);
    assert_ends(&cancel(INTERACTION), 0, "✓ cancelled v1_abc\n", &[]);
    let late = "v1_abc is succeeded\n";
    assert_ends(&cancel(INTERACTION), 1, late, &["was done before it could be cancelled"]);
    assert_ends(&cancel(OPERATION), 4, "", &["whether video operations can be cancelled is not documented"]);
    let posts: Vec<String> = api.lines().into_iter().filter(|line| line.starts_with("POST")).collect();
    assert_eq!(
        posts,
        [
            "POST /v1/batches/123456:cancel".to_owned(),
            "POST /v1/interactions/v1_abc/cancel".to_owned(),
            "POST /v1/interactions/v1_abc/cancel".to_owned(),
            format!("POST /v1/{OPERATION}:cancel"),
        ]
    );
}

#[test]
fn every_recorded_answer_is_read() {
    let calls: Vec<serde_json::Value> =
        serde_json::from_str(include_str!("../../fixtures/jobs.json")).expect("JSON");
    let shown = |call: &str, id: &str| {
        let found = calls.iter().find(|recorded| recorded["call"] == call).expect("was recorded");
        let api = ScriptedApi::script([ok(found["answer"].clone())]);
        let job = api.sandbox().run(&["jobs", "get", id, "--json"]).json();
        assert_eq!(job["raw"], found["answer"]);
        (job["state"].as_str().expect("a word").to_owned(), job["results"].clone())
    };
    let video = "https://generativelanguage.googleapis.com/v1beta/files/vid1:download?alt=media";
    assert_eq!(shown("interactions.create dynamic", INTERACTION), ("running".to_owned(), json!([])));
    assert_eq!(shown("interactions.get", INTERACTION), ("succeeded".to_owned(), json!([])));
    assert_eq!(shown("interactions.cancel", INTERACTION), ("cancelled".to_owned(), json!([])));
    assert_eq!(shown("batches.create file dynamic", BATCH), ("pending".to_owned(), json!([])));
    assert_eq!(shown("batches.get", BATCH), ("succeeded".to_owned(), json!(["files/batch-123456"])));
    assert_eq!(shown("models.generate_videos dynamic", OPERATION), ("running".to_owned(), json!([])));
    assert_eq!(shown("operations.get video", OPERATION), ("succeeded".to_owned(), json!([video])));
}

#[test]
fn a_batch_without_an_id_does_not_keep_the_others_from_being_listed() {
    let mut odd = batch("PENDING", json!({}));
    odd["name"] = "batches/a/b".into();
    let api = ScriptedApi::script([ok(json!({"operations": [odd, batch("RUNNING", json!({}))]}))]);
    let output = api.sandbox().run(&["jobs", "list"]);
    assert!(output.code == 0 && output.out().contains("batches/123456"), "{output:?}");
    assert!(output.err().contains("1 of the listed have no id of a batch"), "{output:?}");
}
