//! `gwh keys`: listing, fetching and making public keys.

use std::sync::Arc;

use gwh::signature::{PublicKey, parse_jwks};

use crate::key_sets::{Server, Stage, request};
use crate::support::{NOW, Output, Sandbox};

#[test]
fn jwks_prints_the_public_half_of_both_keys_as_a_set() {
    let sandbox = Sandbox::new();
    let set = sandbox.run(&["keys", "jwks"]);
    assert_eq!((set.code, set.err()), (0, ""));
    let keys = parse_jwks(&set.stdout, &Arc::from("printed")).expect("is a key set").keys;
    assert_eq!(keys.len(), 2);
    // As the service publishes them: the Ed25519 key without a kid, the RSA key with one.
    assert!(keys.iter().any(|key| matches!(key.key, PublicKey::Ed25519(_)) && key.kid.is_none()));
    assert!(keys.iter().any(|key| matches!(key.key, PublicKey::Rsa(_)) && key.kid.is_some()));
    for private in ["\"d\"", "\"p\"", "\"q\"", "\"k\"", "PRIVATE", "whsk_"] {
        assert!(!set.out().contains(private), "the set holds nothing private: {private}");
    }
    assert_eq!(sandbox.run(&["keys", "jwks"]).out(), set.out(), "the keys are kept");
}

#[test]
fn jwks_is_one_json_document_with_and_without_the_flag() {
    let sandbox = Sandbox::new();
    let plain = sandbox.run(&["keys", "jwks"]).json();
    let json = sandbox.run(&["keys", "jwks", "--json"]);
    assert_eq!(json.json(), plain);
    assert!(plain["keys"].is_array());
}

#[test]
fn without_a_place_for_keys_the_error_names_the_variable() {
    let sandbox = Sandbox::new().env("HOME", "").env("XDG_DATA_HOME", "");
    let refused = sandbox.run(&["keys", "jwks"]);
    assert_eq!((refused.code, refused.out()), (3, ""));
    assert!(refused.err().contains("hint: set GWH_DATA_DIR"), "{}", refused.err());
}

#[test]
fn generated_keys_sign_what_their_set_verifies_and_are_never_replaced() {
    let sandbox = Sandbox::new();
    let made = sandbox.run(&["keys", "generate", "--out", "made", "--kid", "k1", "--json"]);
    assert_eq!((made.code, made.err()), (0, ""));
    let json = made.json();
    assert_eq!((&json["type"], &json["keys"][1]["kid"]), (&"generated".into(), &"k1".into()));
    assert!(!made.out().contains("whsk_") && !made.out().contains("PRIVATE"));
    for (scheme, file) in [("v1a", "made/ed25519.key"), ("jwt", "made/rsa.pem")] {
        let signed = sandbox.run_with(&["sign", "--scheme", scheme, "--secret-file", file], "{}");
        let verified = sandbox.run_with(&["verify", "--jwks", "made/jwks.json"], &signed.stdout);
        assert_eq!(verified.code, 0, "{verified:?}");
        let set = sandbox.run(&["keys", "jwks", "--secret-file", file]);
        sandbox.file("one.json", &set.stdout);
        assert_eq!(sandbox.run_with(&["verify", "--jwks", "one.json"], &signed.stdout).code, 0);
    }
    let before = std::fs::read(sandbox.path().join("made/ed25519.key")).expect("a key");
    let again = sandbox.run(&["keys", "generate", "--out", "made"]);
    assert_eq!((again.code, again.out()), (3, ""));
    assert!(again.err().contains("is there already") && again.err().contains("--out"), "{again:?}");
    assert_eq!(std::fs::read(sandbox.path().join("made/ed25519.key")).expect("a key"), before);
    #[cfg(unix)]
    for (file, mode) in [("ed25519.key", 0o600), ("rsa.pem", 0o600)] {
        use std::os::unix::fs::PermissionsExt;
        let metadata = std::fs::metadata(sandbox.path().join("made").join(file)).expect("a file");
        assert_eq!(metadata.permissions().mode() & 0o777, mode, "{file}");
    }
}

