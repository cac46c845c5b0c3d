//! Interactions, batches and videos: what they answer, how they end, and what is said of it.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use super::{Emulator, document, target, text};
use crate::support::{Receiver, Sandbox};

const SOON: [&str; 2] = ["--job-delay", "0s"];
const NEVER: [&str; 2] = ["--job-delay", "24h"];

fn interaction(model: &str, config: Value) -> String {
    json!({"model": model, "input": "Tell me a joke", "background": true, "webhook_config": config})
        .to_string()
}

/// Starts an interaction and waits until it is not in progress.
fn ended(emulator: &mut Emulator, body: &str) -> Value {
    let started = emulator.done("POST", "/v1/interactions", Some(body));
    let target = format!("/v1/interactions/{}?stream=false", text(&started, "/id"));
    emulator.until(&target, |interaction| interaction["status"] != "in_progress")
}

fn events(receiver: &Receiver) -> Vec<Value> {
    let all = receiver.received();
    all.iter().map(|received| serde_json::from_slice(&received.body).expect("JSON")).collect()
}

#[test]
fn a_background_interaction_is_echoed_ends_and_tells_its_own_uris_and_no_other() {
    let sandbox = Sandbox::new();
    let (receiver, second) = (Receiver::answering(200), Receiver::answering(200));
    let registered = Receiver::answering(200).idle();
    let mut emulator = Emulator::start(&sandbox, &SOON);
    let all = json!({"uri": registered.url("/"), "subscribed_events": ["interaction.completed"]}).to_string();
    emulator.done("POST", "/v1/webhooks", Some(&all));
    let config =
        json!({"uris": [receiver.url("/a"), second.url("/b")], "user_metadata": {"priority": "high"}});
    let started = emulator.done("POST", "/v1/interactions", Some(&interaction("gemini-3", config.clone())));
    assert_eq!(started["webhook_config"], config);
    let id = text(&started, "/id");
    receiver.wait_for(1);
    second.wait_for(1);
    let ended = emulator.done("GET", &format!("/v1beta/interactions/{id}"), None);
    assert_eq!((&ended["status"], &ended["object"]), (&json!("completed"), &json!("interaction")));
    assert_eq!(
        ended["steps"][0]["content"][0]["text"],
        "A stand-in answer of the emulator to 14 characters of input."
    );
    let event = &events(&receiver)[0];
    assert_eq!((&event["type"], &event["data"]), (&json!("interaction.completed"), &json!({"id": id})));
    assert_eq!(event["user_metadata"], json!({"priority": "high"}));
    assert_eq!(receiver.only().path, "/a");
    let told = emulator.done("GET", &format!("/emulator/v1/deliveries?job={id}"), None);
    assert_eq!(told["deliveries"].as_array().map(Vec::len), Some(2));
    assert_eq!(told["deliveries"][0]["webhook"], Value::Null);
    assert!(registered.received().is_empty());
}

#[test]
fn a_job_without_uris_tells_the_registered_webhooks() {
    let sandbox = Sandbox::new();
    let receiver = Receiver::answering(200);
    let mut emulator = Emulator::start(&sandbox, &SOON);
    let webhook = emulator.create(&receiver.url("/"));
    let start = r#"{"batch":{"inputConfig":{"requests":{"requests":[{"request":{}}]}}}}"#;
    let batch = emulator.done("POST", "/v1/models/m:batchGenerateContent", Some(start));
    receiver.wait_for(1);
    assert!(receiver.only().header("webhook-signature").starts_with("v1,"));
    emulator.until_counted("delivered", 1);
    let told = emulator.done("GET", "/emulator/v1/deliveries?status=delivered", None);
    assert_eq!(
        (text(&told, "/deliveries/0/job"), text(&told, "/deliveries/0/webhook")),
        (text(&batch, "/name"), webhook.id)
    );
}

