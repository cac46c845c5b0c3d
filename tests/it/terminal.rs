//! What is different on a terminal: colour, and questions. Each case runs on a pseudo-terminal.

use std::process::Command;

use rexpect::session::{PtySession, spawn_command};
use serde_json::Value;

use crate::support::child::Run;
use crate::support::http::post;
use crate::support::{DEADLINE, Sandbox};

const ESCAPE: &str = "\u{1b}";

pub fn on_terminal(mut command: Command) -> PtySession {
    if !command.get_envs().any(|(name, _)| name == "TERM") {
        command.env("TERM", "xterm-256color");
    }
    let deadline = u64::try_from(DEADLINE.as_millis()).expect("fits");
    spawn_command(command, Some(deadline)).expect("starts on a pseudo-terminal")
}

/// Everything that the command prints until its end, and its exit code as rexpect shows it.
pub fn to_the_end(mut session: PtySession) -> (String, String) {
    let text = session.exp_eof().expect("ends before the deadline");
    let status = session.process().wait().expect("has a status");
    (text, format!("{status:?}"))
}

pub fn ended_with(status: &str, code: u8) -> bool {
    status.starts_with("Exited(") && status.ends_with(&format!(", {code})"))
}

#[test]
fn help_and_data_are_coloured_on_a_terminal_and_plain_elsewhere() {
    let sandbox = Sandbox::new();
    let args = ["config", "show", "--origin"];
    let (text, status) = to_the_end(on_terminal(sandbox.command(&args)));
    assert!(text.contains(ESCAPE) && ended_with(&status, 0), "{status}: {text:?}");
    let piped = Run::start(sandbox.command(&args), b"").wait();
    assert!(!piped.stdout.contains(ESCAPE), "{piped:?}");
    let (help, _) = to_the_end(on_terminal(sandbox.command(&["--help"])));
    assert!(help.contains(ESCAPE), "{help:?}");
}

/// What a command prints on a terminal of 80 columns, and its exit code.
fn at_80_columns(sandbox: &Sandbox, args: &[&str]) -> (String, String) {
    let command = sandbox.command(args);
    let mut bash = Command::new("bash");
    bash.args(["--norc", "-c", "stty rows 40 cols 80 && exec \"$0\" \"$@\""])
        .arg(command.get_program())
        .args(args)
        .env_clear();
    let variables = command.get_envs().filter_map(|(name, value)| Some((name, value?)));
    bash.envs(variables).env("PATH", std::env::var_os("PATH").expect("the tests have a PATH"));
    let (text, status) = to_the_end(on_terminal(bash));
    // The session takes each byte for a character.
    let bytes = text.chars().map(|byte| u8::try_from(byte).expect("is a byte")).collect();
    (String::from_utf8(bytes).expect("is UTF-8"), status)
}

#[test]
fn a_list_of_deliveries_shows_what_fits_on_a_terminal_and_all_elsewhere() {
    let sandbox = Sandbox::new().env("NO_COLOR", "1");
    let (running, url) = sandbox.listen(&[]);
    let id = "msg_7c9e6679-7425-40de-944b-e07fc1f90ae7";
    let sent = sandbox.run(&["trigger", "batch.succeeded", "--to", &url, "--id", id]);
    assert_eq!(sent.code, 0, "{sent:?}");
    running.stop();
    let (text, status) = at_80_columns(&sandbox, &["events", "list"]);
    assert!(ended_with(&status, 0), "{status}: {text}");
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 2, "{text}");
    assert!(lines.iter().all(|line| line.chars().count() <= 80), "{text}");
    assert!(lines[1].contains("  msg_7c9e…  ") && lines[1].ends_with('…'), "{text}");
    let piped = Run::start(sandbox.command(&["events", "list"]), b"").wait();
    assert!(piped.stdout.contains(id) && piped.stdout.contains("gs://"), "{piped:?}");
    let shown = sandbox.run(&["events", "show", "msg_7c9e…", "--json"]);
    assert_eq!(shown.code, 0, "{shown:?}");
}

#[test]
fn json_that_holds_what_strangers_wrote_is_safe_on_a_terminal() {
    let sandbox = Sandbox::new();
    let (running, url) = sandbox.listen(&[]);
    let body = "{\"type\":\"a.b\",\"data\":{\"id\":\"\u{9b}31m\u{202e}\"}}";
    assert_eq!(post(&url, "/", &[], body.as_bytes()).status, 401);
    running.stop();
    for args in
        [&["events", "list", "--json"][..], &["events", "export"], &["events", "export", "--as", "har"]]
    {
        let (text, status) = to_the_end(on_terminal(sandbox.command(args)));
        assert!(ended_with(&status, 0), "{status}: {text:?}");
        // The session takes each byte for a character.
        assert!(text.chars().all(|byte| !matches!(byte, '\u{80}'..='\u{9f}')), "{text:?}");
        let read: Value = serde_json::from_str(text.trim()).expect("is JSON");
        let piped = Run::start(sandbox.command(args), b"").wait();
        assert!(piped.stdout.contains('\u{9b}'), "{piped:?}");
        assert_eq!(read, serde_json::from_str::<Value>(&piped.stdout).expect("is JSON"));
    }
    let (text, _) = to_the_end(on_terminal(sandbox.command(&["events", "export", "--as", "http"])));
    assert!(text.ends_with("\\x9b31m\\u{202e}\"}}"), "{text:?}");
}

