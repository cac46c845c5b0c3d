//! `gwh events show`.

use clap::Args;
use serde::Serialize;

use super::lines::{self, Line};
use super::select::SelectArgs;
use super::{Selected, find_some};
use crate::capture::DeliveryRecord;
use crate::cmd::resolution::{self, Resolution, ResolutionRecord, Unresolved, Words};
use crate::error::{Exit, Failure};
use crate::runtime;
use crate::session::Session;
use crate::store::{Forward, Stored};
use crate::ui::{Style, body, sanitize, wrapped};
use crate::units;

/// Show everything that is kept of a delivery, each attempt of it
///
/// Headers, verdict, body, and each time that it was forwarded or replayed. Without an id, the last
/// delivery. With --json, each attempt is a capture record, which gwh verify and gwh replay read.
/// --resolve asks the API, with its key, which job a verified event is about; what is kept stays as it is.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  gwh events show\n  gwh events show msg_7c9e0b1d\n  gwh events show --resolve --json | jq -r '.resolved.results[]'\n  gwh events show --failed --last 1 --json | gwh verify --ignore-timestamp"
)]
pub struct Show {
    /// The webhook-id, also as gwh listen shortens it; * and ? stand for any characters
    #[arg(value_name = "ID|GLOB")]
    ids: Vec<String>,
    /// Only this attempt, from 1
    #[arg(long, value_name = "N")]
    attempt: Option<u32>,
    /// Ask the API for the job that the event names: its state, its error, and where its results are. Only
    /// what verified is followed, and never a URL in it; where there is no answer, a note says why
    #[arg(long)]
    resolve: bool,
    #[command(flatten)]
    select: SelectArgs,
}

/// Prints the delivery.
///
/// # Errors
/// Kind `Negative` where there is none, `Configuration` where the store cannot be read, or where the API is to
/// be asked and there is no key.
pub fn run(args: &Show, session: &Session) -> Result<Exit, Failure> {
    let api = args.resolve.then(|| session.api()).transpose()?;
    let mut selection = args.select.selection(&args.ids, session)?;
    if args.ids.is_empty() && !args.select.is_given() {
        selection = selection.or_last(1);
    }
    let Selected { store, deliveries: mut found, exit } = find_some(&selection, &args.ids, session)?;
    if let Some(wanted) = args.attempt {
        found.retain(|summary| summary.attempt == Some(wanted));
        if found.is_empty() {
            return Err(Failure::negative(format!("there is no attempt {wanted}"))
                .hint("without --attempt, every attempt is shown"));
        }
    }
    let mut pages = Pages { session, is_first: true };
    let Some(api) = api else {
        for summary in found {
            if let Some(stored) = store.load(summary)? {
                pages.print(&stored, None)?;
            }
        }
        return Ok(exit);
    };
    runtime::block_on(async {
        for summary in found {
            if let Some(stored) = store.load(summary)? {
                let resolution = match stored.summary.valid {
                    true => resolution::follow(&api, &stored.body).await,
                    false => Err(Unresolved::NotVerified),
                };
                pages.print(&stored, Some(&resolution))?;
            }
        }
        Ok(exit)
    })
}

/// A capture record, and what came of following its event.
#[derive(Serialize)]
struct ResolvedRecord<'a> {
    #[serde(flatten)]
    delivery: &'a DeliveryRecord,
    #[serde(flatten)]
    resolution: ResolutionRecord<'a>,
}

/// The column at which the text of a note begins.
const NOTE: usize = 15;

/// The output, one delivery after another.
struct Pages<'a> {
    session: &'a Session,
    is_first: bool,
}

impl Pages<'_> {
    fn print(&mut self, stored: &Stored, resolution: Option<&Resolution>) -> Result<(), Failure> {
        let ui = &self.session.ui;
        if ui.json() {
            let delivery = stored.record();
            return match resolution.map(ResolutionRecord::new) {
                None => ui.object(&delivery),
                Some(resolution) => ui.object(&ResolvedRecord { delivery: &delivery, resolution }),
            };
        }
        if !std::mem::take(&mut self.is_first) {
            ui.line("")?;
        }
        describe(stored, resolution, ui.out_style()).iter().try_for_each(|line| ui.line(line))
    }
}

