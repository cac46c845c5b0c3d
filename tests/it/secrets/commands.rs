//! list, set, get, remove, import.

use super::{OTHER, SECRET, profile};
use crate::support::{Mood, Sandbox, TestKeyring};

#[test]
fn a_secret_is_set_listed_read_and_removed() {
    let sandbox = Sandbox::new().with_keyring(TestKeyring::new(Mood::Fine));
    let set = sandbox.run_with(&["secrets", "set", "8k2f7d", "--name", "prod"], format!("{SECRET}\n"));
    assert_eq!((set.code, set.out()), (0, ""));
    assert_eq!(set.err(), "stored the secret of prod whsec_...MDE= in the keyring\n");

    let list = sandbox.run(&["secrets", "list"]);
    assert_eq!(
        list.out(),
        "NAME  SECRET         KEPT IN  LIFE  WEBHOOK\nprod  whsec_...MDE=  keyring  live  8k2f7d\n"
    );
    for name in ["prod", "8k2f7d"] {
        assert_eq!(sandbox.run(&["secrets", "get", name]).out(), format!("{SECRET}\n"));
    }
    assert_eq!(sandbox.run(&["secrets", "remove", "prod", "--yes"]).code, 0);
    let gone = sandbox.run(&["secrets", "get", "prod"]);
    assert_eq!(gone.code, 3);
    assert!(gone.err().contains("gwh secrets list"), "{}", gone.err());
    assert_eq!(sandbox.run(&["secrets", "list"]).out(), "");
}

#[test]
fn the_list_is_json_lines_of_all_kinds_of_secrets_and_asks_no_store() {
    let keyring = TestKeyring::new(Mood::Fine);
    let sandbox = Sandbox::new().with_keyring(keyring.clone()).env("WEBHOOK_SIGNING_SECRET", OTHER);
    sandbox.run(&["secrets", "get", "local"]);
    sandbox.run_with(&["secrets", "set", "prod"], SECRET);
    keyring.set_mood(Mood::Hanging);
    let list = sandbox.run(&["secrets", "list", "--json"]);
    let lines = list.json_lines();
    let shown: Vec<_> = lines
        .iter()
        .map(|line| {
            let truncated = line["secrets"][0]["truncated"].as_str().expect("is shown");
            (
                line["name"].as_str().expect("has a name"),
                line["backend"].as_str().expect("has one"),
                truncated,
            )
        })
        .collect();
    assert_eq!(shown[0].0, "local");
    assert_eq!(shown[1], ("WEBHOOK_SIGNING_SECRET", "environment", "whsec_...MDI="));
    assert_eq!(shown[2], ("prod", "keyring", "whsec_...MDE="));
    assert_eq!(lines[2]["secrets"][0]["live"], true);
    assert_eq!(lines[2]["secrets"][0]["added_at"], "2026-01-22T12:00:00Z");
}

#[test]
fn a_secret_is_never_an_argument_and_comes_from_a_file_or_variable_too() {
    let sandbox = Sandbox::new().env("PROD", SECRET);
    sandbox.file("secret.txt", OTHER);
    assert_eq!(sandbox.run(&["secrets", "set", "a", SECRET]).code, 2);
    assert_eq!(sandbox.run(&["secrets", "set", "a", "--secret-env", "PROD"]).code, 0);
    assert_eq!(sandbox.run(&["secrets", "set", "b", "--secret-file", "secret.txt"]).code, 0);
    assert_eq!(sandbox.run(&["secrets", "get", "a"]).out(), format!("{SECRET}\n"));
    assert_eq!(sandbox.run(&["secrets", "get", "b"]).out(), format!("{OTHER}\n"));
    let unset = sandbox.run(&["secrets", "set", "a", "--secret-env", "NOPE"]);
    assert_eq!(unset.code, 3);
}

