//! `gwh webhooks`: the static webhooks of a project, through the API.

mod apply;
mod change;
mod create;
pub(super) mod delete;
mod events;
mod find;
mod get;
mod list;
mod ping;
mod rotate_secret;
pub(super) mod secret;
pub(super) mod show;
mod state;
mod update;

use clap::{Args, Subcommand};

use crate::error::{Exit, Failure};
use crate::session::Session;

/// Manage the static webhooks of a project
///
/// The API key comes from GOOGLE_API_KEY or GEMINI_API_KEY, or from gwh login. GOOGLE_GEMINI_BASE_URL sends
/// the calls elsewhere, for example to gwh emulator.
#[derive(Debug, Args)]
pub struct Webhooks {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Create(create::Create),
    List(list::List),
    Get(get::Get),
    Update(update::Update),
    Enable(state::Enable),
    Disable(state::Disable),
    Delete(delete::Delete),
    Ping(ping::Ping),
    RotateSecret(rotate_secret::RotateSecret),
    Apply(apply::Apply),
}

/// Runs the subcommand.
///
/// # Errors
/// Those of the subcommand.
pub fn run(args: Webhooks, session: &Session) -> Result<Exit, Failure> {
    match args.command {
        Command::Create(args) => create::run(args, session),
        Command::List(args) => list::run(&args, session),
        Command::Get(args) => get::run(&args, session),
        Command::Update(args) => update::run(&args, session),
        Command::Enable(args) => state::enable(&args, session),
        Command::Disable(args) => state::disable(&args, session),
        Command::Delete(args) => delete::run(&args, session),
        Command::Ping(args) => ping::run(&args, session),
        Command::RotateSecret(args) => rotate_secret::run(&args, session),
        Command::Apply(args) => apply::run(&args, session),
    }
}
