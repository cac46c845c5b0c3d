//! What needs a process of its own: being interrupted, being killed, a disk that is full.
#![cfg(target_os = "linux")]

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Sender, channel};

use super::{CREATE, ID, SECRET, created, ok, stored_secret, webhook};
use crate::support::{ApiReply as Reply, DEADLINE, Sandbox, ScriptedApi, until_ended};

/// The API that creates `prod`, but first lets the test act on the process that asked.
fn api_that_waits() -> (ScriptedApi, std::sync::mpsc::Receiver<()>, Sender<()>) {
    let (arrived, on_arrival) = channel();
    let (go_on, may_answer) = channel();
    let reply = ok(created()).after(move || {
        let _ = arrived.send(());
        let _ = may_answer.recv_timeout(DEADLINE);
    });
    (
        ScriptedApi::script([reply, ok(serde_json::json!({"webhooks": [webhook(ID, "prod")]}))]),
        on_arrival,
        go_on,
    )
}

fn spawn(sandbox: &Sandbox) -> Child {
    let mut command = sandbox.command(&CREATE);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().expect("starts")
}

fn signal(child: &Child, name: &str) {
    let status = Command::new("kill").args(["-s", name, &child.id().to_string()]).status();
    assert!(status.expect("kill runs").success());
}

/// What the process says on stderr until it ends, and how it ends.
fn finish(mut child: Child) -> (Option<i32>, String) {
    until_ended(&mut child);
    let output = child.wait_with_output().expect("has ended");
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[test]
fn an_interrupt_waits_for_the_answer_and_the_secret_is_stored() {
    for name in ["INT", "TERM"] {
        let (api, on_arrival, go_on) = api_that_waits();
        let sandbox = api.sandbox();
        let mut child = spawn(&sandbox);
        on_arrival.recv_timeout(DEADLINE).expect("the request arrives");
        signal(&child, name);
        // The warning is how the test knows that the signal was taken, not lost.
        let said = first_line(&mut child);
        assert!(said.contains("stopping once the API has answered"), "{said}");
        go_on.send(()).expect("the API waits");
        let (code, rest) = finish(child);
        assert_eq!(code, Some(0), "{rest}");
        assert_eq!(stored_secret(&sandbox), SECRET);
    }
}

#[test]
fn a_second_interrupt_does_not_wait_and_says_what_to_do() {
    let (api, on_arrival, go_on) = api_that_waits();
    let sandbox = api.sandbox();
    let mut child = spawn(&sandbox);
    on_arrival.recv_timeout(DEADLINE).expect("the request arrives");
    let stderr = child.stderr.take().expect("is piped");
    let mut said = BufReader::new(stderr);
    signal(&child, "INT");
    let mut text = String::new();
    said.read_line(&mut text).expect("the first is taken");
    assert!(text.contains("interrupt again"), "{text}");
    signal(&child, "INT");
    said.read_to_string(&mut text).expect("ends, although the API has not answered");
    go_on.send(()).expect("the API waits");
    assert_eq!(finish(child).0, Some(4), "{text}");
    assert!(text.contains("may have been created") && text.contains("gwh webhooks list"), "{text}");
}

fn first_line(child: &mut Child) -> String {
    let mut line = String::new();
    let stderr = child.stderr.take().expect("is piped");
    let mut reader = BufReader::new(stderr);
    reader.read_line(&mut line).expect("a line");
    line
}

#[test]
fn a_process_that_is_killed_before_it_stored_leaves_a_trace_of_what_to_do() {
    let (api, on_arrival, go_on) = api_that_waits();
    let sandbox = api.sandbox();
    let child = spawn(&sandbox);
    on_arrival.recv_timeout(DEADLINE).expect("the request arrives");
    signal(&child, "KILL");
    assert_eq!(finish(child).0, None, "ended by the signal");
    go_on.send(()).expect("the API waits");
    let listed = sandbox.run(&["webhooks", "list"]);
    assert!(listed.out().contains("prod  k0h9") && listed.out().contains("  -  "), "{listed:?}");
    let words = ["prod", "gwh webhooks rotate-secret"];
    assert!(words.iter().all(|word| listed.err().contains(word)), "{listed:?}");
}

#[test]
fn a_full_disk_is_noticed_before_anything_is_sent() {
    let api = ScriptedApi::script([]);
    let sandbox = api.sandbox();
    let command = sandbox.command(&CREATE);
    // No file may grow, and being told so is no reason to die.
    let mut limited = Command::new("sh");
    limited.args(["-c", "trap '' XFSZ; ulimit -f 0; exec \"$@\"", "sh"]).arg(command.get_program());
    limited.args(command.get_args()).env_clear().current_dir(sandbox.path());
    limited.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let output = limited.stdin(Stdio::null()).output().expect("runs");
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(3), "{said}");
    assert_eq!(api.lines(), Vec::<String>::new());
}

#[test]
fn a_disk_that_fills_up_during_the_call_shows_the_secret_once() {
    let (api, on_arrival, go_on) = api_that_waits();
    let sandbox = api.sandbox();
    let command = sandbox.command(&CREATE);
    let mut patient = Command::new("sh");
    patient
        .args(["-c", "trap '' XFSZ; exec \"$@\"", "sh"])
        .arg(command.get_program())
        .args(command.get_args());
    patient.env_clear().current_dir(sandbox.path());
    patient.envs(command.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let child = patient.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let child = child.expect("starts");
    on_arrival.recv_timeout(DEADLINE).expect("the request arrives");
    let limit = Command::new("prlimit").args(["--fsize=0", "--pid", &child.id().to_string()]).status();
    assert!(limit.expect("prlimit runs").success());
    go_on.send(()).expect("the API waits");
    let (code, said) = finish(child);
    assert_eq!(code, Some(3), "{said}");
    assert_eq!(said.matches(SECRET).count(), 1, "{said}");
    assert!(said.contains("gwh webhooks rotate-secret"), "{said}");
}

#[test]
fn a_lost_answer_leaves_the_same_trace() {
    let api =
        ScriptedApi::script([Reply::close(), ok(serde_json::json!({"webhooks": [webhook(ID, "prod")]}))]);
    let sandbox = api.sandbox();
    assert_eq!(sandbox.run(&CREATE).code, 4);
    let listed = sandbox.run(&["webhooks", "list"]);
    assert!(listed.err().contains("gwh webhooks rotate-secret"), "{listed:?}");
}
