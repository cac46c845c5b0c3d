//! How an emulator starts, what it logs and keeps, and how it ends.

use std::net::TcpListener;

use serde_json::json;

use super::{Emulator, text};
#[cfg(unix)]
use crate::support::Process;
use crate::support::http::Client;
use crate::support::{NOW, Receiver, Sandbox};

#[test]
fn the_ready_file_holds_the_url_while_it_serves() {
    let sandbox = Sandbox::new();
    let mut emulator = Emulator::start(&sandbox, &["--ready-file", "ready"]);
    let file = sandbox.path().join("ready");
    assert_eq!(std::fs::read_to_string(&file).expect("is there"), format!("{}\n", emulator.url));
    assert_eq!(emulator.call("GET", "/healthz", None).status, 200);
    let output = emulator.running.stop();
    assert_eq!(output.code, 0, "{output:?}");
    assert!(!file.exists());
}

#[test]
fn a_port_in_use_is_a_configuration_failure() {
    let sandbox = Sandbox::new();
    let taken = TcpListener::bind("127.0.0.1:0").expect("binds");
    let port = taken.local_addr().expect("is bound").port().to_string();
    let output = sandbox.run(&["emulator", "--port", &port]);
    assert_eq!(output.code, 3);
    assert!(output.err().contains("the port is in use") && output.err().contains("hint:"), "{output:?}");
}

#[test]
fn webhooks_and_secrets_survive_in_the_state_file_and_one_emulator_holds_it() {
    let sandbox = Sandbox::new();
    let receiver = Receiver::answering(200);
    let args = ["--state", "state.json"];
    let mut first = Emulator::start(&sandbox, &args);
    let webhook = first.create(&receiver.url("/"));
    let rotate = format!("/v1/webhooks/{}:rotateSigningSecret", webhook.id);
    let second = text(&first.done("POST", &rotate, None), "/secret");
    let listed = first.done("GET", "/v1/webhooks", None);
    let refused = sandbox.run(&["emulator", "--port", "0", "--state", "state.json"]);
    assert_eq!(refused.code, 3);
    assert!(refused.err().contains("another emulator uses the state file"), "{refused:?}");
    assert_eq!(first.running.stop().code, 0);

    let mut again = Emulator::start(&sandbox, &args);
    assert_eq!(again.done("GET", "/v1/webhooks", None), listed);
    again.emit();
    for secret in [&webhook.secret, &second] {
        assert!(super::verifies(&receiver.only(), secret, NOW));
    }
    again.done("DELETE", &format!("/v1/webhooks/{}", webhook.id), None);
    drop(again.running.stop());
    let mut last = Emulator::start(&sandbox, &args);
    assert_eq!(last.done("GET", "/v1/webhooks", None), json!({}));
}

