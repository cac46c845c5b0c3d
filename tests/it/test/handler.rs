//! A small handler that is correct, or makes one mistake.

use std::collections::HashSet;
use std::sync::Mutex;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use gwh::signature::{Secret, Signer, signed_content};

use crate::support::delivery::local_secret;
use crate::support::{NOW, Received, Receiver, Reply, Sandbox};

/// The one thing that a handler does wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mistake {
    None,
    NoTimestampCheck,
    NanTimestamp,
    FirstSignatureOnly,
    WholeHeader,
    PrefixCompared,
    VersionIgnored,
    LenientBase64,
    UnsignedAccepted,
    IdNotSigned,
    Reserialised,
    BodyTrimmed,
    RepeatedTaken,
    BadSignatureIs500,
    LengthThrows,
    CrashesOnBadJson,
    SignatureTold,
    TraceTold,
    UnknownTypeRefused,
    DataExpected,
    DuplicateRefused,
    GetTaken,
    RefusalRedirected,
    LargeBodyIs500,
}

/// A handler on a port of its own, with the sandbox's test secret and its time.
pub fn handler(sandbox: &Sandbox, mistake: Mistake) -> Receiver {
    let handler = Handler { mistake, secret: local_secret(sandbox), seen: Mutex::default() };
    Receiver::scripted(move |_, request| {
        let (status, body) = handler.answer(request);
        let more = if status == 302 { "location: /login\r\n" } else { "" };
        Reply::with_body(status, more, &body)
    })
}

struct Handler {
    mistake: Mistake,
    secret: Secret,
    seen: Mutex<HashSet<String>>,
}

type Answer = (u16, String);

impl Handler {
    fn is(&self, mistake: Mistake) -> bool {
        self.mistake == mistake
    }

    fn answer(&self, request: &Received) -> Answer {
        if request.method != "POST" && !self.is(Mistake::GetTaken) {
            return (405, "POST only".to_owned());
        }
        if request.method != "POST" {
            return (200, "ok".to_owned());
        }
        if request.body.len() > 1 << 20 {
            let status = if self.is(Mistake::LargeBodyIs500) { 500 } else { 413 };
            return (status, "too large".to_owned());
        }
        if let Err(refusal) = self.verify(request) {
            return refusal;
        }
        let Ok(event) = serde_json::from_slice::<serde_json::Value>(&request.body) else {
            let status = if self.is(Mistake::CrashesOnBadJson) { 500 } else { 400 };
            return (status, "not JSON".to_owned());
        };
        if self.is(Mistake::UnknownTypeRefused) && event["type"] == "model.tuned" {
            return (400, "unknown type".to_owned());
        }
        if self.is(Mistake::DataExpected) && event.is_object() && event["data"]["id"].is_null() {
            return (500, "no id".to_owned());
        }
        let id = request.values("webhook-id")[0].to_owned();
        let is_new = self.seen.lock().expect("no handler panics").insert(id);
        match !is_new && self.is(Mistake::DuplicateRefused) {
            true => (409, "seen before".to_owned()),
            false => (200, "ok".to_owned()),
        }
    }

    fn verify(&self, request: &Received) -> Result<(), Answer> {
        let refused = || match self.mistake {
            Mistake::BadSignatureIs500 => (500, "signature".to_owned()),
            Mistake::RefusalRedirected => (302, String::new()),
            Mistake::TraceTold => (401, "Error: no\n    at verify (/app/index.js:12:7)".to_owned()),
            _ => (401, "no".to_owned()),
        };
        let value = |name| match request.values(name)[..] {
            [value] => Some(value.to_owned()),
            [first, ..] if self.is(Mistake::RepeatedTaken) => Some(first.to_owned()),
            _ => None,
        };
        if self.is(Mistake::UnsignedAccepted) && request.values("webhook-signature").is_empty() {
            return Ok(());
        }
        let (Some(id), Some(stamp), Some(given)) =
            (value("webhook-id"), value("webhook-timestamp"), value("webhook-signature"))
        else {
            return Err(refused());
        };
        if id.is_empty() || !self.is_recent(&stamp) {
            return Err(refused());
        }
        let signed_id = if self.is(Mistake::IdNotSigned) { original_id(&id) } else { id.as_str() };
        let content = signed_content(signed_id.as_bytes(), stamp.as_bytes(), &self.signed(&request.body));
        let signer = Signer::V1(vec![self.secret.clone()]);
        let expected = format!("v1,{}", STANDARD.encode(&signer.sign_content(&content)[0]));
        if self.is(Mistake::LengthThrows) && given.split(' ').any(|entry| entry.len() != expected.len()) {
            return Err((500, "Input buffers must have the same byte length".to_owned()));
        }
        match self.matches(&given, &expected) {
            true => Ok(()),
            false if self.is(Mistake::SignatureTold) => Err((401, format!("expected {expected}"))),
            false => Err(refused()),
        }
    }