#[test]
fn what_is_no_single_signing_secret_is_refused_without_quoting_it() {
    let sandbox = Sandbox::new();
    let two = format!("{SECRET} {OTHER}");
    let pasted = format!("v1,{SECRET}");
    for (text, wanted) in [
        ("", "holds no secret"),
        (two.as_str(), "more than one secret"),
        (pasted.as_str(), "begins with v1,"),
        ("whsk_AAAA", "Ed25519 key"),
        ("whsec_!!!notbase64", "does not hold a signing secret"),
    ] {
        let refused = sandbox.run_with(&["secrets", "set", "prod"], text);
        assert_eq!(refused.code, 3, "{text}");
        assert!(refused.err().contains(wanted), "{text}: {}", refused.err());
        assert!(!refused.err().contains("!!!") && !refused.err().contains("UGxhbnRl"), "{}", refused.err());
    }
    assert_eq!(sandbox.run_with(&["secrets", "set", "local"], SECRET).code, 2);
}

#[test]
fn removing_asks_and_off_a_terminal_wants_yes() {
    let sandbox = Sandbox::new();
    sandbox.run_with(&["secrets", "set", "prod"], SECRET);
    let refused = sandbox.run(&["secrets", "remove", "prod"]);
    assert_eq!(refused.code, 2);
    assert!(refused.err().contains("--yes"), "{}", refused.err());
    assert_eq!(sandbox.run(&["secrets", "get", "prod"]).code, 0, "nothing is removed");
    let json = sandbox.run(&["secrets", "remove", "prod", "--yes", "--json"]);
    assert_eq!(json.out(), "{\"type\":\"removed\",\"name\":\"prod\",\"id\":\"prod\"}\n");
}

#[test]
fn env_lines_are_imported_under_their_names() {
    let sandbox = Sandbox::new();
    sandbox.file(".env", format!("# secrets\nexport PROD='{SECRET}'\nSTAGING=\"{OTHER}\"\nURL=x\n"));
    let imported = sandbox.run(&["secrets", "import", ".env"]);
    assert_eq!(imported.code, 0, "{}", imported.err());
    assert_eq!(sandbox.run(&["secrets", "get", "PROD"]).out(), format!("{SECRET}\n"));
    assert_eq!(sandbox.run(&["secrets", "get", "STAGING"]).out(), format!("{OTHER}\n"));
    assert_eq!(sandbox.run(&["secrets", "import", ".env", "--name", "x"]).code, 2);
    let one = format!("WEBHOOK_SIGNING_SECRET={SECRET}");
    assert_eq!(sandbox.run_with(&["secrets", "import", "-", "--name", "one"], one).code, 0);
    assert_eq!(sandbox.run(&["secrets", "get", "one"]).out(), format!("{SECRET}\n"));
    let nothing = sandbox.run_with(&["secrets", "import", "-"], "hello");
    assert_eq!(nothing.code, 3);
}

#[test]
fn profiles_do_not_see_each_other() {
    let sandbox = Sandbox::new().with_keyring(TestKeyring::new(Mood::Fine));
    sandbox.run_with(&["secrets", "set", "prod", "-p", "one"], SECRET);
    sandbox.run_with(&["secrets", "set", "prod", "-p", "two"], OTHER);
    assert_eq!(sandbox.run(&["secrets", "get", "prod", "-p", "one"]).out(), format!("{SECRET}\n"));
    assert_eq!(sandbox.run(&["secrets", "get", "prod", "-p", "two"]).out(), format!("{OTHER}\n"));
    assert_eq!(sandbox.run(&["secrets", "get", "prod"]).code, 3);
}

#[test]
fn a_name_that_two_webhooks_share_must_be_an_id() {
    let sandbox = Sandbox::new();
    sandbox.run_with(&["secrets", "set", "id1", "--name", "prod"], SECRET);
    sandbox.run_with(&["secrets", "set", "id2", "--name", "prod"], OTHER);
    let unclear = sandbox.run(&["secrets", "get", "prod"]);
    assert_eq!(unclear.code, 2);
    assert!(unclear.err().contains("id1, id2"), "{}", unclear.err());
    assert_eq!(sandbox.run(&["secrets", "get", "id2"]).out(), format!("{OTHER}\n"));
}

