//! Diagnosing deliveries that do not verify, within a share of the processor's time.

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::server::{Arrival, LiveKeys};
use crate::signature::diagnose::{Context, Finding, diagnose};
use crate::signature::{ID, TIMESTAMP, extract};

/// How many verified deliveries are kept to compare with: enough to see an id or timestamp mixed up.
const RECENT: usize = 16;
/// With more reports waiting than this, showing them comes first.
const MAX_WAITING: usize = 64;
/// Diagnosing may take this much at once, and a quarter of the time in the long run.
const ALLOWANCE: Duration = Duration::from_secs(2);
const SHARE: u32 = 4;

/// What explains refusals. Somebody may send bodies only to have them diagnosed, so there is a limit.
pub(super) struct Explainer {
    keys: Arc<LiveKeys>,
    recent: Vec<(String, String)>,
    oldest: usize,
    allowance: Duration,
    counted: Instant,
}

impl Explainer {
    pub(super) fn new(keys: Arc<LiveKeys>) -> Self {
        let recent = Vec::with_capacity(RECENT);
        Explainer { keys, recent, oldest: 0, allowance: ALLOWANCE, counted: Instant::now() }
    }

    /// What recomputing proves about a delivery, where `waiting` reports wait behind it.
    pub(super) fn explain(&mut self, arrival: &Arrival, waiting: usize) -> Vec<Finding> {
        if arrival.verdict.is_valid() {
            self.remember(arrival);
            return Vec::new();
        }
        let earned = self.counted.elapsed() / SHARE;
        self.allowance = (self.allowance + earned).min(ALLOWANCE);
        self.counted = Instant::now();
        if waiting > MAX_WAITING || self.allowance.is_zero() {
            return Vec::new();
        }
        let Ok(delivery) = extract(arrival.headers(), arrival.body()) else { return Vec::new() };
        let (keys, now) = (self.keys.current(), arrival.received_at.as_second());
        let context = Context { others: &self.recent };
        let diagnosis = diagnose(&delivery, &arrival.verdict, &keys, now, context);
        self.allowance = self.allowance.saturating_sub(self.counted.elapsed());
        diagnosis.findings
    }

    fn remember(&mut self, arrival: &Arrival) {
        if self.recent.len() < RECENT {
            self.recent.push((String::new(), String::new()));
        }
        let (id, timestamp) = &mut self.recent[self.oldest];
        self.oldest = (self.oldest + 1) % RECENT;
        id.clear();
        timestamp.clear();
        for (name, value) in arrival.headers() {
            let Ok(value) = str::from_utf8(value) else { continue };
            match name {
                ID => id.push_str(value.trim()),
                TIMESTAMP => timestamp.push_str(value.trim()),
                _ => {}
            }
        }
    }
}
