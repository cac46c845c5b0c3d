//! `gwh secrets`: the signing secrets that this machine holds.

pub(in crate::cmd) mod doctor;
mod exec;
mod get;
mod import;
mod list;
mod remove;
mod set;

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
    List(list::List),
    Set(set::Set),
    Get(get::Get),
    Remove(remove::Remove),
    Import(import::Import),
    Exec(exec::Exec),
    Doctor(doctor::Doctor),
}

/// Runs the subcommand.
///
/// # Errors
/// Those of the subcommand.
pub fn run(args: Secrets, session: &Session) -> Result<Exit, Failure> {
    match args.command {
        Command::List(args) => list::run(args, session),
        Command::Set(args) => set::run(args, session),
        Command::Get(args) => get::run(args, session),
        Command::Remove(args) => remove::run(args, session),
        Command::Import(args) => import::run(args, session),
        Command::Exec(args) => exec::run(args, session),
        Command::Doctor(args) => doctor::run(args, session),
    }
}
