//! `gwh jobs` against `gwh emulator`: each kind of job from its submission to its result.

use serde_json::Value;

use super::assert_ends;
use crate::support::{Output, Sandbox};

const WAIT: [&str; 3] = ["--wait", "--interval", "50ms"];

fn submit(sandbox: &Sandbox, args: &[&str], model: &str) -> Output {
    sandbox.run(&[&["jobs", "submit"], args, &["--model", model]].concat())
}

#[test]
fn a_file_of_requests_becomes_a_file_of_answers() {
    let (_emulator, sandbox) = Sandbox::emulated(&[]);
    let request =
        |key: &str| format!(r#"{{"key":"{key}","request":{{"contents":[{{"parts":[{{"text":"hi"}}]}}]}}}}"#);
    sandbox.file("requests.jsonl", format!("{}\n{}\n", request("a"), request("b")));
    let id = submit(&sandbox, &["batch", "requests.jsonl"], "gemini-flash-latest").out().trim().to_owned();
    let pointer = sandbox.run(&["jobs", "wait", &id, "--interval", "50ms"]).out().trim().to_owned();
    assert!(pointer.starts_with("files/"), "{pointer}");
    assert_ends(&sandbox.run(&["jobs", "download", &pointer, "-o", "r.jsonl"]), 0, "r.jsonl\n", &[]);
    let results = std::fs::read_to_string(sandbox.path().join("r.jsonl")).expect("is there");
    let keys: Vec<Value> = results
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("JSON")["key"].take())
        .collect();
    assert_eq!(keys, ["a", "b"]);
    assert_eq!(sandbox.run(&["jobs", "list", "--json"]).json()["id"], id.as_str());
}

#[test]
fn an_interaction_and_a_video_are_waited_for_and_fetched() {
    let (_emulator, sandbox) = Sandbox::emulated(&[]);
    let output = submit(&sandbox, &[&["interaction", "Tell me a joke"], &WAIT[..]].concat(), "m");
    assert_eq!(output.code, 0, "{output:?}");
    let text = sandbox.run(&["jobs", "download", output.out().trim(), "-o", "-"]);
    assert!(text.code == 0 && text.out().ends_with('\n') && text.out().len() > 1, "{text:?}");
    let output = submit(&sandbox, &[&["video", "A cat"], &WAIT[..]].concat(), "veo");
    let video = sandbox.run(&["jobs", "download", output.out().trim(), "-o", "v.mp4"]);
    assert_ends(&video, 0, "v.mp4\n", &[]);
}

#[test]
fn a_job_that_ends_badly_is_exit_1() {
    let (_emulator, sandbox) = Sandbox::emulated(&[]);
    let run = |args: &[&str], model: &str| submit(&sandbox, &[args, &WAIT[..]].concat(), model);
    assert_ends(&run(&["interaction", "hi"], "m-that-fails"), 1, "", &["error: v1_", " failed: "]);
    assert_ends(
        &run(&["batch", "--request", "hi"], "m-that-expires"),
        1,
        "",
        &["error: batches/", " expired"],
    );
    let id = submit(&sandbox, &["batch", "--request", "hi"], "m").out().trim().to_owned();
    assert_eq!(sandbox.run(&["jobs", "cancel", &id]).code, 0);
    let output = sandbox.run(&["jobs", "wait", &id, "--interval", "50ms"]);
    assert_ends(&output, 1, "", &["was cancelled"]);
}
