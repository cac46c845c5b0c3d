//! The body of deliveries: a sample with a fresh time and id each, or bytes that were given.

use std::borrow::Cow;
use std::path::Path;

use bytes::Bytes;
use jiff::Timestamp;
use serde_json::json;

use crate::error::Failure;
use crate::event::catalog;
use crate::event::{Change, EditError, Event, edit, type_of};
use crate::json;
use crate::random::{Random, uuid};
use crate::session::Session;

/// The path of the event's own time and of the job's id in an envelope.
const TIMESTAMP: &str = "timestamp";
const JOB_ID: &str = "data.id";
/// A job id for a type that has no sample.
const SOME_JOB: &str = "job_123456";
/// So many random characters keep ids apart, also where they are digits only.
const FRESH: usize = 12;

/// What is sent.
#[derive(Debug)]
pub(super) enum Body {
    /// The same bytes each time.
    Fixed(Bytes),
    /// Text with places that are filled anew for each delivery.
    Fresh(Vec<Part>),
}

#[derive(Debug)]
pub(super) enum Part {
    Text(String),
    Timestamp,
    /// A job id that looks like this one.
    JobId(String),
}

impl Body {
    /// The sample of an event type with `changes` made to it, and its type after them.
    pub(super) fn sample(
        name: &str,
        changes: Vec<Change>,
        random: &dyn Random,
    ) -> Result<(Self, Option<String>), Failure> {
        let minimal =
            || json!({"type": name, "version": "v1", "timestamp": "", "data": {"id": SOME_JOB}}).to_string();
        let sample = catalog::find(name).map_or_else(minimal, |event| event.sample.trim_end().to_owned());
        let job_id = Event::parse(sample.as_bytes()).and_then(|event| event.job_id()).unwrap_or_default();
        // The places are marked with text that nobody can have written, so that a place that a change
        // overwrites is simply gone.
        let mark = uuid(random);
        let (time_mark, id_mark) = (format!("{mark}-time"), format!("{mark}-id"));
        let marked = [Change::at(TIMESTAMP, &time_mark), Change::at(JOB_ID, &id_mark)].into_iter();
        let all: Vec<Change> = marked.chain(changes).collect();
        let text = edit(&sample, &all).map_err(cannot_change)?;
        let parts = split(&text, &time_mark)
            .into_iter()
            .flat_map(|piece| match piece {
                Some(text) => split(text, &id_mark)
                    .into_iter()
                    .map(|piece| {
                        piece.map_or_else(|| Part::JobId(job_id.clone()), |text| Part::Text(text.to_owned()))
                    })
                    .collect::<Vec<Part>>(),
                None => vec![Part::Timestamp],
            })
            .collect();
        let event_type = type_of(text.as_bytes()).map(Cow::into_owned);
        Ok((Body::Fresh(parts), event_type))
    }

    /// Bytes that were given, as they are where there are no changes, and the type of the event in them.
    pub(super) fn given(bytes: &[u8], changes: &[Change]) -> Result<(Self, Option<String>), Failure> {
        let bytes = match changes {
            [] => Bytes::copy_from_slice(bytes),
            _ => {
                let text = str::from_utf8(bytes).map_err(|_| cannot_change(EditError::NotJson))?;
                edit(text, changes).map_err(cannot_change)?.into()
            }
        };
        let event_type = type_of(&bytes).map(Cow::into_owned);
        Ok((Body::Fixed(bytes), event_type))
    }

    /// The bytes of a delivery that is stamped `seconds` after the Unix epoch.
    pub(super) fn bytes(&self, seconds: i64, random: &dyn Random) -> Bytes {
        let parts = match self {
            Body::Fixed(bytes) => return bytes.clone(),
            Body::Fresh(parts) => parts,
        };
        let mut text = String::with_capacity(self.len());
        for part in parts {
            match part {
                Part::Text(fixed) => text.push_str(fixed),
                Part::Timestamp => text.push_str(&rfc3339(seconds)),
                Part::JobId(example) => text.push_str(&fresh_id(example, random)),
            }
        }
        text.into()
    }

    /// About how many bytes there are.
    pub(super) fn len(&self) -> usize {
        match self {
            Body::Fixed(bytes) => bytes.len(),
            Body::Fresh(parts) => parts
                .iter()
                .map(|part| match part {
                    Part::Text(text) => text.len(),
                    Part::Timestamp | Part::JobId(_) => 2 * FRESH,
                })
                .sum(),
        }
    }
}

/// The changes that the flags ask for: metadata first, so that `--set` can reach into it.
pub(super) fn changes(metadata: &[(String, String)], set: &[(String, String)]) -> Vec<Change> {
    let place = |key: &String| vec!["user_metadata".to_owned(), key.clone()];
    let metadata = metadata.iter().map(|(key, value)| Change { path: place(key), value: value.clone() });
    metadata.chain(set.iter().map(|(path, value)| Change::at(path, value))).collect()
}

/// Whether `--data` reads standard input.
pub(super) fn reads_stdin(data: &str) -> bool {
    matches!(data, "-" | "@-")
}

/// The bytes that `--data` names.
pub(super) fn read(data: &str, session: &Session) -> Result<Vec<u8>, Failure> {
    if reads_stdin(data) {
        return session.read_input(None);
    }
    if let Some(file) = data.strip_prefix('@') {
        return session.read_input(Some(Path::new(file)));
    }
    // Bytes that are not JSON can be sent from a file; as text they are a file's name without its @.
    json::parse(data).map_err(|error| {
        let failure = Failure::usage("--data is neither @FILE, - nor JSON text").because(error);
        if session.directory.join(data).is_file() {
            failure.hint(format!("write --data @{data} to send the file"))
        } else {
            failure.hint("write --data @FILE to send a file, --data - to send stdin")
        }
    })?;
    Ok(data.as_bytes().to_vec())
}

