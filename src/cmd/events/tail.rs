//! `gwh events tail`.

use std::ops::ControlFlow;
use std::time::Duration;

use clap::Args;
use tokio::time::sleep;

use super::existing_store;
use super::lines::Line;
use super::select::{SelectArgs, Selection};
use crate::error::{Exit, Failure};
use crate::event::catalog::LONGEST_NAME;
use crate::runtime;
use crate::session::Session;
use crate::store::{Row, Store, Stored};
use crate::ui::sanitize;
use crate::units;

/// How often the store is looked at.
const PERIOD: Duration = Duration::from_millis(200);

/// Follow the deliveries that a running gwh listen keeps
///
/// Shows the last of those that are there, then each new one, until Ctrl-C. Several may follow at once.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  gwh events tail\n  gwh events tail --events 'batch.*' --failed --json")]
pub struct Tail {
    /// Only these ids, also as gwh listen shortens them; * and ? stand for any characters
    #[arg(value_name = "ID|GLOB")]
    ids: Vec<String>,
    /// End after this time, with exit code 0
    #[arg(long, value_name = "DURATION", value_parser = units::duration)]
    timeout: Option<Duration>,
    #[command(flatten)]
    select: SelectArgs,
}

/// Follows until Ctrl-C, which is exit code 130, or until the time is over.
///
/// # Errors
/// Kind `Configuration` where the store cannot be read.
pub fn run(args: &Tail, session: &Session) -> Result<Exit, Failure> {
    let selection = args.select.selection(&args.ids, session)?.or_last(10);
    runtime::block_on(async {
        let stopped = session.shutdown.armed().await;
        let expired = async {
            match args.timeout {
                Some(timeout) => sleep(timeout).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = stopped => Ok(Exit::Interrupted),
            () = expired => Ok(Exit::Done),
            failure = follow(&selection, session) => Err(failure),
        }
    })
}

/// Shows what comes, and answers why no more can be shown.
async fn follow(selection: &Selection, session: &Session) -> Failure {
    let mut following = None;
    loop {
        let step = match &mut following {
            Some((store, last)) => show_new(selection, session, store, last),
            None => begin(selection, session).map(|begun| following = begun),
        };
        if let Err(failure) = step {
            return failure;
        }
        sleep(PERIOD).await;
    }
}

/// Shows the last that are there; none where nothing was ever kept.
fn begin(selection: &Selection, session: &Session) -> Result<Option<(Store, Row)>, Failure> {
    let Some(store) = existing_store(session)? else { return Ok(None) };
    let last = store.last_row()?.unwrap_or_default();
    for summary in selection.find(&store)?.deliveries {
        if summary.row <= last
            && let Some(stored) = store.load(summary)?
        {
            show(&stored, session)?;
        }
    }
    Ok(Some((store, last)))
}

fn show_new(selection: &Selection, session: &Session, store: &Store, last: &mut Row) -> Result<(), Failure> {
    let mut new = Vec::new();
    store.each(&selection.following(*last), |summary| {
        *last = summary.row;
        if selection.accepts(&summary) {
            new.push(summary);
        }
        ControlFlow::Continue(())
    })?;
    for summary in new {
        if let Some(stored) = store.load(summary)? {
            show(&stored, session)?;
        }
    }
    Ok(())
}

fn show(stored: &Stored, session: &Session) -> Result<(), Failure> {
    if session.ui.json() {
        return session.ui.object(&stored.record());
    }
    let style = session.ui.out_style();
    let line = Line::of(stored);
    let safe = |text: &str| sanitize::clipped(text, 120).into_owned();
    let verdict = safe(&line.verdict);
    let verdict = if stored.summary.valid { style.good(verdict) } else { style.bad(verdict) };
    let line = format!(
        "{time} {event:<LONGEST_NAME$}  {id}  {verdict}  {answer}  {size}  {about}",
        time = units::time_of_day(stored.summary.received_at, &session.clock.zone()),
        event = safe(&line.event),
        id = style.accent(safe(&line.id)),
        answer = line.answer,
        size = line.size,
        about = safe(&line.about),
    );
    session.ui.line(line.trim_end())
}
