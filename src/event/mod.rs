//! The envelope of an event, read leniently: every field is optional, unknown ones pass through.
//!
//! The service's documentation, its cookbook and articles disagree about fields; whatever is there
//! is shown, and both spellings of a pointer are understood.

pub mod catalog;
mod edit;
mod filter;

use std::borrow::Cow;

pub use edit::{Change, EditError, edit, set_path};
pub use filter::Filter;

use crate::json::{self, Node};

/// A body that is a JSON object, as it was written.
#[derive(Debug, Clone)]
pub struct Event<'a> {
    tree: Node<'a>,
}

impl<'a> Event<'a> {
    /// The event in a body, where the body is a JSON object.
    pub fn parse(body: &'a [u8]) -> Option<Self> {
        // A byte order mark is not JSON, but a body that has one should still be recognised when shown.
        let text = str::from_utf8(body).ok()?;
        match json::parse(text.strip_prefix('\u{feff}').unwrap_or(text)) {
            Ok(tree @ Node::Object(_)) => Some(Event { tree }),
            _ => None,
        }
    }

    /// The whole body.
    pub fn tree(&self) -> &Node<'a> {
        &self.tree
    }

    /// The `type`.
    pub fn type_name(&self) -> Option<Cow<'a, str>> {
        self.tree.get("type").and_then(Node::as_str)
    }

    /// The id of the job that the event is about.
    pub fn job_id(&self) -> Option<String> {
        self.data("id")
    }

    /// What the event says in a line: where the result is, what went wrong, or which job it is about.
    pub fn meaning(&self) -> Option<String> {
        self.pointer().or_else(|| self.error()).or_else(|| self.action()).or_else(|| self.job_id())
    }

    /// Where the result is, in any of the spellings that are in use.
    pub fn pointer(&self) -> Option<String> {
        ["output_file_uri", "video_uri", "file_name", "file_id"].iter().find_map(|name| self.data(name))
    }

    /// The metadata that a dynamic webhook's job was started with, as compact JSON. Where it stands in
    /// the body is undocumented: the top level is looked at first, then `data`.
    pub fn user_metadata(&self) -> Option<String> {
        plain(self.tree.get("user_metadata")).or_else(|| plain(self.tree.at("data.user_metadata")))
    }

    /// What went wrong: the documented pair of fields, or the `error` that articles show, which is text
    /// or an object as the API's own errors are.
    fn error(&self) -> Option<String> {
        let of_pair = reason(self.data("error_code"), self.data("error_message"));
        of_pair.or_else(|| {
            let error = self.tree.at("data.error")?;
            match plain(error.get("message")) {
                Some(message) => reason(plain(error.get("code")), Some(message)),
                None => plain(Some(error)),
            }
        })
    }

    fn action(&self) -> Option<String> {
        if self.type_name()? != "interaction.requires_action" {
            return None;
        }
        let id = self.job_id().unwrap_or_else(|| "the interaction".to_owned());
        Some(match self.data("required_action") {
            Some(action) => format!("{id} waits for {action}"),
            None => format!("{id} waits for an action"),
        })
    }

    fn data(&self, name: &str) -> Option<String> {
        plain(self.tree.get("data")?.get(name))
    }
}

/// A value as a person would write it; none where it is absent, null or empty.
fn plain(node: Option<&Node<'_>>) -> Option<String> {
    node.filter(|node| **node != Node::Literal("null")).map(Node::to_plain).filter(|text| !text.is_empty())
}

