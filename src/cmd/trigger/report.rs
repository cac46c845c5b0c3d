//! What is printed of deliveries, and how the command ends.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use hyper::{StatusCode, Uri};
use serde::Serialize;

use super::advice;
use super::flags::StatusPattern;
use crate::deliver::{Answer, Corruption, Latencies, SendError};
use crate::error::{Exit, Failure, Kind};
use crate::signature::Scheme;
use crate::ui::progress::Progress;
use crate::ui::{Ui, sanitize, verdict};

/// Of many deliveries, so many that went wrong are shown.
const SHOWN_FAILURES: u64 = 5;
/// So many characters of an answer's body are shown.
const SHOWN_BODY: usize = 200;

/// What the deliveries have in common.
pub(super) struct Subject {
    pub(super) url: Uri,
    pub(super) event_type: Option<String>,
    pub(super) corruption: Option<Corruption>,
    /// What a handler must refuse in the deliveries, as the end of a sentence.
    pub(super) fault: Option<&'static str>,
    pub(super) scheme: Scheme,
    pub(super) signed_locally: bool,
    pub(super) body_size: usize,
    pub(super) expected: StatusPattern,
    pub(super) count: u64,
    pub(super) copies: u32,
}

/// A delivery in `--json`.
#[derive(Serialize)]
struct SentRecord<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    webhook_id: &'a str,
    event_type: Option<&'a str>,
    url: &'a str,
    attempt: u32,
    status: Option<u16>,
    latency_ms: u64,
    error: Option<String>,
    error_kind: Option<&'static str>,
    corrupt: Option<&'static str>,
}

/// All of them in `--json`.
#[derive(Serialize)]
struct SummaryRecord<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    sent: u64,
    answered: u64,
    unexpected: u64,
    failed: u64,
    statuses: &'a BTreeMap<u16, u64>,
    errors: &'a BTreeMap<&'static str, u64>,
    duration_ms: u64,
    rate: f64,
    p50_ms: Option<f64>,
    p99_ms: Option<f64>,
    max_ms: Option<f64>,
    interrupted: bool,
}

/// Prints deliveries as they come back and counts them.
pub(super) struct Report {
    ui: Arc<Ui>,
    subject: Subject,
    url: String,
    progress: Progress,
    begun: Instant,
    statuses: BTreeMap<u16, u64>,
    errors: BTreeMap<&'static str, u64>,
    unexpected: u64,
    latencies: Latencies,
    first_error: Option<SendError>,
}

impl Report {
    pub(super) fn new(ui: Arc<Ui>, subject: Subject) -> Self {
        // One delivery is over before a bar could be read.
        let total = subject.count.saturating_mul(subject.copies.into());
        let progress =
            if subject.count > 1 { Progress::new(&ui, "sending", total) } else { Progress::none() };
        Report {
            url: subject.url.to_string(),
            ui,
            subject,
            progress,
            begun: Instant::now(),
            statuses: BTreeMap::new(),
            errors: BTreeMap::new(),
            unexpected: 0,
            latencies: Latencies::default(),
            first_error: None,
        }
    }

    /// Counts a delivery and prints what is to be printed of it.
    ///
    /// # Errors
    /// As [`Ui::line`].
    pub(super) fn record(
        &mut self,
        id: &str,
        attempt: u32,
        latency: Duration,
        outcome: Result<Answer, SendError>,
    ) -> Result<(), Failure> {
        self.progress.step();
        let expected = match &outcome {
            Ok(answer) => self.subject.expected.matches(answer.status),
            Err(_) => false,
        };
        match &outcome {
            Ok(answer) => {
                *self.statuses.entry(answer.status.as_u16()).or_default() += 1;
                self.latencies.record(latency);
                self.unexpected += u64::from(!expected);
            }
            Err(error) => *self.errors.entry(error.code()).or_default() += 1,
        }
        if self.ui.json() {
            self.print_object(id, attempt, latency, &outcome)?;
        } else if self.is_shown(expected, &outcome) {
            self.print_lines(id, attempt, latency, &outcome, expected)?;
        }
        if let Err(error) = outcome {
            self.first_error.get_or_insert(error);
        }
        Ok(())
    }

