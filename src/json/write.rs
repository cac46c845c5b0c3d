//! Tree to text, in each of the layouts that common serialisers produce.

use super::{Node, unescape};

/// Where white space stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// None at all: `{"a":1,"b":[2]}`.
    Compact,
    /// One after each comma and colon, as Python's `json.dumps` has it: `{"a": 1, "b": [2]}`.
    Spaced,
    /// Each member on a line of its own, indented by so many spaces a level.
    Indented(usize),
    /// Each member on a line of its own, indented by one tab a level.
    Tabs,
}

/// The order of an object's members.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// As written.
    Kept,
    /// By key, code point by code point.
    Sorted,
    /// First the keys that are listed, in the order of the list, then the others as written.
    Listed(&'static [&'static str]),
}

/// How the characters of strings are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Escapes {
    /// As they were.
    Kept,
    /// The shortest way, with everything beyond ASCII literal: JavaScript's `JSON.stringify`, Go, Rust.
    Literal,
    /// Everything beyond ASCII as a `\u` escape: Python's `json.dumps`.
    Ascii,
    /// As `Ascii`, and `/` as `\/`: PHP's `json_encode`.
    AsciiAndSlash,
    /// As `Literal`, but `<`, `>`, `&` and the Unicode line separators as `\u` escapes: Go's `json.Marshal`.
    Html,
}

/// A way of writing JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Style {
    /// Where white space stands.
    pub layout: Layout,
    /// The order of members.
    pub order: Order,
    /// How strings are written.
    pub escapes: Escapes,
}

impl Style {
    /// Without white space, everything else as it was written.
    pub const COMPACT: Style = Style { layout: Layout::Compact, order: Order::Kept, escapes: Escapes::Kept };
}

/// Writes `node` in `style`.
pub fn write(node: &Node<'_>, style: Style) -> String {
    let mut out = String::new();
    value(node, style, 0, &mut out);
    out
}

fn value(node: &Node<'_>, style: Style, depth: usize, out: &mut String) {
    match node {
        Node::Literal(raw) => out.push_str(raw),
        Node::String(raw) => string(raw, style.escapes, out),
        Node::Array(elements) => items(elements.iter(), ['[', ']'], style, depth, out, |element, out| {
            value(element, style, depth + 1, out);
        }),
        Node::Object(members) => {
            let mut ordered: Vec<&(&str, Node<'_>)> = members.iter().collect();
            match style.order {
                Order::Kept => {}
                Order::Sorted => ordered.sort_by(|(a, _), (b, _)| unescape(a).cmp(&unescape(b))),
                Order::Listed(list) => ordered.sort_by_key(|(key, _)| place(list, key)),
            }
            items(ordered.into_iter(), ['{', '}'], style, depth, out, |(key, member), out| {
                string(key, style.escapes, out);
                out.push_str(if style.layout == Layout::Compact { ":" } else { ": " });
                value(member, style, depth + 1, out);
            });
        }
    }
}

/// Where a key stands in a list; those that do not stand in it come last.
pub(crate) fn place(list: &[&str], key: &str) -> usize {
    list.iter().position(|listed| *listed == key).unwrap_or(list.len())
}

fn items<T>(
    list: impl ExactSizeIterator<Item = T>,
    [open, close]: [char; 2],
    style: Style,
    depth: usize,
    out: &mut String,
    mut write_item: impl FnMut(T, &mut String),
) {
    let empty = list.len() == 0;
    out.push(open);
    for (index, item) in list.enumerate() {
        if index > 0 {
            out.push(',');
            if style.layout == Layout::Spaced {
                out.push(' ');
            }
        }
        new_line(style.layout, depth + 1, out);
        write_item(item, out);
    }
    if !empty {
        new_line(style.layout, depth, out);
    }
    out.push(close);
}

fn new_line(layout: Layout, depth: usize, out: &mut String) {
    let (indent, width) = match layout {
        Layout::Compact | Layout::Spaced => return,
        Layout::Indented(width) => (' ', width * depth),
        Layout::Tabs => ('\t', depth),
    };
    out.push('\n');
    out.extend(std::iter::repeat_n(indent, width));
}

fn string(raw: &str, escapes: Escapes, out: &mut String) {
    out.push('"');
    if escapes == Escapes::Kept {
        out.push_str(raw);
    } else {
        for character in unescape(raw).chars() {
            escaped(character, escapes, out);
        }
    }
    out.push('"');
}

fn escaped(character: char, escapes: Escapes, out: &mut String) {
    match character {
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        '\u{8}' => out.push_str("\\b"),
        '\u{c}' => out.push_str("\\f"),
        '/' if escapes == Escapes::AsciiAndSlash => out.push_str("\\/"),
        '\0'..' ' => unit(u32::from(character), out),
        '<' | '>' | '&' | '\u{2028}' | '\u{2029}' if escapes == Escapes::Html => {
            unit(u32::from(character), out);
        }
        _ if character.is_ascii() || matches!(escapes, Escapes::Literal | Escapes::Html) => {
            out.push(character);
        }
        _ => {
            let mut units = [0u16; 2];
            for code in character.encode_utf16(&mut units) {
                unit(u32::from(*code), out);
            }
        }
    }
}

fn unit(code: u32, out: &mut String) {
    out.push_str(&format!("\\u{code:04x}"));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::parse;

    fn styled(text: &str, layout: Layout, order: Order, escapes: Escapes) -> String {
        write(&parse(text).expect("valid"), Style { layout, order, escapes })
    }

    #[test]
    fn layouts() {
        let text = r#"{"b":[1,{}],"a":{"c":[]}}"#;
        let kept = |layout| styled(text, layout, Order::Kept, Escapes::Kept);
        assert_eq!(kept(Layout::Compact), text);
        assert_eq!(kept(Layout::Spaced), r#"{"b": [1, {}], "a": {"c": []}}"#);
        let value: serde_json::Value = serde_json::from_str(r#"{"a":{"c":[]},"b":[1,{}]}"#).expect("valid");
        assert_eq!(
            kept(Layout::Tabs),
            "{\n\t\"b\": [\n\t\t1,\n\t\t{}\n\t],\n\t\"a\": {\n\t\t\"c\": []\n\t}\n}"
        );
        let sorted = styled(text, Layout::Indented(2), Order::Sorted, Escapes::Kept);
        assert_eq!(sorted, serde_json::to_string_pretty(&value).expect("serialises"));
    }

    #[test]
    fn escapes() {
        let text = r#"{"p":"a\/b","e":"\u00e9é😀\u0001\""}"#;
        let with = |escapes| styled(text, Layout::Compact, Order::Kept, escapes);
        assert_eq!(with(Escapes::Kept), text);
        assert_eq!(with(Escapes::Literal), r#"{"p":"a/b","e":"éé😀\u0001\""}"#);
        assert_eq!(with(Escapes::Ascii), r#"{"p":"a/b","e":"\u00e9\u00e9\ud83d\ude00\u0001\""}"#);
        assert_eq!(with(Escapes::AsciiAndSlash), r#"{"p":"a\/b","e":"\u00e9\u00e9\ud83d\ude00\u0001\""}"#);
        let html = styled(r#"{"h":"<é&>"}"#, Layout::Compact, Order::Kept, Escapes::Html);
        assert_eq!(html, r#"{"h":"\u003cé\u0026\u003e"}"#);
    }
}
