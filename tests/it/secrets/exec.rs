//! `secrets exec`, which replaces the process and so needs a real one.
#![cfg(unix)]

use std::io::Write;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, Command, Output, Stdio};

use super::{OTHER, SECRET};
use crate::support::{Sandbox, until_ended};

fn run(mut command: Command, stdin: &str) -> Output {
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("starts");
    child.stdin.take().expect("is piped").write_all(stdin.as_bytes()).expect("takes stdin");
    wait(child)
}

fn wait(mut child: Child) -> Output {
    until_ended(&mut child);
    child.wait_with_output().expect("has ended")
}

fn store(sandbox: &Sandbox, name: &str, secret: &str) {
    let set = run(sandbox.command(&["secrets", "set", name, "--secret-store", "file"]), secret);
    assert!(set.status.success(), "{set:?}");
}

fn shell(sandbox: &Sandbox, flags: &[&str], script: &str) -> Output {
    let mut args = vec!["secrets", "exec"];
    args.extend(flags);
    args.extend(["--", "/bin/sh", "-c", script]);
    run(sandbox.command(&args), "")
}

#[test]
fn the_secret_is_in_the_environment_and_nowhere_else() {
    let sandbox = Sandbox::new();
    store(&sandbox, "prod", SECRET);
    let ran =
        shell(&sandbox, &[], "printf %s \"$WEBHOOK_SIGNING_SECRET\"; tr '\\0' ' ' < /proc/$$/cmdline >&2");
    assert_eq!(String::from_utf8_lossy(&ran.stdout), SECRET);
    assert!(!String::from_utf8_lossy(&ran.stderr).contains("UGxhbnRl"), "{ran:?}");
}

#[test]
fn without_a_webhook_it_is_the_local_test_secret_and_with_several_one_is_asked_for() {
    let sandbox = Sandbox::new();
    let print = "printf %s \"$WEBHOOK_SIGNING_SECRET\"";
    let local = shell(&sandbox, &[], print);
    assert_eq!(String::from_utf8_lossy(&local.stdout), sandbox.run(&["secrets", "get"]).out().trim_end());
    store(&sandbox, "prod", SECRET);
    store(&sandbox, "staging", OTHER);
    let unclear = shell(&sandbox, &[], print);
    assert_eq!(unclear.status.code(), Some(2));
    assert!(
        String::from_utf8_lossy(&unclear.stderr).contains("--webhook: local, prod, staging"),
        "{unclear:?}"
    );
    assert_eq!(String::from_utf8_lossy(&shell(&sandbox, &["--webhook", "staging"], print).stdout), OTHER);
}

#[test]
fn the_exit_code_and_the_signal_are_the_commands_own() {
    let sandbox = Sandbox::new();
    assert_eq!(shell(&sandbox, &[], "exit 77").status.code(), Some(77));
    assert_eq!(shell(&sandbox, &[], "kill -TERM $$").status.signal(), Some(15));
    let mut command =
        sandbox.command(&["secrets", "exec", "--", "/bin/sh", "-c", "echo $$; exec sleep 1000"]);
    let mut child = command.stdout(Stdio::piped()).spawn().expect("starts");
    let mut line = String::new();
    let mut out = std::io::BufReader::new(child.stdout.take().expect("is piped"));
    std::io::BufRead::read_line(&mut out, &mut line).expect("says its id");
    assert_eq!(line.trim(), child.id().to_string(), "it is the same process");
    child.kill().expect("takes the signal");
    assert_eq!(wait(child).status.signal(), Some(9));
}

#[test]
fn a_command_that_is_not_there_is_named() {
    let ran = run(Sandbox::new().command(&["secrets", "exec", "--", "no-such-command"]), "");
    assert_eq!(ran.status.code(), Some(3));
    assert!(String::from_utf8_lossy(&ran.stderr).contains("cannot run no-such-command"), "{ran:?}");
}
