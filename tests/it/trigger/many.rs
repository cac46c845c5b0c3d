//! Many deliveries: how they are spread, counted and stopped.

use std::collections::BTreeSet;
use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use super::{Nowhere, keys, sandbox, to};
use crate::support::{DEADLINE, NOW, Receiver, Reply};

#[test]
fn each_delivery_is_its_own_over_one_connection() {
    let receiver = Receiver::answering(200);
    let url = receiver.url("/");
    let output = sandbox().run(&to(&url, &["batch.succeeded", "--count", "20"]));
    assert_eq!((output.code, output.err()), (0, ""));
    let received = receiver.received();
    let ids: BTreeSet<&str> = received.iter().map(|request| request.header("webhook-id")).collect();
    let jobs: BTreeSet<String> =
        received.iter().map(|request| request.json()["data"]["id"].to_string()).collect();
    assert_eq!((received.len(), ids.len(), jobs.len()), (20, 20, 20));
    assert!(received.iter().all(|request| request.verdict(&keys(), NOW).is_valid()));
    assert_eq!(receiver.connections(), 1);
    let lines: Vec<&str> = output.out().lines().collect();
    assert!(
        lines[0].starts_with("sent 20 in ") && lines[0].contains("  p50 ") && lines[0].contains("  p99 ")
    );
    assert_eq!(lines[1..], ["      20 × 200"]);
}

