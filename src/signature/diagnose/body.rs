//! Mistakes with the body's bytes: what editors, terminals, frameworks and character sets do to it.

use std::borrow::Cow;
use std::fmt::Write as _;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::case::Case;
use super::cause::{Cause, Change, Finding};
use super::json::change;
use crate::json::{self, Node, Style};

const BOM: &[u8] = b"\xef\xbb\xbf";

/// An edit of the body that was received, to come to the body that was signed.
struct Edit {
    cause: Cause,
    once: &'static str,
    fix: &'static str,
    /// The body as it may have been signed; none where the edit cannot be made.
    signed: for<'b> fn(&'b [u8]) -> Option<Cow<'b, [u8]>>,
}

impl Edit {
    fn change(&self) -> Change {
        Change::new(self.cause, self.once, self.fix)
    }
}

const NEWLINE_ADDED: &str =
    "something added it after signing: send the bytes as they were signed (printf '%s', curl --data-binary)";
const NEWLINE_LOST: &str =
    "something removed it after signing: keep the bytes as they arrive (curl --data-binary, not -d)";
const LATIN1: &str =
    "something took the body's UTF-8 for Latin-1 or Windows-1252: read and write it as bytes";
const UTF16: &str =
    "something saved it as UTF-16, as > of Windows PowerShell does: save the bytes as they came";
const ENCODED_ONCE_MORE: &str = "something encoded the body once more after signing: send the JSON itself";
const ENCODED_FOR_SIGNING: &str =
    "the sender signed an encoded form of the body: it must sign the bytes that it sends";
const NOT_THE_BODY: &str =
    "the sender's code signed before it had the body's bytes: it must sign what it sends";

