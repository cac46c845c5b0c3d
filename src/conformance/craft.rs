//! From a recipe to the bytes of a request: keys, ids and the time come in here.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use hyper::Uri;

use super::keys::SuiteKeys;
use super::recipe::{Body, Edit, Framing, Header, Method, NameCase, Recipe, Stamp};
use super::signing::{Subject, signature, telling_id, whole};
use crate::event::catalog::CATALOG;
use crate::signature::{KeyError, signed_content};

/// A request that is ready to be sent.
#[derive(Debug, Clone)]
pub struct Request {
    /// POST, but for the case that is about another.
    pub method: Method,
    /// The path and query.
    pub target: String,
    /// Names and values as they are written, in their order.
    pub headers: Vec<(String, String)>,
    /// The body, without its framing.
    pub body: Vec<u8>,
    /// How the end of the body is told.
    pub framing: Framing,
    /// Signatures that would make this request valid, which nobody but the sender may know.
    pub(super) right: Vec<String>,
}

/// What a recipe is filled in with.
#[derive(Clone, Copy)]
pub(super) struct Fill<'a> {
    pub(super) keys: &'a SuiteKeys,
    pub(super) url: &'a Uri,
    pub(super) id: &'a str,
    /// Unix seconds.
    pub(super) now: i64,
}

/// The request of a recipe.
///
/// # Errors
/// [`KeyError`] where an RSA key cannot sign.
pub(super) fn craft(recipe: &Recipe, fill: &Fill<'_>) -> Result<Request, KeyError> {
    let signed = bytes(&recipe.body);
    let (stamp, moment) = stamp(recipe.stamp, fill.now);
    let id = telling_id(recipe.signature, fill, &stamp, &signed);
    let fill = &Fill { id: &id, ..*fill };
    let subject = Subject { id: &id, stamp: &stamp, moment, body: &signed };
    let signature = signature(recipe.signature, fill.keys, &subject)?;
    let body = recipe.sent.as_ref().map_or_else(|| signed.clone(), bytes);
    let mut headers = own_headers(fill.url);
    for (header, value) in
        [(Header::Id, fill.id), (Header::Timestamp, &stamp), (Header::Signature, &signature)]
    {
        let other = || other_value(header, fill, moment);
        edit(header, value, recipe.edits, other, &mut |value| {
            headers.push((cased(header.name(), recipe.names), value));
        });
    }
    let right = fill.keys.own.sign_content(&signed_content(fill.id.as_bytes(), stamp.as_bytes(), &body));
    match recipe.framing {
        Framing::Length | Framing::Stalled if recipe.method == Method::Post => {
            headers.push(("content-length".to_owned(), body.len().to_string()));
        }
        Framing::Chunked => headers.push(("transfer-encoding".to_owned(), "chunked".to_owned())),
        Framing::Length | Framing::Stalled | Framing::None => {}
    }
    Ok(Request {
        method: recipe.method,
        target: fill.url.path_and_query().map_or("/", |path| path.as_str()).to_owned(),
        headers,
        body,
        framing: recipe.framing,
        right: right.iter().map(|signature| STANDARD.encode(signature)).collect(),
    })
}

impl Request {
    /// The request as it stands on the wire.
    pub fn to_bytes(&self) -> Vec<u8> {
        let body = match self.framing {
            Framing::Length | Framing::None => self.body.clone(),
            Framing::Stalled => self.body[..self.body.len() / 2].to_vec(),
            Framing::Chunked => chunks(&self.body),
        };
        crate::request::write(self.method.name(), &self.target, &self.headers, &body)
    }

    /// The value of the first header of this name.
    pub fn header(&self, name: &str) -> Option<&str> {
        let named = self.headers.iter().find(|(found, _)| found.eq_ignore_ascii_case(name));
        named.map(|(_, value)| value.as_str())
    }
}

/// The bytes of a body.
fn bytes(body: &Body) -> Vec<u8> {
    const START: &str = r#"{"type":"batch.succeeded","version":"v1","timestamp":"2026-01-22T12:00:00Z","data":{"id":"batch_123456","note":""#;
    const END: &str = r#""}}"#;
    match *body {
        Body::Event(name) => {
            let event = CATALOG.iter().find(|event| event.name == name);
            event.map_or_else(Vec::new, |event| event.sample.as_bytes().to_vec())
        }
        Body::Text(text) => text.as_bytes().to_vec(),
        Body::Bytes(bytes) => bytes.to_vec(),
        Body::Padded(length) => {
            let padding = "x".repeat(length.saturating_sub(START.len() + END.len()));
            format!("{START}{padding}{END}").into_bytes()
        }
    }
}

