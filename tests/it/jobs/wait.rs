//! `gwh jobs wait`: exit codes and stdout as scripts use them, polling, deadlines and trouble on the way.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::{Value, json};

use super::{
    BATCH, INTERACTION, OPERATION, assert_ends, batch, completed, interaction, ok, succeeded, video,
};
use crate::support::{ApiReply as Reply, Output, ScriptedApi};

fn wait(api: &ScriptedApi, id: &str, more: &[&str]) -> Output {
    api.sandbox().run(&[&["jobs", "wait", id, "--interval", "1ms"], more].concat())
}

/// Waits for a job that the API answers with `last` at once.
fn ended(id: &str, last: Value, more: &[&str]) -> Output {
    wait(&ScriptedApi::script([ok(last)]), id, more)
}

#[test]
fn success_is_exit_0_with_the_pointer_on_stdout() {
    let running = || ok(batch("RUNNING", json!({})));
    let api = ScriptedApi::script([ok(batch("PENDING", json!({}))), running(), running(), ok(succeeded())]);
    let output = wait(&api, BATCH, &[]);
    let told = ["waiting for batches/123456, which is pending", "batches/123456 is running"];
    assert_ends(&output, 0, "files/batch-123456\n", &told);
    assert_eq!(output.err().lines().count(), 2, "a state is told once: {output:?}");
    assert_eq!(api.lines(), vec![format!("GET /v1/{BATCH}"); 4]);

    assert_ends(&ended(INTERACTION, completed("hi"), &[]), 0, "v1_abc\n", &[]);
    assert_ends(&ended(OPERATION, video("gs://bucket/v.mp4"), &[]), 0, "gs://bucket/v.mp4\n", &[]);
    let document = ended(BATCH, succeeded(), &["--json"]).json();
    assert_eq!((&document["type"], &document["state"]), (&json!("job"), &json!("succeeded")));
}

#[test]
fn a_job_without_a_result_is_exit_1_with_its_error_on_stderr() {
    let error = json!({"done": true, "error": {"code": 13, "message": "out of luck", "status": "INTERNAL"}});
    let failed = || batch("FAILED", error.clone());
    assert_ends(
        &ended(BATCH, failed(), &[]),
        1,
        "",
        &["error: batches/123456 failed: INTERNAL: out of luck"],
    );
    assert_ends(&ended(BATCH, batch("EXPIRED", json!({})), &[]), 1, "", &["batches/123456 expired"]);
    assert_ends(&ended(INTERACTION, interaction("cancelled"), &[]), 1, "", &["v1_abc was cancelled"]);
    for word in ["incomplete", "budget_exceeded", "requires_continuation"] {
        let output = ended(INTERACTION, interaction(word), &[]);
        assert_ends(&output, 1, "", &["v1_abc ended before it was done"]);
    }
    let action = ended(INTERACTION, interaction("requires_action"), &[]);
    assert_ends(&action, 1, "", &["v1_abc waits for an action", "gwh jobs get v1_abc --json"]);
    let video = json!({"name": OPERATION, "done": true, "error": {"code": 3, "message": "blocked"}});
    assert_ends(&ended(OPERATION, video, &[]), 1, "", &["op123 failed: blocked"]);

    let output = ended(BATCH, failed(), &["--json"]);
    assert_eq!(
        (output.code, &output.json()["error"]),
        (1, &json!({"code": "INTERNAL", "message": "out of luck"}))
    );
    let error: Value = serde_json::from_str(output.err()).expect("one object");
    assert_eq!((&error["type"], &error["kind"]), (&json!("error"), &json!("negative")));
}

#[test]
fn a_wait_ends_at_its_deadline_whatever_the_api_says() {
    type Answer = fn() -> Reply;
    let cases: [(Answer, &str); 3] = [
        (|| ok(batch("RUNNING", json!({}))), "it is running"),
        (|| ok(batch("NEW", json!({}))), "it is BATCH_STATE_NEW"),
        (Reply::hang, "the API did not say"),
    ];
    for (reply, word) in cases {
        let api = ScriptedApi::answering(move |_| reply());
        let output = wait(&api, BATCH, &["--timeout", "150ms"]);
        assert_ends(
            &output,
            1,
            "",
            &["batches/123456 was not done within", word, "gwh jobs wait batches/123456"],
        );
    }
}

