//! Nothing that was acknowledged is lost to `kill -9`, and several processes share a store.

use std::collections::HashMap;
use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use super::everything;
use crate::support::delivery::{local_secret, real_now, signed_with};
use crate::support::http::Client;
use crate::support::{Process, Sandbox, until};

const ROUNDS: usize = 50;
const CONNECTIONS: usize = 8;

/// What was acknowledged: bodies by id.
type Acknowledged = Arc<Mutex<HashMap<String, Vec<u8>>>>;

/// Any bytes, of any length up to some kilobytes.
fn body(round: usize, connection: usize, number: usize) -> Vec<u8> {
    let seed = round * 7919 + connection * 104_729 + number * 31;
    (0..seed % 5_000).map(|index| ((index * seed) >> 3) as u8).collect()
}

/// Sends deliveries until the server is gone, and notes those that were acknowledged.
fn load(url: &str, secret: &gwh::signature::Secret, round: usize, connection: usize, kept: &Acknowledged) {
    let Ok(mut client) = Client::try_connect(url) else { return };
    for number in 0.. {
        let (id, body) = (format!("msg_{round}_{connection}_{number}"), body(round, connection, number));
        let headers = signed_with(secret, &id, real_now(), &body);
        if !client.try_post("/", &headers, &body) {
            return;
        }
        match client.try_answer() {
            Some(answer) if answer.status == 200 => drop(kept.lock().expect("works").insert(id, body)),
            Some(answer) => panic!("answered {}", answer.status),
            None => return,
        }
    }
}

fn start(sandbox: &Sandbox) -> (Process, String) {
    let process = Process::start(sandbox, &["listen", "--port", "0", "--json"]);
    let ready = process.stdout.wait_for(|line| line.contains(r#""type":"ready""#));
    let ready: serde_json::Value = serde_json::from_str(&ready).expect("JSON");
    let url = ready["url"].as_str().expect("has a url").to_owned();
    (process, url)
}

#[test]
fn what_was_acknowledged_survives_kill_9() {
    let sandbox = Sandbox::new().with_real_clock();
    let secret = local_secret(&sandbox);
    let kept = Acknowledged::default();
    for round in 0..ROUNDS {
        let (mut process, url) = start(&sandbox);
        let before = kept.lock().expect("works").len();
        let senders: Vec<_> = (0..CONNECTIONS)
            .map(|connection| {
                let (url, secret, kept) = (url.clone(), secret.clone(), kept.clone());
                std::thread::spawn(move || load(&url, &secret, round, connection, &kept))
            })
            .collect();
        // Some time within the load, a different one in each round, and never before anything was acknowledged.
        let begun = Instant::now();
        let moment = Duration::from_millis(5 + (round * 37 % 60) as u64);
        until(|| {
            let is_time = begun.elapsed() >= moment && kept.lock().expect("works").len() > before;
            is_time.then_some(()).ok_or("nothing is acknowledged")
        });
        process.signal("KILL");
        process.wait();
        senders.into_iter().for_each(|sender| sender.join().expect("a sender does not panic"));
    }

    let stored: HashMap<String, Vec<u8>> = everything(&sandbox)
        .into_iter()
        .map(|one| (one.summary.webhook_id.expect("has an id"), one.body))
        .collect();
    let kept = kept.lock().expect("works");
    let lost: Vec<&String> =
        kept.iter().filter(|(id, body)| stored.get(*id) != Some(body)).map(|(id, _)| id).collect();
    assert!(lost.is_empty(), "{} of {} were acknowledged and lost: {lost:?}", lost.len(), kept.len());
    // Straight to stderr, which the test runner does not keep to itself.
    let _ = writeln!(
        std::io::stderr(),
        "kill -9: {} deliveries acknowledged in {ROUNDS} rounds, all of them in the store",
        kept.len()
    );
    let (mut process, url) = start(&sandbox);
    let mut client = Client::connect(&url);
    client.post("/", &signed_with(&secret, "msg_after", real_now(), b"{}"), b"{}");
    assert_eq!(client.answer().status, 200, "the store is written on");
    process.signal("INT");
    assert_eq!(process.wait().code(), Some(0));
}

#[test]
fn several_processes_share_a_store() {
    let sandbox = Sandbox::new().with_real_clock();
    let secret = local_secret(&sandbox);
    let processes: Vec<_> = (0..3).map(|_| start(&sandbox)).collect();
    let senders: Vec<_> = processes
        .iter()
        .enumerate()
        .map(|(number, (_, url))| {
            let (url, secret) = (url.clone(), secret.clone());
            std::thread::spawn(move || {
                let mut client = Client::connect(&url);
                for round in 0..40 {
                    let id = format!("msg_{number}_{round}");
                    client.post("/", &signed_with(&secret, &id, real_now(), b"{}"), b"{}");
                    assert_eq!(client.answer().status, 200);
                }
            })
        })
        .collect();
    senders.into_iter().for_each(|sender| sender.join().expect("all are acknowledged"));
    for (mut process, _) in processes {
        process.signal("TERM");
        assert_eq!(process.wait().code(), Some(0));
    }
    assert_eq!(everything(&sandbox).len(), 120);
}

#[test]
fn a_disk_that_takes_no_more_is_answered_503_until_it_does() {
    let sandbox = Sandbox::new().with_real_clock();
    let secret = local_secret(&sandbox);
    // No file may grow beyond 256 KiB, which stands for a disk that is full: writing fails.
    let mut process = Process::start_in_shell(
        &sandbox,
        "trap '' XFSZ; ulimit -f 512; exec \"$@\"",
        &["listen", "--port", "0", "--json"],
    );
    let ready = process.stdout.wait_for(|line| line.contains(r#""type":"ready""#));
    let ready: serde_json::Value = serde_json::from_str(&ready).expect("JSON");
    let mut client = Client::connect(ready["url"].as_str().expect("has a url"));
    let (mut acknowledged, mut refused) = (0, 0);
    for number in 0..40 {
        let body = vec![b'x'; 16 * 1024];
        let id = format!("msg_{number}");
        client.post("/", &signed_with(&secret, &id, real_now(), &body), &body);
        let answer = client.answer();
        match answer.status {
            200 => acknowledged += 1,
            503 => {
                refused += 1;
                assert_eq!(answer.body, r#"{"error":"not_stored"}"#);
                assert!(answer.header("retry-after").is_some());
            }
            other => panic!("answered {other}"),
        }
    }
    assert!(acknowledged > 0 && refused > 0, "{acknowledged} kept, {refused} refused");
    process.stderr.wait_for(|line| line.contains("answering 503 until deliveries can be kept"));
    process.signal("INT");
    assert_eq!(process.wait().code(), Some(0));
    assert_eq!(everything(&sandbox).len(), acknowledged, "what was acknowledged, and no more");
}
