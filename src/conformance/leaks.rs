//! What an answer must not give away: the secret, the signature that would have been right, the inside
//! of the handler.

use super::craft::Request;
use super::keys::SuiteKeys;
use super::reply::Reply;

/// What was found in an answer, as the end of a sentence; none where it gives nothing away.
pub(super) fn find(reply: &Reply, request: &Request, keys: &SuiteKeys) -> Option<String> {
    let mut text = String::from_utf8_lossy(&reply.body).into_owned();
    for (_, value) in &reply.headers {
        text.push('\n');
        text.push_str(value);
    }
    // A shorter one would stand in many texts by chance.
    if keys.encoded_secret().is_some_and(|encoded| encoded.len() >= 8 && text.contains(encoded)) {
        return Some("the signing secret".to_owned());
    }
    // The handler may say what it was sent, but not what it should have been sent.
    let sent = request.header(crate::signature::SIGNATURE).unwrap_or_default();
    if request.right.iter().any(|right| text.contains(right.as_str()) && !sent.contains(right.as_str())) {
        return Some("the signature that would have been accepted".to_owned());
    }
    stack_trace(&text).map(|kind| format!("a stack trace ({kind})"))
}

/// Whose stack trace a text holds.
fn stack_trace(text: &str) -> Option<&'static str> {
    const MARKS: [(&str, &[&str]); 9] = [
        ("Python", &["Traceback (most recent call last)", "site-packages/", "werkzeug.debug"]),
        ("Node", &["node_modules/", "(node:internal", "at process.processTicksAndRejections"]),
        ("Java", &["\tat java.", "\tat org.", "\tat com.", ".java:"]),
        ("Go", &["goroutine 1 [", "goroutine running", "runtime/debug.Stack", "runtime/panic.go"]),
        ("Rust", &["panicked at ", "stack backtrace:"]),
        ("PHP", &["Stack trace:\n#0", "PHP Fatal error", "Fatal error</b>"]),
        ("Ruby", &[".rb:in `", "/gems/"]),
        (".NET", &["System.Exception", ".cs:line "]),
        ("Elixir", &["(elixir ", "** (RuntimeError)"]),
    ];
    let of_mark = MARKS.iter().find(|(_, marks)| marks.iter().any(|mark| text.contains(mark)));
    of_mark.map(|(kind, _)| *kind).or_else(|| has_script_position(text).then_some("JavaScript"))
}

/// Whether a position in a script stands there, as in `/app/index.js:12:7`.
fn has_script_position(text: &str) -> bool {
    [".js:", ".mjs:", ".cjs:", ".ts:"].iter().any(|ending| {
        text.match_indices(ending).any(|(at, _)| {
            let rest = &text[at + ending.len()..];
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            let after = rest.as_bytes().get(digits..).unwrap_or_default();
            digits > 0 && after.first() == Some(&b':') && after.get(1).is_some_and(u8::is_ascii_digit)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stack_traces_are_told_from_plain_answers() {
        for trace in [
            "Traceback (most recent call last):\n  File \"/app/main.py\", line 3",
            "<pre>Error: no<br> &nbsp; &nbsp;at verify (/app/index.js:12:7)</pre>",
            "thread 'main' panicked at src/main.rs:4:5",
        ] {
            assert!(stack_trace(trace).is_some(), "{trace}");
        }
        for plain in ["{\"error\":\"signature_mismatch\"}", "see index.js", "Unauthorized", "ratio.js:1"] {
            assert_eq!(stack_trace(plain), None, "{plain}");
        }
    }
}
