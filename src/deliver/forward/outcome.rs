//! What came of forwarding a delivery, and what its sender is told.

use std::time::Duration;

use hyper::{StatusCode, Uri};

use crate::capture::{ForwardRecord, shown_url};
use crate::deliver::{Answer, SendError};
use crate::units::whole_millis;

/// Senders expect an answer within a few seconds and try again otherwise. How many the service waits is
/// unverified; a handler that takes longer than this is warned about.
pub const BUDGET: Duration = Duration::from_secs(3);

/// When a sender is asked to try again while a target is busy.
const RETRY_AFTER: Duration = Duration::from_secs(5);

/// A delivery that was forwarded to one target, or was meant to be.
#[derive(Debug)]
pub struct Forward {
    /// Where to.
    pub url: Uri,
    /// How long it waited for its turn.
    pub waited: Duration,
    /// From the start of sending to the answer, or to the moment it was given up; zero where nothing was sent.
    pub latency: Duration,
    /// What came of it.
    pub outcome: Outcome,
}

/// What came of it.
#[derive(Debug)]
pub enum Outcome {
    /// The handler answered.
    Answered(Answer),
    /// No complete answer came.
    Failed(SendError),
    /// Not sent: as many deliveries as may wait for this target do so already.
    Full,
    /// Not sent: its turn did not come in time.
    Late,
    /// The run ended before there was an answer.
    Ended,
}

impl Forward {
    /// Whether the handler took it.
    pub fn is_accepted(&self) -> bool {
        matches!(&self.outcome, Outcome::Answered(answer) if answer.status.is_success())
    }

    /// Where to, without what the URL's query holds.
    pub fn shown_url(&self) -> String {
        shown_url(&self.url.to_string()).into_owned()
    }

    /// What the sender gets where this is what counts: the handler's status; 504 where it did not answer in
    /// time, 502 where it cannot be reached or did not answer in full, 503 where it is not its turn.
    pub fn status(&self) -> StatusCode {
        match &self.outcome {
            // 1xx is not an answer; hyper takes 101 for one.
            Outcome::Answered(answer) if answer.status.is_informational() => StatusCode::BAD_GATEWAY,
            Outcome::Answered(answer) => answer.status,
            Outcome::Failed(SendError::Timeout { .. }) => StatusCode::GATEWAY_TIMEOUT,
            Outcome::Failed(_) => StatusCode::BAD_GATEWAY,
            Outcome::Full | Outcome::Late | Outcome::Ended => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// The `Retry-After` that goes with the status: the handler's own, or that of a busy target.
    pub fn retry_after(&self) -> Option<Duration> {
        match &self.outcome {
            Outcome::Answered(answer) => answer.retry_after,
            Outcome::Failed(_) => None,
            Outcome::Full | Outcome::Late | Outcome::Ended => Some(RETRY_AFTER),
        }
    }

    /// Why the sender gets no 2xx, as a stable code.
    pub fn code(&self) -> Option<&'static str> {
        match &self.outcome {
            Outcome::Answered(_) if self.is_accepted() => None,
            Outcome::Answered(_) => Some("handler_failed"),
            Outcome::Failed(SendError::Timeout { .. }) => Some("handler_timeout"),
            Outcome::Failed(_) => Some("handler_unreachable"),
            Outcome::Full | Outcome::Late => Some("handler_busy"),
            Outcome::Ended => Some("ended"),
        }
    }

    /// What went wrong in one sentence, where no complete answer came.
    pub fn error(&self) -> Option<String> {
        let text = match &self.outcome {
            Outcome::Answered(_) => return None,
            Outcome::Failed(error) => return Some(error.sentence()),
            Outcome::Full => "not sent: too many deliveries wait for this target",
            Outcome::Late => "not sent: the deliveries before it took too long",
            Outcome::Ended => "the run ended before there was an answer",
        };
        Some(text.to_owned())
    }

    /// The handler's answer, where it came in full.
    pub fn answer(&self) -> Option<&Answer> {
        match &self.outcome {
            Outcome::Answered(answer) => Some(answer),
            _ => None,
        }
    }

    /// Whether the handler took it, but not within the [`BUDGET`], its turn included.
    pub fn is_slow(&self) -> bool {
        self.is_accepted() && self.waited + self.latency > BUDGET
    }

    /// The forward as it stands in a capture record.
    pub fn record(&self) -> ForwardRecord {
        ForwardRecord {
            url: self.shown_url(),
            status: self.answer().map(|answer| answer.status.as_u16()),
            latency_ms: whole_millis(self.latency),
            error: self.error(),
            ..ForwardRecord::default()
        }
    }
}

/// The forward whose outcome the sender is told: the first that was not accepted, so that it tries again;
/// else the first of all.
pub fn decisive(forwards: &[Forward]) -> Option<&Forward> {
    forwards.iter().find(|forward| !forward.is_accepted()).or_else(|| forwards.first())
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn forward(outcome: Outcome) -> Forward {
        let url = "http://localhost:3000/".parse().expect("a URL");
        Forward { url, waited: Duration::ZERO, latency: Duration::from_millis(12), outcome }
    }

    fn answered(status: u16) -> Forward {
        let status = StatusCode::from_u16(status).expect("a status");
        let (latency, body) = (Duration::from_millis(12), Bytes::new());
        let (location, retry_after) = (None, None);
        forward(Outcome::Answered(Answer { status, latency, location, retry_after, body, truncated: false }))
    }

    #[test]
    fn the_sender_gets_the_handlers_status_or_a_gateways() {
        let timeout = SendError::Timeout { after: BUDGET, status: Some(StatusCode::OK) };
        let refused = SendError::Refused { authority: "localhost:3000".to_owned() };
        let cases = [
            (answered(204), 204),
            (answered(302), 302),
            (answered(418), 418),
            (answered(101), 502),
            (forward(Outcome::Failed(timeout)), 504),
            (forward(Outcome::Failed(refused)), 502),
            (forward(Outcome::Failed(SendError::Closed { status: Some(StatusCode::OK) })), 502),
            (forward(Outcome::Full), 503),
            (forward(Outcome::Late), 503),
            (forward(Outcome::Ended), 503),
        ];
        for (forward, expected) in cases {
            assert_eq!(forward.status(), expected, "{forward:?}");
            assert_eq!(forward.retry_after().is_some(), expected == 503, "{forward:?}");
            assert_eq!(forward.code().is_none(), expected == 204, "{forward:?}");
        }
    }

    #[test]
    fn the_first_that_failed_counts() {
        let chosen = |statuses: &[u16]| {
            let forwards: Vec<Forward> = statuses.iter().map(|status| answered(*status)).collect();
            decisive(&forwards).map(|forward| forward.status().as_u16())
        };
        assert_eq!(chosen(&[]), None);
        assert_eq!(chosen(&[204, 200]), Some(204));
        assert_eq!(chosen(&[200, 401, 500]), Some(401));
        assert_eq!(chosen(&[500, 200]), Some(500));
    }

    #[test]
    fn waiting_counts_towards_being_slow() {
        let mut slow = answered(200);
        assert!(!slow.is_slow());
        slow.waited = BUDGET;
        assert!(slow.is_slow());
        assert!(!Forward { waited: BUDGET, ..answered(500) }.is_slow());
    }
}