    fn is_recent(&self, stamp: &str) -> bool {
        if self.is(Mistake::NoTimestampCheck) {
            return !stamp.is_empty();
        }
        if self.is(Mistake::NanTimestamp) {
            // As a comparison with NaN does in JavaScript.
            return !stamp.is_empty() && stamp.parse::<i64>().is_ok_and(|at| at.abs_diff(NOW) <= 300)
                || stamp.parse::<f64>().map_or(true, f64::is_nan);
        }
        let is_digits = stamp.bytes().all(|byte| byte.is_ascii_digit());
        is_digits && stamp.parse::<i64>().is_ok_and(|at| at.abs_diff(NOW) <= 300)
    }

    fn signed(&self, body: &[u8]) -> Vec<u8> {
        match self.mistake {
            Mistake::Reserialised => serde_json::from_slice::<serde_json::Value>(body)
                .map_or_else(|_| body.to_vec(), |value| compact(&value)),
            Mistake::BodyTrimmed => body.trim_ascii().to_vec(),
            _ => body.to_vec(),
        }
    }

    fn matches(&self, header: &str, expected: &str) -> bool {
        let mut entries = header.split(' ');
        match self.mistake {
            Mistake::WholeHeader => header == expected,
            Mistake::FirstSignatureOnly => entries.next() == Some(expected),
            Mistake::PrefixCompared => {
                entries.any(|entry| entry.starts_with("v1,") && expected.starts_with(entry))
            }
            Mistake::VersionIgnored => {
                let bare = |entry: &str| entry.split(',').nth(1).map(str::to_owned);
                entries.any(|entry| bare(entry) == bare(expected))
            }
            Mistake::LenientBase64 => {
                let url = |text: &str| text.trim_end_matches('=').replace('+', "-").replace('/', "_");
                entries.any(|entry| url(entry) == url(expected))
            }
            _ => entries.any(|entry| entry == expected),
        }
    }
}

/// The id that a changed one was made from, for a handler that does not sign what it is told.
fn original_id(id: &str) -> &str {
    id.trim_end_matches("_other")
}

/// JSON as `JSON.stringify` writes it, with the keys of the samples in the order that they have there.
fn compact(value: &serde_json::Value) -> Vec<u8> {
    const ORDER: [&str; 9] = [
        "type",
        "version",
        "timestamp",
        "trace",
        "data",
        "id",
        "output_file_uri",
        "error_code",
        "error_message",
    ];
    let Some(object) = value.as_object() else { return value.to_string().into_bytes() };
    let usual = ORDER.iter().filter(|key| object.contains_key(**key)).map(|key| (*key).to_owned());
    let others = object.keys().filter(|key| !ORDER.contains(&key.as_str())).cloned();
    let member = |key: String| {
        let value = String::from_utf8(compact(&object[&key])).expect("JSON is text");
        format!("{}:{value}", serde_json::Value::from(key))
    };
    format!("{{{}}}", usual.chain(others).map(member).collect::<Vec<_>>().join(",")).into_bytes()
}

/// A handler of tokens that takes them without checking who signed them, if they say `none`.
pub fn takes_alg_none(sandbox: &Sandbox) -> Receiver {
    let (session, _) = sandbox.session();
    let identity = session.local_identity().expect("has one");
    let key = gwh::secrets::rsa_public_key(&identity.rsa().expect("makes a key"));
    let keys = gwh::signature::Keys { public_keys: vec![key], ..Default::default() };
    Receiver::scripted(move |_, request| {
        let header = request
            .values("webhook-signature")
            .first()
            .and_then(|token| token.split('.').next().map(str::to_owned));
        let header = header.and_then(|part| URL_SAFE_NO_PAD.decode(part).ok()).unwrap_or_default();
        let says_none =
            header.windows(13).any(|window| window == br#""alg":"none"}"# || window == br#""alg":"none","#);
        let is_valid = request.method == "POST" && request.verdict(&keys, NOW).is_valid();
        Reply::Status(if is_valid || (says_none && request.method == "POST") { 200 } else { 401 })
    })
}