#[test]
fn deleting_shows_how_far_it_is_and_takes_that_away() {
    let sandbox = Sandbox::new().env("NO_COLOR", "1");
    let (running, url) = sandbox.listen(&[]);
    let sent = sandbox.run(&["trigger", "batch.succeeded", "--to", &url, "--count", "3"]);
    assert_eq!(sent.code, 0, "{sent:?}");
    running.stop();
    let (text, status) = to_the_end(on_terminal(sandbox.command(&["events", "prune", "--all", "--yes"])));
    assert!(ended_with(&status, 0), "{status}: {text}");
    let (bar, rest) = text.split_once("deleted 3, 0 left").expect("says what was deleted");
    assert!(bar.contains("deleting 0") && bar.ends_with("\r\u{1b}[2K"), "{bar:?} {rest:?}");
}

#[test]
fn no_line_of_a_delivery_is_wider_than_the_terminal() {
    let sandbox = Sandbox::new().env("NO_COLOR", "1");
    let (text, status) = at_80_columns(&sandbox, &["demo"]);
    assert!(ended_with(&status, 0), "{status}: {text}");
    let wide: Vec<&str> = text.lines().filter(|line| line.chars().count() > 80).collect();
    assert!(wide.is_empty(), "{wide:?}");
    let below = "batch.succeeded              msg_";
    let line = text.lines().position(|line| line.contains(below)).expect("a delivery is shown");
    let shown: Vec<&str> = text.lines().skip(line).take(2).collect();
    assert!(shown[0].ends_with(" B") && shown[1] == "             gs://my-bucket/results.jsonl", "{shown:?}");
}

#[test]
fn no_finding_of_the_doctor_is_wider_than_the_terminal() {
    let sandbox = Sandbox::new().env("NO_COLOR", "1").env("GWH_SECRET_STORE", "file");
    let secret = "whsec_ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=";
    let set = sandbox.run_with(&["secrets", "set", "a name that is longer than its column"], secret);
    assert_eq!(set.code, 0, "{set:?}");
    let (text, status) = at_80_columns(&sandbox, &["doctor"]);
    assert!(ended_with(&status, 1), "{status}: {text}");
    let lines: Vec<&str> = text.lines().collect();
    assert!(lines.len() > 8 && lines.iter().all(|line| line.chars().count() <= 80), "{text}");
    assert!(lines[1].starts_with("                   GEMINI_API_KEY is set"), "{text}");
    let below = lines.iter().position(|line| line.starts_with("✓ webhook a name")).expect("is found");
    assert_eq!(lines[below + 1], "                   1 secret in the file store", "{text}");
}

#[test]
fn flags_and_variables_turn_colour_off_and_on() {
    let args = ["config", "show", "--origin"];
    let plain = |sandbox: Sandbox, args: &[&str]| {
        let (text, _) = to_the_end(on_terminal(sandbox.command(args)));
        assert!(text.contains("tolerance") && !text.contains(ESCAPE), "{text:?}");
    };
    plain(Sandbox::new().env("NO_COLOR", "1"), &args);
    plain(Sandbox::new().env("TERM", "dumb"), &args);
    plain(Sandbox::new().env("CLICOLOR_FORCE", "1"), &["config", "show", "--origin", "--color", "never"]);
    plain(Sandbox::new(), &["config", "show", "--origin", "--json"]);
    let forced = Sandbox::new().env("CLICOLOR_FORCE", "1");
    let piped = Run::start(forced.command(&args), b"").wait();
    assert!(piped.stdout.contains(ESCAPE), "{piped:?}");
}

#[test]
fn an_error_is_coloured_by_its_own_stream() {
    let sandbox = Sandbox::new();
    let (text, status) = to_the_end(on_terminal(sandbox.command(&["secrets", "get", "absent"])));
    assert!(text.contains(ESCAPE) && ended_with(&status, 3), "{status}: {text:?}");
    let piped = Run::start(sandbox.command(&["secrets", "get", "absent"]), b"").wait();
    assert!(!piped.stderr.contains(ESCAPE), "{piped:?}");
}

#[test]
fn a_missing_event_is_asked_for_and_escape_ends_the_command() {
    let sandbox = Sandbox::new();
    let mut session = on_terminal(sandbox.command(&["trigger"]));
    session.exp_string("batch.succeeded").expect("the events are shown");
    session.send(ESCAPE).and_then(|_| session.flush()).expect("takes a key");
    let (_, status) = to_the_end(session);
    assert!(ended_with(&status, 130), "{status}");
}

#[test]
fn nothing_is_asked_without_a_terminal() {
    let ended = Run::start(Sandbox::new().command(&["trigger"]), b"").wait();
    assert_eq!(ended.status.code(), Some(2), "{ended:?}");
    assert!(ended.stderr.contains("EVENT") && ended.stderr.contains("--list"), "{ended:?}");
}
