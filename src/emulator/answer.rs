//! What a request is answered with: always JSON, never empty, since the SDKs take nothing else.

use bytes::Bytes;
use http_body_util::Full;
use hyper::header::{CONTENT_TYPE, HeaderValue};
use hyper::{Response, StatusCode};
use serde::Serialize;
use serde_json::Value;

use super::error::{ApiError, Shape};

/// A status and a JSON document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The document.
    pub body: String,
    /// What the log says about it.
    pub note: Option<String>,
}

impl Answer {
    /// 200 with a document.
    pub fn of(document: &impl Serialize) -> Self {
        match serde_json::to_string(document) {
            Ok(body) => Answer { status: 200, body, note: None },
            Err(error) => {
                let message = format!("The emulator cannot write its answer: {error}.");
                Answer::refusal(&ApiError::new(super::error::Code::Internal, message), Shape::Status)
            }
        }
    }

    /// 200 with `{}`.
    pub fn empty() -> Self {
        Answer { status: 200, body: "{}".to_owned(), note: None }
    }

    /// An error in the shape that is due.
    pub fn refusal(error: &ApiError, shape: Shape) -> Self {
        let body: Value = error.body(shape);
        Answer { status: error.status(), body: body.to_string(), note: Some(error.message.clone()) }
    }

    /// The same with something for the log.
    #[must_use]
    pub fn noted(mut self, note: impl Into<String>) -> Self {
        self.note = Some(note.into());
        self
    }

    /// The answer as HTTP.
    pub fn into_response(self) -> Response<Full<Bytes>> {
        let mut response = Response::new(Full::new(Bytes::from(self.body)));
        *response.status_mut() =
            StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        response
            .headers_mut()
            .insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=UTF-8"));
        response
    }
}
