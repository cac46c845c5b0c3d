//! `gwh verify`: judging deliveries.
//!
//! With `--json` it prints one object: `{"type":"verdict","webhook_id","event_type"}` and the fields of
//! [`VerdictRecord`](crate::signature::VerdictRecord). With `--jsonl` the objects also have `line`, and a
//! line that is no record has the reason `malformed_record`.

mod bulk;
mod input;
mod lines;
mod renewal;
mod report;
mod valid;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;

use crate::clock::Clock;
use crate::cmd::args::{VerifyArgs, single_stdin};
use crate::error::{Exit, Failure};
use crate::session::Session;
use crate::signature::diagnose::{Context, Diagnosis, diagnose};
use crate::signature::{Keys, Policy, Verdict, extract, verify};
use crate::ui::sanitize;
use crate::units::{self, Moment};
use input::{Delivery, HeaderArgs};
use renewal::Renewal;
use report::Report;

const AFTER_HELP: &str = "\
The input is recognised:
  - a bare body, where its headers come from --id, --timestamp, --signature, -H or --headers-file,
    or from the variables of a CGI program (HTTP_WEBHOOK_ID, …), as always under a web server
  - a capture record: a JSON object with headers and body_b64, as gwh sign --as json prints it
  - a whole HTTP request: request line or header lines, empty line, body; chunked bodies are joined

Examples:
  gwh sign event.json | gwh verify
  printf '%s' \"$BODY\" | gwh verify --id \"$ID\" --timestamp \"$TIMESTAMP\" --signature \"$SIGNATURE\"
  gwh verify request.txt --at 2026-01-22T12:00:00Z     judge a dump as of when it was made
  gwh verify body.json --headers-file headers.txt --jwks jwks.json
  gwh verify --jsonl deliveries.jsonl --json | jq 'select(.valid | not)'

