//! Questions on a terminal. The only file that names the `dialoguer` crate.

use dialoguer::Select;
use dialoguer::theme::ColorfulTheme;

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
        .map_err(|error| Failure::new(Kind::Interrupted, "the question was not answered").because(error))?
        .ok_or_else(|| Failure::new(Kind::Interrupted, "the question was not answered"))
}
