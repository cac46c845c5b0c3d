//! A secret that the API shows once is never lost: recovery files, stderr, cut-off calls, full disks.

use std::fs;

#[cfg(unix)]
use gwh::secrets::Backend;
use gwh::secrets::{Kept, Operation};
use jiff::Timestamp;

use super::{SECRET, open, prod, profile, secret};
use crate::support::{Mood, NOW, Sandbox, TestKeyring};

fn late_failure() -> (Sandbox, std::sync::Arc<TestKeyring>) {
    let keyring = TestKeyring::new(Mood::FailingLate);
    (Sandbox::new().with_keyring(keyring.clone()), keyring)
}

#[test]
fn a_store_that_fails_after_the_answer_leaves_a_recovery_file_that_imports() {
    let (sandbox, keyring) = late_failure();
    let secrets = open(&sandbox);
    secrets.prove_writable(None).expect("the probe works, as the test wants");
    let kept = secrets.keep_or_reveal(&prod(), &secret(1), None);
    let Kept::RecoveryFile { path, .. } = &kept else { panic!("{kept:?}") };
    assert_eq!(*path, profile(&sandbox).join("recovery/gwh-recovery-prod.json"));
    let path = path.clone();
    let failure = kept.into_failure(&prod()).expect("is to be reported");
    assert!(failure.to_string().contains("is saved in") && failure.to_string().contains("out of luck"));
    assert!(failure.hints()[0].contains("gwh secrets import"), "{:?}", failure.hints());
    assert!(!format!("{failure:?} {failure}").contains(secret(1).expose()));
    assert_eq!(sandbox.run(&["secrets", "list"]).out(), "", "no row stays behind");

    let list = sandbox.run(&["secrets", "list"]);
    assert!(list.err().contains("gwh secrets import"), "{}", list.err());
    assert_eq!(sandbox.run(&["secrets", "doctor"]).code, 1);
    keyring.set_mood(Mood::Fine);
    let imported = sandbox.run(&["secrets", "import", path.to_str().expect("is text")]);
    assert_eq!(imported.code, 0, "{}", imported.err());
    assert!(!path.exists(), "it has done its work");
    assert_eq!(sandbox.run(&["secrets", "get", "8k2f7d"]).out(), format!("{}\n", secret(1).expose()));
    assert_eq!(sandbox.run(&["secrets", "doctor"]).code, 0);
}

#[test]
fn the_recovery_file_of_a_rotation_says_when_the_previous_secret_ends() {
    let keyring = TestKeyring::new(Mood::Fine);
    let sandbox = Sandbox::new().with_keyring(keyring.clone());
    let secrets = open(&sandbox);
    secrets.add(&prod(), &secret(1)).expect("stores");
    keyring.set_mood(Mood::FailingLate);
    let end = Timestamp::from_second(NOW + 86_400).expect("is in range");
    let kept = secrets.keep_or_reveal(&prod(), &secret(2), Some(end));
    let Kept::RecoveryFile { path, .. } = kept else { panic!("{kept:?}") };
    keyring.set_mood(Mood::Fine);
    assert_eq!(sandbox.run(&["secrets", "import", path.to_str().expect("is text")]).code, 0);
    let stored = secrets.find("prod").expect("reads").expect("is there");
    let ends: Vec<_> = stored.secrets.iter().map(|secret| secret.expires_at).collect();
    assert_eq!(ends, [None, Some(end)]);
}

#[cfg(unix)]
#[test]
fn a_recovery_file_is_for_the_user_alone_and_replaces_no_other() {
    use std::os::unix::fs::PermissionsExt;
    let (sandbox, _) = late_failure();
    let secrets = open(&sandbox);
    for (byte, name) in [(1, "gwh-recovery-prod.json"), (2, "gwh-recovery-prod-1.json")] {
        let kept = secrets.keep_or_reveal(&prod(), &secret(byte), None);
        let Kept::RecoveryFile { path, .. } = kept else { panic!("{kept:?}") };
        assert!(path.ends_with(name), "{path:?}");
        assert_eq!(fs::metadata(&path).expect("exists").permissions().mode() & 0o777, 0o600);
        assert!(fs::read_to_string(&path).expect("reads").contains(secret(byte).expose()));
    }
}

