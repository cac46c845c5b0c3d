//! `gwh webhooks apply`.

use serde_json::json;

use super::{ID, SECRET, assert_ends, created, ok, stored_secret, webhook};
use crate::support::{Sandbox, ScriptedApi};

const FILE: &str = "\
[[webhook]]
name = \"prod\"
uri = \"https://example.com/hook\"
events = [\"batch.failed\", \"batch.succeeded\"]

[[webhook]]
name = \"staging\"
uri = \"https://example.com/new\"
events = [\"batch.succeeded\"]
state = \"disabled\"
";

fn with_file(api: &ScriptedApi, text: &str) -> Sandbox {
    let sandbox = api.sandbox();
    sandbox.file("webhooks.toml", text);
    sandbox
}

fn existing() -> serde_json::Value {
    json!({"webhooks": [webhook("b2", "staging"), webhook("c3", "old")]})
}

#[test]
fn a_dry_run_shows_every_difference_and_sends_nothing() {
    let api = ScriptedApi::script([ok(existing())]);
    let output = with_file(&api, FILE).run(&["webhooks", "apply", "--dry-run"]);
    assert_eq!(
        output.out(),
        "+ create     prod\n    uri: https://example.com/hook\n    events: +batch.failed +batch.succeeded\n\
         ~ update     staging  b2\n    uri: https://example.com/hook -> https://example.com/new\n    \
         events: -batch.failed\n    state: enabled -> disabled\n\
         ? unmanaged  old  c3\n",
        "{}",
        output.err()
    );
    assert_ends(&output, 0, &["to do: 1 create, 1 update, 1 unmanaged"]);
    assert_eq!(api.lines(), ["GET /v1/webhooks"]);
}

#[test]
fn applying_twice_changes_nothing_the_second_time() {
    let mut staging = webhook("b2", "staging");
    staging["uri"] = "https://example.com/new".into();
    staging["subscribed_events"] = json!(["batch.succeeded"]);
    staging["state"] = "disabled".into();
    let api = ScriptedApi::script([
        ok(existing()),
        ok(created()),
        ok(staging.clone()),
        ok(json!({"webhooks": [staging, webhook("c3", "old"), webhook(ID, "prod")]})),
    ]);
    let sandbox = with_file(&api, FILE);
    let lines = sandbox.run(&["webhooks", "apply", "--json"]).json_lines();
    assert_eq!(lines.len(), 3);
    assert_eq!(
        lines[0],
        json!({"type": "plan", "action": "create", "name": "prod", "id": ID, "applied": true, "changes": [
            {"field": "uri", "from": null, "to": "https://example.com/hook"},
            {"field": "subscribed_events", "from": [], "to": ["batch.failed", "batch.succeeded"]}]})
    );
    assert_eq!((&lines[1]["action"], &lines[1]["applied"]), (&json!("update"), &json!(true)));
    assert_eq!((&lines[2]["action"], &lines[2]["applied"]), (&json!("unmanaged"), &json!(false)));
    assert_eq!(stored_secret(&sandbox), SECRET);

    let output = sandbox.run(&["webhooks", "apply"]);
    assert_eq!(
        output.out(),
        format!("= unchanged  prod  {ID}\n= unchanged  staging  b2\n? unmanaged  old  c3\n")
    );
    let wanted = ["GET /v1/webhooks", "POST /v1/webhooks", "PATCH /v1/webhooks/b2", "GET /v1/webhooks"];
    assert_eq!(api.lines(), wanted);
}

#[test]
fn prune_deletes_what_is_not_declared_only_with_a_yes() {
    let api = ScriptedApi::script([ok(existing()), ok(existing()), ok(json!({})), ok(json!({}))]);
    let sandbox = with_file(&api, "");
    assert_ends(&sandbox.run(&["webhooks", "apply", "--prune"]), 2, &["would delete staging, old", "--yes"]);
    assert_eq!(api.lines(), ["GET /v1/webhooks"]);
    let output = sandbox.run(&["webhooks", "apply", "--prune", "--yes"]);
    assert_eq!(output.out(), "- delete     staging  b2\n- delete     old  c3\n");
    assert_eq!(api.lines()[2..], ["DELETE /v1/webhooks/b2", "DELETE /v1/webhooks/c3"]);
}

#[test]
fn a_mistake_in_the_file_is_named_by_its_line_and_nothing_is_sent() {
    let api = ScriptedApi::script([]);
    let output = with_file(&api, &FILE.replace("events = [\"batch.succeeded\"]", "evnets = []"))
        .run(&["webhooks", "apply"]);
    assert_ends(&output, 2, &["webhooks.toml line 9: unknown field `evnets`"]);
    let output = api.sandbox().run(&["webhooks", "apply", "-f", "nowhere.toml"]);
    assert_ends(&output, 3, &["cannot read nowhere.toml"]);
    let output = with_file(&api, &FILE.replace("batch.failed", "batch.completed"));
    let output =
        output.run_with(&["webhooks", "apply", "-f", "-"], FILE.replace("https://example.com/new", "x"));
    assert_ends(&output, 2, &["stdin line 8: uri \"x\""]);
    assert_eq!(api.lines(), Vec::<String>::new());
}

#[test]
fn a_name_that_several_have_is_not_guessed() {
    let twins = json!({"webhooks": [webhook("a1", "prod"), webhook("b2", "prod")]});
    let api = ScriptedApi::script([ok(twins)]);
    let output = with_file(&api, FILE).run(&["webhooks", "apply"]);
    assert_ends(&output, 2, &["2 webhooks are named prod", "a1, b2"]);
}

const TWO: &str = "\
[[webhook]]
name = \"prod\"
uri = \"https://example.com/hook\"
events = [\"batch.failed\"]

[[webhook]]
name = \"staging\"
uri = \"https://example.com/new\"
events = [\"batch.succeeded\"]
";

#[test]
fn what_is_declared_is_brought_about_although_nobody_reads_on() {
    let api = ScriptedApi::script([
        ok(json!({"webhooks": [webhook("b2", "staging")]})),
        ok(created()),
        ok(webhook("b2", "staging")),
    ]);
    let sandbox = with_file(&api, TWO);
    let mut command = sandbox.command(&["webhooks", "apply"]);
    command.stdin(std::process::Stdio::null()).stdout(std::process::Stdio::piped());
    let mut child = command.spawn().expect("starts");
    drop(child.stdout.take());
    assert_eq!(child.wait().expect("ends").code(), Some(0));
    assert_eq!(api.lines(), ["GET /v1/webhooks", "POST /v1/webhooks", "PATCH /v1/webhooks/b2"]);
}

#[test]
fn an_id_that_no_path_can_hold_is_not_deleted() {
    for id in ["..", ".", ""] {
        let api = ScriptedApi::script([ok(json!({"webhooks": [webhook(id, "odd")]})), ok(json!({}))]);
        let output = with_file(&api, "").run(&["webhooks", "apply", "--prune", "--yes"]);
        assert_ends(&output, 4, &["is no id of a webhook"]);
        assert_eq!(api.lines(), ["GET /v1/webhooks"]);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn an_interrupt_ends_it_after_a_create_too() {
    use crate::support::ApiReply as Reply;
    use crate::support::child::Run;
    let (arrived, on_arrival) = std::sync::mpsc::channel();
    let hang = Reply::hang().after(move || arrived.send(()).expect("is waited for"));
    let api = ScriptedApi::script([ok(json!({"webhooks": [webhook("b2", "staging")]})), ok(created()), hang]);
    let sandbox = with_file(&api, TWO).env("GWH_API_TIMEOUT", "20s");
    let run = Run::start(sandbox.command(&["webhooks", "apply"]), b"");
    on_arrival.recv_timeout(crate::support::DEADLINE).expect("the change is asked for");
    run.signal("INT");
    let ended = run.wait();
    assert_eq!(ended.status.code(), Some(130), "{ended:?}");
    assert!(ended.stderr.contains("stopped at staging"), "{ended:?}");
    assert_eq!(stored_secret(&sandbox), SECRET);
}
