//! `gwh listen` in scripts: when it ends by itself, and with which exit code.

use crate::support::Sandbox;
use crate::support::delivery::signed;
use crate::support::http::post;

fn send(sandbox: &Sandbox, url: &str, id: &str, event_type: &str, job: &str) -> u16 {
    let body = format!(r#"{{"type":"{event_type}","data":{{"id":"{job}"}}}}"#);
    post(url, "/", &signed(sandbox, id, &body), body.as_bytes()).status
}

#[test]
fn until_ends_at_the_first_event_that_matches() {
    let sandbox = Sandbox::new();
    let (running, url) = sandbox.listen(&["--until", "batch.*", "--timeout", "1h"]);
    assert_eq!(
        post(&url, "/", &[], br#"{"type":"batch.failed"}"#).status,
        401,
        "what is forged does not count"
    );
    assert_eq!(send(&sandbox, &url, "msg_1", "video.generated", "v"), 200);
    assert_eq!(send(&sandbox, &url, "msg_2", "batch.succeeded", "b"), 200, "it is answered before the end");
    let output = running.wait();
    assert_eq!((output.code, output.err()), (0, ""));
    assert_eq!(output.json_lines().last().expect("a summary")["type"], "summary");
}

#[test]
fn count_counts_what_is_waited_for() {
    let sandbox = Sandbox::new();
    let (running, url) = sandbox.listen(&["--count", "2", "--until", "batch.*"]);
    for (id, event_type) in
        [("msg_1", "batch.failed"), ("msg_2", "video.generated"), ("msg_3", "batch.failed")]
    {
        assert_eq!(send(&sandbox, &url, id, event_type, "b"), 200);
    }
    let output = running.wait();
    assert_eq!(output.code, 0);
    assert_eq!(output.json_lines().last().expect("a summary")["verified"], 3);
}

#[test]
fn every_expectation_must_hold_for_one_event() {
    let sandbox = Sandbox::new();
    let flags = ["--expect", "data.id=b_2", "--expect", "type=batch.succeeded"];
    let (running, url) = sandbox.listen(&flags);
    for (event_type, job) in [("batch.succeeded", "b_1"), ("batch.failed", "b_2"), ("batch.succeeded", "b_2")]
    {
        assert_eq!(send(&sandbox, &url, job, event_type, job), 200);
    }
    let output = running.wait();
    assert_eq!(output.code, 0);
    assert_eq!(output.json_lines().last().expect("a summary")["verified"], 3);
}

#[test]
fn what_does_not_come_in_time_is_exit_1_and_says_what_came() {
    let sandbox = Sandbox::new();
    let running = sandbox.start(&[
        "listen",
        "--port",
        "0",
        "--ready-file",
        "ready",
        "--timeout",
        "400ms",
        "--until",
        "batch.succeeded",
        "--expect",
        "data.id=b_1",
    ]);
    running.stderr.wait_for(|line| line.starts_with("Ready on"));
    let url = std::fs::read_to_string(sandbox.path().join("ready")).expect("is ready");
    assert_eq!(send(&sandbox, url.trim(), "msg_1", "batch.succeeded", "b_2"), 200);
    assert_eq!(post(url.trim(), "/", &[], b"{}").status, 401);
    let output = running.wait();
    assert_eq!(output.code, 1);
    let error = output.err().split_once("error: ").expect("an error").1;
    assert_eq!(
        error,
        "waited for 1 delivery of batch.succeeded with data.id=b_1, and 0 came within 400ms\n  \
         hint: what came: batch.succeeded (1)\n  \
         hint: the last one had data.id=b_2\n  \
         hint: 1 did not verify; --fail-on-invalid ends at the first of them and says why\n"
    );
}

#[test]
fn a_timeout_alone_ends_well_and_a_stop_before_the_goal_does_not() {
    let sandbox = Sandbox::new();
    let (running, _) = sandbox.listen(&["--timeout", "50ms"]);
    assert_eq!(running.wait().code, 0);
    let (running, _) = sandbox.listen(&["--count", "1"]);
    let output = running.stop();
    assert_eq!(output.code, 1);
    let error: serde_json::Value = serde_json::from_str(output.err()).expect("JSON");
    assert_eq!(
        (&error["kind"], &error["message"]),
        (&"negative".into(), &"waited for 1 delivery, and 0 came before it was stopped".into())
    );
}

#[test]
fn an_invalid_delivery_ends_a_strict_run() {
    let sandbox = Sandbox::new();
    let (running, url) = sandbox.listen(&["--fail-on-invalid", "--count", "5"]);
    assert_eq!(send(&sandbox, &url, "msg_1", "batch.failed", "b"), 200);
    let mut headers = signed(&sandbox, "msg_2", "{}");
    headers.remove(2);
    assert_eq!(post(&url, "/", &headers, b"{}").status, 401, "it is answered before the end");
    let output = running.wait();
    assert_eq!(output.code, 1);
    assert!(output.err().contains("missing header: missing webhook-signature"), "{}", output.err());
}

#[test]
fn filtered_events_are_answered_and_counted_but_not_shown() {
    let sandbox = Sandbox::new();
    let (running, url) = sandbox.listen(&["-e", "batch.*,video.generated", "--exclude", "*.failed"]);
    for event_type in ["batch.succeeded", "batch.failed", "interaction.completed", "video.generated"] {
        assert_eq!(send(&sandbox, &url, event_type, event_type, "x"), 200);
    }
    assert_eq!(post(&url, "/", &[], b"{}").status, 401);
    let lines = running.stop().json_lines();
    let shown: Vec<_> = lines
        .iter()
        .filter(|line| line["type"] == "delivery")
        .map(|line| line["event_type"].clone())
        .collect();
    assert_eq!(
        shown,
        serde_json::json!(["batch.succeeded", "video.generated", null])
            .as_array()
            .expect("a list")
            .as_slice()
    );
    let summary = lines.last().expect("a summary");
    assert_eq!(
        (&summary["filtered"], &summary["verified"], &summary["invalid"]),
        (&2.into(), &4.into(), &1.into())
    );
}

#[test]
fn the_ready_file_holds_the_url_while_deliveries_are_taken() {
    let sandbox = Sandbox::new();
    let (running, url) = sandbox.listen(&["--ready-file", "ready"]);
    let file = sandbox.path().join("ready");
    assert_eq!(std::fs::read_to_string(&file).expect("is there"), format!("{url}\n"));
    assert_eq!(running.stop().code, 0);
    assert!(!file.exists());
    let output = sandbox.run(&["listen", "--port", "0", "--ready-file", "no/such/folder"]);
    assert_eq!(output.code, 3);
}

#[cfg(unix)]
#[test]
fn a_ready_file_that_is_no_file_stays_what_it_is() {
    let sandbox = Sandbox::new();
    let pipe = sandbox.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().expect("runs").success());
    let (running, url) = sandbox.listen(&["--ready-file", "pipe"]);
    assert_eq!(std::fs::read_to_string(&pipe).expect("is told"), format!("{url}\n"));
    assert_eq!(running.stop().code, 0);
    assert!(std::os::unix::fs::FileTypeExt::is_fifo(&pipe.metadata().expect("stays").file_type()));

    let (target, link) = (sandbox.file("target", b""), sandbox.path().join("link"));
    std::os::unix::fs::symlink(&target, &link).expect("links");
    let (running, url) = sandbox.listen(&["--ready-file", "link"]);
    assert_eq!(std::fs::read_to_string(&target).expect("is there"), format!("{url}\n"));
    assert_eq!(running.stop().code, 0);
    assert!(link.is_symlink() && !target.exists());
}
