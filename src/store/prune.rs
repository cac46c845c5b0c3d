//! Bounds: how much is kept, and for how long.

use std::time::Duration;

use jiff::Timestamp;
use rusqlite::{Connection, ErrorCode, Transaction, TransactionBehavior};

use super::{Row, Store, StoreError, fairly};

/// How many deliveries are deleted in one transaction.
const CHUNK: usize = 512;
/// About how many bytes of bodies.
const CHUNK_BYTES: i64 = super::CHUNK_BYTES as i64;
/// About how many bytes a delivery takes besides its body.
const BESIDES: i64 = 1024;
/// How many pages are given back in one transaction.
const PAGES: usize = 2048;

/// What a store may hold.
#[derive(Debug, Clone, Copy, Default)]
pub struct Bounds {
    /// Nothing older.
    pub keep: Option<Duration>,
    /// Not more bytes; what does not verify goes first, then what is oldest.
    pub max_bytes: Option<u64>,
}

/// What was deleted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Pruned {
    /// How many deliveries.
    pub deliveries: usize,
}

/// How large a store is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// How many deliveries it holds.
    pub deliveries: u64,
    /// How many bytes they take.
    pub bytes: u64,
}

impl Store {
    /// How large it is.
    ///
    /// # Errors
    /// [`StoreError`] where the database cannot be read.
    pub fn size(&self) -> Result<Size, StoreError> {
        let count = || {
            let select = "SELECT count(*) FROM deliveries";
            let deliveries: i64 = self.connection.query_row(select, [], |row| row.get(0))?;
            Ok(Size { deliveries: deliveries.unsigned_abs(), bytes: used_bytes(&self.connection)? })
        };
        count().map_err(|error| self.failed(error))
    }

    /// Deletes until the bounds hold, and gives the room back to the file system. Others that write meanwhile
    /// get as much time as this takes. `watch` is told how much is deleted so far.
    ///
    /// # Errors
    /// [`StoreError`] where the database cannot be written.
    pub fn prune(
        &self,
        bounds: Bounds,
        now: Timestamp,
        watch: impl Fn(Pruned),
    ) -> Result<Pruned, StoreError> {
        let work = || {
            let mut pruned = Pruned::default();
            // What was imported, or came while the clock was wrong, may stand anywhere.
            let old = bounds.keep.map_or(Ok(Vec::new()), |keep| {
                let select = "SELECT id, body_bytes FROM deliveries WHERE received_at < ?1 ORDER BY id";
                select_rows(&self.connection, select, [cutoff(now, keep)])
            })?;
            let mut old = &old[..];
            while !old.is_empty() {
                let (chunk, later) = old.split_at(chunk_of(old, CHUNK_BYTES));
                pruned.deliveries += fairly(|| delete(&self.connection, chunk))?;
                watch(pruned);
                old = later;
            }
            let bounds = Bounds { keep: None, ..bounds };
            while let Some(deleted) = fairly(|| step(&self.connection, bounds, now))? {
                pruned.deliveries += deleted;
                watch(pruned);
            }
            // What was deleted is gone. On a full disk its room stays in the file, for the deliveries to come.
            while fairly(|| shrink(&self.connection)).or_else(unless_full)? {}
            // Another reader may keep the log from being emptied, which is not waited for: the next prune does it.
            self.without_waiting(|connection| {
                connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(false))
            })
            .or_else(unless_full)?;
            Ok(pruned)
        };
        work().map_err(|error| self.failed(error))
    }
}

/// There is no more to do where the disk is full.
fn unless_full(error: rusqlite::Error) -> rusqlite::Result<bool> {
    if error.sqlite_error_code() == Some(ErrorCode::DiskFull) { Ok(false) } else { Err(error) }
}

