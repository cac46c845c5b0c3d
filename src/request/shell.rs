//! Words of a POSIX shell, and a request as a curl command.

use std::fmt::Write;

/// Below what Linux allows for one argument (128 KiB), with room for quoting.
const MAX_ARGUMENT: usize = 96 * 1024;

/// `text` as one word, whatever is in it.
pub fn quote(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// `text` as one word, in quotes where a shell would not leave it alone.
pub fn word(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:=@%+,".contains(c);
    match !text.is_empty() && text.chars().all(is_plain) {
        true => text.to_owned(),
        false => quote(text),
    }
}

/// `bytes` as one word, where they survive as one: text, without characters that a terminal or a shell
/// would act on when the command is pasted, and short enough.
pub fn argument(bytes: &[u8]) -> Option<String> {
    let text = str::from_utf8(bytes).ok().filter(|text| text.len() <= MAX_ARGUMENT)?;
    let is_inert = text.chars().all(|character| character == '\n' || !character.is_control());
    is_inert.then(|| quote(text))
}

/// A command that prints exactly `bytes`. It is a builtin of every shell, so their number has no limit.
pub fn printf(bytes: &[u8]) -> String {
    let mut word = String::with_capacity(bytes.len() + bytes.len() / 2);
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            // A word that begins with a hyphen would be an option.
            b'-' if at == 0 => word.push_str(r"\055"),
            b'%' => word.push_str("%%"),
            b'\\' => word.push_str(r"\\"),
            b'\'' => word.push_str(r"'\''"),
            b' '..=b'~' => word.push(char::from(*byte)),
            // Three digits, so that a digit that follows is not taken as a fourth. Writing to a String cannot fail.
            _ => {
                let _ = write!(word, "\\{byte:03o}");
            }
        }
    }
    format!("printf '{word}'")
}

/// A curl command that POSTs `body` with these headers, and with no type of the body but theirs.
pub fn curl<N: AsRef<str>, V: AsRef<[u8]>>(url: &str, headers: &[(N, V)], body: &[u8]) -> String {
    let url = location(url);
    let is_typed = headers.iter().any(|(name, _)| name.as_ref().eq_ignore_ascii_case("content-type"));
    // Without one, curl would call the body a form.
    let untyped = (!is_typed).then(|| quote("content-type:"));
    let headers = headers.iter().map(|(name, value)| header(name.as_ref(), value.as_ref())).chain(untyped);
    let headers: String = headers.map(|header| format!(" \\\n  -H {header}")).collect();
    let command = format!("curl {url}{headers}");
    match argument(body) {
        // A leading @ would name a file, except for --data-raw.
        Some(text) if body.starts_with(b"@") => format!("{command} \\\n  --data-raw {text}\n"),
        Some(text) => format!("{command} \\\n  --data-binary {text}\n"),
        None => format!("{} | {command} \\\n  --data-binary @-\n", printf(body)),
    }
}

/// A URL as one word for curl, after the options with which curl leaves it alone. What a terminal might act on, and
/// anything beyond ASCII, is percent-encoded: it means the same to a server.
fn location(url: &str) -> String {
    let mut encoded = String::with_capacity(url.len());
    for byte in url.bytes() {
        match byte {
            b'!'..=b'~' => encoded.push(char::from(byte)),
            // Writing to a String cannot fail.
            _ => {
                let _ = write!(encoded, "%{byte:02X}");
            }
        }
    }
    let mut options = String::new();
    // curl expands brackets and braces, and takes /a/../b for /b, unless it is told not to.
    if encoded.contains(['[', ']', '{', '}']) {
        options.push_str("--globoff ");
    }
    if has_dot_segment(&encoded) {
        options.push_str("--path-as-is ");
    }
    options + &quote(&encoded)
}

/// Whether a segment of the URL's path means its own folder or the one above, also percent-encoded.
fn has_dot_segment(url: &str) -> bool {
    let place = url.split(['?', '#']).next().unwrap_or_default();
    let mut segments = place.split('/').map(|segment| segment.to_ascii_lowercase().replace("%2e", "."));
    segments.any(|segment| segment == "." || segment == "..")
}

/// A header as one word for curl.
fn header(name: &str, value: &[u8]) -> String {
    if value.is_empty() {
        // After a colon, nothing would mean that it is not sent.
        return quote(&format!("{name};"));
    }
    let line = [name.as_bytes(), b": ", value].concat();
    argument(&line).unwrap_or_else(|| format!("\"$({})\"", printf(&line)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_quoted_where_a_shell_would_take_them_apart() {
        assert_eq!(word("http://localhost:3000/hook"), "http://localhost:3000/hook");
        assert_eq!(word("http://localhost:3000/hook?a=1&b=2"), "'http://localhost:3000/hook?a=1&b=2'");
        assert_eq!(word("npm start"), "'npm start'");
        assert_eq!(word(""), "''");
    }

    #[test]
    fn what_a_terminal_would_act_on_is_no_argument() {
        assert_eq!(argument("it's\n\u{e9}".as_bytes()).as_deref(), Some("'it'\\''s\n\u{e9}'"));
        for bytes in [&b"a\0"[..], b"a\r\n", b"\x1b[31m", b"a\tb", b"\xff"] {
            assert_eq!(argument(bytes), None, "{bytes:?}");
        }
        assert_eq!(argument(&vec![b'a'; MAX_ARGUMENT + 1]), None);
    }

    #[test]
    fn headers_keep_their_bytes_and_an_empty_one_is_sent() {
        let headers: [(&str, &[u8]); 3] = [("a", b"caf\xe9 $(id)'"), ("b", b""), ("Content-Type", b"x")];
        let command = "curl 'http://h/' \\\n  -H \"$(printf 'a: caf\\351 $(id)'\\''')\" \\\n  -H 'b;' \\\n  -H 'Content-Type: x' \\\n  --data-binary '{}'\n";
        assert_eq!(curl("http://h/", &headers, b"{}"), command);
        assert!(curl("http://h/", &headers[..1], b"{}").contains(" -H 'content-type:' "));
    }

    #[test]
    fn the_url_of_a_curl_command_is_inert_and_means_the_same() {
        let command = |url: &str| {
            let command = curl::<&str, &[u8]>(url, &[], b"{}");
            command.lines().next().unwrap_or_default().to_owned()
        };
        assert_eq!(command("http://h/a%20b..c/.d?x=/../"), r"curl 'http://h/a%20b..c/.d?x=/../' \");
        assert_eq!(
            command("http://h/\u{9b}2J\u{202e}\x7f\u{e9}'"),
            r"curl 'http://h/%C2%9B2J%E2%80%AE%7F%C3%A9'\''' \"
        );
        for path in ["/a/../b", "/..", "/./a", "/a/.?x=1", "/a/%2e%2E/b", "/a/.%2e"] {
            let url = format!("http://h{path}");
            assert_eq!(command(&url), format!(r"curl --path-as-is '{url}' \"));
        }
        assert_eq!(command("http://[::1]/../a"), r"curl --globoff --path-as-is 'http://[::1]/../a' \");
    }

    #[test]
    fn printf_escapes_what_its_format_means() {
        assert_eq!(printf(b"-n"), r"printf '\055n'");
        assert_eq!(printf(b"100%\\n'\0\xff1"), r"printf '100%%\\n'\''\000\3771'");
    }
}