#[test]
fn the_end_is_what_the_model_or_the_metadata_says() {
    let sandbox = Sandbox::new();
    let mut emulator = Emulator::start(&sandbox, &SOON);
    let mut status = |model: &str, outcome: Option<&str>| {
        let metadata = outcome.map_or(json!({}), |outcome| json!({"gwh_outcome": outcome}));
        text(&ended(&mut emulator, &interaction(model, json!({"user_metadata": metadata}))), "/status")
    };
    assert_eq!(status("gemini-3", None), "completed");
    assert_eq!(status("gemini-3-fail", None), "failed");
    assert_eq!(status("gemini-3-expire", None), "failed");
    assert_eq!(status("gemini-3-requires-action", None), "requires_action");
    assert_eq!(status("gemini-3-fail", Some("succeeded")), "completed");
    assert_eq!(status("gemini-3", Some("cancelled")), "cancelled");
    let failed = ended(&mut emulator, &interaction("gemini-3-fail", json!({})));
    assert_eq!(failed["errors"][0]["code"], "INVALID_ARGUMENT");
    let mut state = |outcome: &str| {
        let batch = json!({"inputConfig": {"requests": {"requests": [{"request": {}}]}},
            "webhookConfig": {"userMetadata": {"gwh_outcome": outcome}}});
        let started = emulator.done(
            "POST",
            "/v1/models/m:batchGenerateContent",
            Some(&json!({"batch": batch}).to_string()),
        );
        let ended = emulator.until_done(&format!("/v1/{}", text(&started, "/name")));
        assert_eq!(ended.get("error").is_some(), outcome != "succeeded", "{ended}");
        text(&ended, "/metadata/state")
    };
    assert_eq!(state("succeeded"), "BATCH_STATE_SUCCEEDED");
    assert_eq!(state("failed"), "BATCH_STATE_FAILED");
    assert_eq!(state("expired"), "BATCH_STATE_EXPIRED");
    assert_eq!(state("cancelled"), "BATCH_STATE_CANCELLED");
    let refused = emulator.call(
        "POST",
        "/v1/interactions",
        Some(&interaction("m", json!({"user_metadata": {"gwh_outcome": "no"}}))),
    );
    assert_eq!(refused.status, 400, "{refused:?}");
}

#[test]
fn a_job_can_be_cancelled_until_it_has_ended_and_deleted_at_any_time() {
    let sandbox = Sandbox::new();
    let receiver = Receiver::answering(200);
    let mut emulator = Emulator::start(&sandbox, &NEVER);
    let config = json!({"uris": [receiver.url("/")]});
    let started = emulator.done("POST", "/v1/interactions", Some(&interaction("m", config.clone())));
    let at = format!("/v1/interactions/{}", text(&started, "/id"));
    let cancelled = emulator.done("POST", &format!("{at}/cancel"), None);
    assert_eq!(cancelled["status"], "cancelled");
    assert_eq!(emulator.done("POST", &format!("{at}/cancel"), None), cancelled, "once is enough");
    assert_eq!(emulator.done("DELETE", &at, None), json!({}));
    assert_eq!(emulator.call("GET", &at, None).status, 404);

    let batch = json!({"batch": {"inputConfig": {"requests": {"requests": [{"request": {}}]}}, "webhookConfig": config}});
    let mut start = || emulator.done("POST", "/v1/models/m:batchGenerateContent", Some(&batch.to_string()));
    let (first, second) = (text(&start(), "/name"), text(&start(), "/name"));
    assert_eq!(emulator.done("DELETE", &format!("/v1/{second}"), None), json!({}));
    assert_eq!(emulator.done("POST", &format!("/v1/{first}%3Acancel"), Some("{}")), json!({}));
    let ended = emulator.done("GET", &format!("/v1/{first}"), None);
    assert_eq!(
        (&ended["done"], text(&ended, "/metadata/state")),
        (&json!(true), "BATCH_STATE_CANCELLED".to_owned())
    );
    receiver.wait_for(2);
    // Several attempts are under way at once, and nothing is promised of their order.
    let types: BTreeSet<String> = events(&receiver).iter().map(|event| text(event, "/type")).collect();
    assert_eq!(types, ["interaction.cancelled", "batch.cancelled"].map(str::to_owned).into());
}

