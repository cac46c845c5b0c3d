//! Counting many deliveries, and the summary of them.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use hyper::StatusCode;
use serde::Serialize;

use crate::cmd::status::StatusPattern;
use crate::deliver::{Answer, Latencies, SendError};
use crate::ui::Style;
use crate::units::whole_millis;

/// What came back so far, in bounded memory.
pub(in crate::cmd) struct Tally {
    begun: Instant,
    expected: StatusPattern,
    statuses: BTreeMap<u16, u64>,
    errors: BTreeMap<&'static str, u64>,
    unexpected: u64,
    latencies: Latencies,
}

/// The summary in `--json`.
#[derive(Serialize)]
pub(in crate::cmd) struct SummaryRecord<'a> {
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

impl Tally {
    pub(in crate::cmd) fn new(expected: StatusPattern) -> Self {
        Tally {
            begun: Instant::now(),
            expected,
            statuses: BTreeMap::new(),
            errors: BTreeMap::new(),
            unexpected: 0,
            latencies: Latencies::default(),
        }
    }

    /// Counts a delivery and says whether it came out as expected.
    pub(in crate::cmd) fn count(&mut self, latency: Duration, outcome: &Result<Answer, SendError>) -> bool {
        match outcome {
            Ok(answer) => {
                let expected = self.expected.matches(answer.status);
                *self.statuses.entry(answer.status.as_u16()).or_default() += 1;
                self.unexpected += u64::from(!expected);
                self.latencies.record(latency);
                expected
            }
            Err(error) => {
                *self.errors.entry(error.code()).or_default() += 1;
                false
            }
        }
    }

    /// Counts a delivery that could not be sent, for the reason of this name.
    pub(in crate::cmd) fn count_unsent(&mut self, code: &'static str) {
        *self.errors.entry(code).or_default() += 1;
    }

    /// How many deliveries got an answer.
    pub(in crate::cmd) fn answered(&self) -> u64 {
        self.statuses.values().sum()
    }

    /// How many got none.
    pub(in crate::cmd) fn failed(&self) -> u64 {
        self.errors.values().sum()
    }

    /// How many came out otherwise than expected, one way or the other.
    pub(in crate::cmd) fn wrong(&self) -> u64 {
        self.unexpected + self.failed()
    }

    /// The median, the 99th percentile and the maximum of the latencies of answers.
    fn quantiles(&self) -> [Option<Duration>; 3] {
        [self.latencies.quantile(0.5), self.latencies.quantile(0.99), self.latencies.longest()]
    }

    /// How many a second came back in `took`.
    fn rate(&self, took: Duration) -> f64 {
        (self.answered() + self.failed()) as f64 / took.as_secs_f64().max(1e-6)
    }

    pub(in crate::cmd) fn record(&self, interrupted: bool) -> SummaryRecord<'_> {
        let took = self.begun.elapsed();
        let in_millis = |latency: Duration| rounded(latency.as_secs_f64() * 1_000.0);
        let [p50_ms, p99_ms, max_ms] = self.quantiles().map(|latency| latency.map(in_millis));
        SummaryRecord {
            kind: "summary",
            sent: self.answered() + self.failed(),
            answered: self.answered(),
            unexpected: self.unexpected,
            failed: self.failed(),
            statuses: &self.statuses,
            errors: &self.errors,
            duration_ms: whole_millis(took),
            rate: rounded(self.rate(took)),
            p50_ms,
            p99_ms,
            max_ms,
            interrupted,
        }
    }

    /// The summary for people: totals and latencies, then a line for each status and error.
    pub(in crate::cmd) fn lines(&self, style: Style, interrupted: bool) -> String {
        let took = self.begun.elapsed();
        let sent = self.answered() + self.failed();
        let mut text = format!("sent {sent} in {:.1}s, {:.0}/s", took.as_secs_f64(), self.rate(took));
        if let [Some(p50), Some(p99), Some(max)] = self.quantiles() {
            text.push_str(&format!("  p50 {}  p99 {}  max {}", millis(p50), millis(p99), millis(max)));
        }
        if interrupted {
            text.push_str(&format!("  {}", style.warning("interrupted")));
        }
        let line = |count: &u64, what: String| format!("\n{count:>8} × {what}");
        for (status, count) in &self.statuses {
            let is_expected = StatusCode::from_u16(*status).is_ok_and(|code| self.expected.matches(code));
            let what = if is_expected { style.good(status) } else { style.bad(status) };
            text.push_str(&line(count, what));
        }
        for (code, count) in &self.errors {
            text.push_str(&line(count, style.bad(code)));
        }
        text
    }
}

/// `0.4ms`, `12ms`, `1500ms`.
pub(in crate::cmd) fn millis(latency: Duration) -> String {
    let millis = latency.as_secs_f64() * 1_000.0;
    if millis < 10.0 { format!("{millis:.1}ms") } else { format!("{millis:.0}ms") }
}

/// To three decimals: microseconds of a millisecond.
fn rounded(number: f64) -> f64 {
    (number * 1_000.0).round() / 1_000.0
}
