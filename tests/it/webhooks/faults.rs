//! What can go wrong around an answer that shows a secret once: the secret is kept somewhere, or the user is
//! told how to see what happened and how to get another one.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;

use super::{CREATE, ID, ROTATED, SECRET, assert_ends, created, ok, stored_secret, webhook, with_prod};
use crate::support::{ApiReply as Reply, Mood, Output, Sandbox, ScriptedApi, TestKeyring};

const ROTATE: [&str; 3] = ["webhooks", "rotate-secret", ID];

/// Where a sandbox keeps the secrets of its profile.
fn profile(sandbox: &Path) -> PathBuf {
    sandbox.join("home/.local/share/gwh/profiles/default")
}

/// The one recovery file in a folder; it is for the user's eyes only.
fn recovery_file(folder: &Path) -> PathBuf {
    let files = std::fs::read_dir(folder).expect("a folder").map(|file| file.expect("readable").path());
    let mut found: Vec<PathBuf> =
        files.filter(|path| path.display().to_string().contains("gwh-recovery-")).collect();
    let path = found.pop().expect("a recovery file");
    assert_eq!(found, Vec::<PathBuf>::new());
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::metadata(&path).expect("exists").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    path
}

/// A sandbox with a keyring that starts in the mood `Fine`.
fn with_keyring(api: &ScriptedApi) -> (Sandbox, Arc<TestKeyring>) {
    let keyring = TestKeyring::new(Mood::Fine);
    (api.sandbox().env("GWH_SECRET_STORE", "keyring").with_keyring(keyring.clone()), keyring)
}

#[test]
fn a_store_that_does_not_work_is_noticed_before_anything_is_sent() {
    for mood in [Mood::Locked, Mood::NoStorage, Mood::Hanging, Mood::Forgetful, Mood::Absent] {
        let api = ScriptedApi::script([ok(webhook(ID, "prod"))]);
        let (sandbox, keyring) = with_keyring(&api);
        let sandbox = sandbox.env("GWH_KEYRING_TIMEOUT", "200ms");
        keyring.set_mood(mood);
        assert_ends(&sandbox.run(&CREATE), 3, &["error: cannot use the secret store", "hint:"]);
        assert_eq!(api.lines(), Vec::<String>::new(), "{mood:?}");
        assert_ends(&sandbox.run(&ROTATE), 3, &["error: cannot use the secret store"]);
        assert_eq!(api.lines(), [format!("GET /v1/webhooks/{ID}")], "{mood:?}");
    }
}

#[test]
fn a_keyring_that_fails_after_the_answer_leaves_a_recovery_file() {
    let keyring = TestKeyring::new(Mood::Fine);
    let (for_create, for_rotate) = (keyring.clone(), keyring.clone());
    let api = ScriptedApi::script([
        ok(created()).after(move || for_create.set_mood(Mood::Locked)),
        ok(webhook(ID, "prod")),
        ok(json!({"secret": ROTATED})).after(move || for_rotate.set_mood(Mood::FailingLate)),
    ]);
    let sandbox = api.sandbox().env("GWH_SECRET_STORE", "keyring").with_keyring(keyring.clone());
    let folder = profile(sandbox.path()).join("recovery");

    let output = sandbox.run(&CREATE);
    assert_ends(&output, 3, &["is saved in", "gwh secrets import"]);
    assert!(output.out().contains(ID), "the webhook that exists now is shown: {output:?}");
    recover(&sandbox, &keyring, &folder, SECRET);

    assert_ends(&sandbox.run(&ROTATE), 3, &["is saved in", "gwh secrets import"]);
    recover(&sandbox, &keyring, &folder, ROTATED);
}

fn recover(sandbox: &Sandbox, keyring: &TestKeyring, folder: &Path, secret: &str) {
    let path = recovery_file(folder);
    keyring.set_mood(Mood::Fine);
    let output = sandbox.run(&["secrets", "import", &path.display().to_string()]);
    assert_eq!(output.code, 0, "{output:?}");
    assert_eq!(stored_secret(sandbox), secret);
}

/// Puts a file where a folder was, so that nothing can be written below it, and keeps the folder beside it.
fn block(folder: &Path) {
    std::fs::rename(folder, folder.with_extension("aside")).expect("moves the folder aside");
    std::fs::write(folder, "in the way").expect("writes a file");
}

#[test]
fn a_file_store_that_fails_after_the_answer_leaves_a_recovery_file() {
    // First only the secrets cannot be written, then nothing of the profile can.
    for (blocked, recovery) in [("secrets", Some("recovery")), ("", None)] {
        let sandbox = Sandbox::new();
        let folder: PathBuf = profile(sandbox.path()).join(blocked).components().collect();
        let recovery = recovery.map_or(sandbox.path().to_owned(), |name| profile(sandbox.path()).join(name));
        let api = ScriptedApi::script([ok(created()).after(move || block(&folder))]);
        let sandbox = sandbox.with_api(&api.url());
        let output = sandbox.run(&CREATE);
        assert_ends(&output, 3, &["is saved in", "because it could not be stored"]);
        let text = std::fs::read_to_string(recovery_file(&recovery)).expect("readable");
        assert!(text.contains(SECRET), "the file holds the secret");
        assert!(!output.err().contains(SECRET) && !output.out().contains(SECRET));
    }
}

