//! Text to tree.

use serde::de::IgnoredAny;

use super::Node;

/// How deep arrays and objects may nest. Trees are walked by recursion, so that whatever is deeper
/// could exhaust the stack.
pub const MAX_DEPTH: usize = 128;

/// Why a text is not JSON that can be handled.
#[derive(Debug, thiserror::Error)]
pub enum JsonError {
    /// It breaks the grammar: where, and what was expected.
    #[error(transparent)]
    Malformed(#[from] serde_json::Error),
    /// It is nested deeper than [`MAX_DEPTH`].
    #[error("arrays and objects are nested more than {MAX_DEPTH} deep")]
    TooDeep,
}

/// Parses `text` as exactly one JSON value.
///
/// # Errors
/// [`JsonError`] where it is not one, or is nested deeper than [`MAX_DEPTH`].
pub fn parse(text: &str) -> Result<Node<'_>, JsonError> {
    // The grammar is checked by serde_json, and the cutting below relies on it. A value that is ignored
    // may be of any depth there, so the depth is checked here.
    serde_json::from_str::<IgnoredAny>(text)?;
    Cutter { text, at: 0, depth: 0 }.value()
}

/// Cuts valid JSON into slices.
struct Cutter<'a> {
    text: &'a str,
    at: usize,
    depth: usize,
}

impl<'a> Cutter<'a> {
    fn value(&mut self) -> Result<Node<'a>, JsonError> {
        Ok(match self.peek() {
            b'{' => Node::Object(self.list(b'}', |cutter| {
                let key = cutter.string();
                cutter.peek();
                cutter.at += 1; // the colon
                Ok((key, cutter.value()?))
            })?),
            b'[' => Node::Array(self.list(b']', Self::value)?),
            b'"' => Node::String(self.string()),
            _ => {
                let start = self.at;
                while self.at < self.text.len() && !is_delimiter(self.text.as_bytes()[self.at]) {
                    self.at += 1;
                }
                Node::Literal(&self.text[start..self.at])
            }
        })
    }

    /// The items between the bracket at hand and `close`.
    fn list<T>(
        &mut self,
        close: u8,
        mut item: impl FnMut(&mut Self) -> Result<T, JsonError>,
    ) -> Result<Vec<T>, JsonError> {
        if self.depth == MAX_DEPTH {
            return Err(JsonError::TooDeep);
        }
        self.depth += 1;
        let mut items = Vec::new();
        self.at += 1;
        while self.peek() != close {
            items.push(item(self)?);
            if self.peek() == b',' {
                self.at += 1;
            }
        }
        self.at += 1;
        self.depth -= 1;
        Ok(items)
    }

    fn string(&mut self) -> &'a str {
        self.peek();
        let bytes = self.text.as_bytes();
        let start = self.at + 1;
        let mut end = start;
        while let Some(found) = first_quote_or_backslash(&bytes[end..]) {
            end += found;
            if bytes[end] == b'"' {
                break;
            }
            end += 2;
        }
        self.at = end + 1;
        &self.text[start..end]
    }

    /// Skips white space and answers the byte after it.
    fn peek(&mut self) -> u8 {
        let bytes = self.text.as_bytes();
        while matches!(bytes[self.at], b' ' | b'\t' | b'\n' | b'\r') {
            self.at += 1;
        }
        bytes[self.at]
    }
}

fn is_delimiter(byte: u8) -> bool {
    matches!(byte, b',' | b'}' | b']' | b' ' | b'\t' | b'\n' | b'\r')
}

/// Where the first quote or backslash stands. Most strings of a payload or a record are a few bytes long, for
/// which eight bytes at once in a register beat the start-up cost of a vector search.
pub(crate) fn first_quote_or_backslash(text: &[u8]) -> Option<usize> {
    const ONES: u64 = u64::from_le_bytes([1; 8]);
    let zeros = |word: u64| word.wrapping_sub(ONES) & !word & (ONES << 7);
    let (words, tail) = text.as_chunks::<8>();
    for (index, word) in words.iter().enumerate() {
        let word = u64::from_le_bytes(*word);
        let hits = zeros(word ^ (ONES * u64::from(b'"'))) | zeros(word ^ (ONES * u64::from(b'\\')));
        if hits != 0 {
            // Only the lowest bit is certain, and it is the first hit.
            return Some(index * 8 + hits.trailing_zeros() as usize / 8);
        }
    }
    let within = tail.iter().position(|byte| matches!(byte, b'"' | b'\\'))?;
    Some(words.len() * 8 + within)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::json::{Style, write};

    #[test]
    fn keeps_numbers_repeated_keys_and_escapes_as_written() {
        let text =
            r#" { "a" : 1e2 , "a":-0,"big":12345678901234567890123, "s":"\u00e9\/" , "e":[ ], "o":{ } } "#;
        let tree = parse(text).expect("valid");
        assert_eq!(
            write(&tree, Style::COMPACT),
            r#"{"a":1e2,"a":-0,"big":12345678901234567890123,"s":"\u00e9\/","e":[],"o":{}}"#
        );
    }

    #[test]
    fn refuses_what_is_not_one_value() {
        for bad in ["", " ", "{", "[1,]", "{\"a\":1,}", "nul", "1 2", "\"\n\"", "'a'", "{a:1}", "[1]]"] {
            assert!(parse(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn refuses_what_is_nested_too_deep_to_be_walked() {
        let nested = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(parse(&nested(MAX_DEPTH)).is_ok());
        assert!(parse(&nested(MAX_DEPTH + 1)).is_err());
        assert!(parse(&nested(500_000)).is_err());
        let objects = format!("{}1{}", r#"{"a":"#.repeat(100_000), "}".repeat(100_000));
        assert!(parse(&objects).is_err());
    }

    proptest! {
        #[test]
        fn quotes_and_backslashes_are_found_where_they_are(text in "[\\\\\"a!#\\[\\]\u{5d}\u{a2}\u{dc}]{0,30}") {
            prop_assert_eq!(first_quote_or_backslash(text.as_bytes()), memchr::memchr2(b'"', b'\\', text.as_bytes()));
        }

        #[test]
        fn agrees_with_serde_json_on_any_text(text in "[\\[\\]{}\",:0-9eE+\\-. a-z\\\\u\n]{0,40}") {
            let reference = serde_json::from_str::<serde_json::Value>(&text);
            match parse(&text) {
                Ok(tree) => {
                    let again = write(&tree, Style::COMPACT);
                    if let Ok(value) = reference {
                        prop_assert_eq!(serde_json::from_str::<serde_json::Value>(&again).ok(), Some(value));
                    }
                }
                Err(_) => prop_assert!(reference.is_err()),
            }
        }
    }
}
