//! `gwh events import`.

use std::borrow::Cow;
use std::collections::HashSet;
use std::hash::{BuildHasher, RandomState};
use std::io::{BufRead, BufReader};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use jiff::Timestamp;
use serde::Serialize;

use crate::capture::{self, RecordError, ToldForward};
use crate::error::{Exit, Failure};
use crate::event;
use crate::session::Session;
use crate::signature::diagnose::Diagnosis;
use crate::signature::{ID, Reason, Rejection, Verdict, VerdictRecord};
use crate::store::{CHUNK_BYTES, Entry, Forward, Query, Sending, Store};

/// How many are kept in one transaction, unless their bodies are large.
const PART: usize = 1000;

/// Read deliveries into the store, from capture records
///
/// Takes what gwh events export --as jsonl and gwh listen --json print; lines that are no deliveries are
/// passed over. A delivery that is in the store already, with the same id, attempt and time,
/// is not kept twice.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  gwh events import deliveries.jsonl")]
pub struct Import {
    /// A file of records, one a line; stdin for - or no file
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
}

#[derive(Serialize)]
struct ImportedRecord {
    #[serde(rename = "type")]
    kind: &'static str,
    imported: usize,
    /// Those that were there already.
    known: usize,
}

/// Reads them in.
///
/// # Errors
/// Kind `Usage` where a line is malformed (those before it are kept), `Configuration` where the file cannot
/// be read or the store not be written.
pub fn run(args: &Import, session: &Session) -> Result<Exit, Failure> {
    let file = args.file.as_deref();
    let name =
        file.filter(|path| *path != Path::new("-")).map_or("stdin".into(), |path| path.to_string_lossy());
    let mut reader = BufReader::new(session.open_input(file)?);
    let store = Store::open(&session.profile_folder()?)?;
    let mut known = Known::of(&store)?;
    let (mut imported, mut skipped, mut number) = (0, 0, 0);
    let (mut part, mut bytes) = (Vec::new(), 0);
    loop {
        let mut line = Vec::new();
        let read = reader.read_until(b'\n', &mut line);
        let read =
            read.map_err(|error| Failure::configuration(format!("cannot read {name}")).because(error))?;
        number += 1;
        let malformed = match Record::read(&line, session.timestamp()) {
            Ok(None) => None,
            Ok(Some(record))
                if known.is_new(record.received_at, record.webhook_id.as_deref(), record.attempt) =>
            {
                bytes += record.body.len();
                part.push(record);
                None
            }
            Ok(Some(_)) => {
                skipped += 1;
                None
            }
            Err(error) => Some(error),
        };
        let is_full = part.len() >= PART || bytes >= CHUNK_BYTES;
        if is_full || read == 0 || malformed.is_some() {
            imported += store.keep(part.drain(..).map(Record::into_entry))?.len();
            bytes = 0;
        }
        if let Some(error) = malformed {
            return Err(Failure::usage(format!("{name}:{number} is not a capture record"))
                .because(error)
                .hint("gwh events export --as jsonl writes them; what stands before this line is kept"));
        }
        if read == 0 {
            break;
        }
    }
    if session.ui.json() {
        session.ui.object(&ImportedRecord { kind: "imported", imported, known: skipped })?;
    } else {
        let known = if skipped > 0 { format!(", {skipped} were there already") } else { String::new() };
        session.ui.line(&format!("imported {imported}{known}"))?;
    }
    Ok(Exit::Done)
}

/// Which deliveries the store holds: keyed hashes, since there may be a million.
struct Known {
    key: RandomState,
    seen: HashSet<u64>,
}

impl Known {
    fn of(store: &Store) -> Result<Self, Failure> {
        let mut known = Known { key: RandomState::new(), seen: HashSet::new() };
        store.each(&Query::default(), |summary| {
            known.is_new(summary.received_at, summary.webhook_id.as_deref(), summary.attempt);
            ControlFlow::Continue(())
        })?;
        Ok(known)
    }

    /// Takes note of a delivery, and answers whether it is the first like that.
    fn is_new(&mut self, received_at: Timestamp, webhook_id: Option<&str>, attempt: Option<u32>) -> bool {
        self.seen.insert(self.key.hash_one((received_at.as_millisecond(), webhook_id, attempt)))
    }
}

/// A record as it is kept.
struct Record {
    received_at: Timestamp,
    webhook_id: Option<String>,
    method: Option<String>,
    path: Option<String>,
    attempt: Option<u32>,
    headers: Vec<(String, Vec<u8>)>,
    body: Vec<u8>,
    verdict: VerdictRecord,
    status: Option<u16>,
    forwards: Vec<Forward>,
}

impl Record {
    /// The record of a line; none where it is empty or something else that a stream holds.
    fn read(line: &[u8], now: Timestamp) -> Result<Option<Self>, RecordError> {
        if line.trim_ascii().is_empty() {
            return Ok(None);
        }
        let (signed, told) = match capture::read_whole(line) {
            // `ready`, `keys`, `summary`: what gwh listen --json says besides deliveries.
            Err(RecordError::NotRecord(Some(kind))) if kind != "delivery" => return Ok(None),
            record => record?,
        };
        let received_at = told.received_at.unwrap_or(now);
        let id = signed.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(ID));
        let id = id.and_then(|(_, value)| capture::id_text(value));
        let forward = |forward: ToldForward| Forward {
            kind: forward.kind.unwrap_or_else(|| Sending::Forward.name().to_owned()),
            sent_at: forward.sent_at.unwrap_or(received_at),
            url: forward.url,
            status: forward.status,
            latency: Duration::from_millis(forward.latency_ms),
            error: forward.error,
            answer: Vec::new(),
        };
        Ok(Some(Record {
            received_at,
            webhook_id: id.map(Cow::into_owned),
            method: told.method,
            path: told.path,
            attempt: told.attempt,
            headers: signed.headers,
            body: signed.body,
            verdict: told.verdict.unwrap_or_else(unjudged),
            status: told.status,
            forwards: told.forwards.into_iter().map(forward).collect(),
        }))
    }

    fn into_entry(self) -> Entry<'static> {
        let headers =
            self.headers.into_iter().map(|(name, value)| (name.into(), capture::header_text(&value)));
        Entry {
            received_at: self.received_at,
            webhook_id: self.webhook_id.map(Cow::Owned),
            event_type: event::type_of(&self.body).map(|name| Cow::Owned(name.into_owned())),
            method: self.method.map_or(Cow::Borrowed("POST"), Cow::Owned),
            path: self.path.map_or(Cow::Borrowed("/"), Cow::Owned),
            attempt: self.attempt,
            headers: headers.collect(),
            body: Cow::Owned(self.body),
            verdict: self.verdict,
            status: self.status,
            forwards: self.forwards,
        }
    }
}

/// The verdict of a record without one, such as gwh sign --as json prints: nothing is taken as authentic.
fn unjudged() -> VerdictRecord {
    let rejection = Rejection::new(Reason::NoKey, "it was imported without a verdict");
    VerdictRecord::new(&Verdict::refused(rejection), &Diagnosis::default())
}