/// Runs the real binary with nobody who reads its stdout. What it says on stderr, and its exit code.
fn run_unread(sandbox: &Sandbox, args: &[&str]) -> (Option<i32>, String) {
    use std::process::Stdio;
    let mut command = sandbox.command(args);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().expect("starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("ends");
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn an_output_that_nobody_reads_does_not_hide_where_the_secret_is() {
    for args in [&CREATE[..], &[&CREATE[..], &["--print-secret"]].concat(), &ROTATE, &["webhooks", "apply"]] {
        let sandbox = Sandbox::new();
        let folder = profile(sandbox.path()).join("secrets");
        let mut folder = Some(folder);
        let api = ScriptedApi::answering(move |request| match (request.method.as_str(), &folder) {
            ("GET", _) if request.path.ends_with(ID) => ok(webhook(ID, "prod")),
            ("GET", _) => ok(json!({"webhooks": []})),
            (_, None) => Reply::not_found(),
            _ => {
                let is_create = request.path.ends_with("webhooks");
                let body = if is_create { created() } else { json!({"secret": ROTATED}) };
                let folder = folder.take().expect("is there");
                ok(body).after(move || block(&folder))
            }
        });
        let sandbox = sandbox.with_api(&api.url());
        sandbox.file(
            "webhooks.toml",
            "[[webhook]]\nname=\"prod\"\nuri=\"https://example.com/hook\"\nevents=[\"batch.failed\"]\n",
        );
        let (code, said) = run_unread(&sandbox, args);
        assert_eq!(code, Some(3), "{args:?}: {said}");
        assert!(said.contains("is saved in") && said.contains("gwh secrets import"), "{args:?}: {said}");
        recovery_file(&profile(sandbox.path()).join("recovery"));
    }
}

#[test]
fn a_change_that_fails_after_a_create_does_not_hide_where_the_secret_is() {
    let sandbox = Sandbox::new();
    let folder = profile(sandbox.path()).join("secrets");
    let api = ScriptedApi::script([
        ok(json!({"webhooks": []})),
        ok(created()).after(move || block(&folder)),
        Reply::json(400, json!({"error": {"code": 400, "message": "nope", "status": "INVALID_ARGUMENT"}})),
    ]);
    let sandbox = sandbox.with_api(&api.url());
    sandbox.file("webhooks.toml", "[[webhook]]\nname=\"prod\"\nuri=\"https://example.com/hook\"\nevents=[\"batch.failed\"]\nstate=\"disabled\"\n");
    let output = sandbox.run(&["webhooks", "apply"]);
    assert_ends(&output, 3, &["warning: cannot update webhook prod", "is saved in", "gwh secrets import"]);
}

#[test]
fn where_nothing_can_be_written_the_secret_is_shown_once() {
    let place = tempfile::tempdir().expect("a scratch folder");
    let data = place.path().join("data");
    let sandbox = Sandbox::new().env("GWH_DATA_DIR", &data.display().to_string());
    let folder = sandbox.path().to_owned();
    let (blocked, aside) = (folder.clone(), folder.with_extension("aside"));
    let api = ScriptedApi::script([ok(created()).after(move || {
        block(&data.join("profiles"));
        block(&blocked);
    })]);
    let output = sandbox.with_api(&api.url()).run(&CREATE);
    std::fs::remove_file(&folder).expect("removes the file in the way");
    std::fs::remove_dir_all(aside).expect("removes the folder");
    assert_ends(&output, 3, &["was shown once, above", "gwh webhooks rotate-secret"]);
    assert_eq!(output.err().matches(SECRET).count(), 1);
    assert!(!output.out().contains(SECRET));
}

/// Every way in which the answer itself does not arrive.
fn lost_answers(body: &serde_json::Value) -> Vec<(&'static str, Reply)> {
    let whole = body.to_string();
    vec![
        ("closed the connection without an answer", Reply::close()),
        ("was cut off", ok(body.clone()).cut_after(whole.len() / 2)),
        ("was cut off", ok(body.clone()).cut_after(whole.len() - 1)),
        ("did not answer within", Reply::hang()),
        (
            "answered 503 (UNAVAILABLE)",
            Reply::json(503, json!({"error": {"code": 503, "message": "x", "status": "UNAVAILABLE"}})),
        ),
        ("instead of JSON", Reply::text(502, "text/html", "<html>Bad Gateway")),
        ("instead of JSON", Reply::text(200, "text/html", "<html>Welcome")),
        ("it is empty", Reply::text(200, "application/json", "")),
    ]
}

#[test]
fn a_create_whose_answer_is_lost_is_sent_once_and_says_how_to_check() {
    for (word, reply) in lost_answers(&created()) {
        let patience = reply.patience();
        let api = ScriptedApi::script([reply]);
        let output = api.sandbox().env("GWH_API_TIMEOUT", patience).run(&CREATE);
        let words = [
            "the webhook may have been created, but its secret is lost",
            word,
            "gwh webhooks list",
            "gwh webhooks rotate-secret",
        ];
        assert_ends(&output, 4, &words);
        assert_eq!(api.lines(), ["POST /v1/webhooks"], "{word}");
        assert!(!output.err().contains(SECRET), "{word}");
    }
}

#[test]
fn a_rotation_whose_answer_is_lost_is_sent_once_and_says_how_to_go_on() {
    for (word, reply) in lost_answers(&json!({"secret": ROTATED, "padding": "to be cut"})) {
        let patience = reply.patience();
        let api = ScriptedApi::script([ok(created()), ok(webhook(ID, "prod")), reply]);
        let sandbox = with_prod(&api).env("GWH_API_TIMEOUT", patience);
        let output = sandbox.run(&ROTATE);
        let words = [
            "the secret of prod may have been rotated, but the new one is lost",
            word,
            "gwh webhooks rotate-secret k0h9",
            "goes on signing for 24 hours",
        ];
        assert_ends(&output, 4, &words);
        assert_eq!(api.lines().len(), 3, "{word}");
        assert_eq!(stored_secret(&sandbox), SECRET, "what was stored is still there");
    }
}

#[test]
fn an_answer_without_a_secret_says_how_to_get_one() {
    let api = ScriptedApi::script([ok(webhook(ID, "prod")), ok(webhook(ID, "prod")), ok(json!({}))]);
    let sandbox = api.sandbox();
    let again = format!("run gwh webhooks rotate-secret {ID}");
    assert_ends(&sandbox.run(&CREATE), 4, &["its answer holds no secret", &again]);
    assert_ends(&sandbox.run(&ROTATE), 4, &["its answer holds no secret", &again]);
}

#[test]
fn a_secret_of_an_unknown_form_is_shown_rather_than_lost() {
    let mut odd = created();
    odd["new_signing_secret"] = "whsec2:§newform".into();
    let api = ScriptedApi::script([ok(odd)]);
    assert_ends(&api.sandbox().run(&CREATE), 4, &["whsec2:§newform", "no form that gwh knows"]);
}

#[test]
fn an_odd_field_of_a_new_webhook_does_not_lose_its_id() {
    let mut odd = created();
    odd["create_time"] = 1_769_083_200.into();
    let api = ScriptedApi::script([ok(odd)]);
    let sandbox = api.sandbox();
    assert_ends(&sandbox.run(&CREATE), 0, &[]);
    assert!(sandbox.run(&["secrets", "list"]).out().contains(ID));
}

#[test]
fn an_answer_whose_webhook_cannot_be_read_still_yields_its_secret() {
    let api = ScriptedApi::script([ok(json!({"id": 7, "new_signing_secret": SECRET}))]);
    let sandbox = api.sandbox();
    assert_eq!(sandbox.run(&CREATE).code, 0);
    assert_eq!(stored_secret(&sandbox), SECRET);
}

#[test]
fn what_the_api_refuses_for_sure_is_not_called_lost() {
    let refusal = json!({"error": {"code": "invalid_request", "message": "Invalid enum value"}});
    let api = ScriptedApi::script([Reply::json(400, refusal)]);
    let output: Output = api.sandbox().run(&CREATE);
    assert_ends(&output, 4, &["cannot create the webhook: the API answered 400"]);
    assert!(!output.err().contains("lost"));
}

#[test]
fn a_rotation_waits_its_turn_and_is_not_sent_before() {
    let api = ScriptedApi::script([ok(webhook(ID, "prod"))]);
    let sandbox = api.sandbox().env("GWH_API_TIMEOUT", "200ms").env("GWH_KEYRING_TIMEOUT", "1ms");
    let (session, _) = sandbox.session();
    let secrets = session.webhook_secrets().expect("opens");
    let turn = secrets.rotating(Duration::ZERO).expect("is free");
    assert_ends(&sandbox.run(&ROTATE), 3, &["another gwh keeps"]);
    assert_eq!(api.lines(), [format!("GET /v1/webhooks/{ID}")]);
    drop(turn);
}

#[test]
fn an_answer_that_is_no_webhook_at_all_is_a_lost_one() {
    for body in [json!({"webhooks": []}), json!([1, 2])] {
        let api = ScriptedApi::script([ok(body)]);
        let output = api.sandbox().run(&CREATE);
        let words = ["may have been created, but its secret is lost", "whether prod is there"];
        assert_ends(&output, 4, &words);
        assert!(!output.err().contains("unnamed"), "{output:?}");
    }
}

#[test]
fn a_lost_rotation_does_not_speak_of_a_stored_secret_where_there_is_none() {
    let api = ScriptedApi::script([ok(webhook(ID, "prod")), Reply::close()]);
    let output = api.sandbox().run(&ROTATE);
    assert_ends(&output, 4, &["but the new one is lost", "run gwh webhooks rotate-secret"]);
    assert!(!output.err().contains("stored here"), "{output:?}");
}
