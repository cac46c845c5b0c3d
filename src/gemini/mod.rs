//! Calls to the Gemini API over HTTP: the only files that name the `reqwest` crate.
//!
//! [`Api`] sends typed calls and answers values or an [`ApiError`], which says whether the call may have
//! had an effect. It reads nothing from a terminal and prints nothing but `-v` traces; what a failure
//! means for a command is decided in `cmd`.

mod access;
mod call;
mod client;
mod emulator;
mod endpoint;
mod error;
mod jwks;
mod retry;
mod webhook;
mod webhooks;

pub use access::{Access, ApiKey, KeyError, missing_key};
pub use call::{Api, Surroundings, Tracer};
pub use emulator::{Emitted, EmittedAttempt, EmittedDelivery, EmulatorClient};
pub use endpoint::{EndpointError, check_endpoint, is_on_this_machine};
pub use error::{ApiError, Cause, Refusal};
pub use jwks::{Caching, Fetched, KeySetError, KeySetPlace, fetch_key_set};
pub use webhook::{Change, Created, Grant, NewWebhook, Revocation, SigningSecret, State, Webhook};
pub use webhooks::{Page, Pages};
