//! The only place that writes: stdout for data, stderr for talk.
//!
//! A [`Ui`] is built once the global flags are known. It decides colour for each stream by itself,
//! prints failures and their hints in one way, and turns a closed stdout into the quiet end that a
//! pipe expects. What is printed of somebody else's text goes through [`sanitize`] first.

pub mod arrival;
pub mod body;
pub mod forward;
pub mod progress;
pub mod prompt;
mod style;
pub mod table;
pub mod verdict;
mod width;

use std::io::{self, ErrorKind, Write};
use std::sync::{Mutex, MutexGuard};

use serde::Serialize;

use crate::env::{self, Env};
use crate::error::{Failure, Kind};
use crate::redact;
pub use crate::sanitize;
pub use style::Style;
pub use width::wrapped;

/// When to use colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum ColorChoice {
    /// On a terminal, unless the environment says otherwise
    #[default]
    Auto,
    /// Even into a file or a pipe
    Always,
    /// Not even on a terminal
    Never,
}

/// An output stream and what is known about its other end.
pub struct Stream {
    writer: Box<dyn Write + Send>,
    is_terminal: bool,
}

impl Stream {
    /// A stream that writes to `writer`.
    pub fn new(writer: impl Write + Send + 'static, is_terminal: bool) -> Self {
        Stream { writer: Box::new(writer), is_terminal }
    }
}

/// The choices that the global flags make about output.
#[derive(Debug, Clone, Copy, Default)]
pub struct Options {
    /// One JSON document, or one object a line.
    pub json: bool,
    /// When to colour.
    pub color: ColorChoice,
    /// No notes, no hints, no progress.
    pub quiet: bool,
    /// What is done along the way, too.
    pub verbose: bool,
}

/// Where everything is written.
pub struct Ui {
    out: Mutex<Stream>,
    err: Mutex<Stream>,
    out_style: Style,
    err_style: Style,
    shows_on_terminal: bool,
    talks_to_person: bool,
    options: Options,
}

impl Ui {
    /// A `Ui` over two streams, with colour decided for each of them.
    pub fn new(out: Stream, err: Stream, options: Options, env: &Env) -> Self {
        let out_style = Style::new(colored(options.color, env, out.is_terminal));
        let err_style = Style::new(colored(options.color, env, err.is_terminal));
        let talks_to_person = err.is_terminal && env.text(env::TERM) != Some("dumb");
        let shows_on_terminal = out.is_terminal;
        let (out, err) = (Mutex::new(out), Mutex::new(err));
        Ui { out, err, out_style, err_style, shows_on_terminal, talks_to_person, options }
    }

    /// Whether output is JSON.
    pub fn json(&self) -> bool {
        self.options.json
    }

    /// Whether notes and progress are unwanted.
    pub fn quiet(&self) -> bool {
        self.options.quiet
    }

    /// Whether what is done along the way is wanted.
    pub fn verbose(&self) -> bool {
        self.options.verbose
    }

    /// The style of stdout, as wide as its terminal is now.
    pub fn out_style(&self) -> Style {
        self.out_style.within(self.out_width())
    }

    /// The style of stderr.
    pub fn err_style(&self) -> Style {
        self.err_style
    }

    /// How many columns stdout has, where it is a terminal that says so.
    pub fn out_width(&self) -> Option<usize> {
        self.shows_on_terminal.then(width::of_stdout).flatten()
    }

    /// Whether progress may be drawn: stderr is a terminal, and neither JSON nor quiet is asked for.
    pub fn draws_progress(&self) -> bool {
        self.talks_to_person && !self.options.json && !self.options.quiet
    }

    /// Whether somebody watches stderr and could answer a prompt.
    pub fn talks_to_person(&self) -> bool {
        self.talks_to_person
    }

    /// Writes a line of data.
    ///
    /// # Errors
    /// Kind `OutputClosed` where the reader is gone, `Configuration` where the device refuses (a full disk).
    pub fn line(&self, text: &str) -> Result<(), Failure> {
        let mut line = String::with_capacity(text.len() + 1);
        line.push_str(text);
        line.push('\n');
        self.raw(line.as_bytes())
    }

    /// Writes data as it is, with nothing added; under JSON it is JSON.
    ///
    /// # Errors
    /// As [`Ui::line`].
    pub fn raw(&self, bytes: &[u8]) -> Result<(), Failure> {
        if self.options.json { self.json_text(bytes) } else { self.write(bytes) }
    }

    /// Writes JSON; a terminal gets it in characters that are safe to show.
    ///
    /// # Errors
    /// As [`Ui::line`].
    pub fn json_text(&self, json: &[u8]) -> Result<(), Failure> {
        if self.shows_on_terminal {
            self.write(sanitize::json(&String::from_utf8_lossy(json)).as_bytes())
        } else {
            self.write(json)
        }
    }

    /// Writes what somebody else wrote, byte for byte; a terminal gets it made safe.
    ///
    /// # Errors
    /// As [`Ui::line`].
    pub fn foreign(&self, bytes: &[u8]) -> Result<(), Failure> {
        if self.shows_on_terminal { self.write(sanitize::lines(bytes).as_bytes()) } else { self.write(bytes) }
    }

