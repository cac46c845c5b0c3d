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
        self.tree.get("user_metadata").or_else(|| self.tree.at("data.user_metadata")).map(Node::to_plain)
    }

    fn error(&self) -> Option<String> {
        match (self.data("error_code"), self.data("error_message")) {
            (Some(code), Some(message)) => Some(format!("{code}: {message}")),
            (code, message) => code.or(message).or_else(|| self.data("error")),
        }
    }

    fn action(&self) -> Option<String> {
        if self.type_name()? != "interaction.requires_action" {
            return None;
        }
        let id = self.job_id()?;
        Some(match self.data("required_action") {
            Some(action) => format!("{id} waits for {action}"),
            None => format!("{id} waits for an action"),
        })
    }

    fn data(&self, name: &str) -> Option<String> {
        self.tree.get("data")?.get(name).map(Node::to_plain).filter(|text| !text.is_empty() && text != "null")
    }
}

#[cfg(test)]
mod tests {
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
    fn a_body_that_is_no_object_is_no_event() {
        for body in [&b"[]"[..], b"1", b"", b"\xff", b"{"] {
            assert!(Event::parse(body).is_none());
        }
    }
}
