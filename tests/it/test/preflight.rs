//! What would make every case fail is told once, and apart from each other.

use gwh::signature::{Keys, Secret, Signer, parse_jwks, signed_content};

use super::{ids, suite};
use crate::support::delivery::local_secret;
use crate::support::http::Client;
use crate::support::{NOW, Receiver, Reply, Sandbox, closed_port};

/// The only failure, its reason and its fix.
fn only_failure(sandbox: &Sandbox, url: &str, more: &[&str], code: u8) -> (String, String, String) {
    let (output, lines) = suite(sandbox, url, more);
    assert_eq!(output.code, code, "{output:?}");
    let failed: Vec<_> = lines.iter().filter(|line| line["result"] == "failed").collect();
    let [failed] = failed[..] else { panic!("one failure: {:?}", ids(&lines, "failed")) };
    assert!(ids(&lines, "skipped").len() > 60, "the cases are not run");
    let text = |name: &str| failed[name].as_str().expect("is text").to_owned();
    (text("id"), text("reason"), text("fix"))
}

#[test]
fn nothing_that_listens_is_exit_4() {
    let sandbox = Sandbox::new();
    let port = closed_port();
    let (id, reason, fix) = only_failure(&sandbox, &format!("http://127.0.0.1:{port}/"), &[], 4);
    assert_eq!(id, "preflight.reachable");
    assert_eq!(reason, format!("nothing accepts connections at 127.0.0.1:{port}"));
    assert!(fix.contains("start the handler"), "{fix}");
}

#[test]
fn another_protocol_is_told_from_a_handler() {
    let sandbox = Sandbox::new();
    let other = Receiver::scripted(|_, _| Reply::RawAndClose(b"220 mail ready\r\n".to_vec()));
    let (id, reason, _) = only_failure(&sandbox, &other.url("/"), &[], 4);
    assert_eq!(id, "preflight.reachable");
    assert!(reason.starts_with("what came back is not HTTP"), "{reason}");
}

#[test]
fn a_path_without_a_handler_is_told() {
    let sandbox = Sandbox::new();
    for status in [404, 405] {
        let (id, reason, _) = only_failure(&sandbox, &Receiver::answering(status).url("/hook"), &[], 1);
        assert_eq!(
            (id.as_str(), reason),
            ("preflight.post", format!("POST /hook is answered with {status}"))
        );
    }
    let moved = Receiver::scripted(|_, _| Reply::with_body(308, "location: /hook/\r\n", ""));
    let (id, reason, fix) = only_failure(&sandbox, &moved.url("/hook"), &[], 1);
    assert_eq!(
        (id.as_str(), reason.as_str()),
        ("behaves.redirect.none", "POST is redirected with 308 to /hook/")
    );
    assert!(fix.contains("final URL"), "{fix}");
}

#[test]
fn a_handler_that_takes_everything_is_told_once() {
    let sandbox = Sandbox::new();
    let (id, _, fix) = only_failure(&sandbox, &Receiver::answering(200).url("/"), &[], 1);
    assert_eq!(id, "preflight.verifies");
    assert!(fix.contains("verify webhook-signature"), "{fix}");
}

#[test]
fn an_answer_that_does_not_come_is_told_once() {
    let sandbox = Sandbox::new();
    let silent = Receiver::scripted(|_, _| Reply::Silence);
    let limits = ["--timeout", "100ms", "--budget", "50ms"];
    let (id, reason, fix) = only_failure(&sandbox, &silent.url("/"), &limits, 1);
    assert_eq!(
        (id.as_str(), reason.as_str()),
        ("behaves.time.budget", "no complete answer came within 100ms")
    );
    assert!(fix.contains("answer 2xx first"), "{fix}");
}

#[test]
fn the_time_that_an_answer_may_take_is_never_less_than_the_budget() {
    let sandbox = Sandbox::new();
    let slow = Receiver::scripted(|_, _| {
        std::thread::sleep(std::time::Duration::from_millis(50));
        Reply::Status(200)
    });
    let (_, lines) = suite(&sandbox, &slow.url("/"), &["--timeout", "1ms", "--only", "accepts.transfer"]);
    assert_eq!(ids(&lines, "failed"), ["preflight.verifies"], "it answers in time, whatever it answers");
}

/// A handler that verifies with the key that `key` makes, over what `signed` makes of the body.
fn verifying(key: Secret, signed: impl Fn(&[u8]) -> Vec<u8> + Send + Sync + 'static) -> Receiver {
    let signer = Signer::V1(vec![key]);
    Receiver::scripted(move |_, request| {
        use base64::Engine;
        let value =
            |name: &str| request.values(name).first().map(|value| (*value).to_owned()).unwrap_or_default();
        let (id, stamp) = (value("webhook-id"), value("webhook-timestamp"));
        let content = signed_content(id.as_bytes(), stamp.as_bytes(), &signed(&request.body));
        let right = base64::engine::general_purpose::STANDARD.encode(&signer.sign_content(&content)[0]);
        Reply::Status(if value("webhook-signature") == format!("v1,{right}") { 200 } else { 401 })
    })
}

