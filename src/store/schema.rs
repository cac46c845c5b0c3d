//! The layout of the database, its versions, and how it is opened.
//!
//! `deliveries` is narrow, so that going through a million of them reads little; what is large stands in
//! `contents`. There is no index on ids: keeping one costs two thirds of the rate at which deliveries can
//! be taken, and going through the narrow table takes a fraction of a second. Times are milliseconds
//! since 1970.

use std::path::Path;

use rusqlite::{Connection, TransactionBehavior};

use super::error::StoreError;

/// What marks a file as one of ours: `gwh1`.
const APPLICATION: i64 = 0x6777_6831;

/// Each step takes the layout from one version to the next. Steps are added, never changed.
const MIGRATIONS: [&str; 2] = [FIRST, NUMBERED_ONCE];

const FIRST: &str = "
    CREATE TABLE deliveries (
        id          INTEGER PRIMARY KEY, -- in the order in which they were kept
        received_at INTEGER NOT NULL,
        webhook_id  TEXT,                -- of a delivery that does not verify, only what it claims
        event_type  TEXT,
        attempt     INTEGER,             -- at this webhook_id, from 1; null where it does not verify
        valid       INTEGER NOT NULL,    -- 1 or 0
        reason      TEXT,                -- why it does not verify
        scheme      TEXT,
        key_name    TEXT,                -- where the key that matched comes from
        status      INTEGER,             -- what was answered; null before that
        body_bytes  INTEGER NOT NULL
    ) STRICT;
    -- What is deleted first when there is no room; a delivery that verifies costs nothing here.
    CREATE INDEX invalid_deliveries ON deliveries (id) WHERE valid = 0;
    CREATE TABLE contents (
        delivery INTEGER PRIMARY KEY,    -- deliveries.id
        method   TEXT NOT NULL,
        path     TEXT NOT NULL,          -- with the query
        headers  TEXT NOT NULL,          -- JSON: [[name, value], …] in order
        body     BLOB NOT NULL,          -- byte for byte
        verdict  TEXT NOT NULL           -- JSON, as in the capture record
    ) STRICT;
    CREATE TABLE forwards (
        id         INTEGER PRIMARY KEY,
        delivery   INTEGER NOT NULL,     -- deliveries.id
        kind       TEXT NOT NULL,        -- forward or replay
        sent_at    INTEGER NOT NULL,
        url        TEXT NOT NULL,
        status     INTEGER,              -- null where no answer came
        latency_ms INTEGER NOT NULL,
        error      TEXT,                 -- why no answer came
        answer     BLOB                  -- the first bytes of the answer's body
    ) STRICT;
    CREATE INDEX forwards_of_delivery ON forwards (delivery);
";

/// Without AUTOINCREMENT a number is given again once the newest delivery is pruned: what is noted late would
/// be noted with another delivery, and whoever follows the store would miss it.
const NUMBERED_ONCE: &str = "
    ALTER TABLE deliveries RENAME TO deliveries_1;
    CREATE TABLE deliveries (
        id          INTEGER PRIMARY KEY AUTOINCREMENT,
        received_at INTEGER NOT NULL,
        webhook_id  TEXT,
        event_type  TEXT,
        attempt     INTEGER,
        valid       INTEGER NOT NULL,
        reason      TEXT,
        scheme      TEXT,
        key_name    TEXT,
        status      INTEGER,
        body_bytes  INTEGER NOT NULL
    ) STRICT;
    INSERT INTO deliveries SELECT * FROM deliveries_1 ORDER BY id;
    DROP TABLE deliveries_1;
    CREATE INDEX invalid_deliveries ON deliveries (id) WHERE valid = 0;
";

/// The newest version.
const VERSION: i64 = MIGRATIONS.len() as i64;

/// What is wrong with a database, before its path is known.
pub(super) enum Problem {
    Newer(i64),
    Foreign,
    Sqlite(rusqlite::Error),
}

impl Problem {
    pub(super) fn at(self, path: &Path) -> StoreError {
        match self {
            Problem::Newer(found) => StoreError::Newer { path: path.to_owned(), found, known: VERSION },
            Problem::Foreign => StoreError::Foreign(path.to_owned()),
            Problem::Sqlite(error) => StoreError::of(path, error),
        }
    }
}

impl From<rusqlite::Error> for Problem {
    fn from(error: rusqlite::Error) -> Self {
        Problem::Sqlite(error)
    }
}

/// What holds for one connection.
pub(super) fn configure(connection: &Connection) -> rusqlite::Result<()> {
    // A commit is on the disk when it returns, on macOS too, where that has to be asked for.
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "fullfsync", true)?;
    // A checkpoint costs two more waits for the disk: every 64 MiB of log, not every 4, most of which the writer
    // has had brought into the database by then.
    connection.pragma_update(None, "wal_autocheckpoint", 16384)?;
    connection.pragma_update(None, "journal_size_limit", 64 << 20)?;
    connection.pragma_update(None, "trusted_schema", false)
}

/// Makes the layout in a new database, or brings an older one up to date.
pub(super) fn prepare(connection: &Connection) -> Result<(), Problem> {
    if version(connection)? == VERSION {
        return check(connection);
    }
    // What is not ours is not touched. It is one look: between two, another process may make the layout.
    check(&*connection.unchecked_transaction()?)?;
    // Both belong before the first table.
    connection.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    // Of several processes that begin at once, one makes the layout and the others find it.
    let transaction = rusqlite::Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
    check(&transaction)?;
    let from = usize::try_from(version(&transaction)?).unwrap_or_default();
    for step in MIGRATIONS.iter().skip(from) {
        transaction.execute_batch(step)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION)?;
    transaction.pragma_update(None, "user_version", VERSION)?;
    transaction.commit()?;
    Ok(())
}

/// Whether the database is one of ours, of a version that is understood.
pub(super) fn check(connection: &Connection) -> Result<(), Problem> {
    let application: i64 = connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if application != APPLICATION && (application != 0 || tables > 0) {
        return Err(Problem::Foreign);
    }
    match version(connection)? {
        found if found > VERSION => Err(Problem::Newer(found)),
        _ => Ok(()),
    }
}

/// Whether there is a layout.
pub(super) fn is_made(connection: &Connection) -> rusqlite::Result<bool> {
    Ok(version(connection)? > 0)
}

fn version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}

/// Takes the lock that writing needs, which fails where the file or its folder is read-only.
pub(super) fn prove_writable(connection: &Connection) -> rusqlite::Result<()> {
    // Writing the version again as it is makes a real transaction that changes nothing.
    connection.pragma_update(None, "user_version", VERSION)
}
