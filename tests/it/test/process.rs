//! `--start`: the handler gets what it needs, and nothing of it is left behind.

use std::path::Path;

use gwh::signature::{Keys, NamedSecret};

use crate::support::child::{Ended, Run};
use crate::support::delivery::local_secret;
use crate::support::{Received, Receiver, Reply, Sandbox, until};

/// A handler as a shell runs it: `gwh listen` with the variables that `gwh test` sets.
fn listen() -> String {
    format!("{} listen --port $PORT --path /webhook --json", env!("CARGO_BIN_EXE_gwh"))
}

fn test(sandbox: &Sandbox, command: &str, more: &[&str]) -> Ended {
    start(sandbox, command, more).wait()
}

fn start(sandbox: &Sandbox, command: &str, more: &[&str]) -> Run {
    Run::start(sandbox.command(&[&["test", "--start", command], more].concat()), b"")
}

/// Waits for a file with a process's id, which the handler writes.
fn id_in(path: &Path) -> String {
    until(|| match std::fs::read_to_string(path) {
        Ok(text) if text.ends_with('\n') => Ok(text.trim().to_owned()),
        _ => Err(format!("{} is not written", path.display())),
    })
}

/// Whether the process is gone, or is a zombie that nobody has buried yet.
fn is_gone(id: &str) -> bool {
    let state = std::process::Command::new("ps").args(["-o", "stat=", "-p", id]).output().expect("runs ps");
    let state = String::from_utf8_lossy(&state.stdout).trim().to_owned();
    state.is_empty() || state.starts_with('Z')
}

/// A handler that does not end when it is asked to, and neither does what it has started.
fn stubborn(and_then: &str) -> String {
    format!("trap '' TERM INT; echo $$ > leader; sleep 1000 & echo $! > child; {and_then}")
}

fn assert_nothing_left(sandbox: &Sandbox) {
    for name in ["leader", "child"] {
        let id = id_in(&sandbox.path().join(name));
        assert!(is_gone(&id), "{name} {id} is left behind");
    }
}

#[test]
fn a_handler_is_started_tested_and_ended() {
    let sandbox = Sandbox::new();
    for (scheme, keys) in
        [("v1", ""), ("v1a", " --jwks $KEYS"), ("jwt", " --jwks $KEYS --audience $GWH_TEST_AUDIENCE")]
    {
        let command = format!("echo $$ > leader; exec {}{keys}", listen());
        let ended = test(&sandbox, &command, &["--scheme", scheme, "--jwks-env", "KEYS"]);
        assert_eq!(ended.status.code(), Some(0), "{scheme}: {ended:?}");
        assert!(is_gone(&id_in(&sandbox.path().join("leader"))), "{scheme}");
    }
}

#[test]
fn a_group_that_does_not_want_to_end_is_ended() {
    let sandbox = Sandbox::new();
    let ended = test(&sandbox, &stubborn(&listen()), &["--only", "accepts.event"]);
    assert_eq!(ended.status.code(), Some(0), "{ended:?}");
    assert_nothing_left(&sandbox);
}

#[test]
fn an_interrupt_ends_the_group_and_is_exit_130() {
    let sandbox = Sandbox::new();
    let running = start(&sandbox, &stubborn("sleep 1000"), &[]);
    id_in(&sandbox.path().join("child"));
    running.signal("INT");
    // A second one does not wait for the handler.
    running.signal("INT");
    let ended = running.wait();
    assert_eq!(ended.status.code(), Some(130), "{ended:?}");
    assert_nothing_left(&sandbox);
}

#[test]
fn an_interrupt_shows_what_is_known_so_far() {
    let sandbox = Sandbox::new();
    let secret = NamedSecret::new("local", local_secret(&sandbox));
    let keys = Keys { secrets: vec![secret], ..Keys::default() };
    let is_last = |request: &Received| {
        request.values("webhook-id").first().is_some_and(|id| id.contains("accepts-parallel-twenty"))
    };
    let handler = Receiver::scripted(move |_, request| match () {
        () if is_last(request) => Reply::Silence,
        () if request.verdict(&keys, jiff::Timestamp::now().as_second()).is_valid() => Reply::Status(200),
        () => Reply::Status(401),
    });
    for (format, parts) in [
        ("json", &["\"interrupted\":true", "\"reason\":\"the run was interrupted\""][..]),
        (
            "human",
            &[
                "\u{2713} a body in chunks",
                "- 1 not run: the run was interrupted",
                " failed, ",
                " not run, in ",
            ],
        ),
        ("tap", &["ok 1 - preflight.reachable [v1]", "# SKIP the run was interrupted", "\nBail out!"]),
        ("junit", &["<skipped message=\"the run was interrupted\"/>"]),
    ] {
        let reached = || handler.received().iter().filter(|request| is_last(request)).count();
        let before = reached();
        let args = ["test", &handler.url("/"), "--format", format, "--save", "kept"];
        let running = Run::start(sandbox.command(&args), b"");
        until(|| if reached() > before { Ok(()) } else { Err("the last case is not reached") });
        running.signal("INT");
        let ended = running.wait();
        assert_eq!(ended.status.code(), Some(130), "{ended:?}");
        for part in parts {
            assert!(ended.stdout.contains(part), "{format}: no {part:?} in {ended:?}");
        }
        assert!(ended.stderr.contains("interrupted before every case was run"), "{ended:?}");
        let saved = sandbox.path().join("kept/accepts.transfer.chunked.v1.1.request.http");
        assert!(saved.exists(), "{format}: what is known is saved");
    }
}

