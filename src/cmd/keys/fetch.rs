//! `gwh keys fetch`.

use clap::Args;
use jiff::Timestamp;
use serde::Serialize;

use super::row::{Row, UnusableRow};
use crate::cmd::key_sets;
use crate::error::{Exit, Failure};
use crate::session::Session;
use crate::signature::NamedPublicKey;
use crate::ui::{sanitize, table};
use crate::units::human_duration;

/// Fetch a key set now and show what has changed
///
/// Without a URL it is the set of the API (GOOGLE_GEMINI_BASE_URL, else Google's). Nobody has to run this:
/// gwh verify and gwh listen fetch a set when a delivery needs it. It serves to have the keys at hand before a
/// machine goes without a network, and after a fetch that failed.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  gwh keys fetch
  gwh keys fetch http://127.0.0.1:8000/jwks.json --json")]
pub struct Fetch {
    /// The key set; the API's if it is absent
    #[arg(value_name = "URL")]
    url: Option<String>,
}

/// The object of `--json`.
#[derive(Serialize)]
struct Fetched {
    #[serde(rename = "type")]
    kind: &'static str,
    name: String,
    url: String,
    fetched_at: Option<Timestamp>,
    fresh_until: Option<Timestamp>,
    added: Vec<Row>,
    removed: Vec<Row>,
    unchanged: Vec<Row>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unusable: Vec<UnusableRow>,
}

/// Fetches and reports.
///
/// # Errors
/// Kind `Remote` where the set cannot be fetched, `Configuration` where it is no key set or cannot be kept.
pub fn run(args: &Fetch, session: &Session) -> Result<Exit, Failure> {
    session.profile_folder()?;
    let set = match &args.url {
        Some(url) => key_sets::named(session, url)?,
        None => key_sets::of_api(session)?,
    };
    let url = set.place().url();
    key_sets::warn_of_tampering(session, &set);
    key_sets::trace(&session.ui, &set);
    let renewed = set.fetch().map_err(|error| key_sets::failure(&set, error))?;
    if let Some(why) = renewed.unkept {
        return Err(Failure::configuration(format!(
            "the key set {url} was fetched and cannot be kept: {why}"
        ))
        .hint("set GWH_DATA_DIR to a folder that you can write to"));
    }
    let (before, after) = (&renewed.before, &renewed.after);
    let is_in = |keys: &[NamedPublicKey], key: &NamedPublicKey| {
        keys.iter().any(|other| other.key == key.key && other.kid == key.kid)
    };
    let rows = |keys: &[NamedPublicKey], others: &[NamedPublicKey], wanted: bool| -> Vec<Row> {
        keys.iter().filter(|key| is_in(others, key) == wanted).map(Row::of).collect()
    };
    let snapshot = set.snapshot();
    let fetched = Fetched {
        kind: "fetched",
        name: set.name().to_owned(),
        url: url.to_owned(),
        fetched_at: snapshot.fetched_at,
        fresh_until: snapshot.fresh_until,
        added: rows(after, before, false),
        removed: rows(before, after, false),
        unchanged: rows(after, before, true),
        unusable: UnusableRow::all(&snapshot.jwks.unusable),
    };
    if session.ui.json() {
        session.ui.object(&fetched)?;
    } else {
        print(&fetched, session)?;
    }
    match snapshot.jwks.lack() {
        Some(lack) => session.ui.warn(&format!("the key set {lack}: nothing verifies with it")),
        None => key_sets::warn_of_unusable(session, url, &snapshot.jwks.unusable),
    }
    Ok(Exit::Done)
}

fn print(fetched: &Fetched, session: &Session) -> Result<(), Failure> {
    let Fetched { added, removed, unchanged, .. } = fetched;
    let style = session.ui.out_style();
    let left = fetched.fresh_until.map_or(0, |until| until.as_second() - session.timestamp().as_second());
    let count = match added.len() + unchanged.len() {
        1 => "1 key".to_owned(),
        count => format!("{count} keys"),
    };
    let tick = style.good("✓");
    let changes = match (added.len(), removed.len()) {
        (0, 0) => "nothing has changed".to_owned(),
        (added, removed) => format!("{added} added, {removed} removed"),
    };
    let name = sanitize::text(&fetched.name);
    let fresh = human_duration(left.unsigned_abs());
    session.ui.line(&format!("{tick} {name}  {count}, {changes}, fresh for {fresh}"))?;
    let mark = |mark: &str, rows: &[Row]| -> Vec<Vec<String>> {
        rows.iter().map(|row| std::iter::once(mark.to_owned()).chain(row.cells()).collect()).collect()
    };
    let rows = [mark("+", added), mark("-", removed), mark("", unchanged)].concat();
    if !rows.is_empty() {
        for line in table::lines(style, &["", "TYPE", "ALG", "KID", "THUMBPRINT"], &rows) {
            session.ui.line(&line)?;
        }
    }
    Ok(())
}