#[test]
fn a_damaged_list_and_a_damaged_secret_are_named_and_the_doctor_knows_the_way_out() {
    let sandbox = Sandbox::new();
    sandbox.run_with(&["secrets", "set", "prod"], SECRET);
    let (list, file) = (profile(&sandbox).join("webhooks.json"), profile(&sandbox).join("secrets/prod.json"));
    let whole = std::fs::read(&file).expect("is there");
    std::fs::write(&file, "whsec_oops").expect("damages it");
    let damaged = sandbox.run(&["secrets", "get", "prod"]);
    assert_eq!(damaged.code, 3);
    assert!(damaged.err().contains("prod.json is damaged"), "{}", damaged.err());
    std::fs::write(&file, whole).expect("heals it");

    std::fs::write(&list, "{").expect("damages it");
    assert!(sandbox.run(&["secrets", "list"]).err().contains("webhooks.json is damaged"));
    let doctor = sandbox.run(&["secrets", "doctor"]);
    assert_eq!(doctor.code, 1);
    assert!(doctor.out().contains("gwh secrets import"), "{}", doctor.out());
    std::fs::remove_file(&list).expect("moves it away, as told");
    let imported = sandbox.run(&["secrets", "import", file.to_str().expect("is text")]);
    assert_eq!((imported.code, imported.err().contains("delete")), (0, false), "{}", imported.err());
    assert_eq!(sandbox.run(&["secrets", "get", "prod"]).out(), format!("{SECRET}\n"));
    assert_eq!(sandbox.run(&["secrets", "doctor"]).code, 0);
}

#[test]
fn a_secret_needs_a_name_to_be_found_by() {
    let sandbox = Sandbox::new().with_keyring(TestKeyring::new(Mood::Fine));
    for args in [&["secrets", "set", ""][..], &["secrets", "set", "prod", "--name", " "]] {
        let output = sandbox.run_with(args, SECRET);
        assert_eq!(output.code, 2, "{output:?}");
        assert!(output.err().contains("is empty"), "{output:?}");
    }
    let output = sandbox.run_with(&["secrets", "import", "-"], format!("={SECRET}\n"));
    assert_eq!(output.code, 2, "{output:?}");
    assert_eq!(sandbox.run(&["secrets", "list"]).out(), "");
}

/// A file as the store and recovery files have it, with these secrets.
fn entry(secrets: &str) -> String {
    format!(r#"{{"version":1,"id":"k0h9","name":"prod","secrets":[{secrets}]}}"#)
}

#[test]
fn a_recovery_file_beside_the_command_is_deleted_once_its_secret_is_stored() {
    let sandbox = Sandbox::new();
    let text = entry(&format!(r#"{{"secret":"{SECRET}","added_at":"2026-01-22T11:00:00Z"}}"#));
    let ours = sandbox.file("gwh-recovery-prod.json", &text);
    let copy = sandbox.file("copy.json", &text);
    let output = sandbox.run(&["secrets", "import", "gwh-recovery-prod.json"]);
    assert!(output.code == 0 && !output.err().contains("still holds"), "{output:?}");
    assert!(!ours.exists());
    let output = sandbox.run(&["secrets", "import", "copy.json"]);
    assert!(output.code == 0 && output.err().contains("copy.json still holds the secret"), "{output:?}");
    assert!(copy.exists());
    assert_eq!(sandbox.run(&["secrets", "get", "prod"]).out(), format!("{SECRET}\n"));
}

#[test]
fn a_file_without_a_secret_is_not_called_stored() {
    let sandbox = Sandbox::new();
    sandbox.file("empty.json", entry(""));
    let output = sandbox.run(&["secrets", "import", "empty.json"]);
    assert!(output.code == 3 && output.err().contains("empty.json is damaged"), "{output:?}");
    assert_eq!(sandbox.run(&["secrets", "list"]).out(), "");
}
