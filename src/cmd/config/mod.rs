//! `gwh config`: looking at the configuration.

mod show;

use clap::{Args, Subcommand};

use crate::error::{Exit, Failure};
use crate::session::Session;

/// Look at the configuration
#[derive(Debug, Args)]
pub struct Config {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Show(show::Show),
}

/// Runs the subcommand.
///
/// # Errors
/// Those of the subcommand.
pub fn run(args: Config, session: &Session) -> Result<Exit, Failure> {
    match args.command {
        Command::Show(args) => show::run(args, session),
    }
}
