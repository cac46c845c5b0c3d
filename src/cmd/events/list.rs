//! `gwh events list`.

use clap::Args;

use super::existing_store;
use super::lines::{HEADINGS, Line};
use super::select::SelectArgs;
use crate::error::{Exit, Failure};
use crate::session::Session;
use crate::ui::table::Table;

/// How many are shown where nothing else is said.
const USUAL: usize = 20;
/// How many rows are laid out together.
const PART: usize = 500;

const EXAMPLES: &str = "\
Examples:
  gwh events list
  gwh events list --failed --since 1h
  gwh events list --events 'batch.*' --status 5xx --json";

/// List deliveries, the newest last
///
/// A terminal shows what fits into it, with ids as gwh listen shortens them; a pipe gets all. With --json, each is a
/// capture record with everything that is kept of it.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct List {
    /// Only these ids, also as gwh listen shortens them; * and ? stand for any characters
    #[arg(value_name = "ID|GLOB")]
    ids: Vec<String>,
    /// All of them, and not only the last 20
    #[arg(long, conflicts_with = "last")]
    all: bool,
    #[command(flatten)]
    select: SelectArgs,
}

/// Prints the list.
///
/// # Errors
/// Kind `Configuration` where the store cannot be read.
pub fn run(args: &List, session: &Session) -> Result<Exit, Failure> {
    let selection = args.select.selection(&args.ids, session)?;
    let selection = if args.all { selection } else { selection.or_last(USUAL) };
    let Some(store) = existing_store(session)? else {
        session.ui.note("no deliveries yet; gwh listen receives them");
        return Ok(Exit::Done);
    };
    let mut found = selection.find(&store)?;
    if found.deliveries.is_empty() {
        session.ui.note("no delivery matches");
        return Ok(Exit::Done);
    }
    let width = session.ui.out_style().width();
    let mut table = Table::new(&HEADINGS).within(width);
    let mut is_first = true;
    while !found.deliveries.is_empty() {
        let part = found.deliveries.drain(..found.deliveries.len().min(PART));
        let mut rows = Vec::with_capacity(PART);
        for summary in part {
            // One that was pruned meanwhile is not there any more.
            let Some(stored) = store.load(summary)? else { continue };
            if session.ui.json() {
                session.ui.object(&stored.record())?;
            } else {
                let line = Line::of(&stored);
                rows.push(if width.is_some() { line.shortened() } else { line }.cells());
            }
        }
        if session.ui.json() {
            continue;
        }
        let rows = table.fit(&rows);
        if std::mem::take(&mut is_first) {
            session.ui.line(&table.heading(session.ui.out_style()))?;
        }
        for row in rows {
            session.ui.line(&table.line(&row))?;
        }
    }
    if found.has_more && args.select.last.is_none() {
        session.ui.note(&format!("these are the last {USUAL}; --all lists every one"));
    }
    Ok(Exit::Done)
}
