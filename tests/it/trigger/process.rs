//! What needs a process: a terminal to ask on, a signal to stop at.

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

use rexpect::session::{PtySession, spawn_command};

use super::{sandbox, to};
use crate::support::{DEADLINE, Receiver, Sandbox};

fn on_terminal(sandbox: &Sandbox, args: &[&str]) -> PtySession {
    let mut command = sandbox.command(args);
    command.env("TERM", "xterm");
    let timeout = u64::try_from(DEADLINE.as_millis()).expect("fits");
    spawn_command(command, Some(timeout)).expect("starts on a terminal")
}

#[test]
fn a_terminal_is_asked_which_event() {
    let receiver = Receiver::answering(200);
    let url = receiver.url("/");
    let sandbox = sandbox();
    let mut terminal = on_terminal(&sandbox, &to(&url, &[]));
    terminal.exp_string("Which event?").expect("asks");
    terminal.exp_string("video.generated").expect("offers the catalogue");
    // Down, then Return.
    terminal.send("\u{1b}[B\r").expect("is typed");
    terminal.flush().expect("is typed");
    terminal.exp_string("<-- 200").or_else(|_| terminal.exp_string("200")).expect("sends");
    receiver.wait_for(1);
    assert_eq!(receiver.only().json()["type"], "batch.failed");
}

#[test]
fn many_deliveries_draw_a_bar_and_take_it_away() {
    let receiver = Receiver::answering(200);
    let url = receiver.url("/");
    let sandbox = sandbox();
    let mut terminal = on_terminal(
        &sandbox,
        &to(&url, &["batch.expired", "--count", "30", "--rate", "60/s", "--color", "never"]),
    );
    terminal.exp_regex("sending .*/30").expect("draws the bar");
    let before = terminal.exp_string("sent 30 in").expect("summarises");
    assert!(before.ends_with("\r\u{1b}[2K"), "the bar still stands: {before:?}");
}

#[test]
fn ctrl_c_ends_with_a_summary_and_130() {
    let receiver = Receiver::answering(200);
    let url = receiver.url("/");
    let args = to(&url, &["batch.expired", "--count", "9", "--rate", "1/h", "--json"]);
    let sandbox = sandbox();
    let mut child = sandbox.command(&args).stdout(Stdio::piped()).spawn().expect("starts");
    let mut stdout = BufReader::new(child.stdout.take().expect("is piped"));
    let mut line = String::new();
    stdout.read_line(&mut line).expect("is text");
    assert!(line.contains(r#""type":"sent""#), "{line}");
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("runs");
    assert!(sent.success());
    let mut rest = String::new();
    stdout.read_to_string(&mut rest).expect("is text");
    assert_eq!(child.wait().expect("ends").code(), Some(130));
    assert!(rest.contains(r#""interrupted":true"#), "{rest}");
}
