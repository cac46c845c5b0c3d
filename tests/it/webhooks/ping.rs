//! `gwh webhooks ping --wait`: a running `gwh listen` is asked whether it saw it.

use std::fs;
use std::path::PathBuf;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use gwh::signature::Secret;
use rustls_pki_types::CertificateDer;
use serde_json::Value;

use super::{assert_ends, ok, webhook};
use crate::support::delivery::signed_with;
use crate::support::http::{Client, post};
use crate::support::tls::shake;
use crate::support::{ApiReply, NOW, Output, Running, Sandbox, ScriptedApi};

/// An emulator, and a sandbox whose commands call it.
struct Stage {
    emulator: Running,
    /// Where the emulator keeps its keys, for as long as it runs.
    _home: Sandbox,
    sandbox: Sandbox,
}

impl Stage {
    fn new() -> Self {
        let home = Sandbox::new();
        let emulator = home.start(&["--json", "emulator", "--port", "0", "--retry-for", "0s"]);
        let sandbox = Sandbox::new().with_api(&emulator.ready_url());
        Stage { emulator, _home: home, sandbox }
    }

    fn create(&self, name: &str, uri: &str) {
        let events = "batch.succeeded";
        let output =
            self.sandbox.run(&["webhooks", "create", "--uri", uri, "--events", events, "--name", name]);
        assert_eq!(output.code, 0, "{output:?}");
    }

    fn ping(&self, name: &str, timeout: &str) -> Output {
        self.sandbox.run(&["webhooks", "ping", name, "--wait", "--timeout", timeout, "--json"])
    }
}

/// The files in which listeners make themselves known.
fn presences(sandbox: &Sandbox) -> Vec<PathBuf> {
    let folder = sandbox.path().join("home/.local/share/gwh/profiles/default/listeners");
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    entries.map(|entry| entry.expect("reads").path()).collect()
}

fn token(sandbox: &Sandbox) -> String {
    let text = fs::read_to_string(&presences(sandbox)[0]).expect("is there");
    let record: Value = serde_json::from_str(&text).expect("JSON");
    record["token"].as_str().expect("a token").to_owned()
}

fn health(url: &str, token: Option<&str>) -> String {
    let mut client = Client::connect(url);
    let header = token.map(|token| format!("gwh-listener-token: {token}\r\n")).unwrap_or_default();
    client.send(format!("GET /healthz HTTP/1.1\r\nhost: x\r\n{header}\r\n"));
    client.answer().body
}