#[test]
fn one_type_of_key_is_made_where_one_is_asked_for() {
    let sandbox = Sandbox::new();
    let made = sandbox.run(&["keys", "generate", "--out", "a/b", "--type", "ed25519"]);
    let shown = ["ed25519.key", "jwks.json"]
        .map(|name| format!("{}\n", std::path::Path::new("a/b").join(name).display()))
        .concat();
    assert_eq!((made.code, made.out()), (0, &*shown));
    assert!(!sandbox.path().join("a/b/rsa.pem").exists());
}

#[test]
fn a_secret_has_no_public_half_to_publish() {
    let sandbox = Sandbox::new();
    sandbox.file("secret", "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=");
    let refused = sandbox.run(&["keys", "jwks", "--secret-file", "secret"]);
    assert_eq!((refused.code, refused.out()), (3, ""));
    assert!(refused.err().contains("has no public half"), "{refused:?}");
}

/// The lines of a listing without their thumbprints.
fn without_thumbprints(output: &Output) -> Vec<String> {
    let lines = output.out().lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    lines
        .map(|words| words.iter().filter(|word| word.len() != 43).copied().collect::<Vec<_>>().join(" "))
        .collect()
}

#[test]
fn fetch_shows_what_has_changed_and_list_what_is_there() {
    let stage = Stage::new(Server::keys(&[1, 2]));
    let name = stage.name();
    let listed = |stage: &Stage| without_thumbprints(&stage.sandbox.run(&["keys", "list"]));
    let head = "SET STATE TYPE ALG KID THUMBPRINT".to_owned();
    assert_eq!(
        listed(&stage),
        [head.clone(), "local none made yet".to_owned(), format!("{name} not fetched yet")]
    );
    let first = stage.sandbox.run(&["keys", "fetch"]);
    assert_eq!((first.code, first.err()), (0, ""));
    assert!(
        first.out().starts_with(&format!("✓ {name}  2 keys, 2 added, 0 removed, fresh for 1h\n")),
        "{first:?}"
    );
    stage.publish(Server::keys(&[2, 3]));
    stage.clock.set(NOW + 90);
    let second = stage.sandbox.run(&["keys", "fetch", "--json"]).json();
    let count = |field: &str| second[field].as_array().expect("a list").len();
    assert_eq!(
        (&second["type"], count("added"), count("removed"), count("unchanged")),
        (&"fetched".into(), 1, 1, 1)
    );
    stage.clock.set(NOW + 150);
    assert_eq!(
        listed(&stage),
        [
            head,
            "local none made yet".to_owned(),
            format!("{name} 1m old, fresh for 59m Ed25519 EdDSA (none)"),
            "Ed25519 EdDSA (none)".to_owned()
        ]
    );
    stage.clock.set(NOW + 4000);
    let lines = stage.sandbox.run(&["keys", "list", "--json"]).json_lines();
    assert_eq!((&lines[1]["state"], &lines[1]["age_seconds"]), (&"expired".into(), &3910.into()));
}

#[test]
fn fetch_says_why_it_cannot_and_tries_again_at_once() {
    let stage = Stage::new(Server::Redirects);
    let refused = stage.sandbox.run(&["keys", "fetch"]);
    assert_eq!((refused.code, refused.out()), (4, ""));
    assert!(refused.err().contains("redirects are not followed"), "{refused:?}");
    let shown = stage.sandbox.run(&["keys", "list"]);
    assert!(shown.out().contains("could not be fetched"), "{shown:?}");
    stage.publish(Server::keys(&[1]));
    assert_eq!(stage.sandbox.run(&["keys", "fetch"]).code, 0);
    // What was fetched counts when the network is gone.
    stage.publish(Server::Down);
    assert_eq!(stage.sandbox.run_with(&["verify"], request(1, NOW)).code, 0);
    assert_eq!(stage.requests(), 2);
    let usage = stage.sandbox.run(&["keys", "fetch", "jwks.json"]);
    assert_eq!((usage.code, usage.out()), (2, ""));
}