#[test]
fn another_secret_is_told_and_named_where_it_is_known() {
    let sandbox = Sandbox::new();
    let other = verifying(Secret::from_key(&[9; 32]), <[u8]>::to_vec);
    let (id, reason, fix) = only_failure(&sandbox, &other.url("/"), &[], 1);
    assert_eq!(id, "preflight.secret");
    assert_eq!(
        reason,
        "a valid delivery is answered with 401: most likely the handler has another secret or key"
    );
    assert!(fix.contains("gwh secrets get local"), "{fix}");

    let local = local_secret(&sandbox);
    let known = verifying(local.clone(), <[u8]>::to_vec);
    sandbox.file("mine", Secret::from_key(&[8; 32]).expose());
    let (_, reason, _) = only_failure(&sandbox, &known.url("/"), &["--secret-file", "mine"], 1);
    assert!(reason.contains(&format!("another secret, {} (local)", local.truncated())), "{reason}");
}

#[test]
fn a_secret_that_is_not_decoded_is_proved() {
    let sandbox = Sandbox::new();
    let text = local_secret(&sandbox).expose().to_owned();
    for text in [text.as_str(), text.trim_start_matches("whsec_")] {
        let handler = verifying(Secret::from_key(text.as_bytes()), <[u8]>::to_vec);
        let (id, reason, fix) = only_failure(&sandbox, &handler.url("/"), &[], 1);
        assert_eq!(id, "preflight.decoding");
        assert!(reason.contains("uses the secret without base64-decoding it"), "{reason}");
        assert!(fix.contains("base64-decode"), "{fix}");
    }
}

#[test]
fn a_body_that_is_always_written_anew_is_proved() {
    let sandbox = Sandbox::new();
    let rewrite = |body: &[u8]| {
        // As json.dumps of Python writes it, near enough for the samples.
        let text = String::from_utf8_lossy(body).replace("\":", "\": ").replace(",\"", ", \"");
        text.replace(":  ", ": ").replace(",  ", ", ").into_bytes()
    };
    let handler = verifying(local_secret(&sandbox), rewrite);
    let (id, reason, fix) = only_failure(&sandbox, &handler.url("/"), &[], 1);
    assert_eq!(id, "preflight.accepted");
    assert!(reason.contains("written anew instead of the raw body"), "{reason}");
    assert!(fix.contains("request.get_data()"), "{fix}");
}

#[test]
fn what_is_left_out_of_the_preflight_does_not_end_the_run() {
    let sandbox = Sandbox::new();
    let open = Receiver::answering(200);
    let (output, lines) = suite(&sandbox, &open.url("/"), &["--skip", "preflight.verifies"]);
    assert_eq!(output.code, 1);
    let failed = ids(&lines, "failed");
    assert!(failed.contains(&"refuses.signature.foreign".to_owned()) && failed.len() > 20, "{failed:?}");
    assert!(!ids(&lines, "passed").contains(&"preflight.verifies".to_owned()));
}

#[test]
fn a_blocked_run_fails_whatever_severity_counts() {
    let sandbox = Sandbox::new();
    let slashed = Receiver::scripted(|_, _| Reply::with_body(308, "location: /hook/\r\n", ""));
    let flags = ["--only", "accepts.transfer", "--fail-on", "security"];
    let (output, lines) = suite(&sandbox, &slashed.url("/hook"), &flags);
    assert_eq!(output.code, 1, "nothing was tested");
    assert_eq!(ids(&lines, "failed"), ["behaves.redirect.none"], "although it was not selected");
    let blocked = lines.iter().find(|line| line["id"] == "accepts.transfer.chunked").expect("is told");
    assert_eq!(blocked["reason"], "behaves.redirect.none failed, which would make this fail, too");
}

#[test]
fn people_see_what_blocks_the_run_in_a_line() {
    let sandbox = Sandbox::new();
    let slashed = Receiver::scripted(|_, _| Reply::with_body(308, "location: /hook/\r\n", ""));
    let output = sandbox.run(&["test", &slashed.url("/hook")]);
    let part = "\nbehaves\n  \u{2717} neither a valid nor a forged delivery is redirected";
    assert!(output.out().contains(part), "{output:?}");
    assert!(
        output.out().contains(" not run: behaves.redirect.none failed, which would make this fail, too\n"),
        "{output:?}"
    );
    assert_eq!(output.out().matches("not run: behaves").count(), 2, "a line a family: {output:?}");
}

/// What failed for a handler that takes only the key at `index` of those that it is served.
fn failed_with_one_key(index: usize) -> Vec<String> {
    let sandbox = Sandbox::new();
    let port = closed_port();
    let handler = Receiver::scripted(move |_, request| {
        let mut client = Client::connect(&format!("http://127.0.0.1:{port}"));
        client.send("GET /.well-known/jwks.json HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
        let set = parse_jwks(client.answer().body.as_bytes(), &"set".into()).expect("a key set").keys;
        let public_keys = vec![set.into_iter().nth(index).expect("has two keys")];
        let is_valid = request.verdict(&Keys { public_keys, ..Keys::default() }, NOW).is_valid();
        Reply::Status(if request.method == "POST" && is_valid { 200 } else { 401 })
    });
    let jwks_port = port.to_string();
    let flags = ["--scheme", "v1a", "--jwks-port", &jwks_port, "--only", "accepts"];
    let (output, lines) = suite(&sandbox, &handler.url("/"), &flags);
    assert_eq!(output.code, 1, "{output:?}");
    ids(&lines, "failed")
}

#[test]
fn a_handler_that_takes_one_key_of_the_set_is_told_which() {
    assert_eq!(failed_with_one_key(0), ["accepts.key.other-of-set"]);
    assert_eq!(failed_with_one_key(1), ["preflight.accepted"]);
}