/// The text of a timestamp and the moment that it means.
fn stamp(stamp: Stamp, now: i64) -> (String, i64) {
    match stamp {
        Stamp::FromNow(offset) => {
            let moment = now.saturating_add(offset);
            (moment.to_string(), moment)
        }
        Stamp::Millis => (now.saturating_mul(1_000).to_string(), now),
        Stamp::Negative => (format!("-{now}"), now),
        Stamp::Text(text) => (text.to_owned(), now),
    }
}

/// The headers that any JSON request has. Each exchange has a connection of its own.
fn own_headers(url: &Uri) -> Vec<(String, String)> {
    let authority = url.authority().map_or("", |authority| authority.as_str());
    [
        ("host", authority),
        ("user-agent", concat!("gwh/", env!("CARGO_PKG_VERSION"))),
        ("accept", "*/*"),
        ("content-type", "application/json"),
        ("connection", "close"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .into()
}

/// Adds a header with whatever the edits make of it.
fn edit(
    header: Header,
    value: &str,
    edits: &[Edit],
    other: impl Fn() -> String,
    add: &mut impl FnMut(String),
) {
    let (mut before, mut kept, mut after) = (None, Some(value.to_owned()), None);
    for edit in edits {
        match *edit {
            Edit::Drop(which) if which == header => kept = None,
            Edit::Blank(which) if which == header => kept = Some(String::new()),
            Edit::Change(which) if which == header => kept = Some(other()),
            Edit::RepeatBefore(which) if which == header => before = Some(other()),
            Edit::RepeatAfter(which) if which == header => after = Some(other()),
            _ => {}
        }
    }
    [before, kept, after].into_iter().flatten().for_each(add);
}

/// Another value that a header could have.
fn other_value(header: Header, fill: &Fill<'_>, moment: i64) -> String {
    match header {
        Header::Id => format!("{}_other", fill.id),
        Header::Timestamp => (moment - 1).to_string(),
        Header::Signature => {
            let subject =
                Subject { id: fill.id, stamp: &moment.to_string(), moment, body: b"{\"another\":\"body\"}" };
            whole(&fill.keys.stranger, &subject).unwrap_or_else(|_| "v1,AAAA".to_owned())
        }
    }
}

fn cased(name: &str, case: NameCase) -> String {
    match case {
        NameCase::Lower => name.to_owned(),
        NameCase::Upper => name.to_ascii_uppercase(),
        NameCase::Title => {
            let words =
                name.split('-').map(|word| format!("{}{}", word[..1].to_ascii_uppercase(), &word[1..]));
            words.collect::<Vec<_>>().join("-")
        }
        NameCase::Mixed => {
            let mixed = name.char_indices().map(|(index, letter)| match index % 2 {
                0 => letter.to_ascii_lowercase(),
                _ => letter.to_ascii_uppercase(),
            });
            mixed.collect()
        }
    }
}

/// The body in chunks of seven bytes, which cut longer characters in two.
fn chunks(body: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(body.len() * 2 + 8);
    for chunk in body.chunks(7) {
        out.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
        out.extend_from_slice(chunk);
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(b"0\r\n\r\n");
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conformance::recipe::{Entry, Form, Signatory, Signature, VALID};
    use crate::random::SeededRandom;
    use crate::signature::{Secret, Signer};

    #[test]
    fn base64url_always_differs_from_the_beginning_of_base64() {
        const URL: Entry = Entry { by: Signatory::Own, version: None, form: Form::Base64Url };
        let own = Signer::V1(vec![Secret::from_key(&[1; 32])]);
        let keys = SuiteKeys::new(own, &SeededRandom::new(1)).expect("makes keys");
        let url = Uri::from_static("http://localhost/");
        for number in 0..50 {
            let fill = Fill { keys: &keys, url: &url, id: &format!("msg_{number}"), now: 1_769_083_200 };
            let recipe = Recipe { signature: Signature::List(&[URL]), ..VALID };
            let request = craft(&recipe, &fill).expect("signs");
            let signature = request.header("webhook-signature").expect("is signed");
            assert!(signature["v1,".len()..][..8].contains(['-', '_']), "{signature}");
        }
    }

    #[test]
    fn chunks_cut_characters_in_two_and_can_be_joined_again() {
        let body = "{\"path\":\"結果😀\"}".as_bytes();
        let written =
            [b"POST / HTTP/1.1\r\nwebhook-id: a\r\ntransfer-encoding: chunked\r\n\r\n", &chunks(body)[..]]
                .concat();
        let request = crate::request::parse(&written).expect("is well-formed").expect("is a request");
        assert_eq!(request.body.as_ref(), body);
        assert!(body.chunks(7).any(|chunk| str::from_utf8(chunk).is_err()));
    }
}
