//! `gwh jobs` against a scripted API and against the emulator.

mod config;
mod download;
mod emulator;
mod reading;
mod resolve;
mod submit;
mod upload;
mod wait;

use serde_json::{Value, json};

use crate::support::Output;
use crate::support::api::ok;

const BATCH: &str = "batches/123456";
const INTERACTION: &str = "v1_abc";
const OPERATION: &str = "models/veo-3.1-generate-preview/operations/op123";

/// A batch as the API answers it, with what more is said of it.
fn batch(state: &str, more: Value) -> Value {
    let mut batch = json!({"name": BATCH, "metadata": {
        "@type": "type.googleapis.com/google.ai.generativelanguage.v1main.GenerateContentBatch",
        "model": "models/gemini-3.8-flash", "displayName": "My Setup", "createTime": "2026-05-05T00:00:00Z",
        "batchStats": {"requestCount": "1"}, "state": format!("BATCH_STATE_{state}"), "name": BATCH}});
    for (key, value) in more.as_object().expect("an object") {
        batch[key] = value.clone();
    }
    batch
}

/// A batch whose results are in a file.
fn succeeded() -> Value {
    batch("SUCCEEDED", json!({"done": true, "response": {"responsesFile": "files/batch-123456"}}))
}

/// An interaction as the API answers it.
fn interaction(status: &str) -> Value {
    json!({"id": INTERACTION, "object": "interaction", "status": status, "created": "2026-07-23T10:21:43Z",
        "model": "gemini-3.8-flash"})
}

/// An interaction that said something.
fn completed(text: &str) -> Value {
    let mut interaction = interaction("completed");
    interaction["steps"] = json!([{"type": "model_output", "content": [{"type": "text", "text": text}]}]);
    interaction
}

/// A video operation that is done, with its video at `uri`.
fn video(uri: &str) -> Value {
    json!({"name": OPERATION, "done": true,
        "response": {"generateVideoResponse": {"generatedSamples": [{"video": {"uri": uri}}]}}})
}

#[track_caller]
fn assert_ends(output: &Output, code: u8, stdout: &str, words: &[&str]) {
    assert_eq!((output.code, output.out()), (code, stdout), "{output:?}");
    for word in words {
        assert!(output.err().contains(word), "{word:?} is missing: {output:?}");
    }
}
