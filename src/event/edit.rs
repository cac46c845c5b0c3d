//! Changing a sample: `--set path=value`, on the tree of slices so that everything else stays as written.

use std::borrow::Cow;

use crate::json::{self, Node, Style};

/// Why a value cannot be set.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum EditError {
    /// The text to change is not JSON.
    #[error("the data is not a JSON object")]
    NotJson,
    /// A step of the path leads into something that is neither an object nor an element of an array.
    #[error("{path} leads through {step:?}, which is not there to be set")]
    NoSuchPlace {
        /// The whole path.
        path: String,
        /// The step that fails.
        step: String,
    },
}

/// A value to set, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The keys (or indices into arrays) that lead to the place.
    pub path: Vec<String>,
    /// The value: JSON where it is JSON, else a string.
    pub value: String,
}

impl Change {
    /// A change at a dotted path such as `data.id`.
    pub fn at(path: &str, value: impl Into<String>) -> Self {
        Change { path: path.split('.').map(str::to_owned).collect(), value: value.into() }
    }
}

/// Sets values at dotted paths of a JSON text, making objects on the way, and answers the new text
/// without white space. A value that is JSON is taken as such; any other is a string.
///
/// # Errors
/// [`EditError`] where the text is not JSON or a path leads nowhere.
pub fn set_path(text: &str, changes: &[(String, String)]) -> Result<String, EditError> {
    let changes: Vec<Change> = changes.iter().map(|(path, value)| Change::at(path, value)).collect();
    edit(text, &changes)
}

/// As [`set_path`], for paths whose keys may have dots in them.
///
/// # Errors
/// As [`set_path`].
pub fn edit(text: &str, changes: &[Change]) -> Result<String, EditError> {
    let values: Vec<Cow<'_, str>> = changes.iter().map(|change| as_json(&change.value)).collect();
    let mut tree = json::parse(text).map_err(|_| EditError::NotJson)?;
    for (Change { path, .. }, value) in changes.iter().zip(&values) {
        let value = json::parse(value).map_err(|_| EditError::NotJson)?;
        let steps: Vec<&str> = path.iter().map(String::as_str).collect();
        if let Some(step) = steps.get(json::MAX_DEPTH) {
            return Err(EditError::NoSuchPlace { path: clipped(path), step: (*step).to_owned() });
        }
        place(&mut tree, &steps, value)
            .map_err(|step| EditError::NoSuchPlace { path: path.join("."), step })?;
    }
    Ok(json::write(&tree, Style::COMPACT))
}

/// A path that is too deep, short enough for a message.
fn clipped(path: &[String]) -> String {
    format!("{}.…", path[..4].join("."))
}

fn as_json(value: &str) -> Cow<'_, str> {
    match json::parse(value) {
        Ok(_) => Cow::Borrowed(value),
        Err(_) => Cow::Owned(serde_json::Value::from(value).to_string()),
    }
}

/// Puts `value` at the end of `steps`, or answers the step that cannot be taken.
fn place<'a>(node: &mut Node<'a>, steps: &[&'a str], value: Node<'a>) -> Result<(), String> {
    let Some((step, rest)) = steps.split_first() else {
        *node = value;
        return Ok(());
    };
    // A key is written between quotes as it is, so one that would need escaping is not a step.
    let is_plain = !step.is_empty() && !step.contains(|c: char| c == '"' || c == '\\' || c.is_control());
    if matches!(node, Node::Literal("null")) && is_plain {
        *node = Node::Object(Vec::new());
    }
    match node {
        Node::Object(members) if is_plain => {
            let at = members.iter().rposition(|(key, _)| json::unescape(key) == *step).unwrap_or_else(|| {
                members.push((step, Node::Literal("null")));
                members.len() - 1
            });
            place(&mut members[at].1, rest, value)
        }
        Node::Array(elements) => {
            let element = step.parse::<usize>().ok().and_then(|index| elements.get_mut(index));
            place(element.ok_or_else(|| (*step).to_owned())?, rest, value)
        }
        _ => Err((*step).to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(text: &str, path: &str, value: &str) -> Result<String, EditError> {
        set_path(text, &[(path.to_owned(), value.to_owned())])
    }

    #[test]
    fn sets_makes_and_keeps_the_rest_as_written() {
        let text = r#"{"n": 1e2, "data": {"id": "a", "list": [1, 2]}}"#;
        assert_eq!(set(text, "data.id", "b"), Ok(r#"{"n":1e2,"data":{"id":"b","list":[1,2]}}"#.to_owned()));
        assert_eq!(
            set(text, "data.list.1", "3"),
            Ok(r#"{"n":1e2,"data":{"id":"a","list":[1,3]}}"#.to_owned())
        );
        assert_eq!(set("{}", "a.b", r#"{"c":1.0}"#), Ok(r#"{"a":{"b":{"c":1.0}}}"#.to_owned()));
        assert_eq!(set("{}", "a", "say \"hi\""), Ok(r#"{"a":"say \"hi\""}"#.to_owned()));
    }

    #[test]
    fn a_key_may_have_dots_where_the_path_is_not_split() {
        let change = Change { path: vec!["m".to_owned(), "job.id".to_owned()], value: "7".to_owned() };
        assert_eq!(edit("{}", &[change]), Ok(r#"{"m":{"job.id":7}}"#.to_owned()));
    }

    #[test]
    fn a_path_that_leads_nowhere_is_named() {
        let failed = |step: &str, path: &str| {
            Err(EditError::NoSuchPlace { path: path.to_owned(), step: step.to_owned() })
        };
        assert_eq!(set(r#"{"a":"text"}"#, "a.b", "1"), failed("b", "a.b"));
        assert_eq!(set(r#"{"a":[1]}"#, "a.5", "1"), failed("5", "a.5"));
        assert_eq!(set("{}", "a..b", "1"), failed("", "a..b"));
        assert_eq!(set("no", "a", "1"), Err(EditError::NotJson));
        assert_eq!(set("{}", &"a.".repeat(50_000), "1"), failed("a", "a.a.a.a.…"));
    }
}
