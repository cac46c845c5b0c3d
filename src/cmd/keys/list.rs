//! `gwh keys list`.

use std::path::Path;

use clap::Args;
use jiff::Timestamp;
use serde::Serialize;

use super::row::{Row, UnusableRow};
use crate::cmd::key_sets;
use crate::error::{Exit, Failure};
use crate::files::FileError;
use crate::keysets::{CopyFile, KeySet, Standing, copies_in};
use crate::secrets::LOCAL;
use crate::session::Session;
use crate::ui::{sanitize, table};
use crate::units::human_duration;

/// Show the key sets that were fetched, how old they are, and the local test keys
///
/// Nothing is fetched. A set that is expired is fetched again once a delivery needs it, and so is one whose copy is
/// damaged: such a copy is never used.
#[derive(Debug, Args)]
pub struct List {}

/// A line of `--json`.
#[derive(Serialize)]
struct Line {
    #[serde(rename = "type")]
    kind: &'static str,
    name: String,
    url: Option<String>,
    /// `fresh`, `stale`, `expired`, `absent`, `damaged`, or `local` for the test keys.
    state: &'static str,
    fetched_at: Option<Timestamp>,
    fresh_until: Option<Timestamp>,
    age_seconds: Option<i64>,
    failure: Option<LineFailure>,
    keys: Vec<Row>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    unusable: Vec<UnusableRow>,
}

impl Line {
    /// A line of what was never fetched.
    fn unfetched(name: String, state: &'static str) -> Self {
        Line {
            kind: "key_set",
            name,
            url: None,
            state,
            fetched_at: None,
            fresh_until: None,
            age_seconds: None,
            failure: None,
            keys: Vec::new(),
            unusable: Vec::new(),
        }
    }
}

#[derive(Serialize)]
struct LineFailure {
    at: Timestamp,
    message: String,
}

/// Prints the list.
///
/// # Errors
/// Kind `Configuration` where the test keys cannot be read, or the base URL cannot be used.
pub fn run(_args: List, session: &Session) -> Result<Exit, Failure> {
    let api = key_sets::of_api(session)?;
    let mut lines = vec![local(session)?, line_of(&api, session)];
    for copy in copies_in(&session.profile_folder()?) {
        match copy {
            CopyFile::Of(place) if place.url() == api.place().url() => {}
            CopyFile::Of(place) => lines.push(line_of(&key_sets::at(session, place, true), session)),
            CopyFile::Unusable(path, error) => lines.push(unusable(&path, &error, session)),
        }
    }
    if session.ui.json() {
        lines.iter().try_for_each(|line| session.ui.object(line))?;
        return Ok(Exit::Done);
    }
    let now = session.timestamp();
    let mut rows = Vec::new();
    for line in &lines {
        let head = [line.name.clone(), state_words(line, now)];
        let keys: Vec<[String; 4]> = match line.keys.is_empty() {
            true => vec![Default::default()],
            false => line.keys.iter().map(Row::cells).collect(),
        };
        for (position, cells) in keys.into_iter().enumerate() {
            let head = if position == 0 { head.clone() } else { Default::default() };
            rows.push(head.into_iter().chain(cells).collect());
        }
    }
    let headings = ["SET", "STATE", "TYPE", "ALG", "KID", "THUMBPRINT"];
    for line in table::lines(session.ui.out_style(), &headings, &rows) {
        session.ui.line(&line)?;
    }
    Ok(Exit::Done)
}

fn local(session: &Session) -> Result<Line, Failure> {
    let identity = session.local_identity()?;
    let (ed25519, rsa) = (identity.existing_ed25519_public_key()?, identity.existing_rsa_public_key()?);
    let keys: Vec<_> = ed25519.into_iter().chain(rsa).collect();
    Ok(Line { keys: Row::all(&keys), ..Line::unfetched(LOCAL.to_owned(), "local") })
}

fn unusable(path: &Path, error: &FileError, session: &Session) -> Line {
    let why = sanitize::text(&error.to_string()).into_owned();
    session.ui.warn(&format!("{why}: this copy of a key set is not used, and can be deleted"));
    Line::unfetched(path.file_name().unwrap_or_default().to_string_lossy().into_owned(), "damaged")
}

fn line_of(set: &KeySet, session: &Session) -> Line {
    let snapshot = set.snapshot();
    let age = snapshot.fetched_at.map(|at| session.timestamp().as_second() - at.as_second());
    Line {
        kind: "key_set",
        name: set.name().to_owned(),
        url: Some(set.place().url().to_owned()),
        state: match snapshot.standing {
            Standing::Fresh => "fresh",
            Standing::Stale => "stale",
            Standing::Expired => "expired",
            Standing::Absent => "absent",
        },
        fetched_at: snapshot.fetched_at,
        fresh_until: snapshot.fresh_until,
        age_seconds: age,
        failure: snapshot.failure.map(|(at, message)| LineFailure { at, message }),
        keys: Row::all(&snapshot.jwks.keys),
        unusable: UnusableRow::all(&snapshot.jwks.unusable),
    }
}

fn state_words(line: &Line, now: Timestamp) -> String {
    match line.unusable.len() {
        0 => age_words(line, now),
        count => format!("{}, {count} of its keys unusable", age_words(line, now)),
    }
}

fn age_words(line: &Line, now: Timestamp) -> String {
    let away = |at: Timestamp| human_duration((at.as_second() - now.as_second()).unsigned_abs());
    match (line.state, line.fetched_at, line.fresh_until) {
        ("local", ..) if line.keys.is_empty() => "none made yet".to_owned(),
        ("local", ..) => "test keys".to_owned(),
        ("damaged", ..) => "damaged".to_owned(),
        ("fresh", Some(fetched), Some(until)) if line.keys.is_empty() => {
            format!("empty, {} old, fresh for {}", away(fetched), away(until))
        }
        ("fresh", Some(fetched), Some(until)) => format!("{} old, fresh for {}", away(fetched), away(until)),
        (_, Some(fetched), _) if line.failure.is_some() => {
            format!("{} old, could not be renewed", away(fetched))
        }
        (_, Some(fetched), Some(until)) => format!("{} old, expired {} ago", away(fetched), away(until)),
        _ if line.failure.is_some() => "could not be fetched".to_owned(),
        _ => "not fetched yet".to_owned(),
    }
}
