//! `gwh webhooks update`, `enable`, `disable`, `delete`, `ping` and `rotate-secret`.

use serde_json::{Value, json};

use super::{ID, ROTATED, SECRET, assert_ends, created, ok, stored_secret, webhook, with_prod};
use crate::support::{ApiReply as Reply, ScriptedApi};

#[test]
fn update_sends_only_what_differs_and_says_it() {
    let mut after = webhook(ID, "prod");
    after["subscribed_events"] = json!(["batch.succeeded", "video.generated"]);
    let api = ScriptedApi::script([ok(webhook(ID, "prod")), ok(after)]);
    let output = api.sandbox().run(&[
        "webhooks",
        "update",
        ID,
        "--uri",
        "https://example.com/hook",
        "--add-event",
        "video.generated",
        "--remove-event",
        "batch.failed",
    ]);
    assert_eq!(
        output.out(),
        format!("✓ updated prod  {ID}\n  events: +video.generated -batch.failed\n"),
        "{}",
        output.err()
    );
    let patch = &api.requests()[1];
    assert_eq!(patch.line(), format!("PATCH /v1/webhooks/{ID}"));
    assert_eq!(patch.json(), json!({"subscribed_events": ["batch.succeeded", "video.generated"]}));
}

#[test]
fn update_that_changes_nothing_sends_nothing() {
    let api = ScriptedApi::script([ok(webhook(ID, "prod"))]);
    let output = api.sandbox().run(&["webhooks", "update", ID, "--events", "batch.failed,batch.succeeded"]);
    assert!(output.out().contains("nothing was sent"), "{output:?}");
    assert_eq!(api.lines(), [format!("GET /v1/webhooks/{ID}")]);
    assert_ends(&api.sandbox().run(&["webhooks", "update", ID]), 2, &["nothing is named to change"]);
}

#[test]
fn update_renames_the_stored_secret_and_notices_a_change_that_was_ignored() {
    let api = ScriptedApi::script([
        ok(created()),
        ok(webhook(ID, "prod")),
        ok(webhook(ID, "live")),
        ok(webhook(ID, "live")),
        ok(webhook(ID, "live")),
    ]);
    let sandbox = with_prod(&api);
    assert_eq!(sandbox.run(&["webhooks", "update", ID, "--name", "live"]).code, 0);
    assert_eq!(sandbox.run(&["secrets", "get", "live"]).out(), format!("{SECRET}\n"));
    let output = sandbox.run(&["webhooks", "update", ID, "--uri", "https://example.org/"]);
    assert_ends(&output, 0, &["warning: the API took the change, but answers uri as before"]);
}

#[test]
fn the_last_event_cannot_be_removed() {
    let api = ScriptedApi::answering(|_| ok(webhook(ID, "prod")));
    let output =
        api.sandbox().run(&["webhooks", "update", ID, "--remove-event", "batch.succeeded,batch.failed"]);
    assert_ends(&output, 2, &["without any event", "gwh webhooks disable"]);
}

#[test]
fn enable_and_disable_send_the_state() {
    let failing = json!({"id": ID, "name": "prod", "uri": "https://example.com/hook",
        "state": "disabled_due_to_failed_deliveries"});
    let api = ScriptedApi::script([
        ok(failing.clone()),
        ok(failing),
        ok(webhook(ID, "prod")),
        ok(webhook(ID, "prod")),
    ]);
    let sandbox = api.sandbox();
    assert_ends(
        &sandbox.run(&["webhooks", "get", ID]),
        0,
        &["turned prod off because deliveries kept failing"],
    );
    let output = sandbox.run(&["webhooks", "enable", ID]);
    assert!(output.out().contains("state: disabled_due_to_failed_deliveries -> enabled"), "{output:?}");
    assert_eq!(api.requests()[2].json(), json!({"state": "enabled"}));
    assert_eq!(sandbox.run(&["webhooks", "enable", ID, "--json"]).json()["changed"], json!([]));
    assert_eq!(api.lines().len(), 4);
}