#[test]
fn a_damaged_state_file_is_named_and_left_alone() {
    let sandbox = Sandbox::new();
    let path = sandbox.file("state.json", r#"{"version":1,"webhooks":[{"id":"whsec_planted""#);
    let output = sandbox.run(&["emulator", "--port", "0", "--state", "state.json"]);
    assert_eq!(output.code, 3);
    assert!(output.err().contains("state.json is damaged at line 1"), "{output:?}");
    assert!(!output.err().contains("planted"), "{output:?}");
    assert!(std::fs::read_to_string(path).expect("is there").contains("planted"));
}

#[cfg(unix)]
#[test]
fn a_link_to_the_state_file_stays_one() {
    let sandbox = Sandbox::new();
    let receiver = Receiver::answering(200).idle();
    std::fs::create_dir(sandbox.path().join("kept")).expect("makes a folder");
    let real = sandbox.file("kept/state.json", r#"{"version":1,"webhooks":[]}"#);
    let link = sandbox.path().join("state.json");
    std::os::unix::fs::symlink(&real, &link).expect("links");
    let mut emulator = Emulator::start(&sandbox, &["--state", "state.json"]);
    let webhook = emulator.create(&receiver.url("/"));
    assert!(link.is_symlink());
    assert!(std::fs::read_to_string(&real).expect("reads").contains(&webhook.id));
    let refused = sandbox.run(&["emulator", "--port", "0", "--state", "kept/state.json"]);
    assert!(refused.err().contains("another emulator uses the state file"), "{refused:?}");
}

#[cfg(unix)]
#[test]
fn a_pipe_or_a_folder_is_no_state_file() {
    let sandbox = Sandbox::new();
    let pipe = sandbox.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().expect("runs").success());
    std::fs::create_dir(sandbox.path().join("folder")).expect("makes a folder");
    for name in ["pipe", "folder"] {
        let mut child = Process::start(&sandbox, &["emulator", "--port", "0", "--state", name]);
        assert_eq!(child.wait().code(), Some(3), "{name}");
        assert!(!sandbox.path().join(format!("{name}.lock")).exists());
    }
}

#[test]
fn a_state_file_that_cannot_be_written_is_found_out_at_the_start() {
    let sandbox = Sandbox::new();
    let output = sandbox.run(&["emulator", "--port", "0", "--state", "missing/state.json"]);
    assert_eq!(output.code, 3);
    assert!(output.err().contains("missing/state.json"), "{output:?}");
}

#[test]
fn the_log_holds_neither_keys_nor_secrets() {
    let sandbox = Sandbox::new();
    let receiver = Receiver::answering(200);
    let mut emulator = Emulator::start(&sandbox, &["-v"]);
    let webhook = emulator.create(&receiver.url("/hook?token=planted"));
    let path = format!("/v1/webhooks/{}", webhook.id);
    emulator.send("GET", &format!("{path}?key=planted&page_size=1"), "", None);
    emulator.send("GET", &path, "authorization: Bearer planted\r\nx-goog-api-key: planted\r\n", None);
    let rotated = text(&emulator.done("POST", &format!("{path}:rotateSigningSecret"), None), "/secret");
    emulator.emit();
    let output = emulator.running.stop();
    let lines = output.json_lines();
    let kinds: Vec<&str> = lines.iter().filter_map(|line| line["type"].as_str()).collect();
    assert_eq!(kinds, ["ready", "request", "request", "request", "request", "attempt", "request"]);
    assert_eq!(lines[2]["path"], format!("{path}?key=…&page_size=1"));
    let all = format!("{}{}", output.out(), output.err());
    for secret in ["planted", &webhook.secret[6..], &rotated[6..]] {
        assert!(!all.contains(secret), "{all}");
    }
}

#[test]
fn the_log_is_readable() {
    let sandbox = Sandbox::new();
    let receiver = Receiver::answering(200);
    let running = sandbox.start(&["emulator", "--port", "0"]);
    let line = running.stderr.wait_for(|line| line.starts_with("Ready on "));
    let url = line.split(' ').nth(2).expect("has a URL").to_owned();
    let mut client = Client::connect(&url);
    let mut post = |target: &str, body: &str| {
        client.post(target, &[("x-goog-api-key".to_owned(), "k".to_owned())], body.as_bytes());
        client.answer()
    };
    let hook = json!({"uri": receiver.url("/hook"), "subscribed_events": ["batch.succeeded"]}).to_string();
    let created = super::document(&post("/v1/webhooks", &hook));
    post("/v1/webhooks", r#"{"url":"https://x.example/"}"#);
    post("/emulator/v1/events?id=msg_1&wait=20s", r#"{"type":"batch.succeeded"}"#);
    let output = running.stop();
    assert_eq!(output.code, 0);
    // How long an attempt takes depends on the machine.
    let log: Vec<String> = output
        .out()
        .lines()
        .map(|line| line.split("  ").filter(|part| !part.ends_with("ms")).collect::<Vec<_>>().join("  "))
        .collect();
    let expected = [
        format!("12:00:00 --> 200 POST /v1/webhooks  created {}", text(&created, "/id")),
        "12:00:00 --> 400 POST /v1/webhooks  Unknown parameter 'url'. Did you mean 'uri'?".to_owned(),
        format!("12:00:00 <-- 200 {}  batch.succeeded   msg_1", receiver.url("/hook")),
        "12:00:00 --> 200 POST /emulator/v1/events?id=msg_1&wait=20s  batch.succeeded to 1 webhook"
            .to_owned(),
    ];
    assert_eq!(log, expected);
}

#[test]
fn the_log_tells_how_jobs_ended_and_the_end_which_have_not() {
    let sandbox = Sandbox::new();
    let start = r#"{"instances":[{"prompt":"A cat"}]}"#;
    let mut emulator = super::Emulator::start(&sandbox, &["--job-delay", "0s"]);
    let job = text(&emulator.done("POST", "/v1/models/veo-fail:predictLongRunning", Some(start)), "/name");
    let line = emulator.running.stdout.wait_for(|line| line.contains(r#""type":"job""#));
    let expected = json!({"type": "job", "at": "2026-01-22T12:00:00.000Z", "job": job, "family": "video",
        "outcome": "failed", "event_type": null});
    assert_eq!(serde_json::from_str::<serde_json::Value>(&line).expect("JSON"), expected);
    drop(emulator);

    let running = sandbox.start(&["emulator", "--port", "0", "--job-delay", "24h"]);
    let line = running.stderr.wait_for(|line| line.starts_with("Ready on "));
    let mut client = Client::connect(line.split(' ').nth(2).expect("has a URL"));
    let key = [("x-goog-api-key".to_owned(), "k".to_owned())];
    client.post("/v1/models/veo:predictLongRunning", &key, start.as_bytes());
    assert_eq!(client.answer().status, 200);
    let output = running.stop();
    assert!(output.err().contains("1 job was still under way"), "{}", output.err());
}

#[cfg(unix)]
#[test]
fn ctrl_c_is_how_it_ends() {
    let sandbox = Sandbox::new();
    let mut process = Process::start(&sandbox, &["--json", "emulator", "--port", "0"]);
    process.stdout.wait_for(|line| line.contains(r#""type":"ready""#));
    process.signal("INT");
    assert_eq!(process.wait().code(), Some(0));
}

#[cfg(unix)]
#[test]
fn a_reader_that_goes_away_is_a_quiet_end() {
    let sandbox = Sandbox::new();
    let mut process = Process::start_unread(&sandbox, &["--json", "emulator", "--port", "0"]);
    let ready: serde_json::Value = serde_json::from_str(&process.first_line()).expect("is JSON");
    process.close_stdout();
    // The log of this request is what finds nobody.
    let mut client = Client::connect(&text(&ready, "/url"));
    client.try_send("GET /healthz HTTP/1.1\r\nhost: test\r\n\r\n");
    assert_eq!(process.wait().code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&process.stderr.bytes()), "");
}
