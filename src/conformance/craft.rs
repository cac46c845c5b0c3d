//! From a recipe to the bytes of a request: keys, ids and the time come in here.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hyper::Uri;

use super::keys::SuiteKeys;
use super::recipe::{
    Body, Edit, Entry, Form, Framing, Header, Method, NameCase, Recipe, Signatory, Signature, Stamp,
};
use super::tokens;
use crate::event::catalog::CATALOG;
use crate::signature::{KeyError, Secret, Signer, signature_header, signed_content};

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

/// What is signed.
pub(super) struct Subject<'a> {
    pub(super) id: &'a str,
    pub(super) stamp: &'a str,
    /// The moment of the stamp, or now where that is none.
    pub(super) moment: i64,
    pub(super) body: &'a [u8],
}

/// The request of a recipe.
///
/// # Errors
/// [`KeyError`] where an RSA key cannot sign.
pub(super) fn craft(recipe: &Recipe, fill: &Fill<'_>) -> Result<Request, KeyError> {
    let signed = bytes(&recipe.body);
    let (stamp, moment) = stamp(recipe.stamp, fill.now);
    let subject = Subject { id: fill.id, stamp: &stamp, moment, body: &signed };
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

/// The value of `webhook-signature`.
fn signature(signature: Signature, keys: &SuiteKeys, subject: &Subject<'_>) -> Result<String, KeyError> {
    match signature {
        Signature::Right => whole(&keys.own, subject),
        Signature::Foreign => whole(&keys.stranger, subject),
        Signature::OfAnother => {
            let other = Subject { id: "msg_another", body: b"{\"another\":\"body\"}", ..*subject };
            whole(&keys.own, &other)
        }
        Signature::List(entries) => {
            Ok(entries.iter().map(|one| entry(*one, keys, subject)).collect::<Vec<_>>().join(" "))
        }
        Signature::Token(kind) => tokens::token(kind, keys, subject),
        Signature::Text(text) => Ok(text.to_owned()),
    }
}

/// The header that a signer makes for a delivery.
fn whole(signer: &Signer, subject: &Subject<'_>) -> Result<String, KeyError> {
    if matches!(signer, Signer::Jwt { .. }) {
        return signature_header(signer, subject.id, subject.moment, subject.body);
    }
    let version = version_of(signer);
    let signatures = signer.sign_content(&content(subject));
    let entries = signatures.iter().map(|signature| format!("{version},{}", STANDARD.encode(signature)));
    Ok(entries.collect::<Vec<_>>().join(" "))
}

fn content(subject: &Subject<'_>) -> Vec<u8> {
    signed_content(subject.id.as_bytes(), subject.stamp.as_bytes(), subject.body)
}

fn version_of(signer: &Signer) -> &'static str {
    match signer {
        Signer::V1(_) => "v1",
        Signer::V1a(_) => "v1a",
        Signer::Jwt { .. } => "",
    }
}

fn entry(entry: Entry, keys: &SuiteKeys, subject: &Subject<'_>) -> String {
    let content = content(subject);
    let signature = match entry.by {
        Signatory::Own => keys.own.sign_content(&content),
        Signatory::Stranger => keys.stranger.sign_content(&content),
        Signatory::PublicKey => {
            Signer::V1(vec![Secret::from_key(&keys.public_bytes())]).sign_content(&content)
        }
    };
    let encoded = signature.first().map_or_else(String::new, |signature| encode(signature, entry.form));
    match entry.version.unwrap_or_else(|| version_of(&keys.own)) {
        "" => encoded,
        version => format!("{version},{encoded}"),
    }
}

fn encode(signature: &[u8], form: Form) -> String {
    const MORE: &[u8] = &[0; 3];
    match form {
        Form::Base64 => STANDARD.encode(signature),
        Form::Base64Url => URL_SAFE_NO_PAD.encode(signature),
        Form::Hex => signature.iter().map(|byte| format!("{byte:02x}")).collect(),
        Form::FirstCharacters => STANDARD.encode(signature).chars().take(8).collect(),
        Form::FirstHalf => STANDARD.encode(&signature[..signature.len() / 2]),
        Form::Longer => STANDARD.encode([signature, MORE].concat()),
        Form::Shifted => STANDARD.encode([MORE, signature].concat()),
        Form::LastBitFlipped => {
            let mut flipped = signature.to_vec();
            if let Some(last) = flipped.last_mut() {
                *last ^= 1;
            }
            STANDARD.encode(flipped)
        }
        Form::Empty => String::new(),
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