#[test]
fn where_the_data_folder_cannot_be_written_the_file_goes_to_the_current_folder() {
    let (sandbox, _) = late_failure();
    fs::create_dir_all(profile(&sandbox)).expect("makes it");
    fs::write(profile(&sandbox).join("recovery"), "in the way").expect("writes");
    let kept = open(&sandbox).keep_or_reveal(&prod(), &secret(1), None);
    let Kept::RecoveryFile { path, .. } = kept else { panic!("{kept:?}") };
    assert_eq!(path, sandbox.path().join("gwh-recovery-prod.json"));
}

#[test]
fn where_no_file_can_be_written_the_secret_is_shown_once_on_stderr() {
    let (sandbox, _) = late_failure();
    fs::create_dir_all(profile(&sandbox)).expect("makes it");
    fs::write(profile(&sandbox).join("recovery"), "in the way").expect("writes");
    let (mut session, stderr) = sandbox.session();
    session.directory = profile(&sandbox).join("recovery/not-a-folder");
    let kept = session.webhook_secrets().expect("opens").keep_or_reveal(&prod(), &secret(1), None);
    assert!(matches!(kept, Kept::Shown { .. }), "{kept:?}");
    let shown = String::from_utf8(stderr.bytes()).expect("is text");
    assert_eq!(shown.matches(secret(1).expose()).count(), 1, "{shown}");
    let failure = kept.into_failure(&prod()).expect("is to be reported");
    assert!(failure.hints()[0].contains("gwh secrets set 8k2f7d"), "{:?}", failure.hints());
    assert!(!failure.to_string().contains(secret(1).expose()));
}

#[test]
fn a_data_folder_that_cannot_be_made_is_known_before_a_call() {
    let sandbox = Sandbox::new();
    let file = sandbox.file("file", "");
    let sandbox = sandbox.env("GWH_DATA_DIR", file.to_str().expect("is text"));
    let failure = open(&sandbox).prove_writable(None).expect_err("refused");
    assert!(failure.to_string().contains("cannot lock"), "{failure}");
    let set = sandbox.run_with(&["secrets", "set", "prod"], SECRET);
    assert_eq!(set.code, 3);
    assert!(set.err().contains("GWH_DATA_DIR"), "{}", set.err());
}

#[test]
fn a_call_that_was_cut_off_is_told_of_until_its_secret_is_there() {
    let sandbox = Sandbox::new();
    let secrets = open(&sandbox);
    let under_way = secrets.begin(Operation::Rotate, &prod()).expect("marks");
    assert!(secrets.unfinished().is_empty(), "its process lives");
    drop(under_way);
    let list = sandbox.run(&["secrets", "list"]);
    assert!(list.err().contains("run gwh webhooks rotate-secret 8k2f7d once more"), "{}", list.err());
    let doctor = sandbox.run(&["secrets", "doctor"]);
    assert_eq!(doctor.code, 1);
    assert!(doctor.out().contains("a rotate of webhook prod was cut off at 2026-01-22T12:00:00Z"));
    // The same again is told of once, and both are over with the next secret.
    drop(secrets.begin(Operation::Rotate, &prod()).expect("marks"));
    let list = sandbox.run(&["secrets", "list"]);
    assert_eq!(list.err().matches("was cut off").count(), 1, "{list:?}");
    secrets.add(&prod(), &secret(1)).expect("stores");
    assert!(secrets.unfinished().is_empty());

    let done = secrets.begin(Operation::Create, &prod()).expect("marks");
    done.finish();
    assert!(secrets.unfinished().is_empty());
    assert!(fs::read_dir(profile(&sandbox).join("pending")).expect("is there").next().is_none());
}

#[test]
fn a_store_that_forgets_what_it_is_given_is_found_out_at_once() {
    let keyring = TestKeyring::new(Mood::Fine);
    let sandbox = Sandbox::new().with_keyring(keyring.clone());
    open(&sandbox).prove_writable(None).expect("works");
    keyring.set_mood(Mood::Forgetful);
    let kept = open(&sandbox).keep_or_reveal(&prod(), &secret(1), None);
    let Kept::RecoveryFile { problem, .. } = kept else { panic!("{kept:?}") };
    assert_eq!(problem.to_string(), "the keyring does not give back what it is given");
}

#[test]
fn a_store_that_lost_a_secret_is_found_out() {
    let keyring = TestKeyring::new(Mood::Fine);
    let sandbox = Sandbox::new().with_keyring(keyring.clone());
    open(&sandbox).add(&prod(), &secret(1)).expect("stores");
    gwh::secrets::SecretStore::delete(keyring.as_ref(), "default/8k2f7d").expect("deletes behind our back");
    let doctor = sandbox.run(&["secrets", "doctor"]);
    assert_eq!(doctor.code, 1);
    assert!(
        doctor.out().contains("✗ webhook prod     no secret of it is in the keyring"),
        "{}",
        doctor.out()
    );
    assert_eq!(sandbox.run(&["secrets", "get", "prod"]).code, 3);
}

