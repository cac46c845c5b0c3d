//! `gwh jobs download`: the results of a job into a file, or onto stdout.

mod part;
mod target;

use std::path::{Path, PathBuf};

use clap::Args;
use serde::Serialize;
use sha2::{Digest, Sha256};

use self::part::Part;
use self::target::{Content, Target, targets};
use crate::error::{Exit, Failure, Kind};
use crate::files::Existing;
use crate::gemini::{Api, Cause, FileName, JobKind};
use crate::runtime;
use crate::session::Session;
use crate::ui::progress::Progress;
use crate::ui::{prompt, sanitize};
use crate::units;

const HELP: &str = "\
What has arrived of a file is kept beside it in a .part file: the same command goes on where it \
stopped. The file gets its name when it is whole.

A file that stands elsewhere (gs://…) is named and not fetched: the API key is sent to the API alone.

Examples:
  gwh jobs download batches/123456 -o results.jsonl
  gwh jobs download v1_abc -o -
  gwh jobs download files/abc-123 -o videos/";

/// Fetch the results of a job
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub struct Download {
    /// The job's id, or a pointer to a result as gwh jobs wait prints it: files/… or a URL of the API
    #[arg(value_name = "ID|FILE")]
    from: String,
    /// Write to this file, into this folder, or to stdout for - [default: a name of its own, in this folder]
    #[arg(short, long, value_name = "FILE|FOLDER|-")]
    output: Option<PathBuf>,
    /// Replace a file that is there already
    #[arg(short, long, visible_alias = "yes")]
    force: bool,
    /// Which API the id belongs to, where its form does not tell
    #[arg(long, value_enum, value_name = "KIND")]
    kind: Option<JobKind>,
}

#[derive(Serialize)]
struct Downloaded<'a> {
    #[serde(rename = "type")]
    kind_of_object: &'static str,
    /// What was fetched: `files/…`, or the id of the job that held it.
    source: &'a str,
    path: String,
    bytes: u64,
    /// How many of them were there from an earlier run.
    resumed_from: u64,
}

/// How much there is of a result that was fetched.
struct Fetched {
    bytes: u64,
    resumed_from: u64,
}

/// Fetches the results.
///
/// # Errors
/// Kind `Negative` where there are none yet, never will be, or they are elsewhere; `Usage` where a file is in the
/// way or the id has no known form; `Configuration` where there is no key or a file cannot be written; `Remote`
/// where the API fails; `Interrupted` on Ctrl-C.
pub fn run(args: &Download, session: &Session) -> Result<Exit, Failure> {
    target::check(&args.from, args.kind)?;
    let api = session.api()?;
    let targets = runtime::block_on(targets(&api, &args.from, args.kind))?;
    if args.output.as_deref() == Some(Path::new("-")) {
        for target in &targets {
            print(session, &api, target)?;
        }
        return Ok(Exit::Done);
    }
    let paths = args.paths(session, &targets)?;
    for (target, path) in targets.iter().zip(&paths) {
        let full = session.directory.join(path);
        let existing = args.existing(session, &full, path)?;
        let fetched = match &target.content {
            Content::File(file) => into_file(session, &api, file, &full, existing)?,
            Content::Text(text) => {
                part::write_whole(&full, text, existing)?;
                Fetched { bytes: text.len() as u64, resumed_from: 0 }
            }
        };
        report(session, target, path, &fetched)?;
    }
    Ok(Exit::Done)
}

impl Download {
    /// Where each result goes, as it is shown.
    fn paths(&self, session: &Session, targets: &[Target]) -> Result<Vec<PathBuf>, Failure> {
        let named = |folder: &Path| targets.iter().map(|target| folder.join(&target.file_name)).collect();
        let Some(output) = &self.output else { return Ok(named(Path::new(""))) };
        let ends_as_folder = output.to_string_lossy().ends_with(std::path::is_separator);
        if ends_as_folder || session.directory.join(output).is_dir() {
            return Ok(named(output));
        }
        match targets {
            [_] => Ok(vec![output.clone()]),
            several => Err(Failure::usage(format!(
                "{} has {} results, which do not go into one file",
                self.from,
                several.len()
            ))
            .hint("name a folder that is there with --output")),
        }
    }

    /// What is to happen to a file that stands at the path.
    fn existing(&self, session: &Session, full: &Path, shown: &Path) -> Result<Existing, Failure> {
        // A link that leads nowhere is in the way, too.
        let Ok(found) = full.symlink_metadata() else { return Ok(Existing::Kept) };
        let name = shown.display().to_string();
        if !found.is_file() && !found.is_symlink() {
            return Err(Failure::usage(format!("{name} is no file that can be replaced"))
                .hint("name another file with --output, or - for stdout"));
        }
        if !self.force && !session.can_ask() {
            return Err(part::is_there(shown));
        }
        match self.force || prompt::confirm(&format!("Replace {}?", sanitize::text(&name)))? {
            true => Ok(Existing::Replaced),
            false => Err(Failure::negative("nothing was downloaded")),
        }
    }
}

