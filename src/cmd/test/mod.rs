//! `gwh test`: the conformance suite against a handler.
//!
//! This file says what is tested with which keys; `start` runs the handler, `report` and the files of the forms
//! print, `save` keeps the exchanges. What is sent and what may be answered is in `conformance`.

mod args;
mod describe;
mod human;
mod json;
mod junit;
mod list;
mod report;
mod rerun;
mod save;
mod start;
mod tap;

use std::path::{Path, PathBuf};
use std::pin::pin;
use std::time::Instant;

use hyper::Uri;

use crate::cmd::args::known_secrets;
use crate::config;
use crate::conformance::{self, Family, KeyServer, Plan, Processed, RunError, Selection, SuiteKeys, key_set};
use crate::error::{Exit, Failure, Kind};
use crate::files;
use crate::runtime;
use crate::session::Session;
use crate::signature::{NamedSecret, Scheme};
use crate::ui::progress::Progress;
use args::Format;
pub use args::Test;
use report::Report;
use start::{Place, Started};

/// The audience of a handler that is told which one by `--start`.
const AUDIENCE: &str = "gwh-test";

/// Tests.
///
/// # Errors
/// Kind `Usage` for a missing URL and selections that name no case, `Configuration` where there is no key to
/// sign with, no port to be had or no folder to save to, `Negative` where the handler does not come up, `Interrupted` on Ctrl-C.
pub fn run(args: Test, session: &Session) -> Result<Exit, Failure> {
    let format = format(&args, session)?;
    let selection = selection(&args)?;
    if args.choice.list {
        return list::print(&selection, &args.signing.scheme, format, session);
    }
    if args.url.is_none() && args.handler.start.is_none() {
        return Err(Failure::usage("no handler is named")
            .hint("give its URL, as gwh test http://localhost:3000/webhook, or a command with --start"));
    }
    let keys = keys(&args, session)?;
    if let Some(folder) = &args.output.save {
        save::prepare(&session.directory.join(folder), folder)?;
    }
    runtime::block_on(async {
        let key_server = key_server(&args, &keys).await?;
        let place = Place::of(args.url.as_ref(), args.handler.start.is_some()).await?;
        let stop = session.shutdown.armed().await;
        let start =
            |command| Started::new(command, &place, &keys, key_server.as_ref(), &args.handler, session);
        let mut started = args.handler.start.as_deref().map(start).transpose()?;
        let processed = match &started {
            Some(started) => Some(started.processed()),
            None => args.handler.processed.as_deref().map(|file| processed(file, session)).transpose()?,
        };
        let readers = key_server.as_ref().map(KeyServer::readers);
        let plan = Plan { readers, processed, ..plan(&args, selection, place.url.clone(), keys, session) };
        let begun = Begun { args: &args, format, key_server: key_server.as_ref() };
        let tested = begun.test(plan, started.as_mut(), stop, session).await;
        if let Some(started) = started {
            started.end(session).await;
        }
        tested
    })
}

/// The file that `--processed` names, which is read again and again.
fn processed(file: &Path, session: &Session) -> Result<Processed, Failure> {
    let path = session.directory.join(file);
    if path.is_dir() || files::is_stream(&path) {
        return Err(Failure::usage(format!("--processed {} is no file", file.display())).hint(
            "name the file to which the handler adds a line for each event; it need not be there yet",
        ));
    }
    Ok(Processed::new(path))
}

/// A run whose handler, where it is ours to start, has been started.
struct Begun<'a> {
    args: &'a Test,
    format: Format,
    key_server: Option<&'a KeyServer>,
}

impl Begun<'_> {
    async fn test(
        &self,
        plan: Plan,
        started: Option<&mut Started>,
        stop: impl Future<Output = ()>,
        session: &Session,
    ) -> Result<Exit, Failure> {
        let ui = &session.ui;
        let mut stop = pin!(stop);
        let started = match started {
            Some(started) => tokio::select! {
                ready = started.ready(self.args.handler.start_timeout, session) => Some(ready?),
                () = &mut stop => return Err(interrupted("the handler listened")),
            },
            None => None,
        };
        let report = Report::new(&plan, self.key_server.map(KeyServer::url), self.args);
        report.begin(self.format, ui)?;
        let begun = Instant::now();
        let progress = match self.format {
            Format::Human => Progress::new(ui, "testing", report.cases as u64),
            Format::Json | Format::Junit | Format::Tap => Progress::none(),
        };
        let step = |tested: &conformance::Tested| {
            progress.step();
            if ui.verbose() {
                progress.aside(|| tested.exchanges.iter().for_each(|one| ui.trace(&describe::trace(one))));
            }
        };
        let run = conformance::run(plan, session.clock.clone(), session.random.as_ref(), stop, step).await;
        progress.finish();
        let run = run.map_err(failure)?;
        let took = begun.elapsed();
        let save = |folder: &PathBuf| {
            save::exchanges(&session.directory.join(folder), folder, &run.tested, report.url())
        };
        let saved = self.args.output.save.as_ref().map_or(Ok(()), save);
        // What a long run has found is told, whether it could be saved or not.
        report.end(self.format, &run, took, ui)?;
        saved?;
        if run.is_interrupted {
            return Err(interrupted("every case was run"));
        }
        let exit = report::exit(&run.tested, self.args.output.fail_on);
        if let (Some(started), true) = (started, exit != Exit::Done) {
            started.show_tail(session);
        }
        Ok(exit)
    }
}

