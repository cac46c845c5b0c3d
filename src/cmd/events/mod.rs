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
use crate::ui::sanitize;

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

/// What a command works on that needs deliveries.
pub struct Selected {
    /// Where they are.
    pub store: Store,
    /// In the order in which they came, at least one.
    pub deliveries: VecDeque<Summary>,
    /// How the command ends once it has dealt with them: `Negative` where one of several ids has no delivery.
    pub exit: Exit,
}

/// What a selection with these ids finds. Of several ids, those that no delivery has are named.
///
/// # Errors
/// Kind `Negative` where there is nothing like that, `Configuration` where the store cannot be read.
pub fn find_some(selection: &Selection, ids: &[String], session: &Session) -> Result<Selected, Failure> {
    let store = existing_store(session)?.ok_or_else(|| nothing_kept(session))?;
    let deliveries = selection.find(&store)?.deliveries;
    if deliveries.is_empty() {
        return Err(nothing_found(ids, &store, session));
    }
    let unknown = selection.unknown(&deliveries, &store)?;
    for at in &unknown {
        let what = has_no_delivery(&ids[*at]);
        session.ui.warn(&format!("{what}; gwh events list --all shows what there is"));
    }
    let exit = if unknown.is_empty() { Exit::Done } else { Exit::Negative };
    Ok(Selected { store, deliveries, exit })
}

fn has_no_delivery(id: &str) -> String {
    format!("no delivery has the id {}", sanitize::clipped(id, 80))
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
        [id] => has_no_delivery(id),
        _ => "no delivery has one of these ids".to_owned(),
    };
    Failure::negative(message).hint("run gwh events list --all to see what there is")
}
