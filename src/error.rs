//! How a command ends: the exit codes and the one error type that carries a kind, a source and hints.
//!
//! Domain modules have error enums of their own; whatever calls them decides the [`Kind`] once and
//! turns the error into a [`Failure`]. Only `ui` prints one.

use std::error::Error;
use std::fmt;

/// The exit codes of the process; scripts depend on them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done; also a closed pipe, and Ctrl-C of a server, which is how it ends.
    Done,
    /// The command worked and the answer is no.
    Negative,
    /// A bad flag or malformed input.
    Usage,
    /// No secret or key, an unreadable file, trouble with a store.
    Configuration,
    /// The network failed or the other side refused.
    Remote,
    /// A defect of `gwh` itself.
    Bug,
    /// Ctrl-C of a command that was not done.
    Interrupted,
    /// The code of a command that ran in place of this one, which is none of ours.
    Child(u8),
}

impl Exit {
    /// Every exit of gwh itself, in the order of the table in the README.
    pub const ALL: [Exit; 7] = [
        Exit::Done,
        Exit::Negative,
        Exit::Usage,
        Exit::Configuration,
        Exit::Remote,
        Exit::Bug,
        Exit::Interrupted,
    ];

    /// The number that the process exits with.
    pub const fn code(self) -> u8 {
        match self {
            Exit::Done => 0,
            Exit::Negative => 1,
            Exit::Usage => 2,
            Exit::Configuration => 3,
            Exit::Remote => 4,
            Exit::Bug => 70,
            Exit::Interrupted => 130,
            Exit::Child(code) => code,
        }
    }

    /// What it means, for the help and the README.
    pub const fn about(self) -> &'static str {
        match self {
            Exit::Done => "done; also a closed pipe, and Ctrl-C of listen and emulator",
            Exit::Negative => "the answer is no: not authentic, a handler failed, an event did not come",
            Exit::Usage => "a bad flag or malformed input",
            Exit::Configuration => "configuration: no secret or key, an unreadable file, a store that fails",
            Exit::Remote => "the network failed or the other side refused",
            Exit::Bug => "a defect of gwh",
            Exit::Interrupted => "interrupted",
            Exit::Child(_) => "what the command that ran answered",
        }
    }
}

/// What went wrong, in the terms of the exit codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// The command worked and the answer is no, with something to say about it.
    Negative,
    /// A bad flag or malformed input.
    Usage,
    /// No secret or key, an unreadable file, trouble with a store.
    Configuration,
    /// The network failed or the other side refused.
    Remote,
    /// A defect of `gwh` itself.
    Bug,
    /// Ctrl-C before the command was done.
    Interrupted,
    /// The reader of stdout went away (`gwh … | head`): the end, and nothing to report.
    OutputClosed,
}

impl Kind {
    /// The stable name in `{"type":"error","kind":…}`.
    pub const fn name(self) -> &'static str {
        match self {
            Kind::Negative => "negative",
            Kind::Usage => "usage",
            Kind::Configuration => "configuration",
            Kind::Remote => "remote",
            Kind::Bug => "bug",
            Kind::Interrupted => "interrupted",
            Kind::OutputClosed => "output_closed",
        }
    }

    /// How the process exits for this kind.
    pub const fn exit(self) -> Exit {
        match self {
            Kind::Negative => Exit::Negative,
            Kind::Usage => Exit::Usage,
            Kind::Configuration => Exit::Configuration,
            Kind::Remote => Exit::Remote,
            Kind::Bug => Exit::Bug,
            Kind::Interrupted => Exit::Interrupted,
            Kind::OutputClosed => Exit::Done,
        }
    }
}

/// A command that could not do what it was asked: one message, its source, and what to run next.
///
/// Messages are one sentence without a trailing period and name the input; a hint names a command
/// or a flag that the user can run next. Neither may hold a secret.
#[derive(Debug)]
pub struct Failure {
    kind: Kind,
    message: String,
    source: Option<Box<dyn Error + Send + Sync>>,
    hints: Vec<String>,
}

impl Failure {
    /// A failure of `kind` with a one-sentence message.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Failure { kind, message: message.into(), source: None, hints: Vec::new() }
    }

    /// The command worked and the answer is no.
    pub fn negative(message: impl Into<String>) -> Self {
        Failure::new(Kind::Negative, message)
    }

    /// A bad flag or malformed input.
    pub fn usage(message: impl Into<String>) -> Self {
        Failure::new(Kind::Usage, message)
    }

    /// No secret or key, an unreadable file, trouble with a store.
    pub fn configuration(message: impl Into<String>) -> Self {
        Failure::new(Kind::Configuration, message)
    }

    /// The network failed or the other side refused.
    pub fn remote(message: impl Into<String>) -> Self {
        Failure::new(Kind::Remote, message)
    }

    /// A defect of `gwh` itself.
    pub fn bug(message: impl Into<String>) -> Self {
        Failure::new(Kind::Bug, message)
    }

    /// The reader of stdout went away.
    pub fn output_closed() -> Self {
        Failure::new(Kind::OutputClosed, "the reader of stdout went away")
    }

    /// Attaches the error underneath; its chain is printed after the message.
    #[must_use]
    pub fn because(mut self, source: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// Adds what the user can run next.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hints.push(hint.into());
        self
    }

    /// The kind, which decides the exit code.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// What the user can run next, most useful first.
    pub fn hints(&self) -> &[String] {
        &self.hints
    }
}

impl fmt::Display for Failure {
    /// The message and every source below it, joined by colons.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)?;
        let mut cause = self.source.as_deref().map(|source| source as &dyn Error);
        while let Some(error) = cause {
            write!(f, ": {error}")?;
            cause = error.source();
        }
        Ok(())
    }
}

impl Error for Failure {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.source.as_deref().map(|source| source as &(dyn Error + 'static))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_the_exit_code_of_the_contract() {
        let codes = Exit::ALL.map(Exit::code);
        assert_eq!(codes, [0, 1, 2, 3, 4, 70, 130]);
        assert_eq!(Kind::Bug.exit().code(), 70);
        assert_eq!(Kind::OutputClosed.exit().code(), 0);
    }

    #[test]
    fn display_joins_the_whole_chain() {
        let inner = std::io::Error::new(std::io::ErrorKind::NotFound, "no such file");
        let failure = Failure::configuration("cannot read secret.txt").because(inner).hint("check the path");
        assert_eq!(failure.to_string(), "cannot read secret.txt: no such file");
        assert_eq!(failure.hints(), ["check the path"]);
    }
}