#[test]
fn the_listener_that_verified_it_is_named() {
    let stage = Stage::new();
    let (first, _) = stage.sandbox.listen(&[]);
    let (second, url) = stage.sandbox.listen(&[]);
    // Created while they run, so that the secret is one that they must notice.
    stage.create("prod", &url);
    for _ in 0..2 {
        let output = stage.ping("prod", "20s");
        assert_eq!((output.code, output.err()), (0, ""), "{output:?}");
        let pinged = output.json();
        assert_eq!((&pinged["type"], &pinged["listener"]), (&"ping".into(), &url.as_str().into()));
        assert!(pinged["waited_ms"].is_u64());
    }
    let words = stage.sandbox.run(&["webhooks", "ping", "prod", "--wait", "-v"]);
    assert!(!words.err().contains(&token(&stage.sandbox)), "{words:?}");
    assert!(words.out().contains(&format!("came to {url} and verified, after ")), "{words:?}");
    assert!(first.stop().out().contains(r#""verified":0"#));
    let rest = presences(&stage.sandbox);
    assert_eq!(rest.len(), 1, "the first has removed its file: {rest:?}");
    assert!(second.stop().out().contains(r#""verified":3"#));
    assert!(presences(&stage.sandbox).is_empty());
    drop(stage.emulator);
}

#[test]
fn a_listener_with_the_secret_from_a_file_counts() {
    let stage = Stage::new();
    // The URI is known only once it listens, so that the webhook is moved there.
    stage.create("prod", "http://127.0.0.1:9/");
    let secret = stage.sandbox.run(&["secrets", "get", "prod"]);
    assert_eq!(secret.code, 0, "{secret:?}");
    stage.sandbox.file("secret", secret.stdout);
    let (_running, url) = stage.sandbox.listen(&["--secret-file", "secret"]);
    assert_eq!(stage.sandbox.run(&["webhooks", "update", "prod", "--uri", &url]).code, 0);
    assert_eq!(stage.ping("prod", "20s").json()["listener"], url.as_str());
}

#[test]
fn a_listener_that_speaks_tls_is_asked_over_tls() {
    let stage = Stage::new();
    let (_running, url) = stage.sandbox.listen(&["--tls", "self-signed"]);
    // The emulator trusts the system's authorities, and so it cannot deliver there: the test does.
    stage.create("prod", "http://127.0.0.1:9/");
    let secret = stage.sandbox.run(&["secrets", "get", "prod"]);
    let secret = Secret::parse(secret.out().trim()).expect("is a secret");
    let ping = stage.sandbox.start(&["webhooks", "ping", "prod", "--wait"]);
    ping.stderr.wait_for(|line| line.contains("waiting for a gwh listen"));
    let config = gwh::certificates::trusting(vec![certificate(&stage.sandbox)]);
    let session = shake(&url, "127.0.0.1", config.into()).expect("shakes hands");
    let mut client = Client::over(session);
    client.post("/", &signed_with(&secret, "msg_1", NOW, b"{}"), b"{}");
    assert_eq!(client.answer().status, 200);
    let output = ping.wait();
    assert_eq!(output.code, 0, "{output:?}");
    assert!(output.out().contains(&format!("came to {url} and verified, after ")), "{output:?}");
}

/// The certificate by which the listener is recognised.
fn certificate(sandbox: &Sandbox) -> CertificateDer<'static> {
    let text = fs::read_to_string(&presences(sandbox)[0]).expect("is there");
    let record: Value = serde_json::from_str(&text).expect("JSON");
    let text = record["certificate"].as_str().expect("has one");
    STANDARD.decode(text).expect("is base64").into()
}

#[test]
fn another_certificate_at_a_listeners_port_is_not_the_listener() {
    let api = ScriptedApi::script([]);
    let sandbox = api.sandbox();
    let (_running, _) = sandbox.listen(&["--tls", "self-signed"]);
    let presence = &presences(&sandbox)[0];
    let text = fs::read_to_string(presence).expect("reads");
    let mut record: Value = serde_json::from_str(&text).expect("JSON");
    record["certificate"] = "AAAA".into();
    // Written in place, so that the file keeps its mode.
    fs::write(presence, record.to_string()).expect("writes");
    let output = sandbox.run(&["webhooks", "ping", "prod", "--wait"]);
    assert_ends(&output, 3, &["no gwh listen of profile default is running"]);
}

#[test]
fn without_a_listener_nothing_is_sent() {
    let api = ScriptedApi::script([]);
    let sandbox = api.sandbox();
    let output = sandbox.run(&["webhooks", "ping", "prod", "--wait"]);
    assert_ends(&output, 3, &["no gwh listen of profile default is running", "start gwh listen"]);
    assert!(api.requests().is_empty());
    let usage = sandbox.run(&["webhooks", "ping", "prod", "--timeout", "1s"]);
    assert_ends(&usage, 2, &["--wait"]);
}

#[test]
fn what_is_not_seen_is_exit_1_with_the_likely_causes() {
    let stage = Stage::new();
    let (_running, url) = stage.sandbox.listen(&[]);
    stage.create("elsewhere", "http://127.0.0.1:9/");
    let output = stage.ping("elsewhere", "300ms");
    assert_ends(&output, 1, &["http://127.0.0.1:9/ must lead to ", &url, "--profile"]);
    stage.create("prod", &url);
    assert_eq!(stage.sandbox.run(&["secrets", "remove", "prod", "--yes"]).code, 0);
    let output = stage.ping("prod", "1500ms");
    assert_ends(&output, 1, &["came to ", "did not verify", "rotate-secret prod"]);
}

#[test]
fn a_delivery_of_another_webhook_does_not_count() {
    let sandbox = Sandbox::new();
    let (_running, url) = sandbox.listen(&[]);
    let listener = url.clone();
    let headers = crate::support::delivery::signed(&sandbox, "msg_1", "{}");
    let api = ScriptedApi::answering(move |request| {
        if request.path.ends_with(":ping") {
            assert_eq!(post(&listener, "/", &headers, b"{}").status, 200);
        }
        ok(webhook(super::ID, "prod"))
    });
    let sandbox = sandbox.with_api(&api.url());
    let output = sandbox.run(&["webhooks", "ping", "prod", "--wait", "--timeout", "300ms"]);
    assert_ends(&output, 1, &["no gwh listen verified a delivery of prod within 300ms"]);
}

#[test]
fn a_listener_that_ends_meanwhile_is_not_waited_for() {
    let sandbox = Sandbox::new();
    let (running, _) = sandbox.listen(&[]);
    let mut running = Some(running);
    let api = ScriptedApi::answering(move |request| {
        if request.path.ends_with(":ping") {
            running.take().expect("one ping").stop();
        }
        ok(webhook(super::ID, "prod"))
    });
    let sandbox = sandbox.with_api(&api.url());
    let output = sandbox.run(&["webhooks", "ping", "prod", "--wait", "--timeout", "1h"]);
    assert_ends(&output, 1, &["every gwh listen ended while the ping was waited for"]);
}

#[test]
fn counts_are_for_those_who_know_the_token() {
    let sandbox = Sandbox::new();
    let (running, url) = sandbox.listen(&[]);
    let headers = crate::support::delivery::signed(&sandbox, "msg_1", "{}");
    assert_eq!(post(&url, "/", &headers, b"{}").status, 200);
    assert_eq!(post(&url, "/", &[], b"{}").status, 401);
    let token = token(&sandbox);
    let plain = r#"{"status":"ok"}"#;
    let wrong = format!("{}x", &token[..token.len() - 1]);
    let guesses = [None, Some(""), Some("x"), Some(&token[1..]), Some(wrong.as_str())];
    for guess in guesses {
        assert_eq!(health(&url, guess), plain, "{guess:?}");
    }
    let known: Value = serde_json::from_str(&health(&url, Some(&token))).expect("JSON");
    assert_eq!((&known["verified"][0]["name"], &known["verified"][0]["count"]), (&"local".into(), &1.into()));
    assert_eq!(known["invalid"], 1);
    let output = running.stop();
    assert!(!output.out().contains(&token) && !output.err().contains(&token));
}

#[cfg(unix)]
#[test]
fn what_a_killed_listener_leaves_is_removed() {
    use std::os::unix::fs::PermissionsExt;

    use crate::support::Process;
    let api = ScriptedApi::script([]);
    let sandbox = api.sandbox();
    let mut killed = Process::start(&sandbox, &["listen", "--port", "0", "--json"]);
    killed.stdout.wait_for(|line| line.contains(r#""type":"ready""#));
    let files = presences(&sandbox);
    let mode = fs::metadata(&files[0]).expect("is there").permissions().mode() & 0o777;
    assert_eq!((files.len(), mode), (1, 0o600));
    killed.signal("KILL");
    killed.wait();
    assert_eq!(presences(&sandbox), files, "nobody could remove it");
    let output = sandbox.run(&["webhooks", "ping", "prod", "--wait"]);
    assert_ends(&output, 3, &["no gwh listen of profile default is running"]);
    assert!(presences(&sandbox).is_empty());
}

#[test]
fn somebody_else_at_the_port_of_a_killed_listener_is_not_a_listener() {
    let other = ScriptedApi::answering(|_| ApiReply::json(200, serde_json::json!({"status": "ok"})));
    let api = ScriptedApi::script([]);
    let sandbox = api.sandbox();
    let folder = sandbox.path().join("home/.local/share/gwh/profiles/default/listeners");
    fs::create_dir_all(&folder).expect("makes it");
    let file = folder.join("1-1.json");
    fs::write(&file, format!(r#"{{"url":"{}/","token":"00"}}"#, other.url())).expect("writes");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let open = sandbox.run(&["webhooks", "ping", "prod", "--wait"]);
        assert_ends(&open, 3, &["no gwh listen"]);
        assert!(other.requests().is_empty(), "a file that others could have written is not believed");
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).expect("sets");
    }
    assert_ends(&sandbox.run(&["webhooks", "ping", "prod", "--wait"]), 3, &["no gwh listen"]);
    assert_eq!(other.lines(), ["GET /healthz"]);
}
