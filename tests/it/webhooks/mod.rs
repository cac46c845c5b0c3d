//! `gwh webhooks` against a scripted API.

mod apply;
mod client;
mod faults;
mod leak;
mod process;
mod replay;

use serde_json::{Value, json};

use crate::support::{ApiReply as Reply, Output, Sandbox, ScriptedApi};

/// An id as the service makes them.
pub const ID: &str = "k0h9q38f6ejj1g9j7cgcdsauadmbewegl79f";
/// The secret of a new webhook.
pub const SECRET: &str = "whsec_QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB";
/// The secret that a rotation makes.
pub const ROTATED: &str = "whsec_QkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJC";

/// A webhook as the API answers it.
pub fn webhook(id: &str, name: &str) -> Value {
    json!({
        "id": id, "name": name, "uri": "https://example.com/hook",
        "subscribed_events": ["batch.succeeded", "batch.failed"], "state": "enabled",
        "signing_secrets": [{"truncated_secret": "whsec_...QUFB"}]
    })
}

/// A new webhook as the API answers it.
pub fn created() -> Value {
    let mut webhook = webhook(ID, "prod");
    webhook["new_signing_secret"] = SECRET.into();
    webhook
}

/// The arguments that create `prod`.
pub const CREATE: [&str; 8] = [
    "webhooks",
    "create",
    "--uri",
    "https://example.com/hook",
    "--events",
    "batch.succeeded,batch.failed",
    "--name",
    "prod",
];

/// A sandbox in which `prod` was created and its secret is stored.
pub fn with_prod(api: &ScriptedApi) -> Sandbox {
    let sandbox = api.sandbox();
    let output = sandbox.run(&CREATE);
    assert_eq!(output.code, 0, "{output:?}");
    sandbox
}

/// What `gwh secrets get prod` prints.
pub fn stored_secret(sandbox: &Sandbox) -> String {
    let output = sandbox.run(&["secrets", "get", "prod"]);
    assert_eq!(output.code, 0, "{output:?}");
    output.out().trim_end().to_owned()
}

fn ok(body: Value) -> Reply {
    Reply::json(200, body)
}

fn not_found() -> Reply {
    Reply::json(404, json!({"error": {"code": 404, "message": "Requested entity was not found.", "status": "NOT_FOUND"}}))
}

#[track_caller]
fn assert_ends(output: &Output, code: u8, words: &[&str]) {
    assert_eq!(output.code, code, "{}{}", output.out(), output.err());
    for word in words {
        assert!(output.err().contains(word), "{word:?} is missing:\n{}", output.err());
    }
}

#[test]
fn create_stores_the_secret_and_does_not_print_it() {
    let api = ScriptedApi::script([ok(created())]);
    let sandbox = api.sandbox();
    let output = sandbox.run(&CREATE);
    assert_eq!(output.code, 0, "{output:?}");
    assert_eq!(
        output.out(),
        "✓ created prod  k0h9q38f6ejj1g9j7cgcdsauadmbewegl79f\n  uri       https://example.com/hook\n  \
         events    batch.succeeded, batch.failed\n  state     enabled\n  secret    whsec_...QUFB\n  \
         stored    in the file store, current\n"
    );
    assert_eq!(output.err(), "");
    assert_eq!(stored_secret(&sandbox), SECRET);
    let [request] = api.requests().try_into().expect("one request");
    assert_eq!(request.line(), "POST /v1/webhooks");
    assert_eq!(
        request.json(),
        json!({"name": "prod", "uri": "https://example.com/hook",
            "subscribed_events": ["batch.succeeded", "batch.failed"]})
    );
}

#[test]
fn create_prints_the_secret_only_when_asked() {
    let api = ScriptedApi::answering(|_| ok(created()));
    let sandbox = api.sandbox();
    let with = |more: &[&str]| sandbox.run(&[&CREATE[..], more].concat());
    assert_eq!(with(&["--json"]).json().get("new_signing_secret"), None);
    assert_eq!(with(&["--json"]).json()["secret_store"], "file");
    assert_eq!(with(&["--json", "--print-secret"]).json()["new_signing_secret"], SECRET);
    assert_eq!(with(&["--print-secret"]).out(), format!("{SECRET}\n"));
}

