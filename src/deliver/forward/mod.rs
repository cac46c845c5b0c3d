//! Passing deliveries on to their handlers as they came, and their answers back.
//!
//! A [`Forwarder`] knows the targets of its [`Route`]s. A delivery takes its places in the targets' lanes
//! when it arrives and is forwarded when whoever received it has kept it; what comes back is a [`Forward`]
//! for each target, as data. [`decisive`] says which of them the sender is told.
//!
//! A lane holds a bounded number of deliveries and bytes, and none of them for long. A handler that stops
//! answering fills its own lane and nothing else: what finds no room, or no turn in time, comes back at once
//! to be answered with 503.

mod forwarder;
mod headers;
mod lane;
mod outcome;
mod routes;

pub use forwarder::{Admission, Forwarder, Options};
pub use headers::{is_hop_by_hop, onward};
pub use lane::Room;
pub use outcome::{BUDGET, Forward, Outcome, decisive};
pub use routes::Route;
