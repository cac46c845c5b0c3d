//! What is printed of deliveries, and how the command ends.

use std::sync::Arc;
use std::time::Duration;

use hyper::{StatusCode, Uri};
use serde::Serialize;

use super::tally::{Tally, millis};
use crate::capture::shown_url;
use crate::cmd::status::StatusPattern;
use crate::deliver::{self, Answer, Flags, SendError};
use crate::error::{Exit, Failure, Kind};
use crate::ui::progress::Progress;
use crate::ui::{Ui, body, sanitize, verdict};
use crate::units::whole_millis;

/// Of many deliveries, so many that went wrong are shown.
const SHOWN_FAILURES: u64 = 5;

/// What the deliveries have in common.
pub(in crate::cmd) struct Subject {
    /// The status that counts as success.
    pub(in crate::cmd) expected: StatusPattern,
    /// How many different deliveries there are. A single one is shown in full.
    pub(in crate::cmd) count: u64,
    /// How often each is sent.
    pub(in crate::cmd) copies: u32,
    /// What was made wrong on purpose, by its name.
    pub(in crate::cmd) corruption: Option<&'static str>,
    /// What a handler must refuse in the deliveries, as the end of a sentence.
    pub(in crate::cmd) fault: Option<&'static str>,
    /// What it means when a handler refuses what is right.
    pub(in crate::cmd) not_authentic: &'static str,
    /// What the flags of the command are called.
    pub(in crate::cmd) flags: Flags,
}

/// A delivery that was sent.
#[derive(Clone, Copy)]
pub(in crate::cmd) struct Sent<'a> {
    /// The `webhook-id` that it carried.
    pub(in crate::cmd) id: &'a str,
    /// Its event's type.
    pub(in crate::cmd) event_type: Option<&'a str>,
    /// Where it was sent to.
    pub(in crate::cmd) url: &'a Uri,
    /// How many bytes its body has.
    pub(in crate::cmd) body_size: usize,
    /// Which time it was sent, from 1.
    pub(in crate::cmd) attempt: u32,
    /// Until the answer was complete or known not to come.
    pub(in crate::cmd) latency: Duration,
}

/// Why a delivery could not be sent.
#[derive(Debug, Clone, Copy)]
pub(in crate::cmd) struct Unsent {
    /// The stable name in JSON.
    pub(in crate::cmd) code: &'static str,
    /// In a sentence.
    pub(in crate::cmd) sentence: &'static str,
    /// What to do about it.
    pub(in crate::cmd) hint: &'static str,
}

/// A delivery in `--json`.
#[derive(Serialize)]
struct SentRecord<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    webhook_id: &'a str,
    event_type: Option<&'a str>,
    url: String,
    attempt: u32,
    status: Option<u16>,
    latency_ms: u64,
    error: Option<String>,
    error_kind: Option<&'static str>,
    corrupt: Option<&'static str>,
}

/// Prints deliveries as they come back and counts them.
pub(in crate::cmd) struct Report {
    ui: Arc<Ui>,
    subject: Subject,
    progress: Progress,
    tally: Tally,
    /// The first that got no answer, and where it was sent to.
    first_error: Option<(SendError, Uri)>,
}

impl Report {
    pub(in crate::cmd) fn new(ui: Arc<Ui>, subject: Subject) -> Self {
        // One delivery is over before a bar could be read.
        let total = subject.count.saturating_mul(subject.copies.into());
        let progress =
            if subject.count > 1 { Progress::new(&ui, "sending", total) } else { Progress::none() };
        Report { tally: Tally::new(subject.expected), ui, subject, progress, first_error: None }
    }

    /// Counts a delivery and prints what is to be printed of it.
    ///
    /// # Errors
    /// As [`Ui::line`].
    pub(in crate::cmd) fn record(
        &mut self,
        sent: Sent<'_>,
        outcome: Result<Answer, SendError>,
    ) -> Result<(), Failure> {
        self.progress.step();
        let expected = self.tally.count(sent.latency, &outcome);
        if self.ui.json() {
            let status = outcome.as_ref().map_or_else(SendError::status, |answer| Some(answer.status));
            let error = outcome.as_ref().err().map(|error| (error.sentence(), error.code()));
            self.print_object(sent, status, error)?;
        } else if self.is_shown(expected, &outcome) {
            self.print_lines(sent, &outcome, expected)?;
        }
        if let Err(error) = outcome {
            self.first_error.get_or_insert_with(|| (error, sent.url.clone()));
        }
        Ok(())
    }

    /// Counts a delivery that could not be sent as one that failed, and says why. The others are sent all the same.
    ///
    /// # Errors
    /// As [`Ui::line`].
    pub(in crate::cmd) fn unsent(&mut self, sent: Sent<'_>, why: Unsent) -> Result<(), Failure> {
        self.progress.step();
        self.tally.count_unsent(why.code);
        if self.ui.json() {
            return self.print_object(sent, None, Some((why.sentence.to_owned(), why.code)));
        }
        if self.subject.count > 1 && !self.ui.verbose() && self.tally.wrong() > SHOWN_FAILURES {
            return Ok(());
        }
        let style = self.ui.out_style();
        let (line, hint) = (self.line(sent, style.bad("---")), verdict::hint(style, why.hint));
        self.progress.aside(|| self.ui.line(&format!("{line}  not sent: {}\n{hint}", why.sentence)))
    }

