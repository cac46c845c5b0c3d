//! The body's JSON written again, in each of the ways that common serialisers have.

use super::case::Case;
use super::cause::{Cause, Change, Finding};
use crate::event::catalog;
use crate::json::{self, Escapes, Layout, Node, Order, Style};

const LAYOUTS: [Layout; 5] =
    [Layout::Compact, Layout::Spaced, Layout::Indented(2), Layout::Indented(4), Layout::Tabs];

/// Serialisers and databases that sort keys lose their order; that of an event is known.
const ENVELOPE: Order = Order::Listed(catalog::KEYS);

/// The first way of writing that makes the delivery match.
pub(super) fn find(case: &mut Case<'_>) -> Option<Finding> {
    let text = str::from_utf8(case.delivery.body).ok()?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let tree = json::parse(text).ok()?;
    if !matches!(tree, Node::Object(_) | Node::Array(_)) {
        return None;
    }
    case.trying(
        "the JSON re-serialised (compact, spaced or indented; keys in order, sorted or as the service orders \
         them; escapes)",
    );
    let shape = Shape::of(&tree, text);
    styles(&shape).find_map(|style| {
        if !case.may_write(shape.written(style)) {
            return None;
        }
        let mut body = json::write(&tree, style);
        if let Some(found) = case.with_body(body.as_bytes()) {
            return Finding::of(found.with([change(style, "")]));
        }
        body.push('\n');
        let found = case.with_body(body.as_bytes())?;
        Finding::of(found.with([change(style, ", with a line feed at the end")]))
    })
}

/// What it means that the JSON matches once it is written in `style`.
pub(super) fn change(style: Style, ending: &str) -> Change {
    let layout = match style.layout {
        Layout::Compact => "without spaces".to_owned(),
        Layout::Spaced => "with a space after each comma and colon".to_owned(),
        Layout::Indented(width) => format!("with an indent of {width} spaces"),
        Layout::Tabs => "with an indent of tabs".to_owned(),
    };
    let order = match style.order {
        Order::Kept => "",
        Order::Sorted => " and sorted keys",
        Order::Listed(_) => " and the keys in the order of the service",
    };
    let escapes = match style.escapes {
        Escapes::Kept => "",
        Escapes::Literal => ", every character literal",
        Escapes::Ascii => r", everything beyond ASCII as \u escapes",
        Escapes::AsciiAndSlash => r", everything beyond ASCII as \u escapes and / as \/",
        Escapes::Html => r", with <, > and & as \u escapes",
    };
    Change::new(
        Cause::BodyReserialised,
        format!("the JSON is re-serialised {layout}{order}{escapes}{ending}"),
        "something parsed and re-wrote the body before this point",
    )
}

/// The ways of writing that differ for a text of this shape, likely ones first.
fn styles(shape: &Shape) -> impl Iterator<Item = Style> + use<> {
    let escapes = [
        (Escapes::Kept, true),
        (Escapes::Literal, shape.backslashes),
        (Escapes::Ascii, shape.beyond_ascii > 0),
        (Escapes::AsciiAndSlash, shape.slashes > 0),
        (Escapes::Html, shape.angles > 0),
    ];
    let orders = [(Order::Kept, true), (Order::Sorted, !shape.sorted), (ENVELOPE, !shape.as_envelope)];
    let escapes = escapes.into_iter().filter(|(_, differs)| *differs);
    escapes
        .flat_map(move |(escapes, _)| {
            let orders = orders.into_iter().filter(|(_, differs)| *differs);
            orders.flat_map(move |(order, _)| {
                LAYOUTS.into_iter().map(move |layout| Style { layout, order, escapes })
            })
        })
        .filter(|style| is_in_use(*style))
}

