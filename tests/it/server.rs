//! The server's limits, with times short enough to wait for.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use gwh::clock::{Clock, FixedClock};
use gwh::server::{Limits, Receiver, Settings};
use gwh::signature::{Keys, NamedSecret, Policy, Secret};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::support::delivery::signed_with;
use crate::support::http::{Client, post};
use crate::support::{DEADLINE, NOW};

const SHORT: Duration = Duration::from_millis(150);
const LONG: Duration = Duration::from_secs(60);

fn secret() -> Secret {
    Secret::from_key(&[7; 32])
}

/// Limits that are never met, so that each test shortens the one it is about.
fn patient() -> Limits {
    Limits { head: LONG, body: LONG, idle: LONG, drain: LONG, linger: SHORT, ..Limits::default() }
}

/// Starts a receiver, runs `talk` with its URL on a thread of its own, and ends with the receiver in hand.
fn with_receiver<T: Send + 'static, F: Future<Output = ()>>(
    limits: Limits,
    talk: impl FnOnce(String) -> T + Send + 'static,
    then: impl FnOnce(Receiver) -> F,
) -> T {
    let clock = Arc::new(FixedClock::at(NOW));
    with_clock(clock, limits, talk, then)
}

fn with_clock<T: Send + 'static, F: Future<Output = ()>>(
    clock: Arc<dyn Clock>,
    limits: Limits,
    talk: impl FnOnce(String) -> T + Send + 'static,
    then: impl FnOnce(Receiver) -> F,
) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    runtime.block_on(async {
        let keys = Keys { secrets: vec![NamedSecret::new("test", secret())], ..Keys::default() };
        let settings = Settings::new(keys, Policy::at(NOW), clock);
        let receiver = Receiver::start(Settings { limits, ..settings }).await.expect("starts");
        let url = receiver.url();
        let talked = tokio::time::timeout(DEADLINE, tokio::task::spawn_blocking(move || talk(url))).await;
        then(receiver).await;
        talked.expect("in time").expect("does not panic")
    })
}

fn good_delivery(url: &str) -> u16 {
    let body = br#"{"type":"batch.failed"}"#;
    post(url, "/", &signed_with(&secret(), "msg_1", NOW, body), body).status
}

