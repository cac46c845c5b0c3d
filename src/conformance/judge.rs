//! Whether an answer is one of those that may come, and if not, why not.

use std::time::Duration;

use super::case::Expect;
use super::reply::Reply;
use crate::deliver::SendError;

/// What an exchange came to.
pub type Outcome = Result<Reply, SendError>;

/// What an answer is judged by, besides what is expected.
pub(super) struct Measure<'a> {
    /// How long an answer may take.
    pub(super) budget: Duration,
    /// What the delivery before was answered with.
    pub(super) before: Option<&'a Reply>,
}

/// Judges; an error is the reason, as a sentence about the handler.
pub(super) fn judge(expect: Expect, outcome: &Outcome, measure: &Measure<'_>) -> Result<(), String> {
    let reply = match outcome {
        Ok(reply) => reply,
        Err(SendError::Closed { .. })
            if matches!(expect, Expect::ClientErrorOrClosed | Expect::RefusedOrClosed) =>
        {
            return Ok(());
        }
        Err(error) => return Err(error.sentence()),
    };
    let status = reply.status;
    let (is_success, is_client_error) = (reply.is_success(), (400..500).contains(&status));
    match expect {
        Expect::Accepted | Expect::AcceptedInTime if !is_success => {
            Err(format!("it was answered with {status}"))
        }
        Expect::AcceptedInTime if reply.latency > measure.budget => Err(late(reply.latency, measure.budget)),
        Expect::Refused | Expect::RefusedOrClosed if is_success => {
            Err(format!("it was accepted with {status}"))
        }
        Expect::ClientError | Expect::ClientErrorOrClosed if !is_client_error => Err(match is_success {
            true => format!("it was accepted with {status}"),
            false => format!("it was answered with {status}"),
        }),
        Expect::Handled if !is_success && !is_client_error => Err(format!("it was answered with {status}")),
        Expect::NoRedirect if (300..400).contains(&status) => {
            let place = reply.header("location").unwrap_or("nowhere");
            Err(format!("it was redirected with {status} to {place}"))
        }
        Expect::Discreet => match &reply.leak {
            Some(what) => Err(format!("the answer holds {what}")),
            None => Ok(()),
        },
        Expect::UnlikeDelivery
            if is_success && measure.before.is_some_and(|before| is_same(before, reply)) =>
        {
            Err(format!("GET was answered with {status} and the same body as a delivery"))
        }
        _ => Ok(()),
    }
}

fn is_same(one: &Reply, other: &Reply) -> bool {
    one.status == other.status && one.body == other.body
}

/// Why an answer is too late.
pub(super) fn late(latency: Duration, budget: Duration) -> String {
    format!("the answer took {}, and the time budget is {}", seconds(latency), seconds(budget))
}

/// A duration as people write it.
fn seconds(duration: Duration) -> String {
    match duration.as_millis() {
        millis @ ..1_000 => format!("{millis}ms"),
        _ => format!("{:.1}s", duration.as_secs_f64()),
    }
}
