//! Printing on a thread of its own, so that a slow or stopped terminal never slows an answer.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use tokio::sync::{mpsc, oneshot};

use super::banner::{self, Names};
use super::explain::Explainer;
use super::forward::Advisor;
use super::goal::End;
use super::intake::Keeper;
use super::queue::{Followed, Forwarded, Item, Queue, Shown};
use super::records;
use crate::capture::ResponseRecord;
use crate::clock::Clock;
use crate::cmd::resolution::{Unresolved, Words};
use crate::deliver::forward::Forward;
use crate::error::Failure;
use crate::event::Event;
use crate::server::{Arrival, KeysReport, LiveKeys, Report};
use crate::signature::VerdictRecord;
use crate::store::Update;
use crate::ui::{Ui, arrival as lines, forward as forward_lines, sanitize};
use crate::units::TimesOfDay;

/// Output is written once it has this many bytes.
const BATCH: usize = 64 * 1024;
/// The pause between batches: under load deliveries gather in it, and the server need not wake this
/// thread for each of them. Nobody sees it.
const PAUSE: Duration = Duration::from_millis(1);

/// The server's side of the thread that prints.
pub(super) struct Printer {
    queue: Arc<Queue>,
    finished: oneshot::Receiver<()>,
}

impl Printer {
    /// Starts the thread. It tells `ends` when output fails.
    pub(super) fn start(
        ui: Arc<Ui>,
        clock: Arc<dyn Clock>,
        keys: Arc<LiveKeys>,
        keeper: Option<Keeper>,
        advisor: Advisor,
        ends: mpsc::Sender<End>,
    ) -> Result<Self, Failure> {
        let queue = Arc::new(Queue::default());
        let (finish, finished) = oneshot::channel();
        let mut pen = Pen {
            queue: queue.clone(),
            ui,
            times: TimesOfDay::new(clock.zone()),
            clock,
            explainer: Explainer::new(keys),
            keeper,
            advisor,
            out: String::new(),
            unprinted: 0,
            not_shown: 0,
            unfollowed: 0,
        };
        let print = move || {
            let result = catch_unwind(AssertUnwindSafe(|| pen.print_all()));
            let defect = || Failure::bug("the printing thread has a defect and stopped");
            if let Err(failure) = result.unwrap_or_else(|_| Err(defect())) {
                // Only the first end counts; a run that is ending anyway takes no second one.
                let _ = ends.try_send(End::Output(failure));
            }
            pen.queue.abandon();
            let _ = finish.send(());
        };
        thread::Builder::new()
            .name("printer".to_owned())
            .spawn(print)
            .map_err(|error| Failure::configuration("cannot start the printing thread").because(error))?;
        Ok(Printer { queue, finished })
    }

    /// Where reports go.
    pub(super) fn queue(&self) -> Arc<Queue> {
        self.queue.clone()
    }

    /// Says that nothing more comes, and waits until what is queued is printed.
    pub(super) async fn finish(self) {
        self.queue.close();
        // The thread ends in any case, and drops its side.
        let _ = self.finished.await;
    }
}

/// The thread's side.
struct Pen {
    queue: Arc<Queue>,
    ui: Arc<Ui>,
    clock: Arc<dyn Clock>,
    times: TimesOfDay,
    explainer: Explainer,
    /// Where what a refusal came from is noted, too.
    keeper: Option<Keeper>,
    advisor: Advisor,
    out: String,
    unprinted: usize,
    not_shown: u64,
    /// How many events of this batch were not followed to their jobs, since too many waited.
    unfollowed: u64,
}

impl Pen {
    fn print_all(&mut self) -> Result<(), Failure> {
        loop {
            let batch = self.queue.take();
            let mut waiting = batch.items.len();
            for item in batch.items {
                waiting -= 1;
                self.unprinted += item.weight();
                self.print(item, waiting)?;
                if self.out.len() >= BATCH {
                    self.flush()?;
                }
            }
            match std::mem::take(&mut self.unfollowed) {
                0 => {}
                1 => self
                    .print_missing("1 event not followed to its job: they come faster than the API answers"),
                count => self.print_missing(&format!(
                    "{count} events not followed to their jobs: they come faster than the API answers"
                )),
            }
            if batch.dropped > 0 {
                self.print_dropped(batch.dropped);
            }
            self.flush()?;
            if batch.is_last {
                return Ok(());
            }
            self.queue.pause(PAUSE);
        }
    }