/// The lines that tell the whole life of a delivery.
fn describe(stored: &Stored, resolution: Option<&Resolution>, style: Style) -> Vec<String> {
    let line = Line::of(stored);
    let summary = &stored.summary;
    let mut out = vec![format!(
        "{}  {}",
        style.bold(sanitize::clipped(&line.event, 80)),
        style.accent(sanitize::text(&line.id))
    )];
    let mut field = |name: &str, text: &str| {
        let label = if name.is_empty() { String::new() } else { format!("{name}:") };
        out.push(format!("  {label:<10} {text}"));
    };
    let attempt = summary.attempt.map(|attempt| format!(", attempt {attempt}")).unwrap_or_default();
    field("received", &format!("{}{attempt}", line.received));
    let request = format!("{} {}", stored.method, stored.path);
    field("request", &sanitize::clipped(&request, 200));
    let verdict = sanitize::text(&lines::verdict(summary)).into_owned();
    field("verdict", &if summary.valid { style.good(&verdict) } else { style.bad(&verdict) });
    for text in stored.verdict.detail.iter().chain(&stored.verdict.hints) {
        let mut mark = style.warning("!");
        for line in
            wrapped(&sanitize::clipped(text, 400), style.width().map(|width| width.saturating_sub(NOTE)))
        {
            field("", &format!("{mark} {line}"));
            " ".clone_into(&mut mark);
        }
    }
    if let Some(key) = &stored.verdict.key {
        field("key", &sanitize::clipped(key, 80));
    }
    if let Some(age) = stored.verdict.age_seconds {
        let age_then = units::human_duration(age.unsigned_abs());
        field("age", &if age < 0 { format!("{age_then} ahead") } else { format!("{age_then} when it came") });
    }
    let answered = summary.status.map_or("nothing yet".to_owned(), |status| status.to_string());
    field("answered", &answered);
    for forward in &stored.forwards {
        field(&sanitize::clipped(&forward.kind, 9), &describe_forward(forward, style));
    }
    match resolution.map(|resolution| resolution.as_ref().map(|found| Words::of(found, style))) {
        Some(Ok(Words { state, more })) => {
            field("job", &state);
            more.iter().for_each(|text| field("", text));
        }
        Some(Err(why)) => {
            let why = sanitize::clipped(&why.to_string(), 400).into_owned();
            field("job", &format!("{} {why}", style.warning("!")));
        }
        None => {}
    }
    out.push(format!("  {}", style.bold("headers")));
    for (name, value) in &stored.headers {
        out.push(format!("    {}: {}", style.accent(sanitize::text(name)), sanitize::text(value)));
    }
    out.push(format!("  {} ({} bytes)", style.bold("body"), summary.body_bytes));
    out.extend(body::lines(style, &stored.body).into_iter().map(|line| format!("    {line}")));
    out
}

/// `2026-01-22T12:00:00.000Z 500 http://localhost:3000/ 12ms  the first bytes of the answer`.
fn describe_forward(forward: &Forward, style: Style) -> String {
    let status = match forward.status {
        Some(status) if forward.succeeded() => style.good(status),
        Some(status) => style.bad(status),
        None => style.bad("no answer"),
    };
    let mut text = format!(
        "{} {status} {} {}ms",
        units::rfc3339(forward.sent_at),
        sanitize::clipped(&forward.url, 200),
        units::whole_millis(forward.latency)
    );
    if let Some(error) = &forward.error {
        text.push_str(&format!("  {}", sanitize::clipped(error, 200)));
    }
    if !forward.succeeded()
        && let Some(start) = body::start(&forward.answer, false)
    {
        text.push_str(&format!("  {}", style.dim(start)));
    }
    text
}