#[test]
fn a_broken_key_is_passed_over_and_shown_and_the_others_verify() {
    let stage = Stage::new(Server::Text(
        r#"{"keys":[{"kty":"RSA","e":"AQAB","n":"AQAB","kid":"short"},{"kty":"OKP","crv":"Ed25519",
            "x":"iojj3XQJ8ZX9UtstPLpdcspnCb8dlBIb83SIAbQPb1w"}]}"#,
    ));
    let why = "the RSA key is not between 2048 and 8192 bits long";
    let fetched = stage.sandbox.run(&["keys", "fetch"]);
    let warning = format!("/jwks.json, keys[0] cannot be used: {why}: it is passed over\n");
    assert!(fetched.code == 0 && fetched.err().ends_with(&warning), "{fetched:?}");
    let unusable = serde_json::json!([{"index": 0, "message": why}]);
    assert_eq!(stage.sandbox.run(&["keys", "fetch", "--json"]).json()["unusable"], unusable);
    assert_eq!(stage.sandbox.run(&["keys", "list", "--json"]).json_lines()[1]["unusable"], unusable);
    let shown = stage.sandbox.run(&["keys", "list"]);
    assert!(shown.out().contains("fresh for 1h, 1 of its keys unusable  Ed25519"), "{shown:?}");
    assert_eq!((stage.verify(1, &[]).0, stage.verify(2, &[]).0), (0, 1));

    let set = r#"{"keys":[{"kty":"RSA","e":"AQAB","n":"AQAB"}]}"#;
    stage.sandbox.file("set.json", set);
    let refused = stage.sandbox.run_with(&["verify", "--jwks", "set.json"], request(1, NOW));
    assert!(refused.code == 3 && refused.err().contains(why), "{refused:?}");
}

#[test]
fn a_copy_that_cannot_be_used_is_listed_as_damaged_beside_the_others() {
    let stage = Stage::new(Server::keys(&[1]));
    assert_eq!(stage.sandbox.run(&["keys", "fetch"]).code, 0);
    let folder = stage.sandbox.path().join("home/.local/share/gwh/profiles/default/key-sets");
    let of_url =
        |url: &str| format!(r#"{{"version":1,"url":"{url}","set":null,"renewed_at":null,"failure":null}}"#);
    for (name, text) in [("a", "no JSON".to_owned()), ("b", of_url("ftp://x")), ("c", of_url("https://x/"))] {
        gwh::files::keep(&folder, &format!("{name}.json"), text.as_bytes()).expect("writes");
    }
    let listed = stage.sandbox.run(&["keys", "list", "--json"]);
    let states: Vec<_> = listed
        .json_lines()
        .iter()
        .skip(1)
        .map(|line| format!("{} {}", line["name"].as_str().expect("a name"), line["state"]))
        .collect();
    let fresh = format!("{} \"fresh\"", stage.name());
    let damaged = ["a", "b", "c"].map(|name| format!("{name}.json \"damaged\""));
    assert_eq!((listed.code, states), (0, [vec![fresh], damaged.to_vec()].concat()), "{listed:?}");
    let shown = stage.sandbox.run(&["keys", "list"]);
    assert_eq!(shown.err().matches("is damaged: this copy of a key set is not used").count(), 3, "{shown:?}");
}

#[test]
fn generated_keys_in_a_folder_with_a_space_are_named_as_a_shell_reads_them() {
    let sandbox = crate::support::Sandbox::new();
    let made = sandbox.run(&["keys", "generate", "--type", "ed25519", "--out", "my keys"]);
    assert!(made.err().contains("--secret-file 'my keys/ed25519.key'\n"), "{made:?}");
    assert!(made.err().contains("--jwks 'my keys/jwks.json'"), "{made:?}");
    sandbox.file("file", "");
    let refused = sandbox.run(&["keys", "generate", "--out", "file"]);
    assert!(refused.code == 3 && refused.err().contains("file is no folder"), "{refused:?}");
}
