//! Diagnosing deliveries that do not verify, within a share of the processor's time.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::server::{Arrival, LiveKeys};
use crate::signature::diagnose::{self, Context, Diagnosis, Finding, Source, diagnose};
use crate::signature::{ID, Reason, TIMESTAMP, extract};

/// How many verified deliveries are kept to compare with: enough to see an id or timestamp mixed up.
const RECENT: usize = 16;
/// With more reports waiting than this, showing them comes first.
const MAX_WAITING: usize = 64;
/// Diagnosing may take this much at once, and a quarter of the time in the long run.
const ALLOWANCE: Duration = Duration::from_secs(2);
const SHARE: u32 = 4;
/// Advice that was given is not given again for so long: a sender that errs, errs at every delivery.
const ADVISED_FOR: Duration = Duration::from_secs(60);

/// What explains refusals. Somebody may send bodies only to have them diagnosed, so there is a limit.
pub(super) struct Explainer {
    keys: Arc<LiveKeys>,
    recent: Vec<(String, String)>,
    oldest: usize,
    allowance: Duration,
    counted: Instant,
    /// When advice was given on each reason.
    advised: Vec<(Reason, Instant)>,
}

impl Explainer {
    pub(super) fn new(keys: Arc<LiveKeys>) -> Self {
        let recent = Vec::with_capacity(RECENT);
        Explainer {
            keys,
            recent,
            oldest: 0,
            allowance: ALLOWANCE,
            counted: Instant::now(),
            advised: Vec::new(),
        }
    }

    /// What recomputing proves about a delivery, where `waiting` reports wait behind it.
    pub(super) fn explain(&mut self, arrival: &Arrival, waiting: usize) -> Diagnosis {
        if arrival.verdict.is_valid() {
            // Where more wait, later ones take its place before one of them is diagnosed.
            if waiting <= MAX_WAITING + RECENT {
                self.remember(arrival);
            }
            return Diagnosis::default();
        }
        let earned = self.counted.elapsed() / SHARE;
        self.allowance = (self.allowance + earned).min(ALLOWANCE);
        self.counted = Instant::now();
        if waiting > MAX_WAITING || self.allowance.is_zero() {
            return Diagnosis::default();
        }
        let delivery = match extract(arrival.headers(), arrival.body()) {
            Ok(delivery) => delivery,
            Err(rejection) => return diagnose::without_recomputing(rejection.reason, Source::Received),
        };
        let (keys, now) = (self.keys.current(), arrival.received_at.as_second());
        let context = Context { source: Source::Received, others: &self.recent };
        let diagnosis = diagnose(&delivery, &arrival.verdict, &keys, now, context);
        self.allowance = self.allowance.saturating_sub(self.counted.elapsed());
        diagnosis
    }

    /// What to say under the line of a delivery: the causes, or the verdict's particulars and, unless it
    /// was said a moment ago, what to do.
    pub(super) fn notes(&mut self, arrival: &Arrival, diagnosis: &Diagnosis) -> Vec<String> {
        if !diagnosis.findings.is_empty() {
            return diagnosis.findings.iter().map(Finding::hint).collect();
        }
        let mut notes: Vec<String> = arrival.verdict.detail().map(Cow::into_owned).into_iter().collect();
        if let Some(rejection) = arrival.verdict.rejection()
            && !diagnosis.advice.is_empty()
            && self.is_advice_due(rejection.reason)
        {
            notes.extend(diagnosis.advice.iter().cloned());
        }
        notes
    }

    fn is_advice_due(&mut self, reason: Reason) -> bool {
        let known = self.advised.iter_mut().find(|(own, _)| *own == reason);
        match known {
            Some((_, last)) if last.elapsed() < ADVISED_FOR => return false,
            Some((_, last)) => *last = Instant::now(),
            None => self.advised.push((reason, Instant::now())),
        }
        true
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
