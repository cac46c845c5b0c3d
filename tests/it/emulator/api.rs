//! The webhooks resource as a client sees it.

use serde_json::{Value, json};

use super::{Emulator, document, text};
use crate::support::{NOW, Receiver, Sandbox};

const HOOK: &str = r#"{"name":"prod","uri":"https://x.example/h","subscribed_events":["batch.succeeded"]}"#;

#[test]
fn a_webhook_lives_from_create_to_delete() {
    let sandbox = Sandbox::new();
    let mut emulator = Emulator::start(&sandbox, &[]);
    assert_eq!(emulator.done("GET", "/v1/webhooks", None), json!({}), "an empty list is an empty object");

    let mut created = emulator.done("POST", "/v1/webhooks", Some(HOOK));
    let secret = text(&created, "/new_signing_secret");
    let truncated = format!("whsec_...{}", &secret[secret.len() - 4..]);
    let id = text(&created, "/id");
    let expected = json!({
        "id": id, "name": "prod", "uri": "https://x.example/h", "subscribed_events": ["batch.succeeded"],
        "state": "enabled", "signing_secrets": [{"truncated_secret": truncated}],
    });
    created.as_object_mut().expect("an object").remove("new_signing_secret");
    assert_eq!(created, expected);

    let path = format!("/v1beta/webhooks/{id}");
    assert_eq!(emulator.done("GET", &path, None), expected, "the secret is shown once");
    assert_eq!(emulator.done("GET", "/v1alpha/webhooks", None), json!({"webhooks": [expected]}));

    let change = r#"{"name":"","state":"disabled","subscribed_events":["video.generated"]}"#;
    let masked = format!("{path}?update_mask=uri&unknown=1");
    let updated = emulator.done("PATCH", &masked, Some(change));
    assert_eq!(updated["state"], "disabled", "the mask is ignored, as the service ignores it");
    assert_eq!(updated["subscribed_events"], json!(["video.generated"]));
    assert!(updated.get("name").is_none() && updated.get("create_time").is_none());

    assert_eq!(emulator.done("DELETE", &path, Some("{}")), json!({}));
    let gone = emulator.call("GET", &path, None);
    assert_eq!(gone.status, 404);
    assert_eq!(text(&document(&gone), "/error/code"), "not_found");
}

#[test]
fn pages_follow_their_tokens_in_either_spelling() {
    let sandbox = Sandbox::new();
    let mut emulator = Emulator::start(&sandbox, &[]);
    let ids: Vec<String> = (0..5).map(|_| emulator.create("https://x.example/h").id).collect();
    let mut listed: Vec<String> = Vec::new();
    let mut target = "/v1/webhooks?page_size=2".to_owned();
    let mut pages = 0;
    loop {
        let page = emulator.done("GET", &target, None);
        pages += 1;
        let webhooks = page["webhooks"].as_array().expect("a list");
        listed.extend(webhooks.iter().map(|webhook| text(webhook, "/id")));
        let Some(token) = page.get("next_page_token").and_then(Value::as_str) else { break };
        target = format!("/v1/webhooks?pageSize=2&pageToken={token}");
    }
    assert_eq!((pages, listed), (3, ids));
    assert_eq!(emulator.call("GET", "/v1/webhooks?page_size=-1", None).status, 400);
}

#[test]
fn a_rotation_shows_the_end_of_the_previous_secret() {
    let sandbox = Sandbox::new();
    let mut emulator = Emulator::start(&sandbox, &[]);
    let webhook = emulator.create("https://x.example/h");
    let rotate = format!("/v1/webhooks/{}%3ArotateSigningSecret", webhook.id);
    let rotated = emulator.done("POST", &rotate, Some(""));
    assert_eq!(rotated.as_object().expect("an object").len(), 1, "{rotated}");
    let get = format!("/v1/webhooks/{}", webhook.id);
    let secrets = emulator.done("GET", &get, None)["signing_secrets"].clone();
    let end = jiff::Timestamp::from_second(NOW + 86_400).expect("a moment").to_string();
    let short = |secret: &str| format!("whsec_...{}", &secret[secret.len() - 4..]);
    assert_eq!(
        secrets,
        json!([
            {"truncated_secret": short(&text(&rotated, "/secret"))},
            {"truncated_secret": short(&webhook.secret), "expire_time": end},
        ])
    );
    let now = r#"{"revocation_behavior":"REVOKE_PREVIOUS_SECRETS_IMMEDIATELY"}"#;
    emulator.done("POST", &rotate, Some(now));
    let secrets = emulator.done("GET", &get, None)["signing_secrets"].clone();
    assert_eq!(secrets.as_array().expect("a list").len(), 1);
}

#[test]
fn a_key_is_taken_from_three_places_and_missed_in_the_shape_of_its_family() {
    let sandbox = Sandbox::new();
    let mut emulator = Emulator::start(&sandbox, &[]);
    let mut status = |target: &str, headers: &str| emulator.send("GET", target, headers, None).status;
    assert_eq!(status("/v1/webhooks", "x-goog-api-key: k\r\n"), 200);
    assert_eq!(status("/v1/webhooks", "Authorization: Bearer t\r\n"), 200);
    assert_eq!(status("/v1/webhooks?key=k", ""), 200);
    assert_eq!(status("/.well-known/jwks.json", ""), 200);
    assert_eq!(status("/v1/webhooks", "x-goog-api-key: \r\n"), 403);
    assert_eq!(status("/v1/webhooks?key=", "authorization: Bearer \r\n"), 403);
    let code = |emulator: &mut Emulator, target| {
        document(&emulator.send("GET", target, "", None))["error"]["code"].clone()
    };
    assert_eq!(code(&mut emulator, "/v1/webhooks"), "permission_denied");
    assert_eq!(code(&mut emulator, "/v1/batches/1"), 403);
}

