//! The conformance suite for webhook handlers: what is sent, what may be answered, and what came of it.
//!
//! [`cases`] is the one table; a [`Case`] names a [`recipe`], `craft` makes it a request, `wire` sends it,
//! `judge` compares the answer with what may come. [`run`] does all that with bounded concurrency, after
//! a preflight that finds what would make every case fail. Nothing here prints: results are data.

mod case;
pub mod cases;
mod craft;
mod judge;
mod keys;
mod keyserver;
mod launch;
mod leaks;
mod outcome;
mod preflight;
mod processed;
pub mod recipe;
mod reply;
mod runner;
mod select;
mod sender;
mod signing;
mod strays;
mod tail;
mod tokens;
mod wire;

pub use case::{Case, Class, Expect, Family, Severity, Step};
pub use craft::Request;
pub use keys::{SuiteKeys, key_set};
pub use keyserver::{KeyServer, Readers};
pub use launch::{Handler, Launch, LaunchError, ensure_free};
pub use outcome::{Exchange, Problem, Skip, State, Tested};
pub use processed::Processed;
pub use reply::Reply;
pub use runner::{Plan, Run, RunError, run};
pub use select::Selection;
