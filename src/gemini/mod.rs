//! Calls to the Gemini API over HTTP: the only files that name the `reqwest` crate.
//!
//! [`Api`] sends typed calls and answers values or an [`ApiError`], which says whether the call may have
//! had an effect. It reads nothing from a terminal and prints nothing but `-v` traces; what a failure
//! means for a command is decided in `cmd`.

mod access;
mod call;
mod client;
mod date;
mod download;
mod emulator;
mod endpoint;
mod error;
mod file;
mod job;
mod job_id;
mod jobs;
mod jwks;
mod new_job;
mod paging;
mod resolve;
mod retry;
mod upload;
mod webhook;
mod webhooks;

pub use access::{Access, ApiKey, KeyError, missing_key};
pub use call::{Api, Surroundings, Tracer};
pub use date::ServerTime;
pub use download::Download;
pub use emulator::{Emitted, EmittedAttempt, EmittedDelivery, EmulatorClient};
pub use endpoint::{EndpointError, check_endpoint, is_on_this_machine};
pub use error::{ApiError, Cause, Refusal};
pub use file::RemoteFile;
pub use job::{Job, JobError, JobState, Prospect};
pub use job_id::{FileName, JobId, JobKind, NameError};
pub use jobs::Batches;
pub use jwks::{Caching, Fetched, KeySetError, KeySetPlace, fetch_key_set};
pub use new_job::{BatchInput, NewJob, WebhookConfig};
pub use resolve::{ResolveError, Resolved, candidates};
pub use upload::{OnProgress, Upload, UploadError};
pub use webhook::{Change, Created, Grant, NewWebhook, Revocation, SigningSecret, State, Webhook};
pub use webhooks::{Page, Pages};
