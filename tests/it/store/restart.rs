//! `listen` started anew goes on counting attempts where the store says it was.

use super::everything;
use crate::support::delivery::{local_secret, request_with_id, signed_with};
use crate::support::http::{Client, post};
use crate::support::{NOW, Running, Sandbox};

const BODY: &[u8] = br#"{"type":"batch.failed"}"#;
const DAY: i64 = 86_400;

fn start(sandbox: &Sandbox) -> (Running, String) {
    let (running, url) = sandbox.listen(&[]);
    (running, url)
}

/// Sends a delivery of this id at `now`, and answers which attempt it is taken for.
fn send(sandbox: &Sandbox, url: &str, id: &str, now: i64) -> u32 {
    let headers = signed_with(&local_secret(sandbox), id, now, BODY);
    assert_eq!(post(url, "/", &headers, BODY).status, 200);
    everything(sandbox)[0].summary.attempt.expect("it verified")
}

/// Sends deliveries of this id until the `before` from earlier runs count: the store is read while the first of
/// them are answered.
fn wait_for(sandbox: &Sandbox, url: &str, id: &str, now: i64, before: u32) {
    let sent = (1..1000).find(|sent| send(sandbox, url, id, now) == before + sent);
    assert!(sent.is_some(), "the store is read in the time of a thousand deliveries");
}

#[test]
fn a_retry_after_a_restart_is_one() {
    let sandbox = Sandbox::new();
    let (running, url) = start(&sandbox);
    assert_eq!([1, 2].map(|_| send(&sandbox, &url, "msg_1", NOW)), [1, 2]);
    running.stop();
    let (running, url) = start(&sandbox);
    wait_for(&sandbox, &url, "msg_1", NOW, 2);
    let attempt = send(&sandbox, &url, "msg_1", NOW);
    let shown = running.stop().json_lines();
    let [.., delivery, summary] = shown.as_slice() else { panic!("two lines: {shown:?}") };
    assert_eq!((&delivery["attempt"], attempt > 3), (&attempt.into(), true));
    assert!(summary["retries"].as_u64() > Some(0), "{summary}");
}

#[test]
fn an_id_that_is_no_text_is_told_by_what_is_kept_of_it() {
    let sandbox = Sandbox::new();
    let request = request_with_id(&sandbox, b"msg_\xe9\xff", BODY);
    let send = |url: &str| {
        let mut client = Client::connect(url);
        client.send(&request);
        assert_eq!(client.answer().status, 200);
        everything(&sandbox)[0].summary.attempt.expect("it verified")
    };
    let (running, url) = start(&sandbox);
    assert_eq!([1, 2].map(|_| send(&url)), [1, 2]);
    running.stop();
    let (_running, url) = start(&sandbox);
    assert!((1..1000).any(|sent| send(&url) == 2 + sent), "those before the restart count");
}

#[test]
fn after_a_day_an_id_is_a_new_one() {
    // What is kept last is read first, so that once the other one is known, the old one has been passed.
    let sandbox = Sandbox::new().at(NOW + DAY + 60);
    let (running, url) = start(&sandbox);
    send(&sandbox, &url, "msg_new", NOW + DAY + 60);
    running.stop();
    let sandbox = sandbox.at(NOW);
    let (running, url) = start(&sandbox);
    send(&sandbox, &url, "msg_old", NOW);
    running.stop();
    let sandbox = sandbox.at(NOW + DAY + 60);
    let (_running, url) = start(&sandbox);
    wait_for(&sandbox, &url, "msg_new", NOW + DAY + 60, 1);
    assert_eq!(send(&sandbox, &url, "msg_old", NOW + DAY + 60), 1);
}
