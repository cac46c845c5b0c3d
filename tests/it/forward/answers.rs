//! What comes back from handlers that answer, that do not, and that break off.

use std::time::Duration;

use gwh::deliver::Limits;
use gwh::deliver::forward::Options;

use super::{block_on, forward, forwarder, options, told};
use crate::support::{Receiver, Reply, closed_port};

fn answer_of(reply: impl Fn() -> Reply + Send + Sync + 'static) -> (u16, Option<&'static str>) {
    let receiver = Receiver::scripted(move |_, _| reply());
    let limits = Limits::within(Duration::from_millis(300));
    let forwarder = forwarder(&[&receiver.url("/hook")], Options { limits, ..options() });
    block_on(async { told(&forward(&forwarder, "{}").await) })
}

#[test]
fn the_handlers_status_comes_back() {
    assert_eq!(answer_of(|| Reply::Status(200)), (200, None));
    assert_eq!(answer_of(|| Reply::Raw(b"HTTP/1.1 204 X\r\n\r\n".to_vec())), (204, None));
    for status in [301, 400, 401, 404, 429, 500, 503] {
        assert_eq!(answer_of(move || Reply::Status(status)), (status, Some("handler_failed")));
    }
}

#[test]
fn no_answer_in_time_is_504_and_a_broken_one_502() {
    let start = b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf".to_vec();
    let half = start.clone();
    assert_eq!(answer_of(|| Reply::Silence), (504, Some("handler_timeout")));
    assert_eq!(
        answer_of(move || Reply::Raw(half.clone())),
        (504, Some("handler_timeout")),
        "stalls half-way"
    );
    let closed = (502, Some("handler_unreachable"));
    assert_eq!(answer_of(move || Reply::RawAndClose(start.clone())), closed, "closes half-way");
    assert_eq!(answer_of(|| Reply::RawAndClose(Vec::new())), closed);
    assert_eq!(answer_of(|| Reply::RawAndClose(b"SSH-2.0-x\r\n".to_vec())), closed);
}

#[test]
fn an_endless_answer_is_cut_and_its_status_counts() {
    let head = b"HTTP/1.1 500 X\r\ntransfer-encoding: chunked\r\n\r\n".to_vec();
    let chunk = format!("1000\r\n{}\r\n", "x".repeat(0x1000)).into_bytes();
    let answer = answer_of(move || Reply::Endless(head.clone(), chunk.clone()));
    assert_eq!(answer, (500, Some("handler_failed")));
}

#[test]
fn nobody_there_is_502() {
    let port = closed_port();
    let forwarder = forwarder(&[&port.to_string()], options());
    let forwards = block_on(forward(&forwarder, "{}"));
    assert_eq!(told(&forwards), (502, Some("handler_unreachable")));
    let record = forwards[0].record();
    assert_eq!((record.status, record.url), (None, format!("http://localhost:{port}/")));
    assert_eq!(record.error, Some(format!("nothing accepts connections at localhost:{port}")));
}

#[test]
fn each_target_gets_it_once_and_the_first_failure_counts() {
    let [good, bad, other] = [204, 418, 500].map(Receiver::answering);
    let urls = [good.url("/"), format!("batch.*={}", bad.url("/a?b=c")), other.url("/"), good.url("/")];
    let routes: Vec<&str> = urls.iter().map(String::as_str).collect();
    let forwards = block_on(forward(&forwarder(&routes, options()), "{}"));
    assert_eq!(forwards.len(), 3);
    assert_eq!(told(&forwards).0, 418);
    assert_eq!(bad.only().path, "/a?b=c");
    assert_eq!(bad.only().header("host"), format!("127.0.0.1:{}", bad.port()));
    assert_eq!((good.received().len(), other.received().len()), (1, 1));
}

#[test]
fn connections_are_used_again() {
    let receiver = Receiver::answering(200);
    let forwarder = forwarder(&[&receiver.url("/")], options());
    block_on(async {
        for _ in 0..20 {
            forward(&forwarder, "{}").await;
        }
    });
    assert_eq!((receiver.received().len(), receiver.connections()), (20, 1));
}
