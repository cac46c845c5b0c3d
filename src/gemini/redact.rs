//! Taking keys and secrets out of what the other side says, before any of it can be shown.

use std::borrow::Cow;

/// What stands where the API key stood.
const KEY_MARK: &str = "[API key]";
const PREFIX: &str = "whsec_";
/// Fewer characters than any secret in use has; the API's own `whsec_...3frh` has none after the prefix.
const SHORTEST: usize = 8;

/// `text` without `key` in it. A key that is too short to be one is left alone: it would match anywhere.
pub(super) fn key<'a>(text: &'a str, key: &str) -> Cow<'a, str> {
    if key.len() < SHORTEST || !text.contains(key) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.replace(key, KEY_MARK))
}

/// `text` with every whole signing secret cut to its prefix and last four characters.
pub(super) fn secrets(text: &str) -> Cow<'_, str> {
    if !text.contains(PREFIX) {
        return Cow::Borrowed(text);
    }
    let mut safe = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(PREFIX) {
        let (before, after) = rest.split_at(start + PREFIX.len());
        let length = after.bytes().take_while(|byte| is_base64(*byte)).count();
        let (secret, tail) = after.split_at(length);
        safe.push_str(before);
        if length < SHORTEST {
            safe.push_str(secret);
        } else {
            safe.push_str("...");
            // As the API truncates; of a short secret, four characters would be a good part.
            safe.push_str(if length < 24 { "" } else { &secret[length - 4..] });
        }
        rest = tail;
    }
    safe.push_str(rest);
    Cow::Owned(safe)
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'-' | b'_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_is_replaced_everywhere() {
        assert_eq!(
            key("API key AIzaSyTest not valid: AIzaSyTest", "AIzaSyTest").matches(KEY_MARK).count(),
            2
        );
        assert_eq!(key("a test", "test"), "a test");
    }

    #[test]
    fn whole_secrets_are_cut_and_truncated_ones_stay() {
        let text =
            r#"{"a":"whsec_QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB","b":"whsec_...3frh","c":"whsec_AAECAwQFBgc="}"#;
        let wanted = r#"{"a":"whsec_...QUFB","b":"whsec_...3frh","c":"whsec_..."}"#;
        assert_eq!(secrets(text), wanted);
        assert!(matches!(secrets("nothing here"), Cow::Borrowed(_)));
    }
}