#[test]
fn delete_needs_a_yes_and_takes_the_secret_along() {
    let api = ScriptedApi::script([ok(created()), ok(webhook(ID, "prod")), ok(json!({}))]);
    let sandbox = with_prod(&api);
    assert_ends(&sandbox.run(&["webhooks", "delete", ID]), 2, &["needs --yes"]);
    assert_eq!(api.lines().len(), 1);
    let output = sandbox.run(&["webhooks", "delete", ID, "--yes"]);
    assert_eq!(output.out(), format!("✓ deleted prod ({ID}), and its secret from this machine\n"));
    assert_eq!(api.lines()[2], format!("DELETE /v1/webhooks/{ID}"));
    assert_eq!(sandbox.run(&["secrets", "get", "prod"]).code, 3);
}

#[test]
fn ping_is_sent_once() {
    let api = ScriptedApi::script([
        ok(webhook(ID, "prod")),
        ok(json!({})),
        ok(webhook(ID, "prod")),
        Reply::close(),
    ]);
    let output = api.sandbox().run(&["webhooks", "ping", ID, "--json"]);
    assert_eq!(
        output.json(),
        json!({"type": "ping", "id": ID, "name": "prod", "uri": "https://example.com/hook"})
    );
    assert_eq!(api.lines()[1], format!("POST /v1/webhooks/{ID}:ping"));
    assert_ends(&api.sandbox().run(&["webhooks", "ping", ID]), 4, &["cannot ping webhook prod"]);
    assert_eq!(api.lines().len(), 4);
}

#[test]
fn rotate_stores_the_new_secret_beside_the_old_one() {
    let api = ScriptedApi::script([ok(created()), ok(webhook(ID, "prod")), ok(json!({"secret": ROTATED}))]);
    let sandbox = with_prod(&api);
    let output = sandbox.run(&["webhooks", "rotate-secret", ID]);
    assert_eq!(
        output.out(),
        "✓ rotated the secret of prod: whsec_...QkJC, in the file store; the previous secret signs for another 24 hours\n",
        "{}",
        output.err()
    );
    let request = &api.requests()[2];
    assert_eq!(request.line(), format!("POST /v1/webhooks/{ID}:rotateSigningSecret"));
    assert_eq!(request.json(), json!({"revocation_behavior": "revoke_previous_secrets_after_h24"}));
    assert_eq!(stored_secret(&sandbox), ROTATED);
    let index =
        std::fs::read_to_string(sandbox.path().join("home/.local/share/gwh/profiles/default/webhooks.json"));
    let index: Value = serde_json::from_str(&index.expect("an index")).expect("JSON");
    let secrets = &index["webhooks"][0]["secrets"];
    assert_eq!(secrets[0]["truncated"], "whsec_...QkJC");
    assert_eq!(secrets[1]["expires_at"], "2026-01-23T12:00:00Z");
}

#[test]
fn revocation_is_taken_in_every_spelling_and_sent_in_lower_case() {
    let api = ScriptedApi::answering(|request| {
        if request.method == "GET" { ok(webhook(ID, "prod")) } else { ok(json!({"secret": ROTATED})) }
    });
    let rotate = |revoke| api.sandbox().run(&["webhooks", "rotate-secret", ID, "--revoke", revoke, "--json"]);
    for revoke in
        ["immediately", "REVOKE_PREVIOUS_SECRETS_IMMEDIATELY", "revoke_previous_secrets_immediately"]
    {
        let document = rotate(revoke).json();
        assert_eq!(document["revocation_behavior"], "revoke_previous_secrets_immediately");
        assert_eq!(document.get("new_signing_secret"), None);
        let sent = api.requests().pop().expect("a request").json();
        assert_eq!(sent, json!({"revocation_behavior": "revoke_previous_secrets_immediately"}));
    }
    assert_eq!(rotate("now").code, 2);
}
