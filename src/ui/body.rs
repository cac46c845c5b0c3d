//! A body as people read it: JSON laid out, anything else as text, and nothing that a terminal acts on.

use std::fmt::Write;

use super::{Style, sanitize};
use crate::json::{self, Node};

/// How much is shown of a body that is not JSON.
const MOST: usize = 4 * 1024;

/// How many characters of an answer's body say what it is about.
const START: usize = 200;

/// How an answer's body of which these bytes are kept begins, in one line; none where there is nothing to see.
pub fn start(kept: &[u8], is_cut: bool) -> Option<String> {
    let text = sanitize::bytes(kept);
    let mut start = sanitize::clipped(text.trim(), START).into_owned();
    if is_cut && !start.ends_with('…') {
        start.push('…');
    }
    (!text.trim().is_empty()).then_some(start)
}

/// The lines of a body: JSON with its values as they were written, else its text, clipped.
pub fn lines(style: Style, body: &[u8]) -> Vec<String> {
    let tree = str::from_utf8(body).ok().and_then(|text| json::parse(text).ok());
    match tree {
        Some(tree) => {
            let mut out = String::new();
            node(&mut out, style, &tree, 0);
            out.lines().map(str::to_owned).collect()
        }
        None if body.is_empty() => vec![style.dim("(empty)")],
        None => {
            let shown = &body[..body.len().min(MOST)];
            let mut lines: Vec<String> = shown.split(|byte| *byte == b'\n').map(sanitize::bytes).collect();
            if shown.len() < body.len() {
                lines.push(style.dim(format_args!("… and {} bytes more", body.len() - shown.len())));
            }
            lines
        }
    }
}

fn node(out: &mut String, style: Style, value: &Node<'_>, depth: usize) {
    match value {
        Node::Object(members) if !members.is_empty() => {
            out.push('{');
            for (index, (key, member)) in members.iter().enumerate() {
                new_line(out, index, depth);
                let _ = write!(out, "{}: ", style.accent(format_args!("\"{}\"", sanitize::text(key))));
                node(out, style, member, depth + 1);
            }
            close(out, depth, '}');
        }
        Node::Array(elements) if !elements.is_empty() => {
            out.push('[');
            for (index, element) in elements.iter().enumerate() {
                new_line(out, index, depth);
                node(out, style, element, depth + 1);
            }
            close(out, depth, ']');
        }
        Node::Object(_) => out.push_str("{}"),
        Node::Array(_) => out.push_str("[]"),
        Node::String(raw) => out.push_str(&style.good(format_args!("\"{}\"", sanitize::text(raw)))),
        Node::Literal(raw) => out.push_str(&style.warning(raw)),
    }
}

fn new_line(out: &mut String, index: usize, depth: usize) {
    if index > 0 {
        out.push(',');
    }
    let _ = write!(out, "\n{:width$}", "", width = 2 * (depth + 1));
}

fn close(out: &mut String, depth: usize, bracket: char) {
    let _ = write!(out, "\n{:width$}{bracket}", "", width = 2 * depth);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_laid_out_with_its_numbers_as_written() {
        let shown = lines(Style::new(false), br#"{"a":[1e2,"\u001b[2J"],"b":{}}"#);
        assert_eq!(shown, ["{", "  \"a\": [", "    1e2,", r#"    "\u001b[2J""#, "  ],", "  \"b\": {}", "}"]);
    }

    #[test]
    fn other_bodies_are_made_safe_and_clipped() {
        assert_eq!(lines(Style::new(false), b"a\x1b[2J\nb\xff"), [r"a\x1b[2J", r"b\xff"]);
        let long = lines(Style::new(false), &[b'x'; MOST + 5]);
        assert_eq!(long.last().map(String::as_str), Some("… and 5 bytes more"));
    }
}
