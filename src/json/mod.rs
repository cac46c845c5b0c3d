//! JSON as it was written: a tree of slices of the text, for showing and re-writing payloads.
//!
//! `serde_json::Value` rewrites numbers (`1e2`, 23 digits, `-0`), drops repeated keys and unescapes
//! text. Whatever is compared with a signature, or shown as "what arrived", must not do that, so a
//! payload is validated by `serde_json` and then cut into slices here.

mod parse;
mod write;

use std::borrow::Cow;

pub(crate) use parse::first_quote_or_backslash;
pub use parse::{JsonError, MAX_DEPTH, parse};
pub(crate) use write::place;
pub use write::{Escapes, Layout, Order, Style, write};

/// A JSON value whose scalars are the slices of text that they were written as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Node<'a> {
    /// Members in the order written, repeated keys included; a key is its text between the quotes.
    Object(Vec<(&'a str, Node<'a>)>),
    /// Elements in order.
    Array(Vec<Node<'a>>),
    /// A string: its text between the quotes, escapes untouched.
    String(&'a str),
    /// A number, `true`, `false` or `null`, as written.
    Literal(&'a str),
}

impl<'a> Node<'a> {
    /// The member `key` of an object: the last one, as most parsers have it, where the key is repeated.
    pub fn get(&self, key: &str) -> Option<&Node<'a>> {
        match self {
            Node::Object(members) => {
                let is_named = |name: &str| name == key || (name.contains('\\') && unescape(name) == key);
                members.iter().rev().find(|(name, _)| is_named(name)).map(|(_, value)| value)
            }
            _ => None,
        }
    }

    /// The value at a dotted path such as `data.id`; a number is an index into an array.
    pub fn at(&self, path: &str) -> Option<&Node<'a>> {
        path.split('.').try_fold(self, |node, step| match node {
            Node::Array(elements) => elements.get(step.parse::<usize>().ok()?),
            _ => node.get(step),
        })
    }

    /// The text of a string, unescaped.
    pub fn as_str(&self) -> Option<Cow<'a, str>> {
        match self {
            Node::String(raw) => Some(unescape(raw)),
            _ => None,
        }
    }

    /// A string's text, or any other value as compact JSON: what a person would write for it.
    pub fn to_plain(&self) -> String {
        match self {
            Node::String(raw) => unescape(raw).into_owned(),
            other => write(other, Style::COMPACT),
        }
    }
}

/// Resolves the escapes of a JSON string's inner text; a lone surrogate becomes U+FFFD.
pub fn unescape(raw: &str) -> Cow<'_, str> {
    if !raw.contains('\\') {
        return Cow::Borrowed(raw);
    }
    let mut text = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find('\\') {
        text.push_str(&rest[..at]);
        let (character, used) = escape(&rest[at..]);
        text.push(character);
        rest = &rest[at + used..];
    }
    text.push_str(rest);
    Cow::Owned(text)
}

/// The character of the escape that `text` starts with, and how many bytes it takes.
fn escape(text: &str) -> (char, usize) {
    let unit = |at: usize| text.get(at..at + 4).and_then(|digits| u32::from_str_radix(digits, 16).ok());
    match text.as_bytes().get(1) {
        Some(b'n') => ('\n', 2),
        Some(b't') => ('\t', 2),
        Some(b'r') => ('\r', 2),
        Some(b'b') => ('\u{8}', 2),
        Some(b'f') => ('\u{c}', 2),
        Some(b'u') => {
            let high = unit(2).unwrap_or(0xFFFD);
            if (0xD800..0xDC00).contains(&high)
                && text.get(6..8) == Some("\\u")
                && let Some(low) = unit(8).filter(|low| (0xDC00..0xE000).contains(low))
            {
                let code = 0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00);
                return (char::from_u32(code).unwrap_or('\u{FFFD}'), 12);
            }
            (char::from_u32(high).unwrap_or('\u{FFFD}'), 6)
        }
        Some(other) => (char::from(*other), 2),
        None => ('\\', 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_lead_through_objects_and_arrays() {
        let tree = parse(r#"{"data":{"id":"b_1","n":[1e2,-0]},"a":1,"a":2}"#).expect("valid");
        assert_eq!(tree.at("data.id").and_then(Node::as_str).as_deref(), Some("b_1"));
        assert_eq!(tree.at("data.n.0").map(Node::to_plain).as_deref(), Some("1e2"));
        assert_eq!(tree.at("data.n.1").map(Node::to_plain).as_deref(), Some("-0"));
        assert_eq!(tree.at("a").map(Node::to_plain).as_deref(), Some("2"), "the last repeated key counts");
        assert!(tree.at("data.n.9").is_none() && tree.at("data.missing.x").is_none());
    }

    #[test]
    fn escapes_resolve_as_serde_json_resolves_them() {
        for raw in [r#"plain"#, r#"a\"b\\c\/d"#, r#"\b\f\n\r\t"#, r#"\u00e9\u20AC"#, r#"\ud83d\ude00!"#] {
            let expected: String = serde_json::from_str(&format!("\"{raw}\"")).expect("valid");
            assert_eq!(unescape(raw), expected, "{raw}");
        }
        assert_eq!(unescape(r"\ud83d"), "\u{FFFD}");
    }
}
