//! `gwh events`: the deliveries that were received.

mod export;
mod har;
mod import;
mod lines;
mod list;
mod prune;
pub mod select;
mod show;
mod tail;

use std::collections::VecDeque;

use clap::{Args, Subcommand};

use self::select::Selection;
use crate::error::{Exit, Failure};
use crate::session::Session;
use crate::store::{Store, Summary};

/// Look back at the deliveries that were received
///
/// gwh listen keeps every delivery in one SQLite database for each profile, before it acknowledges it.
#[derive(Debug, Args)]
pub struct Events {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    List(list::List),
    Show(show::Show),
    Tail(tail::Tail),
    Export(export::Export),
    Import(import::Import),
    Prune(prune::Prune),
}

/// Runs the subcommand.
///
/// # Errors
/// Those of the subcommand.
pub fn run(args: Events, session: &Session) -> Result<Exit, Failure> {
    match args.command {
        Command::List(args) => list::run(&args, session),
        Command::Show(args) => show::run(&args, session),
        Command::Tail(args) => tail::run(&args, session),
        Command::Export(args) => export::run(&args, session),
        Command::Import(args) => import::run(&args, session),
        Command::Prune(args) => prune::run(&args, session),
    }
}

/// The store of the profile, where anything was ever kept.
///
/// # Errors
/// Kind `Configuration` where it cannot be read.
pub fn existing_store(session: &Session) -> Result<Option<Store>, Failure> {
    Ok(Store::open_existing(&session.profile_folder()?)?)
}

/// The store, and what a selection with these ids finds in it, which is something.
///
/// # Errors
/// Kind `Negative` where there is nothing like that, `Configuration` where the store cannot be read.
pub fn find_some(
    selection: &Selection,
    ids: &[String],
    session: &Session,
) -> Result<(Store, VecDeque<Summary>), Failure> {
    let store = existing_store(session)?.ok_or_else(|| nothing_kept(session))?;
    let found = selection.find(&store)?.deliveries;
    if found.is_empty() { Err(nothing_found(ids, &store, session)) } else { Ok((store, found)) }
}

/// The failure of a command that needs deliveries and finds none.
fn nothing_kept(session: &Session) -> Failure {
    let profile = session.config.profile();
    Failure::negative(format!("profile {profile} has no deliveries"))
        .hint("receive some with gwh listen, or read them in with gwh events import FILE")
}

/// The failure of a command that was given filters and finds nothing that they let through.
fn nothing_found(ids: &[String], store: &Store, session: &Session) -> Failure {
    match store.size() {
        Ok(size) if size.deliveries == 0 => return nothing_kept(session),
        Ok(_) => {}
        Err(error) => return error.into(),
    }
    let message = match ids {
        [] => "no delivery matches".to_owned(),
        [id] => format!("no delivery has the id {}", crate::ui::sanitize::clipped(id, 80)),
        _ => "no delivery has one of these ids".to_owned(),
    };
    Failure::negative(message).hint("run gwh events list --all to see what there is")
}
