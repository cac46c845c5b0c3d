//! Rotation: the previous secret lives until its end, and explains after it.

use gwh::secrets::{GRACE, Kept, Operation};
use jiff::Timestamp;

use super::{OTHER, SECRET, open, prod, secret};
use crate::support::{Mood, NOW, Sandbox, TestKeyring};

const DAY: i64 = 86_400;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).expect("is in range")
}

#[test]
fn a_rotation_is_one_write_of_one_entry() {
    let keyring = TestKeyring::new(Mood::Fine);
    let sandbox = Sandbox::new().with_keyring(keyring.clone());
    let secrets = open(&sandbox);
    secrets.add(&prod(), &secret(1)).expect("stores");
    secrets.rotate(&prod(), &secret(2), Some(at(NOW + DAY))).expect("stores");
    assert_eq!(keyring.keys(), ["default/8k2f7d"]);
    let named = secrets.signing_secrets().expect("reads");
    let shown: Vec<_> = named.iter().map(|named| (&*named.name, &*named.label, named.expires_at)).collect();
    let (new, old) = (secret(2).truncated(), secret(1).truncated());
    assert_eq!(shown, [("prod", &*new, None), ("prod", &*old, Some(NOW + DAY))]);
}

#[test]
fn set_with_keep_previous_rotates_and_the_list_says_how_long() {
    let sandbox = Sandbox::new();
    sandbox.run_with(&["secrets", "set", "prod"], SECRET);
    sandbox.run_with(&["secrets", "set", "prod", "--keep-previous", "24h"], OTHER);
    assert_eq!(
        sandbox.run(&["secrets", "list"]).out(),
        "NAME  SECRET         KEPT IN  LIFE        WEBHOOK\n\
         prod  whsec_...MDI=  file     live\n\
         \x20     whsec_...MDE=  file     ends in 1d\n"
    );
    assert_eq!(sandbox.run(&["secrets", "get", "prod"]).out(), format!("{OTHER}\n"));
    assert_eq!(sandbox.run(&["secrets", "get", "prod", "--all"]).out(), format!("{OTHER}\n{SECRET}\n"));
    let later = sandbox.at(NOW + DAY);
    assert_eq!(later.run(&["secrets", "get", "prod", "--all"]).out(), format!("{OTHER}\n"));
    assert!(later.run(&["secrets", "list"]).out().contains("ended 0s ago"));
}

#[test]
fn an_ended_secret_is_known_for_a_week_and_then_forgotten() {
    let sandbox = Sandbox::new();
    let secrets = open(&sandbox);
    secrets.add(&prod(), &secret(1)).expect("stores");
    secrets.rotate(&prod(), &secret(2), None).expect("revokes at once");
    let named = secrets.signing_secrets().expect("reads");
    assert_eq!(named.len(), 2, "the revoked one explains");
    assert!(!named[1].is_live(NOW));
    let sandbox = sandbox.at(NOW + GRACE.as_secs());
    let secrets = open(&sandbox);
    secrets.rotate(&prod(), &secret(3), Some(at(NOW + 30 * DAY))).expect("stores");
    let labels: Vec<_> =
        secrets.signing_secrets().expect("reads").iter().map(|named| named.label.to_string()).collect();
    assert_eq!(labels, [secret(3).truncated(), secret(2).truncated()]);
}

#[test]
fn storing_the_same_secret_again_changes_nothing() {
    let sandbox = Sandbox::new();
    sandbox.run_with(&["secrets", "set", "prod"], SECRET);
    sandbox.run_with(&["secrets", "set", "prod"], SECRET);
    let stored = open(&sandbox).find("prod").expect("reads").expect("is there");
    assert_eq!(stored.secrets.len(), 1);
    assert_eq!(stored.secrets[0].expires_at, None);
}

#[test]
fn a_new_name_and_uri_are_noted_without_touching_the_store() {
    let keyring = TestKeyring::new(Mood::Fine);
    let sandbox = Sandbox::new().with_keyring(keyring.clone());
    let secrets = open(&sandbox);
    secrets.add(&prod(), &secret(1)).expect("stores");
    let calls = keyring.calls();
    let mut renamed = gwh::secrets::WebhookRef::new("8k2f7d", "live");
    renamed.uri = Some("https://example.com/hook".to_owned());
    secrets.update(&renamed).expect("notes it");
    assert_eq!(keyring.calls(), calls);
    assert!(secrets.find("prod").expect("reads").is_none());
    assert_eq!(secrets.find("live").expect("reads").expect("is there").webhook, renamed);
    assert_eq!(&*secrets.signing_secrets().expect("reads")[0].name, "live");
}

#[test]
fn a_rotation_waits_for_another_of_the_same_webhook() {
    let sandbox = Sandbox::new().env("GWH_SECRET_STORE", "file");
    let other = gwh::secrets::WebhookRef::new("another", "another");
    let first = open(&sandbox).begin(Operation::Rotate, &prod()).expect("marks");
    let free = open(&sandbox).begin(Operation::Rotate, &other).expect("is not held up");
    let (done, waits) = std::sync::mpsc::channel();
    std::thread::scope(|scope| {
        let secrets = open(&sandbox);
        scope.spawn(move || {
            let second = secrets.begin(Operation::Rotate, &prod()).expect("marks in the end");
            done.send(()).expect("somebody waits");
            second.finish();
        });
        let early = waits.recv_timeout(std::time::Duration::from_millis(200));
        assert!(early.is_err(), "the order of the answers would not be the order of the store");
        first.finish();
        waits.recv_timeout(crate::support::DEADLINE).expect("its turn has come");
    });
    free.finish();
}

#[test]
fn importing_a_secret_that_was_overtaken_does_not_end_the_newest() {
    let keyring = TestKeyring::new(Mood::Fine);
    let clock = std::sync::Arc::new(gwh::clock::FixedClock::at(NOW));
    let sandbox = Sandbox::new().with_keyring(keyring.clone()).with_clock(clock.clone());
    let secrets = open(&sandbox);
    secrets.add(&prod(), &secret(1)).expect("stores");
    keyring.set_mood(Mood::FailingLate);
    let kept = secrets.keep_or_reveal(&prod(), &secret(2), Some(at(NOW + 86_400)));
    let Kept::RecoveryFile { path, .. } = kept else { panic!("{kept:?}") };
    keyring.set_mood(Mood::Fine);
    clock.set(NOW + 60);
    secrets.rotate(&prod(), &secret(3), Some(at(NOW + 60 + 86_400))).expect("stores");
    clock.set(NOW + 120);
    drop(secrets.begin(Operation::Rotate, &prod()).expect("marks"));
    let import = sandbox.run(&["secrets", "import", path.to_str().expect("is text")]);
    assert_eq!(import.code, 0, "{import:?}");
    let stored = secrets.find("prod").expect("reads").expect("is there");
    let shown: Vec<_> = stored.secrets.iter().map(|it| (it.truncated.clone(), it.expires_at)).collect();
    let end = Some(at(NOW + 60 + 86_400));
    assert_eq!(
        shown,
        [(secret(3).truncated(), None), (secret(2).truncated(), end), (secret(1).truncated(), end)]
    );
    assert_eq!(secrets.unfinished().len(), 1, "a later call that was cut off is still told of");
}