    fn print(&mut self, item: Item, waiting: usize) -> Result<(), Failure> {
        match item {
            Item::Delivery(shown) => self.print_delivery(&shown, waiting),
            Item::Forwarded(arrival, forwarded) => self.print_forwards(&arrival, &forwarded),
            Item::Followed(arrival, followed) => self.print_followed(&arrival, &followed),
            Item::Report(Report::Refused(refused)) if self.ui.json() => {
                self.out.push_str(&records::refused(&refused));
            }
            Item::Report(Report::Refused(refused)) => {
                lines::refused(&mut self.out, self.ui.out_style(), &mut self.times, &refused);
            }
            Item::Report(Report::Trouble(error)) => {
                self.flush()?;
                self.ui.warn(&format!("cannot accept connections for now: {error}"));
            }
            Item::Report(Report::Keys(report)) => self.print_keys(&report)?,
            Item::Data(line) => self.out.push_str(&line),
            Item::Note(text) => {
                self.flush()?;
                self.ui.note(&text);
            }
            Item::Warning(text) => {
                self.flush()?;
                self.ui.warn(&text);
            }
            Item::Summary(tally) if self.ui.json() => {
                self.out.push_str(&records::summary(tally, self.not_shown));
            }
            Item::Summary(tally) => {
                self.flush()?;
                self.ui.note(&tally.in_words());
            }
        }
        Ok(())
    }

    fn print_delivery(&mut self, shown: &Shown, waiting: usize) {
        let arrival = &shown.arrival;
        let diagnosis = self.explainer.explain(arrival, waiting);
        if let (Some(keeper), Some(row)) = (&self.keeper, shown.row)
            && !diagnosis.findings.is_empty()
        {
            keeper.update(Update::Explained(row, VerdictRecord::new(&arrival.verdict, &diagnosis).into()));
        }
        let event = Event::parse(arrival.body());
        if self.ui.json() {
            let mut record = arrival.record(event.as_ref(), &diagnosis);
            if let Some(forwarded) = &shown.forwarded {
                record.response = Some(ResponseRecord { status: forwarded.status.as_u16() });
                record.forwards = forwarded.forwards.iter().map(Forward::record).collect();
            }
            self.out.push_str(&records::line(&record));
        } else {
            let notes = self.explainer.notes(arrival, &diagnosis);
            let style = self.ui.out_style();
            lines::delivery(&mut self.out, style, &mut self.times, arrival, event.as_ref(), &notes);
        }
    }

    fn print_forwards(&mut self, arrival: &Arrival, forwarded: &Forwarded) {
        let (style, id) = (self.ui.out_style(), arrival.webhook_id());
        for forward in &forwarded.forwards {
            let notes = self.advisor.notes(arrival, forward);
            let time = self.times.at(forwarded.at);
            forward_lines::forward(&mut self.out, style, time, id.as_deref(), forward, &notes);
        }
    }

    fn print_followed(&mut self, arrival: &Arrival, followed: &Followed) {
        if self.ui.json() {
            self.out.push_str(&records::followed(arrival, followed));
            return;
        }
        if let Err(Unresolved::Skipped) = followed.resolution {
            // One line for all of them: they come where too much is shown already.
            self.unfollowed += 1;
            return;
        }
        let (style, id) = (self.ui.out_style(), arrival.webhook_id());
        let words = followed.resolution.as_ref().map(|found| Words::of(found, style));
        let (text, more) = match words {
            Ok(words) => (words.state, words.more),
            Err(why) => {
                (format!("{} {}", style.warning("!"), sanitize::clipped(&why.to_string(), 300)), Vec::new())
            }
        };
        lines::job(&mut self.out, style, self.times.at(followed.at), id.as_deref(), &text, &more);
    }

    fn print_keys(&mut self, report: &KeysReport) -> Result<(), Failure> {
        match report {
            KeysReport::Changed(keys) => {
                let names = Names::of(keys, self.clock.now().as_second());
                if self.ui.json() {
                    self.out.push_str(&banner::reloaded(&names));
                    return Ok(());
                }
                self.flush()?;
                self.ui.note(&banner::reloaded_words(&names));
            }
            KeysReport::Fetched(keys) if self.ui.json() => {
                self.out.push_str(&banner::reloaded(&Names::of(keys, self.clock.now().as_second())));
            }
            KeysReport::Fetched(keys) => {
                self.flush()?;
                banner::fetched_words(keys).iter().for_each(|text| self.ui.note(text));
            }
            KeysReport::NotFetched(url, why) => {
                self.flush()?;
                let (url, why) = (sanitize::text(url), sanitize::text(why));
                self.ui.warn(&format!("cannot fetch the key set {url}: {why}"));
            }
            KeysReport::Unavailable(failure) => {
                self.flush()?;
                let why = sanitize::text(&failure.to_string()).into_owned();
                self.ui
                    .warn(&format!("cannot read the stored secrets again, so those from before stay: {why}"));
            }
        }
        Ok(())
    }

    fn print_dropped(&mut self, count: u64) {
        self.not_shown += count;
        if self.ui.json() {
            self.out.push_str(&records::dropped(count));
        } else {
            self.print_missing(&format!("{count} not shown: they came faster than this output takes them"));
        }
    }

    fn print_missing(&mut self, text: &str) {
        let style = self.ui.out_style();
        self.out.push_str(&format!("         {} {text}\n", style.warning("!")));
    }

    fn flush(&mut self) -> Result<(), Failure> {
        if !self.out.is_empty() {
            self.ui.raw(self.out.as_bytes())?;
            self.out.clear();
            // One huge body must not keep its room for the rest of the run.
            self.out.shrink_to(4 * BATCH);
        }
        self.queue.printed(std::mem::take(&mut self.unprinted));
        Ok(())
    }
}
