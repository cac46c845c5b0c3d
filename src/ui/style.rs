//! Colour by meaning. The only file that names the `colored` crate.

use std::fmt::Display;
use std::sync::Once;

use colored::{ColoredString, Colorize};

/// How one stream shows things: in colour or not at all, and in how many columns. Messages make sense without either.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    colored: bool,
    width: Option<usize>,
}

impl Style {
    /// A style that colours, or one that leaves text as it is.
    pub fn new(colored: bool) -> Self {
        // The crate decides once for the whole process and from stdout alone; forcing it on leaves
        // the decision here, for each stream.
        static FORCE: Once = Once::new();
        FORCE.call_once(|| colored::control::set_override(true));
        Style { colored, width: None }
    }

    /// The same in so many columns; without a number, lines are as long as they are.
    pub fn within(self, width: Option<usize>) -> Self {
        Style { width, ..self }
    }

    /// How many columns there are, where there is an end to them.
    pub fn width(self) -> Option<usize> {
        self.width
    }

    /// Whether text comes back coloured.
    pub fn is_colored(self) -> bool {
        self.colored
    }

    /// Something that is as it should be.
    pub fn good(self, text: impl Display) -> String {
        self.apply(text, |text| text.green().bold())
    }

    /// Something refused or failed.
    pub fn bad(self, text: impl Display) -> String {
        self.apply(text, |text| text.red().bold())
    }

    /// Something to look at.
    pub fn warning(self, text: impl Display) -> String {
        self.apply(text, |text| text.yellow().bold())
    }

    /// A name that the reader looks for.
    pub fn accent(self, text: impl Display) -> String {
        self.apply(text, |text| text.cyan())
    }

    /// The weight of a heading.
    pub fn bold(self, text: impl Display) -> String {
        self.apply(text, |text| text.bold())
    }

    /// Detail that may be skipped.
    pub fn dim(self, text: impl Display) -> String {
        self.apply(text, |text| text.dimmed())
    }

    fn apply(self, text: impl Display, paint: fn(&str) -> ColoredString) -> String {
        let text = text.to_string();
        if self.colored { paint(&text).to_string() } else { text }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_style_decides_for_itself() {
        assert_eq!(Style::new(false).good("ok"), "ok");
        assert!(Style::new(true).good("ok").contains("\u{1b}["));
        assert_eq!(Style::new(false).bad("no"), "no");
    }
}
