//! `gwh emulator`: the resource, its deliveries, and how a run ends.

mod api;
mod control;
mod deliveries;
mod dynamic;
mod files;
mod jobs;
mod many;
mod recorded;
mod replay;
mod replay_jobs;
mod run;
mod trigger;

use gwh::signature::{Keys, NamedSecret, Secret};
use serde_json::{Value, json};

use crate::support::http::{Answer, Client};
use crate::support::{Received, Running, Sandbox, until};

/// A running emulator and a connection to it.
struct Emulator {
    running: Running,
    url: String,
    client: Client,
}

/// A webhook that was created, with the secret that was shown once.
struct Created {
    id: String,
    secret: String,
}

impl Emulator {
    /// Starts one on a free port, with these arguments besides.
    fn start(sandbox: &Sandbox, args: &[&str]) -> Self {
        let mut all = vec!["--json", "emulator", "--port", "0"];
        all.extend_from_slice(args);
        let running = sandbox.start(&all);
        let url = running.ready_url();
        let client = Client::connect(&url);
        Emulator { running, url, client }
    }

    /// Sends a request with a key, and a body where there is one.
    fn call(&mut self, method: &str, target: &str, body: Option<&str>) -> Answer {
        self.send(method, target, "x-goog-api-key: any\r\n", body)
    }

    /// Sends a request with these header lines.
    fn send(&mut self, method: &str, target: &str, headers: &str, body: Option<&str>) -> Answer {
        let length = body.map(|body| format!("content-length: {}\r\n", body.len())).unwrap_or_default();
        let body = body.unwrap_or_default();
        self.client
            .send(format!("{method} {target} HTTP/1.1\r\nhost: localhost\r\n{headers}{length}\r\n{body}"));
        self.client.answer()
    }

    /// As [`Emulator::call`], for a call that succeeds; answers the document.
    fn done(&mut self, method: &str, target: &str, body: Option<&str>) -> Value {
        let answer = self.call(method, target, body);
        assert_eq!(answer.status, 200, "{method} {target}: {answer:?}");
        assert_eq!(answer.header("content-type"), Some("application/json; charset=UTF-8"));
        document(&answer)
    }

    /// Creates a webhook for `batch.succeeded`.
    fn create(&mut self, uri: &str) -> Created {
        let body = json!({"uri": uri, "subscribed_events": ["batch.succeeded"]}).to_string();
        let webhook = self.done("POST", "/v1/webhooks", Some(&body));
        Created { id: text(&webhook, "/id"), secret: text(&webhook, "/new_signing_secret") }
    }

    /// Emits a `batch.succeeded` and waits until each of its deliveries was tried once.
    fn emit(&mut self) -> Value {
        let body = r#"{"type":"batch.succeeded","version":"v1","data":{"id":"batch_1"}}"#;
        self.done("POST", "/emulator/v1/events?wait=20s", Some(body))
    }

    /// Waits until so many deliveries have a standing.
    fn until_counted(&mut self, standing: &str, count: usize) {
        until(|| {
            let all = self.done("GET", "/emulator/v1/deliveries", None);
            let list = all["deliveries"].as_array().expect("a list").iter();
            let found = list.filter(|delivery| delivery["status"] == standing).count();
            if found == count { Ok(()) } else { Err(format!("{found} of {count} are {standing}: {all}")) }
        });
    }

    /// Uploads a text and answers the name of the file.
    fn upload(&mut self, content: &str) -> String {
        let headers =
            "x-goog-api-key: any\r\nx-goog-upload-protocol: resumable\r\nx-goog-upload-command: start\r\n";
        let begun = self.send("POST", "/upload/v1beta/files", headers, Some("{}"));
        let url = begun.header("x-goog-upload-url").unwrap_or_else(|| panic!("{begun:?}")).to_owned();
        let headers = "x-goog-upload-command: upload, finalize\r\nx-goog-upload-offset: 0\r\n";
        let ended = self.send("POST", &target(&url), headers, Some(content));
        assert_eq!(ended.header("x-goog-upload-status"), Some("final"), "{ended:?}");
        text(&document(&ended), "/file/name")
    }

    /// Asks for an operation until it is done, and answers it.
    fn until_done(&mut self, target: &str) -> Value {
        self.until(target, |operation| operation["done"] == true)
    }

    /// Asks for a document until it is as wanted, and answers it.
    fn until(&mut self, target: &str, is_wanted: impl Fn(&Value) -> bool) -> Value {
        until(|| {
            let document = self.done("GET", target, None);
            if is_wanted(&document) { Ok(document) } else { Err(document) }
        })
    }

    fn state(&mut self, webhook: &Created) -> String {
        text(&self.done("GET", &format!("/v1/webhooks/{}", webhook.id), None), "/state")
    }
}

fn document(answer: &Answer) -> Value {
    serde_json::from_str(&answer.body).unwrap_or_else(|error| panic!("{error}: {answer:?}"))
}

fn text(value: &Value, pointer: &str) -> String {
    let found = value.pointer(pointer).and_then(Value::as_str);
    found.unwrap_or_else(|| panic!("no {pointer} in {value}")).to_owned()
}

/// The path and the query of a URL.
fn target(url: &str) -> String {
    let rest = url.trim_start_matches("http://");
    rest[rest.find('/').expect("has a path")..].to_owned()
}

/// Whether a delivery verifies with one secret alone.
fn verifies(received: &Received, secret: &str, now: i64) -> bool {
    let secret = NamedSecret::new("it", Secret::parse(secret).expect("a secret"));
    received.verdict(&Keys { secrets: vec![secret], ..Keys::default() }, now).is_valid()
}
