//! `gwh events tail`.

use std::ops::ControlFlow;
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use clap::Args;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{sleep, timeout};

use super::existing_store;
use super::lines::Line;
use super::select::{SelectArgs, Selection};
use crate::error::{Exit, Failure};
use crate::event::catalog::LONGEST_NAME;
use crate::runtime;
use crate::session::Session;
use crate::store::{Row, Store, Stored};
use crate::ui::{Ui, sanitize};
use crate::units;

/// How often the store is looked at.
const PERIOD: Duration = Duration::from_millis(200);
/// How many deliveries wait to be written.
const WAITING: usize = 8;
/// How long the end waits for what is still to be written.
const PATIENCE: Duration = Duration::from_millis(500);

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
        let (printer, mut printed) = Printer::start(session.ui.clone())?;
        let end = tokio::select! {
            () = stopped => Ok(Exit::Interrupted),
            () = expired => Ok(Exit::Done),
            failed = follow(&selection, session, &printer) => failed,
            // It ends by itself only where nothing can be written any more.
            result = &mut printed => return result.unwrap_or_else(|_| Err(defect())).map(|()| Exit::Done),
        };
        // What was found is shown, unless nobody reads it.
        drop(printer);
        match timeout(PATIENCE, printed).await {
            Ok(Ok(Err(failure))) => end.and(Err(failure)),
            _ => end,
        }
    })
}

fn defect() -> Failure {
    Failure::bug("the printing thread has a defect and stopped")
}

/// Where what is found goes to be written, on a thread of its own: a reader that stands still holds that up, and
/// nothing else.
struct Printer(mpsc::Sender<String>);

impl Printer {
    /// Starts the thread. It says how it ended, which it does once the printer is dropped, or when output fails.
    fn start(ui: Arc<Ui>) -> Result<(Self, oneshot::Receiver<Result<(), Failure>>), Failure> {
        let (printer, mut texts) = mpsc::channel::<String>(WAITING);
        let (end, ended) = oneshot::channel();
        let print = move || {
            let mut print_all = || {
                while let Some(text) = texts.blocking_recv() {
                    ui.line(&text)?;
                }
                Ok(())
            };
            // Whoever waits may have given up.
            let _ = end.send(print_all());
        };
        thread::Builder::new()
            .name("printer".to_owned())
            .spawn(print)
            .map_err(|error| Failure::configuration("cannot start the printing thread").because(error))?;
        Ok((Printer(printer), ended))
    }

    /// Hands a line in; waits where too many wait already.
    async fn show(&self, text: String) {
        // A thread that has ended says why by itself.
        let _ = self.0.send(text).await;
    }
}

/// Shows what comes, until no more can be shown.
async fn follow(selection: &Selection, session: &Session, printer: &Printer) -> Result<Exit, Failure> {
    let mut following = begin(selection, session, printer).await?;
    loop {
        // A store that was deleted gets nothing new, and what is in the one that is made then is all new.
        if following.as_ref().is_some_and(|(store, _)| store.in_place().is_err()) {
            following = None;
        }
        if following.is_none() {
            following = existing_store(session)?.map(|store| (store, Row::default()));
        }
        if let Some((store, last)) = &mut following {
            show_new(selection, session, store, last, printer).await?;
        }
        sleep(PERIOD).await;
    }
}

/// Shows the last that are there; none where nothing was ever kept.
async fn begin(
    selection: &Selection,
    session: &Session,
    printer: &Printer,
) -> Result<Option<(Store, Row)>, Failure> {
    let Some(store) = existing_store(session)? else { return Ok(None) };
    let last = store.last_row()?.unwrap_or_default();
    for summary in selection.find(&store)?.deliveries {
        if summary.row <= last
            && let Some(stored) = store.load(summary)?
        {
            printer.show(text_of(&stored, session)?).await;
        }
    }
    Ok(Some((store, last)))
}

async fn show_new(
    selection: &Selection,
    session: &Session,
    store: &Store,
    last: &mut Row,
    printer: &Printer,
) -> Result<(), Failure> {
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
            printer.show(text_of(&stored, session)?).await;
        }
    }
    Ok(())
}

/// A delivery as it is shown.
fn text_of(stored: &Stored, session: &Session) -> Result<String, Failure> {
    if session.ui.json() {
        return serde_json::to_string(&stored.record())
            .map_err(|error| Failure::bug("cannot write JSON").because(error));
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
    Ok(line.trim_end().to_owned())
}
