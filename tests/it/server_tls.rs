//! The limits of a server that speaks TLS, with times short enough to wait for, and hostile clients.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use gwh::certificates::SelfSigned;
use gwh::clock::FixedClock;
use gwh::server::{self, Arrival, Intake, Limits, Report, Settings, Taken, Tls};
use gwh::signature::{Keys, NamedSecret, Policy, Secret};
use jiff::Timestamp;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::support::delivery::signed_with;
use crate::support::http::{Client, socket};
use crate::support::tls::{BOTH, config, connect, hello, shake, told};
use crate::support::{DEADLINE, NOW, until};

const SHORT: Duration = Duration::from_millis(150);
const LONG: Duration = Duration::from_secs(60);
const HEALTH: &str = "GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n";

fn secret() -> Secret {
    Secret::from_key(&[7; 32])
}

/// Limits that are never met, so that each test shortens the one it is about.
fn patient() -> Limits {
    Limits { head: LONG, body: LONG, idle: LONG, drain: LONG, linger: SHORT, ..Limits::default() }
}

/// Notes what a server hands over, each in a word.
struct Journal(Arc<Mutex<Vec<String>>>);

impl Journal {
    fn note(&self, word: String) {
        self.0.lock().expect("no holder panics").push(word);
    }
}

impl Intake for Journal {
    fn take(&self, arrival: Arrival) -> Taken {
        self.note(arrival.status.to_string());
        Taken::Answered
    }

    fn report(&self, report: Report) {
        match report {
            Report::Refused(refused) => self.note(refused.reason.code().to_owned()),
            Report::Trouble(error) => self.note(error.to_string()),
            Report::Keys(_) => {}
        }
    }
}

/// A server that speaks TLS, on a thread of its own.
struct Server {
    url: String,
    authority: PathBuf,
    said: Arc<Mutex<Vec<String>>>,
    stop: oneshot::Sender<()>,
    thread: std::thread::JoinHandle<()>,
    _folder: TempDir,
}

impl Server {
    fn start(limits: Limits) -> Self {
        let folder = tempfile::tempdir().expect("a scratch folder");
        // Clients judge by the machine's clock, deliveries are judged by a fixed one.
        let own = SelfSigned::keep(folder.path(), Timestamp::now()).expect("is made");
        let keys = Keys { secrets: vec![NamedSecret::new("test", secret())], ..Keys::default() };
        let settings = Settings::new(keys, Policy::at(NOW), Arc::new(FixedClock::at(NOW)));
        let settings = Settings { limits, tls: Some(Tls::new(&own.identity)), ..settings };
        let said = Arc::new(Mutex::new(Vec::new()));
        let journal = Arc::new(Journal(said.clone()));
        let (stop, stopped) = oneshot::channel();
        let (sender, bound) = std::sync::mpsc::channel();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("a runtime").block_on(async {
                let listener = TcpListener::bind("127.0.0.1:0").await.expect("binds");
                sender.send(listener.local_addr().expect("has one")).expect("is waited for");
                server::run(listener, settings, journal, async { drop(stopped.await) }).await;
            });
        });
        let url = format!("https://{}/", bound.recv_timeout(DEADLINE).expect("starts"));
        Server { url, authority: own.path, said, stop, thread, _folder: folder }
    }

    fn client(&self) -> Client<crate::support::tls::Session> {
        connect(&self.url, &self.authority)
    }

    /// Delivers once on a connection of its own.
    fn deliver(&self) -> u16 {
        deliver(&self.url, &self.authority)
    }

    /// Ends the server, and answers what it has reported.
    fn end(self) -> Vec<String> {
        self.stop.send(()).expect("runs");
        until(|| self.thread.is_finished().then_some(()).ok_or("does not end"));
        self.thread.join().expect("does not panic");
        std::mem::take(&mut self.said.lock().expect("no holder panics"))
    }
}

fn deliver(url: &str, authority: &Path) -> u16 {
    let body = br#"{"type":"batch.failed"}"#;
    let mut client = connect(url, authority);
    client.post("/", &signed_with(&secret(), "msg_1", NOW, body), body);
    client.answer().status
}

#[test]
fn half_a_handshake_is_ended_and_reported_and_silence_only_ended() {
    let server = Server::start(Limits { head: SHORT, ..patient() });
    let hello = hello(&server.authority);
    for half in [&hello[..1], &hello[..6], &hello[..hello.len() - 1]] {
        assert_eq!(told(&server.url, half), b"");
    }
    assert_eq!(told(&server.url, b""), b"");
    // A handshake without the client's last word.
    assert_eq!(told(&server.url, &hello).first(), Some(&22), "the server's part of it");
    assert_eq!(server.end(), ["tls_handshake_timeout"; 4]);
}

