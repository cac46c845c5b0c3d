//! Many jobs at once, and receivers that are slow, failing, redirecting or dead.

use std::collections::{BTreeMap, HashSet};
use std::sync::Mutex;

use serde_json::{Value, json};

use super::{Emulator, text};
use crate::support::{Receiver, Reply, Sandbox};

/// So many that none of the queues is short, so few that a debug build is quick.
const JOBS: usize = 500;

fn body(uri: &str, number: usize) -> String {
    let config = json!({"uris": [uri], "user_metadata": {"number": number}});
    json!({"model": "m", "input": "x", "background": true, "webhook_config": config}).to_string()
}

#[test]
fn each_of_many_jobs_tells_its_own_uri_although_every_tenth_fails_first() {
    let sandbox = Sandbox::new();
    let failed = Mutex::new(HashSet::new());
    let receiver = Receiver::scripted(move |_, received| {
        let is_tenth = received.path.ends_with('0');
        let is_first = failed.lock().expect("no receiver panics").insert(received.path.clone());
        Reply::Status(if is_tenth && is_first { 503 } else { 200 })
    });
    // All end within a moment, and the first delay of 5 seconds is one of 5 milliseconds.
    let mut emulator = Emulator::start(&sandbox, &["--job-delay", "300ms", "--time-scale", "1000"]);
    let mut ids = BTreeMap::new();
    for number in 0..JOBS {
        let body = body(&receiver.url(&format!("/job/{number}")), number);
        ids.insert(number, text(&emulator.done("POST", "/v1/interactions", Some(&body)), "/id"));
    }
    emulator.until_counted("delivered", JOBS);
    let mut seen = BTreeMap::new();
    for received in receiver.received() {
        let event: Value = serde_json::from_slice(&received.body).expect("JSON");
        let number = event["user_metadata"]["number"].as_u64().expect("a number") as usize;
        assert_eq!(received.path, format!("/job/{number}"), "where it belongs");
        assert_eq!(text(&event, "/data/id"), ids[&number]);
        let attempts = seen.entry(number).or_insert_with(Vec::new);
        attempts.push(received.header("webhook-id").to_owned());
    }
    assert_eq!(seen.len(), JOBS, "each at least once");
    for (number, attempts) in seen {
        assert_eq!(attempts.len(), if number % 10 == 0 { 2 } else { 1 }, "{number}");
        assert!(attempts.iter().all(|id| *id == attempts[0]), "a retry has the same id");
    }
}

#[test]
fn receivers_that_hang_redirect_or_are_gone_hold_up_nobody_else() {
    let sandbox = Sandbox::new();
    let hanging = Receiver::scripted(|_, _| Reply::Silence);
    let elsewhere = Receiver::answering(200).idle();
    let location = format!("location: {}\r\n", elsewhere.url("/"));
    let redirecting = Receiver::scripted(move |_, _| Reply::with_body(302, &location, ""));
    let gone = {
        let receiver = Receiver::answering(200).idle();
        receiver.url("/")
    };
    let good = Receiver::answering(200);
    let args = ["--job-delay", "0s", "--attempt-timeout", "30s", "--retry-for", "0s"];
    let mut emulator = Emulator::start(&sandbox, &args);
    for number in 0..40 {
        for uri in [&hanging.url("/"), &redirecting.url("/"), &gone] {
            emulator.done("POST", "/v1/interactions", Some(&body(uri, number)));
        }
    }
    for number in 0..20 {
        emulator.done("POST", "/v1/interactions", Some(&body(&good.url("/"), number)));
    }
    emulator.until_counted("delivered", 20);
    emulator.until_counted("gave_up", 80);
    emulator.until_counted("pending", 40);
    assert_eq!(good.received().len(), 20);
    assert!(elsewhere.received().is_empty(), "redirects are not followed");
    hanging.wait_for(16);
    assert_eq!(hanging.received().len(), 16, "so many attempts at once get one receiver");
}
