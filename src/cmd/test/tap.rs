//! The Test Anything Protocol, version 13, as `prove` reads it.

use super::describe::{self, Label};
use crate::conformance::{Run, State, Tested};
use crate::error::Failure;
use crate::ui::Ui;

pub(super) fn end(run: &Run, ui: &Ui) -> Result<(), Failure> {
    let tested = &run.tested;
    ui.line("TAP version 13")?;
    ui.line(&format!("1..{}", tested.len()))?;
    for (index, one) in tested.iter().enumerate() {
        let name = format!("{} - {} [{}]", index + 1, one.case.id, one.scheme.name());
        match &one.state {
            State::Passed => ui.line(&format!("ok {name}"))?,
            State::Skipped(why) => ui.line(&format!("ok {name} # SKIP {}", why.sentence()))?,
            State::Failed(_) => {
                ui.line(&format!("not ok {name}"))?;
                ui.line("  ---")?;
                ui.line(&format!("  message: {}", text(one.case.title)))?;
                ui.line(&format!("  severity: {}", one.case.severity.name()))?;
                for (label, value) in yaml(one) {
                    ui.line(&format!("  {}: {}", label.name(), text(&value)))?;
                }
                ui.line("  ...")?;
            }
        }
    }
    match run.is_interrupted {
        true => ui.line("Bail out!  interrupted before every case was run"),
        false => Ok(()),
    }
}

/// The lines of a failure with one value for each label, as YAML has it.
fn yaml(tested: &Tested) -> Vec<(Label, String)> {
    let mut all: Vec<(Label, String)> = Vec::new();
    for (label, line) in describe::lines(tested) {
        match all.last_mut() {
            Some((last, value)) if *last == label => {
                value.push('\n');
                value.push_str(&line);
            }
            _ => all.push((label, line)),
        }
    }
    all
}

/// A text that YAML reads as the text it is: JSON's strings are YAML's.
fn text(value: &str) -> String {
    serde_json::Value::from(value).to_string()
}
