//! `gwh sign`: judging deliveries.
use crate::error::{Exit, Failure};
use crate::session::Session;
use clap::Args;
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
