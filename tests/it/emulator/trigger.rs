//! `gwh trigger --via-emulator`, `gwh webhooks` and `gwh listen` against a running emulator.

use super::{Emulator, text};
use crate::support::{NOW, Receiver, Reply, Sandbox, closed_port};

#[test]
fn an_event_goes_out_through_the_emulator_signed_with_the_webhooks_secret() {
    let sandbox = Sandbox::new();
    let receiver = Receiver::answering(200);
    let mut emulator = Emulator::start(&sandbox, &[]);
    let webhook = emulator.create(&receiver.url("/hook"));
    let via = format!("--via-emulator={}", emulator.url);
    let output =
        sandbox.run(&["trigger", &via, "batch.succeeded", "--set", "data.id=batch_7", "--id", "msg_7"]);
    assert_eq!(output.code, 0, "{output:?}");
    let line = output.out();
    assert!(line.starts_with(&format!("<-- 200 {}", receiver.url("/hook"))), "{line}");
    assert!(line.trim_end().ends_with("batch.succeeded  msg_7"), "{line}");
    let received = receiver.only();
    assert_eq!((received.header("webhook-id"), &received.json()["data"]["id"]), ("msg_7", &"batch_7".into()));
    assert!(super::verifies(&received, &webhook.secret, NOW));
}

#[test]
fn the_address_comes_from_the_environment_of_the_sdks() {
    let receiver = Receiver::answering(500);
    let mut emulator = Emulator::start(&Sandbox::new(), &[]);
    let webhook = emulator.create(&receiver.url("/"));
    let sandbox = Sandbox::new().env("GOOGLE_GEMINI_BASE_URL", emulator.url.trim_end_matches('/'));
    let output = sandbox.run(&["--json", "trigger", "--via-emulator", "batch.succeeded"]);
    assert_eq!(output.code, 1, "the first attempt failed: {output:?}");
    let record = output.json();
    assert_eq!((&record["type"], &record["webhook"]), (&"emitted".into(), &webhook.id.into()));
    assert_eq!((&record["outcome"], &record["status"]), (&"pending".into(), &500.into()));
    assert!(record["next_in_ms"].as_u64().is_some_and(|next| (4_000..=6_000).contains(&next)), "{record}");
}

#[test]
fn an_event_that_nobody_subscribed_to_is_a_negative_answer() {
    let sandbox = Sandbox::new();
    let emulator = Emulator::start(&sandbox, &[]);
    let via = format!("--via-emulator={}", emulator.url);
    let output = sandbox.run(&["trigger", &via, "video.generated"]);
    assert_eq!(output.code, 1);
    assert!(output.err().contains("is subscribed to video.generated"), "{output:?}");
}

#[test]
fn what_is_no_emulator_is_said_to_be_none() {
    let sandbox = Sandbox::new();
    let other = Receiver::answering(200);
    let output = sandbox.run(&["trigger", &format!("--via-emulator={}", other.url("/")), "batch.succeeded"]);
    assert_eq!((output.code, output.out()), (4, ""));
    assert!(output.err().contains("is not gwh emulator"), "{output:?}");
    let nobody = format!("--via-emulator=http://127.0.0.1:{}", closed_port());
    let output = sandbox.run(&["trigger", &nobody, "batch.succeeded"]);
    assert_eq!(output.code, 4);
    assert!(output.err().contains("no emulator answers") && output.err().contains("hint:"), "{output:?}");
    let usage = sandbox.run(&["trigger", "--via-emulator", "batch.succeeded", "--to", "3000"]);
    assert_eq!(usage.code, 2);
}

#[test]
fn listen_verifies_what_the_emulator_sends_for_a_webhook_that_gwh_created() {
    let emulator = Emulator::start(&Sandbox::new(), &[]);
    let sandbox = Sandbox::new()
        .env("GOOGLE_GEMINI_BASE_URL", &emulator.url)
        .env("GEMINI_API_KEY", "any")
        .env("GWH_SECRET_STORE", "file");
    let gwh = |args: &[&str]| {
        let output = sandbox.run(args);
        assert_eq!(output.code, 0, "{args:?}: {output:?}");
        output
    };
    let nowhere = "https://x.example/hook";
    gwh(&["webhooks", "create", "--uri", nowhere, "--events", "batch.succeeded", "--name", "it"]);
    let listen = sandbox.start(&["--json", "listen", "--port", "0", "--count", "2"]);
    gwh(&["webhooks", "update", "it", "--uri", &listen.ready_url()]);
    gwh(&["trigger", "--via-emulator", "batch.succeeded"]);
    gwh(&["webhooks", "rotate-secret", "it"]);
    gwh(&["webhooks", "ping", "it"]);
    let heard = listen.wait();
    assert_eq!(heard.code, 0, "{heard:?}");
    let deliveries: Vec<serde_json::Value> =
        heard.json_lines().into_iter().filter(|line| line["type"] == "delivery").collect();
    let types: Vec<String> = deliveries.iter().map(|line| text(line, "/event_type")).collect();
    assert_eq!(types, ["batch.succeeded", "webhook.ping"]);
    assert!(deliveries.iter().all(|line| line["verdict"]["valid"] == true), "{deliveries:?}");
}

#[test]
fn an_answer_without_an_end_is_not_taken_in() {
    let huge = " ".repeat(9 * 1024 * 1024);
    let other = Receiver::scripted(move |_, _| Reply::with_body(200, "", &huge));
    let via = format!("--via-emulator={}", other.url("/"));
    let output = Sandbox::new().run(&["trigger", &via, "batch.succeeded"]);
    assert_eq!(output.code, 4);
    assert!(output.err().contains("is larger than 8388608 bytes"), "{output:?}");
}
