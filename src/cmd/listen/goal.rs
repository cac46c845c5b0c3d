//! What a run waits for, and how far it has come.

use std::time::Duration;

use super::args::WaitArgs;
use super::resolve;
use crate::error::Failure;
use crate::event::{Event, Filter};
use crate::json::Node;
use crate::server::Arrival;
use crate::ui::sanitize;

/// How many different types are kept for saying what came instead.
const MAX_TYPES: usize = 8;

/// How a run ends by itself.
#[derive(Debug)]
pub(super) enum End {
    /// Ctrl-C.
    Stopped,
    /// `--timeout` has passed.
    TimedOut,
    /// Everything that was waited for came.
    Met,
    /// A delivery did not verify, which was not to happen; in words.
    Invalid(String),
    /// The output cannot be written any more.
    Output(Failure),
}

impl End {
    /// How long the jobs of events that came are still looked up: whoever waited for an event wants to see its
    /// job; whoever pressed Ctrl-C wants to be done.
    pub(super) fn patience(&self) -> Duration {
        match self {
            End::Met | End::TimedOut => resolve::DEADLINE,
            End::Stopped | End::Invalid(_) => Duration::from_secs(1),
            End::Output(_) => Duration::ZERO,
        }
    }
}

/// What is counted over a run.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Tally {
    pub(super) verified: u64,
    pub(super) invalid: u64,
    pub(super) refused: u64,
    pub(super) retries: u64,
    pub(super) filtered: u64,
    /// Verified, and answered with 503 since they could not be kept.
    pub(super) unkept: u64,
    /// Forwarded, and taken by every handler.
    pub(super) forwarded: u64,
    /// Meant to be forwarded, and not taken by every handler.
    pub(super) untaken: u64,
}

impl Tally {
    /// How many deliveries came.
    pub(super) fn deliveries(self) -> u64 {
        self.verified + self.invalid + self.unkept
    }

    /// `5 deliveries: 4 verified, 1 invalid, 1 retry`.
    pub(super) fn in_words(self) -> String {
        let all = self.deliveries();
        let mut words = format!("{}: {} verified", counted(all, "delivery", "deliveries"), self.verified);
        let others = [
            (self.invalid, "invalid", "invalid"),
            (self.retries, "retry", "retries"),
            (self.filtered, "filtered out", "filtered out"),
            (self.unkept, "not kept", "not kept"),
            (self.forwarded, "forwarded", "forwarded"),
            (self.untaken, "not taken by its handler", "not taken by their handler"),
            (self.refused, "other request", "other requests"),
        ];
        for (count, one, many) in others.into_iter().filter(|(count, ..)| *count > 0) {
            words.push_str(&format!(", {}", counted(count, one, many)));
        }
        words
    }
}

