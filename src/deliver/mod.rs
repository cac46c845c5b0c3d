//! Sending deliveries over HTTP: where to, signed how, what came of it.
//!
//! A [`Target`] is where the user wants a delivery to go, a [`Message`] is one that is signed (and,
//! for negative tests, spoilt by a [`Corruption`]), a [`Sender`] posts it and says what happened as
//! data: an [`Answer`] or a [`SendError`]. [`forward`] passes deliveries on that somebody else has signed.
//! [`likely_cause`] knows what a failed answer mostly means. What that means for the exit code, and how it is shown, is
//! left to the commands.

mod advice;
mod answer;
mod corrupt;
mod error;
pub mod forward;
mod latency;
mod message;
mod resolve;
mod sender;
mod target;
mod trust;

pub use advice::{Flags, Sent, likely_cause};
pub use answer::{Answer, KEPT};
pub use corrupt::{Corruption, Spoiler};
pub use error::{SendError, is_loopback};
pub use latency::Latencies;
pub use message::{Message, own_headers};
pub use resolve::addresses;
pub use sender::{Limits, Sender};
pub use target::{Target, at_captured_path, parse_url};
pub use trust::{Authorities, Trust, TrustError};