#[test]
fn a_process_killed_between_store_and_list_loses_nothing() {
    let sandbox = Sandbox::new();
    let secrets = open(&sandbox);
    secrets.add(&prod(), &secret(1)).expect("stores");
    let list = profile(&sandbox).join("webhooks.json");
    let before = fs::read(&list).expect("reads");
    let end = Timestamp::from_second(NOW + 60).expect("is in range");
    secrets.rotate(&prod(), &secret(2), Some(end)).expect("stores");
    // As if the process had been killed before it wrote the list.
    fs::write(&list, before).expect("writes");
    assert_eq!(secrets.signing_secrets().expect("reads").len(), 2, "the store is what counts");
    let doctor = sandbox.run(&["secrets", "doctor"]);
    assert_eq!(doctor.code, 0, "{}", doctor.out());
    assert!(doctor.out().contains("brought up to date"), "{}", doctor.out());
    assert_eq!(secrets.find("prod").expect("reads").expect("is there").secrets.len(), 2);
}

/// A limit on the size of files stands in for a full disk: writing fails, reading goes on.
#[cfg(unix)]
#[test]
fn a_full_disk_is_an_error_and_leaves_what_was_there() {
    use std::io::Write;
    let sandbox = Sandbox::new();
    let set = sandbox.run_with(&["secrets", "set", "prod", "--secret-store", "file"], SECRET);
    assert_eq!(set.code, 0);
    let gwh = sandbox.command(&["secrets", "set", "prod"]);
    let script = "trap '' XFSZ; ulimit -f 0; exec \"$0\" secrets set prod";
    let mut limited = std::process::Command::new("/bin/sh");
    limited.arg("-c").arg(script).arg(gwh.get_program()).env_clear().current_dir(sandbox.path());
    limited.envs(gwh.get_envs().filter_map(|(name, value)| Some((name, value?))));
    limited.stdin(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    let mut child = limited.spawn().expect("starts");
    child.stdin.take().expect("is piped").write_all(secret(2).expose().as_bytes()).expect("takes stdin");
    let ended = child.wait_with_output().expect("ends");
    let said = String::from_utf8_lossy(&ended.stderr);
    assert_eq!(ended.status.code(), Some(3), "{said}");
    assert!(said.contains("cannot write"), "{said}");
    assert_eq!(sandbox.run(&["secrets", "get", "prod"]).out(), format!("{SECRET}\n"));
    assert_eq!(sandbox.run(&["secrets", "doctor"]).code, 0);
}

#[cfg(unix)]
#[test]
fn a_file_that_others_can_read_is_refused_with_the_fix() {
    use std::os::unix::fs::PermissionsExt;
    let sandbox = Sandbox::new();
    sandbox.run_with(&["secrets", "set", "prod"], SECRET);
    let file = profile(&sandbox).join("secrets/prod.json");
    fs::set_permissions(&file, fs::Permissions::from_mode(0o644)).expect("opens it");
    let refused = sandbox.run(&["secrets", "get", "prod"]);
    assert_eq!(refused.code, 3);
    assert!(refused.err().contains("can be read by others (mode 0644)"), "{}", refused.err());
    assert!(refused.err().contains(&format!("chmod go-rwx '{}'", file.display())), "{}", refused.err());
    let doctor = sandbox.run(&["secrets", "doctor"]);
    assert_eq!(doctor.code, 1);
    assert!(doctor.out().contains("✗ permissions"), "{}", doctor.out());
    assert_eq!(open(&sandbox).remembered().expect("reads"), Some(Backend::File));
}

#[cfg(unix)]
#[test]
fn a_file_of_another_user_is_refused() {
    let sandbox = Sandbox::new();
    sandbox.run_with(&["secrets", "set", "prod"], SECRET);
    let file = profile(&sandbox).join("secrets/prod.json");
    // Only root may give files away; without that there is nothing to test.
    if std::os::unix::fs::chown(&file, Some(54_321), None).is_ok() {
        let refused = sandbox.run(&["secrets", "get", "prod"]);
        assert_eq!(refused.code, 3);
        assert!(refused.err().contains("prod.json belongs to another user"), "{}", refused.err());
    }
}
