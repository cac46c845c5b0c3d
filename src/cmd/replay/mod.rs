//! `gwh replay`: captured deliveries, sent again.
//!
//! This file holds the flags; `parcel` is a delivery as it was captured, `keys` knows what signs it, `send`
//! sends.

mod keys;
mod parcel;
mod send;

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use hyper::header::{HeaderName, HeaderValue};

use self::keys::Signers;
use self::parcel::Parcel;
use crate::cmd::args::{SecretArgs, header, single_stdin};
use crate::cmd::destination::destination;
use crate::cmd::events::select::SelectArgs;
use crate::cmd::events::{Selected, find_some};
use crate::cmd::sending::{Report, Subject};
use crate::cmd::status::StatusPattern;
use crate::deliver::{Flags, Limits, Sender, Target};
use crate::error::{Exit, Failure};
use crate::runtime;
use crate::session::Session;
use crate::signature::{Policy, Scheme};
use crate::store::{Store, Summary};
use crate::units;

const EXAMPLES: &str = "\
Examples:
  gwh replay --last 1 --to 3000
  gwh replay --failed --since 1h --to http://localhost:3000/webhook
  gwh replay msg_7c9e0b1d --original --expect-status 4xx
  gwh replay --file deliveries.jsonl --concurrency 8";

/// What the flags of this command are called, where so many are under way at once.
fn flags(concurrency: u16) -> Flags {
    let slower = match concurrency {
        1 => "one at a time is sent already, so raise its limit or replay fewer",
        _ => "lower it with --concurrency",
    };
    Flags { target: "--to", timeout: "--timeout", trust: None, slower }
}

/// Send captured deliveries to a handler again
///
/// The body goes byte for byte, with the same webhook-id and headers, and a fresh timestamp and signature: by
/// the keys given, else by the stored secret that verified it, else by the local test keys. They are sent in
/// the order in which they came, to their own path unless --to names one. What came of it is kept with
/// the delivery, where gwh events show tells it.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Replay {
    /// The webhook-id, also as gwh listen shortens it; * and ? stand for any characters
    #[arg(value_name = "ID|GLOB", conflicts_with = "file")]
    ids: Vec<String>,
    /// Send the deliveries of this file: capture records or one raw HTTP request; stdin for -
    #[arg(long, value_name = "FILE", conflicts_with_all = ["events", "verdict", "status", "failed", "since", "until", "last"])]
    file: Option<PathBuf>,
    /// Where to send to: a port, host:port, /path or URL [env: GWH_TO] [default: http://127.0.0.1:8080/]
    #[arg(long, value_name = "URL", value_parser = Target::parse)]
    to: Option<Target>,
    /// Send the original timestamp and signature: a handler must refuse them once they are old
    #[arg(long, conflicts_with_all = ["scheme", "secret_file", "secret_env", "webhook"])]
    original: bool,
    /// Sign with this scheme [default: the one of the delivery]
    #[arg(long, value_enum)]
    scheme: Option<Scheme>,
    /// Add a header, or replace one that was captured (repeatable)
    #[arg(short = 'H', long = "header", value_name = "NAME: VALUE", value_parser = header)]
    headers: Vec<(HeaderName, HeaderValue)>,
    /// How many deliveries are under way at once; 1 keeps their order
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=1024))]
    concurrency: u16,
    /// How long an answer may take
    #[arg(long, value_name = "DURATION", default_value = "30s", value_parser = units::positive_duration)]
    timeout: Duration,
    /// The status that counts as success: 200, 4xx, …
    #[arg(long, value_name = "STATUS", default_value = "2xx", value_parser = StatusPattern::parse)]
    expect_status: StatusPattern,
    #[command(flatten)]
    select: SelectArgs,
    #[command(flatten)]
    secrets: SecretArgs,
}

