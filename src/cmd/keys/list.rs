//! `gwh keys list`.

use clap::Args;
use jiff::Timestamp;
use serde::Serialize;

use super::row::Row;
use crate::cmd::key_sets;
use crate::error::{Exit, Failure};
use crate::keysets::{KeySet, Snapshot, Standing};
use crate::secrets::LOCAL;
use crate::session::Session;
use crate::ui::table;
use crate::units::human_duration;

/// Show the key sets that were fetched, how old they are, and the local test keys
///
/// Nothing is fetched. A set that is expired is fetched again once a delivery needs it.
#[derive(Debug, Args)]
pub struct List {}

/// A line of `--json`.
#[derive(Serialize)]
struct Line {
    #[serde(rename = "type")]
    kind: &'static str,
    name: String,
    url: Option<String>,
    /// `fresh`, `stale`, `expired`, `absent`, or `local` for the test keys.
    state: &'static str,
    fetched_at: Option<Timestamp>,
    fresh_until: Option<Timestamp>,
    age_seconds: Option<i64>,
    failure: Option<LineFailure>,
    keys: Vec<Row>,
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
    let mut lines = vec![local(session)?];
    lines.extend(sets(session)?.iter().map(|set| line_of(set, &set.snapshot(), session)));
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

/// The API's set, and every other one that was fetched.
fn sets(session: &Session) -> Result<Vec<KeySet>, Failure> {
    let mut sets = vec![key_sets::of_api(session)?];
    for url in KeySet::kept_in(&session.profile_folder()?) {
        if url != sets[0].place().url() {
            sets.push(key_sets::named(session, &url)?);
        }
    }
    Ok(sets)
}

fn local(session: &Session) -> Result<Line, Failure> {
    let identity = session.local_identity()?;
    let (ed25519, rsa) = (identity.existing_ed25519_public_key()?, identity.existing_rsa_public_key()?);
    let keys: Vec<_> = ed25519.into_iter().chain(rsa).collect();
    Ok(Line {
        kind: "key_set",
        name: LOCAL.to_owned(),
        url: None,
        state: "local",
        fetched_at: None,
        fresh_until: None,
        age_seconds: None,
        failure: None,
        keys: Row::all(&keys),
    })
}

fn line_of(set: &KeySet, snapshot: &Snapshot, session: &Session) -> Line {
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
        failure: snapshot.failure.clone().map(|(at, message)| LineFailure { at, message }),
        keys: Row::all(&snapshot.keys),
    }
}

fn state_words(line: &Line, now: Timestamp) -> String {
    let away = |at: Timestamp| human_duration((at.as_second() - now.as_second()).unsigned_abs());
    match (line.state, line.fetched_at, line.fresh_until) {
        ("local", ..) if line.keys.is_empty() => "none made yet".to_owned(),
        ("local", ..) => "test keys".to_owned(),
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
