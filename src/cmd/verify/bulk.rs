//! `gwh verify --jsonl`: a stream of records, judged on every core, answered in order.
//!
//! Each worker in turn reads a block of lines, judges it by itself, and writes what it has to say when
//! all earlier blocks are written. That keeps the order, bounds the memory to a block for each worker,
//! and answers a line of a slow stream at once.

use std::error::Error;
use std::io::Read;
use std::num::NonZeroUsize;
use std::path::Path;
use std::sync::{Condvar, Mutex, MutexGuard};
use std::{iter, mem, thread};

use super::Judge;
use super::input::Delivery;
use super::lines::{Block, Lines};
use super::renewal::Renewal;
use super::report::{VerdictObject, malformed_line};
use super::valid::ValidObjects;
use crate::capture::{self, Quick, RecordError};
use crate::error::{Exit, Failure};
use crate::event;
use crate::session::Session;
use crate::signature::{Policy, SignedDelivery, Verdict, VerdictRecord, verify, verify_two};
use crate::ui::{Ui, verdict};

/// The reason of a line that is no record, beside those of [`Reason`](crate::signature::Reason).
const MALFORMED: &str = "malformed_record";

/// How many lines came to what.
#[derive(Debug, Default, Clone, Copy)]
struct Counts {
    valid: u64,
    invalid: u64,
    malformed: u64,
}

/// Judges every record of the stream.
pub(super) fn run(
    file: Option<&Path>,
    jobs: Option<u16>,
    judge: &Judge,
    renewal: &Renewal,
    session: &Session,
) -> Result<Exit, Failure> {
    let cores = || thread::available_parallelism().map_or(1, NonZeroUsize::get);
    let jobs = jobs.map_or_else(cores, usize::from);
    let lines = Mutex::new(Lines::new(session.open_input(file)?));
    let turn = Turn::default();
    let ui = &*session.ui;
    let work = || Worker::new(judge, renewal, ui).run(&lines, &turn);
    let results: Vec<Result<Counts, Failure>> = thread::scope(|scope| {
        // A system that gives no more threads leaves the work to those that there are.
        let spawn = |_| thread::Builder::new().spawn_scoped(scope, work).ok();
        let others: Vec<_> = (1..jobs).map_while(spawn).collect();
        let mut results = vec![work()];
        results.extend(others.into_iter().map(|other| {
            other.join().unwrap_or_else(|_| Err(Failure::bug("a worker stopped with a defect")))
        }));
        results
    });
    let mut total = Counts::default();
    for result in results {
        let counts = result?;
        total.valid += counts.valid;
        total.invalid += counts.invalid;
        total.malformed += counts.malformed;
    }
    let Counts { valid, invalid, malformed } = total;
    ui.note(&format!("{valid} valid, {invalid} invalid, {malformed} malformed"));
    Ok(match total {
        Counts { malformed: 1.., .. } => Exit::Usage,
        Counts { invalid: 1.., .. } => Exit::Negative,
        _ => Exit::Done,
    })
}

/// Whose block is written next.
#[derive(Default)]
struct Turn {
    state: Mutex<TurnState>,
    changed: Condvar,
}

#[derive(Default)]
struct TurnState {
    next: u64,
    is_over: bool,
    /// How many wait: waking nobody is a system call all the same.
    waiting: usize,
}

impl Turn {
    /// Waits for the turn of block `sequence` and writes it. Answers whether to go on: after another
    /// worker failed there is no turn any more.
    fn write(&self, sequence: u64, write: impl FnOnce() -> Result<(), Failure>) -> Result<bool, Failure> {
        let waiting = |state: &mut TurnState| state.next != sequence && !state.is_over;
        let mut state = lock(&self.state);
        state.waiting += 1;
        let mut state =
            self.changed.wait_while(state, waiting).unwrap_or_else(|poisoned| poisoned.into_inner());
        state.waiting -= 1;
        if state.is_over {
            return Ok(false);
        }
        write()?;
        state.next += 1;
        if state.waiting > 0 {
            self.changed.notify_all();
        }
        Ok(true)
    }

