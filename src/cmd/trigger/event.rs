//! Which event: the argument, the question, and the list.

use serde::Serialize;

use crate::error::{Exit, Failure};
use crate::event::catalog::{self, CATALOG, EventType, Support};
use crate::session::Session;
use crate::ui::{Ui, prompt};

/// The name that was given, or the answer to a question where there is somebody to ask.
pub(super) fn choose(given: Option<&str>, session: &Session) -> Result<String, Failure> {
    match given {
        Some(name) => {
            if catalog::find(name).is_none() {
                warn_unknown(name, &session.ui);
            }
            Ok(name.to_owned())
        }
        None if session.can_ask() => {
            let chosen = prompt::select("Which event?", &catalog::menu(CATALOG))?;
            Ok(CATALOG[chosen].name.to_owned())
        }
        None => Err(Failure::usage("which event to send is missing: the argument EVENT, or --data")
            .hint("run gwh trigger --list for the known event types")
            .hint("for example: gwh trigger batch.succeeded")),
    }
}

fn warn_unknown(name: &str, ui: &Ui) {
    let known = format!("{name:?} is not a known event type; it is sent all the same");
    match catalog::closest(name) {
        Some(meant) => ui.warn(&format!("{known} (did you mean {meant}?)")),
        None => ui.warn(&known),
    }
}

#[derive(Serialize)]
struct Line {
    #[serde(rename = "type")]
    kind: &'static str,
    name: &'static str,
    about: &'static str,
    subscribable: bool,
}

/// Prints the catalogue.
pub(super) fn list(ui: &Ui) -> Result<Exit, Failure> {
    let width = CATALOG.iter().map(|event| event.name.len()).max().unwrap_or(0);
    for EventType { name, about, support, .. } in CATALOG {
        let subscribable = *support == Support::Live;
        if ui.json() {
            ui.object(&Line { kind: "event_type", name, about, subscribable })?;
            continue;
        }
        let style = ui.out_style();
        let padded = style.accent(format!("{name:width$}"));
        let note = if subscribable { String::new() } else { style.dim("  (not in subscriptions today)") };
        ui.line(&format!("{padded}  {about}{note}"))?;
    }
    Ok(Exit::Done)
}