fn cannot_change(error: EditError) -> Failure {
    Failure::usage("the body cannot be changed as --set or --user-metadata says").because(error)
}

/// `text` cut at each `mark`; `None` stands for the mark.
fn split<'a>(text: &'a str, mark: &str) -> Vec<Option<&'a str>> {
    let mut pieces = Vec::new();
    for (index, piece) in text.split(mark).enumerate() {
        if index > 0 {
            pieces.push(None);
        }
        pieces.push(Some(piece));
    }
    pieces
}

fn rfc3339(seconds: i64) -> String {
    // A header may hold any number of seconds; the event's own time stays a time.
    Timestamp::from_second(seconds).unwrap_or(Timestamp::UNIX_EPOCH).to_string()
}

/// An id in the shape of `example`: what stands before its first `_` stays, digits stay digits and
/// letters stay letters, and there are enough of them.
fn fresh_id(example: &str, random: &dyn Random) -> String {
    let (prefix, shape) = match example.split_once('_') {
        Some((prefix, shape)) if !shape.is_empty() => (prefix, shape),
        _ => ("", example),
    };
    let length = shape.len().max(FRESH);
    let mut entropy = vec![0u8; length];
    random.fill(&mut entropy);
    let mut id = String::with_capacity(prefix.len() + 1 + length);
    id.push_str(prefix);
    if !prefix.is_empty() {
        id.push('_');
    }
    id.extend(shape.chars().cycle().zip(entropy).map(|(model, byte)| match model {
        'a'..='z' => char::from(b'a' + byte % 26),
        'A'..='Z' => char::from(b'A' + byte % 26),
        '0'..='9' => char::from(b'0' + byte % 10),
        other => other,
    }));
    id
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::catalog::CATALOG;
    use crate::random::SeededRandom;

    fn text(body: &Body, random: &dyn Random) -> String {
        String::from_utf8(body.bytes(1_769_083_200, random).to_vec()).expect("UTF-8")
    }

    #[test]
    fn every_sample_differs_in_its_time_and_id_alone() {
        let random = SeededRandom::new(1);
        for event in CATALOG {
            let (body, event_type) = Body::sample(event.name, Vec::new(), &random).expect("made");
            assert_eq!(event_type.as_deref(), Some(event.name));
            let (one, two) = (text(&body, &random), text(&body, &random));
            assert_ne!(one, two, "ids are fresh");
            let parsed = |text: &str| serde_json::from_str::<serde_json::Value>(text).expect("JSON");
            let (mut one, sample) = (parsed(&one), parsed(event.sample));
            assert_eq!(one["timestamp"], "2026-01-22T12:00:00Z");
            assert_ne!(one["data"]["id"], sample["data"]["id"]);
            one["data"]["id"] = sample["data"]["id"].clone();
            assert_eq!(one, sample);
        }
    }

    #[test]
    fn ids_keep_their_shape() {
        let random = SeededRandom::new(1);
        let id = fresh_id("batch_123456", &random);
        let digits = id.strip_prefix("batch_").expect("the prefix stays");
        assert!(digits.len() == FRESH && digits.bytes().all(|byte| byte.is_ascii_digit()), "{id}");
        let id = fresh_id("v1_ChdPU0Y0YWFtNk", &random);
        assert!(id.starts_with("v1_") && id.len() == 17, "{id}");
        assert_eq!(fresh_id("", &random), "");
    }

    #[test]
    fn a_change_wins_over_what_is_fresh() {
        let random = SeededRandom::new(1);
        let set = changes(
            &[("a.b".to_owned(), "1".to_owned())],
            &[("data.id".to_owned(), "mine".to_owned()), ("timestamp".to_owned(), "null".to_owned())],
        );
        let (body, _) = Body::sample("batch.expired", set, &random).expect("made");
        let expected = r#"{"type":"batch.expired","version":"v1","timestamp":null,"data":{"id":"mine"},"user_metadata":{"a.b":1}}"#;
        assert_eq!(text(&body, &random), expected);
    }

    #[test]
    fn an_unknown_type_has_a_minimal_envelope() {
        let random = SeededRandom::new(1);
        let (body, event_type) = Body::sample("model.\"tuned\"", Vec::new(), &random).expect("made");
        assert_eq!(event_type.as_deref(), Some("model.\"tuned\""));
        let event: serde_json::Value = serde_json::from_str(&text(&body, &random)).expect("JSON");
        assert_eq!(event["timestamp"], "2026-01-22T12:00:00Z");
        assert!(event["data"]["id"].as_str().expect("an id").starts_with("job_"));
    }

    #[test]
    fn given_bytes_stay_unless_they_are_changed() {
        let bytes = b"{ \"type\": \"x\",\n \"n\": 1e2 }\n";
        let (body, event_type) = Body::given(bytes, &[]).expect("made");
        assert_eq!(event_type.as_deref(), Some("x"));
        assert_eq!(body.bytes(0, &SeededRandom::new(1)).as_ref(), bytes);
        let (body, _) = Body::given(bytes, &[Change::at("type", "y")]).expect("made");
        assert_eq!(text(&body, &SeededRandom::new(1)), r#"{"type":"y","n":1e2}"#);
        assert!(Body::given(b"\xff", &[Change::at("a", "1")]).is_err());
    }
}