    fn is_over(&self) -> bool {
        lock(&self.state).is_over
    }
}

/// Ends all turns when a worker leaves by an error or a panic: the others would wait for it forever.
struct Leaving<'t>(Option<&'t Turn>);

impl Drop for Leaving<'_> {
    fn drop(&mut self) {
        if let Some(turn) = self.0 {
            lock(&turn.state).is_over = true;
            turn.changed.notify_all();
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

/// One thread's share of the work, with the buffers that it uses again and again.
struct Worker<'a> {
    judge: Judge,
    renewal: &'a Renewal,
    /// Which of the renewal's keys the judge has.
    version: u64,
    /// When it was last asked whether they may still verify, in Unix seconds.
    looked_at: i64,
    policy: Policy,
    ui: &'a Ui,
    quick: Quick,
    valid_objects: ValidObjects,
    bodies: [Vec<u8>; 2],
    out: Vec<u8>,
    counts: Counts,
}

impl<'a> Worker<'a> {
    fn new(judge: &Judge, renewal: &'a Renewal, ui: &'a Ui) -> Self {
        let judge = judge.for_thread();
        let policy = judge.policy();
        let (bodies, out) = (<[Vec<u8>; 2]>::default(), Vec::new());
        let (quick, valid_objects) = (Quick::default(), ValidObjects::default());
        let (version, looked_at, counts) = (0, i64::MIN, Counts::default());
        Worker { judge, renewal, version, looked_at, policy, ui, quick, valid_objects, bodies, out, counts }
    }

    fn run<R: Read>(mut self, lines: &Mutex<Lines<R>>, turn: &Turn) -> Result<Counts, Failure> {
        let mut leaving = Leaving(Some(turn));
        let mut block = Block::new();
        loop {
            {
                let mut lines = lock(lines);
                let has_more = !turn.is_over()
                    && lines
                        .read_into(&mut block)
                        .map_err(|error| Failure::configuration("cannot read the stream").because(error))?;
                if !has_more {
                    break;
                }
            }
            self.out.clear();
            let judged = self.judge_block(&block);
            // What was judged before a failure is told before it, too.
            if !turn.write(block.sequence, || self.ui.raw(&self.out).and(judged))? {
                break;
            }
        }
        leaving.0 = None;
        Ok(self.counts)
    }

    fn judge_block(&mut self, block: &Block) -> Result<(), Failure> {
        if block.is_overlong {
            return self.malformed(block.first_line, "it is longer than 64 MiB");
        }
        // A stream may flow for hours: each block is judged as of its own time.
        self.policy = self.judge.policy();
        let now = self.judge.clock.now().as_second();
        if now != self.looked_at {
            self.looked_at = now;
            self.renewal.drop_expired();
        }
        self.take_newer_keys();
        let mut bodies = mem::take(&mut self.bodies);
        let mut lines = block.lines();
        while let Some(first) = lines.next() {
            self.judge_lines(first, lines.next(), &mut bodies)?;
        }
        self.bodies = bodies;
        Ok(())
    }

    /// Judges one line or two: two regular records take less time together.
    fn judge_lines(
        &mut self,
        first: (u64, &[u8]),
        second: Option<(u64, &[u8])>,
        [one, two]: &mut [Vec<u8>; 2],
    ) -> Result<(), Failure> {
        let (keys, policy) = (&self.judge.keys, &self.policy);
        let quick = (self.quick.read(first.1, one), second.and_then(|(_, line)| self.quick.read(line, two)));
        if let (Some(one), Some(two)) = &quick
            && let Some((number, line)) = second
        {
            let verdicts = verify_two([one, two], keys, policy);
            self.judged(first.0, first.1, one, &verdicts[0])?;
            return self.judged(number, line, two, &verdicts[1]);
        }
        for ((number, line), signed) in iter::once(first).chain(second).zip([quick.0, quick.1]) {
            match signed {
                Some(signed) => {
                    let verdict = verify(&signed, &self.judge.keys, &self.policy);
                    self.judged(number, line, &signed, &verdict)?;
                }
                None => self.judge_line(number, line)?,
            }
        }
        Ok(())
    }

    /// Tells what a regular record came to.
    fn judged(
        &mut self,
        number: u64,
        line: &[u8],
        signed: &SignedDelivery<'_>,
        verdict: &Verdict,
    ) -> Result<(), Failure> {
        match verdict.is_valid() {
            true => self.valid(number, signed, verdict),
            // One that is refused is judged again with everything that explains it.
            false => self.judge_line(number, line),
        }
    }

    /// Judges a line that is no regular record of a valid delivery.
    fn judge_line(&mut self, number: u64, line: &[u8]) -> Result<(), Failure> {
        if line.trim_ascii().is_empty() {
            return Ok(());
        }
        match capture::read(line) {
            Ok(record) => self.record(number, record),
            // The stream of `gwh listen --json` also holds what is no delivery.
            Err(RecordError::NotRecord(Some(kind))) if kind != "delivery" => Ok(()),
            Err(error) => {
                let cause = error.source().map(|source| format!(": {source}")).unwrap_or_default();
                self.malformed(number, &format!("{error}{cause}"))
            }
        }
    }

    fn valid(&mut self, line: u64, signed: &SignedDelivery<'_>, verdict: &Verdict) -> Result<(), Failure> {
        self.counts.valid += 1;
        let event_type = event::type_of(signed.body);
        if self.ui.json() {
            let (out, event_type) = (&mut self.out, event_type.as_deref());
            return self.valid_objects.write(line, signed.id, event_type, verdict, out);
        }
        let id = String::from_utf8_lossy(signed.id);
        let text = verdict::line(self.ui.out_style(), verdict, event_type.as_deref(), Some(&id));
        self.text(&text);
        Ok(())
    }

    fn record(&mut self, line: u64, record: capture::SignedRecord) -> Result<(), Failure> {
        let delivery = Delivery::of_record(record);
        let mut report = self.judge.report(&delivery, &self.policy);
        if report.wants_other_keys() && delivery.wants_public_key() {
            // Another worker may have fetched them already.
            if self.take_newer_keys() {
                report = self.judge.report(&delivery, &self.policy);
            }
            if report.wants_other_keys() && self.renewal.fetch()? && self.take_newer_keys() {
                report = self.judge.report(&delivery, &self.policy);
            }
        }
        match report.is_valid() {
            true => self.counts.valid += 1,
            false => self.counts.invalid += 1,
        }
        if self.ui.json() {
            return report.write_json(Some(line), &mut self.out);
        }
        for text in report.verdict_lines(self.ui.out_style()) {
            self.text(&text);
        }
        Ok(())
    }

    /// Takes the keys that verify by now, where they are others than this worker's.
    fn take_newer_keys(&mut self) -> bool {
        let version = self.renewal.version();
        let is_newer = version != self.version;
        if is_newer {
            self.version = version;
            self.judge.keys = self.renewal.keys().unshared();
        }
        is_newer
    }

    fn malformed(&mut self, line: u64, detail: &str) -> Result<(), Failure> {
        self.counts.malformed += 1;
        if self.ui.json() {
            let record = VerdictRecord {
                valid: false,
                scheme: None,
                key: None,
                key_name: None,
                age_seconds: None,
                timestamp_checked: false,
                binding: None,
                reason: Some(MALFORMED.to_owned()),
                detail: Some(detail.to_owned()),
                hints: Vec::new(),
                diagnosis: Vec::new(),
                warnings: Vec::new(),
            };
            return VerdictObject::new(Some(line), None, None, &record).write(&mut self.out);
        }
        let text = malformed_line(self.ui.out_style(), line, detail);
        self.text(&text);
        Ok(())
    }

    fn text(&mut self, line: &str) {
        self.out.extend_from_slice(line.as_bytes());
        self.out.push(b'\n');
    }
}
