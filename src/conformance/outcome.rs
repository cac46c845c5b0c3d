//! What came of a case, as data.

use std::borrow::Cow;
use std::time::Duration;

use jiff::Timestamp;

use super::case::Case;
use super::craft::Request;
use super::judge;
use crate::signature::Scheme;

/// A case that was run, or left out, for one scheme.
#[derive(Debug)]
pub struct Tested {
    /// The row of the table.
    pub case: &'static Case,
    /// The scheme of its deliveries.
    pub scheme: Scheme,
    /// How it ended.
    pub state: State,
    /// What was sent and answered, in order; of several rounds those of the first that failed, or of the last.
    pub exchanges: Vec<Exchange>,
    /// How often it was run.
    pub rounds: u32,
    /// How often it failed.
    pub failed_rounds: u32,
    /// How long all of it took.
    pub took: Duration,
}

/// How a case ended.
#[derive(Debug)]
pub enum State {
    /// Every answer was one that may come.
    Passed,
    /// One was not.
    Failed(Problem),
    /// It was not run, or shows nothing.
    Skipped(Skip),
}

/// Why a case says nothing about the handler.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Skip {
    /// The case of this id failed, and whatever made it fail would make this one fail, too.
    Blocked(&'static str),
    /// A case before it failed, and the plan says to stop there.
    Bail,
    /// The run was stopped before it ended.
    Interrupted,
    /// It is about audiences, and tokens name none.
    NoAudience,
    /// It is about the keys of the set, which the handler has not asked for.
    KeySetUnread,
    /// It is about what is processed, and there is no file in which the handler could say that.
    NoRecord,
    /// It is about what is processed, and the handler does not say that.
    SilentHandler,
}

impl Skip {
    /// Whether it is the run that ended, rather than something about this case.
    pub fn is_of_the_run(self) -> bool {
        matches!(self, Skip::Blocked(_) | Skip::Bail | Skip::Interrupted)
    }

    /// The reason, as people read it.
    pub fn sentence(self) -> Cow<'static, str> {
        Cow::Borrowed(match self {
            Skip::Blocked(id) => return Cow::Owned(format!("{id} failed, which would make this fail, too")),
            Skip::Bail => "a case before it failed, and --bail stops there",
            Skip::Interrupted => "the run was interrupted",
            Skip::NoAudience => "no audience is given with --audience",
            Skip::KeySetUnread => "the handler has not fetched the key set that gwh serves",
            Skip::NoRecord => "nothing says what the handler processes; --start or --processed does",
            Skip::SilentHandler => "the handler does not say what it processes",
        })
    }
}

/// What was wrong.
#[derive(Debug)]
pub struct Problem {
    /// Which of the exchanges it shows in.
    pub exchange: Option<usize>,
    /// What was expected of it.
    pub expected: &'static str,
    /// What happened instead.
    pub reason: String,
    /// What to do.
    pub fix: String,
}

/// A request and what came back.
#[derive(Debug)]
pub struct Exchange {
    /// What was sent.
    pub request: Request,
    /// When.
    pub sent_at: Timestamp,
    /// What came back.
    pub outcome: judge::Outcome,
}

impl Tested {
    /// A case that was not run.
    pub fn skipped(case: &'static Case, scheme: Scheme, why: Skip) -> Self {
        let state = State::Skipped(why);
        let (exchanges, took) = (Vec::new(), Duration::ZERO);
        Tested { case, scheme, state, exchanges, rounds: 0, failed_rounds: 0, took }
    }

    /// What was wrong, where something was.
    pub fn problem(&self) -> Option<&Problem> {
        match &self.state {
            State::Failed(problem) => Some(problem),
            State::Passed | State::Skipped(_) => None,
        }
    }

    /// The exchange that shows what was wrong, else the first.
    pub fn telling_exchange(&self) -> Option<&Exchange> {
        let index = self.problem().and_then(|problem| problem.exchange).unwrap_or_default();
        self.exchanges.get(index)
    }
}
