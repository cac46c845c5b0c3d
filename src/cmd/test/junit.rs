//! JUnit XML, as CI systems read it: a suite for each scheme and family.

use std::time::Duration;

use quick_junit::{NonSuccessKind, TestCase, TestCaseStatus, TestSuite};

use super::describe;
use super::report::Report;
use crate::conformance::{Family, State, Tested};
use crate::error::Failure;
use crate::ui::Ui;

pub(super) fn end(report: &Report, tested: &[Tested], took: Duration, ui: &Ui) -> Result<(), Failure> {
    let mut document = quick_junit::Report::new("gwh test");
    document.set_time(took);
    for scheme in &report.schemes {
        for family in Family::ALL {
            let name = format!("{}.{}", scheme.name(), family.name());
            let mut suite = TestSuite::new(name.as_str());
            suite.add_property(("url", report.url()));
            let group = tested.iter().filter(|one| one.scheme == *scheme && one.case.family() == family);
            let mut total = Duration::ZERO;
            for one in group {
                total += one.took;
                suite.add_test_case(case(one, &name));
            }
            suite.set_time(total);
            if suite.tests > 0 {
                document.add_test_suite(suite);
            }
        }
    }
    let text = document.to_string().map_err(|error| Failure::bug("cannot write JUnit XML").because(error))?;
    // The schema of Jenkins has this count for suites, and not for the whole. It stands in the first element.
    let text = text.replacen(&format!(" skipped=\"{}\"", document.skipped), "", 1);
    ui.raw(text.as_bytes())
}

fn case(tested: &Tested, suite: &str) -> TestCase {
    let status = match &tested.state {
        State::Passed => TestCaseStatus::success(),
        State::Skipped(why) => {
            let mut status = TestCaseStatus::skipped();
            status.set_message(why.sentence());
            status
        }
        State::Failed(_) => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
            status.set_message(describe::reason(tested));
            status.set_type(tested.case.severity.name());
            let lines =
                describe::labelled(tested).into_iter().map(|(_, name, text)| format!("{name:<9} {text}"));
            let lines: Vec<String> = [tested.case.title.to_owned()].into_iter().chain(lines).collect();
            status.set_description(lines.join("\n"));
            status
        }
    };
    let mut case = TestCase::new(tested.case.id, status);
    case.set_classname(format!("gwh.{suite}"));
    case.set_time(tested.took);
    case
}
