//! The capture record: one shape wherever a delivery is printed, exported, verified from or replayed.

mod quick;
mod read;
mod told;

use std::borrow::Cow;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::json::{self, Style};
use crate::signature::VerdictRecord;
pub use quick::Quick;
pub use read::{MAX_HEADERS, RecordError, SignedRecord, is_object, read, read_whole};
pub use told::{Told, ToldForward};

/// A delivery as JSON. Fields are added, never renamed.
///
/// Header values are bytes; each byte stands as the character of the same number (ISO 8859-1), as
/// HTTP has it, so that every value survives. The body is base64: the bytes that were signed.
#[derive(Debug, Serialize, Deserialize)]
pub struct DeliveryRecord {
    /// Always `delivery`.
    #[serde(rename = "type")]
    pub kind: String,
    /// The `webhook-id`, where the delivery has one.
    #[serde(default)]
    pub webhook_id: Option<String>,
    /// The `type` of the event in the body.
    #[serde(default)]
    pub event_type: Option<String>,
    /// When it arrived, or was made: RFC 3339 in UTC.
    #[serde(default)]
    pub received_at: Option<String>,
    /// The request's method.
    #[serde(default)]
    pub method: Option<String>,
    /// The request's path and query.
    #[serde(default)]
    pub path: Option<String>,
    /// Which attempt at this `webhook-id` it is, from 1.
    #[serde(default)]
    pub attempt: Option<u32>,
    /// Names and values, in order.
    pub headers: Vec<(String, String)>,
    /// The body in base64.
    pub body_b64: String,
    /// The body where it is JSON, compact but with every value as it was written; else null.
    #[serde(default)]
    pub event: Option<Box<RawValue>>,
    /// What verifying concluded; null where that was not done.
    #[serde(default)]
    pub verdict: Option<VerdictRecord>,
    /// What was answered.
    #[serde(default)]
    pub response: Option<ResponseRecord>,
    /// Where it was passed on to.
    #[serde(default)]
    pub forwards: Vec<ForwardRecord>,
}

/// An answer to a delivery.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct ResponseRecord {
    /// The HTTP status.
    pub status: u16,
}

/// One time that a delivery was sent on.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ForwardRecord {
    /// Where to, as [`shown_url`] shows it.
    pub url: String,
    /// The HTTP status of the answer, where there was one.
    pub status: Option<u16>,
    /// How long the answer took.
    pub latency_ms: u64,
    /// What went wrong, where there was no answer.
    pub error: Option<String>,
    /// Why it was sent, where it was not forwarded when it came: `replay`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// When that was: RFC 3339 in UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent_at: Option<String>,
}

/// Headers whose values are credentials. No signature covers them, and records end in logs.
const CREDENTIALS: [&str; 5] =
    ["authorization", "proxy-authorization", "cookie", "x-goog-api-key", "x-api-key"];

/// Whether a header of this name carries a credential.
pub fn is_credential(name: &str) -> bool {
    CREDENTIALS.iter().any(|credential| name.eq_ignore_ascii_case(credential))
}

/// What stands in a record instead of a credential.
pub const REDACTED: &str = "[redacted]";

/// The URL of a handler with what its query holds redacted: some let in whoever has a token there.
pub fn shown_url(url: &str) -> Cow<'_, str> {
    let Some((place, query)) = url.split_once('?') else { return Cow::Borrowed(url) };
    let pairs = query.split('&').map(|pair| match pair.split_once('=') {
        Some((name, _)) => format!("{name}={REDACTED}"),
        None => REDACTED.to_owned(),
    });
    Cow::Owned(format!("{place}?{}", pairs.collect::<Vec<_>>().join("&")))
}

impl DeliveryRecord {
    /// A record of headers and a body, with everything else unknown. The values of headers that carry
    /// credentials are left out.
    pub fn new(mut headers: Vec<(String, String)>, body: &[u8]) -> Self {
        for (name, value) in &mut headers {
            if is_credential(name) {
                REDACTED.clone_into(value);
            }
        }
        DeliveryRecord {
            kind: "delivery".to_owned(),
            webhook_id: None,
            event_type: None,
            received_at: None,
            method: None,
            path: None,
            attempt: None,
            headers,
            body_b64: STANDARD.encode(body),
            event: event_of(body),
            verdict: None,
            response: None,
            forwards: Vec::new(),
        }
    }
}

/// The body as one line of JSON, where it is JSON.
fn event_of(body: &[u8]) -> Option<Box<RawValue>> {
    let tree = json::parse(str::from_utf8(body).ok()?).ok()?;
    RawValue::from_string(json::write(&tree, Style::COMPACT)).ok()
}

/// The value of a `webhook-id` as it is shown, kept and counted by; none where it is empty. What is not UTF-8 is
/// replaced, so that two such ids may look alike.
pub fn id_text(value: &[u8]) -> Option<Cow<'_, str>> {
    Some(String::from_utf8_lossy(value.trim_ascii())).filter(|id| !id.is_empty())
}

/// A header value's bytes as text, one character a byte.
pub fn header_text(value: &[u8]) -> String {
    value.iter().map(|byte| char::from(*byte)).collect()
}

/// The bytes of a header value in a record: the reverse of [`header_text`]. A value with characters
/// beyond a byte was written by another tool and is taken as UTF-8.
pub fn header_bytes(text: &str) -> Cow<'_, [u8]> {
    if text.is_ascii() {
        return Cow::Borrowed(text.as_bytes());
    }
    let narrow: Option<Vec<u8>> =
        text.chars().map(|character| u8::try_from(u32::from(character)).ok()).collect();
    narrow.map_or(Cow::Borrowed(text.as_bytes()), Cow::Owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn header_values_of_any_bytes_survive() {
        let every: Vec<u8> = (0..=255).collect();
        assert_eq!(header_bytes(&header_text(&every)).as_ref(), every);
    }

    #[test]
    fn credentials_are_left_out() {
        let headers = [("Authorization", "Bearer x"), ("webhook-id", "msg_1")];
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned()));
        let record = DeliveryRecord::new(headers.into(), b"");
        assert_eq!(record.headers[0], ("Authorization".to_owned(), REDACTED.to_owned()));
        assert_eq!(record.headers[1].1, "msg_1");
    }

    #[test]
    fn a_url_keeps_the_names_of_its_query_and_none_of_the_values() {
        let cases = [
            ("http://h:1/a", "http://h:1/a"),
            ("http://h/a?code=planted&x=", "http://h/a?code=[redacted]&x=[redacted]"),
            ("http://h/?planted", "http://h/?[redacted]"),
            ("http://h/?a=planted=?planted", "http://h/?a=[redacted]"),
        ];
        for (url, shown) in cases {
            assert_eq!(shown_url(url), shown);
            assert_eq!(shown_url(shown), shown, "once is enough");
        }
    }

    #[test]
    fn an_event_stands_on_one_line_with_its_numbers_as_written() {
        let record = DeliveryRecord::new(Vec::new(), b"{\n  \"type\": \"x\",\n  \"n\": 1e2\n}\n");
        let line = serde_json::to_string(&record).expect("serialises");
        assert!(line.contains(r#""event":{"type":"x","n":1e2}"#) && !line.contains('\n'), "{line}");
        assert!(DeliveryRecord::new(Vec::new(), b"\xff").event.is_none());
    }
}
