//! `gwh sign`: making signed deliveries.

use clap::Args;

use crate::error::{Exit, Failure};
use crate::session::Session;

/// Sign (being built)
#[derive(Debug, Args)]
pub struct Sign {}

/// Runs.
///
/// # Errors
/// None.
pub fn run(_args: Sign, _session: &Session) -> Result<Exit, Failure> {
    Ok(Exit::Done)
}