#[test]
fn a_handshake_sent_byte_by_byte_gets_no_more_time() {
    let server = Server::start(Limits { head: SHORT, ..patient() });
    let mut socket = socket(&server.url);
    let start = Instant::now();
    // The length of a record that never comes.
    let mut bytes = [22, 3, 1, 0x40, 0, 1].into_iter().chain(std::iter::repeat(0));
    while socket.write_all(&[bytes.next().expect("goes on for ever")]).is_ok() {
        assert!(start.elapsed() < DEADLINE / 2, "is still listened to");
        // Slow enough that the record does not become whole.
        std::thread::park_timeout(Duration::from_millis(1));
    }
    assert_eq!(server.end(), ["tls_handshake_timeout"]);
}

#[test]
fn time_limits_of_http_hold_within_a_session_and_its_end_is_said() {
    let server = Server::start(Limits { head: SHORT, idle: SHORT, ..patient() });
    let mut silent = server.client();
    let mut slow = server.client();
    slow.send("POST / HTTP/1.1\r\nhost:");
    let answer = slow.answer();
    assert_eq!((answer.status, answer.body.as_str()), (408, r#"{"error":"header_timeout"}"#));
    assert!(slow.is_closed_cleanly());
    let mut idle = server.client();
    idle.send(HEALTH);
    assert_eq!(idle.answer().status, 200);
    assert!(idle.is_closed_cleanly());
    silent.until_closed();
    assert_eq!(server.end(), ["header_timeout"]);
}

#[test]
fn sessions_and_handshakes_count_as_connections() {
    let server = Server::start(Limits { connections: 2, head: SHORT, ..patient() });
    let half = hello(&server.authority);
    let mut holding = [socket(&server.url), socket(&server.url)];
    holding[0].write_all(&half[..6]).expect("sends");
    assert_eq!(server.deliver(), 200, "is served once the others are ended");
    assert_eq!(server.end(), ["tls_handshake_timeout", "200 OK"]);
}

#[test]
fn a_body_that_was_cut_off_is_no_delivery() {
    let server = Server::start(patient());
    let session =
        shake(&server.url, "localhost", config(&server.authority, &BOTH, &[])).expect("shakes hands");
    let mut client = Client::over(session);
    client.send("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nxxx");
    let session = client.into_stream();
    // The connection ends without a word of the session, as an attacker on the way could make it.
    session.sock.shutdown(std::net::Shutdown::Write).expect("closes");
    let mut rest = Vec::new();
    let _ = (&session.sock).read_to_end(&mut rest);
    assert_eq!(server.end(), ["body_incomplete"]);
}

#[test]
fn half_a_handshake_does_not_hold_the_end_up() {
    let server = Server::start(patient());
    let hello = hello(&server.authority);
    let mut half = socket(&server.url);
    half.write_all(&hello[..hello.len() / 2]).expect("sends");
    let _silent = socket(&server.url);
    assert_eq!(server.deliver(), 200);
    let start = Instant::now();
    assert_eq!(server.end(), ["200 OK"]);
    assert!(start.elapsed() < LONG / 4);
}

#[test]
fn good_deliveries_are_answered_among_hostile_clients() {
    let server = Server::start(Limits { head: SHORT, linger: SHORT, ..patient() });
    let hello = Arc::new(hello(&server.authority));
    let over = Arc::new(AtomicBool::new(false));
    let attacks: [fn(&str, &Path, &[u8]); 6] = [
        |url, _, hello| drop(told(url, &hello[..hello.len() / 2])),
        |url, _, hello| drop(told(url, &[hello, hello].concat())),
        |url, _, _| drop(told(url, &b"\x16\x03\x03\x40\x00".repeat(20_000))),
        |url, _, _| drop(told(url, b"POST / HTTP/1.1\r\nhost: x\r\n\r\n")),
        |url, _, _| drop(socket(url)),
        // A session that is broken off by bytes that are none of it.
        |url, authority, _| {
            let mut session = shake(url, "localhost", config(authority, &BOTH, &[])).expect("shakes hands");
            session.sock.write_all(&[23; 4096]).expect("sends");
            let _ = session.sock.read_to_end(&mut Vec::new());
        },
    ];
    let attackers: Vec<_> = attacks
        .into_iter()
        .map(|attack| {
            let (url, authority) = (server.url.clone(), server.authority.clone());
            let (hello, over) = (hello.clone(), over.clone());
            std::thread::spawn(move || {
                while !over.load(Ordering::Relaxed) {
                    attack(&url, &authority, &hello);
                }
            })
        })
        .collect();
    for _ in 0..100 {
        let start = Instant::now();
        assert_eq!(server.deliver(), 200);
        assert!(start.elapsed() < Duration::from_secs(2), "took {:?}", start.elapsed());
    }
    over.store(true, Ordering::Relaxed);
    for attacker in attackers {
        attacker.join().expect("an attacker does not panic");
    }
    let said = server.end();
    assert_eq!(said.iter().filter(|word| *word == "200 OK").count(), 100);
}
