//! What a request is answered with: JSON that is never empty, since the SDKs take nothing else, or a file.

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use hyper::{Response, StatusCode};
use serde::Serialize;
use serde_json::Value;

use super::error::{ApiError, Code, Shape};

const JSON: HeaderValue = HeaderValue::from_static("application/json; charset=UTF-8");

/// A status, headers and a body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// Headers besides the type of the content.
    pub headers: Vec<(HeaderName, HeaderValue)>,
    /// What the body is.
    pub content_type: HeaderValue,
    /// The body.
    pub body: Bytes,
    /// What the log says about it.
    pub note: Option<String>,
}

impl Answer {
    /// 200 with a document.
    pub fn of(document: &impl Serialize) -> Self {
        match serde_json::to_string(document) {
            Ok(body) => Answer::json(body),
            Err(error) => {
                let message = format!("The emulator cannot write its answer: {error}.");
                Answer::refusal(&ApiError::new(Code::Internal, message), Shape::Status)
            }
        }
    }

    /// 200 with a document that is written already.
    pub fn json(body: impl Into<Bytes>) -> Self {
        Answer::content(JSON, body)
    }

    /// 200 with content of any type.
    pub fn content(content_type: HeaderValue, body: impl Into<Bytes>) -> Self {
        Answer { status: 200, headers: Vec::new(), content_type, body: body.into(), note: None }
    }

    /// 200 with `{}`.
    pub fn empty() -> Self {
        Answer::json("{}")
    }

    /// An error in the shape that is due.
    pub fn refusal(error: &ApiError, shape: Shape) -> Self {
        let body: Value = error.body(shape);
        let answer = Answer::json(body.to_string()).noted(error.message.clone());
        Answer { status: error.status(), ..answer }
    }

    /// The same with something for the log.
    #[must_use]
    pub fn noted(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }

    /// The same with a header more.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: HeaderValue) -> Self {
        self.headers.push((HeaderName::from_static(name), value));
        self
    }

    /// The answer as HTTP.
    pub fn into_response(self) -> Response<Full<Bytes>> {
        let mut response = Response::new(Full::new(self.body));
        *response.status_mut() =
            StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, self.content_type);
        headers.extend(self.headers);
        response
    }
}
