//! What is kept of a delivery, and how it is written and read.

use std::borrow::Cow;
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::types::Type;
use rusqlite::{CachedStatement, Connection, params};

use crate::capture::{DeliveryRecord, ForwardRecord, REDACTED, ResponseRecord, is_credential, shown_url};
use crate::signature::VerdictRecord;
use crate::units::{rfc3339, whole_millis};

/// The number of a delivery in its store.
pub type Row = i64;

/// A delivery as it is when it is kept.
#[derive(Debug)]
pub struct Entry<'a> {
    /// When its last byte arrived.
    pub received_at: Timestamp,
    /// The `webhook-id`.
    pub webhook_id: Option<Cow<'a, str>>,
    /// The `type` of the event.
    pub event_type: Option<Cow<'a, str>>,
    /// The request's method.
    pub method: Cow<'a, str>,
    /// The request's path and query.
    pub path: Cow<'a, str>,
    /// Which attempt at its id it is.
    pub attempt: Option<u32>,
    /// Names and values in order, as in the capture record; credentials are redacted when it is kept.
    pub headers: Vec<(Cow<'a, str>, String)>,
    /// The body, byte for byte.
    pub body: Cow<'a, [u8]>,
    /// What verifying concluded.
    pub verdict: VerdictRecord,
    /// What is answered, where that is known.
    pub status: Option<u16>,
    /// What came of sending it on: nothing yet, of one that has just come.
    pub forwards: Vec<Forward>,
}

/// Why a delivery was sent on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sending {
    /// `listen` forwarded it when it came.
    Forward,
    /// `replay` sent it again.
    Replay,
}

impl Sending {
    /// How it stands in the database.
    pub fn name(self) -> &'static str {
        match self {
            Sending::Forward => "forward",
            Sending::Replay => "replay",
        }
    }
}

/// One time that a delivery was sent on, and what came of it.
#[derive(Debug, Clone)]
pub struct Forward {
    /// Why: `forward` or `replay`; a newer gwh may know more.
    pub kind: String,
    /// When.
    pub sent_at: Timestamp,
    /// Where to; what its query holds is redacted when it is kept.
    pub url: String,
    /// The HTTP status, where an answer came.
    pub status: Option<u16>,
    /// How long it took.
    pub latency: Duration,
    /// Why no answer came.
    pub error: Option<String>,
    /// The first bytes of the answer's body.
    pub answer: Vec<u8>,
}

impl Forward {
    /// Whether it was answered with 2xx.
    pub fn succeeded(&self) -> bool {
        self.status.is_some_and(|status| (200..300).contains(&status))
    }

    fn record(&self) -> ForwardRecord {
        let is_later = self.kind != Sending::Forward.name();
        ForwardRecord {
            url: self.url.clone(),
            status: self.status,
            latency_ms: whole_millis(self.latency),
            error: self.error.clone(),
            kind: is_later.then(|| self.kind.clone()),
            sent_at: is_later.then(|| rfc3339(self.sent_at)),
        }
    }
}

/// What a list shows of a delivery.
#[derive(Debug, Clone)]
pub struct Summary {
    /// Its number.
    pub row: Row,
    /// When it arrived.
    pub received_at: Timestamp,
    /// The `webhook-id`.
    pub webhook_id: Option<String>,
    /// The `type` of the event.
    pub event_type: Option<String>,
    /// Which attempt at its id it is.
    pub attempt: Option<u32>,
    /// Whether it verified.
    pub valid: bool,
    /// Why not: a code of [`crate::signature::Reason`].
    pub reason: Option<String>,
    /// The scheme of its signature.
    pub scheme: Option<String>,
    /// Where the key that matched comes from.
    pub key_name: Option<String>,
    /// What was answered.
    pub status: Option<u16>,
    /// The size of its body in bytes.
    pub body_bytes: u64,
    /// Whether what became of it last was no 2xx: the last replay, else the answer, which forwarding decides.
    pub failed: bool,
}

/// A delivery with everything that is kept of it.
#[derive(Debug, Clone)]
pub struct Stored {
    /// What a list shows.
    pub summary: Summary,
    /// The request's method.
    pub method: String,
    /// The request's path and query.
    pub path: String,
    /// Names and values, in order.
    pub headers: Vec<(String, String)>,
    /// The body, byte for byte.
    pub body: Vec<u8>,
    /// What verifying concluded.
    pub verdict: VerdictRecord,
    /// Each time that it was sent on, in order.
    pub forwards: Vec<Forward>,
}

impl Stored {
    /// The capture record.
    pub fn record(&self) -> DeliveryRecord {
        let summary = &self.summary;
        let mut record = DeliveryRecord::new(self.headers.clone(), &self.body);
        record.webhook_id.clone_from(&summary.webhook_id);
        record.event_type.clone_from(&summary.event_type);
        record.received_at = Some(rfc3339(summary.received_at));
        record.method = Some(self.method.clone());
        record.path = Some(self.path.clone());
        record.attempt = summary.attempt;
        record.verdict = Some(self.verdict.clone());
        record.response = summary.status.map(|status| ResponseRecord { status });
        record.forwards = self.forwards.iter().map(Forward::record).collect();
        record
    }
}

const INSERT: &str = "INSERT INTO deliveries
    (received_at, webhook_id, event_type, attempt, valid, reason, scheme, key_name, status, body_bytes)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
const INSERT_CONTENTS: &str = "INSERT INTO contents (delivery, method, path, headers, body, verdict)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
const INSERT_FORWARD: &str = "INSERT INTO forwards
    (delivery, kind, sent_at, url, status, latency_ms, error, answer)
    SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8 WHERE EXISTS (SELECT 1 FROM deliveries WHERE id = ?1)";

