//! `gwh listen` as a process: signals, pipes, and an output that nobody reads.

use std::os::unix::process::ExitStatusExt;
use std::time::Instant;

use crate::support::delivery::{local_secret, real_now, signed_with};
use crate::support::http::{Client, post};
use crate::support::{DEADLINE, Process, Sandbox};

const FLAGS: [&str; 4] = ["listen", "--port", "0", "--json"];

fn url(line: &str) -> String {
    let ready: serde_json::Value = serde_json::from_str(line).expect("the ready line is JSON");
    ready["url"].as_str().expect("has a url").to_owned()
}

fn ready(process: &Process) -> String {
    url(&process.stdout.wait_for(|line| line.contains(r#""type":"ready""#)))
}

fn headers(sandbox: &Sandbox, id: &str, body: &[u8]) -> Vec<(String, String)> {
    signed_with(&local_secret(sandbox), id, real_now(), body)
}

#[test]
fn signals_end_it_well_after_what_is_in_flight() {
    let sandbox = Sandbox::new().with_real_clock();
    let signals: &[&str] = if cfg!(target_os = "linux") { &["INT", "TERM", "HUP"] } else { &["INT", "TERM"] };
    for signal in signals {
        let mut process = Process::start(&sandbox, &FLAGS);
        let url = ready(&process);
        let mut client = Client::connect(&url);
        let body = b"{\"type\":\"batch.failed\"}";
        let fields: String = headers(&sandbox, "msg_1", body)
            .iter()
            .map(|(name, value)| format!("{name}: {value}\r\n"))
            .collect();
        // The 100 proves that the request is in flight when the signal comes.
        client.send(format!(
            "POST / HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: {}\r\n{fields}\r\n",
            body.len()
        ));
        assert_eq!(client.answer().status, 100);
        process.signal(signal);
        wait_until_refused(&url);
        client.send(body);
        assert_eq!(client.answer().status, 200);
        assert_eq!(process.wait().code(), Some(0), "after SIG{signal}");
        process.stdout.wait_for(|line| line.contains(r#""type":"summary""#));
    }
}

#[test]
fn below_nohup_it_outlives_its_terminal() {
    let sandbox = Sandbox::new();
    let mut process = Process::start_in_shell(&sandbox, "trap '' HUP && exec \"$@\"", &FLAGS);
    let url = ready(&process);
    process.signal("HUP");
    process.signal("HUP");
    assert_eq!(post(&url, "/", &[], b"{}").status, 401);
    process.signal("TERM");
    assert_eq!(process.wait().code(), Some(0));
}

#[test]
fn a_second_signal_ends_it_at_once() {
    let sandbox = Sandbox::new();
    let mut process = Process::start(&sandbox, &FLAGS);
    let url = ready(&process);
    let mut client = Client::connect(&url);
    client.send("POST / HTTP/1.1\r\nhost: x\r\nexpect: 100-continue\r\ncontent-length: 5\r\n\r\n");
    assert_eq!(client.answer().status, 100);
    let start = Instant::now();
    process.signal("TERM");
    wait_until_refused(&url);
    process.signal("TERM");
    let status = process.wait();
    assert_eq!((status.code(), status.signal()), (Some(0), None));
    assert!(start.elapsed().as_secs() < 4, "it did not wait for the request in flight");
}

/// Waits until the server accepts no more connections.
fn wait_until_refused(url: &str) {
    let address = url.trim_start_matches("http://").trim_end_matches('/');
    let start = Instant::now();
    while std::net::TcpStream::connect(address).is_ok() {
        assert!(start.elapsed() < DEADLINE, "still accepts connections");
    }
}

#[test]
fn a_reader_that_goes_away_is_a_quiet_end() {
    let sandbox = Sandbox::new();
    let mut process = Process::start_unread(&sandbox, &FLAGS);
    let url = url(&process.first_line());
    process.close_stdout();
    assert_eq!(post(&url, "/", &[], b"{}").status, 401);
    assert_eq!(process.wait().code(), Some(0));
    assert_eq!(process.stderr.bytes(), b"");
}

#[test]
fn a_reader_that_goes_away_does_not_make_what_is_waited_for_come() {
    let sandbox = Sandbox::new().with_real_clock();
    let args = [&FLAGS[..], &["--until", "batch.failed"]].concat();
    let mut process = Process::start_unread(&sandbox, &args);
    let url = url(&process.first_line());
    process.close_stdout();
    let body = br#"{"type":"batch.succeeded"}"#;
    assert_eq!(post(&url, "/", &headers(&sandbox, "msg_1", body), body).status, 200);
    assert_eq!(process.wait().code(), Some(1));
    process.stderr.wait_for(|line| line.contains("and 0 came before its output was closed"));
}

#[test]
fn an_output_that_nobody_reads_holds_no_answer_up() {
    let sandbox = Sandbox::new().with_real_clock();
    let mut process = Process::start_unread(&sandbox, &FLAGS);
    let url = url(&process.first_line());
    let body = format!(r#"{{"type":"batch.failed","pad":"{}"}}"#, "x".repeat(200_000));
    let headers = headers(&sandbox, "msg_1", body.as_bytes());
    let mut client = Client::connect(&url);
    for _ in 0..40 {
        client.post("/", &headers, body.as_bytes());
        assert_eq!(client.answer().status, 200);
    }
    process.read_on();
    let dropped = process.stdout.wait_for(|line| line.contains(r#""type":"dropped""#));
    let dropped: serde_json::Value = serde_json::from_str(&dropped).expect("JSON");
    process.signal("TERM");
    assert_eq!(process.wait().code(), Some(0));
    let summary = process.stdout.wait_for(|line| line.contains(r#""type":"summary""#));
    let summary: serde_json::Value = serde_json::from_str(&summary).expect("JSON");
    assert_eq!((&summary["deliveries"], &summary["not_shown"]), (&40.into(), &dropped["count"]));
    let text = String::from_utf8(process.stdout.bytes()).expect("is text");
    let shown = text.lines().filter(|line| line.contains(r#""type":"delivery""#)).count() as u64;
    assert_eq!(shown + dropped["count"].as_u64().expect("a number"), 40);
}

#[test]
fn an_output_that_nobody_reads_does_not_hold_the_end_up() {
    let sandbox = Sandbox::new();
    let mut process = Process::start_unread(&sandbox, &FLAGS);
    let url = url(&process.first_line());
    let mut client = Client::connect(&url);
    for _ in 0..10 {
        client.post("/", &[], &[b'x'; 100_000]);
        assert_eq!(client.answer().status, 401);
    }
    process.signal("TERM");
    assert_eq!(process.wait().code(), Some(0));
}

#[test]
fn a_lack_of_files_is_waited_out_and_said_once() {
    let sandbox = Sandbox::new();
    let process = Process::start_with_files(&sandbox, &FLAGS, 24);
    let url = ready(&process);
    let crowd: Vec<Client> = (0..40).map(|_| Client::connect(&url)).collect();
    process.stderr.wait_for(|line| line.contains("cannot accept connections for now"));
    drop(crowd);
    assert_eq!(post(&url, "/", &[], b"{}").status, 401);
    let said = String::from_utf8(process.stderr.bytes()).expect("is text");
    assert_eq!(said.lines().count(), 1, "{said}");
}
