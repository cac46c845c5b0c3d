//! `gwh secrets`: the signing secrets that this machine holds.

mod get;

use clap::{Args, Subcommand};

use crate::error::{Exit, Failure};
use crate::session::Session;

/// Work with signing secrets
#[derive(Debug, Args)]
pub struct Secrets {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Get(get::Get),
}

/// Runs the subcommand.
///
/// # Errors
/// Those of the subcommand.
pub fn run(args: Secrets, session: &Session) -> Result<Exit, Failure> {
    match args.command {
        Command::Get(args) => get::run(args, session),
    }
}