/// Sends.
///
/// # Errors
/// Kind `Usage` where no delivery is named or a file holds none, `Negative` where there is none like that,
/// `Configuration` where the store or a key cannot be read, `Remote` where nothing was answered.
pub fn run(args: Replay, session: &Session) -> Result<Exit, Failure> {
    let url = destination(args.to.as_ref(), session)?;
    let (mut parcels, exit) = parcels(&args, session)?;
    if !args.original
        && let Some(warning) = forged(parcels.unverified())
    {
        session.ui.warn(&warning);
    }
    let now = session.now();
    let is_old = |parcel: &Parcel| {
        parcel.timestamp().is_some_and(|then| now.abs_diff(then) > Policy::TOLERANCE.as_secs())
    };
    let fault = match parcels.peek()? {
        Some(first) if args.original && is_old(first) => Some("its timestamp is more than five minutes old"),
        _ => None,
    };
    let subject = Subject {
        expected: args.expect_status,
        count: parcels.len() as u64,
        copies: 1,
        corruption: None,
        fault,
        not_authentic: if args.original {
            "the original signature may be too old, or the handler have another secret; without --original it is \
             signed anew"
        } else {
            "the handler verifies with another secret than the one that signed this, or not the raw bytes of \
             the body; name its secret with --webhook, --secret-file or --secret-env"
        },
        flags: flags(args.concurrency),
    };
    let report = Report::new(session.ui.clone(), subject);
    let plan = send::Plan {
        url,
        keeps_path: args.to.as_ref().is_none_or(|to| matches!(to, Target::Url(url) if url.path() == "/")),
        headers: args.headers,
        is_original: args.original,
        concurrency: usize::from(args.concurrency),
    };
    let signers = Signers::new(&args.secrets, args.scheme, session);
    let sent = runtime::block_on(async {
        let sender = Sender::new(Limits::within(args.timeout));
        send::send(plan, sender, parcels, signers, report, session).await
    })?;
    Ok(if sent == Exit::Done { exit } else { sent })
}

/// The deliveries of a run: read one by one, so that many take no more memory than one.
struct Parcels {
    source: Source,
    next: Option<Parcel>,
}

enum Source {
    Kept(Store, VecDeque<Summary>),
    File(VecDeque<Parcel>),
}

impl Parcels {
    /// How many there are.
    fn len(&self) -> usize {
        let waiting = match &self.source {
            Source::Kept(_, summaries) => summaries.len(),
            Source::File(parcels) => parcels.len(),
        };
        waiting + usize::from(self.next.is_some())
    }

    /// How many did not verify when they came, as far as is known.
    fn unverified(&self) -> usize {
        match &self.source {
            Source::Kept(_, summaries) => summaries.iter().filter(|summary| !summary.valid).count(),
            Source::File(_) => 0,
        }
    }

    /// The next one.
    fn take(&mut self) -> Result<Option<Parcel>, Failure> {
        self.peek()?;
        Ok(self.next.take())
    }

    fn peek(&mut self) -> Result<Option<&Parcel>, Failure> {
        while self.next.is_none() {
            match &mut self.source {
                Source::File(parcels) => match parcels.pop_front() {
                    None => break,
                    parcel => self.next = parcel,
                },
                Source::Kept(store, summaries) => match summaries.pop_front() {
                    None => break,
                    // One that was pruned meanwhile is passed over.
                    Some(summary) => self.next = store.load(summary)?.map(Parcel::from),
                },
            }
        }
        Ok(self.next.as_ref())
    }

    /// Where what came of the deliveries is noted.
    fn store(&self) -> Option<&Store> {
        match &self.source {
            Source::Kept(store, _) => Some(store),
            Source::File(_) => None,
        }
    }
}

/// Anybody may have sent what did not verify, and a fresh signature makes it look authentic.
fn forged(unverified: usize) -> Option<String> {
    let (count, are) = match unverified {
        0 => return None,
        1 => ("1 of these deliveries".to_owned(), "is"),
        several => (format!("{several} of these deliveries"), "are"),
    };
    Some(format!(
        "{count} did not verify on arrival and {are} signed anew: --verdict valid leaves out what did not, \
         --original signs nothing"
    ))
}

/// What is sent, and how the command ends where all of it is taken.
fn parcels(args: &Replay, session: &Session) -> Result<(Parcels, Exit), Failure> {
    if let Some(file) = &args.file {
        let is_stdin = file == Path::new("-");
        single_stdin([(is_stdin, "--file"), (args.secrets.reads_stdin(), "--secret-file")])?;
        let name = if is_stdin { "stdin".into() } else { file.display().to_string() };
        let parcels = Parcel::read(&session.read_input(Some(file))?, &name)?;
        if parcels.is_empty() {
            return Err(Failure::usage(format!("{name} holds no delivery")));
        }
        return Ok((Parcels { source: Source::File(parcels.into()), next: None }, Exit::Done));
    }
    if args.ids.is_empty() && !args.select.is_given() {
        return Err(Failure::usage("it is not said which deliveries to replay")
            .hint("name an id, or give --last 1, --failed, --since 1h or --file FILE"));
    }
    let Selected { store, deliveries, exit } =
        find_some(&args.select.selection(&args.ids, session)?, &args.ids, session)?;
    Ok((Parcels { source: Source::Kept(store, deliveries), next: None }, exit))
}
