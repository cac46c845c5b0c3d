//! Order, concurrency, and what a handler that hangs can and cannot do.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use gwh::deliver::forward::{Options, Outcome, Room};
use tokio::task::JoinSet;

use super::{block_on, forward, forwarder, options, told};
use crate::support::{Receiver, Reply};

#[test]
fn one_at_a_time_keeps_the_order_of_arrival() {
    let receiver = Receiver::answering(200);
    let forwarder = forwarder(&[&receiver.url("/")], options());
    block_on(async {
        // The places are taken in order; what happens between taking and sending is not.
        let mut sending = JoinSet::new();
        let deliveries: Vec<_> = (0..50).map(|index| forward(&forwarder, &index.to_string())).collect();
        for delivery in deliveries.into_iter().rev() {
            sending.spawn(delivery);
        }
        sending.join_all().await;
    });
    let bodies: Vec<Vec<u8>> = receiver.received().into_iter().map(|request| request.body).collect();
    let expected: Vec<Vec<u8>> = (0..50).map(|index| index.to_string().into_bytes()).collect();
    assert_eq!(bodies, expected);
}

#[test]
fn as_many_as_allowed_are_at_the_handler_at_once() {
    let (now, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let (counted, highest) = (now.clone(), most.clone());
    let receiver = Receiver::scripted(move |_, _| {
        highest.fetch_max(counted.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        // Not to wait for something, but to be slow: others could come in meanwhile.
        std::thread::sleep(Duration::from_millis(10));
        counted.fetch_sub(1, Ordering::SeqCst);
        Reply::Status(200)
    });
    let forwarder = forwarder(&[&receiver.url("/")], Options { concurrency: 3, ..options() });
    block_on(async {
        let mut sending = JoinSet::new();
        for _ in 0..30 {
            sending.spawn(forward(&forwarder, "{}"));
        }
        let statuses: Vec<u16> = sending.join_all().await.iter().map(|done| told(done).0).collect();
        assert_eq!(statuses, [200; 30]);
    });
    assert_eq!((most.load(Ordering::SeqCst), now.load(Ordering::SeqCst)), (3, 0));
}

#[test]
fn a_handler_that_hangs_fills_its_own_lane_only() {
    let (hung, good) = (Receiver::scripted(|_, _| Reply::Silence), Receiver::answering(200));
    let room = Room { waiting: 2, bytes: 1 << 20 };
    let both =
        forwarder(&[&hung.url("/"), &format!("video.*={}", good.url("/"))], Options { room, ..options() });
    block_on(async {
        let mut waiting: Vec<_> = (0..3).map(|_| tokio::spawn(forward(&both, "{}"))).collect();
        // The lane is full, so that this one is back at once.
        let full = forward(&both, "{}").await;
        assert_eq!(told(&full), (503, Some("handler_busy")));
        assert!(full[0].retry_after().is_some());
        // The other target is served all the same.
        let admission = both.admit(Some("video.generated"), 2);
        let forwards = tokio::select! {
            forwards = both.forward(admission, [].into_iter(), "{}".into()) => forwards,
            never = waiting.remove(0) => panic!("{never:?}"),
        };
        // The hanging target refuses it, and that is what counts.
        assert_eq!(told(&forwards).0, 503);
        assert!(forwards[1].is_accepted());
        while hung.received().is_empty() {
            tokio::task::yield_now().await;
        }
        both.end();
        for task in waiting {
            let forwards = task.await.expect("does not panic");
            assert!(matches!(forwards[0].outcome, Outcome::Ended), "{forwards:?}");
            assert_eq!(told(&forwards), (503, Some("ended")));
        }
    });
    assert_eq!((hung.received().len(), good.received().len()), (1, 1));
}

#[test]
fn a_turn_that_does_not_come_in_time_is_503() {
    let hung = Receiver::scripted(|_, _| Reply::Silence);
    let patience = Duration::from_millis(50);
    let forwarder = forwarder(&[&hung.url("/")], Options { patience, ..options() });
    block_on(async {
        let first = tokio::spawn(forward(&forwarder, "1"));
        let second = forward(&forwarder, "2").await;
        assert!(matches!(second[0].outcome, Outcome::Late), "{second:?}");
        assert_eq!(told(&second), (503, Some("handler_busy")));
        assert!(second[0].waited >= patience && second[0].latency.is_zero());
        assert!(!first.is_finished());
    });
    hung.wait_for(1);
    assert_eq!(hung.only().body, b"1");
}
