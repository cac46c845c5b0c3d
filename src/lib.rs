//! `gwh`, the command-line tool for Gemini API webhooks, as a library.
//!
//! [`run`] is the whole program: arguments and a [`World`] in, an exit code out. Everything that
//! reaches outside the process (environment, streams, clock, randomness, signals) comes in through
//! the world, so that tests run commands in process with a fixed clock and captured streams.
//!
//! Where to look:
//!
//! - What was typed and what it means: [`cli`], [`cmd`], [`config`], [`mod@env`], [`paths`], [`session`].
//! - Values in, values out: [`event`] (envelopes and samples), [`signature`] (sign, verify, explain),
//!   [`request`] and [`capture`] (deliveries as text), [`json`], [`units`], [`hex`], [`host`], [`sanitize`] and
//!   [`redact`] (text that may be shown).
//! - Reaching outside: [`server`] receives, with [`certificates`] over TLS, and [`store`] keeps what came; [`deliver`]
//!   sends, [`conformance`] tests handlers, [`gemini`] calls the API, [`keysets`] keeps what it said of keys,
//!   [`secrets`] keeps what must not be lost, in [`files`] of its own, [`listeners`] finds a `listen` that runs, and
//!   [`emulator`] stands in for the service.
//! - Speaking: [`ui`] is the only writer, [`error`] says how a run ends.
//! - The seams to the machine: [`World`], [`clock`], [`random`], [`runtime`].
//!
//! `docs/ARCHITECTURE.md` shows how these depend on each other, and the life of a delivery and of a secret.

pub mod capture;
pub mod certificates;
pub mod cli;
pub mod clock;
pub mod cmd;
pub mod config;
pub mod conformance;
pub mod deliver;
pub mod emulator;
pub mod env;
pub mod error;
pub mod event;
pub mod files;
pub mod gemini;
pub mod hex;
pub mod host;
pub mod json;
pub mod keysets;
pub mod listeners;
pub mod paths;
pub mod random;
pub mod redact;
pub mod request;
pub mod runtime;
pub mod sanitize;
pub mod secrets;
pub mod server;
pub mod session;
pub mod signature;
pub mod store;
pub mod ui;
pub mod units;
mod world;

use std::ffi::OsString;

pub use world::{Input, Shutdown, World};

/// Runs one command and answers the exit code of the process.
pub fn run(args: impl IntoIterator<Item = OsString>, world: World) -> u8 {
    cli::run(args, world).code()
}