/// A handler that leaves its process group, as daemons do.
#[cfg(target_os = "linux")]
#[test]
fn a_daemon_is_tested_and_ended() {
    let sandbox = Sandbox::new();
    let has_setsid = std::process::Command::new("setsid").arg("true").status().is_ok();
    assert!(has_setsid, "this test needs setsid: install util-linux");
    let command = format!("setsid sh -c 'echo $$ > leader; exec {}' > log 2>&1 &", listen());
    let ended = test(&sandbox, &command, &["--only", "accepts.event"]);
    assert_eq!(ended.status.code(), Some(0), "{ended:?}");
    assert!(is_gone(&id_in(&sandbox.path().join("leader"))));
}

#[test]
fn a_script_may_leave_the_handler_in_the_background() {
    let sandbox = Sandbox::new();
    let ended = test(&sandbox, &format!("{} & echo $! > leader", listen()), &["--only", "accepts.event"]);
    assert_eq!(ended.status.code(), Some(0), "{ended:?}");
    assert!(is_gone(&id_in(&sandbox.path().join("leader"))));
}

#[test]
fn a_handler_that_is_forgotten_is_ended() {
    use std::sync::Arc;
    let sandbox = Sandbox::new();
    let launch = gwh::conformance::Launch {
        command: stubborn("sleep 1000"),
        directory: sandbox.path().to_owned(),
        variables: Vec::new(),
        show: Arc::new(|_: &str| {}),
    };
    let handler = gwh::conformance::Handler::start(launch).expect("starts");
    id_in(&sandbox.path().join("child"));
    drop(handler);
    assert_nothing_left(&sandbox);
}

#[test]
fn a_handler_that_ends_early_is_told_with_its_last_words() {
    let sandbox = Sandbox::new();
    let ended = test(&sandbox, "echo cannot find \"$(printf 'module\\033[2J')\" >&2; exit 3", &[]);
    assert_eq!(ended.status.code(), Some(1), "{ended:?}");
    assert!(ended.stderr.contains("before it listened on port"), "{ended:?}");
    assert!(ended.stderr.contains("cannot find module\\x1b[2J"), "{ended:?}");
    assert!(!ended.stderr.contains('\u{1b}'), "{ended:?}");
}

#[test]
fn a_handler_that_never_listens_is_given_up() {
    let sandbox = Sandbox::new();
    let ended = test(&sandbox, &stubborn("sleep 1000"), &["--start-timeout", "1s", "--json"]);
    assert_eq!(ended.status.code(), Some(1), "{ended:?}");
    let error = ended.stderr.lines().find(|line| line.contains("\"error\"")).expect("an error");
    let error: serde_json::Value = serde_json::from_str(error).expect("is JSON");
    assert!(error["message"].as_str().is_some_and(|text| text.contains("did not listen")), "{error}");
    assert_nothing_left(&sandbox);
}

#[test]
fn what_a_handler_processes_twice_is_seen() {
    let sandbox = Sandbox::new();
    sandbox.file("processing.sh", PROCESSING);
    let run = |times: &str| {
        let command = format!("{} --no-store | sh processing.sh {times}", listen());
        test(&sandbox, &command, &["--only", "behaves.duplicate.processed-once"])
    };
    let twice = run("twice");
    assert_eq!(twice.status.code(), Some(1), "{twice:?}");
    assert!(twice.stdout.contains("it was processed 2 times"), "{twice:?}");
    let once = run("once");
    assert_eq!(once.status.code(), Some(0), "{once:?}");
    assert!(once.stdout.contains("\u{2713} the same delivery twice is processed once"), "{once:?}");
}

/// Processes what a `listen` before it has verified; with `twice` it does not remember what it has seen.
const PROCESSING: &str = r#"
seen=
while IFS= read -r line; do
    case $line in *'"valid":true'*) ;; *) continue ;; esac
    id=${line#*'"webhook_id":"'}
    id=${id%%'"'*}
    case $1-$seen in once-*"<$id>"*) continue ;; esac
    seen="$seen<$id>"
    printf '%s\n' "$id" >> "$GWH_TEST_PROCESSED"
done
"#;
