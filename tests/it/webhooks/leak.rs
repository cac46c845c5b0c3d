//! No output holds the API key or a whole secret, whatever the other side says, unless it was asked for.

use serde_json::json;

use super::{CREATE, ID, ROTATED, SECRET, webhook};
use crate::support::{API_KEY, ApiReply as Reply, Output, ScriptedApi};

/// Every command, with what stands for `prod` in it.
const COMMANDS: [&[&str]; 10] = [
    &["webhooks", "list"],
    &["webhooks", "get", ID],
    &["webhooks", "get", "prod"],
    &["webhooks", "update", ID, "--uri", "https://example.org/"],
    &["webhooks", "enable", ID],
    &["webhooks", "disable", ID],
    &["webhooks", "ping", ID],
    &["webhooks", "delete", ID, "--yes"],
    &["webhooks", "rotate-secret", ID],
    &["webhooks", "apply", "-f", "-", "--dry-run"],
];

#[track_caller]
fn assert_clean(output: &Output, what: &str) {
    for (name, text) in [("stdout", output.out()), ("stderr", output.err())] {
        for planted in [API_KEY, SECRET, ROTATED] {
            assert!(!text.contains(planted), "{what}: {name} holds {planted}:\n{text}");
        }
    }
}

fn run_all(api: &ScriptedApi) {
    for command in COMMANDS.iter().copied().chain([&CREATE[..]]) {
        for more in [&[][..], &["-v"], &["--json"], &["--json", "-v"]] {
            let args = [command, more].concat();
            assert_clean(&api.sandbox().run(&args), &format!("{args:?}"));
        }
    }
}

/// Text that gives everything away.
fn chatty() -> String {
    format!("key {API_KEY} may not see {SECRET} and {ROTATED}")
}

#[test]
fn errors_that_echo_the_key_and_secrets_do_not_show_them() {
    let bodies: [fn() -> Reply; 5] = [
        || Reply::json(400, json!({"error": {"code": "invalid_request", "message": chatty()}})),
        || {
            Reply::json(
                403,
                json!({"error": {"code": 403, "message": chatty(), "status": chatty(), "details": [{"reason": chatty()}]}}),
            )
        },
        || Reply::json(418, json!({"odd": [chatty()]})),
        || Reply::text(404, &chatty(), &format!("<html>{}", chatty())),
        || Reply::text(302, "text/html", "").header("location", &format!("http://x/?{}", chatty())),
    ];
    for body in bodies {
        let api = ScriptedApi::answering(move |_| body().header("x-request-id", &chatty()));
        run_all(&api);
    }
}

#[test]
fn answers_that_hold_the_key_and_secrets_do_not_show_them() {
    let api = ScriptedApi::answering(|request| {
        let mut told = webhook(ID, "prod");
        told["new_signing_secret"] = SECRET.into();
        told["secret"] = ROTATED.into();
        told["debug"] = json!({"said": chatty()});
        told["signing_secrets"] = json!([{"truncated_secret": SECRET, "secret": ROTATED}]);
        match request.path.as_str() {
            "/v1/webhooks" if request.method == "GET" => {
                Reply::json(200, json!({"webhooks": [told, {"id": "b", "name": chatty()}]}))
            }
            _ => Reply::json(200, told),
        }
    });
    run_all(&api);
}

#[test]
fn the_key_is_nowhere_in_a_network_failure() {
    let address = ScriptedApi::script([]).url();
    let api = ScriptedApi::script([Reply::close()]);
    let output = api.sandbox().run(&[&CREATE[..], &["-v"]].concat());
    assert_clean(&output, "a connection that was closed");
    let sandbox = api.sandbox().env("GOOGLE_GEMINI_BASE_URL", &address);
    assert_clean(&sandbox.run(&["webhooks", "ping", ID, "-v"]), "nobody listening");
}

#[test]
fn the_planted_secret_does_come_out_where_it_is_asked_for() {
    let api = ScriptedApi::answering(|_| Reply::json(200, super::created()));
    let output = api.sandbox().run(&[&CREATE[..], &["--print-secret", "-v"]].concat());
    assert!(output.out().contains(SECRET), "else the other tests would prove nothing");
    assert!(!output.err().contains(SECRET));
}