#[test]
fn create_off_a_terminal_names_what_is_missing() {
    let api = ScriptedApi::script([]);
    let output = api.sandbox().run(&["webhooks", "create"]);
    assert_ends(&output, 2, &["missing --uri and --events", "hint:"]);
    let output = api.sandbox().run(&["webhooks", "create", "--uri", "https://example.com/"]);
    assert_ends(&output, 2, &["missing --events;"]);
    assert_eq!(api.lines(), Vec::<String>::new());
}

#[test]
fn doubtful_events_and_uris_are_warned_about_and_sent() {
    let api = ScriptedApi::answering(|_| ok(created()));
    let output = api.sandbox().run(&[
        "webhooks",
        "create",
        "--uri",
        "http://192.168.0.7/hook",
        "--events",
        "batch.completed, model.tuned,interaction.cancelled,batch.completed",
    ]);
    let words = ["did you mean batch.succeeded?", "model.tuned is not", "rejects", "not HTTPS", "private address"];
    assert_ends(&output, 0, &words);
    let sent = api.requests()[0].json();
    assert_eq!(sent["subscribed_events"], json!(["batch.completed", "model.tuned", "interaction.cancelled"]));
    assert_eq!(sent.get("name"), None);
}

#[test]
fn a_malformed_uri_or_event_is_refused_before_the_call() {
    let api = ScriptedApi::script([]);
    let create = |uri, events| api.sandbox().run(&["webhooks", "create", "--uri", uri, "--events", events]);
    assert_ends(&create("example.com/hook", "batch.succeeded"), 2, &["--uri \"example.com/hook\""]);
    assert_ends(&create("https://example.com/", "batch succeeded"), 2, &["--events \"batch succeeded\""]);
    assert_eq!(api.lines(), Vec::<String>::new());
}

#[test]
fn list_goes_through_every_page_and_says_which_secrets_are_here() {
    let other = json!({"id": "b2", "name": "sta\u{1b}[31mging", "uri": "https://example.com/s",
        "subscribed_events": ["video.generated"], "state": "disabled_due_to_failed_deliveries"});
    let api = ScriptedApi::script([
        ok(created()),
        ok(json!({"webhooks": [webhook(ID, "prod")], "next_page_token": "a&b"})),
        ok(json!({"webhooks": [other]})),
    ]);
    let output = with_prod(&api).run(&["webhooks", "list", "--page-size", "1"]);
    assert_eq!(output.code, 0, "{output:?}");
    assert_eq!(
        output.out(),
        "NAME  ID                                    STATE    SECRET  URI                       EVENTS\n\
         prod  k0h9q38f6ejj1g9j7cgcdsauadmbewegl79f  enabled  file    https://example.com/hook  batch.succeeded,batch.failed\n\
         sta\\x1b[31mging  b2                                    disabled (failures)  -       https://example.com/s     video.generated\n"
    );
    assert!(output.err().contains("run gwh webhooks enable b2"), "{}", output.err());
    assert_eq!(api.lines()[1..], ["GET /v1/webhooks?page_size=1", "GET /v1/webhooks?page_size=1&page_token=a%26b"]);
}

#[test]
fn list_as_json_is_one_object_a_line_and_keeps_what_is_unknown() {
    let mut odd = webhook("b2", "odd");
    odd["region"] = json!({"name": "eu"});
    odd["state"] = "paused".into();
    let rotated = {
        let mut rotated = webhook(ID, "prod");
        rotated["signing_secrets"] = json!([{"truncated_secret": "whsec_...zzzz"}]);
        rotated
    };
    let api = ScriptedApi::script([ok(created()), ok(json!({"webhooks": [odd, rotated]}))]);
    let lines = with_prod(&api).run(&["webhooks", "list", "--json"]).json_lines();
    assert_eq!(lines[0]["type"], "webhook");
    assert_eq!(lines[0]["region"]["name"], "eu");
    assert_eq!(lines[0]["state"], "paused");
    assert_eq!(lines[0]["secret_store"], Value::Null);
    assert_eq!((&lines[1]["secret_store"], &lines[1]["secret_is_current"]), (&json!("file"), &json!(false)));
}

