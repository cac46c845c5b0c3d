//! The URI that a user gives: refused where it is malformed, warned about where it will not work.

use crate::env;
use crate::error::Failure;
use crate::gemini::{EndpointError, check_endpoint, is_on_this_machine};
use crate::session::Session;
use crate::ui::sanitize;

/// Says what is wrong with a text as a webhook's URI.
pub(in crate::cmd) fn check(uri: &str) -> Result<Vec<&'static str>, EndpointError> {
    check_endpoint(uri)
}

/// What is worth a warning about a webhook's URI, as [`check`]. An API on this machine, such as `gwh emulator`,
/// reaches what is private, too.
///
/// # Errors
/// What is wrong with it.
pub(in crate::cmd) fn warnings(session: &Session, uri: &str) -> Result<Vec<&'static str>, EndpointError> {
    let warnings = check(uri)?;
    let reaches_all = session.env.text(env::GOOGLE_GEMINI_BASE_URL).is_some_and(is_on_this_machine);
    Ok(if reaches_all { Vec::new() } else { warnings })
}

/// Warns about a URI that was given as `place`, a flag or a line of a file.
///
/// # Errors
/// Kind `Usage` where it is malformed.
pub(in crate::cmd) fn checked(session: &Session, uri: &str, place: &str) -> Result<(), Failure> {
    let warnings = warnings(session, uri).map_err(|error| {
        Failure::usage(format!("{place} {uri:?} cannot be a webhook's URI"))
            .because(error)
            .hint("give a URL that the service can reach, such as https://example.com/webhook")
    })?;
    for warning in warnings {
        session.ui.warn(&format!("{} {warning}", sanitize::text(uri)));
    }
    Ok(())
}
