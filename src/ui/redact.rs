//! Takes secrets out of talk, as a second line of defence.
//!
//! No message is written with a secret in it. A user can still type one where a file name or a flag
//! belongs, and the message that names the bad input would carry it into a terminal or a CI log.

use std::borrow::Cow;

/// What a secret starts with, and how many characters make one rather than a mention of the prefix.
const SHAPES: [(&str, usize); 3] = [("whsec_", 8), ("whsk_", 8), ("AIza", 30)];

const PEM_START: &str = "-----BEGIN";

/// `text` with everything that looks like a signing secret, a private key or an API key cut to its prefix.
pub fn secrets(text: &str) -> Cow<'_, str> {
    let suspicious = SHAPES.iter().any(|(prefix, _)| text.contains(prefix)) || text.contains(PEM_START);
    if !suspicious {
        return Cow::Borrowed(text);
    }
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(character) = rest.chars().next() {
        if let Some((prefix, length)) = secret_at(rest) {
            kept.push_str(prefix);
            kept.push_str("...");
            rest = &rest[length..];
        } else {
            kept.push(character);
            rest = &rest[character.len_utf8()..];
        }
    }
    Cow::Owned(kept)
}

/// The prefix and the whole length of the secret that `text` starts with.
fn secret_at(text: &str) -> Option<(&'static str, usize)> {
    if text.starts_with(PEM_START) && text.contains("PRIVATE") {
        const PEM_END: &str = "-----END";
        let end = text.find(PEM_END).map_or(text.len(), |start| start + PEM_END.len());
        return Some((PEM_START, end));
    }
    SHAPES.iter().find_map(|(prefix, least)| {
        let body = text.strip_prefix(prefix)?;
        let length = body.find(|c: char| !is_key_character(c)).unwrap_or(body.len());
        (length >= *least).then_some((*prefix, prefix.len() + length))
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
        assert_eq!(secrets("'whsk_AAECAwQFBgc'"), "'whsk_...'");
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
    }
}
