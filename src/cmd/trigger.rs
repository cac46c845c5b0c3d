//! `gwh trigger`: sending signed sample events.

use clap::Args;

use crate::error::{Exit, Failure};
use crate::session::Session;

/// Trigger (being built)
#[derive(Debug, Args)]
pub struct Trigger {}

/// Runs.
///
/// # Errors
/// None.
pub fn run(_args: Trigger, _session: &Session) -> Result<Exit, Failure> {
    Ok(Exit::Done)
}
