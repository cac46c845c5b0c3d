//! The negative cases: each is refused for exactly one reason.

use gwh::signature::{Keys, NamedSecret, Reason, Scheme, Secret, parse_jwks};

use super::to;
use crate::support::{NOW, Receiver, Reply, Sandbox};

/// The keys of a sandbox's test identity.
fn local_keys(sandbox: &Sandbox) -> Keys {
    let jwks = sandbox.run(&["keys", "jwks"]);
    let secret = sandbox.run(&["secrets", "get", "local"]);
    let secret = Secret::parse(secret.out()).expect("a secret");
    let public_keys = parse_jwks(jwks.out().as_bytes(), &"local".into()).expect("a key set").keys;
    Keys { secrets: vec![NamedSecret::new("local", secret)], public_keys, ..Keys::default() }
}

#[test]
fn each_corruption_is_refused_by_a_verifier_for_each_scheme() {
    let receiver = Receiver::answering(200);
    let url = receiver.url("/");
    let sandbox = Sandbox::new();
    let keys = local_keys(&sandbox);
    for scheme in Scheme::ALL {
        for what in ["body", "signature", "secret", "timestamp", "id", "header"] {
            let args =
                ["batch.failed", "--scheme", scheme.name(), "--corrupt", what, "--id", "msg_7", "--json"];
            let output = sandbox.run(&to(&url, &args));
            assert_eq!(output.json()["corrupt"], what, "{output:?}");
            let request = receiver.received().pop().expect("arrived");
            let reason = request.verdict(&keys, NOW).reason();
            let expected = if what == "header" { Reason::MissingHeader } else { Reason::SignatureMismatch };
            assert_eq!(reason, Some(expected), "{scheme:?} {what}");
            assert_eq!(request.header("webhook-id") != "msg_7", what == "id", "{scheme:?} {what}");
            let stamp: i64 = request.header("webhook-timestamp").parse().expect("a number");
            assert_eq!(stamp, if what == "timestamp" { NOW - 1 } else { NOW }, "{scheme:?} {what}");
            assert_eq!(request.values("webhook-signature").len(), usize::from(what != "header"));
            assert_eq!(request.json()["type"], "batch.failed", "the body stays the event");
            assert_eq!(output.json()["webhook_id"], request.header("webhook-id"));
        }
    }
}

#[test]
fn a_refusal_is_what_is_hoped_for_and_still_exit_1_unless_expected() {
    let receiver = Receiver::answering(401);
    let url = receiver.url("/");
    let sandbox = Sandbox::new();
    let output = sandbox.run(&to(&url, &["batch.expired", "--corrupt", "id"]));
    assert_eq!(output.code, 1);
    let lines: Vec<&str> = output.out().lines().collect();
    assert_eq!(lines[1], "  refused, as it should: webhook-id was changed after signing");
    assert_eq!(
        *lines.last().expect("lines"),
        "  hint: add --expect-status 4xx to make a refusal the success"
    );
    let output = sandbox.run(&to(&url, &["batch.expired", "--corrupt", "id", "--expect-status", "4xx"]));
    assert_eq!(output.code, 0);
    assert_eq!(output.out().lines().count(), 2, "{output:?}");
    let stale = sandbox.run(&to(&url, &["batch.expired", "--timestamp", "-10m"]));
    assert!(stale.out().contains("refused, as it should: its timestamp"), "{stale:?}");
}

#[test]
fn an_acceptance_is_pointed_out() {
    let receiver = Receiver::answering(200);
    let url = receiver.url("/");
    let output = Sandbox::new().run(&to(&url, &["batch.expired", "--corrupt", "signature"]));
    assert_eq!(output.code, 0);
    assert!(output.out().contains("! accepted, although a bit of the signature was flipped"), "{output:?}");
}

#[test]
fn the_contents_of_duplicates_stay_the_same_when_spoilt() {
    let receiver = Receiver::scripted(|_, _| Reply::Status(401));
    let url = receiver.url("/");
    for what in ["id", "body"] {
        Sandbox::new().run(&to(&url, &["batch.expired", "--corrupt", what, "--duplicate"]));
        let received = receiver.received();
        let [.., first, second] = &received[..] else { panic!("two arrived") };
        assert_eq!(first.header("webhook-id"), second.header("webhook-id"));
        assert_eq!(first.body, second.body);
    }
}
