//! Questions to the store.

use std::ops::ControlFlow;

use jiff::Timestamp;
use rusqlite::params;

use super::entry::{self, Entry, Forward, Row, Stored, Summary};
use super::{Store, StoreError, fairly};

/// From where a list begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Order {
    /// With what was kept last.
    #[default]
    NewestFirst,
    /// With what was kept first.
    OldestFirst,
}

/// What is asked for; what is not set does not matter. Globs over ids and types are the caller's.
#[derive(Debug, Clone, Default)]
pub struct Query {
    /// Received at this moment or later.
    pub since: Option<Timestamp>,
    /// Received before this moment.
    pub until: Option<Timestamp>,
    /// Verified, or not.
    pub valid: Option<bool>,
    /// Kept after this one.
    pub after: Option<Row>,
    /// Where to begin.
    pub order: Order,
}

impl Store {
    /// Hands the deliveries that are asked for to `each`, until it breaks.
    ///
    /// # Errors
    /// [`StoreError`] where the database cannot be read.
    pub fn each(
        &self,
        query: &Query,
        mut each: impl FnMut(Summary) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let direction = match query.order {
            Order::NewestFirst => "DESC",
            Order::OldestFirst => "ASC",
        };
        let select = format!(
            "SELECT {} FROM deliveries d
             WHERE d.id > ?1 AND d.received_at >= ?2 AND d.received_at < ?3 AND d.valid IN (?4, ?5)
             ORDER BY d.id {direction}",
            entry::SUMMARY
        );
        let millis = |moment: Option<Timestamp>, default| moment.map_or(default, Timestamp::as_millisecond);
        let mut work = || {
            let mut statement = self.connection.prepare_cached(&select)?;
            let mut rows = statement.query(params![
                query.after.unwrap_or(Row::MIN),
                millis(query.since, i64::MIN),
                millis(query.until, i64::MAX),
                query.valid.unwrap_or(true),
                query.valid.unwrap_or(false),
            ])?;
            while let Some(row) = rows.next()? {
                if each(entry::summary(row)?).is_break() {
                    break;
                }
            }
            Ok(())
        };
        work().map_err(|error| self.failed(error))
    }

    /// Everything that is kept of a delivery; none where it has been pruned since.
    ///
    /// # Errors
    /// [`StoreError`] where the database cannot be read.
    pub fn load(&self, summary: Summary) -> Result<Option<Stored>, StoreError> {
        entry::stored(&self.connection, summary).map_err(|error| self.failed(error))
    }

    /// The number of the delivery that was kept last; none where there is none.
    ///
    /// # Errors
    /// [`StoreError`] where the database cannot be read.
    pub fn last_row(&self) -> Result<Option<Row>, StoreError> {
        self.connection
            .query_row("SELECT max(id) FROM deliveries", [], |row| row.get(0))
            .map_err(|error| self.failed(error))
    }

    /// Keeps deliveries in one transaction, all of them or none. Others that write meanwhile get as much time as
    /// this takes.
    ///
    /// # Errors
    /// [`StoreError`] where the database cannot be written.
    pub fn keep<'a>(&self, entries: impl IntoIterator<Item = Entry<'a>>) -> Result<Vec<Row>, StoreError> {
        let work = || {
            let transaction = self.connection.unchecked_transaction()?;
            let rows = entries
                .into_iter()
                .map(|entry| entry::insert(&transaction, &entry))
                .collect::<rusqlite::Result<_>>()?;
            transaction.commit()?;
            Ok(rows)
        };
        fairly(work).map_err(|error| self.failed(error))
    }

    /// Notes what came of sending deliveries on, as far as they have not been pruned since.
    ///
    /// # Errors
    /// [`StoreError`] where the database cannot be written.
    pub fn note<'a>(&self, forwards: impl IntoIterator<Item = (Row, &'a Forward)>) -> Result<(), StoreError> {
        let work = || {
            let transaction = self.connection.unchecked_transaction()?;
            for (row, forward) in forwards {
                entry::insert_forward(&transaction, row, forward)?;
            }
            transaction.commit()
        };
        work().map_err(|error| self.failed(error))
    }
}
