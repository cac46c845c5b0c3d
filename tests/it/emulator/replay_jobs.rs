//! Every request about jobs that Google's SDKs were recorded sending, sent again as it was, gets an
//! answer that has all that the SDK was content with.

use serde_json::{Value, json};

use super::recorded::Recorded;
use super::{Emulator, document, text};
use crate::support::Sandbox;

const RECORDINGS: [(&str, &str, usize); 4] = [
    ("js-2.32.0", include_str!("../../fixtures/sdk/jobs-js-2.32.0.json"), 15),
    ("js-3.1.0", include_str!("../../fixtures/sdk/jobs-js-3.1.0.json"), 13),
    ("py-2.34.0", include_str!("../../fixtures/sdk/jobs-py-2.34.0.json"), 14),
    ("py-3.4.0", include_str!("../../fixtures/sdk/jobs-py-3.4.0.json"), 13),
];

/// The ids that stand in for those of a recording.
struct Names {
    interaction: String,
    batch: String,
    operation: String,
    file: String,
}

impl Names {
    /// Each beside what stands for it in the recordings.
    fn placeholders(&self) -> [(&str, &str); 4] {
        [
            ("{interaction}", &self.interaction),
            ("{batch}", &self.batch),
            ("{operation}", &self.operation),
            ("{file}", &self.file),
        ]
    }
}

/// Where `found` lacks something that `wanted` has, or has it in another type.
fn lacking(wanted: &Value, found: &Value, at: &str) -> Option<String> {
    match (wanted, found) {
        (Value::Object(wanted), Value::Object(found)) => wanted.iter().find_map(|(key, value)| {
            let at = format!("{at}/{key}");
            match found.get(key) {
                Some(found) => lacking(value, found, &at),
                None => Some(at),
            }
        }),
        (Value::Array(wanted), Value::Array(found)) => match (wanted.first(), found.first()) {
            (Some(wanted), Some(found)) => lacking(wanted, found, &format!("{at}/0")),
            (Some(_), None) => Some(format!("{at}/0")),
            (None, _) => None,
        },
        (Value::String(kind), found) => {
            let is_fine = match kind.as_str() {
                "string" => found.is_string(),
                "number" => found.is_number(),
                "boolean" => found.is_boolean(),
                _ => found.is_null(),
            };
            (!is_fine).then(|| at.to_owned())
        }
        _ => Some(at.to_owned()),
    }
}

/// Jobs that are done, for the requests that ask about some.
fn finished(emulator: &mut Emulator) -> Names {
    let start = r#"{"model":"m","input":"hi","background":true}"#;
    let interaction = text(&emulator.done("POST", "/v1/interactions", Some(start)), "/id");
    let file = emulator.upload("{\"request\":{}}\n");
    let start = json!({"batch": {"displayName": "nightly", "inputConfig": {"fileName": file}}}).to_string();
    let batch = emulator.done("POST", "/v1/models/m:batchGenerateContent", Some(&start));
    let start = r#"{"instances":[{"prompt":"a cat"}]}"#;
    let operation = emulator.done("POST", "/v1/models/veo:predictLongRunning", Some(start));
    let names =
        Names { interaction, batch: text(&batch, "/name"), operation: text(&operation, "/name"), file };
    emulator.until_done(&format!("/v1/{}", names.operation));
    names
}

#[test]
fn every_recorded_request_about_jobs_gets_what_the_sdk_was_content_with() {
    let sandbox = Sandbox::new();
    for (name, recording, count) in RECORDINGS {
        let recorded = Recorded::all(recording);
        assert_eq!(recorded.len(), count, "{name}");
        let mut emulator = Emulator::start(&sandbox, &["--job-delay", "0s"]);
        for request in &recorded {
            let names = finished(&mut emulator);
            emulator.client.send(request.bytes(&names.placeholders()));
            let answer = emulator.client.answer();
            let what = format!("{name} {}: {answer:?}", request.label);
            assert_eq!(answer.status, request.status, "{what}");
            assert_eq!(answer.header("content-type"), Some("application/json; charset=UTF-8"), "{what}");
            assert_eq!(lacking(&request.answer, &document(&answer), ""), None, "{what}");
        }
    }
}
