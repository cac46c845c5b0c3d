//! What a job is given to work on: text as it is, `@FILE`, or stdin.

use std::path::Path;

use crate::error::Failure;
use crate::session::Session;

/// Whether an argument means standard input.
pub(super) fn is_stdin(text: &str) -> bool {
    matches!(text, "-" | "@-")
}

/// The text that an argument is, or that the file or stdin that it names holds. `name` is the argument's.
///
/// # Errors
/// Kind `Configuration` where a file cannot be read, `Usage` where there is no text.
pub(super) fn text(session: &Session, given: &str, name: &str) -> Result<String, Failure> {
    let bytes = match given.strip_prefix('@') {
        _ if is_stdin(given) => session.read_input(None)?,
        Some(file) => session.read_input(Some(Path::new(file)))?,
        None => given.as_bytes().to_vec(),
    };
    let text =
        String::from_utf8(bytes).map_err(|_| Failure::usage(format!("{name} is not text in UTF-8")))?;
    if text.trim().is_empty() {
        return Err(Failure::usage(format!("{name} is empty")));
    }
    Ok(text)
}
