//! Where `verify`, `listen`, `sign` and `trigger` get secrets from, and what they leave alone.

use gwh::cmd::args::{SecretArgs, VerifyArgs};
use gwh::signature::{Keys, Scheme, Signer};
use jiff::Timestamp;

use super::{OTHER, SECRET, open, prod, secret};
use crate::support::{Mood, NOW, Sandbox, TestKeyring};

fn keys(sandbox: &Sandbox, webhook: &[&str], files: &[&str]) -> Result<Keys, gwh::error::Failure> {
    let secrets = SecretArgs {
        webhook: webhook.iter().map(|name| (*name).to_owned()).collect(),
        secret_file: files.iter().map(Into::into).collect(),
        ..SecretArgs::default()
    };
    VerifyArgs { secrets, ..VerifyArgs::default() }.keys(&sandbox.session().0)
}

fn names(keys: &Keys) -> Vec<(String, String)> {
    keys.secrets.iter().map(|named| (named.name.to_string(), named.label.to_string())).collect()
}

#[test]
fn by_default_the_test_secret_and_every_stored_one_verify() {
    let sandbox = Sandbox::new().with_keyring(TestKeyring::new(Mood::Fine));
    sandbox.run_with(&["secrets", "set", "prod"], SECRET);
    sandbox.run_with(&["secrets", "set", "staging"], OTHER);
    let keys = keys(&sandbox, &[], &[]).expect("reads");
    let shown = names(&keys);
    assert_eq!(shown[0].0, "local");
    assert_eq!(
        shown[1..],
        [("prod".to_owned(), "whsec_...MDE=".to_owned()), ("staging".to_owned(), "whsec_...MDI=".to_owned())]
    );
}

#[test]
fn a_webhook_by_flag_is_the_only_source_with_its_ended_secrets_to_explain() {
    let sandbox = Sandbox::new().env("WEBHOOK_SIGNING_SECRET", SECRET);
    let secrets = open(&sandbox);
    secrets.add(&prod(), &secret(1)).expect("stores");
    secrets.rotate(&prod(), &secret(2), None).expect("revokes");
    sandbox.run_with(&["secrets", "set", "staging"], OTHER);
    let keys = keys(&sandbox, &["prod"], &[]).expect("reads");
    assert_eq!(
        names(&keys),
        [("prod".to_owned(), secret(2).truncated()), ("prod".to_owned(), secret(1).truncated())]
    );
    assert_eq!(keys.live_secrets(NOW).count(), 1);
    assert!(keys.known.iter().any(|named| &*named.name == "staging"), "others explain");
    let unknown = super::sources::keys(&sandbox, &["nope"], &[]).expect_err("refused");
    assert!(unknown.to_string().contains("\"nope\""), "{unknown}");
}

#[test]
fn signing_uses_the_live_secrets_newest_first() {
    let sandbox = Sandbox::new();
    let secrets = open(&sandbox);
    let end = |second| Timestamp::from_second(second).ok();
    secrets.add(&prod(), &secret(1)).expect("stores");
    secrets.rotate(&prod(), &secret(2), end(NOW - 1)).expect("stores");
    secrets.rotate(&prod(), &secret(3), end(NOW + 60)).expect("stores");
    let args = SecretArgs { webhook: vec!["prod".to_owned()], ..SecretArgs::default() };
    let signer = args.signer(&sandbox.session().0, Scheme::V1, None).expect("reads");
    let Signer::V1(used) = signer else { panic!("v1 was asked for") };
    let used: Vec<_> = used.iter().map(|secret| secret.expose().to_owned()).collect();
    assert_eq!(used, [secret(3).expose(), secret(2).expose()]);
}

#[test]
fn a_keyring_is_asked_only_where_it_holds_something_that_is_needed() {
    let keyring = TestKeyring::new(Mood::Hanging);
    let sandbox = Sandbox::new().with_keyring(keyring.clone());
    sandbox.file("secret.txt", SECRET);
    keys(&sandbox, &[], &[]).expect("nothing is stored, so nothing is asked");
    assert_eq!(keyring.calls(), 0);

    keyring.set_mood(Mood::Fine);
    sandbox.run_with(&["secrets", "set", "prod"], SECRET);
    keyring.set_mood(Mood::Locked);
    let before = keyring.calls();
    keys(&sandbox, &[], &["secret.txt"]).expect("a file is given");
    keys(&sandbox, &["local"], &[]).expect("the test secret is given");
    assert_eq!(keyring.calls(), before);
    let refused = keys(&sandbox, &[], &[]).expect_err("the store is needed");
    assert!(refused.to_string().contains("the keyring is locked"), "{refused}");
}

#[test]
fn a_store_chosen_for_the_run_is_the_only_one_asked() {
    let keyring = TestKeyring::new(Mood::Fine);
    let sandbox = Sandbox::new().with_keyring(keyring.clone());
    sandbox.run_with(&["secrets", "set", "prod"], SECRET);
    sandbox.run_with(&["secrets", "set", "staging", "--secret-store", "file"], OTHER);
    keyring.set_mood(Mood::Locked);
    let sandbox = sandbox.env("GWH_SECRET_STORE", "file");
    let keys = keys(&sandbox, &[], &[]).expect("the way around a locked keyring");
    let shown: Vec<_> = names(&keys).into_iter().map(|(name, _)| name).collect();
    assert_eq!(shown, ["local", "staging"]);
}

#[test]
fn secrets_show_in_no_debug_output() {
    let sandbox = Sandbox::new();
    sandbox.run_with(&["secrets", "set", "prod"], SECRET);
    let keys = keys(&sandbox, &[], &[]).expect("reads");
    let stored = open(&sandbox).list().expect("reads");
    let shown = format!("{keys:?} {stored:?}");
    assert!(!shown.contains("UGxhbnRl"), "{shown}");
}
