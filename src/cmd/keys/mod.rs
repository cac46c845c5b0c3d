//! `gwh keys`: public keys for verifying dynamic webhooks.

mod fetch;
mod generate;
mod jwks;
mod list;
mod row;

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
    List(list::List),
    Fetch(fetch::Fetch),
    Generate(generate::Generate),
    Jwks(jwks::Jwks),
}

/// Runs the subcommand.
///
/// # Errors
/// Those of the subcommand.
pub fn run(args: Keys, session: &Session) -> Result<Exit, Failure> {
    match args.command {
        Command::List(args) => list::run(args, session),
        Command::Fetch(args) => fetch::run(&args, session),
        Command::Generate(args) => generate::run(&args, session),
        Command::Jwks(args) => jwks::run(&args, session),
    }
}
