//! Mistakes with the body. Each is `(what was signed, what arrived)`.

use super::*;

#[track_caller]
fn cause(signed: impl AsRef<[u8]>, arrived: impl AsRef<[u8]>) -> Cause {
    let causes = Sample::signed_over(signed, arrived).causes(&keys());
    assert_eq!(causes.len(), 1, "{causes:?}");
    causes[0]
}

#[test]
fn the_end_of_the_body() {
    for ending in ["\n", "\r\n"] {
        let longer = format!("{BODY}{ending}");
        assert_eq!(cause(BODY, &longer), Cause::BodyTrailingNewline, "{ending:?} added");
        assert_eq!(cause(&longer, BODY), Cause::BodyTrailingNewline, "{ending:?} removed");
    }
    assert_eq!(cause("not JSON", "not JSON\n"), Cause::BodyTrailingNewline);
    assert_eq!(cause("not JSON", " \tnot JSON \n"), Cause::BodyWhiteSpace);
}

#[test]
fn line_endings() {
    let (unix, dos) = ("{\n  \"a\": 1\n}\n", "{\r\n  \"a\": 1\r\n}\r\n");
    assert_eq!(cause(unix, dos), Cause::BodyLineEndings);
    assert_eq!(cause(dos, unix), Cause::BodyLineEndings);
    assert_eq!(cause("two lines", "two\n lines\n"), Cause::BodyLineEndings);
}

#[test]
fn byte_order_mark() {
    let marked = format!("\u{feff}{BODY}");
    assert_eq!(cause(BODY, &marked), Cause::BodyBom);
    assert_eq!(cause(&marked, BODY), Cause::BodyBom);
}

#[test]
fn utf16_as_windows_shells_save_it() {
    let text = r#"{"type":"batch.succeeded","data":{"id":"ü"}}"#;
    let wide = |text: &str, order: fn(u16) -> [u8; 2]| -> Vec<u8> {
        "\u{feff}".encode_utf16().chain(text.encode_utf16()).flat_map(order).collect()
    };
    assert_eq!(cause(text, wide(text, u16::to_le_bytes)), Cause::BodyUtf16);
    assert_eq!(cause(text, wide(text, u16::to_be_bytes)), Cause::BodyUtf16);
    assert_eq!(cause(text, wide(&format!("{text}\r\n"), u16::to_le_bytes)), Cause::BodyUtf16);
}

#[test]
fn an_event_whose_keys_were_sorted() {
    let signed = r#"{"type":"video.generated","version":"v1","data":{"id":"o_1","output_file_uri":"gs://b/v","file_name":"f"}}"#;
    let sorted = r#"{"data": {"file_name": "f", "id": "o_1", "output_file_uri": "gs://b/v"}, "type": "video.generated", "version": "v1"}"#;
    assert_eq!(cause(signed, sorted), Cause::BodyReserialised);
    // PostgreSQL's jsonb: shorter keys first.
    let stored = r#"{"data": {"id": "o_1", "file_name": "f", "output_file_uri": "gs://b/v"}, "type": "video.generated", "version": "v1"}"#;
    assert_eq!(cause(signed, stored), Cause::BodyReserialised);
}

