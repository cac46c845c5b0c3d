//! The checklist: groups, what failed and what to do about it, and the score.

use std::time::Duration;

use super::describe;
use super::report::{Counts, Report, by_severity};
use crate::conformance::{Family, State, Tested};
use crate::error::Failure;
use crate::ui::{Style, Ui, sanitize};

/// The column in which the ids stand.
const ID_COLUMN: usize = 64;

pub(super) fn begin(report: &Report, ui: &Ui) -> Result<(), Failure> {
    let style = ui.out_style();
    let url = sanitize::text(report.url()).into_owned();
    ui.line(&format!("Testing {}  {}", style.accent(url), report.signers.join(", ")))
}

pub(super) fn end(report: &Report, tested: &[Tested], took: Duration, ui: &Ui) -> Result<(), Failure> {
    let style = ui.out_style();
    for scheme in &report.schemes {
        let of_scheme: Vec<&Tested> = tested.iter().filter(|one| one.scheme == *scheme).collect();
        let heading = if report.schemes.len() > 1 { format!("{} ", scheme.name()) } else { String::new() };
        for family in Family::ALL {
            let group: Vec<&&Tested> = of_scheme.iter().filter(|one| one.case.family() == family).collect();
            print_group(&format!("{heading}{}", family.name()), &group, style, ui)?;
        }
    }
    let failed: Vec<&Tested> = tested.iter().filter(|one| one.problem().is_some()).collect();
    for (index, one) in failed.iter().enumerate() {
        // One mistake shows in several cases: its fix is told once.
        let is_told = |other: &&Tested| fix(other) == fix(one) && other.case.why == one.case.why;
        let first = failed[..index].iter().position(is_told).map(|first| first + 1);
        print_failure(index + 1, one, first, report, ui)?;
    }
    ui.line(&format!("\n{}", score(tested, took, style)))
}

/// A group, unless nothing of it was run.
fn print_group(heading: &str, group: &[&&Tested], style: Style, ui: &Ui) -> Result<(), Failure> {
    if group.iter().all(|one| matches!(one.state, State::Skipped(_))) {
        return Ok(());
    }
    ui.line(&format!("\n{}", style.bold(heading)))?;
    for one in group {
        let title = one.case.title;
        let id = style.dim(one.case.id);
        let padding = " ".repeat(ID_COLUMN.saturating_sub(title.chars().count()).max(2));
        ui.line(&match &one.state {
            State::Passed => format!("  {} {title}{padding}{id}", style.good("✓")),
            State::Failed(_) => format!("  {} {title}{padding}{id}", style.bad("✗")),
            State::Skipped(why) => {
                format!("  {} {title}: {}", style.dim("-"), style.dim(format!("not run: {why}")))
            }
        })?;
    }
    Ok(())
}

fn print_failure(
    number: usize,
    tested: &Tested,
    same_as: Option<usize>,
    report: &Report,
    ui: &Ui,
) -> Result<(), Failure> {
    let style = ui.out_style();
    let case = tested.case;
    let scheme = if report.schemes.len() > 1 { format!(" {}", tested.scheme.name()) } else { String::new() };
    let severity = style.warning(case.severity.name());
    ui.line(&format!("\n{} {}{scheme}  {severity}", style.bad(format!("{number})")), style.bold(case.id)))?;
    ui.line(&format!("   {}", case.title))?;
    for (label, text) in describe::lines(tested) {
        let text = match (label, same_as) {
            ("why", Some(_)) => continue,
            ("fix", Some(first)) => format!("as for {first})"),
            _ => text,
        };
        let padded = format!("{label:<9}");
        let padded = if label == "fix" { style.good(padded) } else { style.dim(padded) };
        ui.line(&format!("   {padded} {text}"))?;
    }
    if case.family() != Family::Preflight {
        let again = sanitize::text(&report.rerun).into_owned();
        ui.line(&format!("   {} {again} --only {}", style.dim("again    "), case.id))?;
    }
    Ok(())
}

fn fix(tested: &Tested) -> Option<&str> {
    tested.problem().map(|problem| problem.fix.as_str())
}

/// `70 of 72 passed (security 30/31, …), 2 failed, 1 not run, in 0.8s`.
fn score(tested: &[Tested], took: Duration, style: Style) -> String {
    let counts = Counts::of(tested);
    let parts: Vec<String> = by_severity(tested)
        .iter()
        .filter(|(_, counts)| counts.run() > 0)
        .map(|(severity, counts)| format!("{} {}/{}", severity.name(), counts.passed, counts.run()))
        .collect();
    let passed = format!("{} of {} passed", counts.passed, counts.run());
    let passed = if counts.failed == 0 { style.good(passed) } else { style.bold(passed) };
    let failed = match counts.failed {
        0 => String::new(),
        failed => format!(", {}", style.bad(format!("{failed} failed"))),
    };
    let skipped = match counts.skipped {
        0 => String::new(),
        skipped => format!(", {skipped} not run"),
    };
    format!("{passed} ({}){failed}{skipped}, in {:.1}s", parts.join(", "), took.as_secs_f64())
}
