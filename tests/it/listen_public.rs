//! `gwh listen --public-url`: a webhook that lives as long as the run.

use std::fs;

use serde_json::{Value, json};

#[cfg(unix)]
use crate::support::Process;
use crate::support::{ApiReply, Output, Running, Sandbox, ScriptedApi, closed_port};

/// An emulator, and a sandbox whose commands call it.
struct Stage {
    emulator: Running,
    sandbox: Sandbox,
    /// The port that the public URL leads to.
    port: String,
}

impl Stage {
    fn new() -> Self {
        let (emulator, sandbox) = Sandbox::emulated(&["--retry-for", "0s"]);
        Stage { emulator, sandbox, port: closed_port().to_string() }
    }

    fn uri(&self) -> String {
        format!("http://127.0.0.1:{}/webhook", self.port)
    }

    fn listen(&self, more: &[&str]) -> Running {
        let uri = self.uri();
        let own = ["listen", "--port", &self.port, "--public-url", &uri];
        self.sandbox.start(&[&own[..], more].concat())
    }

    /// The webhooks at the API.
    fn webhooks(&self) -> Vec<Value> {
        self.sandbox.run(&["webhooks", "list", "--json"]).json_lines()
    }

    /// The id of the only one.
    fn id(&self) -> String {
        self.webhooks()[0]["id"].as_str().expect("an id").to_owned()
    }

    fn marks(&self) -> usize {
        let folder = self.sandbox.path().join("home/.local/share/gwh/profiles/default/temporary-webhooks");
        fs::read_dir(folder).map_or(0, Iterator::count)
    }

    /// Nothing of the webhook is left: at the API, of its secret, of its mark.
    fn assert_clean(&self) {
        assert_eq!(self.webhooks(), Vec::<Value>::new());
        let secrets = self.sandbox.run(&["secrets", "list", "--json"]);
        assert!(!secrets.out().contains("gwh-listen"), "{secrets:?}");
        assert_eq!(self.marks(), 0);
    }
}

/// The line of a ping that came.
fn ping(running: &Running) -> String {
    running.stdout.wait_for(|line| line.contains("-->"))
}

fn assert_says(output: &Output, words: &str) {
    assert!(output.err().contains(words), "{words:?} in {:?}", output.err());
}

#[test]
fn it_is_made_pinged_verified_and_deleted() {
    let stage = Stage::new();
    let running = stage.listen(&[]);
    let line = ping(&running);
    let there = stage.webhooks();
    assert_eq!((there.len(), &there[0]["uri"]), (1, &stage.uri().into()));
    let name = there[0]["name"].as_str().expect("a name");
    assert!(name.starts_with("gwh-listen-") && line.contains("✓ v1 "), "{name}: {line}");
    let secret = stage.sandbox.run(&["secrets", "get", name]);
    assert_eq!(secret.code, 0);
    let output = running.stop();
    assert_eq!(output.code, 0, "{output:?}");
    assert_says(&output, &format!("Webhook {name} delivers to {} until this ends", stage.uri()));
    assert_says(&output, &format!("deleted webhook {name}"));
    assert!(!output.out().contains(secret.out().trim()) && !output.err().contains(secret.out().trim()));
    stage.assert_clean();
    drop(stage.emulator);
}

