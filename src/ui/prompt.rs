//! Questions on a terminal. The only file that names the `dialoguer` crate, besides `width`.
//!
//! Every caller has made sure of a terminal: without one a question fails.

use std::fmt;

use dialoguer::theme::{ColorfulTheme, Theme};
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

/// Asks which of `items`, each a word and what it means, are meant, at least one of them, and answers
/// their indexes.
///
/// # Errors
/// As [`select`].
pub fn multi_select(question: &str, items: &[(&str, &str)]) -> Result<Vec<usize>, Failure> {
    let width = items.iter().map(|(word, _)| word.len()).max().unwrap_or_default();
    let lines: Vec<String> =
        items.iter().map(|(word, meaning)| format!("{word:width$}  {meaning}")).collect();
    let theme = Words(ColorfulTheme::default());
    loop {
        let answer = MultiSelect::with_theme(&theme)
            .with_prompt(format!("{question} (space selects, enter ends)"))
            .items(&lines)
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

/// A theme that, of the items that were selected, repeats only the words.
struct Words(ColorfulTheme);

impl Theme for Words {
    fn format_multi_select_prompt(&self, f: &mut dyn fmt::Write, prompt: &str) -> fmt::Result {
        self.0.format_multi_select_prompt(f, prompt)
    }

    fn format_multi_select_prompt_item(
        &self,
        f: &mut dyn fmt::Write,
        text: &str,
        is_checked: bool,
        is_active: bool,
    ) -> fmt::Result {
        self.0.format_multi_select_prompt_item(f, text, is_checked, is_active)
    }

    fn format_multi_select_prompt_selection(
        &self,
        f: &mut dyn fmt::Write,
        prompt: &str,
        selections: &[&str],
    ) -> fmt::Result {
        let words: Vec<&str> = selections.iter().filter_map(|line| line.split_whitespace().next()).collect();
        self.0.format_multi_select_prompt_selection(f, prompt, &words)
    }
}

fn answered<T>(answer: dialoguer::Result<T>) -> Result<T, Failure> {
    answer.map_err(|error| unanswered().because(error))
}

fn unanswered() -> Failure {
    Failure::new(Kind::Interrupted, "the question was not answered")
}