fn counted(count: u64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// What is shown and what is waited for.
#[derive(Debug)]
pub(super) struct Goal {
    filter: Filter,
    until: Option<(String, Filter)>,
    count: Option<u64>,
    expect: Vec<(String, String)>,
    fail_on_invalid: bool,
    needs_event: bool,
    matched: u64,
    types: Vec<(String, u64)>,
    near_miss: Option<String>,
    pub(super) tally: Tally,
}

impl Goal {
    pub(super) fn new(events: &[String], exclude: &[String], waiting: &WaitArgs) -> Self {
        let until = waiting.until.clone().map(|glob| {
            let filter = Filter::new(std::slice::from_ref(&glob), &[]);
            (glob, filter)
        });
        let is_filtered = !events.is_empty() || !exclude.is_empty();
        let is_picky = until.is_some() || !waiting.expect.is_empty() || waiting.count.is_some();
        Goal {
            filter: Filter::new(events, exclude),
            until,
            count: waiting.count,
            expect: waiting.expect.clone(),
            fail_on_invalid: waiting.fail_on_invalid,
            // Without a filter and a goal nothing needs the event here, and the printer reads it anyway.
            needs_event: is_filtered || is_picky,
            matched: 0,
            types: Vec::new(),
            near_miss: None,
            tally: Tally::default(),
        }
    }

    /// Whether anything is waited for.
    pub(super) fn is_set(&self) -> bool {
        self.until.is_some() || self.count.is_some() || !self.expect.is_empty()
    }

    /// Takes note of a delivery and answers whether it is to be shown, and whether it ends the run.
    pub(super) fn note(&mut self, arrival: &Arrival) -> (bool, Option<End>) {
        if let Some(rejection) = arrival.verdict.rejection() {
            self.tally.invalid += 1;
            let words = || format!("{}: {}", rejection.reason.words(), rejection.detail);
            return (true, self.fail_on_invalid.then(|| End::Invalid(words())));
        }
        self.tally.verified += 1;
        if arrival.attempt.is_some_and(|attempt| attempt.number > 1) {
            self.tally.retries += 1;
        }
        if !self.needs_event {
            return (true, None);
        }
        let event = Event::parse(arrival.body());
        let event_type = event.as_ref().and_then(Event::type_name);
        if !self.filter.accepts(event_type.as_deref()) {
            self.tally.filtered += 1;
            return (false, None);
        }
        self.remember_type(event_type.as_deref().unwrap_or("(no type)"));
        if self.is_set() && self.is_wanted(event_type.as_deref(), event.as_ref()) {
            self.matched += 1;
        }
        let met = self.is_set() && self.matched >= self.count.unwrap_or(1);
        (true, met.then_some(End::Met))
    }

    fn is_wanted(&mut self, event_type: Option<&str>, event: Option<&Event<'_>>) -> bool {
        if self.until.as_ref().is_some_and(|(_, glob)| !glob.accepts(event_type)) {
            return false;
        }
        let missed = self.expect.iter().find_map(|(path, wanted)| {
            let found = event.and_then(|event| event.tree().at(path)).map(Node::to_plain);
            (found.as_deref() != Some(wanted)).then(|| match found {
                Some(found) => format!("the last one had {path}={}", sanitize::clipped(&found, 80)),
                None => format!("the last one had no {path}"),
            })
        });
        let is_wanted = missed.is_none();
        self.near_miss = missed.or(self.near_miss.take());
        is_wanted
    }

    fn remember_type(&mut self, name: &str) {
        let name = sanitize::clipped(name, 40);
        if let Some((_, count)) = self.types.iter_mut().find(|(known, _)| *known == name) {
            *count += 1;
        } else if self.types.len() < MAX_TYPES {
            self.types.push((name.into_owned(), 1));
        }
    }

    /// The failure of a run that ended before everything came; `when` says how it ended.
    pub(super) fn unmet(&self, when: &str) -> Failure {
        let wanted = self.count.unwrap_or(1);
        let of_type = self.until.as_ref().map(|(glob, _)| format!(" of {glob}")).unwrap_or_default();
        let wanted = counted(wanted, "delivery", "deliveries");
        let with: Vec<String> = self.expect.iter().map(|(path, value)| format!("{path}={value}")).collect();
        let with = if with.is_empty() { String::new() } else { format!(" with {}", with.join(" and ")) };
        let came = self.matched;
        let message = format!("waited for {wanted}{of_type}{with}, and {came} came {when}");
        let mut failure = Failure::negative(message);
        if !self.types.is_empty() {
            let types: Vec<String> =
                self.types.iter().map(|(name, count)| format!("{name} ({count})")).collect();
            failure = failure.hint(format!("what came: {}", types.join(", ")));
        }
        if let Some(near_miss) = &self.near_miss {
            failure = failure.hint(near_miss);
        }
        if self.tally.invalid > 0 {
            let count = self.tally.invalid;
            failure = failure.hint(format!(
                "{count} did not verify; --fail-on-invalid ends at the first of them and says why"
            ));
        }
        failure
    }
}

/// `within 60s` for the message of a run that timed out.
pub(super) fn within(timeout: Option<Duration>) -> String {
    let timeout = timeout.unwrap_or_default();
    if timeout.subsec_millis() == 0 {
        format!("within {}", crate::units::human_duration(timeout.as_secs()))
    } else {
        format!("within {timeout:?}")
    }
}