#[test]
fn it_is_made_for_the_events_that_are_wanted_and_the_first_line_names_it() {
    let stage = Stage::new();
    let running = stage.listen(&["--json", "--events", "batch.*", "--exclude", "batch.failed"]);
    running.ready_url();
    let webhook = &stage.webhooks()[0];
    let ready = running.stdout.wait_for(|line| line.contains(r#""type":"ready""#));
    let ready: Value = serde_json::from_str(&ready).expect("JSON");
    for field in ["id", "name", "uri"] {
        assert_eq!(ready["webhook"][field], webhook[field]);
    }
    let events = webhook["subscribed_events"].as_array().expect("a list");
    let events: Vec<&str> = events.iter().filter_map(Value::as_str).collect();
    assert_eq!(events, ["batch.succeeded", "batch.expired"]);
    let summary = running.stop().json_lines().pop().expect("a summary");
    assert_eq!(summary["type"], "summary");
    stage.assert_clean();
}

#[test]
fn secrets_that_are_given_verify_beside_its_own() {
    let stage = Stage::new();
    stage.sandbox.file("secret", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    for more in [&["--secret-file", "secret"][..], &["--jwks", "set.json"]] {
        stage.sandbox.file(
            "set.json",
            r#"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}"#,
        );
        let running = stage.listen(more);
        assert!(ping(&running).contains("✓ v1 "));
        assert_eq!(running.stop().code, 0);
        stage.assert_clean();
    }
    let given = stage.sandbox.env("WEBHOOK_SIGNING_SECRET", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    let stage = Stage { sandbox: given, ..stage };
    let running = stage.listen(&["--json"]);
    let ready = running.stdout.wait_for(|line| line.contains(r#""type":"ready""#));
    let names = &serde_json::from_str::<Value>(&ready).expect("JSON")["secrets"];
    assert_eq!(names[0], "WEBHOOK_SIGNING_SECRET", "{names}");
    assert!(names[1].as_str().is_some_and(|name| name.starts_with("gwh-listen-")), "{names}");
}

#[test]
fn one_that_somebody_else_deletes_is_gone() {
    let stage = Stage::new();
    let running = stage.listen(&[]);
    ping(&running);
    let id = stage.id();
    assert_eq!(stage.sandbox.run(&["webhooks", "delete", &id, "--yes"]).code, 0);
    let output = running.stop();
    assert_says(&output, "deleted webhook gwh-listen-");
    assert!(!output.err().contains("may still be there"), "{output:?}");
    stage.assert_clean();
}

#[cfg(unix)]
#[test]
fn one_that_was_killed_leaves_it_to_the_next() {
    let stage = Stage::new();
    let uri = stage.uri();
    let args = ["listen", "--json", "--port", &stage.port, "--public-url", &uri];
    let mut killed = Process::start(&stage.sandbox, &args);
    killed.stdout.wait_for(|line| line.contains(r#""type":"ready""#));
    killed.signal("KILL");
    killed.wait();
    let left = stage.webhooks();
    assert_eq!((left.len(), stage.marks()), (1, 1));
    let doctor = stage.sandbox.run(&["doctor", "--json"]);
    let delete = format!("run gwh webhooks delete {} --yes", left[0]["id"].as_str().expect("an id"));
    assert!(doctor.code == 1 && doctor.out().contains(&delete), "{doctor:?}");
    let (other, _own) = Sandbox::emulated(&[]);
    let stage = Stage { sandbox: stage.sandbox.with_api(&other.ready_url()), ..stage };
    let elsewhere = stage.listen(&[]);
    elsewhere.stderr.wait_for(|line| line.contains("until this ends"));
    assert_eq!(elsewhere.stop().code, 0);
    assert_eq!(stage.marks(), 1, "it is not of that API");
    let stage = Stage { sandbox: stage.sandbox.with_api(&stage.emulator.ready_url()), ..stage };
    let running = stage.listen(&[]);
    ping(&running);
    let there = stage.webhooks();
    assert!(there.len() == 1 && there[0]["id"] != left[0]["id"], "{there:?}");
    let output = running.stop();
    let name = left[0]["name"].as_str().expect("a name");
    assert_says(
        &output,
        &format!("deleted webhook {name}, which a gwh listen that was killed had left behind"),
    );
    stage.assert_clean();
}

#[test]
fn one_that_cannot_be_deleted_is_left_to_the_next_and_said() {
    let stage = Stage::new();
    let running = stage.listen(&[]);
    ping(&running);
    let id = stage.id();
    stage.emulator.stop();
    let output = running.stop();
    assert_eq!(output.code, 0, "{output:?}");
    assert_says(&output, &format!("gwh webhooks delete {id} --yes deletes it"));
    let folder = stage.sandbox.path().join("home/.local/share/gwh/profiles/default/temporary-webhooks");
    assert_eq!(fs::read_dir(folder).expect("is there").count(), 1);
}

#[test]
fn a_ping_that_does_not_come_is_said() {
    let stage = Stage::new();
    let nowhere = format!("http://127.0.0.1:{}/", closed_port());
    let running = stage.sandbox.start(&["listen", "--json", "--port", "0", "--public-url", &nowhere]);
    running.stderr.wait_for(|line| line.contains(&format!("no ping has come from {nowhere}")));
    assert_eq!(running.stop().code, 0);
}

#[test]
fn an_address_that_is_taken_makes_no_webhook() {
    let stage = Stage::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = taken.local_addr().expect("an address").port().to_string();
    let uri = stage.uri();
    let output = stage.sandbox.run(&["listen", "--port", &port, "--public-url", &uri]);
    assert_eq!(output.code, 3, "{output:?}");
    stage.assert_clean();
}

#[test]
fn what_cannot_be_made_is_refused_before_anything_is_taken() {
    let stage = Stage::new();
    for (args, code, words) in [
        (&["--public-url", "example.com"][..], 2, "--public-url \"example.com\" cannot be a webhook's URI"),
        (&["--public-url", "https://example.com/", "--exclude", "*"], 2, "leave no event"),
    ] {
        let output = stage.sandbox.run(&[&["listen", "--port", "0"], args].concat());
        assert_eq!(output.code, code, "{output:?}");
        assert_says(&output, words);
    }
    let output = Sandbox::new().run(&["listen", "--port", "0", "--public-url", "https://example.com/"]);
    assert_eq!(output.code, 3, "{output:?}");
    assert_says(&output, "gwh login");
    let api = ScriptedApi::script([ApiReply::json(403, json!({"error": {"code": 403, "message": "no"}}))]);
    let output = api.sandbox().run(&["listen", "--port", "0", "--public-url", "https://example.com/"]);
    assert_eq!(output.code, 4, "{output:?}");
    assert!(!output.err().contains("Ready"), "{output:?}");
}
