//! Errors of the emulated API, in the two shapes that the service has.

use serde_json::{Value, json};

/// The form of an error's body. Which one is due is decided by the family of the path.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Shape {
    /// The code is a word, such as invalid_request: as the service's webhooks and interactions have it
    #[default]
    String,
    /// The code is a number and the status a word, such as INVALID_ARGUMENT: as everything else there has it
    Status,
}

/// What kind of refusal it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// The request makes no sense.
    Invalid,
    /// It comes without a key, or from a web page.
    PermissionDenied,
    /// There is no such thing.
    NotFound,
    /// The body is too large.
    TooLarge,
    /// A limit of the emulator is reached.
    Exhausted,
    /// Nothing of a file lies where the caller asks for it.
    Range,
    /// The emulator could not do it.
    Internal,
}

impl Code {
    /// The HTTP status, the code as text, and the name in google.rpc.
    const fn row(self) -> (u16, &'static str, &'static str) {
        match self {
            Code::Invalid => (400, "invalid_request", "INVALID_ARGUMENT"),
            Code::PermissionDenied => (403, "permission_denied", "PERMISSION_DENIED"),
            Code::NotFound => (404, "not_found", "NOT_FOUND"),
            Code::TooLarge => (413, "invalid_request", "INVALID_ARGUMENT"),
            Code::Exhausted => (429, "resource_exhausted", "RESOURCE_EXHAUSTED"),
            Code::Range => (416, "out_of_range", "OUT_OF_RANGE"),
            Code::Internal => (500, "internal_error", "INTERNAL"),
        }
    }
}

/// A refusal.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ApiError {
    /// What kind of refusal it is.
    pub code: Code,
    /// One sentence for the caller; never holds a key or a secret.
    pub message: String,
}

impl ApiError {
    /// A refusal with its sentence.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        ApiError { code, message: message.into() }
    }

    /// The request makes no sense.
    pub fn invalid(message: impl Into<String>) -> Self {
        ApiError::new(Code::Invalid, message)
    }

    /// There is no such thing.
    pub fn not_found() -> Self {
        ApiError::new(Code::NotFound, "Requested entity was not found.")
    }

    /// The HTTP status.
    pub fn status(&self) -> u16 {
        self.code.row().0
    }

    /// The body in `shape`.
    pub fn body(&self, shape: Shape) -> Value {
        let (status, text, name) = self.code.row();
        match shape {
            Shape::String => json!({"error": {"code": text, "message": self.message}}),
            Shape::Status => json!({"error": {"code": status, "message": self.message, "status": name}}),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_shape_has_its_keys() {
        let error = ApiError::invalid("no");
        assert_eq!(
            error.body(Shape::String).to_string(),
            r#"{"error":{"code":"invalid_request","message":"no"}}"#
        );
        assert_eq!(
            error.body(Shape::Status).to_string(),
            r#"{"error":{"code":400,"message":"no","status":"INVALID_ARGUMENT"}}"#
        );
    }
}