/// Deletes one chunk of what is beyond the bounds, and answers how many deliveries that was; none where nothing
/// is. Reads no more of the database than it deletes.
pub(super) fn step(
    connection: &Connection,
    bounds: Bounds,
    now: Timestamp,
) -> rusqlite::Result<Option<usize>> {
    let most = CHUNK as i64;
    if let Some(keep) = bounds.keep {
        // They stand about in the order of their age.
        let old = "SELECT id, body_bytes FROM
                (SELECT id, body_bytes, received_at FROM deliveries ORDER BY id LIMIT ?2)
            WHERE received_at < ?1";
        let rows = select_rows(connection, old, [cutoff(now, keep), most])?;
        if !rows.is_empty() {
            return delete(connection, &rows[..chunk_of(&rows, CHUNK_BYTES)]).map(Some);
        }
    }
    let Some(max_bytes) = bounds.max_bytes else { return Ok(None) };
    let beyond = used_bytes(connection)?.saturating_sub(max_bytes);
    if beyond == 0 {
        return Ok(None);
    }
    let invalid = "SELECT id, body_bytes FROM deliveries WHERE valid = 0 ORDER BY id LIMIT ?1";
    let mut rows = select_rows(connection, invalid, [most])?;
    if rows.is_empty() {
        let all = "SELECT id, body_bytes FROM deliveries ORDER BY id LIMIT ?1";
        rows = select_rows(connection, all, [most])?;
    }
    // No more than there is no room for.
    let beyond = i64::try_from(beyond).unwrap_or(CHUNK_BYTES);
    match chunk_of(&rows, CHUNK_BYTES.min(beyond)) {
        0 => Ok(None),
        several => delete(connection, &rows[..several]).map(Some),
    }
}

/// How many of these deliveries are deleted together to free so many bytes: one at least, where there is one.
fn chunk_of(rows: &[(Row, i64)], wanted: i64) -> usize {
    let mut bytes = 0;
    let fits = |(_, size): &&(Row, i64)| {
        let is_short = bytes < wanted;
        bytes += size + BESIDES;
        is_short
    };
    rows.iter().take(CHUNK).take_while(fits).count()
}

fn cutoff(now: Timestamp, keep: Duration) -> i64 {
    now.checked_sub(keep).unwrap_or(Timestamp::MIN).as_millisecond()
}

fn select_rows(
    connection: &Connection,
    select: &str,
    parameters: impl rusqlite::Params,
) -> rusqlite::Result<Vec<(Row, i64)>> {
    let mut statement = connection.prepare_cached(select)?;
    statement.query_map(parameters, |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
}

/// Deletes these deliveries, and answers how many of them another process had not deleted yet.
fn delete(connection: &Connection, rows: &[(Row, i64)]) -> rusqlite::Result<usize> {
    let transaction = Transaction::new_unchecked(connection, TransactionBehavior::Immediate)?;
    let mut deleted = 0;
    for (row, _) in rows {
        transaction.prepare_cached("DELETE FROM contents WHERE delivery = ?1")?.execute([row])?;
        transaction.prepare_cached("DELETE FROM forwards WHERE delivery = ?1")?.execute([row])?;
        deleted += transaction.prepare_cached("DELETE FROM deliveries WHERE id = ?1")?.execute([row])?;
    }
    transaction.commit()?;
    Ok(deleted)
}

/// The bytes of the pages that hold something.
fn used_bytes(connection: &Connection) -> rusqlite::Result<u64> {
    let pragma = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let pages = pragma("page_count")? - pragma("freelist_count")?;
    Ok((pages * pragma("page_size")?).unsigned_abs())
}

/// Gives some pages back to the file system, and answers whether there are more.
fn shrink(connection: &Connection) -> rusqlite::Result<bool> {
    let free = || connection.pragma_query_value(None, "freelist_count", |row| row.get::<_, i64>(0));
    let before = free()?;
    // It frees a page a step.
    let mut vacuum = connection.prepare(&format!("PRAGMA incremental_vacuum({PAGES})"))?;
    let mut steps = vacuum.raw_query();
    while steps.next()?.is_some() {}
    drop(steps);
    // A database that was made without room for this gives nothing back.
    Ok((1..before).contains(&free()?))
}
