//! `gwh`, the command-line tool for Gemini API webhooks, as a library.
//!
//! [`run`] is the whole program: arguments and a [`World`] in, an exit code out. Everything that
//! reaches outside the process (environment, streams, clock, randomness, signals) comes in through
//! the world, so that tests run commands in process with a fixed clock and captured streams.
//! `docs/ARCHITECTURE.md` shows how the modules depend on each other.

pub mod capture;
pub mod cli;
pub mod clock;
pub mod cmd;
pub mod config;
pub mod deliver;
pub mod emulator;
pub mod env;
pub mod error;
pub mod event;
pub mod gemini;
pub mod json;
pub mod listeners;
pub mod paths;
pub mod random;
pub mod request;
pub mod runtime;
pub mod secrets;
pub mod server;
pub mod session;
pub mod signature;
pub mod ui;
pub mod units;
mod world;

use std::ffi::OsString;

pub use world::{Input, Shutdown, World};

/// Runs one command and answers the exit code of the process.
pub fn run(args: impl IntoIterator<Item = OsString>, world: World) -> u8 {
    cli::run(args, world).code()
}
