//! Questions on a terminal. The only file that names the `dialoguer` crate.

use dialoguer::theme::ColorfulTheme;
use dialoguer::{Confirm, Password, Select};
use zeroize::Zeroizing;

use crate::error::{Failure, Kind};

/// Asks which of `items` is meant and answers its index. The caller has made sure of a terminal.
///
/// # Errors
/// Kind `Interrupted` when the question is left with Escape or Ctrl-C.
pub fn select(question: &str, items: &[String]) -> Result<usize, Failure> {
    Select::with_theme(&ColorfulTheme::default())
        .with_prompt(question)
        .items(items)
        .default(0)
        .interact_opt()
        .map_err(|error| unanswered().because(error))?
        .ok_or_else(unanswered)
}

/// Asks a yes-or-no question; Enter alone means no. The caller has made sure of a terminal.
///
/// # Errors
/// Kind `Interrupted` when the question is left with Escape or Ctrl-C.
pub fn confirm(question: &str) -> Result<bool, Failure> {
    Confirm::with_theme(&ColorfulTheme::default())
        .with_prompt(question)
        .default(false)
        .interact_opt()
        .map_err(|error| unanswered().because(error))?
        .ok_or_else(unanswered)
}

/// Asks for a secret, which is not shown while it is typed. The caller has made sure of a terminal.
///
/// # Errors
/// Kind `Interrupted` when the question is left with Ctrl-C.
pub fn hidden(question: &str) -> Result<Zeroizing<String>, Failure> {
    Password::with_theme(&ColorfulTheme::default())
        .with_prompt(question)
        .interact()
        .map(Zeroizing::new)
        .map_err(|error| unanswered().because(error))
}

fn unanswered() -> Failure {
    Failure::new(Kind::Interrupted, "the question was not answered")
}
