//! Following a thin payload to its job: the calls that are made, and those that must not be.

use gwh::event::Event;
use gwh::gemini::{JobState, ResolveError, Resolved};
use gwh::runtime;
use serde_json::{Value, json};

use super::{BATCH, INTERACTION, OPERATION, completed, ok, succeeded, video};
use crate::support::{ApiReply as Reply, ScriptedApi};

fn resolve(api: &ScriptedApi, event: &Value) -> Result<Resolved, ResolveError> {
    let (session, _) = api.sandbox().session();
    let client = session.api().expect("a client");
    let body = event.to_string();
    let event = Event::parse(body.as_bytes()).expect("an event");
    runtime::block_on(async { Ok(client.resolve(&event).await) }).expect("a runtime")
}

fn event(name: &str, data: Value) -> Value {
    json!({"type": name, "version": "v1", "data": data})
}

#[test]
fn an_event_leads_to_its_job_and_the_jobs_results() {
    let uri = "https://generativelanguage.googleapis.com/v1beta/files/vid1:download?alt=media";
    let api = ScriptedApi::script([ok(succeeded()), ok(completed("hi")), ok(video(uri))]);
    let found = resolve(&api, &event("batch.succeeded", json!({"id": BATCH, "output_file_uri": "gs://b/r"})))
        .expect("found");
    assert_eq!((found.job.id.as_str(), &found.job.state), (BATCH, &JobState::Succeeded));
    assert_eq!(found.results, ["files/batch-123456"]);
    let found = resolve(&api, &event("interaction.completed", json!({"id": INTERACTION}))).expect("found");
    assert_eq!((found.job.inline().as_deref(), found.results.len()), (Some("hi"), 0));
    let found = resolve(&api, &event("video.generated", json!({"id": OPERATION}))).expect("found");
    assert_eq!(found.results, [uri]);
    assert_eq!(
        api.lines(),
        [
            format!("GET /v1/{BATCH}"),
            format!("GET /v1/interactions/{INTERACTION}"),
            format!("GET /v1/{OPERATION}")
        ]
    );
}

#[test]
fn the_pointer_of_the_event_stands_in_for_one_that_the_job_does_not_name() {
    let api = ScriptedApi::script([ok(completed("hi"))]);
    let data = json!({"id": INTERACTION, "video_uri": "gs://bucket/v.mp4"});
    assert_eq!(resolve(&api, &event("video.generated", data)).expect("found").results, ["gs://bucket/v.mp4"]);
}

#[test]
fn another_reading_of_the_id_is_tried_where_the_first_is_unknown() {
    let api =
        ScriptedApi::script([Reply::not_found(), ok(succeeded()), Reply::not_found(), Reply::not_found()]);
    let docs = event("batch.succeeded", json!({"id": "batch_123456"}));
    assert_eq!(resolve(&api, &docs).expect("found").job.id.as_str(), BATCH);
    assert_eq!(api.lines(), ["GET /v1/batches/batch_123456", "GET /v1/batches/123456"]);
    match resolve(&api, &docs).expect_err("is unknown") {
        ResolveError::Api { id, .. } => assert_eq!(id.as_str(), "batches/batch_123456"),
        other => panic!("{other}"),
    }
    let api = ScriptedApi::answering(|_| Reply::unavailable(0));
    assert!(matches!(resolve(&api, &docs), Err(ResolveError::Api { .. })));
    assert!(api.lines().iter().all(|line| line.ends_with("batch_123456")), "trouble is no reason to guess");
}

#[test]
fn a_payload_leads_nowhere_but_to_the_configured_api() {
    let foreign = ScriptedApi::script([]);
    let api = ScriptedApi::script([]);
    for id in [format!("{}/v1/batches/1", foreign.url()), "../../webhooks".to_owned(), "1:cancel".to_owned()]
    {
        let found =
            resolve(&api, &event("batch.succeeded", json!({"id": id, "output_file_uri": foreign.url()})));
        assert!(matches!(found, Err(ResolveError::UnknownId(_))), "{found:?}");
    }
    assert!(matches!(resolve(&api, &event("batch.succeeded", json!({}))), Err(ResolveError::NoId)));
    assert_eq!((foreign.lines().len(), api.lines().len()), (0, 0));
}