    /// One delivery is shown, of many those that went wrong, and all with `--verbose`. One that got no
    /// answer is the failure that the command ends with.
    fn is_shown(&self, expected: bool, outcome: &Result<Answer, SendError>) -> bool {
        if self.subject.count == 1 {
            return outcome.is_ok();
        }
        self.ui.verbose() || (!expected && self.unexpected + self.failed() <= SHOWN_FAILURES)
    }

    fn print_object(
        &self,
        id: &str,
        attempt: u32,
        latency: Duration,
        outcome: &Result<Answer, SendError>,
    ) -> Result<(), Failure> {
        let error = outcome.as_ref().err();
        let status = outcome.as_ref().map_or_else(|error| error.status(), |answer| Some(answer.status));
        self.ui.object(&SentRecord {
            kind: "sent",
            webhook_id: id,
            event_type: self.subject.event_type.as_deref(),
            url: &self.url,
            attempt,
            status: status.map(|status| status.as_u16()),
            latency_ms: u64::try_from(latency.as_millis()).unwrap_or(u64::MAX),
            error: error.map(SendError::sentence),
            error_kind: error.map(SendError::code),
            corrupt: self.subject.corruption.map(Corruption::name),
        })
    }

    fn print_lines(
        &self,
        id: &str,
        attempt: u32,
        latency: Duration,
        outcome: &Result<Answer, SendError>,
        expected: bool,
    ) -> Result<(), Failure> {
        let style = self.ui.out_style();
        let refused = self.subject.fault.is_some() && is_refusal(outcome);
        let result = match outcome {
            Ok(answer) if expected || refused => style.good(answer.status.as_str()),
            Ok(answer) => style.bad(answer.status.as_str()),
            Err(_) => style.bad("---"),
        };
        let event = sanitize::clipped(self.subject.event_type.as_deref().unwrap_or("(no type)"), 40);
        let id = style.accent(sanitize::clipped(id, 80));
        let mut lines = format!("<-- {result} {}  {:>5}  {event}  {id}", self.url, millis(latency));
        if attempt > 1 {
            lines.push_str("  retry");
        }
        match outcome {
            Ok(answer) => {
                for line in self.remarks(answer, expected, refused) {
                    lines.push('\n');
                    lines.push_str(&line);
                }
            }
            Err(error) => lines.push_str(&format!("  {}", sanitize::text(&error.sentence()))),
        }
        self.progress.aside(|| self.ui.line(&lines))
    }

    /// What stands under the line of an answer.
    fn remarks(&self, answer: &Answer, expected: bool, refused: bool) -> Vec<String> {
        let style = self.ui.out_style();
        let mut remarks = Vec::new();
        if let Some(fault) = self.subject.fault {
            if refused {
                remarks.push(format!("  {}: {fault}", style.good("refused, as it should")));
            } else if answer.status.is_success() {
                remarks.push(format!("  {}", style.bad(format!("! accepted, although {fault}"))));
            }
        }
        if expected {
            return remarks;
        }
        if !answer.body.is_empty() {
            let text = sanitize::bytes(&answer.body);
            let mut start = sanitize::clipped(text.trim(), SHOWN_BODY);
            if answer.truncated && !start.ends_with('…') {
                start.push('…');
            }
            remarks.push(format!("  {} {start}", style.dim("answer:")));
        }
        if let Some(hint) = advice::likely_cause(&self.subject, answer, refused) {
            remarks.push(verdict::hint(style, &hint));
        }
        remarks
    }

    fn answered(&self) -> u64 {
        self.statuses.values().sum()
    }

    fn failed(&self) -> u64 {
        self.errors.values().sum()
    }

