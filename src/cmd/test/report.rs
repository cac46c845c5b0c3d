//! What a run comes to: its counts, its exit code, and which form it is printed in.

use std::time::Duration;

use super::args::{Format, Test};
use super::rerun::Rerun;
use super::{human, json, junit, tap};
use crate::conformance::{Plan, Run, Severity, Skip, State, SuiteKeys, Tested, cases};
use crate::error::{Exit, Failure};
use crate::signature::Scheme;
use crate::ui::Ui;

/// What is known before the first case.
pub(super) struct Report {
    url: String,
    pub(super) rerun: Rerun,
    pub(super) schemes: Vec<Scheme>,
    /// What signs, as it may be shown.
    pub(super) signers: Vec<String>,
    pub(super) jwks_url: Option<String>,
    pub(super) cases: usize,
}

impl Report {
    pub(super) fn new(plan: &Plan, jwks_url: Option<String>, args: &Test) -> Self {
        let schemes: Vec<Scheme> = plan.keys.iter().map(|keys| keys.scheme).collect();
        Report {
            url: plan.url.to_string(),
            rerun: Rerun::new(&plan.url, args),
            signers: plan.keys.iter().map(signer).collect(),
            cases: schemes.iter().map(|scheme| plan.cases(*scheme).count()).sum(),
            schemes,
            jwks_url,
        }
    }

    /// The handler.
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// Says what is about to be tested.
    pub(super) fn begin(&self, format: Format, ui: &Ui) -> Result<(), Failure> {
        if let Some(url) = &self.jwks_url {
            ui.note(&format!("key set: {url}"));
        }
        match format {
            Format::Human => human::begin(self, ui),
            Format::Json => json::begin(self, ui),
            Format::Junit | Format::Tap => Ok(()),
        }
    }

    /// Prints everything.
    pub(super) fn end(&self, format: Format, run: &Run, took: Duration, ui: &Ui) -> Result<(), Failure> {
        match format {
            Format::Human => human::end(self, &run.tested, took, ui),
            Format::Json => json::end(run, took, ui),
            Format::Junit => junit::end(self, &run.tested, took, ui),
            Format::Tap => tap::end(run, ui),
        }
    }
}

/// The exit code of a run.
pub(super) fn exit(tested: &[Tested], fail_on: Severity) -> Exit {
    let failed = || tested.iter().filter(|one| one.problem().is_some());
    if failed().any(|one| one.case.id == cases::REACHABLE) {
        return Exit::Remote;
    }
    // Where one mistake hides all the others, nobody knows how grave those are.
    let is_blocked = tested.iter().any(|one| matches!(one.state, State::Skipped(Skip::Blocked(_))));
    match is_blocked || failed().any(|one| one.case.severity >= fail_on) {
        true => Exit::Negative,
        false => Exit::Done,
    }
}

/// How many passed, failed and were skipped.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) passed: usize,
    pub(super) failed: usize,
    pub(super) skipped: usize,
}

impl Counts {
    pub(super) fn of<'t>(tested: impl IntoIterator<Item = &'t Tested>) -> Self {
        let mut counts = Counts::default();
        for one in tested {
            match one.state {
                State::Passed => counts.passed += 1,
                State::Failed(_) => counts.failed += 1,
                State::Skipped(_) => counts.skipped += 1,
            }
        }
        counts
    }

    /// How many were run.
    pub(super) fn run(self) -> usize {
        self.passed + self.failed
    }
}

/// The counts of each severity, the gravest first.
pub(super) fn by_severity(tested: &[Tested]) -> [(Severity, Counts); 3] {
    Severity::ALL
        .map(|severity| (severity, Counts::of(tested.iter().filter(|one| one.case.severity == severity))))
}

fn signer(keys: &SuiteKeys) -> String {
    match keys.secret() {
        Some(secret) => format!("v1 signed with {}", secret.truncated()),
        None => match keys.scheme {
            Scheme::Jwt => format!(
                "jwt{}",
                keys.audience.as_ref().map(|audience| format!(" for {audience}")).unwrap_or_default()
            ),
            scheme => scheme.name().to_owned(),
        },
    }
}
