//! `gwh verify`: judging deliveries.
use crate::error::{Exit, Failure};
use crate::session::Session;
use clap::Args;
/// Verify (being built)
#[derive(Debug, Args)]
pub struct Verify {}
/// Runs.
///
/// # Errors
/// None.
pub fn run(_args: Verify, _session: &Session) -> Result<Exit, Failure> {
    Ok(Exit::Done)
}