fn format(args: &Test, session: &Session) -> Result<Format, Failure> {
    match (args.output.format, session.ui.json()) {
        (None | Some(Format::Json), true) => Ok(Format::Json),
        (Some(_), true) => Err(Failure::usage("--json and --format ask for two forms of the report")
            .hint("leave one of them out")),
        (format, false) => Ok(format.unwrap_or(Format::Human)),
    }
}

fn selection(args: &Test) -> Result<Selection, Failure> {
    let (only, skip) = (args.choice.only.clone(), args.choice.skip.clone());
    let selection = Selection { only, skip, stress: args.choice.stress };
    if let Some(glob) = selection.unmatched().next() {
        return Err(
            Failure::usage(format!("{glob:?} names no case")).hint("gwh test --list shows every case")
        );
    }
    let schemes = &args.signing.scheme;
    let applies = |case: &&conformance::Case| {
        case.family() != Family::Preflight && case.schemes.iter().any(|scheme| schemes.contains(scheme))
    };
    if selection.cases().iter().filter(|case| applies(case)).count() == 0 && !selection.is_preflight_alone() {
        let names: Vec<&str> = schemes.iter().map(|scheme| scheme.name()).collect();
        return Err(Failure::usage(format!("no case that is selected applies to {}", names.join(", ")))
            .hint("gwh test --list shows the schemes of each case"));
    }
    Ok(selection)
}

/// The keys of each scheme that is tested, each scheme once.
fn keys(args: &Test, session: &Session) -> Result<Vec<SuiteKeys>, Failure> {
    let given = session.config.get(&config::AUDIENCE, args.signing.audience.clone());
    let audience = given.or_else(|| args.handler.start.as_ref().map(|_| AUDIENCE.to_owned()));
    let mut all: Vec<SuiteKeys> = Vec::new();
    for &scheme in &args.signing.scheme {
        if all.iter().any(|keys| keys.scheme == scheme) {
            continue;
        }
        let signer = args.signing.secrets.signer(session, scheme, audience.clone())?;
        let keys = SuiteKeys::new(signer, session.random.as_ref())
            .map_err(|error| Failure::bug("cannot make another key").because(error))?;
        if keys.secret().is_some_and(crate::signature::Secret::has_version) {
            return Err(Failure::configuration("the secret starts with v1, which belongs to signatures")
                .hint("leave v1, out: a secret starts at whsec_"));
        }
        all.push(keys);
    }
    Ok(all)
}

/// The server of the key set, where a scheme has one.
async fn key_server(args: &Test, keys: &[SuiteKeys]) -> Result<Option<KeyServer>, Failure> {
    if keys.iter().all(|keys| keys.scheme == Scheme::V1) {
        return Ok(None);
    }
    let port = args.signing.jwks_port;
    KeyServer::start(key_set(keys), port).await.map(Some).map_err(|error| {
        Failure::configuration(format!("cannot serve the key set on 127.0.0.1 port {port}"))
            .because(error)
            .hint("--jwks-port 0 takes a free port")
    })
}

fn plan(args: &Test, selection: Selection, url: Uri, keys: Vec<SuiteKeys>, session: &Session) -> Plan {
    let own = keys.iter().find_map(|keys| keys.secret().map(|secret| secret.expose().to_owned()));
    let is_other = |secret: &NamedSecret| Some(secret.secret.expose()) != own.as_deref();
    Plan {
        url,
        keys,
        selection,
        timeout: args.choice.timeout.max(args.choice.budget),
        budget: args.choice.budget,
        concurrency: usize::from(args.choice.concurrency),
        rounds: args.choice.repeat,
        bail: args.choice.bail,
        known: known_secrets(session).into_iter().filter(is_other).take(5).collect(),
        processed: None,
        readers: None,
    }
}

fn interrupted(before: &str) -> Failure {
    Failure::new(Kind::Interrupted, format!("interrupted before {before}"))
}

fn failure(error: RunError) -> Failure {
    match error {
        RunError::Endpoint(_) => Failure::remote("the handler cannot be reached").because(error),
        RunError::Key(_) => Failure::configuration("a delivery cannot be signed").because(error),
        RunError::Stopped(_) => Failure::bug("a case stopped").because(error),
    }
}
