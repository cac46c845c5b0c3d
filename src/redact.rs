//! Cuts secrets and keys out of text that is about to be shown or kept, as a second line of defence.
//!
//! No message is written with a secret in it. But a user can type one where a file name or a flag
//! belongs, and the other side may echo one in whatever it answers.

use std::borrow::Cow;

/// What a secret looks like.
struct Shape {
    prefix: &'static str,
    /// How many characters make one rather than a mention of the prefix.
    least: usize,
    /// Whether its last four characters may show, as the API shows them. Of a short secret, they would be
    /// a good part.
    shows_end: bool,
}

const SHAPES: [Shape; 3] = [
    Shape { prefix: "whsec_", least: 8, shows_end: true },
    Shape { prefix: "whsk_", least: 8, shows_end: false },
    Shape { prefix: "AIza", least: 30, shows_end: false },
];

/// How many characters a secret has whose end may show.
const LONG: usize = 24;
const PEM_START: &str = "-----BEGIN";
const PEM_END: &str = "-----END";
/// What stands where a known API key stood.
const KEY_MARK: &str = "[API key]";
/// A key with fewer characters would match anywhere.
const SHORTEST_KEY: usize = 8;

/// `text` with every whole signing secret, private key and API key cut to its prefix, and of long signing
/// secrets the last four characters. JSON stays JSON.
pub fn secrets(text: &str) -> Cow<'_, str> {
    let suspicious = SHAPES.iter().any(|shape| text.contains(shape.prefix)) || text.contains(PEM_START);
    if !suspicious {
        return Cow::Borrowed(text);
    }
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        if let Some(Found { prefix, end, length }) = secret_at(rest) {
            kept.push_str(prefix);
            kept.push_str("...");
            kept.push_str(end);
            rest = &rest[length..];
        } else {
            kept.push(character);
            rest = &rest[character.len_utf8()..];
        }
    }
    Cow::Owned(kept)
}

/// `text` without the API key `key` in it.
pub fn key<'a>(text: &'a str, key: &str) -> Cow<'a, str> {
    if key.len() < SHORTEST_KEY || !text.contains(key) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace(key, KEY_MARK))
}

/// The secret that a text starts with.
struct Found<'a> {
    prefix: &'static str,
    end: &'a str,
    length: usize,
}

fn secret_at(text: &str) -> Option<Found<'_>> {
    if text.starts_with(PEM_START) && text.contains("PRIVATE") {
        // A key holds no quote: where one comes first, the text is a JSON string that the key ends with.
        let text = &text[..text.find('"').unwrap_or(text.len())];
        let length = text.find(PEM_END).map_or(text.len(), |start| start + PEM_END.len());
        return Some(Found { prefix: PEM_START, end: "", length });
    }
    SHAPES.iter().find_map(|shape| {
        let body = text.strip_prefix(shape.prefix)?;
        let body = &body[..body.find(|c: char| !is_key_character(c)).unwrap_or(body.len())];
        let end = if shape.shows_end && body.len() >= LONG { &body[body.len() - 4..] } else { "" };
        let length = shape.prefix.len() + body.len();
        (body.len() >= shape.least).then_some(Found { prefix: shape.prefix, end, length })
    })
}

fn is_key_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '+' | '/' | '=' | '-' | '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_looks_like_a_secret_is_cut() {
        assert_eq!(
            secrets("cannot read whsec_AAECAwQFBgc=: no such file"),
            "cannot read whsec_...: no such file"
        );
        assert_eq!(secrets("'whsk_AAECAwQFBgcAAECAwQFBgcAAECAwQFBgc'"), "'whsk_...'");
        assert_eq!(secrets("v1,whsec_AAECAwQFBgc="), "v1,whsec_...");
        assert_eq!(secrets(&format!("key=AIza{}", "x".repeat(35))), "key=AIza...");
        let pem = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----";
        assert_eq!(secrets(&format!("bad {pem}")), "bad -----BEGIN... PRIVATE KEY-----");
    }

    #[test]
    fn mentions_and_truncated_forms_stay() {
        for text in
            ["whsec_ and base64", "whsec_...3frh", "an RSA key (-----BEGIN CERTIFICATE-----)", "whsec_…"]
        {
            assert_eq!(secrets(text), text);
        }
        assert!(matches!(secrets("nothing here"), Cow::Borrowed(_)));
    }

    #[test]
    fn long_signing_secrets_keep_their_end_and_json_stays_json() {
        let text = r#"{"a":"whsec_QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB","b":"whsec_...3frh","c":"whsec_AAECAwQFBgc=",
            "d":"-----BEGIN PRIVATE KEY-----\nAAAA","e":1}"#;
        let wanted = r#"{"a":"whsec_...QUFB","b":"whsec_...3frh","c":"whsec_...",
            "d":"-----BEGIN...","e":1}"#;
        assert_eq!(secrets(text), wanted);
    }

    #[test]
    fn a_key_that_breaks_off_takes_nothing_along_that_stands_after_its_string() {
        let text = r#"[{"a":"-----BEGIN PRIVATE KEY","b":[1]},{"c":["-----END"]}]"#;
        assert_eq!(secrets(text), r#"[{"a":"-----BEGIN...","b":[1]},{"c":["-----END"]}]"#);
    }

    #[test]
    fn the_key_is_replaced_everywhere() {
        assert_eq!(
            key("API key AIzaSyTest not valid: AIzaSyTest", "AIzaSyTest").matches(KEY_MARK).count(),
            2
        );
        assert_eq!(key("a test", "test"), "a test");
    }
}