/// Likely ones first. Those on the line's end stand before those that strip more, so that the
/// smallest change that explains a body is the one that is told.
const EDITS: &[Edit] = &[
    Edit {
        cause: Cause::BodyTrailingNewline,
        once: "the line feed at the end is removed",
        fix: NEWLINE_ADDED,
        signed: |body| body.strip_suffix(b"\n").map(Cow::Borrowed),
    },
    Edit {
        cause: Cause::BodyTrailingNewline,
        once: "the CR LF at the end is removed",
        fix: NEWLINE_ADDED,
        signed: |body| body.strip_suffix(b"\r\n").map(Cow::Borrowed),
    },
    Edit {
        cause: Cause::BodyTrailingNewline,
        once: "a line feed is added at the end",
        fix: NEWLINE_LOST,
        signed: |body| Some(Cow::Owned([body, b"\n"].concat())),
    },
    Edit {
        cause: Cause::BodyTrailingNewline,
        once: "a CR LF is added at the end",
        fix: NEWLINE_LOST,
        signed: |body| Some(Cow::Owned([body, b"\r\n"].concat())),
    },
    Edit {
        cause: Cause::BodyLineEndings,
        once: "every CR LF is turned into a line feed",
        fix: "something rewrote the line endings after signing: handle the body as bytes, not as text",
        signed: |body| unix_lines(body).map(Cow::Owned),
    },
    Edit {
        cause: Cause::BodyLineEndings,
        once: "every line feed is turned into CR LF",
        fix: "something rewrote the line endings after signing: handle the body as bytes, not as text",
        signed: |body| dos_lines(body).map(Cow::Owned),
    },
    Edit {
        cause: Cause::BodyLineEndings,
        once: "all line breaks are removed",
        fix: "curl -d and others drop them: the sender must sign the bytes that it sends",
        signed: |body| without_line_breaks(body).map(Cow::Owned),
    },
    Edit {
        cause: Cause::BodyBom,
        once: "the byte order mark at the start is removed",
        fix: "something saved the body as UTF-8 with a byte order mark: save and send it without",
        signed: |body| body.strip_prefix(BOM).map(Cow::Borrowed),
    },
    Edit {
        cause: Cause::BodyBom,
        once: "a byte order mark is put at the start",
        fix: "something read the body as text and dropped its byte order mark: handle it as bytes",
        signed: |body| (!body.starts_with(BOM)).then(|| Cow::Owned([BOM, body].concat())),
    },
    Edit {
        cause: Cause::BodyWhiteSpace,
        once: "the white space around the body is removed",
        fix: "something padded the body after signing, or the sender signed it trimmed: sign and send the same bytes",
        signed: |body| {
            Some(body.trim_ascii()).filter(|trimmed| trimmed.len() < body.len()).map(Cow::Borrowed)
        },
    },
    Edit {
        cause: Cause::BodyUtf16,
        once: "the body is turned from UTF-16 into UTF-8",
        fix: UTF16,
        signed: |body| from_utf16(body).map(|text| Cow::Owned(text.into_bytes())),
    },
    Edit {
        cause: Cause::BodyUtf16,
        once: "the body is turned from UTF-16 into UTF-8 and the line end after it is removed",
        fix: UTF16,
        signed: |body| {
            let text = from_utf16(body)?;
            let line = text.strip_suffix("\r\n").or_else(|| text.strip_suffix('\n'))?;
            Some(Cow::Owned(line.as_bytes().to_vec()))
        },
    },
    Edit {
        cause: Cause::BodyLatin1,
        once: "each character of the body is written as one byte of Latin-1",
        fix: LATIN1,
        signed: |body| narrowed(body, latin1_byte).map(Cow::Owned),
    },
    Edit {
        cause: Cause::BodyLatin1,
        once: "each character of the body is written as one byte of Windows-1252",
        fix: LATIN1,
        signed: |body| narrowed(body, windows_byte).map(Cow::Owned),
    },
    Edit {
        cause: Cause::BodyLatin1,
        once: "each byte of the body is read as a character of Latin-1 and written as UTF-8",
        fix: LATIN1,
        signed: |body| widened(body).map(Cow::Owned),
    },
    Edit {
        cause: Cause::BodyLossyUtf8,
        once: "every byte that is not UTF-8 is replaced by U+FFFD",
        fix: "the sender read the body as text before signing it: it must sign the bytes that it sends",
        signed: |body| match String::from_utf8_lossy(body) {
            Cow::Borrowed(_) => None,
            Cow::Owned(text) => Some(Cow::Owned(text.into_bytes())),
        },
    },
    Edit {
        cause: Cause::BodyJsonString,
        once: "the JSON string that the body is, is unwrapped",
        fix: ENCODED_ONCE_MORE,
        signed: |body| unwrapped(body).map(Cow::Owned),
    },
    Edit {
        cause: Cause::BodyJsonString,
        once: "the body is wrapped in a JSON string",
        fix: ENCODED_FOR_SIGNING,
        signed: |body| serde_json::to_vec(str::from_utf8(body).ok()?).ok().map(Cow::Owned),
    },
    Edit {
        cause: Cause::BodyBase64,
        once: "the body is base64-decoded",
        fix: ENCODED_ONCE_MORE,
        signed: |body| {
            STANDARD.decode(body.trim_ascii()).ok().filter(|bytes| !bytes.is_empty()).map(Cow::Owned)
        },
    },
    Edit {
        cause: Cause::BodyBase64,
        once: "the body is base64-encoded",
        fix: ENCODED_FOR_SIGNING,
        signed: |body| Some(Cow::Owned(STANDARD.encode(body).into_bytes())),
    },
    Edit {
        cause: Cause::BodyPythonRepr,
        once: "the body is written as Python prints bytes, b'…'",
        fix: "the sender formatted bytes into a string: it must join them as bytes, or decode the body first",
        signed: |body| Some(Cow::Owned(python_repr(body))),
    },
    Edit {
        cause: Cause::BodyEmpty,
        once: "the body is empty",
        fix: NOT_THE_BODY,
        signed: |body| (!body.is_empty()).then_some(Cow::Borrowed(b"")),
    },
    placeholder("the body is [object Object]", |_| Some(Cow::Borrowed(b"[object Object]"))),
    placeholder("the body is undefined", |_| Some(Cow::Borrowed(b"undefined"))),
    placeholder("the body is null", |_| Some(Cow::Borrowed(b"null"))),
    placeholder("the body is {}", |_| Some(Cow::Borrowed(b"{}"))),
];

