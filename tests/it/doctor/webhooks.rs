//! Each webhook: its state, and whether its secret is here.

use serde_json::json;

use super::{about, doctor, listing, store, webhook};
use crate::support::Sandbox;

#[test]
fn a_webhook_that_does_not_deliver_is_a_finding() {
    for (state, expected, fix) in [
        ("disabled", "not ok: disabled", "run gwh webhooks enable 8k2f7d to have it deliver again"),
        (
            "disabled_due_to_failed_deliveries",
            "not ok: turned off by the service because deliveries kept failing",
            "once its endpoint answers 2xx again, run gwh webhooks enable 8k2f7d",
        ),
    ] {
        let api = listing(&[webhook("8k2f7d", "prod", state)]);
        let sandbox = api.sandbox();
        store(&sandbox, "8k2f7d", "prod");
        let output = doctor(&sandbox, &[]);
        let lines = [format!("{expected}; 1 secret in the file store; it signs now"), fix.to_owned()];
        assert_eq!((output.code, about(&output, "webhook prod")), (1, lines.to_vec()));
    }
    let api = listing(&[webhook("8k2f7d", "prod", "PAUSED\u{1b}[2J")]);
    let sandbox = api.sandbox();
    store(&sandbox, "8k2f7d", "prod");
    let output = doctor(&sandbox, &[]);
    assert_eq!(output.code, 0, "what a state means that nobody knows is left open: {output:?}");
    assert!(about(&output, "webhook prod")[0].starts_with(r"ok: PAUSED\x1b[2J; "), "{output:?}");
}

#[test]
fn a_webhook_whose_secret_is_not_here_is_a_finding() {
    let api = listing(&[webhook("8k2f7d", "prod", "enabled")]);
    let output = doctor(&api.sandbox(), &[]);
    let expected = [
        "not ok: enabled; no secret of it is here",
        "run gwh webhooks rotate-secret 8k2f7d for a new one, or gwh secrets set 8k2f7d if you have it",
    ];
    assert_eq!((output.code, about(&output, "webhook prod")), (1, expected.map(str::to_owned).to_vec()));
}

#[test]
fn a_secret_that_was_rotated_elsewhere_is_a_finding() {
    let mut rotated = webhook("8k2f7d", "prod", "enabled");
    rotated["signing_secrets"] = json!([{"truncated_secret": "whsec_...9xyz"}]);
    let api = listing(&[rotated]);
    let sandbox = api.sandbox();
    store(&sandbox, "8k2f7d", "prod");
    let output = doctor(&sandbox, &[]);
    let found = about(&output, "webhook prod");
    assert!(found[0].ends_with("it does not sign: the secret was rotated elsewhere"), "{output:?}");
    assert!(output.code == 1 && found[1].contains("gwh webhooks rotate-secret 8k2f7d"), "{output:?}");
}

#[test]
fn a_secret_that_is_stored_under_the_name_is_found() {
    let api = listing(&[webhook("8k2f7d", "prod", "enabled")]);
    let sandbox = api.sandbox();
    store(&sandbox, "prod", "prod");
    let output = doctor(&sandbox, &[]);
    let expected = ["ok: enabled; 1 secret in the file store; it signs now"];
    assert_eq!((output.code, about(&output, "webhook prod")), (0, expected.map(str::to_owned).to_vec()));
}

#[test]
fn a_list_that_was_behind_is_brought_up_to_date_first() {
    let (_emulator, sandbox) = Sandbox::emulated(&[]);
    let create = ["webhooks", "create", "--uri", "https://example.com/", "--events", "batch.succeeded"];
    assert_eq!(sandbox.run(&[&create[..], &["--name", "prod"]].concat()).code, 0);
    let list = sandbox.path().join("home/.local/share/gwh/profiles/default/webhooks.json");
    let before = std::fs::read(&list).expect("reads");
    assert_eq!(sandbox.run(&["webhooks", "rotate-secret", "prod"]).code, 0);
    // As if the process had been killed before it wrote the list.
    std::fs::write(&list, before).expect("writes");
    let output = doctor(&sandbox, &[]);
    let found = about(&output, "webhook prod");
    assert!(found[0].ends_with("has been brought up to date; the newest signs now"), "{output:?}");
    assert_eq!((output.code, found.len()), (0, 1));
}

#[test]
fn a_secret_whose_webhook_is_gone_is_a_finding() {
    let api = listing(&[]);
    let sandbox = api.sandbox();
    store(&sandbox, "8k2f7d", "prod");
    let output = doctor(&sandbox, &[]);
    let found = about(&output, "webhook prod");
    assert!(found[0].starts_with("not ok: a secret of it is in the file store, but the API"));
    assert_eq!(found[1..], ["run gwh secrets remove 8k2f7d if it is of no use any more"]);
    assert_eq!(output.code, 1);
}

#[test]
fn what_create_would_warn_of_is_said_and_no_finding() {
    let mut hidden = webhook("8k2f7d", "prod", "enabled");
    hidden["uri"] = "http://10.0.0.1/hook".into();
    let mut malformed = webhook("9a", "other", "enabled");
    malformed["uri"] = "localhost:8080".into();
    let proxy = listing(&[hidden, malformed]);
    let sandbox = Sandbox::new().with_api("http://api.example").env("HTTP_PROXY", &proxy.url());
    store(&sandbox, "8k2f7d", "prod");
    store(&sandbox, "9a", "other");
    let output = doctor(&sandbox, &[]);
    let found = &about(&output, "webhook prod")[0];
    let warnings = "; its URI is not HTTPS: the service may refuse it, and anyone on the way can read deliveries; \
                    its URI is a private address: the service cannot reach it";
    assert!(found.starts_with("ok: enabled; ") && found.ends_with(warnings), "{output:?}");
    let found = &about(&output, "webhook other")[0];
    assert!(
        found.ends_with("; its URI cannot be one: it is not a URL such as https://example.com/webhook"),
        "{found}"
    );
    assert_eq!(output.code, 0, "{output:?}");

    let api = listing(&[webhook("8k2f7d", "prod", "enabled")]);
    let output = doctor(&api.sandbox(), &[]);
    assert!(!output.out().contains("its URI"), "an API on this machine reaches it: {output:?}");
}
