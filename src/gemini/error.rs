//! Why a call failed, whether it may have had an effect all the same, and what to do about it.

use std::time::Duration;

use serde_json::Value;

use super::{endpoint, retry};
use crate::error::Failure;
use crate::units;

/// A call that did not succeed.
#[derive(Debug)]
pub struct ApiError {
    /// What happened, in the last attempt.
    pub cause: Cause,
    /// How often the call was sent.
    pub attempts: u32,
}

/// What happened to a call. Nothing here quotes a key or a whole secret: answers are cleaned before they are read.
#[derive(Debug, thiserror::Error)]
pub enum Cause {
    /// The API answered with an error.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// No connection, so the request was not sent.
    #[error("cannot connect to {host}: {why}")]
    Unreachable {
        /// Host and port.
        host: String,
        /// What the network said.
        why: String,
    },
    /// The answer did not come, or not all of it, in time.
    #[error("{host} did not answer within {} s", after.as_secs_f32())]
    TimedOut {
        /// Host and port.
        host: String,
        /// The total time that was allowed.
        after: Duration,
    },
    /// The connection ended after the request was sent and before an answer came.
    #[error("{host} closed the connection without an answer: {why}")]
    NoAnswer {
        /// Host and port.
        host: String,
        /// What the network said.
        why: String,
    },
    /// The answer began and did not end.
    #[error("the answer of {host} was cut off: {why}")]
    CutOff {
        /// Host and port.
        host: String,
        /// What the network said.
        why: String,
    },
    /// The answer is larger than any real one.
    #[error("the answer is larger than {limit} bytes")]
    TooLarge {
        /// The limit.
        limit: usize,
    },
    /// A redirect, which is never followed: the key would go along.
    #[error("the answer is a redirect ({status}) to {location}, which is not followed")]
    Redirected {
        /// The status.
        status: u16,
        /// Where to.
        location: String,
    },
    /// The answer is no JSON: something other than the API gave it.
    #[error("{host} answered {status} with {content} instead of JSON: {start}")]
    NotJson {
        /// Host and port.
        host: String,
        /// The status.
        status: u16,
        /// The content type, or what stands for it.
        content: String,
        /// How the answer begins.
        start: String,
    },
    /// A file is another one than it was when reading it began.
    #[error("the file changed while it was read")]
    Changed,
    /// Somebody did not want to wait for the answer any longer.
    #[error("the answer was not waited for")]
    Abandoned,
    /// A success whose JSON is not what the call answers.
    #[error("the answer is not what the API should say: {what}")]
    Unexpected {
        /// What is wrong with it.
        what: String,
    },
}

/// What the API said when it refused.
#[derive(Debug, Clone, Default, PartialEq, Eq, thiserror::Error)]
#[error("the API answered {status}{}: {message}", code.as_deref().map(|code| format!(" ({code})")).unwrap_or_default())]
pub struct Refusal {
    /// The HTTP status.
    pub status: u16,
    /// `invalid_request`, `NOT_FOUND`: the word for it, in either of the two error shapes.
    pub code: Option<String>,
    /// The sentence for it.
    pub message: String,
    /// The reasons among the details, such as `API_KEY_INVALID`.
    pub reasons: Vec<String>,
    /// How long the API asks to wait.
    pub retry_after: Option<Duration>,
}

impl Refusal {
    /// Reads both shapes: `{"error":{"code":"…","message":"…"}}` and `google.rpc.Status` below `error`.
    /// Anything else that is JSON is quoted as it is.
    pub(super) fn read(status: u16, body: &Value) -> Self {
        // Some endpoints answer a list that holds the one error.
        let body = body.get(0).unwrap_or(body);
        let error = body.get("error").unwrap_or(body);
        let text = |name: &str| error.get(name).and_then(Value::as_str).map(str::to_owned);
        let message = text("message").or_else(|| error.as_str().map(str::to_owned));
        let details = error.get("details").and_then(Value::as_array);
        let reasons = details
            .into_iter()
            .flatten()
            .filter_map(|detail| detail.get("reason")?.as_str().map(str::to_owned))
            .collect();
        Refusal {
            status,
            code: text("status").or_else(|| text("code")),
            message: message.unwrap_or_else(|| clip(&body.to_string())),
            reasons,
            retry_after: None,
        }
    }

    /// Whether the key is what was refused. A bad key is 400 with a reason, 401 or 403.
    pub fn is_about_key(&self) -> bool {
        matches!(self.status, 401 | 403)
            || self.reasons.iter().any(|reason| reason.starts_with("API_KEY_"))
            || (self.status == 400 && self.message.contains("API key not valid"))
    }
}

impl ApiError {
    /// A success that is not what the call answers; `what` is wrong with it.
    pub(super) fn unexpected(what: impl Into<String>) -> Self {
        ApiError { cause: Cause::Unexpected { what: what.into() }, attempts: 1 }
    }

    /// Whether the service may have done what was asked although no usable answer came.
    pub fn may_have_happened(&self) -> bool {
        match &self.cause {
            Cause::Refused(refusal) => refusal.status >= 500 || refusal.status == 408,
            Cause::NotJson { status, .. } => *status < 300 || *status >= 500,
            Cause::Unreachable { .. } | Cause::Redirected { .. } | Cause::Changed => false,
            Cause::TimedOut { .. }
            | Cause::NoAnswer { .. }
            | Cause::CutOff { .. }
            | Cause::TooLarge { .. }
            | Cause::Abandoned
            | Cause::Unexpected { .. } => true,
        }
    }

