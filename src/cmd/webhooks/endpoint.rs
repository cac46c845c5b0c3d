//! The URI that a user gives: refused where it is malformed, warned about where it will not work.

use crate::env;
use crate::error::Failure;
use crate::gemini::EndpointError;
use crate::gemini::{check_endpoint as check_form, is_on_this_machine as is_here};
use crate::session::Session;
use crate::ui::sanitize;

/// Says what is wrong with a text as a webhook's URI.
pub(super) fn check(uri: &str) -> Result<Vec<&'static str>, EndpointError> {
    check_form(uri)
}

/// Warns about a URI that was given as `place`, a flag or a line of a file.
///
/// # Errors
/// Kind `Usage` where it is malformed.
pub(super) fn checked(session: &Session, uri: &str, place: &str) -> Result<(), Failure> {
    let warnings = check(uri).map_err(|error| {
        Failure::usage(format!("{place} {uri:?} cannot be a webhook's URI"))
            .because(error)
            .hint("give a URL that the service can reach, such as https://example.com/webhook")
    })?;
    // An emulator on this machine reaches what is on this machine.
    let is_reached = is_here(uri) && session.env.text(env::GOOGLE_GEMINI_BASE_URL).is_some_and(is_here);
    for warning in warnings.into_iter().filter(|_| !is_reached) {
        session.ui.warn(&format!("{} {warning}", sanitize::text(uri)));
    }
    Ok(())
}
