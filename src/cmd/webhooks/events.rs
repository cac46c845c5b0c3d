//! The names of events that a user gives: cleaned, and judged against the catalogue.

use crate::error::Failure;
use crate::event::catalog::{self, Support};
use crate::session::Session;
use crate::ui::sanitize;

/// The names without white space and repetitions, in the order given. What the service may refuse is
/// warned about and passed on: new types come without `gwh` knowing them.
///
/// # Errors
/// Kind `Usage` where a name is empty or cannot be one.
pub(super) fn checked(session: &Session, names: &[String], flag: &str) -> Result<Vec<String>, Failure> {
    let mut checked: Vec<String> = Vec::new();
    for name in names {
        let name = name.trim();
        let malformed = name.is_empty() || name.chars().any(|it| it.is_whitespace() || it.is_control());
        if malformed {
            return Err(Failure::usage(format!("{flag} {name:?}: it is not the name of an event"))
                .hint("give names such as batch.succeeded, separated by commas")
                .hint("run gwh trigger --list to see the events that are known"));
        }
        if checked.iter().all(|known| known != name) {
            checked.push(name.to_owned());
        }
    }
    for name in &checked {
        if let Some(warning) = warning(name) {
            session.ui.warn(&warning);
        }
    }
    Ok(checked)
}

/// What is worth saying about subscribing to an event.
fn warning(name: &str) -> Option<String> {
    let shown = sanitize::text(name);
    match (catalog::find(name).map(|event| event.support), catalog::closest(name)) {
        (Some(Support::Live), _) => None,
        (Some(Support::DocumentedOnly), _) => Some(format!(
            "{shown} is in the documentation, but the service rejects subscriptions to it today"
        )),
        (None, Some(meant)) => {
            Some(format!("{shown} is not an event that gwh knows; did you mean {meant}? It is sent as it is"))
        }
        (None, None) => Some(format!("{shown} is not an event that gwh knows; it is sent as it is")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_the_service_accepts_goes_without_a_word() {
        assert_eq!(warning("batch.succeeded"), None);
        assert!(warning("batch.completed").expect("warns").contains("did you mean batch.succeeded?"));
        assert!(warning("interaction.cancelled").expect("warns").contains("rejects"));
        assert!(warning("model.tuned").expect("warns").contains("sent as it is"));
    }
}
