//! The emulator's own calls.

use serde_json::json;

use super::{Emulator, document, text};
use crate::support::{Receiver, Sandbox};

#[test]
fn an_event_goes_to_those_who_subscribed_to_it() {
    let sandbox = Sandbox::new();
    let receiver = Receiver::answering(200);
    let mut emulator = Emulator::start(&sandbox, &[]);
    let webhook = emulator.create(&receiver.url("/one?token=planted"));
    let other = json!({"uri": receiver.url("/two"), "subscribed_events": ["video.generated"]}).to_string();
    emulator.done("POST", "/v1/webhooks", Some(&other));

    // Bytes that no serialiser writes: they are to arrive as they are.
    let body = "{ \"type\":\"batch.succeeded\",\n\"n\":1e2, \"data\":{} }\n";
    let emitted = emulator.done("POST", "/emulator/v1/events?id=msg_mine&wait=20s", Some(body));
    assert_eq!(text(&emitted, "/webhook_id"), "msg_mine");
    let delivery = &emitted["deliveries"][0];
    assert_eq!(emitted["deliveries"].as_array().map(Vec::len), Some(1));
    assert_eq!((&delivery["webhook"], &delivery["status"]), (&json!(webhook.id), &json!("delivered")));
    assert_eq!(text(delivery, "/url"), receiver.url("/one"), "without what may be secret in it");
    assert_eq!(receiver.only().body, body.as_bytes());
    assert_eq!(receiver.only().header("webhook-id"), "msg_mine");

    let one = emulator.done("GET", "/emulator/v1/deliveries/msg_mine", None);
    assert_eq!(one["deliveries"], emitted["deliveries"]);
    assert_eq!(emulator.done("GET", "/emulator/v1/deliveries/msg_other", None)["deliveries"], json!([]));
}

#[test]
fn what_is_no_event_is_refused() {
    let sandbox = Sandbox::new();
    let mut emulator = Emulator::start(&sandbox, &[]);
    for (target, body) in [
        ("/emulator/v1/events", "[]"),
        ("/emulator/v1/events", r#"{"data":{}}"#),
        ("/emulator/v1/events", ""),
        ("/emulator/v1/events?id=", r#"{"type":"x"}"#),
        ("/emulator/v1/events?id=a%20b", r#"{"type":"x"}"#),
        ("/emulator/v1/events?wait=soon", r#"{"type":"x"}"#),
    ] {
        let answer = emulator.call("POST", target, Some(body));
        assert_eq!(
            (answer.status, &document(&answer)["error"]["code"]),
            (400, &json!(400)),
            "{target} {body}"
        );
    }
    let emitted = emulator.done("POST", "/emulator/v1/events?wait=20s", Some(r#"{"type":"x.y"}"#));
    assert_eq!(emitted["deliveries"], json!([]), "nobody waits for what nobody subscribed to");
}

#[test]
fn web_pages_are_kept_out() {
    let sandbox = Sandbox::new();
    let mut emulator = Emulator::start(&sandbox, &[]);
    emulator.create("http://127.0.0.1:9/");
    let event = r#"{"type":"batch.succeeded"}"#;
    let mut refused = |request: String, code: serde_json::Value| {
        emulator.client.send(request);
        let answer = emulator.client.answer();
        assert_eq!((answer.status, &document(&answer)["error"]["code"]), (403, &code), "{answer:?}");
        assert_eq!(answer.header("access-control-allow-origin"), None);
    };
    // A form or a script of any page, which a browser sends without asking first.
    let post = |target: &str, host: &str, more: &str| {
        format!(
            "POST {target} HTTP/1.1\r\nhost: {host}\r\n{more}content-length: {}\r\n\r\n{event}",
            event.len()
        )
    };
    let origin = "origin: https://evil.example\r\n";
    refused(post("/emulator/v1/events?wait=5s", "localhost", origin), json!(403));
    refused(post("/v1/webhooks?key=any", "localhost", origin), json!("permission_denied"));
    // A page whose name now leads here.
    refused(post("/emulator/v1/events?wait=5s", "rebound.example", ""), json!(403));
    let reading = "GET /emulator/v1/deliveries HTTP/1.1\r\nhost: rebound.example\r\n\r\n";
    refused(reading.to_owned(), json!(403));
    assert_eq!(emulator.done("GET", "/emulator/v1/deliveries", None)["deliveries"], json!([]));
}
