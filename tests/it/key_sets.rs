//! Key sets that are fetched when a delivery needs them, from a real server that behaves well or badly.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use gwh::clock::FixedClock;
use gwh::signature::{NamedPublicKey, Signer, signature_header, write_jwks};
use serde_json::Value;

use crate::signing::{RSA, ed25519, ed25519_key, rsa_key};
use crate::support::delivery::signed;
use crate::support::http::post;
use crate::support::{NOW, Received, Receiver, Reply, Running, Sandbox};

pub const BODY: &[u8] = br#"{"type":"batch.succeeded"}"#;
/// More than fetching may take, its deadline of four seconds included.
const BOUND: Duration = Duration::from_secs(9);

/// What the key server does.
#[derive(Clone)]
pub enum Server {
    /// Publishes these keys, with these header lines.
    Set(Vec<NamedPublicKey>, &'static str),
    Text(&'static str),
    Redirects,
    Hangs,
    /// Begins to send 50 MB, having said so or not.
    Huge(bool),
    Down,
}

impl Server {
    pub fn keys(bytes: &[u8]) -> Self {
        Server::Set(bytes.iter().map(|byte| ed25519_key(*byte, None)).collect(), "")
    }

    fn reply(&self, request: &Received) -> Reply {
        const CHUNK: usize = 64 * 1024;
        match self {
            Server::Set(_, more) if more.contains("etag") && !request.values("if-none-match").is_empty() => {
                Reply::with_body(304, more, "")
            }
            Server::Set(keys, more) => Reply::with_body(200, more, &write_jwks(keys)),
            Server::Text(text) => Reply::with_body(200, "", text),
            Server::Redirects => Reply::with_body(302, "location: /other.json\r\n", ""),
            Server::Hangs => Reply::Silence,
            Server::Huge(true) => {
                let head = "HTTP/1.1 200 X\r\ncontent-length: 52428800\r\n\r\n{\"keys\":[";
                Reply::Endless(head.into(), vec![b' '; CHUNK])
            }
            Server::Huge(false) => {
                let chunk = [format!("{CHUNK:x}\r\n").as_bytes(), &[b' '; CHUNK], b"\r\n"].concat();
                Reply::Endless("HTTP/1.1 200 X\r\ntransfer-encoding: chunked\r\n\r\n".into(), chunk)
            }
            Server::Down => Reply::RawAndClose(Vec::new()),
        }
    }
}

/// A key server, a sandbox whose API it is, and the sandbox's clock.
pub struct Stage {
    published: Arc<Mutex<Server>>,
    pub server: Receiver,
    pub clock: Arc<FixedClock>,
    pub sandbox: Sandbox,
}

impl Stage {
    pub fn new(server: Server) -> Self {
        let published = Arc::new(Mutex::new(server));
        let shared = published.clone();
        let server = Receiver::scripted(move |_, request| {
            assert_eq!((&*request.method, &*request.path), ("GET", "/.well-known/jwks.json"));
            shared.lock().expect("no test panics with it").reply(request)
        });
        let clock = Arc::new(FixedClock::at(NOW));
        let sandbox = Sandbox::new().with_clock(clock.clone()).env("GOOGLE_GEMINI_BASE_URL", &server.url(""));
        Stage { published, server, clock, sandbox }
    }

    pub fn publish(&self, server: Server) {
        *self.published.lock().expect("no server panics") = server;
    }

    pub fn requests(&self) -> usize {
        self.server.received().len()
    }

    /// The name of the API's key set.
    pub fn name(&self) -> String {
        format!("127.0.0.1:{} JWKS", self.server.port())
    }

    pub fn listen(&self, more: &[&str]) -> (Running, String) {
        self.sandbox.listen(more)
    }

    /// The exit code and the verdict of `gwh verify` on a delivery that key `byte` signed at [`NOW`].
    pub fn verify(&self, byte: u8, more: &[&str]) -> (u8, Value) {
        let request = request(byte, NOW);
        let now = NOW.to_string();
        let output = self.sandbox.run_with(&[&["verify", "--json", "--at", &now], more].concat(), request);
        (output.code, serde_json::from_slice(&output.stdout).unwrap_or_default())
    }
}

/// The headers of a delivery that key `byte` signed.
pub fn headers(byte: u8, at: i64) -> Vec<(String, String)> {
    let signature = signature_header(&Signer::V1a(vec![ed25519(byte)]), "msg_1", at, BODY).expect("signs");
    let pairs =
        [("webhook-id", "msg_1"), ("webhook-timestamp", &at.to_string()), ("webhook-signature", &signature)];
    pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).into()
}

pub fn request(byte: u8, at: i64) -> Vec<u8> {
    let lines: String =
        headers(byte, at).iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    [b"POST / HTTP/1.1\r\n", lines.as_bytes(), b"\r\n", BODY].concat()
}

pub fn send(url: &str, byte: u8, at: i64) -> u16 {
    post(url, "/", &headers(byte, at), BODY).status
}

#[test]
fn each_of_three_keys_without_a_kid_verifies_and_the_set_is_fetched_once() {
    let stage = Stage::new(Server::keys(&[1, 2, 3]));
    for byte in [3, 1, 2] {
        let (code, verdict) = stage.verify(byte, &[]);
        assert_eq!((code, &verdict["key_name"]), (0, &Value::from(stage.name())), "{verdict}");
        assert!(verdict.get("warnings").is_none() && verdict["detail"].is_null(), "{verdict}");
    }
    let (running, url) = stage.listen(&[]);
    assert_eq!([1, 2, 3].map(|byte| send(&url, byte, NOW)), [200; 3]);
    assert_eq!(stage.requests(), 1, "the copy on disk serves every process");
    assert_eq!(running.stop().err(), "");
}

#[test]
fn listen_fetches_when_a_delivery_comes_and_again_after_a_rotation_and_no_more_for_forgeries() {
    let stage = Stage::new(Server::keys(&[1, 2]));
    let (running, url) = stage.listen(&[]);
    assert_eq!(post(&url, "/", &signed(&stage.sandbox, "msg_1", BODY), BODY).status, 200);
    assert_eq!(stage.requests(), 0, "a v1 delivery needs no key set");
    assert_eq!((send(&url, 1, NOW), stage.requests()), (200, 1));
    stage.publish(Server::keys(&[2, 3]));
    assert_eq!((send(&url, 3, NOW), stage.requests()), (200, 2));
    assert_eq!((send(&url, 2, NOW), send(&url, 1, NOW)), (200, 401), "what is withdrawn verifies no more");
    for _ in 0..30 {
        assert_eq!(send(&url, 9, NOW), 401);
    }
    assert_eq!(stage.requests(), 2, "forged deliveries do not make it ask again");
    stage.clock.set(NOW + 31);
    assert_eq!((send(&url, 9, NOW), stage.requests()), (401, 3));
    let keys = running.stop().json_lines().into_iter().filter(|line| line["type"] == "keys").count();
    assert_eq!(keys, 2);
}

#[test]
fn verify_finds_a_key_that_was_rotated_in() {
    let stage = Stage::new(Server::keys(&[1]));
    assert_eq!(stage.verify(1, &[]).0, 0);
    stage.publish(Server::keys(&[2]));
    assert_eq!((stage.verify(2, &[]).0, stage.verify(1, &[]).0), (0, 1));
    for _ in 0..5 {
        let (code, verdict) = stage.verify(9, &[]);
        assert_eq!((code, &verdict["reason"]), (1, &Value::from("signature_mismatch")));
    }
    assert_eq!(stage.requests(), 2, "the pause holds from one process to the next");
}

#[test]
fn a_stale_copy_counts_while_the_key_server_is_down_and_the_verdict_says_so() {
    let stage = Stage::new(Server::keys(&[1]));
    assert_eq!(stage.verify(1, &[]).0, 0);
    let later = NOW + 2 * 3600;
    stage.clock.set(later);
    stage.publish(Server::Down);
    let (code, verdict) = stage.verify(1, &[]);
    assert_eq!((code, &verdict["warnings"]), (0, &serde_json::json!(["stale_key_set"])), "{verdict}");
    let detail = verdict["detail"].as_str().expect("says why");
    assert!(detail.starts_with("the key set is a copy of 2026-01-22T12:00:00Z that could not be renewed: "));
    let (running, url) = stage.listen(&[]);
    assert_eq!((send(&url, 1, later), send(&url, 9, later)), (200, 401));
    assert_eq!(stage.requests(), 2, "a server that is down is left alone for a while");
    let lines = running.stop().json_lines();
    let verdict =
        &lines.iter().find(|line| line["verdict"]["valid"] == true).expect("a valid one")["verdict"];
    assert_eq!(verdict["warnings"][0], "stale_key_set");
    stage.clock.set(NOW + 8 * 24 * 3600);
    let (code, verdict) = stage.verify(1, &[]);
    assert_eq!((code, &verdict["reason"]), (1, &Value::from("no_key")), "a copy is not used for ever");
    stage.clock.set(NOW + 9 * 24 * 3600);
    stage.publish(Server::keys(&[1]));
    assert!(stage.verify(1, &[]).1.get("warnings").is_none(), "and is fetched again once that is possible");
}

/// What each bad key server makes of a delivery: the reason, and what the detail says.
fn bad_servers() -> Vec<(&'static str, Server, &'static str, &'static str)> {
    let rsa = Server::Set(vec![rsa_key(&RSA, None)], "");
    vec![
        ("empty", Server::Text(r#"{"keys":[]}"#), "no_key", "holds neither an Ed25519 nor an RSA"),
        ("RSA only", rsa, "no_key", "holds no Ed25519 key"),
        ("no set", Server::Text("<html>Log in</html>"), "no_key", "not a JSON Web Key Set"),
        ("50 MB", Server::Huge(true), "no_key", "larger than 256 KiB"),
        ("50 MB in chunks", Server::Huge(false), "no_key", "larger than 256 KiB"),
        ("redirecting", Server::Redirects, "no_key", "redirects are not followed"),
        ("hanging", Server::Hangs, "no_key", "no complete answer within 4 seconds"),
        ("down", Server::Down, "no_key", "cannot be fetched"),
    ]
}

#[test]
fn verify_refuses_in_time_whatever_the_key_server_does() {
    for (name, server, reason, detail) in bad_servers() {
        let stage = Stage::new(server);
        let start = Instant::now();
        let (code, verdict) = stage.verify(1, &[]);
        assert!(start.elapsed() < BOUND, "{name} took {:?}", start.elapsed());
        assert_eq!((code, &verdict["reason"]), (1, &Value::from(reason)), "{name}: {verdict}");
        assert!(verdict["detail"].as_str().is_some_and(|text| text.contains(detail)), "{name}: {verdict}");
        if reason == "no_key" {
            assert!(
                verdict["hints"][0].as_str().is_some_and(|hint| hint.contains("gwh keys fetch")),
                "{verdict}"
            );
        }
    }
}

#[test]
fn a_named_set_that_cannot_be_had_is_a_failure_of_its_own() {
    for (name, server, expected) in [
        ("redirecting", Server::Redirects, 4),
        ("huge", Server::Huge(true), 4),
        ("down", Server::Down, 4),
        ("no set", Server::Text("[]"), 3),
        ("empty", Server::Text(r#"{"keys":[]}"#), 1),
    ] {
        let stage = Stage::new(server);
        let url = stage.server.url("/.well-known/jwks.json");
        let output = stage.sandbox.run_with(&["verify", "--jwks", &url], request(1, NOW));
        assert_eq!(output.code, expected, "{name}: {output:?}");
        if expected > 1 {
            assert!(
                output.err().contains(&url) && output.err().contains("hint: give "),
                "{name}: {output:?}"
            );
        }
    }
}

#[test]
fn listen_refuses_in_time_and_delays_nobody_else_whatever_the_key_server_does() {
    for (name, server, reason, detail) in bad_servers() {
        let stage = Stage::new(server);
        let (running, url) = stage.listen(&[]);
        let start = Instant::now();
        std::thread::scope(|scope| {
            let waiting = scope.spawn(|| post(&url, "/", &headers(1, NOW), BODY));
            stage.server.wait_for(1);
            let before = Instant::now();
            assert_eq!(post(&url, "/", &signed(&stage.sandbox, "msg_2", BODY), BODY).status, 200);
            assert!(before.elapsed() < Duration::from_secs(2), "{name} delays a v1 delivery");
            let answer = waiting.join().expect("sends");
            assert_eq!(
                (answer.status, &*answer.body),
                (401, &*format!(r#"{{"error":"{reason}"}}"#)),
                "{name}"
            );
        });
        assert!(start.elapsed() < BOUND, "{name} took {:?}", start.elapsed());
        let output = running.stop();
        let lines = output.json_lines();
        let refused = lines.iter().find(|line| line["verdict"]["valid"] == false).expect("a refused one");
        assert!(refused["verdict"]["detail"].as_str().is_some_and(|text| text.contains(detail)), "{refused}");
        let is_trouble = !matches!(name, "empty" | "RSA only");
        assert_eq!(output.err().contains("cannot fetch the key set"), is_trouble, "{name}: {output:?}");
    }
}
