//! The delivery engine, watched from the receivers' side.

use std::collections::HashMap;
use std::sync::Arc;

use gwh::clock::FixedClock;
use serde_json::{Value, json};

use super::{Emulator, text, verifies};
use crate::support::{NOW, Receiver, Reply, Sandbox};

const DAY: i64 = 86_400;
/// Makes the first delay, which is 5 seconds, half a millisecond.
const FAST: [&str; 2] = ["--time-scale", "10000"];

fn stamps(receiver: &Receiver) -> Vec<i64> {
    let parse = |text: &str| text.parse().expect("a number");
    receiver.received().iter().map(|received| parse(received.header("webhook-timestamp"))).collect()
}

#[test]
fn a_retry_has_the_same_id_and_a_fresh_timestamp() {
    let clock = Arc::new(FixedClock::at(NOW));
    let sandbox = Sandbox::new().with_clock(clock.clone());
    let receiver = Receiver::scripted(move |index, _| {
        clock.set(NOW + 600 * (index as i64 + 1));
        Reply::Status(if index < 2 { 503 } else { 200 })
    });
    let mut emulator = Emulator::start(&sandbox, &FAST);
    let webhook = emulator.create(&receiver.url("/"));
    let emitted = emulator.emit();
    receiver.wait_for(3);
    emulator.running.stdout.wait_for(|line| line.contains(r#""outcome":"delivered""#));

    assert_eq!(stamps(&receiver), [NOW, NOW + 600, NOW + 1200]);
    for received in receiver.received() {
        assert_eq!(received.header("webhook-id"), text(&emitted, "/webhook_id"));
        let stamp = received.header("webhook-timestamp").parse().expect("a number");
        assert!(verifies(&received, &webhook.secret, stamp), "{received:?}");
        assert_eq!(received.body, receiver.received()[0].body, "the body is the same, byte for byte");
    }
    let all = emulator.done("GET", "/emulator/v1/deliveries", None);
    let delivery = &all["deliveries"][0];
    assert_eq!(delivery["status"], "delivered");
    let statuses: Vec<&Value> =
        delivery["attempts"].as_array().expect("a list").iter().map(|attempt| &attempt["status"]).collect();
    assert_eq!(statuses, [503, 503, 200]);
}

#[test]
fn every_live_secret_signs_and_no_other() {
    let clock = Arc::new(FixedClock::at(NOW));
    let sandbox = Sandbox::new().with_clock(clock.clone());
    let receiver = Receiver::answering(200);
    let mut emulator = Emulator::start(&sandbox, &[]);
    let webhook = emulator.create(&receiver.url("/"));
    let rotate = format!("/v1/webhooks/{}:rotateSigningSecret", webhook.id);
    let second = text(&emulator.done("POST", &rotate, None), "/secret");
    emulator.emit();
    clock.set(NOW + DAY);
    emulator.emit();
    let now = r#"{"revocation_behavior":"revoke_previous_secrets_immediately"}"#;
    let third = text(&emulator.done("POST", &rotate, Some(now)), "/secret");
    emulator.emit();

    let received = receiver.received();
    let by = |index: usize, now: i64| {
        let secrets = [&webhook.secret, &second, &third];
        secrets.map(|secret| verifies(&received[index], secret, now))
    };
    assert_eq!(by(0, NOW), [true, true, false], "both sign while the first one still lives");
    assert_eq!(received[0].header("webhook-signature").split(' ').count(), 2);
    assert_eq!(by(1, NOW + DAY), [false, true, false], "the first one's day is over");
    assert_eq!(by(2, NOW + DAY), [false, false, true], "revoked at once");
}

#[test]
fn a_webhook_is_disabled_when_its_time_is_over_and_can_be_enabled_again() {
    let sandbox = Sandbox::new();
    let receiver = Receiver::answering(500);
    let args = [&FAST[..], &["--retry-for", "60s", "--retry-jitter", "0"]].concat();
    let mut emulator = Emulator::start(&sandbox, &args);
    let webhook = emulator.create(&receiver.url("/"));
    let untouched = emulator.create("https://x.example/h");
    emulator.done("PATCH", &format!("/v1/webhooks/{}", untouched.id), Some(r#"{"state":"disabled"}"#));
    emulator.emit();
    let line = emulator.running.stdout.wait_for(|line| line.contains(r#""type":"disabled""#));
    assert!(line.contains(&webhook.id) && line.contains("disabled_due_to_failed_deliveries"), "{line}");
    // After 5, 10 and 20 seconds; another 40 would be more than a minute.
    assert_eq!(receiver.received().len(), 4);
    assert_eq!(emulator.state(&webhook), "disabled_due_to_failed_deliveries");
    assert_eq!(emulator.state(&untouched), "disabled");
    assert_eq!(emulator.emit()["deliveries"], json!([]), "a disabled webhook gets nothing");
    emulator.done("PATCH", &format!("/v1/webhooks/{}", webhook.id), Some(r#"{"state":"enabled"}"#));
    assert_eq!(emulator.emit()["deliveries"][0]["attempts"][0]["status"], 500);
}

#[test]
fn the_threshold_counts_deliveries_in_a_row() {
    let sandbox = Sandbox::new();
    let receiver = Receiver::scripted(|index, _| Reply::Status(if index == 1 { 200 } else { 500 }));
    let mut emulator = Emulator::start(&sandbox, &["--retry-for", "0s", "--disable-after", "2"]);
    let webhook = emulator.create(&receiver.url("/"));
    let mut states = Vec::new();
    for _ in 0..4 {
        emulator.emit();
        states.push(emulator.state(&webhook));
    }
    assert_eq!(states, ["enabled", "enabled", "enabled", "disabled_due_to_failed_deliveries"]);
}

#[test]
fn a_redirect_is_a_failure_and_is_not_followed() {
    let sandbox = Sandbox::new();
    let elsewhere = Receiver::answering(200).idle();
    let location = format!("location: {}\r\n", elsewhere.url("/"));
    let receiver = Receiver::scripted(move |_, _| Reply::with_body(307, &location, ""));
    let mut emulator = Emulator::start(&sandbox, &["--retry-for", "0s"]);
    emulator.create(&receiver.url("/"));
    let delivery = emulator.emit()["deliveries"][0].clone();
    assert_eq!((&delivery["status"], &delivery["attempts"][0]["status"]), (&json!("gave_up"), &json!(307)));
    assert!(elsewhere.received().is_empty());
}

#[test]
fn a_receiver_that_hangs_holds_up_nobody_else() {
    let sandbox = Sandbox::new();
    let hanging = Receiver::scripted(|_, _| Reply::Silence);
    let prompt = Receiver::answering(200);
    let mut emulator = Emulator::start(&sandbox, &["--attempt-timeout", "1m"]);
    emulator.create(&hanging.url("/"));
    emulator.create(&prompt.url("/"));
    let body = r#"{"type":"batch.succeeded","data":{}}"#;
    for _ in 0..40 {
        emulator.done("POST", "/emulator/v1/events", Some(body));
    }
    prompt.wait_for(40);
    hanging.wait_for(16);
    // The last answers may still be on their way back.
    emulator.until_counted("delivered", 40);
    emulator.until_counted("pending", 40);
    assert_eq!(hanging.received().len(), 16, "so many attempts at one webhook at once");
}

#[test]
fn an_attempt_has_a_time_limit() {
    let sandbox = Sandbox::new();
    let hanging = Receiver::scripted(|_, _| Reply::Silence);
    let args = ["--attempt-timeout", "50ms", "--retry-for", "0s"];
    let mut emulator = Emulator::start(&sandbox, &args);
    emulator.create(&hanging.url("/"));
    let attempt = emulator.emit()["deliveries"][0]["attempts"][0].clone();
    assert_eq!(attempt["status"], Value::Null);
    assert!(text(&attempt, "/error").contains("no complete answer came within"), "{attempt}");
}

#[test]
fn what_does_not_fit_the_queue_is_reported() {
    let sandbox = Sandbox::new();
    let hanging = Receiver::scripted(|_, _| Reply::Silence);
    let mut emulator = Emulator::start(&sandbox, &["--queue", "2"]);
    let webhook = emulator.create(&hanging.url("/"));
    let body = r#"{"type":"batch.succeeded","data":{}}"#;
    let mut standings = Vec::new();
    for _ in 0..3 {
        let emitted = emulator.done("POST", "/emulator/v1/events", Some(body));
        standings.push(text(&emitted, "/deliveries/0/status"));
    }
    assert_eq!(standings, ["pending", "pending", "overflow"]);
    let line = emulator.running.stdout.wait_for(|line| line.contains(r#""type":"settled""#));
    assert!(line.contains(r#""outcome":"overflow""#) && line.contains(&webhook.id), "{line}");
    hanging.wait_for(2);
}

#[test]
fn a_retry_is_dropped_when_its_webhook_is_gone_by_then() {
    let sandbox = Sandbox::new();
    let receiver = Receiver::answering(503);
    // The first delay is 5 seconds; half a second is time enough to delete a webhook.
    let mut emulator = Emulator::start(&sandbox, &["--time-scale", "10"]);
    let webhook = emulator.create(&receiver.url("/"));
    emulator.emit();
    emulator.done("DELETE", &format!("/v1/webhooks/{}", webhook.id), None);
    let line = emulator.running.stdout.wait_for(|line| line.contains(r#""type":"settled""#));
    assert!(line.contains(r#""outcome":"dropped""#), "{line}");
    assert_eq!(receiver.received().len(), 1);
}

#[test]
fn a_thousand_events_reach_twenty_webhooks() {
    const EVENTS: usize = 1_000;
    const WEBHOOKS: usize = 20;
    // Every fiftieth answer is a failure, so that there are retries among them.
    const REQUESTS: usize = EVENTS * WEBHOOKS + 409;
    let sandbox = Sandbox::new();
    let receiver = Receiver::scripted(|index, _| Reply::Status(if index % 50 == 0 { 503 } else { 200 }));
    let mut emulator = Emulator::start(&sandbox, &FAST);
    for index in 0..WEBHOOKS {
        emulator.create(&receiver.url(&format!("/{index}")));
    }
    for index in 0..EVENTS {
        let body = format!(r#"{{"type":"batch.succeeded","data":{{"id":"batch_{index}"}}}}"#);
        let target = format!("/emulator/v1/events?id=msg_{index}");
        assert_eq!(emulator.call("POST", &target, Some(&body)).status, 200);
    }
    receiver.wait_for(REQUESTS);
    let mut tries: HashMap<(String, String), usize> = HashMap::new();
    for received in receiver.received() {
        *tries.entry((received.path.clone(), received.header("webhook-id").to_owned())).or_default() += 1;
    }
    assert_eq!(tries.len(), EVENTS * WEBHOOKS, "each event reached each webhook");
    assert_eq!(tries.values().sum::<usize>(), REQUESTS, "and was only tried again where it failed");
}
