//! Which store is used, and what happens when it does not work.

use super::{OTHER, SECRET, open, prod, profile, secret};
use crate::support::{Mood, Sandbox, TestKeyring};

const QUICK: &str = "50ms";

#[test]
fn where_there_is_no_keyring_files_are_used_and_that_is_said_once() {
    let sandbox = Sandbox::new();
    let first = sandbox.run_with(&["secrets", "set", "prod"], SECRET);
    assert_eq!(first.code, 0);
    assert!(first.err().contains("there is no keyring here"), "{}", first.err());
    assert!(profile(&sandbox).join("secrets/prod.json").exists());
    let second = sandbox.run_with(&["secrets", "set", "staging"], OTHER);
    assert_eq!(second.err(), "stored the secret of staging whsec_...MDI= in the file store\n");
}

#[test]
fn a_keyring_that_appears_later_does_not_change_a_settled_profile() {
    let keyring = TestKeyring::new(Mood::Absent);
    let sandbox = Sandbox::new().with_keyring(keyring.clone());
    sandbox.run_with(&["secrets", "set", "prod"], SECRET);
    keyring.set_mood(Mood::Fine);
    sandbox.run_with(&["secrets", "set", "staging"], OTHER);
    assert!(keyring.keys().is_empty());
    assert!(profile(&sandbox).join("secrets/staging.json").exists());
}

#[test]
fn a_keyring_that_does_not_work_is_an_error_and_never_passed_over() {
    for (mood, words) in [
        (Mood::Locked, "the keyring is locked"),
        (Mood::NoStorage, "the keyring has no collection to keep secrets in"),
        (Mood::Hanging, "the keyring did not answer within"),
        (Mood::Forgetful, "the keyring does not give back what it is given"),
    ] {
        let sandbox = Sandbox::new().with_keyring(TestKeyring::new(mood));
        // One that answers may take its time on a busy machine.
        let sandbox = if mood == Mood::Hanging { sandbox.env("GWH_KEYRING_TIMEOUT", QUICK) } else { sandbox };
        let refused = sandbox.run_with(&["secrets", "set", "prod"], SECRET);
        assert_eq!(refused.code, 3, "{mood:?}: {}", refused.err());
        assert!(refused.err().contains(words), "{mood:?}: {}", refused.err());
        assert!(refused.err().contains("--secret-store file"), "{mood:?}: {}", refused.err());
        assert!(refused.err().contains("gwh secrets doctor"), "{mood:?}: {}", refused.err());
        assert!(!profile(&sandbox).join("secrets").exists(), "{mood:?}: nothing falls into files");
    }
}

#[test]
fn a_profile_that_remembers_the_keyring_never_falls_back() {
    let keyring = TestKeyring::new(Mood::Fine);
    let sandbox = Sandbox::new().with_keyring(keyring.clone());
    sandbox.run_with(&["secrets", "set", "prod"], SECRET);
    keyring.set_mood(Mood::Absent);
    for args in
        [&["secrets", "set", "new"][..], &["secrets", "get", "prod"], &["secrets", "remove", "prod", "--yes"]]
    {
        let refused = sandbox.run_with(args, OTHER);
        assert_eq!(refused.code, 3, "{args:?}: {}", refused.err());
        assert!(refused.err().contains("there is no keyring here"), "{args:?}: {}", refused.err());
    }
    assert!(!profile(&sandbox).join("secrets").exists());
}

#[test]
fn the_choice_is_a_flag_a_variable_or_a_setting() {
    let keyring = TestKeyring::new(Mood::Fine);
    let flag = Sandbox::new().with_keyring(keyring.clone());
    assert_eq!(flag.run_with(&["secrets", "set", "prod", "--secret-store", "file"], SECRET).code, 0);
    let variable = Sandbox::new().with_keyring(keyring.clone()).env("GWH_SECRET_STORE", "file");
    assert_eq!(variable.run_with(&["secrets", "set", "prod"], SECRET).code, 0);
    let setting = Sandbox::new().with_keyring(keyring.clone());
    setting.file("gwh.toml", "secret-store = \"file\"\n");
    assert_eq!(setting.run_with(&["secrets", "set", "prod"], SECRET).code, 0);
    for sandbox in [&flag, &variable, &setting] {
        assert!(profile(sandbox).join("secrets/prod.json").exists());
    }
    assert_eq!(keyring.calls(), 0, "a chosen file store leaves the keyring alone");
    let wrong = Sandbox::new().env("GWH_SECRET_STORE", "vault");
    assert_eq!(wrong.run(&["secrets", "list"]).code, 3);
    assert_eq!(Sandbox::new().run(&["secrets", "list", "--secret-store", "vault"]).code, 2);
    let absent = Sandbox::new().run_with(&["secrets", "set", "prod", "--secret-store", "keyring"], SECRET);
    assert_eq!(absent.code, 3, "a keyring that is asked for is not replaced by files");
}