/// Adds a delivery.
pub(super) fn insert(connection: &Connection, entry: &Entry<'_>) -> rusqlite::Result<Row> {
    let verdict = &entry.verdict;
    connection.prepare_cached(INSERT)?.execute(params![
        entry.received_at.as_millisecond(),
        entry.webhook_id,
        entry.event_type,
        entry.attempt,
        verdict.valid,
        verdict.reason,
        verdict.scheme,
        verdict.key_name,
        entry.status,
        entry.body.len() as i64,
    ])?;
    let row = connection.last_insert_rowid();
    connection.prepare_cached(INSERT_CONTENTS)?.execute(params![
        row,
        entry.method,
        entry.path,
        json(&shown_headers(&entry.headers))?,
        entry.body,
        json(verdict)?,
    ])?;
    for forward in &entry.forwards {
        insert_forward(connection, row, forward)?;
    }
    Ok(row)
}

/// The headers without what no record may hold.
fn shown_headers<'h>(headers: &'h [(Cow<'_, str>, String)]) -> Vec<(&'h str, &'h str)> {
    let shown = |(name, value): &'h (Cow<'_, str>, String)| {
        (&**name, if is_credential(name) { REDACTED } else { value })
    };
    headers.iter().map(shown).collect()
}

/// Adds what came of sending a delivery on; nothing where the delivery has been pruned since.
pub(super) fn insert_forward(connection: &Connection, row: Row, forward: &Forward) -> rusqlite::Result<()> {
    connection.prepare_cached(INSERT_FORWARD)?.execute(params![
        row,
        forward.kind,
        forward.sent_at.as_millisecond(),
        shown_url(&forward.url),
        forward.status,
        i64::try_from(whole_millis(forward.latency)).unwrap_or(i64::MAX),
        forward.error,
        forward.answer,
    ])?;
    Ok(())
}

/// Replaces what verifying concluded, once it is explained.
pub(super) fn replace_verdict(
    connection: &Connection,
    row: Row,
    verdict: &VerdictRecord,
) -> rusqlite::Result<()> {
    let update = "UPDATE contents SET verdict = ?2 WHERE delivery = ?1";
    connection.prepare_cached(update)?.execute(params![row, json(verdict)?])?;
    Ok(())
}

/// The columns of a [`Summary`], of `deliveries AS d`.
pub(super) const SUMMARY: &str =
    "d.id, d.received_at, d.webhook_id, d.event_type, d.attempt, d.valid, d.reason,
    d.scheme, d.key_name, d.status, d.body_bytes,
    coalesce((SELECT coalesce(f.status NOT BETWEEN 200 AND 299, 1) FROM forwards f
              WHERE f.delivery = d.id AND f.kind = 'replay' ORDER BY f.id DESC LIMIT 1),
             d.status NOT BETWEEN 200 AND 299, 1)";

/// A [`Summary`] of a row with these columns.
pub(super) fn summary(row: &rusqlite::Row<'_>) -> rusqlite::Result<Summary> {
    Ok(Summary {
        row: row.get(0)?,
        received_at: moment(row, 1)?,
        webhook_id: row.get(2)?,
        event_type: row.get(3)?,
        attempt: row.get(4)?,
        valid: row.get(5)?,
        reason: row.get(6)?,
        scheme: row.get(7)?,
        key_name: row.get(8)?,
        status: row.get(9)?,
        body_bytes: row.get::<_, i64>(10)?.unsigned_abs(),
        failed: row.get(11)?,
    })
}

/// Everything that is kept of the delivery of a summary; none where it has been pruned since.
pub(super) fn stored(connection: &Connection, summary: Summary) -> rusqlite::Result<Option<Stored>> {
    let select = "SELECT method, path, headers, body, verdict FROM contents WHERE delivery = ?1";
    let mut statement: CachedStatement<'_> = connection.prepare_cached(select)?;
    let mut rows = statement.query([summary.row])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let forwards = forwards(connection, summary.row)?;
    Ok(Some(Stored {
        summary,
        method: row.get(0)?,
        path: row.get(1)?,
        headers: from_json(row, 2)?,
        body: row.get(3)?,
        verdict: from_json(row, 4)?,
        forwards,
    }))
}

fn forwards(connection: &Connection, delivery: Row) -> rusqlite::Result<Vec<Forward>> {
    let select = "SELECT kind, sent_at, url, status, latency_ms, error, answer FROM forwards
        WHERE delivery = ?1 ORDER BY id";
    let mut statement = connection.prepare_cached(select)?;
    let rows = statement.query_map([delivery], |row| {
        Ok(Forward {
            kind: row.get(0)?,
            sent_at: moment(row, 1)?,
            url: row.get(2)?,
            status: row.get(3)?,
            latency: Duration::from_millis(row.get::<_, i64>(4)?.unsigned_abs()),
            error: row.get(5)?,
            answer: row.get::<_, Option<_>>(6)?.unwrap_or_default(),
        })
    })?;
    rows.collect()
}

fn moment(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<Timestamp> {
    let millis = row.get(column)?;
    Timestamp::from_millisecond(millis)
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(column, Type::Integer, error.into()))
}

fn json(value: &impl serde::Serialize) -> rusqlite::Result<String> {
    serde_json::to_string(value).map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))
}

fn from_json<T: serde::de::DeserializeOwned>(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<T> {
    let text = row.get_ref(column)?.as_str()?;
    serde_json::from_str(text)
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(column, Type::Text, error.into()))
}
