//! Questions on a terminal. The only file that names the `dialoguer` crate.
//!
//! Every caller has made sure of a terminal: without one a question fails.

use dialoguer::theme::ColorfulTheme;
use dialoguer::{Confirm, Input, MultiSelect, Password, Select};
use zeroize::Zeroizing;

use crate::error::{Failure, Kind};

/// Asks which of `items` is meant and answers its index.
///
/// # Errors
/// Kind `Interrupted` when the question is left with Escape or Ctrl-C.
pub fn select(question: &str, items: &[String]) -> Result<usize, Failure> {
    let answer = Select::with_theme(&ColorfulTheme::default())
        .with_prompt(question)
        .items(items)
        .default(0)
        .interact_opt();
    answered(answer)?.ok_or_else(unanswered)
}

/// Asks which of `items` are meant, at least one of them, and answers their indexes.
///
/// # Errors
/// As [`select`].
pub fn multi_select(question: &str, items: &[String]) -> Result<Vec<usize>, Failure> {
    loop {
        let answer = MultiSelect::with_theme(&ColorfulTheme::default())
            .with_prompt(format!("{question} (space selects, enter ends)"))
            .items(items)
            .interact_opt();
        let chosen = answered(answer)?.ok_or_else(unanswered)?;
        if !chosen.is_empty() {
            return Ok(chosen);
        }
    }
}

/// Asks for a text until `check` finds nothing wrong with it.
///
/// # Errors
/// As [`select`].
pub fn input(
    question: &str,
    default: Option<&str>,
    check: impl Fn(&str) -> Result<(), String>,
) -> Result<String, Failure> {
    let theme = ColorfulTheme::default();
    let mut input = Input::<String>::with_theme(&theme)
        .with_prompt(question)
        .validate_with(|text: &String| check(text.trim()));
    if let Some(default) = default {
        input = input.default(default.to_owned());
    }
    answered(input.interact_text()).map(|text| text.trim().to_owned())
}

/// Asks a question that is answered with yes or no; Enter alone is no.
///
/// # Errors
/// As [`select`].
pub fn confirm(question: &str) -> Result<bool, Failure> {
    let answer =
        Confirm::with_theme(&ColorfulTheme::default()).with_prompt(question).default(false).interact_opt();
    answered(answer)?.ok_or_else(unanswered)
}

/// Asks for a secret, which is not shown while it is typed.
///
/// # Errors
/// As [`select`].
pub fn hidden(question: &str) -> Result<Zeroizing<String>, Failure> {
    let answer = Password::with_theme(&ColorfulTheme::default()).with_prompt(question).interact();
    answered(answer).map(Zeroizing::new)
}

fn answered<T>(answer: dialoguer::Result<T>) -> Result<T, Failure> {
    answer.map_err(|error| unanswered().because(error))
}

fn unanswered() -> Failure {
    Failure::new(Kind::Interrupted, "the question was not answered")
}
