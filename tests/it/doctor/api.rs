//! The key, the API, and the clock.

use serde_json::json;

use super::{DATE, about, doctor, listing, store, webhook};
use crate::support::{API_KEY, ApiReply, Mood, NO_API, NOW, Sandbox, ScriptedApi, TestKeyring};

#[test]
fn a_key_is_found_where_login_has_put_it() {
    let api = listing(&[]);
    let keyring = TestKeyring::new(Mood::Fine);
    let sandbox = Sandbox::new().env("GOOGLE_GEMINI_BASE_URL", &api.url()).with_keyring(keyring.clone());
    assert_eq!(sandbox.run_with(&["login"], API_KEY).code, 0);
    let output = doctor(&sandbox, &[]);
    assert_eq!(output.code, 0, "{output:?}");
    assert_eq!(about(&output, "api key"), ["ok: from gwh login, in the keyring"]);

    keyring.set_mood(Mood::Hanging);
    let before = keyring.calls();
    let output = doctor(&sandbox.env("GWH_KEYRING_TIMEOUT", "300ms"), &[]);
    assert_eq!(output.code, 1);
    assert!(keyring.calls() - before <= 1, "a keyring that hung once is not asked again: {output:?}");
    assert!(
        about(&output, "api key")[0].starts_with("not ok")
            && about(&output, "keyring")[0].starts_with("not ok")
    );
}

#[test]
fn a_variable_that_holds_no_key_is_named_with_its_fix() {
    let api = listing(&[]);
    let output = doctor(&api.sandbox().env("GEMINI_API_KEY", "two words"), &[]);
    let found = about(&output, "api key");
    assert!(found[0].starts_with("not ok: GEMINI_API_KEY does not hold an API key: "), "{found:?}");
    assert_eq!(
        found[1..],
        ["set it to a key from https://aistudio.google.com/apikey, or unset it and run gwh login"]
    );
    assert_eq!((output.code, api.lines()), (1, Vec::new()));
}

#[test]
fn a_key_that_is_refused_still_tells_the_time() {
    let refusal =
        json!({"error": {"code": 401, "message": format!("bad key {API_KEY}"), "status": "UNAUTHENTICATED"}});
    let api = ScriptedApi::answering(move |_| ApiReply::json(401, refusal.clone()).header("date", DATE));
    let output = doctor(&api.sandbox(), &[]);
    assert!(
        about(&output, "api")[0].contains("cannot list the webhooks: the API answered 401"),
        "{output:?}"
    );
    assert!(about(&output, "api")[1].contains("run gwh login with a key"), "{output:?}");
    assert!(about(&output, "clock")[0].starts_with("ok: "), "{output:?}");
    assert_eq!((output.code, about(&output, "file").len()), (1, 1));
}

#[test]
fn an_api_that_cannot_be_reached_leaves_the_other_checks() {
    let sandbox = Sandbox::new().with_api(NO_API);
    store(&sandbox, "8k2f7d", "prod");
    let output = doctor(&sandbox, &[]);
    let list = sandbox.run(&["webhooks", "list"]);
    let hints: Vec<&str> = list.err().lines().filter_map(|line| line.strip_prefix("  hint: ")).collect();
    let api = about(&output, "api");
    assert!(api[0].starts_with(&format!("not ok: {NO_API}/: cannot list the webhooks")), "{api:?}");
    assert!(hints.len() > 1 && api[1..] == hints, "the hints that gwh webhooks list has: {api:?}");
    assert_eq!(output.code, 1);
    assert_eq!(about(&output, "clock"), Vec::<String>::new(), "the API has been told of");
    assert_eq!(about(&output, "webhook prod"), ["ok: 1 secret in the file store"]);
}

#[test]
fn a_base_url_that_is_none_is_a_finding() {
    let sandbox = Sandbox::new().with_api("example.com");
    let output = doctor(&sandbox, &[]);
    assert_eq!(output.code, 1);
    assert!(about(&output, "api")[0].contains("GOOGLE_GEMINI_BASE_URL does not hold a URL"), "{output:?}");
    assert_eq!(about(&output, "file").len(), 1);
}

/// What is found of the clock where it shows `seconds` more than the API's.
fn clock(seconds: i64) -> (u8, Vec<String>) {
    let api = listing(&[]);
    let output = doctor(&api.sandbox().at(NOW + seconds), &[]);
    (output.code, about(&output, "clock"))
}

#[test]
fn a_clock_that_is_off_is_a_finding_before_it_breaks_deliveries() {
    let fix = if cfg!(windows) {
        "w32tm /resync"
    } else if cfg!(target_os = "macos") {
        "System Settings"
    } else {
        "timedatectl set-ntp true"
    };
    // How long the answer takes on a busy machine counts, too, so that seconds are not compared.
    for (seconds, words) in [
        (7_230, "not ok: 2h ahead of the API's: deliveries are refused beyond 5m"),
        (600, "ahead of the API's: deliveries are refused beyond 5m"),
        (-600, "behind the API's: deliveries are refused beyond 5m"),
        (120, "ahead of the API's: deliveries will be refused beyond 5m"),
    ] {
        let (code, found) = clock(seconds);
        assert_eq!((code, found.len()), (1, 2), "{found:?}");
        assert!(found[0].starts_with("not ok: ") && found[0].ends_with(words), "{found:?}");
        assert!(found[1].contains(fix), "{found:?}");
    }
    for (seconds, words) in [(30, "s ahead of the API's"), (-30, "s behind the API's")] {
        let (code, found) = clock(seconds);
        assert!(found[0].starts_with("ok: ") && found[0].ends_with(words), "{found:?}");
        assert_eq!((code, found.len()), (0, 1));
    }
}

#[test]
fn an_answer_without_a_date_is_a_finding_where_nothing_else_is_wrong_with_it() {
    for date in ["soon", ""] {
        let api = ScriptedApi::answering(move |_| ApiReply::json(200, json!({})).header("date", date));
        let output = doctor(&api.sandbox(), &[]);
        let found = about(&output, "clock");
        assert_eq!(found[0], "not ok: the API's answer has no Date that can be read");
        assert!(output.code == 1 && found[1].contains("HTTPS_PROXY"), "{found:?}");
    }
    let refuses = ScriptedApi::answering(|_| ApiReply::json(403, json!({"error": {"message": "no"}})));
    assert_eq!(about(&doctor(&refuses.sandbox(), &[]), "clock"), Vec::<String>::new());
    let portal = ScriptedApi::answering(|_| ApiReply::text(200, "text/html", "<html>").header("date", DATE));
    assert_eq!(
        about(&doctor(&portal.sandbox(), &[]), "clock"),
        Vec::<String>::new(),
        "is not the API's clock"
    );
}

#[test]
fn every_page_of_the_list_is_looked_at() {
    let pages = [
        json!({"webhooks": [webhook("a", "one", "enabled")], "next_page_token": "p2"}),
        json!({"webhooks": [webhook("b", "two", "enabled")]}),
    ];
    let api = ScriptedApi::script(pages.map(|page| ApiReply::json(200, page).header("date", DATE)));
    let output = doctor(&api.sandbox(), &[]);
    assert_eq!(api.lines(), ["GET /v1/webhooks", "GET /v1/webhooks?page_token=p2"]);
    assert!(about(&output, "api")[0].ends_with("2 webhooks, listed in Nms"), "{output:?}");
    assert_eq!((about(&output, "webhook one").len(), about(&output, "webhook two").len()), (2, 2));
}