const fn placeholder(once: &'static str, signed: for<'b> fn(&'b [u8]) -> Option<Cow<'b, [u8]>>) -> Edit {
    Edit { cause: Cause::BodyPlaceholder, once, fix: NOT_THE_BODY, signed }
}

/// The first edit that makes the delivery match.
pub(super) fn find(case: &mut Case<'_>) -> Option<Finding> {
    case.trying("line endings, trailing newlines, white space and BOM");
    case.trying("Latin-1, base64 and other encodings of the body");
    case.trying("an empty body");
    let body = case.delivery.body;
    EDITS.iter().find_map(|edit| {
        let found = case.with_body(&(edit.signed)(body)?)?;
        Finding::of(found.with([edit.change()]))
    })
}

/// The few changes to a body that are common enough to come together with another mistake.
pub(super) fn commonest<'b>(case: &mut Case<'b>) -> Vec<(Cow<'b, [u8]>, Change)> {
    let body = case.delivery.body;
    let mut all: Vec<(Cow<'b, [u8]>, Change)> = EDITS
        .iter()
        .filter(|edit| edit.cause == Cause::BodyTrailingNewline)
        .filter_map(|edit| Some(((edit.signed)(body)?, edit.change())))
        .collect();
    let tree = str::from_utf8(body).ok().and_then(|text| json::parse(text).ok());
    if let Some(tree) = tree.filter(|_| case.may_write(body.len())) {
        let compact = json::write(&tree, Style::COMPACT).into_bytes();
        if compact != body {
            all.push((Cow::Owned(compact), change(Style::COMPACT, "")));
        }
    }
    all
}

/// The text of a body that begins with the byte order mark of UTF-16.
fn from_utf16(body: &[u8]) -> Option<String> {
    let (unit, text): (fn([u8; 2]) -> u16, _) = match body {
        [0xff, 0xfe, text @ ..] => (u16::from_le_bytes, text),
        [0xfe, 0xff, text @ ..] => (u16::from_be_bytes, text),
        _ => return None,
    };
    let (pairs, []) = text.as_chunks::<2>() else { return None };
    char::decode_utf16(pairs.iter().map(|pair| unit(*pair))).collect::<Result<String, _>>().ok()
}

fn unix_lines(body: &[u8]) -> Option<Vec<u8>> {
    memchr::memmem::find(body, b"\r\n")?;
    let mut lines = Vec::with_capacity(body.len());
    for (index, byte) in body.iter().enumerate() {
        if *byte != b'\r' || body.get(index + 1) != Some(&b'\n') {
            lines.push(*byte);
        }
    }
    Some(lines)
}

fn dos_lines(body: &[u8]) -> Option<Vec<u8>> {
    memchr::memchr(b'\n', body)?;
    let mut lines = Vec::with_capacity(body.len() + body.len() / 16);
    let mut before = 0;
    for byte in body {
        if *byte == b'\n' && before != b'\r' {
            lines.push(b'\r');
        }
        lines.push(*byte);
        before = *byte;
    }
    (lines.len() > body.len()).then_some(lines)
}

fn without_line_breaks(body: &[u8]) -> Option<Vec<u8>> {
    memchr::memchr2(b'\n', b'\r', body)?;
    Some(body.iter().copied().filter(|byte| !matches!(byte, b'\n' | b'\r')).collect())
}

/// The text of `body` with each character as the byte that `byte` says it is.
fn narrowed(body: &[u8], byte: fn(char) -> Option<u8>) -> Option<Vec<u8>> {
    if body.is_ascii() {
        return None;
    }
    str::from_utf8(body).ok()?.chars().map(byte).collect()
}

fn latin1_byte(character: char) -> Option<u8> {
    u8::try_from(u32::from(character)).ok()
}

/// As Latin-1, with the printable characters that browsers and Windows have from 0x80 to 0x9f.
fn windows_byte(character: char) -> Option<u8> {
    const FROM_0X80: &str = "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8d}Ž\u{8f}\u{90}‘’“”•–—˜™š›œ\u{9d}žŸ";
    latin1_byte(character).or_else(|| {
        let at = FROM_0X80.chars().position(|printable| printable == character)?;
        u8::try_from(0x80 + at).ok()
    })
}

fn widened(body: &[u8]) -> Option<Vec<u8>> {
    if body.is_ascii() {
        return None;
    }
    Some(body.iter().map(|byte| char::from(*byte)).collect::<String>().into_bytes())
}

fn unwrapped(body: &[u8]) -> Option<Vec<u8>> {
    let text = str::from_utf8(body).ok()?;
    if !text.trim_start().starts_with('"') {
        return None;
    }
    match json::parse(text).ok()? {
        Node::String(raw) => Some(json::unescape(raw).into_owned().into_bytes()),
        _ => None,
    }
}

fn python_repr(body: &[u8]) -> Vec<u8> {
    let quote = if body.contains(&b'\'') && !body.contains(&b'"') { '"' } else { '\'' };
    let mut text = String::with_capacity(body.len() + 3);
    text.push('b');
    text.push(quote);
    for byte in body {
        match byte {
            b'\\' => text.push_str("\\\\"),
            b'\n' => text.push_str("\\n"),
            b'\r' => text.push_str("\\r"),
            b'\t' => text.push_str("\\t"),
            b'\'' if quote == '\'' => text.push_str("\\'"),
            b' '..=b'~' => text.push(char::from(*byte)),
            // Writing to a String cannot fail.
            _ => drop(write!(text, "\\x{byte:02x}")),
        }
    }
    text.push(quote);
    text.into_bytes()
}
