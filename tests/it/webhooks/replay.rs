//! The typed calls send what Google's SDKs send, and read what those read.
//!
//! `fixtures/webhooks.json` has every webhooks request that four SDK versions were recorded with; after
//! the version in the path they are the same for all of them.

use gwh::gemini::{Api, ApiError, Change, Created, Grant, NewWebhook, Revocation, State, Webhook};
use gwh::runtime;
use serde::Deserialize;
use serde_json::Value;

use super::{ID, ROTATED, SECRET};
use crate::support::{API_KEY, ApiReply as Reply, ScriptedApi};

#[derive(Debug, Deserialize)]
struct Recorded {
    call: String,
    method: String,
    target: String,
    body: Option<Value>,
    status: u16,
    answer: Value,
}

fn recordings() -> Vec<Recorded> {
    serde_json::from_str(include_str!("../../fixtures/webhooks.json")).expect("the fixture is JSON")
}

fn events(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// Makes the call of a recording, and says whether its answer was read as it should be.
async fn call(api: &Api, recorded: &Recorded) -> Result<bool, ApiError> {
    let is_rec_hook = |webhook: &Webhook| webhook.id == ID && webhook.state != State::Unspecified;
    let is_rotated = |grant: Grant| matches!(grant, Grant::Secret(secret) if secret.expose() == ROTATED);
    Ok(match recorded.call.as_str() {
        "webhooks.create" => {
            let new = NewWebhook {
                name: Some("MyBatchWebhook".to_owned()),
                uri: "https://my-api.com/gemini-callback".to_owned(),
                subscribed_events: events(&["batch.succeeded", "batch.failed"]),
            };
            let Created { webhook, secret } = api.create(&new).await?;
            webhook.id == ID && matches!(secret, Grant::Secret(secret) if secret.expose() == SECRET)
        }
        "err400 webhooks.create" => {
            let uri = "https://x".to_owned();
            api.create(&NewWebhook { name: None, uri, subscribed_events: events(&["x.y"]) }).await.is_ok()
        }
        "webhooks.list" => api.page(None, None).await?.webhooks.iter().all(is_rec_hook),
        "webhooks.list paged" => api.page(Some(10), Some("tok")).await?.webhooks.iter().all(is_rec_hook),
        "webhooks.get" => is_rec_hook(&api.get(ID).await?),
        "err404status webhooks.get" => api.get("nope").await.is_ok(),
        "webhooks.update" => {
            let wanted = events(&["batch.succeeded", "batch.failed", "batch.cancelled"]);
            let change = Change { subscribed_events: Some(wanted.clone()), ..Change::default() };
            api.update(ID, &change, None).await?.subscribed_events == wanted
        }
        "webhooks.update masked" => {
            let (uri, state) = (Some("https://x.example/h".to_owned()), Some(State::Disabled));
            let change = Change { uri, state, ..Change::default() };
            api.update(ID, &change, Some("state,uri")).await?.state == State::Disabled
        }
        "webhooks.ping" => api.ping(ID).await.is_ok(),
        "webhooks.rotate lower" => is_rotated(api.rotate(ID, Some(Revocation::Immediately)).await?),
        "webhooks.rotate (docs uppercase)" => is_rotated(api.rotate(ID, Some(Revocation::AfterADay)).await?),
        "webhooks.rotate none" => is_rotated(api.rotate(ID, None).await?),
        "webhooks.delete" => api.delete(ID).await.is_ok(),
        other => panic!("a recording that no call stands for: {other}"),
    })
}

#[test]
fn every_recorded_request_is_sent_alike_in_both_versions() {
    for version in ["v1", "v1beta"] {
        for recorded in recordings() {
            let reply = Reply::json(recorded.status, recorded.answer.clone());
            let api = ScriptedApi::script([reply]);
            let sandbox = api.sandbox().env("GOOGLE_GENAI_API_VERSION", version);
            let (session, _) = sandbox.session();
            let client = session.api().expect("a client");
            let answer = runtime::block_on(async { Ok(call(&client, &recorded).await) }).expect("a runtime");
            match (recorded.status, answer) {
                (200, Ok(was_read)) => assert!(was_read, "{}", recorded.call),
                (200, Err(error)) => panic!("{}: {error:?}", recorded.call),
                (status, Ok(was_ok)) => assert!(!was_ok, "{}: {status} was taken for success", recorded.call),
                (status, Err(error)) => assert_eq!(error.refusal().map(|it| it.status), Some(status)),
            }
            let [request] = api.requests().try_into().expect("one request");
            assert_eq!(request.line(), format!("{} /{version}/{}", recorded.method, recorded.target));
            let sent = if request.body.is_empty() { None } else { Some(request.json()) };
            // The documentation writes the words of a revocation upper case; the service wants them lower case.
            let lower = |body: Value| match body.get("revocation_behavior").and_then(Value::as_str) {
                Some(word) => serde_json::json!({"revocation_behavior": word.to_lowercase()}),
                None => body,
            };
            assert_eq!(sent, recorded.body.map(lower), "{}", recorded.call);
            assert_eq!(request.header("x-goog-api-key"), Some(API_KEY));
            let wanted_type = sent.map(|_| "application/json");
            assert_eq!(request.header("content-type"), wanted_type, "{}", recorded.call);
        }
    }
}
