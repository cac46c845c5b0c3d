//! The store stays within its bounds, and what does not verify goes first.

use std::sync::Arc;
use std::time::Duration;

use gwh::clock::FixedClock;
use gwh::store::{Bounds, FILE, Store};
use jiff::Timestamp;
use rusqlite::Connection;

use super::{everything, folder};
use crate::support::delivery::{signed, signed_with};
use crate::support::http::{Client, post};
use crate::support::{NOW, Receiver, Reply, Sandbox, until};

#[test]
fn old_deliveries_are_deleted_while_new_ones_come() {
    let clock = Arc::new(FixedClock::at(NOW));
    let sandbox = Sandbox::new().with_clock(clock);
    let deliver = |sandbox: &Sandbox, id: &str, now: i64| {
        let (running, url) = sandbox.listen(&["--keep", "1d"]);
        let secret = crate::support::delivery::local_secret(sandbox);
        let mut client = Client::connect(&url);
        for suffix in ["a", "b"] {
            client.post("/", &signed_with(&secret, &format!("{id}{suffix}"), now, b"{}"), b"{}");
            assert_eq!(client.answer().status, 200);
        }
        assert_eq!(running.stop().code, 0);
    };
    deliver(&sandbox, "old_", NOW);
    let later = NOW + 2 * 86_400;
    let sandbox = sandbox.at(later);
    deliver(&sandbox, "new_", later);
    let mut left: Vec<String> =
        everything(&sandbox).into_iter().filter_map(|one| one.summary.webhook_id).collect();
    left.sort();
    assert_eq!(left, ["new_a", "new_b"]);
}

#[test]
fn old_deliveries_are_deleted_while_none_come() {
    let clock = Arc::new(FixedClock::at(NOW));
    let sandbox = Sandbox::new().with_clock(clock.clone());
    let (running, url) = sandbox.listen(&["--keep", "1d"]);
    let mut client = Client::connect(&url);
    client.post("/", &signed(&sandbox, "msg_1", b"{}"), b"{}");
    assert_eq!(client.answer().status, 200);
    assert_eq!(everything(&sandbox).len(), 1);
    clock.set(NOW + 2 * 86_400);
    until(|| if everything(&sandbox).is_empty() { Ok(()) } else { Err("it is still there".to_owned()) });
    running.stop();
}

#[test]
fn what_came_of_a_delivery_goes_with_it() {
    let sandbox = Sandbox::new();
    let (running, url) = sandbox.listen(&[]);
    let headers = signed(&sandbox, "msg_1", b"{}");
    assert_eq!(post(&url, "/", &headers, b"{}").status, 200);
    running.stop();
    // The store is pruned while the handler has the delivery.
    let (place, bounds) = (folder(&sandbox), Bounds { keep: Some(Duration::ZERO), max_bytes: None });
    let handler = Receiver::scripted(move |_, _| {
        let store = Store::open(&place).expect("opens");
        let later = Timestamp::from_second(NOW + 60).expect("is in range");
        assert_eq!(store.prune(bounds, later, |_| {}).expect("prunes").deliveries, 1);
        Reply::Status(200)
    });
    let replayed = sandbox.run(&["replay", "msg_1", "--to", &handler.url("/")]);
    assert_eq!((replayed.code, replayed.err()), (0, ""), "{replayed:?}");
    let database = Connection::open(folder(&sandbox).join(FILE)).expect("opens");
    let count = |table: &str| {
        let select = format!("SELECT count(*) FROM {table}");
        database.query_row(&select, [], |row| row.get::<_, i64>(0)).expect("counts")
    };
    assert_eq!(["deliveries", "contents", "forwards"].map(count), [0, 0, 0]);
}

#[test]
fn a_store_that_is_full_deletes_what_does_not_verify_first() {
    let sandbox = Sandbox::new();
    let (running, url) = sandbox.listen(&["--max-store", "100MiB"]);
    let mut client = Client::connect(&url);
    let body = vec![b'x'; 8 * 1024];
    for number in 0..30 {
        let headers = signed(&sandbox, &format!("msg_{number}"), &body);
        let forged = [&body[..], b"!"].concat();
        let sent = if number % 3 == 0 { &body } else { &forged };
        client.post("/", &headers, sent);
        client.answer();
    }
    running.stop();
    let size = folder(&sandbox).join("deliveries.db").metadata().expect("is there").len();
    let pruned = sandbox.run(&["events", "prune", "--max-store", "128KiB", "--json"]).json();
    assert!(pruned["bytes"].as_u64().is_some_and(|bytes| bytes <= 128 * 1024), "{pruned}");
    let left = everything(&sandbox);
    let valid = left.iter().filter(|one| one.summary.valid).count();
    assert_eq!(valid, 10, "what verified stays");
    assert!(left.len() <= 12, "of the 20 forged ones {} stay", left.len() - valid);
    let after = folder(&sandbox).join("deliveries.db").metadata().expect("is there").len();
    assert!(after < size / 2, "{after} of {size} bytes: the room is given back");
}

#[test]
fn listen_keeps_within_its_bound_while_it_runs() {
    let sandbox = Sandbox::new();
    let (running, url) = sandbox.listen(&["--max-store", "256KiB"]);
    let mut client = Client::connect(&url);
    let body = vec![b'x'; 16 * 1024];
    // The bound is looked at once a second, so that time has to pass, as it does under load.
    let start = std::time::Instant::now();
    let mut sent = 0;
    while start.elapsed().as_millis() < 2_500 {
        client.post("/", &signed(&sandbox, &format!("msg_{sent}"), &body), &body);
        assert_eq!(client.answer().status, 200);
        sent += 1;
        std::thread::park_timeout(std::time::Duration::from_millis(20));
    }
    running.stop();
    let left = everything(&sandbox).len();
    assert!(left < sent && left > 0, "{left} of {sent} are left");
    let newest = everything(&sandbox)[0].summary.webhook_id.clone();
    assert_eq!(newest, Some(format!("msg_{}", sent - 1)));
}

#[test]
fn no_more_is_deleted_than_there_is_no_room_for() {
    let sandbox = Sandbox::new();
    let (running, url) = sandbox.listen(&[]);
    let mut client = Client::connect(&url);
    let body = vec![b'x'; 64 * 1024];
    for number in 0..40 {
        client.post("/", &signed(&sandbox, &format!("msg_{number}"), &body), &body);
        assert_eq!(client.answer().status, 200);
    }
    running.stop();
    let pruned = sandbox.run(&["events", "prune", "--max-store", "2MiB", "--json"]).json();
    let left = pruned["deliveries"].as_u64().expect("a number");
    // With what stands beside each body, 2 MiB have room for some thirty.
    assert!((25..32).contains(&left), "{pruned}");
    assert_eq!(everything(&sandbox)[0].summary.webhook_id.as_deref(), Some("msg_39"), "the oldest go first");
}