#[test]
fn an_empty_list_is_empty() {
    let api = ScriptedApi::answering(|_| ok(json!({})));
    let output = api.sandbox().run(&["webhooks", "list"]);
    assert_eq!((output.code, output.out()), (0, ""));
    assert_ends(&output, 0, &["there are no webhooks"]);
    assert_eq!(api.sandbox().run(&["webhooks", "list", "--json"]).out(), "");
}

#[test]
fn a_list_that_repeats_its_page_token_ends() {
    let api = ScriptedApi::answering(|_| ok(json!({"webhooks": [webhook(ID, "prod")], "next_page_token": "same"})));
    let output = api.sandbox().run(&["webhooks", "list"]);
    assert_ends(&output, 4, &["the list does not end"]);
    assert_eq!(api.lines().len(), 2);
}

#[test]
fn a_webhook_is_found_by_id_or_by_a_name_that_one_has() {
    let api = ScriptedApi::answering(|request| match request.path.as_str() {
        "/v1/webhooks" => {
            ok(json!({"webhooks": [webhook("a1", "prod"), webhook("b2", "twin"), webhook("c3", "twin")]}))
        }
        "/v1/webhooks/a1" => ok(webhook("a1", "prod")),
        _ => not_found(),
    });
    let get = |wanted| api.sandbox().run(&["webhooks", "get", wanted, "--json"]);
    assert_eq!(get("a1").json()["id"], "a1");
    assert_eq!(get("webhooks/a1").json()["id"], "a1");
    assert_eq!(get("prod").json()["id"], "a1");
    let human = |wanted| api.sandbox().run(&["webhooks", "get", wanted]);
    assert_ends(&human("twin"), 2, &["2 webhooks are named twin", "b2, c3"]);
    assert_ends(&human("nobody"), 4, &["no webhook with the id or name nobody", "gwh webhooks list"]);
    let before = api.lines().len();
    assert_ends(&human("../../v1/models"), 4, &["no webhook with the id or name"]);
    assert_eq!(api.lines()[before..], ["GET /v1/webhooks"], "what is no id is never part of a path");
}

#[test]
fn update_sends_only_what_differs_and_says_it() {
    let mut after = webhook(ID, "prod");
    after["subscribed_events"] = json!(["batch.succeeded", "video.generated"]);
    let api = ScriptedApi::script([ok(webhook(ID, "prod")), ok(after)]);
    let output = api.sandbox().run(&[
        "webhooks", "update", ID, "--uri", "https://example.com/hook", "--add-event", "video.generated",
        "--remove-event", "batch.failed",
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
    let api = ScriptedApi::script([ok(failing.clone()), ok(failing), ok(webhook(ID, "prod")), ok(webhook(ID, "prod"))]);
    let sandbox = api.sandbox();
    assert_ends(&sandbox.run(&["webhooks", "get", ID]), 0, &["turned prod off because deliveries kept failing"]);
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
    let api = ScriptedApi::script([ok(webhook(ID, "prod")), ok(json!({})), ok(webhook(ID, "prod")), Reply::close()]);
    let output = api.sandbox().run(&["webhooks", "ping", ID, "--json"]);
    assert_eq!(output.json(), json!({"type": "ping", "id": ID, "name": "prod", "uri": "https://example.com/hook"}));
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
    let index = std::fs::read_to_string(sandbox.path().join("home/.local/share/gwh/profiles/default/webhooks.json"));
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
    for revoke in ["immediately", "REVOKE_PREVIOUS_SECRETS_IMMEDIATELY", "revoke_previous_secrets_immediately"] {
        let document = rotate(revoke).json();
        assert_eq!(document["revocation_behavior"], "revoke_previous_secrets_immediately");
        assert_eq!(document.get("new_signing_secret"), None);
        let sent = api.requests().pop().expect("a request").json();
        assert_eq!(sent, json!({"revocation_behavior": "revoke_previous_secrets_immediately"}));
    }
    assert_eq!(rotate("now").code, 2);
}
