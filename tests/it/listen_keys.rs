//! `gwh listen` while other processes store, rotate and remove secrets.

use std::sync::Arc;

use gwh::secrets::WebhookRef;
use gwh::signature::Secret;
use serde_json::{Value, json};

use crate::support::delivery::{signed, signed_with};
use crate::support::http::post;
use crate::support::{Mood, NOW, Running, Sandbox, TestKeyring, until};

const BODY: &[u8] = br#"{"type":"batch.succeeded"}"#;

fn sandbox() -> Sandbox {
    Sandbox::new().env("GWH_SECRET_STORE", "file")
}

fn secret(byte: u8) -> Secret {
    Secret::from_key(&[byte; 32])
}

/// What another process does: stores or rotates the secret of `prod`.
fn store(sandbox: &Sandbox, secret: &Secret) {
    let webhook = WebhookRef::new("8k2f7d", "prod");
    let secrets = sandbox.session().0.webhook_secrets().expect("opens");
    secrets.rotate(&webhook, secret, None).expect("stores");
}

fn send(url: &str, secret: &Secret) -> u16 {
    post(url, "/", &signed_with(secret, "msg_1", NOW, BODY), BODY).status
}

/// Waits for the line that says that these secrets verify.
fn until_secrets(running: &Running, names: &Value) {
    running.stdout.wait_for(|line| {
        let line: Value = serde_json::from_str(line).expect("JSON");
        line["type"] == "keys" && line["secrets"] == *names
    });
}

#[test]
fn a_secret_that_is_stored_meanwhile_verifies_the_next_delivery() {
    let sandbox = sandbox();
    let (running, url) = sandbox.listen(&[]);
    assert_eq!(send(&url, &secret(1)), 401);
    let stored = sandbox.run_with(&["secrets", "set", "prod"], secret(1).expose());
    assert_eq!(stored.code, 0, "{stored:?}");
    assert_eq!(send(&url, &secret(1)), 200, "without waiting for the next look at the files");
    let output = running.stop();
    let keys: Vec<Value> = output.json_lines().into_iter().filter(|line| line["type"] == "keys").collect();
    let expected = json!({"type": "keys", "secrets": ["local", "prod"], "keys": ["local"]});
    assert_eq!((keys, output.err()), (vec![expected], ""));
}

#[test]
fn a_secret_that_is_rotated_away_or_removed_verifies_no_more() {
    for more in [&[][..], &["--webhook", "prod"]] {
        let sandbox = sandbox();
        store(&sandbox, &secret(1));
        let (running, url) = sandbox.listen(more);
        assert_eq!(send(&url, &secret(1)), 200);
        store(&sandbox, &secret(2));
        assert_eq!((send(&url, &secret(2)), send(&url, &secret(1))), (200, 401), "{more:?}");
        assert_eq!(sandbox.run(&["secrets", "remove", "prod", "--yes"]).code, 0);
        let left = if more.is_empty() { json!(["local"]) } else { json!([]) };
        until_secrets(&running, &left);
        assert_eq!(send(&url, &secret(2)), 401, "{more:?}");
        store(&sandbox, &secret(3));
        assert_eq!(send(&url, &secret(3)), 200, "{more:?}");
        assert_eq!(running.stop().err(), "");
    }
}

#[test]
fn keys_that_were_given_stay_alone() {
    let sandbox = sandbox();
    sandbox.file("given", secret(9).expose());
    let (running, url) = sandbox.listen(&["--secret-file", "given"]);
    store(&sandbox, &secret(1));
    assert_eq!((send(&url, &secret(1)), send(&url, &secret(9))), (401, 200));
    assert!(!running.stop().out().contains(r#""type":"keys""#));
}

#[test]
fn a_person_is_told_in_words() {
    let sandbox = sandbox();
    let running = sandbox.start(&["listen", "--port", "0", "--ready-file", "url"]);
    running.stderr.wait_for(|line| line.starts_with("Ready on"));
    store(&sandbox, &secret(1));
    running.stderr.wait_for(|line| line == "Keys changed: these secrets verify from now on: local, prod");
    assert_eq!(running.stop().code, 0);
}

#[test]
fn a_keyring_that_fails_is_warned_of_once_and_not_asked_for_every_forgery() {
    let keyring = TestKeyring::new(Mood::Fine);
    let sandbox = Sandbox::new().with_keyring(keyring.clone());
    store(&sandbox, &secret(1));
    let (running, url) = sandbox.listen(&[]);
    store(&sandbox, &secret(2));
    keyring.set_mood(Mood::Locked);
    let before = keyring.calls();
    for _ in 0..50 {
        assert_eq!(send(&url, &secret(2)), 401);
    }
    assert_eq!(send(&url, &secret(1)), 200, "the keys from before stay");
    let asked = keyring.calls() - before;
    assert!((1..=4).contains(&asked), "asked {asked} times");
    keyring.set_mood(Mood::Fine);
    until_secrets(&running, &json!(["local", "prod"]));
    assert_eq!((send(&url, &secret(2)), send(&url, &secret(1))), (200, 401));
    let output = running.stop();
    assert_eq!(output.err().matches("cannot read the stored secrets again").count(), 1, "{output:?}");
}

#[test]
fn a_keyring_that_hangs_delays_nobody_else() {
    let keyring = TestKeyring::new(Mood::Fine);
    let sandbox = Arc::new(Sandbox::new().with_keyring(keyring.clone()).env("GWH_KEYRING_TIMEOUT", "2s"));
    store(&sandbox, &secret(1));
    let (running, url) = sandbox.listen(&[]);
    store(&sandbox, &secret(2));
    keyring.set_mood(Mood::Hanging);
    let before = keyring.calls();
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| send(&url, &secret(2)));
        until(|| (keyring.calls() > before).then_some(()).ok_or("the keyring is not asked"));
        let headers = signed(&sandbox, "msg_2", BODY);
        assert_eq!(post(&url, "/", &headers, BODY).status, 200);
        assert!(!waiting.is_finished(), "the other is answered before the keyring is given up on");
        assert_eq!(waiting.join().expect("sends"), 401);
    });
    assert!(running.stop().err().contains("did not answer within"));
}
