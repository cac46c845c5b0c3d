//! The seam between a server and what becomes of its deliveries.

use std::pin::Pin;
use std::time::Duration;

use hyper::StatusCode;

use super::arrival::{Arrival, Report};

/// What takes the deliveries of a server. Called on the runtime's thread: it must not block.
pub trait Intake: Send + Sync + 'static {
    /// Takes a delivery that was judged, in the order in which they came, and says how it is answered.
    fn take(&self, arrival: Arrival) -> Taken;

    /// Is told of everything else.
    fn report(&self, report: Report);
}

/// How a delivery is answered.
pub enum Taken {
    /// At once, with the status that it came with.
    Answered,
    /// When that is known.
    Later(Pin<Box<dyn Future<Output = Reply> + Send>>),
}

/// An answer that is decided outside the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reply {
    /// The HTTP status.
    pub status: StatusCode,
    /// Why a delivery that verified is not taken: the code in the answer's body.
    pub error: Option<&'static str>,
    /// When the sender may try again.
    pub retry_after: Option<Duration>,
}

impl Reply {
    /// An answer of this status.
    pub fn with(status: StatusCode) -> Self {
        Reply { status, error: None, retry_after: None }
    }

    /// An answer to a delivery that cannot be taken now, for this reason.
    pub fn unavailable(error: &'static str, retry_after: Duration) -> Self {
        Reply { status: StatusCode::SERVICE_UNAVAILABLE, error: Some(error), retry_after: Some(retry_after) }
    }
}
