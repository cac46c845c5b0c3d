//! `gwh events export`.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use hyper::Uri;
use hyper::header::{CONTENT_LENGTH, HOST, HeaderName, HeaderValue};

use super::har::Har;
use super::select::SelectArgs;
use super::{Selected, find_some};
use crate::capture::{REDACTED, header_bytes};
use crate::cmd::destination::destination;
use crate::deliver::forward::onward;
use crate::deliver::{Target, at_captured_path};
use crate::error::{Exit, Failure};
use crate::files::{self, Draft};
use crate::request::{self, shell};
use crate::session::Session;
use crate::store::Stored;

const EXAMPLES: &str = "\
Examples:
  gwh events export > deliveries.jsonl
  gwh events export msg_7c9e0b1d --as http | gwh verify --ignore-timestamp
  gwh events export --last 1 --as curl --to 3000 | sh
  gwh events export --since 1d --as har -o deliveries.har";

/// Write deliveries as capture records, a raw request, curl commands or a HAR file
///
/// jsonl is read back by gwh verify --jsonl, gwh replay --file and gwh events import. Timestamps and
/// signatures are the original ones: a handler refuses them once they are five minutes old, where gwh
/// replay signs anew.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Export {
    /// Only these ids, also as gwh listen shortens them; * and ? stand for any characters
    #[arg(value_name = "ID|GLOB")]
    ids: Vec<String>,
    /// The form: jsonl, http (one delivery), curl or har
    #[arg(long = "as", value_name = "FORM", value_enum, default_value_t)]
    form: Form,
    /// Where curl commands send to: a port, host:port, /path or a URL [env: GWH_TO]
    #[arg(long, value_name = "URL", value_parser = Target::parse)]
    to: Option<Target>,
    /// Write to this file, which is replaced; stdout for -
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    #[command(flatten)]
    select: SelectArgs,
}

/// How deliveries are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, ValueEnum)]
#[value(rename_all = "lower")]
pub enum Form {
    /// Capture records, one a line
    #[default]
    Jsonl,
    /// A whole HTTP request
    Http,
    /// A curl command for each
    Curl,
    /// An HTTP Archive for the network panel of a browser
    Har,
}

/// Writes the deliveries.
///
/// # Errors
/// Kind `Negative` where there are none, `Usage` where a form takes one and there are more, `Configuration`
/// where the store cannot be read or the file not be written.
pub fn run(args: &Export, session: &Session) -> Result<Exit, Failure> {
    let url = destination(args.to.as_ref(), session)?;
    let Selected { store, deliveries, exit } =
        find_some(&args.select.selection(&args.ids, session)?, &args.ids, session)?;
    if args.form == Form::Http && deliveries.len() > 1 {
        return Err(Failure::usage(format!(
            "--as http writes one delivery, and these are {}",
            deliveries.len()
        ))
        .hint("name an id, or take the last one with --last 1"));
    }
    let mut out = Output::open(args, session)?;
    let mut har = Har::default();
    for summary in deliveries {
        let Some(stored) = store.load(summary)? else { continue };
        match args.form {
            Form::Jsonl => {
                let line = serde_json::to_string(&stored.record()).expect("a record serialises");
                out.write(format!("{line}\n").as_bytes())?;
            }
            Form::Http => out.write(&http(&stored))?,
            Form::Curl => out.write(curl(&stored, &url, args.to.as_ref()).as_bytes())?,
            Form::Har => har.add(&stored),
        }
    }
    if args.form == Form::Har {
        out.write(format!("{}\n", har.into_json()).as_bytes())?;
    }
    out.finish()?;
    Ok(exit)
}

/// A whole request. Its body has been put together from chunks, where it came in any.
fn http(stored: &Stored) -> Vec<u8> {
    let is_framing =
        |name: &str| ["content-length", "transfer-encoding"].iter().any(|own| name.eq_ignore_ascii_case(own));
    let headers = stored.headers.iter().filter(|(name, _)| !is_framing(name));
    let mut headers: Vec<(&str, Vec<u8>)> =
        headers.map(|(name, value)| (name.as_str(), header_bytes(value).into_owned())).collect();
    headers.push(("content-length", stored.body.len().to_string().into_bytes()));
    request::write(&stored.method, &stored.path, &headers, &stored.body)
}

/// A command that sends it again as it came. Without a path in `--to`, it keeps its own.
fn curl(stored: &Stored, url: &Uri, to: Option<&Target>) -> String {
    let names_path = to.is_some_and(|to| matches!(to, Target::Path(_)) || url.path() != "/");
    let url = if names_path { url.clone() } else { at_captured_path(url, &stored.path) };
    let headers: Vec<(&str, _)> =
        stored.headers.iter().map(|(name, value)| (name.as_str(), header_bytes(value))).collect();
    let pairs = headers.iter().map(|(name, value)| (*name, value.as_ref()));
    let onward = onward(pairs, &url, stored.body.len(), &[]);
    // Two of them curl knows itself, and nobody knows what was redacted.
    let is_sent = |name: &HeaderName, value: &HeaderValue| {
        *name != HOST && *name != CONTENT_LENGTH && value.as_bytes() != REDACTED.as_bytes()
    };
    let own = onward.iter().filter(|(name, value)| is_sent(name, value));
    let own: Vec<(&str, &[u8])> = own.map(|(name, value)| (name.as_str(), value.as_bytes())).collect();
    shell::curl(&url.to_string(), &own, &stored.body)
}

/// Where the deliveries go.
enum Output<'a> {
    Stdout(&'a Session, Form),
    /// A file that is there once it is whole.
    File(Draft, PathBuf),
    /// A pipe or a device, which cannot be replaced.
    Stream(File, PathBuf),
}

impl<'a> Output<'a> {
    fn open(args: &Export, session: &'a Session) -> Result<Self, Failure> {
        let Some(path) = args.output.as_deref().filter(|path| *path != Path::new("-")) else {
            return Ok(Output::Stdout(session, args.form));
        };
        let path = session.directory.join(path);
        let opened = match files::is_stream(&path) {
            true => OpenOptions::new().write(true).open(&path).map(|file| Output::Stream(file, path.clone())),
            false => Draft::of(&path).map(|draft| Output::File(draft, path.clone())),
        };
        opened.map_err(|error| cannot_write(&path, error))
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Failure> {
        let (written, path) = match self {
            Output::Stdout(session, Form::Jsonl | Form::Har) => return session.ui.json_text(bytes),
            Output::Stdout(session, _) => return session.ui.foreign(bytes),
            Output::File(draft, path) => (draft.write_all(bytes), path),
            Output::Stream(file, path) => (file.write_all(bytes), path),
        };
        written.map_err(|error| cannot_write(path, error))
    }

    fn finish(self) -> Result<(), Failure> {
        match self {
            Output::Stdout(..) | Output::Stream(..) => Ok(()),
            Output::File(draft, path) => draft.finish().map_err(|error| cannot_write(&path, error)),
        }
    }
}

fn cannot_write(path: &Path, error: io::Error) -> Failure {
    Failure::configuration(format!("cannot write {}", path.display())).because(error)
}
