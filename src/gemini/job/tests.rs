//! Each shape that an answer has been seen in, and what cannot be known.

use super::*;

fn job(kind: JobKind, text: &str) -> Job {
    Job::read(kind, None, text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[test]
fn an_interaction_is_read() {
    let started = r#"{"id":"v1_abc","object":"interaction","status":"in_progress","model":"gemini-3.8-flash",
        "webhook_config":{"uris":["https://a/","https://b/"],"user_metadata":{"n":1e2}}}"#;
    let found = job(JobKind::Interaction, started);
    assert_eq!((found.id.as_str(), &found.state, found.results.len()), ("v1_abc", &JobState::Running, 0));
    assert_eq!(
        found.facts,
        [
            ("model", "gemini-3.8-flash".to_owned()),
            ("webhooks", "https://a/, https://b/".to_owned()),
            ("metadata", "n 1e2".to_owned())
        ]
    );
    let done = r#"{"id":"v1_abc","status":"completed","steps":[{"type":"thought","content":[{"type":"text","text":"hm"}]},
        {"type":"model_output","content":[{"type":"text","text":"h\u0069"},{"type":"text","text":"!"},
        {"type":"video","uri":"https://v/files/x"}]}]}"#;
    let found = job(JobKind::Interaction, done);
    assert_eq!((found.state.prospect(), found.inline().as_deref()), (Prospect::Done, Some("hi!")));
    assert_eq!(found.results, ["https://v/files/x"]);
}

#[test]
fn a_batch_is_read_while_it_runs_and_when_it_is_done() {
    let pending = r#"{"name":"batches/123456","metadata":{"model":"models/m","displayName":"My Setup",
        "batchStats":{"requestCount":"1","pendingRequestCount":"1"},"state":"BATCH_STATE_PENDING"}}"#;
    let found = job(JobKind::Batch, pending);
    assert_eq!((found.id.as_str(), &found.state), ("batches/123456", &JobState::Pending));
    assert_eq!(found.facts.last(), Some(&("requests", "requestCount 1, pendingRequestCount 1".to_owned())));
    let done = r#"{"name":"batches/1","done":true,"metadata":{"state":"BATCH_STATE_SUCCEEDED","output":{"responsesFile":"files/batch-1"}}}"#;
    assert_eq!(job(JobKind::Batch, done).results, ["files/batch-1"]);
    let inline = r#"{"name":"batches/1","done":true,"response":{"inlinedResponses":{"inlinedResponses":[{"response":{"n":1.0}},{"error":{}}]}}}"#;
    let found = job(JobKind::Batch, inline);
    assert_eq!((&found.state, found.results.len()), (&JobState::Succeeded, 0));
    assert_eq!(found.inline().as_deref(), Some("{\"response\":{\"n\":1.0}}\n{\"error\":{}}\n"));
}

#[test]
fn a_video_operation_has_no_state_of_its_own() {
    let name = "models/veo/operations/op1";
    let with = |rest: &str| job(JobKind::Video, &format!(r#"{{"name":"{name}"{rest}}}"#));
    assert_eq!(with("").state, JobState::Running);
    let sample = r#","done":true,"response":{"generateVideoResponse":{"generatedSamples":[{"video":{"uri":"https://a"}},{"video":{"uri":"https://b"}}]}}"#;
    assert_eq!((with(sample).state, with(sample).results.len()), (JobState::Succeeded, 2));
    let failed = with(r#","done":true,"error":{"code":3,"message":"no"}"#);
    assert_eq!(
        (failed.state, failed.error.expect("an error").to_string()),
        (JobState::Failed, "no".to_owned())
    );
}

#[test]
fn every_state_is_known_by_its_words_and_others_pass_through() {
    for (word, state) in [
        ("BATCH_STATE_RUNNING", JobState::Running),
        ("JOB_STATE_SUCCEEDED", JobState::Succeeded),
        ("requires_action", JobState::RequiresAction),
        ("cancelled", JobState::Cancelled),
        ("BATCH_STATE_EXPIRED", JobState::Expired),
        ("BATCH_STATE_PAUSED", JobState::Other("BATCH_STATE_PAUSED".to_owned())),
    ] {
        assert_eq!(JobState::of_word(word), state);
    }
    let paused = |rest: &str| {
        job(JobKind::Batch, &format!(r#"{{"name":"batches/1","metadata":{{"state":"NEW"}}{rest}}}"#))
    };
    assert_eq!(paused("").state.prospect(), Prospect::Open);
    assert_eq!(paused(r#","done":true"#).state, JobState::Succeeded, "done says more than an unknown word");
    assert_eq!(paused(r#","done":true,"error":{"code":1}"#).state, JobState::Failed);
}

#[test]
fn what_the_api_wrote_stays_as_it_was_written() {
    let text =
        "{ \"name\": \"batches/1\",\n \"n\": 12345678901234567890123, \"e\": 1e2, \"s\": \"\\u00e9\" }";
    let written = r#"{"name":"batches/1","n":12345678901234567890123,"e":1e2,"s":"\u00e9"}"#;
    assert_eq!(job(JobKind::Batch, text).raw(), written);
}

#[test]
fn an_answer_without_an_id_is_the_one_that_was_asked_for() {
    let asked = JobId::parse("batches/7").expect("an id");
    assert_eq!(Job::read(JobKind::Batch, Some(&asked), "{}").expect("is read").id, asked);
    assert!(Job::read(JobKind::Batch, None, "{}").is_err());
    assert!(Job::read(JobKind::Batch, Some(&asked), "<html>").is_err());
    assert_eq!(
        Job::read(JobKind::Interaction, None, "[]").expect_err("no id"),
        "it holds no id of an interaction"
    );
}

#[test]
fn an_error_is_shown_with_its_word_and_without_a_bare_number() {
    let shown = |code: Option<&str>, message: Option<&str>| {
        JobError { code: code.map(str::to_owned), message: message.map(str::to_owned) }.to_string()
    };
    assert_eq!(shown(Some("QUOTA"), Some("too much")), "QUOTA: too much");
    assert_eq!(shown(Some("4"), Some("too late")), "too late");
    assert_eq!(shown(Some("4"), None), "4");
    assert_eq!(shown(None, Some("too late")), "too late");
}
