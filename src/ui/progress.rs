//! Progress bars on stderr.
//!
//! The usual library of bars is the only part of the program that would need the system's library of mathematics,
//! and to load that takes 60 µs of every start (docs/PERFORMANCE.md). What a bar asks of a terminal is here as well,
//! in the library that the prompts come from.

use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, Instant};

use dialoguer::console::{Term, truncate_str};

use super::Ui;
use crate::units::{human_duration, human_size, whole_millis};

/// How long a bar stands before it is drawn anew.
const PERIOD: Duration = Duration::from_millis(100);
/// How many cells a bar has.
const CELLS: u64 = 32;

/// A bar that is drawn on a terminal and does nothing elsewhere.
pub struct Progress(Mutex<Option<Bar>>);

impl Progress {
    /// A bar of `total` steps, named `label`, drawn only where [`Ui::draws_progress`] says so.
    pub fn new(ui: &Ui, label: &'static str, total: u64) -> Self {
        Progress::drawn(ui, Count { label, unit: Unit::Steps, done: 0, total: Some(total) })
    }

    /// A count of steps, of which there is an unknown number.
    pub fn count(ui: &Ui, label: &'static str) -> Self {
        Progress::drawn(ui, Count { label, unit: Unit::Steps, done: 0, total: None })
    }

    /// A bar over bytes, of which there may be an unknown number.
    pub fn bytes(ui: &Ui, label: &'static str, total: Option<u64>) -> Self {
        Progress::drawn(ui, Count { label, unit: Unit::Bytes, done: 0, total })
    }

    fn drawn(ui: &Ui, count: Count) -> Self {
        if !ui.draws_progress() {
            return Progress::none();
        }
        let now = Instant::now();
        let mut bar =
            Bar { count, begun: now, drawn_at: now, is_drawn: false, term: Term::buffered_stderr() };
        bar.draw(now);
        Progress(Mutex::new(Some(bar)))
    }

    /// A bar that is never drawn.
    pub fn none() -> Self {
        Progress(Mutex::new(None))
    }

    /// One step is done.
    pub fn step(&self) {
        if let Some(bar) = &mut *self.bar() {
            bar.reach(bar.count.done + 1);
        }
    }

    /// So much is done.
    pub fn reach(&self, position: u64) {
        if let Some(bar) = &mut *self.bar() {
            bar.reach(position);
        }
    }

    /// Takes the bar away while `work` writes lines; a later step brings it back.
    pub fn aside<T>(&self, work: impl FnOnce() -> T) -> T {
        let mut bar = self.bar();
        if let Some(bar) = &mut *bar {
            bar.clear();
        }
        work()
    }

    /// Takes the bar away for good.
    pub fn finish(&self) {
        if let Some(mut bar) = self.bar().take() {
            bar.clear();
        }
    }

    fn bar(&self) -> MutexGuard<'_, Option<Bar>> {
        self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

/// What ends early leaves no bar behind either.
impl Drop for Progress {
    fn drop(&mut self) {
        self.finish();
    }
}

/// A bar and where it stands. What cannot be written is not drawn.
struct Bar {
    count: Count,
    begun: Instant,
    drawn_at: Instant,
    is_drawn: bool,
    term: Term,
}

impl Bar {
    fn reach(&mut self, position: u64) {
        self.count.done = position;
        let now = Instant::now();
        if now.duration_since(self.drawn_at) >= PERIOD {
            self.draw(now);
        }
    }

    fn draw(&mut self, now: Instant) {
        let line = self.count.line(now.duration_since(self.begun));
        // A line that fills the last column would move the cursor to the next one.
        let (_, columns) = self.term.size();
        let line = truncate_str(&line, usize::from(columns.saturating_sub(1)), "");
        let _ =
            self.term.clear_line().and_then(|()| self.term.write_str(&line)).and_then(|()| self.term.flush());
        (self.is_drawn, self.drawn_at) = (true, now);
    }

    fn clear(&mut self) {
        if std::mem::take(&mut self.is_drawn) {
            let _ = self.term.clear_line().and_then(|()| self.term.flush());
        }
    }
}

/// How far something has come.
struct Count {
    label: &'static str,
    unit: Unit,
    done: u64,
    total: Option<u64>,
}

#[derive(Clone, Copy)]
enum Unit {
    Steps,
    Bytes,
}

impl Unit {
    fn show(self, amount: u64) -> String {
        match self {
            Unit::Steps => amount.to_string(),
            Unit::Bytes => human_size(usize::try_from(amount).unwrap_or(usize::MAX)),
        }
    }
}

impl Count {
    /// The line of a bar that was begun so long ago.
    fn line(&self, spent: Duration) -> String {
        let Count { label, unit, done, total } = *self;
        let millis = whole_millis(spent).max(1);
        let rate = unit.show(done.saturating_mul(1_000) / millis);
        let Some(total) = total else { return format!("{label} {}  {rate}/s", unit.show(done)) };
        let filled =
            done.saturating_mul(CELLS).checked_div(total).map_or(CELLS, |filled| filled.min(CELLS)) as usize;
        let bar = "█".repeat(filled) + &"░".repeat(CELLS as usize - filled);
        let left = total.saturating_sub(done).saturating_mul(millis).checked_div(done);
        let left = left.map_or_else(|| "-".to_owned(), |millis| human_duration(millis.div_ceil(1_000)));
        format!("{label} {bar} {}/{}  {rate}/s  eta {left}", unit.show(done), unit.show(total))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(unit: Unit, done: u64, total: Option<u64>, seconds: u64) -> String {
        Count { label: "sending", unit, done, total }.line(Duration::from_secs(seconds))
    }

    #[test]
    fn a_line_says_how_far_how_fast_and_how_long() {
        let cells = |filled: usize| "█".repeat(filled) + &"░".repeat(32 - filled);
        assert_eq!(line(Unit::Steps, 0, Some(400), 0), format!("sending {} 0/400  0/s  eta -", cells(0)));
        assert_eq!(
            line(Unit::Steps, 100, Some(400), 50),
            format!("sending {} 100/400  2/s  eta 2m 30s", cells(8))
        );
        assert_eq!(
            line(Unit::Steps, 400, Some(400), 50),
            format!("sending {} 400/400  8/s  eta 0s", cells(32))
        );
        assert_eq!(
            line(Unit::Bytes, 3 << 19, Some(3 << 20), 2),
            format!("sending {} 1.5 MiB/3.0 MiB  768.0 KiB/s  eta 2s", cells(16))
        );
    }

    #[test]
    fn a_line_without_a_total_has_no_bar() {
        assert_eq!(line(Unit::Bytes, 2_048, None, 1), "sending 2.0 KiB  2.0 KiB/s");
        assert_eq!(line(Unit::Steps, 70, None, 10), "sending 70  7/s");
    }

    #[test]
    fn wrong_totals_break_nothing() {
        assert!(line(Unit::Steps, 7, Some(0), 1).contains("7/0"));
        assert!(line(Unit::Bytes, 9, Some(3), 1).contains("9 B/3 B  9 B/s  eta 0s"));
        assert!(line(Unit::Bytes, u64::MAX, Some(u64::MAX), 1).contains("eta 0s"));
    }
}
