//! `gwh keys`: public keys for verifying dynamic webhooks.

mod jwks;

use clap::{Args, Subcommand};

use crate::error::{Exit, Failure};
use crate::session::Session;

/// Work with the public keys of dynamic webhooks
#[derive(Debug, Args)]
pub struct Keys {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Jwks(jwks::Jwks),
}

/// Runs the subcommand.
///
/// # Errors
/// Those of the subcommand.
pub fn run(args: Keys, session: &Session) -> Result<Exit, Failure> {
    match args.command {
        Command::Jwks(args) => jwks::run(args, session),
    }
}
