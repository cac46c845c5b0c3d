//! The checklist: groups, what failed and what to do about it, and the score.

use std::time::Duration;

use super::describe::{self, Label};
use super::report::{Counts, Report, by_severity};
use crate::conformance::{Family, Skip, State, Tested};
use crate::error::Failure;
use crate::ui::{Style, Ui, sanitize, wrapped};

/// What stands before a title.
const SIGN: usize = 4;
/// What stands before the text of a failure: the label.
const LABEL: usize = 13;

pub(super) fn begin(report: &Report, ui: &Ui) -> Result<(), Failure> {
    let style = ui.out_style();
    let url = sanitize::text(report.url()).into_owned();
    ui.line(&format!("Testing {}  {}", style.accent(url), report.signers.join(", ")))
}

pub(super) fn end(report: &Report, tested: &[Tested], took: Duration, ui: &Ui) -> Result<(), Failure> {
    let style = ui.out_style();
    let shown = tested.iter().filter(|one| !matches!(one.state, State::Skipped(_)));
    let id_column = shown.map(|one| one.case.title.chars().count()).max().unwrap_or_default() + 2;
    for scheme in &report.schemes {
        let of_scheme: Vec<&Tested> = tested.iter().filter(|one| one.scheme == *scheme).collect();
        let heading = if report.schemes.len() > 1 { format!("{} ", scheme.name()) } else { String::new() };
        for family in Family::ALL {
            let group: Vec<&Tested> =
                of_scheme.iter().copied().filter(|one| one.case.family() == family).collect();
            print_group(&format!("{heading}{}", family.name()), &group, id_column, ui)?;
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

/// A group, unless nothing of it was run. What was not run because the run ended is told in a line.
fn print_group(heading: &str, group: &[&Tested], id_column: usize, ui: &Ui) -> Result<(), Failure> {
    if group.iter().all(|one| matches!(one.state, State::Skipped(_))) {
        return Ok(());
    }
    let style = ui.out_style();
    ui.line(&format!("\n{}", style.bold(heading)))?;
    let (run, left_out): (Vec<&Tested>, Vec<&Tested>) =
        group.iter().partition(|one| end_of_run(one).is_none());
    for one in run {
        let title = one.case.title;
        let sign = match &one.state {
            State::Passed => style.good("✓"),
            State::Failed(_) => style.bad("✗"),
            State::Skipped(_) => style.dim("-"),
        };
        let rest = match &one.state {
            State::Passed | State::Failed(_) => id_of(one, id_column, ui.out_width()),
            State::Skipped(why) => format!(": not run: {}", why.sentence()),
        };
        ui.line(&format!("  {sign} {title}{}", style.dim(rest)))?;
    }
    match left_out.first().and_then(|one| end_of_run(one)) {
        Some(why) => {
            let told = format!("{} not run: {}", left_out.len(), why.sentence());
            ui.line(&format!("  {} {}", style.dim("-"), style.dim(told)))
        }
        None => Ok(()),
    }
}

/// The id of a case after its title, where the terminal has room for it; failures say it again.
fn id_of(tested: &Tested, column: usize, width: Option<usize>) -> String {
    let (title, id) = (tested.case.title.chars().count(), tested.case.id);
    match width {
        Some(width) if SIGN + column + id.len() > width => String::new(),
        _ => format!("{}{id}", " ".repeat(column.saturating_sub(title))),
    }
}

/// Why a case was not run, where that is not about the case.
fn end_of_run(tested: &Tested) -> Option<Skip> {
    match tested.state {
        State::Skipped(why) if why.is_of_the_run() => Some(why),
        _ => None,
    }
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
    for (label, name, text) in describe::labelled(tested) {
        let text = match (label, same_as) {
            (Label::Why, Some(_)) => continue,
            (Label::Fix, Some(first)) => format!("as for {first})"),
            _ => text,
        };
        let name = format!("{name:<9}");
        let name = if label == Label::Fix { style.good(name) } else { style.dim(name) };
        let width = ui.out_width().filter(|_| label.is_prose()).map(|width| width.saturating_sub(LABEL));
        for (index, line) in wrapped(&text, width).into_iter().enumerate() {
            ui.line(&match index {
                0 => format!("   {name} {line}"),
                _ => format!("{}{line}", " ".repeat(LABEL)),
            })?;
        }
    }
    if case.family() != Family::Preflight {
        let again = report.rerun.of(tested);
        ui.line(&format!("   {} {}", style.dim("again    "), sanitize::text(&again)))?;
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
