//! `gwh listen` among hostile clients: good deliveries are answered in time, and memory comes back.

use std::net::Shutdown;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crate::support::delivery::{local_secret, real_now, signed_with};
use crate::support::http::Client;
use crate::support::{Process, Sandbox};

/// The kinds of hostile clients; several of each run at once.
const HOSTILE: [fn(&str, &AtomicBool); 10] = [
    slow_header,
    slow_body,
    declared_too_large,
    sent_too_large,
    garbage,
    half_closed,
    half_a_preface,
    silent,
    never_reading,
    pipelining,
];
const OF_EACH: usize = 2;
/// How long a good delivery may take, on a machine that runs other tests besides.
const GOOD_WITHIN: Duration = Duration::from_secs(2);
/// How many good deliveries are sent while the hostile clients are at work.
const GOOD: usize = 300;
const CONNECTIONS: usize = 10_000;
/// How far above its start the memory may end, in KiB: the allocator keeps some of what it was given.
const KEPT: usize = 8 * 1024;

#[test]
fn good_deliveries_are_answered_among_hostile_clients() {
    let sandbox = Sandbox::new().with_real_clock();
    let secret = local_secret(&sandbox);
    let mut process = Process::start(&sandbox, &["listen", "--port", "0", "--json", "--no-store"]);
    let ready = process.stdout.wait_for(|line| line.contains(r#""type":"ready""#));
    let ready: serde_json::Value = serde_json::from_str(&ready).expect("JSON");
    let url = ready["url"].as_str().expect("has a url").to_owned();
    let good = |client: &mut Client| {
        let body = br#"{"type":"batch.succeeded","data":{"id":"b"}}"#;
        let start = Instant::now();
        client.post("/", &signed_with(&secret, "msg_1", real_now(), body), body);
        assert_eq!(client.answer().status, 200);
        let took = start.elapsed();
        assert!(took < GOOD_WITHIN, "a good delivery took {took:?}");
    };
    for _ in 0..50 {
        good(&mut Client::connect(&url));
    }
    let before = resident_kib(process.id());

    let over = Arc::new(AtomicBool::new(false));
    let begun = Arc::new(AtomicUsize::new(0));
    let attackers: Vec<_> = (0..HOSTILE.len() * OF_EACH)
        .map(|index| {
            let (url, over, begun) = (url.clone(), over.clone(), begun.clone());
            let attack = HOSTILE[index % HOSTILE.len()];
            std::thread::spawn(move || {
                begun.fetch_add(1, Ordering::Relaxed);
                while !over.load(Ordering::Relaxed) {
                    attack(&url, &over);
                }
            })
        })
        .collect();
    let mut kept = Client::connect(&url);
    let mut sent = 0;
    while sent < GOOD || begun.load(Ordering::Relaxed) < attackers.len() {
        good(&mut kept);
        good(&mut Client::connect(&url));
        sent += 2;
    }
    over.store(true, Ordering::Relaxed);
    for attacker in attackers {
        attacker.join().expect("an attacker does not panic");
    }

    for _ in 0..CONNECTIONS {
        let mut client = Client::connect(&url);
        client.send("GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
        assert_eq!(client.answer().status, 200);
    }
    good(&mut Client::connect(&url));
    let after = resident_kib(process.id());
    assert!(after < before + KEPT, "{before} KiB before, {after} KiB after");
    process.signal("TERM");
    assert_eq!(process.wait().code(), Some(0));
}

/// The memory that the process holds, in KiB.
fn resident_kib(process: u32) -> usize {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).expect("is readable");
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("has the line");
    line.split_whitespace().nth(1).expect("has a number").parse().expect("is a number")
}

/// Goes on until the server closes the connection or the test is over.
fn trickle(client: &mut Client, over: &AtomicBool, bytes: &[u8]) {
    while !over.load(Ordering::Relaxed) && client.try_send(bytes) {
        std::thread::park_timeout(Duration::from_millis(10));
    }
}

fn hold(over: &AtomicBool) {
    while !over.load(Ordering::Relaxed) {
        std::thread::park_timeout(Duration::from_millis(10));
    }
}

fn slow_header(url: &str, over: &AtomicBool) {
    let mut client = Client::connect(url);
    client.try_send("POST / HTTP/1.1\r\nhost: x\r\n");
    trickle(&mut client, over, b"a: b\r\n");
}

fn slow_body(url: &str, over: &AtomicBool) {
    let mut client = Client::connect(url);
    client.try_send("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000\r\n\r\n");
    trickle(&mut client, over, b"x");
}

fn declared_too_large(url: &str, _: &AtomicBool) {
    let mut client = Client::connect(url);
    client.try_send("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 99999999999\r\n\r\n");
    client.try_send(vec![b'x'; 1_000_000]);
    client.until_closed();
}

fn sent_too_large(url: &str, _: &AtomicBool) {
    let mut client = Client::connect(url);
    client.try_send("POST / HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n");
    let chunk = [b"10000\r\n", &[b'x'; 0x10000][..], b"\r\n"].concat();
    for _ in 0..20 {
        if !client.try_send(&chunk) {
            break;
        }
    }
    client.until_closed();
}

fn garbage(url: &str, _: &AtomicBool) {
    let mut client = Client::connect(url);
    let noise: Vec<u8> =
        (0u32..20_000).map(|index| (index.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    client.try_send(noise);
    client.until_closed();
}

fn half_closed(url: &str, _: &AtomicBool) {
    let mut client = Client::connect(url);
    client.try_send("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\nxxx");
    // The server may have gone first.
    let _ = client.socket().shutdown(Shutdown::Write);
    client.until_closed();
}

fn half_a_preface(url: &str, over: &AtomicBool) {
    let mut client = Client::connect(url);
    client.try_send("PRI * HTTP/2.0\r\n\r\nS");
    hold(over);
}

fn silent(url: &str, over: &AtomicBool) {
    let _client = Client::connect(url);
    hold(over);
}

fn never_reading(url: &str, over: &AtomicBool) {
    let client = Client::connect(url);
    client.socket().set_nonblocking(true).expect("takes the option");
    let mut client = client;
    // Fails once the buffers of both sides are full.
    while client.try_send("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 0\r\n\r\n") {}
    hold(over);
}

fn pipelining(url: &str, _: &AtomicBool) {
    let mut client = Client::connect(url);
    client.try_send("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n{}".repeat(100));
    for _ in 0..100 {
        assert_eq!(client.answer().status, 401);
    }
}
