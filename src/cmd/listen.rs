//! `gwh listen`: receiving deliveries.

use clap::Args;

use crate::error::{Exit, Failure};
use crate::session::Session;

/// Listen (being built)
#[derive(Debug, Args)]
pub struct Listen {}

/// Runs.
///
/// # Errors
/// None.
pub fn run(_args: Listen, _session: &Session) -> Result<Exit, Failure> {
    Ok(Exit::Done)
}
