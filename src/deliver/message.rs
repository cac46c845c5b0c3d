//! A delivery that is signed: what `gwh` sends of its own.

use bytes::Bytes;
use hyper::Uri;
use hyper::header::{CONTENT_TYPE, HOST, HeaderMap, HeaderName, HeaderValue, InvalidHeaderValue, USER_AGENT};

use crate::signature::{self, KeyError, Signer, signature_header};

const ID: HeaderName = HeaderName::from_static(signature::ID);
const TIMESTAMP: HeaderName = HeaderName::from_static(signature::TIMESTAMP);
const SIGNATURE: HeaderName = HeaderName::from_static(signature::SIGNATURE);

/// A body with its three `webhook-*` headers.
#[derive(Debug, Clone)]
pub struct Message {
    /// `webhook-id`.
    pub id: String,
    /// `webhook-timestamp`, in Unix seconds.
    pub timestamp: i64,
    /// `webhook-signature`; none leaves the header out.
    pub signature: Option<String>,
    /// The bytes of the body.
    pub body: Bytes,
}

impl Message {
    /// A message that `signer` has signed.
    ///
    /// # Errors
    /// [`KeyError`] where an RSA key cannot sign.
    pub fn sign(signer: &Signer, id: String, timestamp: i64, body: Bytes) -> Result<Self, KeyError> {
        let signature = Some(signature_header(signer, &id, timestamp, &body)?);
        Ok(Message { id, timestamp, signature, body })
    }

    /// `others` with the message's own headers after them.
    ///
    /// # Errors
    /// [`InvalidHeaderValue`] where the id has characters that no header can carry.
    pub fn headers(&self, others: &HeaderMap) -> Result<HeaderMap, InvalidHeaderValue> {
        let mut headers = others.clone();
        headers.insert(ID, HeaderValue::from_str(&self.id)?);
        headers.insert(TIMESTAMP, HeaderValue::from(self.timestamp));
        if let Some(signature) = &self.signature {
            headers.insert(SIGNATURE, HeaderValue::from_str(signature)?);
        }
        Ok(headers)
    }
}

/// The headers that `gwh` sends besides a message's own: what any JSON request has.
pub fn own_headers(url: &Uri) -> HeaderMap {
    const AGENT: &str = concat!("gwh/", env!("CARGO_PKG_VERSION"));
    let mut headers = HeaderMap::with_capacity(8);
    let authority = url.authority().map_or("", |authority| authority.as_str());
    // The client adds a `host` of its own where this fails, which no parsed URL makes happen.
    if let Ok(host) = HeaderValue::from_str(authority) {
        headers.insert(HOST, host);
    }
    headers.insert(USER_AGENT, HeaderValue::from_static(AGENT));
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    headers
}
