//! `gwh webhooks list` and `get`, and how a webhook is found.

use serde_json::{Value, json};

use super::{ID, assert_ends, created, ok, webhook, with_prod};
use crate::support::{ApiReply as Reply, ScriptedApi};

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
    assert_eq!(
        api.lines()[1..],
        ["GET /v1/webhooks?page_size=1", "GET /v1/webhooks?page_size=1&page_token=a%26b"]
    );
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
    let api =
        ScriptedApi::answering(|_| ok(json!({"webhooks": [webhook(ID, "prod")], "next_page_token": "same"})));
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
        _ => Reply::not_found(),
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
fn an_odd_field_of_one_webhook_does_not_keep_the_others_from_being_listed() {
    let mut odd = webhook("b2", "odd");
    odd["state"] = 2.into();
    odd["subscribed_events"] = json!([null, "batch.failed"]);
    let api = ScriptedApi::script([ok(json!({"webhooks": [odd, webhook(ID, "prod")]}))]);
    let output = api.sandbox().run(&["webhooks", "list", "--json"]);
    assert_eq!(output.code, 0, "{output:?}");
    let lines = output.json_lines();
    assert_eq!((&lines[0]["state"], &lines[0]["subscribed_events"]), (&json!("2"), &json!(["batch.failed"])));
    assert_eq!(lines[1]["name"], "prod");
}