#[test]
fn trouble_on_the_way_is_waited_out_and_a_refusal_is_not() {
    let running = || ok(batch("RUNNING", json!({})));
    let mut trouble: Vec<Reply> = vec![running()];
    trouble.extend((0..9).map(|_| Reply::unavailable(0)));
    let api = ScriptedApi::script(trouble.into_iter().chain([ok(succeeded())]));
    let output = wait(&api, BATCH, &[]);
    assert_ends(
        &output,
        0,
        "files/batch-123456\n",
        &["warning: cannot look up batches/123456", "still trying"],
    );
    assert_eq!(output.err().matches("still trying").count(), 1);

    let api = ScriptedApi::script([running(), Reply::not_found()]);
    assert_ends(&wait(&api, BATCH, &[]), 4, "", &["cannot look up batches/123456", "404 (NOT_FOUND)"]);
    // An API that never answered is probably the wrong one.
    let api = ScriptedApi::answering(|_| Reply::unavailable(0));
    assert_ends(&wait(&api, BATCH, &[]), 4, "", &["cannot look up batches/123456 (4 attempts)"]);
}

#[test]
fn an_api_that_asks_to_be_left_alone_is_left_alone() {
    let busy = || Reply::json(429, json!({})).header("retry-after", "3600");
    let api = ScriptedApi::script([ok(batch("RUNNING", json!({}))), busy()]);
    let output = wait(&api, BATCH, &["--timeout", "500ms"]);
    assert_ends(&output, 1, "", &["still trying", "was not done within"]);
    assert_eq!(api.requests().len(), 2);
}

#[test]
fn an_interrupt_ends_the_wait_and_not_the_job() {
    let api = ScriptedApi::answering(|_| ok(batch("RUNNING", json!({}))));
    let running = api.sandbox().start(&["jobs", "wait", BATCH]);
    running.stderr.wait_for(|line| line.contains("waiting for"));
    let output = running.stop();
    assert_ends(&output, 130, "", &["gwh jobs wait batches/123456 waits again", "gwh jobs cancel"]);
}

#[test]
fn an_event_that_a_listener_keeps_ends_the_wait_before_the_api_is_asked_again() {
    let is_done = Arc::new(AtomicBool::new(false));
    let done = is_done.clone();
    let api = ScriptedApi::answering(move |_| match done.load(Ordering::Relaxed) {
        true => ok(succeeded()),
        false => ok(batch("RUNNING", json!({}))),
    });
    let sandbox = api.sandbox();
    let (_listener, to) = sandbox.listen(&[]);
    let trigger = |id: &str| {
        let data = format!("data.id={id}");
        let sent = sandbox.run(&["trigger", "batch.succeeded", "--to", &to, "--set", &data]);
        assert_eq!(sent.code, 0, "{sent:?}");
    };
    // What was kept before says nothing of what comes.
    trigger(BATCH);
    let waiting = sandbox.start(&["jobs", "wait", BATCH, "--interval", "1h"]);
    waiting.stderr.wait_for(|line| line.contains("waiting for"));
    trigger("batches/7");
    is_done.store(true, Ordering::Relaxed);
    trigger("batch_123456");
    assert_ends(&waiting.wait(), 0, "files/batch-123456\n", &["gwh listen has verified an event about it"]);
    assert_eq!(api.lines().len(), 2);
}

#[test]
fn a_store_that_cannot_be_read_is_said_and_the_api_is_asked_all_the_same() {
    let api = ScriptedApi::script([ok(batch("RUNNING", json!({}))), ok(succeeded())]);
    let sandbox = api.sandbox();
    let folder = sandbox.path().join("home/.local/share/gwh/profiles/default");
    std::fs::create_dir_all(&folder).expect("a folder");
    std::fs::write(folder.join("deliveries.db"), "no database").expect("writes");
    let output = sandbox.run(&["jobs", "wait", BATCH, "--interval", "1ms"]);
    assert_ends(&output, 0, "files/batch-123456\n", &["cannot look for events", "asking the API alone"]);
}