    /// Whether the same call may succeed a little later.
    pub fn is_transient(&self) -> bool {
        retry::is_transient(&self.cause)
    }

    /// What the API said, where it refused.
    pub fn refusal(&self) -> Option<&Refusal> {
        match &self.cause {
            Cause::Refused(refusal) => Some(refusal),
            _ => None,
        }
    }

    /// Whether the API does not know what was asked for.
    pub fn is_not_found(&self) -> bool {
        self.refusal().is_some_and(|refusal| refusal.status == 404 && !refusal.is_about_key())
    }

    /// The failure of a command that was to `task` (as in "cannot …"), with what to run next.
    pub fn into_failure(self, task: &str) -> Failure {
        self.into_failure_of(task, "run gwh webhooks list to see the webhooks that this key's project has")
    }

    /// As [`ApiError::into_failure`], with what to run where the API does not know what was asked for.
    pub fn into_failure_of(self, task: &str, where_unknown: &str) -> Failure {
        let again = match self.attempts {
            0 | 1 => String::new(),
            attempts => format!(" ({attempts} attempts)"),
        };
        let mut failure = Failure::remote(format!("cannot {task}{again}"));
        for hint in self.hints() {
            failure = failure.hint(hint);
        }
        if self.is_not_found() {
            failure = failure.hint(where_unknown);
        }
        failure.because(self.cause)
    }

    fn hints(&self) -> Vec<String> {
        let asked = self.refusal().and_then(|refusal| refusal.retry_after).filter(|wait| !wait.is_zero());
        let wait = asked.map(|wait| {
            format!("the API asks to wait {} before trying again", units::human_duration(wait.as_secs()))
        });
        wait.into_iter().chain(self.advice().into_iter().map(str::to_owned)).collect()
    }

    fn advice(&self) -> Vec<&'static str> {
        const BASE: &str = "GOOGLE_GEMINI_BASE_URL says where the API is; unset it to use Google's";
        const PROXY: &str = "HTTPS_PROXY and NO_PROXY say which proxy is used";
        match &self.cause {
            Cause::Refused(refusal) if refusal.is_about_key() => vec![
                "check the key in GOOGLE_API_KEY or GEMINI_API_KEY, or run gwh login with a key from \
                 https://aistudio.google.com/apikey",
            ],
            Cause::Refused(refusal) => match refusal.status {
                408 | 429 | 500..=599 => vec!["try again in a little while"],
                _ => vec![],
            },
            Cause::Unreachable { host, .. } if endpoint::is_google(host) => {
                vec!["check the network connection", PROXY]
            }
            Cause::Unreachable { .. } => vec!["check that something is listening there", BASE],
            Cause::TimedOut { .. } => {
                vec!["GWH_API_TIMEOUT allows more time, for example GWH_API_TIMEOUT=2m", PROXY]
            }
            Cause::NoAnswer { .. } | Cause::CutOff { .. } => vec![PROXY],
            Cause::Redirected { .. } | Cause::NotJson { .. } => vec![BASE, PROXY],
            Cause::TooLarge { .. } | Cause::Unexpected { .. } => vec![BASE],
            Cause::Abandoned | Cause::Changed => vec![],
        }
    }
}

/// The beginning of a text, short enough for a message.
pub(super) fn clip(text: &str) -> String {
    const LENGTH: usize = 200;
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match text.char_indices().nth(LENGTH) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn both_shapes_are_read() {
        let own = json!({"error": {"code": "invalid_request", "message": "Unknown parameter 'x'"}});
        assert_eq!(
            Refusal::read(400, &own).to_string(),
            "the API answered 400 (invalid_request): Unknown parameter 'x'"
        );
        let google = json!({"error": {"code": 400, "message": "API key not valid. Please pass a valid API key.",
            "status": "INVALID_ARGUMENT", "details": [
                {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"},
                {"@type": "type.googleapis.com/google.rpc.LocalizedMessage", "message": "…"}]}});
        let refusal = Refusal::read(400, &google);
        assert_eq!(refusal.code.as_deref(), Some("INVALID_ARGUMENT"));
        assert_eq!(refusal.reasons, ["API_KEY_INVALID"]);
        assert!(refusal.is_about_key());
        assert_eq!(Refusal::read(404, &json!([google])).code.as_deref(), Some("INVALID_ARGUMENT"));
    }

    #[test]
    fn other_json_is_quoted() {
        assert_eq!(Refusal::read(418, &json!({"error": "teapot"})).message, "teapot");
        assert_eq!(Refusal::read(418, &json!({"short": "stout"})).message, r#"{"short":"stout"}"#);
    }

    #[test]
    fn what_was_not_sent_or_was_refused_did_not_happen() {
        let happened = |cause| ApiError { cause, attempts: 1 }.may_have_happened();
        let (host, why) = (|| "h".to_owned(), || "w".to_owned());
        let refused = |status| Cause::Refused(Refusal { status, ..Refusal::default() });
        assert!(!happened(Cause::Unreachable { host: host(), why: why() }));
        assert!(happened(Cause::NoAnswer { host: host(), why: why() }));
        assert!(happened(Cause::TimedOut { host: host(), after: Duration::from_secs(1) }));
        assert!(happened(refused(503)) && happened(refused(408)));
        assert!(!happened(refused(400)) && !happened(refused(429)));
    }
}
