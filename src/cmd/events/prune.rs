//! `gwh events prune`.

use std::time::Duration;

use clap::Args;
use serde::Serialize;

use super::existing_store;
use crate::config;
use crate::error::{Exit, Failure};
use crate::session::Session;
use crate::store::{Bounds, Pruned, StoreError};
use crate::ui::progress::Progress;
use crate::ui::prompt;
use crate::units;

/// Delete old deliveries, and give their room back
///
/// Without flags, what gwh listen would delete: what is older than the setting store.keep, and what is
/// beyond store.max. What does not verify goes before what does.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  gwh events prune --older-than 7d\n  gwh events prune --all --yes")]
pub struct Prune {
    /// Delete what is older [default: the setting store.keep]
    #[arg(long, value_name = "DURATION", value_parser = units::duration)]
    older_than: Option<Duration>,
    /// Delete the oldest until no more room is taken [default: the setting store.max]
    #[arg(long, value_name = "SIZE", value_parser = units::store_size)]
    max_store: Option<usize>,
    /// Delete every delivery
    #[arg(long, conflicts_with_all = ["older_than", "max_store"])]
    all: bool,
    /// Do not ask
    #[arg(short, long)]
    yes: bool,
}

#[derive(Serialize)]
struct PrunedRecord<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    profile: &'a str,
    /// How many were deleted.
    deleted: usize,
    /// How many are left.
    deliveries: u64,
    /// What they take.
    bytes: u64,
}

/// Deletes.
///
/// # Errors
/// Kind `Usage` where all are to go and nobody can be asked, `Configuration` where the store cannot be
/// written.
pub fn run(args: &Prune, session: &Session) -> Result<Exit, Failure> {
    let profile = session.config.profile();
    let Some(store) = existing_store(session)? else {
        session.ui.note("there is nothing to delete");
        return Ok(Exit::Done);
    };
    let bounds = if args.all {
        let count = store.size()?.deliveries;
        if count > 0 && !args.yes && !confirmed(session, &profile, count)? {
            session.ui.note("nothing is deleted");
            return Ok(Exit::Negative);
        }
        Bounds { keep: None, max_bytes: Some(0) }
    } else {
        // One given flag leaves the other bound alone.
        let is_given = args.older_than.is_some() || args.max_store.is_some();
        let keep = session.config.required(&config::STORE_KEEP, None);
        let max = session.config.required(&config::STORE_MAX, None);
        Bounds {
            keep: args.older_than.or((!is_given).then_some(keep)),
            max_bytes: args.max_store.or((!is_given).then_some(max)).map(|bytes| bytes as u64),
        }
    };
    let bar = Progress::count(&session.ui, "deleting");
    let watch = |pruned: Pruned| bar.reach(pruned.deliveries as u64);
    let pruned = store.prune(bounds, session.timestamp(), watch);
    bar.finish();
    let Pruned { deliveries: deleted } = pruned.map_err(failure)?;
    let size = store.size()?;
    if session.ui.json() {
        session.ui.object(&PrunedRecord {
            kind: "pruned",
            profile: &profile,
            deleted,
            deliveries: size.deliveries,
            bytes: size.bytes,
        })?;
    } else {
        let room = units::human_size(usize::try_from(size.bytes).unwrap_or(usize::MAX));
        session.ui.line(&format!("deleted {deleted}, {} left in {room}", size.deliveries))?;
    }
    Ok(Exit::Done)
}

/// What deleting writes goes into the log first.
fn failure(error: StoreError) -> Failure {
    match error {
        StoreError::Full(_) => Failure::configuration(error.sentence())
            .hint("deleting needs some room, too: make a few MiB free on that disk and try again"),
        error => error.into(),
    }
}

fn confirmed(session: &Session, profile: &str, count: u64) -> Result<bool, Failure> {
    if !session.can_ask() {
        return Err(Failure::usage(format!("deleting all {count} deliveries needs a confirmation"))
            .hint("give --yes where nobody can be asked"));
    }
    prompt::confirm(&format!("Delete all {count} deliveries of profile {profile}?"))
}
