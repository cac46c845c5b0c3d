//! What the store says of an answer is what the sender was told, also where the disk is slow or fails.

use std::sync::{Arc, Condvar, Mutex};

use gwh::clock::{Clock, FixedClock};
use gwh::store::{FILE, Stored};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use rusqlite::Connection;

use super::{everything, folder};
use crate::support::delivery::signed;
use crate::support::http::{Client, post};
use crate::support::{DEADLINE, NOW, Receiver, Sandbox, until};

const BATCH: &[u8] = br#"{"type":"batch.succeeded","data":{"id":"batches/1"}}"#;
const VIDEO: &[u8] = br#"{"type":"video.generated"}"#;

/// A clock on which the thread of the store waits, as it would for a disk that hangs, until it is let go.
struct HeldClock {
    time: FixedClock,
    is_held: Mutex<bool>,
    changed: Condvar,
}

impl HeldClock {
    fn new() -> Arc<Self> {
        Arc::new(HeldClock { time: FixedClock::at(NOW), is_held: Mutex::new(true), changed: Condvar::new() })
    }

    fn let_go(&self) {
        *self.is_held.lock().expect("works") = false;
        self.changed.notify_all();
    }
}

impl Clock for HeldClock {
    fn now(&self) -> Timestamp {
        if std::thread::current().name() == Some("store") {
            let held = self.is_held.lock().expect("works");
            let _held = self.changed.wait_timeout_while(held, DEADLINE, |held| *held).expect("works");
        }
        self.time.now()
    }

    fn zone(&self) -> TimeZone {
        TimeZone::UTC
    }
}

/// What is stored of the delivery with this id, once it is like that.
fn once(sandbox: &Sandbox, id: &str, is_like_that: impl Fn(&Stored) -> bool) -> Stored {
    until(|| {
        let mut all = everything(sandbox);
        all.retain(|one| one.summary.webhook_id.as_deref() == Some(id) && is_like_that(one));
        all.pop().ok_or_else(|| format!("{id} never came to be like that"))
    })
}

#[test]
fn what_is_kept_too_late_was_answered_503() {
    let clock = HeldClock::new();
    let sandbox = Sandbox::new().with_clock(clock.clone());
    let handler = Receiver::answering(200).idle();
    let target = format!("batch.*={}", handler.url("/"));
    let (running, url) = sandbox.listen(&["-f", &target]);
    let send = |id: &str, body: &[u8]| {
        let answer = post(&url, "/", &signed(&sandbox, id, body), body);
        (answer.status, answer.body)
    };
    // Once the first one is kept the thread of the store looks at the time.
    assert_eq!(send("msg_kept", VIDEO).0, 200);
    let refused = (503, r#"{"error":"not_stored"}"#.to_owned());
    std::thread::scope(|scope| {
        let forwarded = scope.spawn(|| send("msg_forwarded", BATCH));
        assert_eq!(send("msg_late", VIDEO), refused);
        assert_eq!(forwarded.join().expect("does not panic"), refused);
    });
    clock.let_go();
    for id in ["msg_late", "msg_forwarded"] {
        once(&sandbox, id, |one| one.summary.status == Some(503));
    }
    let output = running.stop();
    let lines = output.json_lines();
    let shown = |id: &str| {
        let line = lines.iter().find(|line| line["webhook_id"] == id).expect("is shown");
        line["response"]["status"].as_u64()
    };
    assert_eq!((shown("msg_late"), shown("msg_forwarded")), (Some(503), Some(503)));
    let summary = lines.last().expect("a summary");
    assert_eq!((summary["verified"].as_u64(), summary["unkept"].as_u64()), (Some(1), Some(2)));
    assert_eq!(handler.received().len(), 0, "the sender tries again");
    let failed = sandbox.run(&["events", "list", "--failed", "--json"]);
    assert_eq!(failed.json_lines().len(), 2);
}

#[test]
fn an_answer_that_cannot_be_noted_is_noted_later_and_fails_nobody_else() {
    let sandbox = Sandbox::new();
    let handler = Receiver::answering(200);
    let target = format!("batch.*={}", handler.url("/"));
    let (running, url) = sandbox.listen(&["-f", &target]);
    let database = Connection::open(folder(&sandbox).join(FILE)).expect("opens");
    let trigger = "CREATE TRIGGER refuse BEFORE INSERT ON forwards BEGIN SELECT RAISE(ABORT, 'x'); END";
    database.execute_batch(trigger).expect("works");
    assert_eq!(post(&url, "/", &signed(&sandbox, "msg_1", BATCH), BATCH).status, 200);
    for number in 2..6 {
        let id = format!("msg_{number}");
        assert_eq!(post(&url, "/", &signed(&sandbox, &id, VIDEO), VIDEO).status, 200);
    }
    assert_eq!(once(&sandbox, "msg_1", |_| true).summary.status, None);
    database.execute_batch("DROP TRIGGER refuse").expect("works");
    // Nothing comes any more that could take it along.
    let noted = once(&sandbox, "msg_1", |one| one.summary.status.is_some());
    assert_eq!((noted.summary.status, noted.forwards.len()), (Some(200), 1));
    running.stop();
}

#[test]
fn what_refusals_are_explained_by_is_kept_though_the_run_ends_meanwhile() {
    let sandbox = Sandbox::new();
    let (running, url) = sandbox.listen(&[]);
    let mut client = Client::connect(&url);
    let body = format!(r#"{{"type":"batch.failed","data":{{"note":"{}"}}}}"#, "x".repeat(200 * 1024));
    let changed = format!("{body}\n");
    for number in 0..12 {
        client.post("/", &signed(&sandbox, &format!("msg_{number}"), &body), changed.as_bytes());
        assert_eq!(client.answer().status, 401);
    }
    // Explaining takes longer than refusing, so that some are still to be explained.
    let output = running.stop();
    let kept = everything(&sandbox);
    let lines = output.json_lines();
    let shown: Vec<_> = lines.iter().filter(|line| line["type"] == "delivery").collect();
    assert!(!shown.is_empty(), "nothing would be compared");
    for line in shown {
        let own = kept.iter().find(|one| one.summary.webhook_id.as_deref() == line["webhook_id"].as_str());
        let own = serde_json::to_value(own.expect("is kept").record()).expect("serialises");
        assert_eq!(own["verdict"], line["verdict"], "{}", line["webhook_id"]);
    }
}

#[test]
fn a_delivery_that_one_of_its_handlers_refused_has_failed_until_a_replay_is_taken() {
    let sandbox = Sandbox::new();
    let (refusing, taking) = (Receiver::answering(500), Receiver::answering(200));
    let (running, url) = sandbox.listen(&["-f", &refusing.url("/"), "-f", &taking.url("/")]);
    assert_eq!(post(&url, "/", &signed(&sandbox, "msg_1", BATCH), BATCH).status, 500);
    running.stop();
    let failed = || sandbox.run(&["events", "list", "--failed", "--json"]).json_lines().len();
    assert_eq!(failed(), 1, "the sender was told 500, whatever the other one said");
    assert_eq!(sandbox.run(&["replay", "--failed", "--to", &taking.port().to_string()]).code, 0);
    assert_eq!(failed(), 0);
}
