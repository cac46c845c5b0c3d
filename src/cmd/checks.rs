//! What `gwh doctor` and `gwh secrets doctor` find: checks that are told one by one as they are made.

use serde::Serialize;

use crate::error::{Exit, Failure};
use crate::secrets::StoreError;
use crate::session::Session;
use crate::ui::{sanitize, wrapped};

/// The columns of a subject, and where what is said of it begins.
const SUBJECT: usize = 16;
const DETAIL: usize = 2 + SUBJECT + 1;

/// One finding.
#[derive(Debug)]
pub(in crate::cmd) struct Check {
    subject: String,
    ok: bool,
    detail: String,
    fixes: Vec<String>,
}

/// A line of `--json`.
#[derive(Serialize)]
struct Line<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    subject: &'a str,
    ok: bool,
    detail: &'a str,
    fixes: &'a [String],
}

impl Check {
    /// All is well.
    pub(in crate::cmd) fn good(subject: impl Into<String>, detail: impl Into<String>) -> Self {
        Check { subject: subject.into(), ok: true, detail: detail.into(), fixes: Vec::new() }
    }

    /// Something needs a hand; each fix does alone.
    pub(in crate::cmd) fn bad(
        subject: impl Into<String>,
        detail: impl Into<String>,
        fixes: Vec<String>,
    ) -> Self {
        Check { subject: subject.into(), ok: false, detail: detail.into(), fixes }
    }

    /// What a store says.
    pub(in crate::cmd) fn error(subject: impl Into<String>, error: &StoreError) -> Self {
        Check::bad(subject, error.to_string(), but_doctors(error.hints()))
    }

    /// What another command would have failed with.
    pub(in crate::cmd) fn failure(subject: impl Into<String>, failure: &Failure) -> Self {
        Check::bad(subject, failure.to_string(), but_doctors(failure.hints().to_vec()))
    }

    /// The same with a fix before the others.
    pub(in crate::cmd) fn fix_first(mut self, fix: String) -> Self {
        self.fixes.insert(0, fix);
        self
    }

    /// The same with a text before the detail.
    pub(in crate::cmd) fn prefixed(mut self, text: &str) -> Self {
        self.detail.insert_str(0, text);
        self
    }

    /// Adds something about the same subject that is well.
    pub(in crate::cmd) fn noting(mut self, detail: &str) -> Self {
        self.detail = format!("{}; {detail}", self.detail);
        self
    }

    /// Adds something about the same subject that needs a hand.
    pub(in crate::cmd) fn failing(mut self, detail: &str, fix: String) -> Self {
        self.ok = false;
        self.fixes.push(fix);
        self.noting(detail)
    }

    /// Adds another finding about the same subject.
    pub(in crate::cmd) fn and(mut self, other: Check) -> Self {
        self.ok &= other.ok;
        self.fixes.extend(other.fixes);
        self.noting(&other.detail)
    }

    /// Whether all is well.
    pub(in crate::cmd) fn is_good(&self) -> bool {
        self.ok
    }
}

/// The hints of an error without the one that says to run what is running.
fn but_doctors(mut hints: Vec<String>) -> Vec<String> {
    hints.retain(|hint| !hint.starts_with("run gwh secrets doctor"));
    hints
}

/// The findings of a run: each is printed when it is known.
pub(in crate::cmd) struct Findings<'s> {
    session: &'s Session,
    exit: Exit,
}

impl<'s> Findings<'s> {
    /// None so far.
    pub(in crate::cmd) fn new(session: &'s Session) -> Self {
        Findings { session, exit: Exit::Done }
    }

    /// Prints a finding.
    ///
    /// # Errors
    /// Where stdout cannot be written.
    pub(in crate::cmd) fn tell(&mut self, check: &Check) -> Result<(), Failure> {
        let Check { subject, ok, detail, fixes } = check;
        if !ok {
            self.exit = Exit::Negative;
        }
        let ui = &self.session.ui;
        if ui.json() {
            return ui.object(&Line { kind: "check", subject, ok: *ok, detail, fixes });
        }
        let style = ui.out_style();
        let within = |text: &str, indent: usize| {
            let width = style.width().map(|width| width.saturating_sub(indent));
            wrapped(&sanitize::text(text), width).join(&format!("\n{:indent$}", ""))
        };
        let mark = if *ok { style.good("✓") } else { style.bad("✗") };
        let subject = sanitize::text(subject);
        // A subject that is too long for its column is still told apart from what is said of it.
        let gap = match style.width() {
            _ if subject.chars().count() <= SUBJECT => " ".to_owned(),
            None => "  ".to_owned(),
            Some(_) => format!("\n{:DETAIL$}", ""),
        };
        ui.line(&format!("{mark} {subject:<SUBJECT$}{gap}{}", within(detail, DETAIL)))?;
        for fix in fixes {
            ui.line(&format!("  {} {}", style.accent("fix:"), within(fix, "  fix: ".len())))?;
        }
        Ok(())
    }

    /// How the command ends: exit 1 where something needs a hand.
    pub(in crate::cmd) fn exit(&self) -> Exit {
        self.exit
    }
}
