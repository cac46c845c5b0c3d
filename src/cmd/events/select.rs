//! Which deliveries of the store are meant: the filters that several commands share.

use std::collections::VecDeque;
use std::ops::ControlFlow;

use clap::{Args, ValueEnum};
use hyper::StatusCode;
use jiff::Timestamp;
use wildmatch::WildMatch;

use crate::cmd::event_name::EventName;
use crate::cmd::status::StatusPattern;
use crate::error::Failure;
use crate::event::Filter;
use crate::session::Session;
use crate::store::{Order, Query, Row, Store, Summary};
use crate::units::{self, Moment};

/// Filters; what is given must hold, all of it.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Which deliveries")]
pub struct SelectArgs {
    /// Only these event types (repeatable)
    #[arg(short, long, value_name = "GLOB,…", value_delimiter = ',', value_parser = EventName, hide_possible_values = true)]
    pub events: Vec<String>,
    /// Only what verified, or what did not
    #[arg(long, value_name = "VERDICT", value_enum)]
    pub verdict: Option<Judged>,
    /// Only what was answered with this status: 503, 5xx, or none for what got no answer
    #[arg(long, value_name = "STATUS", value_parser = Answered::parse)]
    pub status: Option<Answered>,
    /// Only what verified and was last answered with something other than 2xx, here or where it was sent on to
    #[arg(long)]
    pub failed: bool,
    /// Only what came at this time or later; 1h means an hour ago
    #[arg(long, value_name = "TIME", value_parser = past, allow_hyphen_values = true)]
    pub since: Option<Moment>,
    /// Only what came before this time; 1h means an hour ago
    #[arg(long, value_name = "TIME", value_parser = past, allow_hyphen_values = true)]
    pub until: Option<Moment>,
    /// Only the last so many of those
    #[arg(long, value_name = "N", value_parser = units::count)]
    pub last: Option<u64>,
}

/// What verifying came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Judged {
    /// Verified
    Valid,
    /// Did not verify
    Invalid,
}

/// What was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answered {
    /// One of these statuses.
    With(StatusPattern),
    /// Nothing.
    Never,
}

impl Answered {
    fn parse(text: &str) -> Result<Self, String> {
        match text {
            "none" => Ok(Answered::Never),
            text => StatusPattern::parse(text)
                .map(Answered::With)
                .map_err(|expected| format!("{expected}, or none")),
        }
    }

    fn holds(self, status: Option<u16>) -> bool {
        let status = status.and_then(|status| StatusCode::from_u16(status).ok());
        match self {
            Answered::With(pattern) => status.is_some_and(|status| pattern.matches(status)),
            Answered::Never => status.is_none(),
        }
    }
}

/// A moment, where a bare duration lies before now.
fn past(text: &str) -> Result<Moment, String> {
    match units::duration(text) {
        Ok(ago) => Ok(Moment::FromNow(i64::try_from(ago.as_secs()).map_or(i64::MIN, |seconds| -seconds))),
        Err(_) => units::moment(text),
    }
}

/// What is meant, ready to be asked for.
pub struct Selection {
    query: Query,
    types: Filter,
    ids: Vec<WildMatch>,
    status: Option<Answered>,
    failed: bool,
    last: Option<usize>,
}

impl SelectArgs {
    /// Whether any filter is given, or how many are meant.
    pub fn is_given(&self) -> bool {
        self.last.is_some()
            || self.failed
            || !self.events.is_empty()
            || self.verdict.is_some()
            || self.status.is_some()
            || self.since.is_some()
            || self.until.is_some()
    }

