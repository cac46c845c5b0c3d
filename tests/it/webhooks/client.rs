//! How calls are made: keys, addresses, proxies, errors of both shapes, retries, limits and traces.

use serde_json::json;

use super::{ID, assert_ends, ok, webhook};
use crate::support::{API_KEY, ApiReply as Reply, Sandbox, ScriptedApi};

const LIST: [&str; 2] = ["webhooks", "list"];

#[test]
fn without_a_key_the_variables_are_named_and_nothing_is_asked() {
    let output = Sandbox::new().run(&LIST);
    assert_ends(&output, 3, &["GOOGLE_API_KEY", "GEMINI_API_KEY", "gwh login"]);
}

#[test]
fn google_api_key_wins_and_two_keys_are_warned_about() {
    let api = ScriptedApi::answering(|_| ok(json!({})));
    let output = api.sandbox().env("GOOGLE_API_KEY", "AIzaTheOtherKey").run(&LIST);
    assert_ends(&output, 0, &["both GOOGLE_API_KEY and GEMINI_API_KEY are set; using GOOGLE_API_KEY"]);
    assert_eq!(api.requests()[0].header("x-goog-api-key"), Some("AIzaTheOtherKey"));
    let output = api.sandbox().env("GEMINI_API_KEY", "two words").run(&LIST);
    assert_ends(&output, 3, &["GEMINI_API_KEY does not hold an API key"]);
}

#[test]
fn the_base_url_keeps_its_path_and_the_version_can_be_chosen() {
    let api = ScriptedApi::answering(|_| ok(json!({})));
    let base = format!("{}/gemini/", api.url());
    let sandbox =
        api.sandbox().env("GOOGLE_GEMINI_BASE_URL", &base).env("GOOGLE_GENAI_API_VERSION", "v1beta");
    assert_eq!(sandbox.run(&LIST).code, 0);
    assert_eq!(api.lines(), ["GET /gemini/v1beta/webhooks"]);
    let output = api.sandbox().env("GOOGLE_GEMINI_BASE_URL", "https://user:hunter2@example.com").run(&LIST);
    assert_ends(&output, 3, &["GOOGLE_GEMINI_BASE_URL carries a user name or password"]);
    assert!(!output.err().contains("hunter2"));
}

#[test]
fn a_project_file_cannot_send_the_key_elsewhere() {
    let api = ScriptedApi::script([]);
    let sandbox = Sandbox::new().env("GEMINI_API_KEY", API_KEY);
    sandbox.file("gwh.toml", format!("[api]\nbase_url = \"{}\"\n", api.url()));
    assert_ends(&sandbox.run(&LIST), 3, &["api.base_url, which is not a setting"]);
}

#[test]
fn a_proxy_of_the_environment_is_used_but_not_for_this_machine() {
    let proxy = ScriptedApi::answering(|_| ok(json!({})));
    let sandbox = proxy
        .sandbox()
        .env("GOOGLE_GEMINI_BASE_URL", "http://gemini.example")
        .env("HTTP_PROXY", &proxy.url());
    let output = sandbox.run(&LIST);
    assert_ends(&output, 0, &["GOOGLE_GEMINI_BASE_URL is not HTTPS"]);
    assert_eq!(proxy.lines(), ["GET http://gemini.example/v1/webhooks"]);

    let api = ScriptedApi::answering(|_| ok(json!({})));
    assert_eq!(api.sandbox().env("HTTP_PROXY", &proxy.url()).run(&LIST).code, 0);
    assert_eq!((proxy.lines().len(), api.lines().len()), (1, 1));
}

