//! `gwh login`.

use serde_json::json;

use crate::support::{API_KEY, ApiReply as Reply, Mood, Sandbox, ScriptedApi, TestKeyring};

/// A sandbox that knows where the API is and has no key.
fn without_key(api: &ScriptedApi) -> Sandbox {
    Sandbox::new().env("GOOGLE_GEMINI_BASE_URL", &api.url())
}

#[test]
fn a_key_that_the_api_takes_is_stored_and_used() {
    for store in ["keyring", "file"] {
        let api = ScriptedApi::answering(|_| Reply::json(200, json!({})));
        let keyring = TestKeyring::new(Mood::Fine);
        let sandbox = without_key(&api).env("GWH_SECRET_STORE", store).with_keyring(keyring.clone());
        let output = sandbox.run_with(&["login", "-v"], format!("{API_KEY}\n"));
        assert_eq!(output.code, 0, "{output:?}");
        assert!(output.out().starts_with("✓ the API key of profile default is in the "), "{}", output.out());
        assert!(!output.out().contains(API_KEY) && !output.err().contains(API_KEY));
        assert_eq!(api.lines(), ["GET /v1/webhooks?page_size=1"]);

        assert_eq!(sandbox.run(&["webhooks", "list"]).code, 0);
        assert_eq!(api.requests()[1].header("x-goog-api-key"), Some(API_KEY));
        let doctor = sandbox.run(&["secrets", "doctor"]);
        assert_eq!(doctor.code, 0, "the key is nothing that the doctor wonders about: {doctor:?}");
        let other = sandbox.run(&["webhooks", "list", "--profile", "other"]);
        assert_eq!(other.code, 3, "each profile has its own");
    }
}

#[cfg(unix)]
#[test]
fn the_file_of_a_key_is_closed_to_others() {
    use std::os::unix::fs::PermissionsExt;
    let api = ScriptedApi::answering(|_| Reply::json(200, json!({})));
    let sandbox = without_key(&api).env("GWH_SECRET_STORE", "file");
    assert_eq!(sandbox.run_with(&["login"], API_KEY).code, 0);
    let folder = sandbox.path().join("home/.local/share/gwh/profiles/default/login");
    let file =
        std::fs::read_dir(&folder).expect("a folder").next().expect("a file").expect("readable").path();
    let mode = |path| std::fs::metadata(path).expect("exists").permissions().mode() & 0o777;
    assert_eq!((mode(&folder), mode(&file)), (0o700, 0o600));
}

#[test]
fn a_key_that_the_api_refuses_is_not_stored() {
    let refusal = json!({"error": {"code": 400, "message": format!("API key not valid: {API_KEY}"),
        "status": "INVALID_ARGUMENT", "details": [{"reason": "API_KEY_INVALID"}]}});
    let api = ScriptedApi::answering(move |_| Reply::json(400, refusal.clone()));
    let sandbox = without_key(&api).env("GWH_SECRET_STORE", "file");
    let output = sandbox.run_with(&["login"], API_KEY);
    assert_eq!(output.code, 4);
    assert!(output.err().contains("the key is not stored") && !output.err().contains(API_KEY), "{output:?}");
    assert_eq!(sandbox.run(&["webhooks", "list"]).code, 3);
}

#[test]
fn a_key_that_cannot_be_checked_is_stored_with_a_warning() {
    let gone = ScriptedApi::script([]).url();
    let sandbox = Sandbox::new().env("GOOGLE_GEMINI_BASE_URL", &gone).env("GWH_SECRET_STORE", "file");
    let output = sandbox.run_with(&["login", "--json"], API_KEY);
    assert_eq!(output.json()["checked"], false);
    assert!(output.err().contains("could not be checked"), "{output:?}");
}

#[test]
fn what_is_no_key_is_refused_and_not_quoted() {
    let api = ScriptedApi::script([]);
    for text in ["", "two words", "\u{1b}[31m"] {
        let output = without_key(&api).run_with(&["login"], text);
        assert_eq!(output.code, 2, "{output:?}");
        assert!(text.is_empty() || !output.err().contains(text));
    }
    assert_eq!(api.lines(), Vec::<String>::new());
}

#[test]
fn a_locked_keyring_is_reported_and_the_environment_still_wins() {
    let api = ScriptedApi::answering(|_| Reply::json(200, json!({})));
    let keyring = TestKeyring::new(Mood::Fine);
    let sandbox = without_key(&api).env("GWH_SECRET_STORE", "keyring").with_keyring(keyring.clone());
    assert_eq!(sandbox.run_with(&["login"], API_KEY).code, 0);
    keyring.set_mood(Mood::Locked);
    let output = sandbox.run(&["webhooks", "list"]);
    assert_eq!(output.code, 3, "{output:?}");
    assert!(output.err().contains("locked"), "{output:?}");
    let sandbox = sandbox.env("GEMINI_API_KEY", "AIzaOfTheEnvironment");
    assert_eq!(sandbox.run(&["webhooks", "list"]).code, 0);
}

#[test]
fn a_key_that_cannot_be_stored_leaves_the_one_before_in_use() {
    let api = ScriptedApi::answering(|_| Reply::json(200, json!({})));
    let keyring = TestKeyring::new(Mood::Locked);
    let sandbox = without_key(&api).with_keyring(keyring);
    assert_eq!(sandbox.run_with(&["login", "--secret-store", "file"], API_KEY).code, 0);
    let failed = sandbox.run_with(&["login", "--secret-store", "keyring"], API_KEY);
    assert_eq!(failed.code, 3, "{failed:?}");
    assert_eq!(sandbox.run(&["webhooks", "list"]).code, 0, "the key in the file still counts");
}
