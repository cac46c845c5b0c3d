//! The handler: there, and refusing what nobody has signed.

use super::{about, doctor, listing};
use crate::support::{Output, Receiver, Reply, closed_port};

/// What is found of the handler at this place.
fn handler(to: &str) -> (u8, Vec<String>) {
    let output = doctor(&listing(&[]).sandbox(), &["--to", to]);
    assert!(!output.err().contains("--to"), "{output:?}");
    (output.code, about(&output, "handler"))
}

/// What is found of a handler that answers like this, with its URL as `URL`.
fn answering(status: u16, more: &'static str, body: &'static str) -> (u8, Vec<String>) {
    let receiver = Receiver::scripted(move |_, _| Reply::with_body(status, more, body));
    let url = receiver.url("/hook");
    let (code, found) = handler(&url);
    assert_eq!(receiver.received().len(), 1, "one delivery is sent");
    (code, found.iter().map(|line| line.replace(&url, "URL")).collect())
}

#[test]
fn a_handler_that_refuses_is_as_it_should_be() {
    for status in [400, 401, 403, 422] {
        let expected = format!("ok: URL refuses a delivery that nobody signed ({status}, Nms)");
        assert_eq!(answering(status, "", "no"), (0, vec![expected]));
    }
}

#[test]
fn a_handler_that_takes_anything_is_a_finding() {
    for status in [200, 202] {
        let (code, found) = answering(status, "", "ok");
        let expected = [
            format!("not ok: URL takes a delivery that nobody signed ({status}, Nms)"),
            "have it verify each delivery before it acts on it; run gwh test URL to see it fail".to_owned(),
        ];
        assert_eq!((code, found), (1, expected.to_vec()));
    }
}

#[test]
fn a_handler_that_redirects_is_a_finding() {
    let (code, found) = answering(307, "location: https://example.com/login\r\n", "");
    let expected = [
        "not ok: URL redirects deliveries (307, Nms)",
        "redirects are not followed; give the final URL: --to https://example.com/login",
        "then run gwh test URL",
    ];
    assert_eq!((code, found), (1, expected.map(str::to_owned).to_vec()));
}

#[test]
fn an_answer_that_is_no_refusal_is_a_finding() {
    for (status, body, words) in [
        (304, "", "no answer to a POST"),
        (404, "", "nothing is served at /hook"),
        (405, "", "does not take POST"),
        (400, "Client sent an HTTP request to an HTTPS server.", "write https:// in --to"),
        (429, "", "the handler limits the rate; run gwh doctor again"),
        (500, "", "its log says why"),
        (502, "", "a proxy answered"),
    ] {
        let (code, found) = answering(status, "", body);
        assert_eq!((code, found.len(), found[2].as_str()), (1, 3, "then run gwh test URL"), "{found:?}");
        assert_eq!(
            found[0],
            format!("not ok: URL neither takes nor refuses a delivery that nobody signed ({status}, Nms)")
        );
        assert!(found[1].contains(words), "{found:?}");
    }
}

#[test]
fn a_handler_that_is_not_there_is_a_finding() {
    let port = closed_port();
    let (code, found) = handler(&format!("127.0.0.1:{port}/hook"));
    let url = format!("http://127.0.0.1:{port}/hook");
    let expected = [
        format!("not ok: {url}: nothing accepts connections at 127.0.0.1:{port}"),
        format!(
            "start your handler there, or a receiver with gwh listen --port {port}; --to names another place"
        ),
        format!("then run gwh test {url}"),
    ];
    assert_eq!((code, found), (1, expected.to_vec()));
    let talker = Receiver::scripted(|_, _| Reply::RawAndClose(b"220 mail.example ESMTP\r\n".to_vec()));
    let (code, found) = handler(&talker.url("/"));
    assert!(code == 1 && found[0].contains("what came back is not HTTP"), "{found:?}");
}

#[test]
fn a_handler_is_named_by_the_flag_or_the_setting_and_never_by_the_default() {
    let api = listing(&[]);
    let receiver = Receiver::answering(401);
    let is_checked = |output: &Output| about(output, "handler").first().map(|found| found.contains("/named"));
    let sandbox = api.sandbox().env("GWH_TO", &receiver.url("/named"));
    assert_eq!(is_checked(&doctor(&sandbox, &[])), Some(true));
    assert_eq!(is_checked(&doctor(&sandbox, &["--to", "/other"])), Some(false), "on the host of the setting");

    let sandbox = api.sandbox();
    sandbox.file("gwh.toml", format!("[trigger]\nto = \"{}\"\n", receiver.url("/named")));
    assert_eq!(is_checked(&doctor(&sandbox, &[])), Some(true));
    assert_eq!(receiver.received().len(), 3);

    let output = doctor(&api.sandbox(), &[]);
    assert_eq!((is_checked(&output), output.err()), (None, "give --to URL to check a handler, too\n"));
    let output = doctor(&api.sandbox().env("GWH_TO", "ftp://example.com/"), &[]);
    assert!(about(&output, "handler")[0].contains("trigger.to is not a place to send to"), "{output:?}");
    assert_eq!((output.code, about(&output, "file").len()), (1, 1));
    assert_eq!(doctor(&api.sandbox(), &["--to", "ftp://example.com/"]).code, 2);
}
