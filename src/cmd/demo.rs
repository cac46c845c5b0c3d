//! `gwh demo`: the whole story in seconds.

use clap::Args;

use crate::error::{Exit, Failure};
use crate::session::Session;

/// Demo (being built)
#[derive(Debug, Args)]
pub struct Demo {}

/// Runs.
///
/// # Errors
/// None.
pub fn run(_args: Demo, _session: &Session) -> Result<Exit, Failure> {
    Ok(Exit::Done)
}