#[test]
fn a_header_that_does_not_end_is_408() {
    with_receiver(
        Limits { head: SHORT, ..patient() },
        |url| {
            let mut fresh = Client::connect(&url);
            fresh.send("POST / HTTP/1.1\r\nhost:");
            let answer = fresh.answer();
            assert_eq!((answer.status, answer.body.as_str()), (408, r#"{"error":"header_timeout"}"#));
            assert_eq!(fresh.until_closed(), b"");
            let mut kept = Client::connect(&url);
            kept.send("GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n");
            assert_eq!(kept.answer().status, 200);
            kept.send("G");
            assert_eq!(kept.answer().status, 408);
        },
        Receiver::stop,
    );
}

#[test]
fn a_header_sent_byte_by_byte_gets_no_more_time() {
    with_receiver(
        Limits { head: SHORT, ..patient() },
        |url| {
            let mut client = Client::connect(&url);
            let start = Instant::now();
            while client.try_send("x") {
                assert!(start.elapsed() < DEADLINE / 2, "is still listened to");
                std::thread::yield_now();
            }
        },
        Receiver::stop,
    );
}

#[test]
fn a_body_that_does_not_end_is_408() {
    with_receiver(
        Limits { body: SHORT, ..patient() },
        |url| {
            for head in ["content-length: 10\r\n\r\nxxx", "transfer-encoding: chunked\r\n\r\n3\r\nxxx\r\n"] {
                let mut client = Client::connect(&url);
                client.send(format!("POST / HTTP/1.1\r\nhost: x\r\n{head}"));
                let answer = client.answer();
                assert_eq!((answer.status, answer.body.as_str()), (408, r#"{"error":"body_timeout"}"#));
            }
        },
        Receiver::stop,
    );
}

#[test]
fn connections_that_say_nothing_are_closed() {
    with_receiver(
        Limits { head: SHORT, idle: SHORT, ..patient() },
        |url| {
            let mut silent = Client::connect(&url);
            let mut preface = Client::connect(&url);
            preface.send("PRI * HTTP/2.0\r\n\r\nS");
            let mut http2 = Client::connect(&url);
            http2.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0");
            let mut kept = Client::connect(&url);
            kept.send("GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n");
            assert_eq!(kept.answer().status, 200);
            assert_eq!((silent.until_closed(), preface.until_closed()), (Vec::new(), Vec::new()));
            assert_eq!(kept.until_closed(), b"");
            assert!(!http2.until_closed().is_empty(), "its settings were answered before");
        },
        Receiver::stop,
    );
}

#[test]
fn a_client_that_never_reads_its_answers_is_closed() {
    with_receiver(
        Limits { idle: SHORT, ..patient() },
        |url| {
            let mut client = Client::connect(&url);
            let many = "GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n".repeat(1000);
            let start = Instant::now();
            while client.try_send(&many) {
                assert!(start.elapsed() < DEADLINE / 2, "is still served");
            }
        },
        Receiver::stop,
    );
}

#[test]
fn connections_above_the_limit_wait_for_their_turn() {
    with_receiver(
        Limits { connections: 2, head: SHORT, ..patient() },
        |url| {
            let _silent = [Client::connect(&url), Client::connect(&url)];
            assert_eq!(good_delivery(&url), 200, "is served once a silent one is closed");
        },
        Receiver::stop,
    );
}

#[test]
fn unfinished_bodies_share_a_limit() {
    with_receiver(
        Limits { max_unfinished: 10_000, ..patient() },
        |url| {
            let head = |length| format!("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: {length}\r\n\r\n");
            let mut first = Client::connect(&url);
            first.send(head(9_000));
            first.send([b'x'; 8_000]);
            let mut second = Client::connect(&url);
            second.send(head(100_000));
            while second.try_send([b'x'; 100]) {}
            assert_eq!(second.answer().status, 503);
            assert_eq!(good_delivery(&url), 200, "what comes in one piece is not affected");
            first.send([b'x'; 1_000]);
            assert_eq!(first.answer().status, 401, "and neither is what had room");
        },
        Receiver::stop,
    );
}

#[test]
fn half_a_request_holds_the_end_up_no_longer_than_allowed() {
    with_receiver(
        Limits { drain: SHORT, ..patient() },
        |url| {
            let mut half = Client::connect(&url);
            half.send("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nxxx");
            let mut begun = Client::connect(&url);
            begun.send("POST / HT");
            // Answered on a third connection: by then the server has read the other two.
            assert_eq!(good_delivery(&url), 200);
            (half, begun)
        },
        |mut receiver| async move {
            let arrival = receiver.next().await.expect("a delivery");
            assert_eq!(arrival.webhook_id().as_deref(), Some("msg_1"));
            let start = Instant::now();
            receiver.stop().await;
            assert!(start.elapsed() < LONG / 2);
        },
    );
}

#[test]
fn a_client_that_is_still_sending_is_not_reset() {
    with_receiver(
        Limits { max_body: 1000, linger: LONG, ..patient() },
        |url| {
            let mut client = Client::connect(&url);
            client.send("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 3000000\r\n\r\n");
            assert_eq!(client.answer().status, 413);
            // A reset would make one of these fail, and take away an answer that was not read yet.
            for _ in 0..30 {
                client.send([b'x'; 100_000]);
            }
        },
        Receiver::stop,
    );
}

/// A clock with a defect that shows once.
struct BrokenOnce(AtomicBool);

impl Clock for BrokenOnce {
    fn now(&self) -> Timestamp {
        assert!(self.0.swap(true, Ordering::Relaxed), "the clock is broken, as the test wants it");
        Timestamp::from_second(NOW).expect("in range")
    }

    fn zone(&self) -> TimeZone {
        TimeZone::UTC
    }
}

#[test]
fn a_request_that_panics_ends_its_connection_and_nothing_else() {
    with_clock(
        Arc::new(BrokenOnce(AtomicBool::new(false))),
        patient(),
        |url| {
            let mut client = Client::connect(&url);
            client.post("/", &[], b"{}");
            assert_eq!(client.until_closed(), b"");
            assert_eq!(good_delivery(&url), 200);
        },
        Receiver::stop,
    );
}

#[test]
fn connections_at_rest_do_not_hold_the_end_up() {
    with_receiver(
        patient(),
        |url| {
            let mut kept = Client::connect(&url);
            kept.send("GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n");
            assert_eq!(kept.answer().status, 200);
            let silent = Client::connect(&url);
            assert_eq!(good_delivery(&url), 200);
            (kept, silent)
        },
        |receiver| async move {
            let start = Instant::now();
            receiver.stop().await;
            assert!(start.elapsed() < LONG / 4);
        },
    );
}
