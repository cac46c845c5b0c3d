//! Receiving deliveries over HTTP: connections, limits, verdicts, answers.
//!
//! [`serve`] takes connections from a listener that the caller has bound, until the caller says stop,
//! and hands their requests to a [`Handler`]. [`run`] is the one that receives deliveries: it hands each
//! one to an [`Intake`] as data, which may decide the answer; it prints nothing and stores nothing.
//! [`Receiver`] is the same on a free port, for commands that send to themselves. `receive` is the pure
//! part: from a request to its answer.

mod accept;
mod activity;
mod arrival;
mod body;
mod connection;
mod handler;
mod health;
mod intake;
mod keys;
mod limits;
mod opening;
mod pool;
mod receive;
mod receiver;
mod record;
mod retries;
mod service;
mod stream;
mod tls;

use std::sync::Arc;
use std::time::Duration;

use hyper::StatusCode;

pub use accept::serve;
pub use activity::InProgress;
pub use arrival::{Arrival, Refusal, Refused, Report};
pub use body::read as read_body;
pub use handler::{Answer, Handler};
pub use health::{Health, KeyCount, TOKEN_HEADER, Token};
pub use intake::{Intake, Reply, Taken};
pub use keys::{KeysReport, LiveKeys};
pub use limits::Limits;
pub use pool::Pool;
pub use receive::HEALTH;
pub use receiver::Receiver;
pub use retries::{Attempt, Retries};
pub use service::run;
pub use tls::Tls;

use crate::clock::Clock;
use crate::signature::{Keys, Policy};

/// How a server receives.
pub struct Settings {
    /// What a client may take.
    pub limits: Limits,
    /// Deliveries are taken at this path and below.
    pub path: String,
    /// What verifies.
    pub keys: Arc<LiveKeys>,
    /// How it verifies; the time comes from the clock.
    pub policy: Policy,
    /// What verified deliveries are answered with.
    pub responses: Responses,
    /// The TLS to speak; without one it is plain HTTP.
    pub tls: Option<Tls>,
    /// What opens the counts at `/healthz`; without one nothing does.
    pub token: Option<Token>,
    /// Which deliveries have come before; others may tell it what came before this run.
    pub retries: Arc<Retries>,
    /// The time.
    pub clock: Arc<dyn Clock>,
}

impl Settings {
    /// Settings that verify with `keys` under `policy`, take every path, and answer at once.
    pub fn new(keys: Keys, policy: Policy, clock: Arc<dyn Clock>) -> Self {
        Settings {
            limits: Limits::default(),
            path: "/".to_owned(),
            keys: Arc::new(LiveKeys::fixed(keys)),
            policy,
            responses: Responses::default(),
            tls: None,
            token: None,
            retries: Arc::default(),
            clock,
        }
    }
}

/// What verified deliveries are answered with; others get the status of their refusal at once.
#[derive(Debug, Clone, Default)]
pub struct Responses {
    /// The status, instead of 200.
    pub status: Option<StatusCode>,
    /// How many get that status (503 where there is none) before the rest get 200; none for all.
    pub fail_first: Option<u64>,
    /// How long each waits.
    pub delay: Option<Duration>,
}

impl Responses {
    /// The status for a verified delivery that `earlier` others came before.
    fn status(&self, earlier: u64) -> StatusCode {
        match (self.fail_first, self.status) {
            (Some(count), status) if earlier < count => status.unwrap_or(StatusCode::SERVICE_UNAVAILABLE),
            (Some(_), _) => StatusCode::OK,
            (None, status) => status.unwrap_or(StatusCode::OK),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_ones_fail_and_later_ones_do_not() {
        let statuses = |status: Option<u16>, fail_first| -> Vec<u16> {
            let status = status.map(|code| StatusCode::from_u16(code).expect("a status"));
            let responses = Responses { status, fail_first, delay: None };
            (0..3).map(|earlier| responses.status(earlier).as_u16()).collect()
        };
        assert_eq!(statuses(None, None), [200, 200, 200]);
        assert_eq!(statuses(Some(503), None), [503, 503, 503]);
        assert_eq!(statuses(None, Some(2)), [503, 503, 200]);
        assert_eq!(statuses(Some(429), Some(1)), [429, 200, 200]);
    }
}