#[test]
fn a_connection_that_the_handler_closes_is_replaced() {
    let receiver = Receiver::scripted(|_, _| {
        Reply::RawAndClose(b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n".to_vec())
    });
    let url = receiver.url("/");
    let output = sandbox().run(&to(&url, &["batch.succeeded", "--count", "5"]));
    assert_eq!(output.code, 0, "{output:?}");
    assert_eq!((receiver.received().len(), receiver.connections()), (5, 5));
}

#[test]
fn a_duplicate_is_a_retry() {
    let receiver = Receiver::answering(200);
    let url = receiver.url("/");
    let output = sandbox().run(&to(&url, &["batch.succeeded", "--duplicate", "--json"]));
    let received = receiver.received();
    let [first, second] = &received[..] else { panic!("two arrive: {received:?}") };
    assert_eq!(first.header("webhook-id"), second.header("webhook-id"));
    assert_eq!(first.body, second.body);
    let attempts: Vec<serde_json::Value> =
        output.json_lines().iter().map(|object| object["attempt"].clone()).collect();
    assert_eq!(attempts, [1, 2]);
    let output = sandbox().run(&to(&url, &["batch.succeeded", "--duplicate"]));
    let lines: Vec<&str> = output.out().lines().collect();
    assert!(lines.len() == 2 && lines[1].ends_with("  retry"), "{output:?}");
}

#[test]
fn a_retry_that_gets_no_answer_is_shown() {
    let receiver = Receiver::scripted(|index, _| match index {
        0 => Reply::Status(200),
        _ => Reply::RawAndClose(Vec::new()),
    });
    let url = receiver.url("/");
    let output = sandbox().run(&to(&url, &["batch.succeeded", "--duplicate"]));
    assert_eq!(output.code, 1, "{output:?}");
    let retry = output.out().lines().nth(1).expect("two lines");
    assert!(retry.starts_with("<-- --- ") && retry.contains("the connection was closed"), "{output:?}");
}

#[test]
fn a_rate_holds_deliveries_back() {
    let receiver = Receiver::answering(200);
    let url = receiver.url("/");
    let start = Instant::now();
    let output =
        sandbox().run(&to(&url, &["batch.expired", "--count", "6", "--rate", "50/s", "--concurrency", "6"]));
    // The first goes at once, the sixth after five intervals of 20 ms.
    assert!(start.elapsed() >= Duration::from_millis(100), "{:?}", start.elapsed());
    assert_eq!((output.code, receiver.received().len()), (0, 6));
}

#[test]
fn concurrency_has_that_many_under_way() {
    // Nobody is answered until three have arrived: with fewer under way this would never end.
    let gate = Arc::new((Mutex::new(0), Condvar::new()));
    let waiting = gate.clone();
    let receiver = Receiver::scripted(move |_, _| {
        let mut arrived = waiting.0.lock().expect("no one panics");
        *arrived += 1;
        waiting.1.notify_all();
        let enough = |count: &mut i32| *count < 3;
        drop(waiting.1.wait_timeout_while(arrived, DEADLINE, enough).expect("no one panics"));
        Reply::Status(200)
    });
    let url = receiver.url("/");
    let output = sandbox()
        .run(&to(&url, &["batch.expired", "--count", "3", "--concurrency", "3", "--timeout", "20s"]));
    assert_eq!(output.code, 0, "{output:?}");
    assert_eq!(receiver.connections(), 3);
}

#[test]
fn of_many_failures_five_are_shown() {
    let receiver = Receiver::scripted(|index, _| Reply::Status(if index % 2 == 0 { 200 } else { 500 }));
    let url = receiver.url("/");
    let output = sandbox().run(&to(&url, &["batch.expired", "--count", "20"]));
    assert_eq!(output.code, 1);
    assert_eq!(output.out().lines().filter(|line| line.starts_with("<-- 500")).count(), 5, "{output:?}");
    assert!(output.out().ends_with("      10 × 200\n      10 × 500\n"), "{output:?}");
    let output = sandbox().run(&to(&url, &["batch.expired", "--count", "20", "-v"]));
    assert_eq!(output.out().lines().filter(|line| line.starts_with("<-- ")).count(), 20);
}

#[test]
fn the_summary_is_an_object_in_json() {
    let receiver = Receiver::scripted(|index, _| Reply::Status(if index == 2 { 500 } else { 200 }));
    let url = receiver.url("/");
    let output = sandbox().run(&to(&url, &["batch.expired", "--count", "4", "--json"]));
    let mut lines = output.json_lines();
    assert_eq!(lines.len(), 5);
    let mut summary = lines.pop().expect("a summary");
    for key in ["duration_ms", "rate", "p50_ms", "p99_ms", "max_ms"] {
        assert!(summary[key].take().is_number(), "{key}");
    }
    assert_eq!(
        summary,
        serde_json::json!({"type": "summary", "sent": 4, "answered": 4, "unexpected": 1, "failed": 0,
            "statuses": {"200": 3, "500": 1}, "errors": {}, "duration_ms": null, "rate": null,
            "p50_ms": null, "p99_ms": null, "max_ms": null, "interrupted": false})
    );
    assert!(lines.iter().all(|line| line["type"] == "sent"));
}

#[test]
fn no_answer_at_all_is_exit_4_and_some_answers_are_exit_1() {
    let nowhere = Nowhere::new();
    let output = sandbox().run(&to(&nowhere.url(), &["batch.expired", "--count", "3"]));
    assert_eq!(output.code, 4, "{output:?}");
    assert!(output.err().contains("none of 3 deliveries"), "{output:?}");
    let receiver = Receiver::scripted(|index, _| match index {
        0 => Reply::Status(200),
        _ => Reply::RawAndClose(Vec::new()),
    });
    let url = receiver.url("/");
    let output = sandbox().run(&to(&url, &["batch.expired", "--count", "3"]));
    assert_eq!((output.code, output.err()), (1, ""), "{output:?}");
    assert!(output.out().ends_with("       1 × 200\n       2 × connection_closed\n"), "{output:?}");
}

#[test]
fn an_interrupt_ends_with_a_summary_and_130() {
    let receiver = Receiver::answering(200);
    let url = receiver.url("/");
    let running =
        sandbox().start(&to(&url, &["batch.expired", "--count", "1000", "--rate", "1/h", "--json"]));
    running.stdout.wait_for(|line| line.contains(r#""type":"sent""#));
    let output = running.stop();
    assert_eq!(output.code, 130, "{output:?}");
    let lines = output.json_lines();
    let summary = lines.last().expect("a summary");
    assert_eq!((&summary["sent"], &summary["interrupted"]), (&1.into(), &true.into()), "{output:?}");
}

#[test]
fn an_interrupt_does_not_wait_for_a_handler_that_hangs() {
    let receiver = Receiver::scripted(|_, _| Reply::Silence);
    let url = receiver.url("/");
    let start = Instant::now();
    let running = sandbox().start(&to(&url, &["batch.expired", "--timeout", "1h"]));
    receiver.wait_for(1);
    let output = running.stop();
    assert_eq!((output.code, output.out()), (130, ""), "{output:?}");
    assert!(output.err().contains("interrupted"), "{output:?}");
    assert!(start.elapsed() < DEADLINE);
}