/// Leaves out what no serialiser is known to write.
fn is_in_use(style: Style) -> bool {
    match style.escapes {
        // What the service writes.
        _ if style.order == ENVELOPE => {
            matches!(style.layout, Layout::Compact | Layout::Spaced)
                && matches!(style.escapes, Escapes::Kept | Escapes::Literal | Escapes::Ascii)
        }
        // PHP: no option for sorting, an indent of four.
        Escapes::AsciiAndSlash => {
            style.order == Order::Kept && matches!(style.layout, Layout::Compact | Layout::Indented(4))
        }
        // Go.
        Escapes::Html => style.layout != Layout::Spaced,
        _ => true,
    }
}

/// What decides how long a text gets when it is written again, and which ways of writing differ.
struct Shape {
    length: usize,
    /// Members and elements.
    items: usize,
    /// The depth of every line of the indented form, added up.
    depths: usize,
    sorted: bool,
    as_envelope: bool,
    backslashes: bool,
    beyond_ascii: usize,
    slashes: usize,
    angles: usize,
}

impl Shape {
    fn of(tree: &Node<'_>, text: &str) -> Self {
        let count = |wanted: fn(&u8) -> bool| text.bytes().filter(wanted).count();
        let mut shape = Shape {
            length: text.len(),
            items: 0,
            depths: 0,
            sorted: true,
            as_envelope: true,
            backslashes: memchr::memchr(b'\\', text.as_bytes()).is_some(),
            beyond_ascii: count(|byte| !byte.is_ascii()),
            slashes: count(|byte| *byte == b'/'),
            angles: count(|byte| matches!(byte, b'<' | b'>' | b'&')),
        };
        shape.measure(tree, 0);
        shape
    }

    fn measure(&mut self, node: &Node<'_>, depth: usize) {
        match node {
            Node::Object(members) => {
                self.count(members.len(), depth);
                self.sorted &= members.is_sorted_by(|(a, _), (b, _)| json::unescape(a) <= json::unescape(b));
                self.as_envelope &= members.is_sorted_by_key(|(key, _)| json::place(catalog::KEYS, key));
                members.iter().for_each(|(_, member)| self.measure(member, depth + 1));
            }
            Node::Array(elements) => {
                self.count(elements.len(), depth);
                elements.iter().for_each(|element| self.measure(element, depth + 1));
            }
            Node::String(_) | Node::Literal(_) => {}
        }
    }

    fn count(&mut self, items: usize, depth: usize) {
        self.items += items + 1;
        self.depths += items * (depth + 1) + depth;
    }

    /// An upper bound of the bytes that writing in `style` makes. Deep nesting makes an indented
    /// form many times longer than the text, so it is known before anything is written.
    fn written(&self, style: Style) -> usize {
        let indent = match style.layout {
            Layout::Compact => 0,
            Layout::Spaced => 2 * self.items,
            Layout::Indented(width) => 2 * self.items + width * self.depths,
            Layout::Tabs => 2 * self.items + self.depths,
        };
        let escapes = match style.escapes {
            Escapes::Kept | Escapes::Literal => 0,
            Escapes::Ascii => 2 * self.beyond_ascii,
            Escapes::AsciiAndSlash => 2 * self.beyond_ascii + self.slashes,
            Escapes::Html => 5 * self.angles,
        };
        self.length + indent + escapes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_form_is_longer_than_was_foreseen() {
        let texts = [
            r#"{"b":[1,{"é/<\n":"\u00e9"}],"a":{},"c":[]}"#.to_owned(),
            format!("{}1,2,3,{{\"a\":[4,5]}}{}", "[".repeat(50), "]".repeat(50)),
            format!(r#"{{"z":"{}","y":"{}"}}"#, "<€/&>".repeat(40), "😀é".repeat(40)),
        ];
        for text in &texts {
            let tree = json::parse(text).expect("JSON");
            let shape = Shape::of(&tree, text);
            assert!(styles(&shape).count() >= 5);
            for style in styles(&shape) {
                let length = json::write(&tree, style).len();
                assert!(length <= shape.written(style), "{style:?}: {length} > {}", shape.written(style));
            }
        }
    }
}
