//! `gwh webhooks create`.

use serde_json::json;

use super::{CREATE, SECRET, assert_ends, created, ok, stored_secret};
use crate::support::ScriptedApi;

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
    let args = [
        "webhooks",
        "create",
        "--uri",
        "http://192.168.0.7/hook",
        "--events",
        "batch.completed, model.tuned,interaction.cancelled,batch.completed",
    ];
    let afar =
        api.sandbox().env("GOOGLE_GEMINI_BASE_URL", "http://api.example").env("HTTP_PROXY", &api.url());
    let about_events = ["did you mean batch.succeeded?", "model.tuned is not", "rejects"];
    let about_uri = ["warning: http://192.168.0.7/hook is not HTTPS", "private address"];
    assert_ends(&afar.run(&args), 0, &[&about_events[..], &about_uri].concat());
    let sent = api.requests()[0].json();
    assert_eq!(sent["subscribed_events"], json!(["batch.completed", "model.tuned", "interaction.cancelled"]));
    assert_eq!(sent.get("name"), None);
    // An API on this machine reaches private addresses, too.
    let output = api.sandbox().run(&args);
    assert_ends(&output, 0, &about_events);
    assert!(!output.err().contains("192.168.0.7"), "{}", output.err());
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
fn an_emulator_here_is_trusted_to_reach_what_this_machine_reaches() {
    let api = ScriptedApi::script([ok(created()), ok(created())]);
    let sandbox = api.sandbox();
    let create = |uri| sandbox.run(&["webhooks", "create", "--uri", uri, "--events", "batch.succeeded"]);
    let here = create("http://localhost:3000/webhook");
    assert!(here.code == 0 && !here.err().contains("warning"), "{here:?}");
    let json = sandbox.run(&["--json", "webhooks", "create", "--uri", "http://10.0.0.1/", "--events", "x.y"]);
    assert!(json.err().starts_with(r#"{"type":"warning","message":"#), "{json:?}");
}
