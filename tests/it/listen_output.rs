//! `gwh listen` for people: the lines on stdout and the talk on stderr.

use crate::support::Sandbox;
use crate::support::delivery::signed;
use crate::support::http::{Client, post};

/// Runs `listen`, lets `talk` send to it, and answers stdout and stderr.
fn shown(sandbox: &Sandbox, flags: &[&str], talk: impl FnOnce(&str)) -> (String, String) {
    let running = sandbox.start(&[&["listen", "--port", "0"], flags].concat());
    let ready = running.stderr.wait_for(|line| line.starts_with("Ready on"));
    let url = ready.split_whitespace().nth(2).expect("has a URL").to_owned();
    talk(&url);
    let output = running.stop();
    assert_eq!(output.code, 0);
    (output.out().to_owned(), output.err().replace(&url, "URL"))
}

#[test]
fn a_person_sees_a_line_for_each_request() {
    let sandbox = Sandbox::new();
    let (out, err) = shown(&sandbox, &[], |url| {
        let body = r#"{"type":"batch.succeeded","data":{"output_file_uri":"gs://my-bucket/results.jsonl"},"user_metadata":{"job":7}}"#;
        let headers = signed(&sandbox, "msg_7c9e0001", body);
        post(url, "/", &headers, body.as_bytes());
        post(url, "/", &headers, body.as_bytes());
        let action = r#"{"type":"interaction.requires_action","data":{"id":"v1_x"}}"#;
        post(url, "/", &signed(&sandbox, "m1", action), action.as_bytes());
        post(url, "/", &signed(&sandbox, "msg_plain", "plain"), b"plain");
        post(url, "/", &[], body.as_bytes());
        let mut client = Client::connect(url);
        client.send("GET /favicon.ico HTTP/1.1\r\nhost: x\r\n\r\n");
        client.answer();
    });
    assert_eq!(
        out,
        "\
12:00:00 --> batch.succeeded              msg_7c9e…  ✓ v1 local      110 B   gs://my-bucket/results.jsonl  {\"job\":7}
12:00:00 --> batch.succeeded              msg_7c9e…  ✓ v1 local      retry 2, 0s after the first
12:00:00 --> interaction.requires_action  m1         ✓ v1 local      59 B    v1_x waits for an action
12:00:00 --> (no type)                    msg_plain  ✓ v1 local      5 B     not a JSON object
12:00:00 --> batch.succeeded              (no id)    ✗ missing header
         ! missing webhook-id, webhook-timestamp, webhook-signature
         ! the sender must set all three webhook-* headers, and a proxy must let them through; gwh trigger sends a signed delivery, gwh sign --as curl prints one
12:00:00 --> GET /favicon.ico                        ✗ 405 deliveries are sent with POST
"
    );
    assert_eq!(
        err,
        "\
Ready on URL  secrets: local  keys: local test keys, 127.0.0.1:9 JWKS   ^C to quit
  send one:             gwh trigger batch.succeeded --to URL
  a handler's secret:   WEBHOOK_SIGNING_SECRET=$(gwh secrets get local)
  a handler's key set:  gwh keys jwks
5 deliveries: 4 verified, 1 invalid, 1 retry, 1 other request
"
    );
}

#[test]
fn what_nothing_explains_gets_advice_and_only_once() {
    let sandbox = Sandbox::new();
    let (out, _) = shown(&sandbox, &[], |url| {
        let body = r#"{"type":"video.generated"}"#;
        for id in ["m1", "m2"] {
            let mut headers = signed(&sandbox, id, body);
            let wrong = format!("v1,{}=", "A".repeat(43));
            headers.iter_mut().filter(|(name, _)| name == "webhook-signature").for_each(|(_, value)| {
                value.clone_from(&wrong);
            });
            post(url, "/", &headers, body.as_bytes());
        }
    });
    let key =
        out.split("compared with ").nth(1).and_then(|rest| rest.split(' ').next()).expect("names the key");
    let refused = "✗ signature mismatch\n         ! no v1 signature matches with any of the secrets\n";
    assert_eq!(
        out,
        format!(
            "12:00:00 --> video.generated              m1         {refused}         \
             ! it was compared with {key} (local)\n         \
             ! give the secret of the webhook that sent it with --secret-file or --secret-env\n\
             12:00:00 --> video.generated              m2         {refused}"
        )
    );
}

#[test]
fn an_event_type_that_nobody_knows_is_warned_about() {
    let (_, err) =
        shown(&Sandbox::new(), &["--exclude", "batch.completed", "-e", "batch.*,new.kind"], |_| {});
    for text in [
        "warning: --exclude \"batch.completed\" is not a known event type (did you mean batch.succeeded?)\n",
        "warning: --events \"new.kind\" is not a known event type\n",
    ] {
        assert!(err.contains(text), "{err}");
    }
    assert_eq!(err.matches("warning:").count(), 2, "{err}");
}

#[test]
fn what_strangers_send_cannot_move_the_cursor() {
    let sandbox = Sandbox::new();
    let (out, _) = shown(&sandbox, &[], |url| {
        let body = r#"{"type":"\u001b[2J\u202e","data":{"id":"\u001b]0;x\u0007\r\n"}}"#;
        post(url, "/", &signed(&sandbox, "msg_1", body), body.as_bytes());
        let mut headers = signed(&sandbox, "msg_2", body);
        headers[0].1 = "\u{9b}31m".to_owned();
        headers[2].1 = "v7\u{1}x,AAAA".replace('\u{1}', "\u{85}");
        post(url, "/", &headers, body.as_bytes());
        post(url, "/\u{202e}", &[], b"");
    });
    assert!(out.lines().count() >= 3, "{out}");
    let is_harmless = |character: char| !character.is_control() && character != '\u{202e}';
    assert!(out.lines().all(|line| line.chars().all(is_harmless)), "{out:?}");
}

#[test]
fn the_greeting_says_which_keys_count() {
    let sandbox = Sandbox::new()
        .env("ONE", "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8= whsec_AAEC")
        .env("GOOGLE_GEMINI_BASE_URL", "");
    let (_, err) = shown(&sandbox, &["--secret-env", "ONE"], |url| {
        assert_eq!(post(url, "/", &signed(&sandbox, "msg_1", "{}"), b"{}").status, 401);
    });
    assert_eq!(err.lines().next(), Some("Ready on URL  secrets: ONE (2)  keys: Google JWKS   ^C to quit"));
    assert!(!err.contains("AAEC"), "no secret is shown");
}

#[test]
fn an_address_that_others_reach_is_warned_about() {
    let sandbox = Sandbox::new();
    let (_, err) = shown(&sandbox, &["--host", "0.0.0.0"], |url| {
        assert!(url.starts_with("http://127.0.0.1:"), "{url}");
    });
    assert!(err.starts_with("warning: 0.0.0.0:") && err.contains("other machines"), "{err}");
}