Output of --json:
  {\"type\":\"verdict\",\"webhook_id\":\"msg_…\",\"event_type\":\"batch.succeeded\",\"valid\":true,\"scheme\":\"v1\",
   \"key\":\"whsec_...3frh\",\"key_name\":\"local\",\"age_seconds\":12,\"timestamp_checked\":true,
   \"binding\":\"signature\",\"reason\":null,\"detail\":null,\"hints\":[],\"diagnosis\":[]}

Key sets:
  A delivery signed with v1a or a JWT that no key given and no test key verifies is compared with
  the key set of the API (GOOGLE_GEMINI_BASE_URL, else Google's), or with that of --jwks URL. It is
  fetched when it is needed, kept in the profile, and fetched again when its time is over or no key
  matches. A v1 delivery never touches the network. Where the set cannot be renewed, its last copy
  counts for a week: then \"warnings\" holds stale_key_set. See gwh keys list.

Exit codes:
  0 valid   1 invalid   2 bad flag or malformed input   3 no secret, or an unreadable file
  4 the key set of a --jwks URL was needed and could not be had";

/// Say whether a delivery is authentic, and why not
#[derive(Debug, Args)]
#[command(after_long_help = AFTER_HELP, after_help = "See --help for the forms of input, examples and exit codes")]
pub struct Verify {
    /// The delivery; stdin if it is absent or -
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// Judge as of this time: RFC 3339, Unix seconds, or an offset such as -10m
    #[arg(long, value_name = "TIME", value_parser = units::moment, allow_hyphen_values = true)]
    at: Option<Moment>,
    /// Do not judge the timestamp; the verdict says so
    #[arg(long)]
    ignore_timestamp: bool,
    /// Verify a stream of capture records, one a line, with one verdict a line
    #[arg(long, conflicts_with = "header_source")]
    jsonl: bool,
    /// How many threads --jsonl uses [default: one for each core]
    #[arg(long, value_name = "N", requires = "jsonl", value_parser = clap::value_parser!(u16).range(1..=1024))]
    jobs: Option<u16>,
    #[command(flatten)]
    headers: HeaderArgs,
    #[command(flatten)]
    verify: VerifyArgs,
}

/// Judges and reports.
///
/// # Errors
/// Kind `Usage` where flags contradict each other or the input is malformed or has no headers,
/// `Configuration` where there is no secret or a file cannot be read, `Remote` where a key set cannot
/// be fetched.
pub fn run(args: Verify, session: &Session) -> Result<Exit, Failure> {
    single_stdin(args.readers_of_stdin())?;
    let at = args.at.map(|moment| moment.unix(session.now()));
    let sources = args.verify.sources(session)?;
    let mut judge = Judge::new(&args, sources.local().read_without_rsa()?, at, session);
    if args.jsonl {
        judge.add_test_rsa_key(&args, session)?;
        let renewal = Renewal::new(sources, judge.keys.clone(), session.ui.clone());
        judge.keys = renewal.keys();
        judge.trace_keys(session);
        return bulk::run(args.file.as_deref(), args.jobs, &judge, &renewal, session);
    }
    let headers = args.headers.read(session)?;
    let bytes = session.read_input(args.file.as_deref())?;
    let delivery = input::recognise(headers, &bytes, session)?;
    session.ui.trace(&delivery.description());
    if delivery.holds_token() {
        // Only now: whoever pipes the delivery in may have made the key for it in the meantime.
        judge.add_test_rsa_key(&args, session)?;
    }
    let renewal = Renewal::new(sources, judge.keys.clone(), session.ui.clone());
    if delivery.wants_public_key() {
        judge.keys = renewal.keys();
    }
    judge.trace_keys(session);
    let mut report = judge.report(&delivery, &judge.policy());
    if report.wants_other_keys() && delivery.wants_public_key() && renewal.fetch()? {
        judge.keys = renewal.keys();
        report = judge.report(&delivery, &judge.policy());
    }
    report.print(&session.ui)?;
    if report.is_valid() {
        delivery.notes.iter().for_each(|note| session.ui.note(&format!("note: {note}")));
        return Ok(Exit::Done);
    }
    Ok(Exit::Negative)
}

impl Verify {
    fn readers_of_stdin(&self) -> [(bool, &'static str); 4] {
        let is_stdin = |file: &Path| file == Path::new("-");
        [
            (self.verify.secrets.reads_stdin(), "--secret-file -"),
            (self.verify.jwks.iter().any(|source| source == "-"), "--jwks -"),
            (self.headers.file().is_some_and(is_stdin), "--headers-file -"),
            (self.file.as_deref().is_none_or(is_stdin), "the delivery"),
        ]
    }
}

/// What deliveries are judged with.
struct Judge {
    keys: Keys,
    policy: Policy,
    at: Option<i64>,
    clock: Arc<dyn Clock>,
}

impl Judge {
    fn new(args: &Verify, keys: Keys, at: Option<i64>, session: &Session) -> Self {
        let policy = args.verify.policy(session, session.now());
        let policy = Policy { check_timestamp: !args.ignore_timestamp, ..policy };
        Judge { keys, policy, at, clock: session.clock.clone() }
    }

    /// Adds the RSA test key, where the test identity counts and has one.
    fn add_test_rsa_key(&mut self, args: &Verify, session: &Session) -> Result<(), Failure> {
        if args.verify.uses_local_identity(session) {
            self.keys.public_keys.extend(session.local_identity()?.existing_rsa_public_key()?);
        }
        Ok(())
    }

    /// The same for another thread, with keys that share no counters with this one's.
    fn for_thread(&self) -> Self {
        let (policy, clock) = (self.policy.clone(), self.clock.clone());
        Judge { keys: self.keys.unshared(), policy, at: self.at, clock }
    }

    /// The policy as of this moment, or as of the time that was asked for.
    fn policy(&self) -> Policy {
        Policy { now: self.at.unwrap_or_else(|| self.clock.now().as_second()), ..self.policy.clone() }
    }

    /// The verdict on one delivery, and what explains it.
    fn report<'d>(&self, delivery: &'d Delivery<'_>, policy: &Policy) -> Report<'d> {
        let pairs = delivery.headers.iter().map(|(name, value)| (name.as_str(), value.as_slice()));
        match extract(pairs, &delivery.body) {
            Ok(signed) => {
                let verdict = verify(&signed, &self.keys, policy);
                let diagnosis = match verdict.is_valid() {
                    true => Diagnosis::default(),
                    false => diagnose(&signed, &verdict, &self.keys, policy.now, Context::default()),
                };
                Report::new(delivery, verdict, &diagnosis)
            }
            Err(rejection) => Report::new(delivery, Verdict::refused(rejection), &Diagnosis::default()),
        }
    }

    /// Says what deliveries are compared with, where that is wanted.
    fn trace_keys(&self, session: &Session) {
        if session.ui.verbose() {
            let secrets =
                self.keys.secrets.iter().map(|secret| format!("{} ({})", secret.label, secret.name));
            let public = self.keys.public_keys.iter().map(|key| format!("{} ({})", key.label, key.name));
            let all: Vec<String> = secrets.chain(public).collect();
            session.ui.trace(&format!("keys: {}", sanitize::text(&all.join(", "))));
        }
    }
}