#[test]
fn a_batch_of_a_file_has_a_result_for_each_line_and_fails_for_lines_that_are_no_requests() {
    let sandbox = Sandbox::new();
    let receiver = Receiver::answering(200);
    let mut emulator = Emulator::start(&sandbox, &SOON);
    let mut run = |content: &str| {
        let file = emulator.upload(content);
        let batch = json!({"batch": {"displayName": "nightly", "inputConfig": {"fileName": file},
            "webhookConfig": {"uris": [receiver.url("/")]}}});
        let started = emulator.done("POST", "/v1/models/m:batchGenerateContent", Some(&batch.to_string()));
        assert_eq!(started["metadata"]["displayName"], "nightly");
        emulator.until_done(&format!("/v1/{}", text(&started, "/name")))
    };
    let ended = run("{\"key\":\"a\",\"request\":{}}\n{\"key\":\"b\",\"request\":{}}\n");
    assert_eq!(ended["metadata"]["batchStats"], json!({"requestCount": "2", "successfulRequestCount": "2"}));
    let file = text(&ended, "/response/responsesFile");
    assert_eq!(ended["metadata"]["output"], json!({"responsesFile": file}));
    // Nothing promises an order between the events of two jobs.
    receiver.wait_for(1);
    let failed = run("{\"request\":{}}\nnot json\n");
    assert_eq!(failed["error"]["message"], "The input file has 1 line that is not a valid request.");

    let results = emulator.call("GET", &format!("/v1/{file}:download?alt=media"), None);
    let keys: Vec<Value> =
        results.body.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect();
    assert_eq!(keys.iter().map(|line| line["key"].clone()).collect::<Vec<_>>(), ["a", "b"]);
    receiver.wait_for(2);
    let events = events(&receiver);
    let uri = text(&events[0], "/data/output_file_uri");
    assert_eq!(
        emulator.call("GET", &target(&uri), None).body,
        results.body,
        "the event leads to the results"
    );
    assert_eq!(
        (&events[1]["type"], &events[1]["data"]["error_code"]),
        (&json!("batch.failed"), &json!("INVALID_ARGUMENT"))
    );
    let missing = r#"{"batch":{"inputConfig":{"fileName":"files/none"}}}"#;
    let refused = emulator.call("POST", "/v1/models/m:batchGenerateContent", Some(missing));
    assert_eq!(document(&refused)["error"]["status"], "NOT_FOUND");
}

#[test]
fn batches_are_listed_page_by_page() {
    let sandbox = Sandbox::new();
    let mut emulator = Emulator::start(&sandbox, &NEVER);
    assert_eq!(emulator.done("GET", "/v1/batches?pageSize=5", None), json!({}));
    let start = r#"{"batch":{"inputConfig":{"requests":{"requests":[{"request":{}}]}}}}"#;
    let mut names: Vec<String> = (0..3)
        .map(|_| text(&emulator.done("POST", "/v1/models/m:batchGenerateContent", Some(start)), "/name"))
        .collect();
    names.reverse();
    let mut listed = |query: &str| {
        let list = emulator.done("GET", &format!("/v1beta/batches?{query}"), None);
        let operations = list["operations"].as_array().expect("a list").clone();
        let names: Vec<String> = operations.iter().map(|operation| text(operation, "/name")).collect();
        (names, list["nextPageToken"].as_str().map(str::to_owned))
    };
    let (first, token) = listed("pageSize=2");
    assert_eq!(first, names[..2]);
    assert_eq!(
        listed(&format!("page_size=2&pageToken={}", token.expect("there is more"))),
        (names[2..].to_vec(), None)
    );
}

