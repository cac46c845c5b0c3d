//! A captured delivery that is sent again.

use std::borrow::Cow;

use bytes::Bytes;
use hyper::Uri;
use hyper::header::{HeaderMap, HeaderName, HeaderValue};
use serde::Deserialize;

use crate::capture::{self, REDACTED, RecordError, header_bytes};
use crate::cmd::sending::Unsent;
use crate::deliver::forward::onward;
use crate::error::Failure;
use crate::event;
use crate::request;
use crate::signature::{
    ID, SIGNATURE, Scheme, Signer, TIMESTAMP, holds_token, signature_entries, signature_header,
};
use crate::store::{Row, Stored};

/// Why a delivery without an id is not sent with a fresh signature.
pub(super) const NO_ID: Unsent = Unsent {
    code: "no_webhook_id",
    sentence: "a delivery without a webhook-id cannot be signed",
    hint: "add --original to send it as it came",
};

/// A delivery as it was captured.
pub(super) struct Parcel {
    /// Its number in the store, where it came from there.
    pub(super) row: Option<Row>,
    /// The request's path and query.
    pub(super) path: String,
    /// Names and values, in order.
    pub(super) headers: Vec<(String, Vec<u8>)>,
    /// The body, byte for byte.
    pub(super) body: Bytes,
    /// Where the key that verified it comes from.
    pub(super) key_name: Option<String>,
}

impl From<Stored> for Parcel {
    fn from(stored: Stored) -> Self {
        let headers = stored.headers.into_iter();
        Parcel {
            row: Some(stored.summary.row),
            path: stored.path,
            headers: headers.map(|(name, value)| (name, header_bytes(&value).into_owned())).collect(),
            body: stored.body.into(),
            key_name: stored.summary.key_name,
        }
    }
}

impl Parcel {
    /// The deliveries in a file: capture records, one a line, or one whole request.
    ///
    /// # Errors
    /// Kind `Usage` where the file holds something else; `name` is what it is called.
    pub(super) fn read(input: &[u8], name: &str) -> Result<Vec<Self>, Failure> {
        let malformed = |what: String| {
            Failure::usage(format!("{name} {what}"))
                .hint("give capture records, as gwh events export prints them, or one raw HTTP request")
        };
        match request::parse(input) {
            Ok(None) => {}
            Ok(Some(request)) => {
                return Ok(vec![Parcel {
                    row: None,
                    path: request.target.unwrap_or_else(|| "/".to_owned()),
                    headers: request.headers,
                    body: Bytes::from(request.body.into_owned()),
                    key_name: None,
                }]);
            }
            Err(error) => {
                return Err(malformed("is not a request that can be read".to_owned()).because(error));
            }
        }
        let mut parcels = Vec::new();
        for (index, line) in input.split(|byte| *byte == b'\n').enumerate() {
            if line.trim_ascii().is_empty() {
                continue;
            }
            match capture::read(line) {
                Ok(record) => parcels.push(Parcel {
                    row: None,
                    path: path_of(line).unwrap_or_else(|| "/".to_owned()),
                    headers: record.headers,
                    body: record.body.into(),
                    key_name: None,
                }),
                // What gwh listen --json says besides deliveries.
                Err(RecordError::NotRecord(Some(kind))) if kind != "delivery" => {}
                Err(error) => {
                    let what = format!("is not a capture record in line {}", index + 1);
                    return Err(malformed(what).because(error));
                }
            }
        }
        Ok(parcels)
    }

    /// The `webhook-id`, as text.
    pub(super) fn id(&self) -> Option<String> {
        capture::id_text(self.header(ID)?).map(Cow::into_owned)
    }

    /// The `webhook-id`, as it is signed.
    pub(super) fn id_bytes(&self) -> Option<&[u8]> {
        self.header(ID).map(<[u8]>::trim_ascii).filter(|id| !id.is_empty())
    }

    /// The `type` of the event.
    pub(super) fn event_type(&self) -> Option<Cow<'_, str>> {
        event::type_of(&self.body)
    }

    /// The `webhook-timestamp`, in Unix seconds.
    pub(super) fn timestamp(&self) -> Option<i64> {
        str::from_utf8(self.header(TIMESTAMP)?).ok()?.trim().parse().ok()
    }

    /// The scheme of its signature: `v1` where there is none that is known.
    pub(super) fn scheme(&self) -> Scheme {
        let signature = self.header(SIGNATURE).unwrap_or_default();
        let names = |prefix: &[u8]| signature_entries(signature).any(|entry| entry.starts_with(prefix));
        match () {
            () if names(b"v1,") => Scheme::V1,
            () if names(b"v1a,") => Scheme::V1a,
            () if holds_token(signature) => Scheme::Jwt,
            () => Scheme::V1,
        }
    }

    /// The headers of the original, for sending it to `url`, with those that are `given` in their place.
    pub(super) fn original_headers(&self, url: &Uri, given: &[(HeaderName, HeaderValue)]) -> HeaderMap {
        // What was redacted nobody knows any more.
        let known = self.headers.iter().filter(|(_, value)| value != REDACTED.as_bytes());
        let pairs = known.map(|(name, value)| (name.as_str(), value.as_slice()));
        onward(pairs, url, self.body.len(), given)
    }

    /// The same, signed anew with this id as of `now`.
    ///
    /// # Errors
    /// Kind `Configuration` where the key cannot sign.
    pub(super) fn signed_headers(
        &self,
        url: &Uri,
        given: &[(HeaderName, HeaderValue)],
        signer: &Signer,
        id: &[u8],
        now: i64,
    ) -> Result<HeaderMap, Failure> {
        let signature = signature_header(signer, id, now, &self.body)
            .map_err(|error| Failure::configuration("the key cannot sign").because(error))?;
        let signature =
            HeaderValue::try_from(signature).expect("a signature is base64, or a token of the same letters");
        let mut fresh = vec![
            (HeaderName::from_static(TIMESTAMP), HeaderValue::from(now)),
            (HeaderName::from_static(SIGNATURE), signature),
        ];
        // What the user gives by hand has the last word.
        fresh.retain(|(name, _)| given.iter().all(|(own, _)| own != name));
        fresh.extend_from_slice(given);
        Ok(self.original_headers(url, &fresh))
    }

    fn header(&self, wanted: &str) -> Option<&[u8]> {
        let found = self.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted));
        found.map(|(_, value)| value.as_slice())
    }
}

/// The path of a record, whatever stands beside it.
fn path_of(line: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Record {
        path: Option<String>,
    }
    serde_json::from_slice::<Record>(line).ok()?.path
}
