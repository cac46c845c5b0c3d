//! Makes somebody else's text safe to show: no control sequence, no invisible or reordering
//! character reaches a terminal. Bytes that are data on a pipe or in a file do not come here.

use std::borrow::Cow;
use std::fmt::Write;

/// `text` with everything that could move the cursor, hide or reorder text replaced by its escape.
pub fn text(text: &str) -> Cow<'_, str> {
    if is_plain(text) || !text.chars().any(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len() + 16);
    for character in text.chars() {
        match character {
            '\n' => safe.push_str("\\n"),
            '\r' => safe.push_str("\\r"),
            '\t' => safe.push_str("\\t"),
            _ if !is_unsafe(character) => safe.push(character),
            // Writing to a String cannot fail.
            _ if u32::from(character) < 0x100 => {
                let _ = write!(safe, "\\x{:02x}", u32::from(character));
            }
            _ => {
                let _ = write!(safe, "\\u{{{:x}}}", u32::from(character));
            }
        }
    }
    Cow::Owned(safe)
}

/// As [`text`], for bytes; what is not UTF-8 shows as `\xNN`.
pub fn bytes(bytes: &[u8]) -> String {
    let mut safe = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        safe.push_str(&text(chunk.valid()));
        for byte in chunk.invalid() {
            let _ = write!(safe, "\\x{byte:02x}");
        }
    }
    safe
}

/// JSON that says the same in characters that are safe to show: what [`text`] replaces can stand only inside of
/// strings, where JSON has escapes of its own.
pub fn json(json: &str) -> Cow<'_, str> {
    let is_plain = json.bytes().fold(true, |is_plain, byte| is_plain & (byte < 0x7f));
    let needs_escape = |character: char| character >= '\u{7f}' && is_unsafe(character);
    if is_plain || !json.chars().any(needs_escape) {
        return Cow::Borrowed(json);
    }
    let mut safe = String::with_capacity(json.len() + 16);
    for character in json.chars() {
        if needs_escape(character) {
            for unit in character.encode_utf16(&mut [0; 2]) {
                let _ = write!(safe, "\\u{unit:04x}");
            }
        } else {
            safe.push(character);
        }
    }
    Cow::Owned(safe)
}

/// As [`bytes()`], with lines and tabs as they are.
pub fn lines(source: &[u8]) -> String {
    let mut safe = String::with_capacity(source.len());
    for piece in source.split_inclusive(|byte| matches!(byte, b'\r' | b'\n' | b'\t')) {
        match piece.split_last() {
            Some((&end @ (b'\r' | b'\n' | b'\t'), before)) => {
                safe.push_str(&bytes(before));
                safe.push(char::from(end));
            }
            _ => safe.push_str(&bytes(piece)),
        }
    }
    safe
}

/// As [`text`], cut to at most `width` characters with `…` for the rest.
pub fn clipped(source: &str, width: usize) -> Cow<'_, str> {
    // Of plain text each byte is a character, and most text is plain.
    let is_plain = is_plain(source);
    if is_plain && source.len() <= width {
        return Cow::Borrowed(source);
    }
    let kept = width.saturating_sub(1);
    if is_plain {
        return Cow::Owned([&source[..kept], "…"].concat());
    }
    let safe = text(source);
    if safe.chars().count() <= width {
        return safe;
    }
    let mut short: String = safe.chars().take(kept).collect();
    short.push('…');
    Cow::Owned(short)
}

/// Whether all of it is printable ASCII, found out for many bytes at once.
fn is_plain(text: &str) -> bool {
    text.bytes().fold(true, |is_plain, byte| is_plain & matches!(byte, b' '..=b'~'))
}

fn is_unsafe(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{200b}'..='\u{200f}'      // zero width, and direction marks
            | '\u{2028}'..='\u{202e}'    // line and paragraph separators, embedding and override
            | '\u{2060}'..='\u{206f}'    // invisible operators, isolates
            | '\u{061c}' | '\u{feff}'
            | '\u{fff9}'..='\u{fffb}'    // interlinear annotation
            | '\u{e0000}'..='\u{e007f}') // tags
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_text_is_borrowed() {
        assert!(matches!(text("gs://bücket/ファイル"), Cow::Borrowed(_)));
    }

    #[test]
    fn control_and_direction_characters_are_escaped() {
        assert_eq!(text("a\u{1b}[31mb"), "a\\x1b[31mb");
        assert_eq!(text("a\u{9b}31mb"), "a\\x9b31mb");
        assert_eq!(text("a\r\nb\tc"), "a\\r\\nb\\tc");
        assert_eq!(text("user\u{202e}gpj.exe"), "user\\u{202e}gpj.exe");
    }

    #[test]
    fn bytes_that_are_not_text_are_escaped() {
        assert_eq!(bytes(b"ok\xff\xfe\x1b"), "ok\\xff\\xfe\\x1b");
    }

    #[test]
    fn json_says_the_same_in_safe_characters() {
        let source = "{\"a\":\"\u{9b}31m\u{7f}\u{202e}\u{e0041}ü\\n\"}\n";
        let safe = json(source);
        assert_eq!(safe, "{\"a\":\"\\u009b31m\\u007f\\u202e\\udb40\\udc41ü\\n\"}\n");
        let read = |text: &str| serde_json::from_str::<serde_json::Value>(text).expect("is JSON");
        assert_eq!(read(&safe), read(source));
        assert!(matches!(json("{\"a\":\"ü\"}\n"), Cow::Borrowed(_)));
    }

    #[test]
    fn lines_stay_lines() {
        assert_eq!(
            lines(b"POST / HTTP/1.1\r\na:\tb\n\n\x1b[31m\xc2\x9b"),
            "POST / HTTP/1.1\r\na:\tb\n\n\\x1b[31m\\x9b"
        );
    }

    #[test]
    fn clipping_counts_characters() {
        assert_eq!(clipped("äöü", 3), "äöü");
        assert_eq!(clipped("äöüß", 3), "äö…");
        assert_eq!(clipped("abc", 3), "abc");
        assert_eq!(clipped("abcd", 3), "ab…");
        assert_eq!(clipped("abcd", 0), "…");
    }
}
