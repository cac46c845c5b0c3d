//! Reading the signed part of a record: its headers and its body.
//!
//! Records of other tools count too: those may write headers as an object, or the body as text.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::header_bytes;
use super::told::{Told, told};
use crate::json::{self, JsonError, Node};

/// How many headers a record or a request may have: more than servers accept, `gwh listen` over HTTP/2 among them.
pub const MAX_HEADERS: usize = 512;

/// What of a record a signature can cover.
#[derive(Debug, PartialEq, Eq)]
pub struct SignedRecord {
    /// Names and values, in order.
    pub headers: Vec<(String, Vec<u8>)>,
    /// The body.
    pub body: Vec<u8>,
}

/// Why a text is no record that can be verified.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
    /// It is not JSON.
    #[error("it is not JSON")]
    NotJson(#[source] Option<JsonError>),
    /// It is JSON, but not an object with headers and a body; the `type` it names, if any.
    #[error("it is not an object with headers and body_b64")]
    NotRecord(Option<String>),
    /// A member that decides what was signed stands twice.
    #[error("{0} stands more than once")]
    Repeated(&'static str),
    /// The headers are neither pairs of text nor an object of text.
    #[error("headers is not a list of pairs of text")]
    Headers,
    /// There are more headers than any request has.
    #[error("there are more than {MAX_HEADERS} headers")]
    TooManyHeaders,
    /// A member has another form than the one that it has in every record.
    #[error("{0} is not {1}")]
    Form(&'static str, &'static str),
}

impl RecordError {
    /// Whether the text is something other than a record, rather than a damaged one.
    pub fn is_other_input(&self) -> bool {
        matches!(self, RecordError::NotJson(_) | RecordError::NotRecord(_))
    }
}

/// Reads a record: an object with `headers`, and `body_b64` (base64) or `body` (text).
///
/// # Errors
/// [`RecordError`] where it is something else or damaged.
pub fn read(text: &[u8]) -> Result<SignedRecord, RecordError> {
    signed(&tree(text)?)
}

/// Reads a record as [`read`] does, and what it tells besides.
///
/// A record with a verdict is one that `gwh` wrote: what has another form there is an error, since a delivery would
/// lose it silently. The records of other tools have no verdict, and forms of their own, of which what is not
/// understood is passed over.
///
/// # Errors
/// [`RecordError`] where it is something else or damaged.
pub fn read_whole(text: &[u8]) -> Result<(SignedRecord, Told), RecordError> {
    let tree = tree(text)?;
    Ok((signed(&tree)?, told(&tree)?))
}

fn tree(text: &[u8]) -> Result<Node<'_>, RecordError> {
    let text = str::from_utf8(text).map_err(|_| RecordError::NotJson(None))?;
    json::parse(text).map_err(|error| RecordError::NotJson(Some(error)))
}

fn signed(tree: &Node<'_>) -> Result<SignedRecord, RecordError> {
    let no_record = || RecordError::NotRecord(tree.get("type").map(Node::to_plain));
    let headers = member(tree, "headers")?.ok_or_else(no_record)?;
    let body = match (member(tree, "body_b64")?, member(tree, "body")?) {
        (Some(encoded), _) => {
            let decoded = encoded.as_str().and_then(|text| STANDARD.decode(text.as_bytes()).ok());
            decoded.ok_or(RecordError::Form("body_b64", "base64"))?
        }
        (None, Some(body)) => body.as_str().ok_or(RecordError::Form("body", "text"))?.into_owned().into(),
        (None, None) => return Err(no_record()),
    };
    let headers = read_headers(headers).ok_or(RecordError::Headers)?;
    if headers.len() > MAX_HEADERS {
        return Err(RecordError::TooManyHeaders);
    }
    Ok(SignedRecord { headers, body })
}

/// Whether `text` is a JSON object, of whatever kind.
pub fn is_object(text: &[u8]) -> bool {
    let tree = str::from_utf8(text).ok().and_then(|text| json::parse(text).ok());
    matches!(tree, Some(Node::Object(_)))
}

/// The one member `name`. Of two, readers disagree on which counts, and only one of them was verified.
pub(super) fn member<'n, 'a>(
    tree: &'n Node<'a>,
    name: &'static str,
) -> Result<Option<&'n Node<'a>>, RecordError> {
    let Node::Object(members) = tree else {
        return Ok(None);
    };
    let mut named = members.iter().filter(|(key, _)| json::unescape(key) == name).map(|(_, value)| value);
    match (named.next(), named.next()) {
        (_, Some(_)) => Err(RecordError::Repeated(name)),
        (found, None) => Ok(found),
    }
}

fn read_headers(node: &Node<'_>) -> Option<Vec<(String, Vec<u8>)>> {
    let value = |node: &Node<'_>| Some(header_bytes(&node.as_str()?).into_owned());
    match node {
        Node::Array(pairs) => {
            let pair = |pair: &Node<'_>| match pair {
                Node::Array(two) => match two.as_slice() {
                    [name, text] => Some((name.as_str()?.into_owned(), value(text)?)),
                    _ => None,
                },
                _ => None,
            };
            pairs.iter().map(pair).collect()
        }
        Node::Object(members) => members
            .iter()
            .map(|(name, text)| Some((json::unescape(name).into_owned(), value(text)?)))
            .collect(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_as_an_object_and_a_body_as_text_are_understood() {
        let record =
            read(br#"{"headers":{"webhook-id":"a"},"body":"{\"a\":\"\u00e9\"}"}"#).expect("a record");
        assert_eq!(record.headers, [("webhook-id".to_owned(), b"a".to_vec())]);
        assert_eq!(record.body, "{\"a\":\"é\"}".as_bytes());
    }

    #[test]
    fn what_is_no_record_is_told_from_a_damaged_one() {
        for other in ["", "x", "[]", "{}", r#"{"type":"ready"}"#, r#"{"headers":[]}"#, "\u{feff}{}"] {
            assert!(read(other.as_bytes()).expect_err("no record").is_other_input(), "{other}");
        }
        for damaged in [
            r#"{"headers":1,"body_b64":""}"#,
            r#"{"headers":[["a"]],"body_b64":""}"#,
            r#"{"headers":[],"body_b64":"%"}"#,
            r#"{"headers":[],"body":{}}"#,
        ] {
            assert!(!read(damaged.as_bytes()).expect_err("damaged").is_other_input(), "{damaged}");
        }
    }
}
