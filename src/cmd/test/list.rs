//! `gwh test --list`.

use serde_json::json;

use super::args::Format;
use crate::conformance::{Case, Class, Selection};
use crate::error::{Exit, Failure};
use crate::session::Session;
use crate::signature::Scheme;
use crate::ui::table;

/// Prints the cases that would be run.
///
/// # Errors
/// Those of writing.
pub(super) fn print(
    selection: &Selection,
    schemes: &[Scheme],
    format: Format,
    session: &Session,
) -> Result<Exit, Failure> {
    let ui = &session.ui;
    let applies = |case: &&Case| case.schemes.iter().any(|scheme| schemes.contains(scheme));
    let all = Selection { stress: true, ..selection.clone() }.cases();
    let cases = all.into_iter().filter(applies);
    if format == Format::Json {
        for case in cases {
            let schemes: Vec<&str> = case.schemes.iter().map(|scheme| scheme.name()).collect();
            ui.object(&json!({
                "type": "case", "id": case.id, "title": case.title, "family": case.family().name(),
                "severity": case.severity.name(), "schemes": schemes, "stress": case.class == Class::Stress,
                "why": case.why, "fix": case.fix,
            }))?;
        }
        return Ok(Exit::Done);
    }
    let rows: Vec<Vec<String>> = cases.map(row).collect();
    for line in table::lines(ui.out_style(), &["CASE", "SEVERITY", "SCHEMES", "WHAT IS SENT"], &rows) {
        ui.line(&line)?;
    }
    Ok(Exit::Done)
}

fn row(case: &'static Case) -> Vec<String> {
    let schemes: Vec<&str> = case.schemes.iter().map(|scheme| scheme.name()).collect();
    let asked = if case.class == Class::Stress { " (with --stress)" } else { "" };
    vec![
        case.id.to_owned(),
        case.severity.name().to_owned(),
        schemes.join(" "),
        format!("{}{asked}", case.title),
    ]
}