#[test]
fn a_video_can_be_had_where_the_operation_and_the_event_say() {
    let sandbox = Sandbox::new();
    let receiver = Receiver::answering(200);
    let mut emulator = Emulator::start(&sandbox, &SOON);
    let config = json!({"uris": [receiver.url("/")], "userMetadata": {"n": 1}});
    let start = json!({"instances": [{"prompt": "A cat"}], "parameters": {"sampleCount": 1}, "webhookConfig": config});
    let started =
        emulator.done("POST", "/v1beta/models/veo-3.1:predictLongRunning", Some(&start.to_string()));
    assert_eq!(started.as_object().map(|members| members.len()), Some(1), "{started}");
    let operation = emulator.until_done(&format!("/v1beta/{}", text(&started, "/name")));
    let uri = text(&operation, "/response/generateVideoResponse/generatedSamples/0/video/uri");
    let video = emulator.call("GET", &target(&uri), None);
    assert_eq!((video.status, video.header("content-type")), (200, Some("video/mp4")));
    receiver.wait_for(1);
    let event = &events(&receiver)[0];
    assert_eq!(text(event, "/data/output_file_uri"), uri);
    let file = emulator.done("GET", &format!("/v1/{}", text(event, "/data/file_name")), None);
    assert_eq!((text(&file, "/mimeType"), text(&file, "/downloadUri")), ("video/mp4".to_owned(), uri));

    let body = json!({"model": "omni", "input": "A balloon", "background": true, "response_format": {"type": "video"}});
    let interaction = ended(&mut emulator, &body.to_string());
    assert_eq!(text(&interaction, "/steps/0/content/0/type"), "video");
    let uri = text(&interaction, "/steps/0/content/0/uri");
    assert_eq!(emulator.call("GET", &target(&uri), None).body, video.body);
}

#[test]
fn each_family_refuses_in_its_own_shape_and_nobody_gets_in_without_a_key() {
    let sandbox = Sandbox::new();
    let mut emulator = Emulator::start(&sandbox, &SOON);
    let mut error = |method: &str, target: &str, body: Option<&str>| {
        let answer = emulator.call(method, target, body);
        format!("{} {}", answer.status, document(&answer)["error"]["code"])
    };
    assert_eq!(error("GET", "/v1/interactions/v1_none", None), r#"404 "not_found""#);
    assert_eq!(error("POST", "/v1/interactions", Some("{}")), r#"400 "invalid_request""#);
    assert_eq!(error("GET", "/v1/batches/none", None), "404 404");
    assert_eq!(error("GET", "/v1/models/m/operations/none", None), "404 404");
    assert_eq!(error("POST", "/v1/models/m:batchGenerateContent", Some("[]")), "400 400");
    assert_eq!(error("GET", "/v1/files/none", None), "404 404");
    assert_eq!(error("GET", "/v1/batches?pageSize=x", None), "400 400");
    let at_once = r#"{"model":"m","input":"x","webhook_config":{"uris":["http://127.0.0.1:1/"]}}"#;
    assert_eq!(error("POST", "/v1/interactions", Some(at_once)), r#"400 "invalid_request""#);
    for target in [
        "/v1/interactions/a",
        "/v1/batches",
        "/v1/files",
        "/v1/models/m/operations/o",
        "/v1/files/a:download",
    ] {
        assert_eq!(emulator.send("GET", target, "", None).status, 403, "{target}");
        let page = "x-goog-api-key: any\r\norigin: https://evil.example\r\n";
        assert_eq!(emulator.send("GET", target, page, None).status, 403, "{target}");
    }
    let synchronous = emulator.done("POST", "/v1/interactions", Some(r#"{"model":"m","input":"x"}"#));
    assert_eq!(synchronous["status"], "completed");
    assert_eq!(
        emulator.done("GET", &format!("/v1/interactions/{}", text(&synchronous, "/id")), None),
        synchronous
    );
}