/// Writes a result to stdout as it comes.
fn print(session: &Session, api: &Api, target: &Target) -> Result<(), Failure> {
    let file = match &target.content {
        Content::Text(text) => return session.ui.foreign(text.as_bytes()),
        Content::File(file) => file,
    };
    stoppable(session, async {
        let failed = |error: crate::gemini::ApiError| target::not_read(error, file);
        let mut download = api.download(file, 0).await.map_err(failed)?;
        while let Some(bytes) = download.next().await.map_err(failed)? {
            session.ui.foreign(&bytes)?;
        }
        Ok(())
    })
}

/// Fetches a file into `path`, going on where an earlier run stopped.
fn into_file(
    session: &Session,
    api: &Api,
    file: &FileName,
    path: &Path,
    existing: Existing,
) -> Result<Fetched, Failure> {
    let mut part = Part::open(path, file)?;
    match stoppable(session, fetch(session, api, file, &mut part)) {
        Ok(fetched) => {
            part.finish(path, existing)?;
            Ok(fetched)
        }
        Err(failure) if part.length() == 0 => {
            part.discard();
            Err(failure)
        }
        Err(failure) => Err(match failure.kind() {
            Kind::Interrupted | Kind::Remote => {
                failure.hint("the same command goes on where this one stopped")
            }
            _ => failure,
        }),
    }
}

async fn fetch(session: &Session, api: &Api, file: &FileName, part: &mut Part) -> Result<Fetched, Failure> {
    // What the API says about the file is a check on what arrives. Some results have no description.
    let about = api.file(file).await.ok();
    let size = about.as_ref().and_then(|about| about.size);
    if size.is_some_and(|size| part.length() > size) {
        part.clear()?;
    }
    let failed = |error: crate::gemini::ApiError| target::not_read(error, file);
    let mut download = api.download(file, part.length()).await.map_err(failed)?;
    if download.start() < part.length() {
        part.clear()?;
    }
    let resumed_from = part.length();
    let mut hash = Sha256::new();
    part.hash_into(&mut hash)?;
    let bar = Progress::bytes(&session.ui, "downloading", download.total().or(size));
    bar.reach(resumed_from);
    loop {
        match download.next().await {
            Ok(Some(bytes)) => {
                hash.update(&bytes);
                part.write(&bytes)?;
                bar.reach(part.length());
            }
            Ok(None) => break,
            Err(error) => {
                // What has arrived is of a file that is no more.
                if matches!(error.cause, Cause::Changed) {
                    part.clear()?;
                }
                return Err(failed(error));
            }
        }
    }
    bar.finish();
    let wrong = |what: &str| {
        let failure = Failure::remote(format!("{file} arrived, but {what}"));
        failure.hint("run the same command again to fetch it anew")
    };
    let bytes = part.length();
    let expected = about.as_ref().and_then(|about| about.sha256);
    if size.is_some_and(|size| size != bytes) {
        part.clear()?;
        return Err(wrong("not with as many bytes as the API says it has"));
    }
    if expected.is_some_and(|expected| expected != <[u8; 32]>::from(hash.finalize())) {
        part.clear()?;
        return Err(wrong("its bytes are not those whose SHA-256 the API gives"));
    }
    Ok(Fetched { bytes, resumed_from })
}

/// Runs `work` until it is done or stopping is requested.
fn stoppable<T>(session: &Session, work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    runtime::block_on(async {
        tokio::select! {
            result = work => result,
            () = session.shutdown.requested() => Err(Failure::new(Kind::Interrupted, "stopped")),
        }
    })
}

fn report(session: &Session, target: &Target, path: &Path, fetched: &Fetched) -> Result<(), Failure> {
    let ui = &session.ui;
    let path = path.display().to_string();
    let Fetched { bytes, resumed_from } = *fetched;
    if ui.json() {
        let source = target.source.as_str();
        return ui.object(&Downloaded { kind_of_object: "downloaded", source, path, bytes, resumed_from });
    }
    ui.line(&sanitize::text(&path))?;
    let human = |bytes: u64| units::human_size(usize::try_from(bytes).unwrap_or(usize::MAX));
    let resumed = match resumed_from {
        0 => String::new(),
        from => format!(", {} of it by an earlier run", human(from)),
    };
    ui.note(&format!("downloaded {} from {}{resumed}", human(bytes), sanitize::text(&target.source)));
    Ok(())
}