#[test]
fn a_refused_key_says_where_keys_come_from_in_every_shape() {
    let google = json!({"error": {"code": 400, "message": "API key not valid. Please pass a valid API key.",
        "status": "INVALID_ARGUMENT",
        "details": [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"}]}});
    for (status, body) in [
        (400, google),
        (401, json!({"error": {"code": "unauthenticated", "message": "no"}})),
        (403, json!({"error": {"code": 403, "message": "no", "status": "PERMISSION_DENIED"}})),
    ] {
        let api = ScriptedApi::script([Reply::json(status, body)]);
        let output = api.sandbox().run(&["webhooks", "get", ID]);
        assert_ends(&output, 4, &["check the key in GOOGLE_API_KEY or GEMINI_API_KEY"]);
        assert_eq!(api.lines().len(), 1, "a refused key is not asked again");
    }
}

#[test]
fn errors_are_one_object_under_json() {
    let body = json!({"error": {"code": "invalid_request", "message": "Invalid enum value 'x.y'"}});
    let api = ScriptedApi::script([Reply::json(400, body)]);
    let args =
        ["webhooks", "create", "--uri", "https://example.com/", "--events", "batch.succeeded", "--json"];
    let output = api.sandbox().run(&args);
    assert_eq!((output.code, output.out()), (4, ""));
    let error: serde_json::Value = serde_json::from_str(output.err()).expect("one object");
    assert_eq!((&error["type"], &error["kind"]), (&json!("error"), &json!("remote")));
    assert_eq!(
        error["message"],
        "cannot create the webhook: the API answered 400 (invalid_request): Invalid enum value 'x.y'"
    );
}

#[test]
fn what_may_be_repeated_is_retried_and_what_may_not_is_not() {
    let api = ScriptedApi::script([
        Reply::unavailable(0),
        Reply::json(429, json!({"error": {"code": "rate_limited", "message": "slow down"}}))
            .header("retry-after", "0"),
        ok(json!({"webhooks": [webhook(ID, "prod")]})),
    ]);
    let output = api.sandbox().run(&LIST);
    assert_eq!(output.code, 0, "{output:?}");
    assert_eq!(api.lines().len(), 3);

    let api = ScriptedApi::answering(|request| match request.method.as_str() {
        "GET" => ok(webhook(ID, "prod")),
        _ => Reply::unavailable(0),
    });
    for (args, posts) in [(["webhooks", "ping", ID], 1), (["webhooks", "rotate-secret", ID], 2)] {
        assert_eq!(api.sandbox().run(&args).code, 4);
        let sent = api.lines().iter().filter(|line| line.starts_with("POST")).count();
        assert_eq!(sent, posts, "{args:?} is sent once");
    }
}

#[test]
fn retries_end_and_a_long_retry_after_is_not_waited_for() {
    let api = ScriptedApi::answering(|_| Reply::unavailable(0));
    assert_ends(
        &api.sandbox().run(&LIST),
        4,
        &["cannot list the webhooks (4 attempts)", "503 (UNAVAILABLE)"],
    );
    assert_eq!(api.lines().len(), 4);
    let api = ScriptedApi::answering(|_| Reply::unavailable(3600));
    assert_ends(&api.sandbox().run(&LIST), 4, &["the API asks to wait 1h"]);
    assert_eq!(api.lines().len(), 1);
}

#[test]
fn a_delete_whose_answer_was_lost_is_done_when_nothing_is_found_any_more() {
    let api = ScriptedApi::script([ok(webhook(ID, "prod")), Reply::close(), Reply::not_found()]);
    let output = api.sandbox().run(&["webhooks", "delete", ID, "--yes"]);
    assert_eq!(output.code, 0, "{output:?}");
    let api = ScriptedApi::script([ok(webhook(ID, "prod")), Reply::not_found()]);
    assert_ends(&api.sandbox().run(&["webhooks", "delete", ID, "--yes"]), 4, &["404", "gwh webhooks list"]);
}

#[test]
fn a_redirect_is_never_followed() {
    let elsewhere = ScriptedApi::script([]);
    let location = format!("{}/v1/webhooks", elsewhere.url());
    let api = ScriptedApi::script([Reply::text(307, "text/html", "moved").header("location", &location)]);
    assert_ends(&api.sandbox().run(&LIST), 4, &["redirect (307)", "not followed", "GOOGLE_GEMINI_BASE_URL"]);
    assert_eq!(elsewhere.lines(), Vec::<String>::new());
}

#[test]
fn an_answer_that_is_no_json_is_quoted_and_explained() {
    let page = "<html>\n<h1>Sign in to the guest network</h1>";
    let api = ScriptedApi::script([Reply::text(200, "text/html", page)]);
    let words = ["answered 200 with text/html instead of JSON", "guest network", "HTTPS_PROXY"];
    assert_ends(&api.sandbox().run(&LIST), 4, &words);
    let api = ScriptedApi::script([ok(json!([1]))]);
    assert_ends(&api.sandbox().run(&["webhooks", "get", ID]), 4, &["not what the API should say"]);
}

#[test]
fn an_answer_without_end_is_refused() {
    let api = ScriptedApi::answering(|_| Reply::text(200, "application/json", &" ".repeat(65 * 1024 * 1024)));
    assert_ends(&api.sandbox().run(&LIST), 4, &["larger than 67108864 bytes"]);
    assert_eq!(api.lines().len(), 1);
}

#[test]
fn nobody_listening_is_a_network_failure_with_the_address() {
    let address = ScriptedApi::script([]).url();
    let output = Sandbox::new()
        .env("GEMINI_API_KEY", API_KEY)
        .env("GOOGLE_GEMINI_BASE_URL", &address)
        .run(&["webhooks", "get", ID]);
    let host = address.trim_start_matches("http://");
    assert_ends(&output, 4, &["(4 attempts)", "cannot connect to", host, "GOOGLE_GEMINI_BASE_URL"]);
}

#[test]
fn verbose_traces_requests_without_the_key() {
    let api = ScriptedApi::script([Reply::unavailable(0).header("x-request-id", "req-7"), ok(json!({}))]);
    let output = api.sandbox().run(&["webhooks", "list", "-v"]);
    let words = [
        format!("GET {}/v1/webhooks\n", api.url()),
        "503 Service Unavailable, ".to_owned(),
        ", request req-7".to_owned(),
        "trying again in 0.0 s".to_owned(),
        "200 OK, ".to_owned(),
    ];
    assert_ends(&output, 0, &words.each_ref().map(String::as_str));
    assert!(!output.err().contains(API_KEY));
}