    /// One delivery is shown, of many those that went wrong, and all with `--verbose`. A single one that
    /// got no answer is the failure that the command ends with.
    fn is_shown(&self, expected: bool, outcome: &Result<Answer, SendError>) -> bool {
        if self.subject.count == 1 {
            return outcome.is_ok() || self.subject.copies > 1;
        }
        self.ui.verbose() || (!expected && self.tally.wrong() <= SHOWN_FAILURES)
    }

    fn print_object(
        &self,
        sent: Sent<'_>,
        status: Option<StatusCode>,
        error: Option<(String, &'static str)>,
    ) -> Result<(), Failure> {
        let (error, error_kind) = error.unzip();
        self.ui.object(&SentRecord {
            kind: "sent",
            webhook_id: sent.id,
            event_type: sent.event_type,
            url: shown(sent.url),
            attempt: sent.attempt,
            status: status.map(|status| status.as_u16()),
            latency_ms: whole_millis(sent.latency),
            error,
            error_kind,
            corrupt: self.subject.corruption,
        })
    }

    fn print_lines(
        &self,
        sent: Sent<'_>,
        outcome: &Result<Answer, SendError>,
        expected: bool,
    ) -> Result<(), Failure> {
        let style = self.ui.out_style();
        let refused = self.subject.fault.is_some() && is_refusal(outcome);
        let result = match outcome {
            Ok(answer) if expected || refused => style.good(answer.status.as_str()),
            Ok(answer) => style.bad(answer.status.as_str()),
            Err(_) => style.bad("---"),
        };
        let mut lines = self.line(sent, result);
        match outcome {
            Ok(answer) => {
                for line in self.remarks(sent, answer, expected, refused) {
                    lines.push('\n');
                    lines.push_str(&line);
                }
            }
            Err(error) => lines.push_str(&format!("  {}", sanitize::text(&error.sentence()))),
        }
        self.progress.aside(|| self.ui.line(&lines))
    }

    /// The line of a delivery with this result.
    fn line(&self, sent: Sent<'_>, result: String) -> String {
        let event = sanitize::clipped(sent.event_type.unwrap_or("(no type)"), 40);
        let id = self.ui.out_style().accent(sanitize::clipped(sent.id, 80));
        let (url, latency) = (shown(sent.url), millis(sent.latency));
        // The path of a replay is one that somebody sent.
        let url = sanitize::text(&url);
        let retry = if sent.attempt > 1 { "  retry" } else { "" };
        format!("<-- {result} {url}  {latency:>5}  {event}  {id}{retry}")
    }

    /// What stands under the line of an answer.
    fn remarks(&self, sent: Sent<'_>, answer: &Answer, expected: bool, refused: bool) -> Vec<String> {
        let style = self.ui.out_style();
        let mut remarks = Vec::new();
        if let Some(fault) = self.subject.fault {
            if refused {
                remarks.push(format!("  {}: {fault}", style.good("refused, as it should")));
            } else if answer.status.is_success() {
                remarks.push(format!("  {}", style.bad(format!("! accepted, although {fault}"))));
            }
        }
        if expected {
            return remarks;
        }
        if let Some(start) = body::start(&answer.body, answer.truncated) {
            remarks.push(format!("  {} {start}", style.dim("answer:")));
        }
        if let Some(hint) = self.likely_cause(sent, answer, refused) {
            remarks.push(verdict::hint(style, &hint));
        }
        remarks
    }

    /// One sentence for the answer's status; none where the status says it all.
    fn likely_cause(&self, sent: Sent<'_>, answer: &Answer, refused: bool) -> Option<String> {
        if refused {
            return Some("add --expect-status 4xx to make a refusal the success".to_owned());
        }
        let Subject { not_authentic, flags, .. } = &self.subject;
        let sent = deliver::Sent { url: sent.url, body_size: sent.body_size, not_authentic };
        deliver::likely_cause(sent, answer, flags)
    }

    /// Prints the summary of many deliveries and says how the command ends.
    ///
    /// # Errors
    /// Kind `Remote` where no delivery was answered, `Interrupted` where the only one was given up.
    pub(in crate::cmd) fn finish(&mut self, interrupted: bool) -> Result<Exit, Failure> {
        std::mem::replace(&mut self.progress, Progress::none()).finish();
        if self.subject.count > 1 {
            match self.ui.json() {
                true => self.ui.object(&self.tally.record(interrupted))?,
                false => self.ui.line(&self.tally.lines(self.ui.out_style(), interrupted))?,
            }
        }
        if interrupted {
            return match self.subject.count {
                1 => Err(Failure::new(Kind::Interrupted, "interrupted before the answer came")),
                _ => Ok(Exit::Interrupted),
            };
        }
        match &self.first_error {
            Some((error, url)) if self.tally.answered() == 0 => Err(self.unanswered(error, url)),
            Some(_) => Ok(Exit::Negative),
            None if self.tally.wrong() > 0 => Ok(Exit::Negative),
            None => Ok(Exit::Done),
        }
    }

    fn unanswered(&self, error: &SendError, url: &Uri) -> Failure {
        let (place, why) = (shown(url), error.sentence());
        let message = match self.subject.count {
            1 => format!("cannot deliver to {place}: {why}"),
            count => format!("none of {count} deliveries to {place} was answered: {why}"),
        };
        let failure = Failure::remote(message);
        match error.hint(url, &self.subject.flags) {
            Some(hint) => failure.hint(hint),
            None => failure,
        }
    }
}

fn shown(url: &Uri) -> String {
    shown_url(&url.to_string()).into_owned()
}

/// Whether a handler said no to what it was sent, rather than falling over.
fn is_refusal(outcome: &Result<Answer, SendError>) -> bool {
    outcome.as_ref().is_ok_and(|answer| answer.status.is_client_error())
}
