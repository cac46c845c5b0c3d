//! Every request of the webhooks resource that Google's SDKs were recorded sending, sent again as it
//! was, gets an answer of the recorded shape.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::recorded::Recorded;
use super::{Emulator, document, text};
use crate::support::Sandbox;

const RECORDINGS: [(&str, &str); 4] = [
    ("js-2.32.0", include_str!("../../fixtures/sdk/js-2.32.0.json")),
    ("js-3.1.0", include_str!("../../fixtures/sdk/js-3.1.0.json")),
    ("py-2.34.0", include_str!("../../fixtures/sdk/py-2.34.0.json")),
    ("py-3.4.0", include_str!("../../fixtures/sdk/py-3.4.0.json")),
];

/// The keys of a document and the types of its values; a list has the shape of its first element.
fn shape(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let members = members.iter().map(|(key, value)| (key.clone(), shape(value)));
            Value::Object(members.collect::<Map<_, _>>())
        }
        Value::Array(elements) => json!(elements.first().map(shape).into_iter().collect::<Vec<_>>()),
        Value::String(_) => json!("string"),
        Value::Number(_) => json!("number"),
        Value::Bool(_) => json!("boolean"),
        Value::Null => json!("null"),
    }
}

/// The recording's server answered one request in the other shape of errors, on purpose.
fn is_status_shape(recorded: &Recorded) -> bool {
    recorded.answer.pointer("/error/status").is_some()
}

#[test]
fn every_recorded_request_gets_an_answer_of_the_recorded_shape() {
    let sandbox = Sandbox::new();
    let mut replayed = BTreeMap::new();
    for (name, recording) in RECORDINGS {
        let recorded = Recorded::all(recording);
        // The documentation's own sample subscribes to a type that only the documentation has.
        let mut strings = Emulator::start(&sandbox, &["--accept-documented-events"]);
        let mut statuses = Emulator::start(&sandbox, &["--webhook-errors", "status"]);
        let mut id = "none".to_owned();
        for request in &recorded {
            let emulator = if is_status_shape(request) { &mut statuses } else { &mut strings };
            emulator.client.send(request.bytes(&[("{id}", &id)]));
            let answer = emulator.client.answer();
            let what = format!("{name} {}: {answer:?}", request.label);
            assert_eq!(answer.status, request.status, "{what}");
            assert_eq!(answer.header("content-type"), Some("application/json; charset=UTF-8"), "{what}");
            let document = document(&answer);
            assert_eq!(shape(&document), request.answer, "{what}");
            if request.label == "webhooks.create" {
                id = text(&document, "/id");
            }
        }
        replayed.insert(name, recorded.len());
    }
    assert_eq!(replayed.into_values().collect::<Vec<_>>(), [13, 13, 12, 12]);
}
