//! How wide a terminal is, and text that fits into it.

use dialoguer::console::{Term, measure_text_width};

/// Fewer columns are not worth wrapping for.
const LEAST: usize = 24;

/// The columns of the terminal behind stdout; none where that is no terminal.
pub(super) fn of_stdout() -> Option<usize> {
    Term::stdout().size_checked().map(|(_, columns)| usize::from(columns))
}

/// How many columns a text takes, colour aside.
pub(super) fn of(text: &str) -> usize {
    measure_text_width(text)
}

/// Appends `text`, with what follows its first line below, indented by so many columns.
pub(super) fn push_wrapped(out: &mut String, text: &str, indent: usize, width: Option<usize>) {
    for (number, line) in wrapped(text, width.map(|width| width.saturating_sub(indent))).iter().enumerate() {
        if number > 0 {
            out.push('\n');
            out.extend(std::iter::repeat_n(' ', indent));
        }
        out.push_str(line);
    }
}

/// The lines of `text`, broken at spaces so that each has at most `width` columns. A word that is longer stays
/// whole, so that it can be copied; without a width there is one line.
pub fn wrapped(text: &str, width: Option<usize>) -> Vec<String> {
    let Some(width) = width.filter(|width| *width >= LEAST) else { return vec![text.to_owned()] };
    let mut lines = vec![String::new()];
    let mut used = 0;
    for word in text.split(' ') {
        let length = of(word);
        match lines.last_mut() {
            Some(line) if line.is_empty() => line.push_str(word),
            Some(line) if used + 1 + length <= width => {
                line.push(' ');
                line.push_str(word);
                used += 1;
            }
            _ => {
                lines.push(word.to_owned());
                used = 0;
            }
        }
        used += length;
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_broken_at_spaces() {
        let text = "the signature covers the bytes that were sent";
        assert_eq!(wrapped(text, Some(24)), ["the signature covers the", "bytes that were sent"]);
        assert_eq!(wrapped(text, Some(80)), [text]);
        assert_eq!(wrapped(text, None), [text]);
        assert_eq!(wrapped(text, Some(3)), [text], "nothing fits into so little");
    }

    #[test]
    fn a_long_word_stays_whole() {
        let word = "x".repeat(40);
        assert_eq!(wrapped(&format!("sent {word} twice"), Some(24)), ["sent", word.as_str(), "twice"]);
        assert_eq!(wrapped("", Some(24)), [""]);
    }
}