#[test]
fn a_secret_moves_to_the_store_that_is_chosen_and_leaves_no_copy() {
    let keyring = TestKeyring::new(Mood::Fine);
    let sandbox = Sandbox::new().with_keyring(keyring.clone());
    sandbox.run_with(&["secrets", "set", "prod"], SECRET);
    let moved = sandbox
        .run_with(&["secrets", "set", "prod", "--secret-store", "file", "--keep-previous", "24h"], OTHER);
    assert_eq!(moved.code, 0, "{}", moved.err());
    assert!(keyring.keys().is_empty());
    assert_eq!(sandbox.run(&["secrets", "get", "prod", "--all"]).out(), format!("{OTHER}\n{SECRET}\n"));
    let other = sandbox.run(&["secrets", "get", "prod", "--secret-store", "keyring"]);
    assert_eq!(other.code, 3);
    assert!(other.err().contains("is in the file store, not in the keyring"), "{}", other.err());
}

#[test]
fn a_move_away_from_a_locked_keyring_loses_nothing() {
    let keyring = TestKeyring::new(Mood::Fine);
    let sandbox = Sandbox::new().with_keyring(keyring.clone());
    sandbox.run_with(&["secrets", "set", "prod"], SECRET);
    keyring.set_mood(Mood::Locked);
    let refused = sandbox.run_with(&["secrets", "set", "prod", "--secret-store", "file"], OTHER);
    assert_eq!(refused.code, 3);
    assert!(refused.err().contains("so far are in the keyring: the keyring is locked"), "{}", refused.err());
    let (session, _) = sandbox.session();
    let secrets = session.webhook_secrets().expect("opens");
    assert!(secrets.prove_writable(Some("prod")).is_err(), "known before an API call is made");
    keyring.set_mood(Mood::Fine);
    assert_eq!(sandbox.run(&["secrets", "get", "prod"]).out(), format!("{SECRET}\n"));
}

#[test]
fn a_gone_keyring_is_taken_off_the_list_only_by_force() {
    let keyring = TestKeyring::new(Mood::Fine);
    let sandbox = Sandbox::new().with_keyring(keyring.clone());
    sandbox.run_with(&["secrets", "set", "prod"], SECRET);
    keyring.set_mood(Mood::Absent);
    let refused = sandbox.run(&["secrets", "remove", "prod", "--yes"]);
    assert!(refused.err().contains("--force"), "{}", refused.err());
    assert_eq!(sandbox.run(&["secrets", "remove", "prod", "--yes", "--force"]).code, 0);
    assert_eq!(sandbox.run(&["secrets", "list"]).out(), "");
}

#[test]
fn a_probe_is_written_read_and_deleted_and_the_place_remembered() {
    let keyring = TestKeyring::new(Mood::Fine);
    let sandbox = Sandbox::new().with_keyring(keyring.clone());
    let secrets = open(&sandbox);
    secrets.prove_writable(None).expect("works");
    assert!(keyring.keys().is_empty() && keyring.calls() >= 3);
    assert_eq!(secrets.remembered().expect("reads"), Some(gwh::secrets::Backend::Keyring));
    keyring.set_mood(Mood::Locked);
    assert!(secrets.prove_writable(None).is_err());
    assert!(secrets.add(&prod(), &secret(1)).is_err());
}

#[test]
fn a_keyring_that_hangs_costs_one_timeout_for_a_whole_command() {
    let keyring = TestKeyring::new(Mood::Fine);
    let sandbox = Sandbox::new().with_keyring(keyring.clone());
    for name in ["a", "b", "c"] {
        assert_eq!(sandbox.run_with(&["secrets", "set", name], SECRET).code, 0);
    }
    let sandbox = sandbox.env("GWH_KEYRING_TIMEOUT", QUICK);
    keyring.set_mood(Mood::Hanging);
    let before = keyring.calls();
    let doctor = sandbox.run(&["secrets", "doctor", "--json"]);
    assert_eq!(doctor.code, 1);
    // On a busy machine the time may be over before the one call has begun.
    assert!(keyring.calls() - before <= 1, "a service that hung once is not asked again");
    assert!(doctor.json_lines().iter().filter(|line| line["ok"] == false).count() >= 4, "{}", doctor.out());
}