#[test]
fn character_sets_both_ways() {
    let text = r#"{"name":"Zoë “é” ÀÉ"}"#;
    let as_latin1: String = text.bytes().map(char::from).collect();
    assert_eq!(cause(text, &as_latin1), Cause::BodyLatin1);
    assert_eq!(cause(&as_latin1, text), Cause::BodyLatin1);
    // “ is e2 80 9c, which Windows-1252 reads as â, € and œ.
    assert_eq!(cause(r#"{"q":"“é"}"#, r#"{"q":"â€œÃ©"}"#), Cause::BodyLatin1);
    assert_eq!(cause(r#"{"name":"Zoë"}"#, b"{\"name\":\"Zo\xeb\"}"), Cause::BodyLatin1);
}

#[test]
fn text_that_was_read_as_utf8_although_it_is_not() {
    assert_eq!(cause("a\u{fffd}b\u{fffd}", b"a\xffb\xfe"), Cause::BodyLossyUtf8);
}

#[test]
fn encoded_once_more() {
    let string = serde_json::to_string(BODY).expect("serialises");
    assert_eq!(cause(BODY, &string), Cause::BodyJsonString);
    assert_eq!(cause(&string, BODY), Cause::BodyJsonString);
    let base64 = STANDARD.encode(BODY);
    assert_eq!(cause(BODY, &base64), Cause::BodyBase64);
    assert_eq!(cause(&base64, BODY), Cause::BodyBase64);
}

/// The form is what Python 3 prints for these bytes.
#[test]
fn printed_by_python() {
    assert_eq!(cause(format!("b'{BODY}'"), BODY), Cause::BodyPythonRepr);
    let body = b"it's \"\xc3\xa9\"\n\t\\";
    assert_eq!(cause(r#"b'it\'s "\xc3\xa9"\n\t\\'"#, body), Cause::BodyPythonRepr);
    assert_eq!(cause(r#"b"it's""#, "it's"), Cause::BodyPythonRepr);
}

#[test]
fn no_body_at_all() {
    assert_eq!(cause("", BODY), Cause::BodyEmpty);
    for text in ["[object Object]", "undefined", "null", "{}"] {
        assert_eq!(cause(text, BODY), Cause::BodyPlaceholder, "{text}");
    }
}

#[test]
fn json_in_every_layout_and_order() {
    let arrived = r#"{ "b":[1,{"é/<":"\u00e9"}],"a":1e2 }"#;
    let forms = [
        (r#"{"b":[1,{"é/<":"\u00e9"}],"a":1e2}"#, "without spaces"),
        (r#"{"b": [1, {"é/<": "\u00e9"}], "a": 1e2}"#, "with a space after each comma and colon"),
        (r#"{"a":1e2,"b":[1,{"é/<":"\u00e9"}]}"#, "without spaces and sorted keys"),
        (r#"{"b":[1,{"é/<":"é"}],"a":1e2}"#, "without spaces, every character literal"),
        (
            r#"{"a": 1e2, "b": [1, {"\u00e9/<": "\u00e9"}]}"#,
            r"with a space after each comma and colon and sorted keys, everything beyond ASCII as \u escapes",
        ),
        (
            r#"{"b":[1,{"\u00e9\/<":"\u00e9"}],"a":1e2}"#,
            r"without spaces, everything beyond ASCII as \u escapes and / as \/",
        ),
        (r#"{"b":[1,{"é/\u003c":"é"}],"a":1e2}"#, r"without spaces, with <, > and & as \u escapes"),
        (
            "{\n  \"b\": [\n    1,\n    {\n      \"é/<\": \"\\u00e9\"\n    }\n  ],\n  \"a\": 1e2\n}",
            "with an indent of 2 spaces",
        ),
        (
            "{\n    \"a\": 1e2,\n    \"b\": [\n        1,\n        {\n            \"é/<\": \"\\u00e9\"\n        }\n    ]\n}\n",
            "with an indent of 4 spaces and sorted keys, with a line feed at the end",
        ),
        (
            "{\n\t\"b\": [\n\t\t1,\n\t\t{\n\t\t\t\"é/<\": \"\\u00e9\"\n\t\t}\n\t],\n\t\"a\": 1e2\n}",
            "with an indent of tabs",
        ),
    ];
    for (signed, words) in forms {
        let finding = Sample::signed_over(signed, arrived).finding(&keys());
        assert_eq!(finding.cause, Cause::BodyReserialised);
        assert_eq!(finding.proof, format!("it matches once the JSON is re-serialised {words}"));
    }
}

#[test]
fn the_smallest_change_is_the_one_that_is_told() {
    // Removing the line feed and re-serialising lead to the same bytes.
    assert_eq!(cause(BODY, format!("{BODY}\n")), Cause::BodyTrailingNewline);
    assert_eq!(cause(format!("{BODY}\n"), format!("{BODY}\r\n")), Cause::BodyLineEndings);
}