fn reason(code: Option<String>, message: Option<String>) -> Option<String> {
    match (code, message) {
        (Some(code), Some(message)) => Some(format!("{code}: {message}")),
        (code, message) => code.or(message),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn meaning(data: &str) -> Option<String> {
        let body = format!(r#"{{"type":"x","data":{data}}}"#);
        Event::parse(body.as_bytes()).expect("an object").meaning()
    }

    #[test]
    fn the_result_is_found_under_every_name_in_use() {
        assert_eq!(meaning(r#"{"id":"1","output_file_uri":"gs://b/r"}"#).as_deref(), Some("gs://b/r"));
        assert_eq!(meaning(r#"{"id":"1","video_uri":"https://v"}"#).as_deref(), Some("https://v"));
        assert_eq!(meaning(r#"{"id":"1","file_id":"f"}"#).as_deref(), Some("f"));
        assert_eq!(meaning(r#"{"id":"1","error_code":"A","error_message":"b"}"#).as_deref(), Some("A: b"));
        assert_eq!(meaning(r#"{"id":"1","error":{"code":3}}"#).as_deref(), Some(r#"{"code":3}"#));
        assert_eq!(meaning(r#"{"id":"1","error":{"code":3,"message":"b"}}"#).as_deref(), Some("3: b"));
        assert_eq!(meaning(r#"{"id":"1","error":"quota"}"#).as_deref(), Some("quota"));
        assert_eq!(meaning(r#"{"id":12345678901234567890123}"#).as_deref(), Some("12345678901234567890123"));
        assert_eq!(meaning("{}"), None);
        assert_eq!(meaning("[]"), None);
    }

    #[test]
    fn an_action_names_the_interaction() {
        let body = br#"{"type":"interaction.requires_action","data":{"id":"v1_x"}}"#;
        assert_eq!(
            Event::parse(body).expect("an object").meaning().as_deref(),
            Some("v1_x waits for an action")
        );
    }

    #[test]
    fn metadata_is_found_in_both_places() {
        let top = br#"{"user_metadata":{"job":1.0},"data":{}}"#;
        let inner = br#"{"data":{"user_metadata":{"job":"a"}}}"#;
        assert_eq!(Event::parse(top).expect("an object").user_metadata().as_deref(), Some(r#"{"job":1.0}"#));
        assert_eq!(
            Event::parse(inner).expect("an object").user_metadata().as_deref(),
            Some(r#"{"job":"a"}"#)
        );
    }

    #[test]
    fn absent_null_and_empty_fields_say_nothing() {
        assert_eq!(meaning(r#"{"id":"1","output_file_uri":"","video_uri":null}"#).as_deref(), Some("1"));
        assert_eq!(meaning(r#"{"id":"null"}"#).as_deref(), Some("null"), "a text may look like null");
        let body = br#"{"user_metadata":null,"data":{"user_metadata":{"a":1}}}"#;
        assert_eq!(Event::parse(body).expect("an object").user_metadata().as_deref(), Some(r#"{"a":1}"#));
        let body = br#"{"type":"interaction.requires_action","data":{"required_action":{"name":"f"}}}"#;
        let meaning = Event::parse(body).expect("an object").meaning();
        assert_eq!(meaning.as_deref(), Some(r#"the interaction waits for {"name":"f"}"#));
    }

    #[test]
    fn a_type_that_nobody_knows_passes_through() {
        let body = br#"{"type":"model.tuned","version":"v9","data":{"id":"m_1","new":[1]},"extra":true}"#;
        let event = Event::parse(body).expect("an object");
        assert_eq!(event.type_name().as_deref(), Some("model.tuned"));
        assert_eq!(event.meaning().as_deref(), Some("m_1"));
        for odd in [&br#"{"type":7}"#[..], br#"{"type":null}"#, br#"{"type":["a"]}"#, b"{}"] {
            assert_eq!(Event::parse(odd).expect("an object").type_name(), None);
        }
    }

    /// JSON with the names that this module looks for, in all the wrong places and with all the wrong types.
    fn any_json() -> impl Strategy<Value = serde_json::Value> {
        let names = [
            "type",
            "data",
            "id",
            "error",
            "message",
            "code",
            "user_metadata",
            "video_uri",
            "file_name",
            "output_file_uri",
            "error_code",
            "required_action",
            "timestamp",
            "",
        ];
        let scalar = prop_oneof![
            Just(serde_json::Value::Null),
            any::<bool>().prop_map(Into::into),
            any::<i64>().prop_map(Into::into),
            ".{0,8}".prop_map(Into::into),
            Just("interaction.requires_action".into()),
        ];
        scalar.prop_recursive(4, 32, 6, move |inner| {
            let name = proptest::sample::select(names.to_vec()).prop_map(str::to_owned);
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
                proptest::collection::vec((name, inner), 0..6)
                    .prop_map(|members| serde_json::Value::Object(members.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn no_json_makes_it_panic(value in any_json(), path in "[a-z0-9.]{0,12}") {
            let body = value.to_string();
            let event = Event::parse(body.as_bytes());
            prop_assert_eq!(event.is_some(), value.is_object());
            if let Some(event) = event {
                let name = value["type"].as_str().map(str::to_owned);
                prop_assert_eq!(event.type_name().map(Cow::into_owned), name);
                let _ = (event.meaning(), event.pointer(), event.job_id(), event.user_metadata());
            }
            if let Ok(edited) = edit(&body, &[Change::at(&path, "[1]")]) {
                prop_assert!(serde_json::from_str::<serde_json::Value>(&edited).is_ok());
            }
        }

        #[test]
        fn no_bytes_make_it_panic(body in proptest::collection::vec(any::<u8>(), 0..64)) {
            let _ = Event::parse(&body).map(|event| event.meaning());
        }
    }

    #[test]
    fn a_body_that_is_no_object_is_no_event() {
        for body in [&b"[]"[..], b"1", b"", b"\xff", b"{"] {
            assert!(Event::parse(body).is_none());
        }
    }
}