    /// Prints the summary of many deliveries and says how the command ends.
    ///
    /// # Errors
    /// Kind `Remote` where no delivery was answered, `Interrupted` where the only one was given up.
    pub(super) fn finish(&mut self, interrupted: bool) -> Result<Exit, Failure> {
        std::mem::replace(&mut self.progress, Progress::none()).finish();
        if self.subject.count > 1 {
            self.summarise(interrupted)?;
        }
        if interrupted {
            return match self.subject.count {
                1 => Err(Failure::new(Kind::Interrupted, "interrupted before the answer came")),
                _ => Ok(Exit::Interrupted),
            };
        }
        match &self.first_error {
            Some(error) if self.answered() == 0 => Err(self.unanswered(error)),
            Some(_) => Ok(Exit::Negative),
            None if self.unexpected > 0 => Ok(Exit::Negative),
            None => Ok(Exit::Done),
        }
    }

    fn unanswered(&self, error: &SendError) -> Failure {
        let message = match self.subject.count {
            1 => format!("cannot deliver to {}: {}", self.url, error.sentence()),
            count => format!("none of {count} deliveries to {} was answered: {}", self.url, error.sentence()),
        };
        let failure = Failure::remote(message);
        match error.hint(&self.subject.url) {
            Some(hint) => failure.hint(hint),
            None => failure,
        }
    }

    fn summarise(&self, interrupted: bool) -> Result<(), Failure> {
        let (answered, failed) = (self.answered(), self.failed());
        let sent = answered + failed;
        let took = self.begun.elapsed();
        let rate = sent as f64 / took.as_secs_f64().max(1e-6);
        let latencies =
            [self.latencies.quantile(0.5), self.latencies.quantile(0.99), self.latencies.longest()];
        if self.ui.json() {
            let [p50_ms, p99_ms, max_ms] =
                latencies.map(|latency| latency.map(|latency| rounded(latency.as_secs_f64() * 1_000.0)));
            return self.ui.object(&SummaryRecord {
                kind: "summary",
                sent,
                answered,
                unexpected: self.unexpected,
                failed,
                statuses: &self.statuses,
                errors: &self.errors,
                duration_ms: u64::try_from(took.as_millis()).unwrap_or(u64::MAX),
                rate: rounded(rate),
                p50_ms,
                p99_ms,
                max_ms,
                interrupted,
            });
        }
        let style = self.ui.out_style();
        let mut text = format!("sent {sent} in {}, {rate:.0}/s", seconds(took));
        if let [Some(p50), Some(p99), Some(max)] = latencies {
            text.push_str(&format!("  p50 {}  p99 {}  max {}", millis(p50), millis(p99), millis(max)));
        }
        if interrupted {
            text.push_str(&format!("  {}", style.warning("interrupted")));
        }
        let count = |count: u64, what: String| format!("\n{count:>8} × {what}");
        for (status, number) in &self.statuses {
            let code = StatusCode::from_u16(*status).unwrap_or_default();
            let what =
                if self.subject.expected.matches(code) { style.good(status) } else { style.bad(status) };
            text.push_str(&count(*number, what));
        }
        for (code, number) in &self.errors {
            text.push_str(&count(*number, style.bad(code)));
        }
        self.ui.line(&text)
    }
}

/// Whether a handler said no to what it was sent, rather than falling over.
fn is_refusal(outcome: &Result<Answer, SendError>) -> bool {
    outcome.as_ref().is_ok_and(|answer| answer.status.is_client_error())
}

/// `0.4ms`, `12ms`, `1500ms`.
fn millis(latency: Duration) -> String {
    let millis = latency.as_secs_f64() * 1_000.0;
    if millis < 10.0 { format!("{millis:.1}ms") } else { format!("{millis:.0}ms") }
}

fn seconds(duration: Duration) -> String {
    format!("{:.1}s", duration.as_secs_f64())
}

/// To three decimals: microseconds of a millisecond.
fn rounded(number: f64) -> f64 {
    (number * 1_000.0).round() / 1_000.0
}
