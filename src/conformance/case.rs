//! What a case is: its name, what it sends, what may be answered, why it matters and what to do.

use clap::ValueEnum;

use super::recipe::Recipe;
use crate::signature::Scheme;

/// What a handler is asked to do in one respect. A case is a row of the table in [`super::cases`].
#[derive(Debug)]
pub struct Case {
    /// `family.topic.what`, which never changes once it is released.
    pub id: &'static str,
    /// What is sent, in a phrase.
    pub title: &'static str,
    /// What is at stake.
    pub severity: Severity,
    /// The schemes whose deliveries can show it.
    pub schemes: &'static [Scheme],
    /// When it is sent.
    pub class: Class,
    /// What is sent, one after another, and what may be answered to each.
    pub steps: &'static [Step],
    /// Why it matters, in a sentence.
    pub why: &'static str,
    /// What to change in the handler, in a sentence or two.
    pub fix: &'static str,
}

impl Case {
    /// The family that the id names.
    pub fn family(&self) -> Family {
        let name = self.id.split('.').next().unwrap_or_default();
        Family::ALL.into_iter().find(|family| family.name() == name).expect("the tests look at every id")
    }
}

/// What a case is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// Whether the handler can be tested at all.
    Preflight,
    /// What the service may send is taken.
    Accepts,
    /// What the service never sends is not taken.
    Refuses,
    /// How the handler answers, whatever it decides.
    Behaves,
}

impl Family {
    /// Every family, in the order of reports.
    pub const ALL: [Family; 4] = [Family::Preflight, Family::Accepts, Family::Refuses, Family::Behaves];

    /// The name that ids begin with.
    pub const fn name(self) -> &'static str {
        match self {
            Family::Preflight => "preflight",
            Family::Accepts => "accepts",
            Family::Refuses => "refuses",
            Family::Behaves => "behaves",
        }
    }
}

/// What is at stake in a case, the least first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum Severity {
    /// The handler holds up less well than it should
    Robustness,
    /// Real deliveries get lost, or the handler acts on what it should not
    Correctness,
    /// Somebody else can make the handler act
    Security,
}

impl Severity {
    /// Every severity, the gravest first.
    pub const ALL: [Severity; 3] = [Severity::Security, Severity::Correctness, Severity::Robustness];

    /// The stable name.
    pub const fn name(self) -> &'static str {
        match self {
            Severity::Robustness => "robustness",
            Severity::Correctness => "correctness",
            Severity::Security => "security",
        }
    }
}

/// When a case is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Class {
    /// Together with others.
    Shared,
    /// By itself: it measures time or takes the handler's whole attention.
    Alone,
    /// By itself, and only where the user asks for it: it ties the handler up.
    Stress,
}

/// One exchange of a case, or the same one several times at once.
#[derive(Debug)]
pub struct Step {
    /// How the request is built.
    pub recipe: Recipe,
    /// What may be answered.
    pub expect: Expect,
    /// How many are sent at once.
    pub copies: u16,
    /// Whether it is the delivery of the step before again: the same `webhook-id`.
    pub again: bool,
}

/// What may be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expect {
    /// 2xx.
    Accepted,
    /// 2xx, and that within the time budget.
    AcceptedInTime,
    /// A status that is not 2xx.
    Refused,
    /// 4xx.
    ClientError,
    /// 4xx, or a connection that is closed before all of the request was sent.
    ClientErrorOrClosed,
    /// A status that is not 2xx, or a connection that is closed.
    RefusedOrClosed,
    /// 2xx or 4xx: the handler may decide, as long as it copes.
    Handled,
    /// No redirect.
    NoRedirect,
    /// An answer that reveals neither a secret nor the inside of the handler.
    Discreet,
    /// Anything, as long as the handler's own record of what it has processed names the delivery once.
    ProcessedOnce,
    /// An answer that no sender would take for the handler's answer to a delivery.
    UnlikeDelivery,
}

impl Expect {
    /// What is expected, as the end of a sentence.
    pub const fn what(self) -> &'static str {
        match self {
            Expect::Accepted => "2xx",
            Expect::AcceptedInTime => "2xx within the time budget",
            Expect::Refused => "a refusal, which is 4xx",
            Expect::ClientError => "4xx",
            Expect::ClientErrorOrClosed => "4xx, or the connection closed early",
            Expect::RefusedOrClosed => "a refusal, which is 4xx, or the connection closed",
            Expect::Handled => "2xx or 4xx",
            Expect::NoRedirect => "no redirect",
            Expect::Discreet => "an answer without a secret, the right signature or a stack trace",
            Expect::ProcessedOnce => "the event processed once",
            Expect::UnlikeDelivery => "405, or at least another answer than a delivery gets",
        }
    }
}
