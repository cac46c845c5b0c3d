//! `gwh logout`.

use serde_json::json;

use crate::support::{API_KEY, ApiReply, Mood, Sandbox, ScriptedApi, TestKeyring};

#[test]
fn the_key_is_gone_from_every_store() {
    let api = ScriptedApi::answering(|_| ApiReply::json(200, json!({})));
    for store in ["keyring", "file"] {
        let keyring = TestKeyring::new(Mood::Fine);
        let sandbox = Sandbox::new()
            .env("GOOGLE_GEMINI_BASE_URL", &api.url())
            .env("GWH_SECRET_STORE", store)
            .with_keyring(keyring.clone());
        assert_eq!(sandbox.run_with(&["login"], API_KEY).code, 0);
        let expected = json!({"type": "logout", "profile": "default", "removed": true});
        assert_eq!(sandbox.run(&["logout", "--json"]).json(), expected);
        assert_eq!(sandbox.run(&["webhooks", "list"]).code, 3);
        assert_eq!(sandbox.run(&["logout"]).out(), "no API key is stored for profile default\n");
        assert_eq!(keyring.keys(), Vec::<String>::new());
        let folder = sandbox.path().join("home/.local/share/gwh/profiles/default/login");
        let left = std::fs::read_dir(folder).map_or(0, Iterator::count);
        assert_eq!(left, 0, "no file is left");
    }
}

#[test]
fn a_key_that_cannot_be_removed_stays_known() {
    let api = ScriptedApi::answering(|_| ApiReply::json(200, json!({})));
    let keyring = TestKeyring::new(Mood::Fine);
    let sandbox = Sandbox::new()
        .env("GOOGLE_GEMINI_BASE_URL", &api.url())
        .env("GWH_SECRET_STORE", "keyring")
        .with_keyring(keyring.clone());
    assert_eq!(sandbox.run_with(&["login"], API_KEY).code, 0);
    keyring.set_mood(Mood::Locked);
    assert_eq!(sandbox.run(&["logout"]).code, 3);
    keyring.set_mood(Mood::Fine);
    assert_eq!(sandbox.run(&["webhooks", "list"]).code, 0);
}