#[test]
fn what_clients_send_oddly_is_taken() {
    let sandbox = Sandbox::new();
    let mut emulator = Emulator::start(&sandbox, &[]);
    let odd = "x-goog-api-key: k\r\ncontent-type: application/json\r\nUser-Agent: a\r\nuser-agent: b\r\n\
               cookie: \r\nApi-Revision: 2099-01-01\r\n";
    assert_eq!(emulator.send("GET", "/v1/webhooks", odd, Some("")).status, 200);
    let (start, end) = HOOK.split_at(20);
    emulator.client.send(format!(
        "POST /v1/webhooks HTTP/1.1\r\nhost: test\r\n{odd}transfer-encoding: chunked\r\n\r\n\
         {:x}\r\n{start}\r\n{:x}\r\n{end}\r\n0\r\n\r\n",
        start.len(),
        end.len()
    ));
    assert_eq!(emulator.client.answer().status, 200);
}

#[test]
fn what_the_service_refuses_is_refused_with_its_words() {
    let sandbox = Sandbox::new();
    let mut emulator = Emulator::start(&sandbox, &[]);
    let id = emulator.create("https://x.example/h").id;
    let mut refused = |method: &str, target: &str, body: &str| {
        let answer = emulator.call(method, target, Some(body));
        let error = document(&answer)["error"].clone();
        format!("{} {} {}", answer.status, error["code"], error["message"])
    };
    let events = |name: &str| format!(r#"{{"uri":"https://x.example/h","subscribed_events":["{name}"]}}"#);
    for name in ["batch.cancelled", "interaction.cancelled", "x.y"] {
        assert_eq!(
            refused("POST", "/v1/webhooks", &events(name)),
            format!(r#"400 "invalid_request" "Invalid enum value '{name}' at 'subscribed_events[0]'""#)
        );
    }
    assert_eq!(
        refused("PATCH", &format!("/v1/webhooks/{id}"), r#"{"subscribedEvents":["batch.succeeded"]}"#),
        r#"400 "invalid_request" "Unknown parameter 'subscribedEvents'. Did you mean 'subscribed_events'?""#
    );
    for (method, target) in [
        ("POST", format!("/v1/webhooks/{id}/rotate_secret")),
        ("POST", format!("/v1/webhooks/{id}:test")),
        ("PUT", format!("/v1/webhooks/{id}")),
    ] {
        let words = refused(method, &target, "{}");
        assert!(words.starts_with(r#"404 "not_found""#), "{method} {target}: {words}");
    }
    assert!(refused("POST", "/v1/models/m:generateContent", "{}").starts_with("404 404"));
    assert!(refused("PUT", "/v1/interactions", "{}").starts_with(r#"404 "not_found""#));
}

#[test]
fn unknown_events_are_accepted_where_that_is_asked_for() {
    let sandbox = Sandbox::new();
    let mut emulator = Emulator::start(&sandbox, &["--accept-unknown-events"]);
    let body = r#"{"uri":"https://x.example/h","subscribed_events":["model.tuned"]}"#;
    assert_eq!(emulator.call("POST", "/v1/webhooks", Some(body)).status, 200);
}

#[test]
fn the_key_set_has_the_test_identity_between_two_other_keys() {
    let sandbox = Sandbox::new();
    let published = |sandbox: &Sandbox| {
        let mut emulator = Emulator::start(sandbox, &[]);
        emulator.done("GET", "/.well-known/jwks.json", None)["keys"].clone()
    };
    let keys = published(&sandbox);
    let own = sandbox.run(&["keys", "jwks"]).json()["keys"].clone();
    assert_eq!(keys.as_array().map(Vec::len), Some(4));
    assert_eq!((&keys[1], &keys[3]), (&own[0], &own[1]));
    assert!(keys[0]["x"] != keys[1]["x"] && keys[1]["x"] != keys[2]["x"], "{keys}");
    assert!((0..3).all(|index| keys[index].get("kid").is_none()), "{keys}");
    assert_eq!(published(&sandbox), keys, "the set is the same after a restart");
}

#[test]
fn a_ping_is_answered_at_once_and_delivered_signed() {
    let sandbox = Sandbox::new();
    let receiver = Receiver::answering(200);
    let mut emulator = Emulator::start(&sandbox, &["--ping-type", "test.ping"]);
    let webhook = emulator.create(&receiver.url("/hook?token=1"));
    assert_eq!(emulator.done("POST", &format!("/v1/webhooks/{}:ping", webhook.id), None), json!({}));
    receiver.wait_for(1);
    let received = receiver.only();
    assert_eq!(received.path, "/hook?token=1");
    assert_eq!(received.json()["type"], "test.ping");
    assert_eq!(received.json()["data"]["id"], webhook.id.as_str());
    assert!(super::verifies(&received, &webhook.secret, NOW));
}

#[test]
fn a_disabled_webhook_is_pinged_only_where_that_is_asked_for() {
    let sandbox = Sandbox::new();
    for (args, arrives) in [(&[][..], false), (&["--ping-disabled"][..], true)] {
        let receiver = Receiver::answering(200);
        let mut emulator = Emulator::start(&sandbox, args);
        let webhook = emulator.create(&receiver.url("/"));
        let path = format!("/v1/webhooks/{}", webhook.id);
        emulator.done("PATCH", &path, Some(r#"{"state":"disabled"}"#));
        emulator.done("POST", &format!("{path}:ping"), Some("{}"));
        if arrives {
            receiver.wait_for(1);
        } else {
            let deliveries = emulator.done("GET", "/emulator/v1/deliveries", None);
            assert_eq!(deliveries["deliveries"], json!([]));
            drop(receiver.idle());
        }
    }
}