    fn write(&self, bytes: &[u8]) -> Result<(), Failure> {
        let mut out = lock(&self.out);
        out.writer.write_all(bytes).and_then(|()| out.writer.flush()).map_err(output_failure)
    }

    /// Writes one JSON object as a line of data.
    ///
    /// # Errors
    /// As [`Ui::line`].
    pub fn object(&self, value: &impl Serialize) -> Result<(), Failure> {
        let text =
            serde_json::to_string(value).map_err(|error| Failure::bug("cannot write JSON").because(error))?;
        self.line(&text)
    }

    /// Says something useful that is neither data nor trouble; left out when quiet and under JSON.
    pub fn note(&self, text: &str) {
        if !self.options.quiet && !self.options.json {
            self.say(text);
        }
    }

    /// Says what is done along the way, when that is wanted.
    pub fn trace(&self, text: &str) {
        if self.options.verbose {
            let style = self.err_style;
            self.say(&style.dim(text));
        }
    }

    /// Warns; never left out.
    pub fn warn(&self, text: &str) {
        if self.options.json {
            let object = WarningObject { kind_of_object: "warning", message: text };
            self.say(&serde_json::to_string(&object).expect("text always serialises"));
        } else {
            self.say(&format!("{} {text}", self.err_style.warning("warning:")));
        }
    }

    /// Shows a secret on stderr that would be lost otherwise: the very last way out.
    pub fn reveal(&self, why: &str, webhook: &str, secret: &str) {
        if self.options.json {
            let object = serde_json::json!({
                "type": "unsaved_secret", "message": why, "webhook": webhook, "secret": secret
            });
            self.say_unredacted(&object.to_string());
        } else {
            self.say_unredacted(&format!("{} {why}\n{secret}", self.err_style.warning("warning:")));
        }
    }

    /// Prints a failure and what to do about it, or nothing where stdout was closed.
    pub fn failure(&self, failure: &Failure) {
        if failure.kind() == Kind::OutputClosed {
            return;
        }
        if self.options.json {
            let object = ErrorObject {
                kind_of_object: "error",
                kind: failure.kind().name(),
                message: failure.to_string(),
                hints: failure.hints(),
            };
            // A struct of text always serialises; the fallback keeps this function infallible.
            self.say(&serde_json::to_string(&object).unwrap_or_default());
            return;
        }
        let message = sanitize::text(&failure.to_string()).into_owned();
        self.say(&format!("{} {message}", self.err_style.bad("error:")));
        for hint in failure.hints() {
            self.say(&format!("  {} {}", self.err_style.accent("hint:"), sanitize::text(hint)));
        }
    }

    /// Prints a complete message about the command line, in the form that the parser gave it.
    pub fn usage(&self, message: &str) {
        self.say(message);
    }

    /// Writes a line to stderr. Nobody can be told when that fails, so nothing is.
    fn say(&self, text: &str) {
        let text = redact::secrets(text);
        self.say_unredacted(&if self.options.json { sanitize::json(&text) } else { text });
    }

    fn say_unredacted(&self, text: &str) {
        let mut err = lock(&self.err);
        let _ = writeln!(err.writer, "{text}").and_then(|()| err.writer.flush());
    }
}

#[derive(Serialize)]
struct WarningObject<'a> {
    #[serde(rename = "type")]
    kind_of_object: &'static str,
    message: &'a str,
}

#[derive(Serialize)]
struct ErrorObject<'a> {
    #[serde(rename = "type")]
    kind_of_object: &'static str,
    kind: &'static str,
    message: String,
    hints: &'a [String],
}

fn lock(stream: &Mutex<Stream>) -> MutexGuard<'_, Stream> {
    stream.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
}

fn output_failure(error: io::Error) -> Failure {
    if error.kind() == ErrorKind::BrokenPipe {
        Failure::output_closed()
    } else {
        Failure::configuration("cannot write to stdout").because(error)
    }
}

fn colored(choice: ColorChoice, env: &Env, is_terminal: bool) -> bool {
    match choice {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto if env.raw(env::NO_COLOR).is_some() => false,
        ColorChoice::Auto if env.enabled(env::CLICOLOR_FORCE) => true,
        ColorChoice::Auto => is_terminal && env.text(env::TERM) != Some("dumb"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colour_is_decided_by_flag_then_environment_then_stream() {
        let none = Env::default();
        let no = Env::of([("NO_COLOR", "1")]);
        let empty = Env::of([("NO_COLOR", "")]);
        let force = Env::of([("CLICOLOR_FORCE", "1")]);
        let dumb = Env::of([("TERM", "dumb")]);
        assert!(colored(ColorChoice::Always, &no, false));
        assert!(!colored(ColorChoice::Never, &force, true));
        assert!(colored(ColorChoice::Auto, &none, true));
        assert!(!colored(ColorChoice::Auto, &none, false));
        assert!(!colored(ColorChoice::Auto, &no, true));
        assert!(colored(ColorChoice::Auto, &empty, true), "an empty NO_COLOR does not count as set");
        assert!(colored(ColorChoice::Auto, &force, false));
        assert!(!colored(ColorChoice::Auto, &dumb, true));
    }
}