    /// The selection among deliveries with one of these ids, which may be globs, or cut short with `…` as `gwh listen`
    /// shows them; any where there are none.
    ///
    /// # Errors
    /// Kind `Usage` where a time lies beyond what can be counted.
    pub fn selection(&self, ids: &[String], session: &Session) -> Result<Selection, Failure> {
        let moment = |name: &str, moment: Option<Moment>| {
            let at = moment.map(|moment| Timestamp::from_second(moment.unix(session.now()))).transpose();
            at.map_err(|_| Failure::usage(format!("--{name} is out of range")))
        };
        let valid = match self.verdict {
            None if self.failed => Some(true),
            verdict => verdict.map(|verdict| verdict == Judged::Valid),
        };
        Ok(Selection {
            query: Query {
                since: moment("since", self.since)?,
                until: moment("until", self.until)?,
                valid,
                after: None,
                order: Order::NewestFirst,
            },
            types: Filter::new(&self.events, &[]),
            ids: ids.iter().map(|id| WildMatch::new(&id.replace('…', "*"))).collect(),
            status: self.status,
            failed: self.failed,
            last: self.last.map(|last| usize::try_from(last).unwrap_or(usize::MAX)),
        })
    }
}

impl Selection {
    /// The same with so many at most, unless a number was given.
    #[must_use]
    pub fn or_last(mut self, last: usize) -> Self {
        self.last.get_or_insert(last);
        self
    }

    /// What is asked for, in the order in which it came, and whether there is more than the last so many.
    ///
    /// # Errors
    /// Kind `Configuration` where the store cannot be read.
    pub fn find(&self, store: &Store) -> Result<Found, Failure> {
        let mut found = Found { deliveries: VecDeque::new(), has_more: false };
        store.each(&self.query, |summary| {
            if !self.accepts(&summary) {
                return ControlFlow::Continue(());
            }
            if self.last.is_some_and(|last| found.deliveries.len() >= last) {
                found.has_more = true;
                return ControlFlow::Break(());
            }
            found.deliveries.push_front(summary);
            ControlFlow::Continue(())
        })?;
        Ok(found)
    }

    /// Which of the ids no delivery has, by their place. One whose deliveries something else leaves out is not among them.
    ///
    /// # Errors
    /// Kind `Configuration` where the store cannot be read.
    pub fn unknown(&self, found: &VecDeque<Summary>, store: &Store) -> Result<Vec<usize>, Failure> {
        let mut left: Vec<usize> = (0..self.ids.len()).collect();
        let mut strike = |summary: &Summary| {
            left.retain(|at| !self.ids[*at].matches(id_of(summary)));
            if left.is_empty() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        };
        if found.iter().try_for_each(&mut strike).is_continue() {
            store.each(&Query::default(), |summary| strike(&summary))?;
        }
        Ok(left)
    }

    /// Whether a delivery is meant; times and verdicts are the query's.
    pub fn accepts(&self, summary: &Summary) -> bool {
        let id = id_of(summary);
        self.types.accepts(summary.event_type.as_deref())
            && (self.ids.is_empty() || self.ids.iter().any(|glob| glob.matches(id)))
            && self.status.is_none_or(|wanted| wanted.holds(summary.status))
            && (!self.failed || summary.failed)
    }

    /// What a follower asks for: what was kept after a row, in order.
    pub fn following(&self, after: Row) -> Query {
        Query { after: Some(after), order: Order::OldestFirst, ..self.query.clone() }
    }
}

/// What globs over ids are held against.
fn id_of(summary: &Summary) -> &str {
    summary.webhook_id.as_deref().unwrap_or_default()
}

/// What was asked for.
pub struct Found {
    /// In the order in which they came.
    pub deliveries: VecDeque<Summary>,
    /// Whether earlier ones were left out.
    pub has_more: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statuses_classes_and_none() {
        let holds = |text: &str, status| Answered::parse(text).expect("is one").holds(status);
        assert!(holds("503", Some(503)) && !holds("503", Some(500)) && !holds("503", None));
        assert!(holds("5xx", Some(599)) && !holds("5xx", Some(404)));
        assert!(holds("none", None) && !holds("none", Some(200)));
        for bad in ["", "6xx", "never"] {
            assert!(Answered::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_bare_duration_lies_in_the_past() {
        assert_eq!(past("1h"), Ok(Moment::FromNow(-3600)));
        assert_eq!(past("-1h"), Ok(Moment::FromNow(-3600)));
        assert_eq!(past("1769083200"), Ok(Moment::Unix(1_769_083_200)));
        assert!(past("soon").is_err());
    }
}
