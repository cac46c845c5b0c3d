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

/// Warns about a URI that was given as `place`, a flag or a line of a file. An API on this machine, such as
/// `gwh emulator`, reaches what is private, too.
///
/// # Errors
/// Kind `Usage` where it is malformed.
pub(in crate::cmd) fn checked(session: &Session, uri: &str, place: &str) -> Result<(), Failure> {
    let warnings = check(uri).map_err(|error| {
        Failure::usage(format!("{place} {uri:?} cannot be a webhook's URI"))
            .because(error)
            .hint("give a URL that the service can reach, such as https://example.com/webhook")
    })?;
    if session.env.text(env::GOOGLE_GEMINI_BASE_URL).is_some_and(is_on_this_machine) {
        return Ok(());
    }
    for warning in warnings {
        session.ui.warn(&format!("{} {warning}", sanitize::text(uri)));
    }
    Ok(())
}
