//! The deliveries that were received, kept in one SQLite database for each profile.
//!
//! [`Store`] opens the database and answers questions, [`Writer`] is the one thread of a process that
//! adds to it: it commits what has gathered in one transaction, and says so only once that is on the
//! disk. Several processes may share a database. Secrets and API keys never enter it, and headers
//! that carry credentials are redacted before they do. The layout is in `schema.rs` and may be read
//! with the plain `sqlite3` shell.

mod checkpoint;
mod entry;
mod error;
mod prune;
mod query;
mod schema;
mod writer;

use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::{Connection, OpenFlags};

pub use entry::{Entry, Forward, Row, Sending, Stored, Summary};
pub use error::StoreError;
pub use prune::{Bounds, Pruned, Size};
pub use query::{Order, Query};
pub use writer::{Job, Queue, Update, Writer};

use crate::files::{Identity, create_folder, open_or_create};

/// The file's name in the profile's folder.
pub const FILE: &str = "deliveries.db";

/// How long a statement waits for another process that is writing.
const PATIENCE: Duration = Duration::from_secs(5);
/// About how many bytes of bodies are written or deleted in one transaction: a writer that waits does not wait long.
pub const CHUNK_BYTES: usize = 16 * 1024 * 1024;
/// The pause before another attempt to make a database that others are making.
const PAUSE: Duration = Duration::from_millis(10);

/// An open database.
#[derive(Debug)]
pub struct Store {
    connection: Connection,
    path: PathBuf,
    /// Which file it is; none where there was none.
    file: Option<Identity>,
}

impl Store {
    /// Opens the database in `folder` for writing, and makes it where there is none.
    ///
    /// # Errors
    /// [`StoreError`] where it cannot be made, written, or is not a database of this version.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        let path = folder.join(FILE);
        // For the user alone, as are the files that SQLite puts beside it, which take its mode.
        let made = create_folder(folder).and_then(|()| open_or_create(&path));
        made.map_err(|error| StoreError::file(&path, error))?;
        let store = Store::connect(path)?;
        store.prepare()?;
        schema::prove_writable(&store.connection).map_err(|error| StoreError::of(&store.path, error))?;
        Ok(store)
    }

    /// Opens the database in `folder` for reading; none where nothing was ever kept. What may be written is
    /// opened for that as well.
    ///
    /// # Errors
    /// [`StoreError`] where it cannot be read or is not a database of this version.
    pub fn open_existing(folder: &Path) -> Result<Option<Self>, StoreError> {
        let path = folder.join(FILE);
        match path.metadata() {
            Ok(metadata) if metadata.len() > 0 => {}
            // A file without content, or without tables, is one that another process is about to fill.
            Ok(_) => return Ok(None),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(StoreError::file(&path, error)),
        }
        // Not read-only: the first reader of a log that a killed process left behind has to recover it.
        let opened = match Store::connect(path.clone()).and_then(Store::checked) {
            // On a disk that is read-only there can be no files beside it, which reading needs as well.
            Err(error @ StoreError::ReadOnly(_)) if !has_log(&path) => match unchanging(&path) {
                Some(name) => {
                    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
                    Store::connect_to(name.as_ref(), path, flags | OpenFlags::SQLITE_OPEN_URI)?.checked()
                }
                None => Err(error),
            },
            opened => opened,
        };
        let store = opened?;
        let is_made = schema::is_made(&store.connection).map_err(|error| store.failed(error))?;
        Ok(is_made.then_some(store))
    }

    /// Sees to it that the layout is there. Of several that make a database at once SQLite tells some at once that
    /// it is locked, without waiting.
    fn prepare(&self) -> Result<(), StoreError> {
        let start = Instant::now();
        loop {
            match schema::prepare(&self.connection).map_err(|error| error.at(&self.path)) {
                Err(StoreError::Busy(_)) if start.elapsed() < PATIENCE => thread::sleep(PAUSE),
                prepared => return prepared,
            }
        }
    }

    /// The same, where it is a database of ours.
    fn checked(self) -> Result<Self, StoreError> {
        schema::check(&self.connection).map_err(|error| error.at(&self.path))?;
        Ok(self)
    }

    /// Where the database is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Another connection to the same database.
    fn again(&self) -> Result<Self, StoreError> {
        Store::connect(self.path.clone())
    }

    /// Connects to the database at `path` for reading and writing.
    fn connect(path: PathBuf) -> Result<Self, StoreError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        Store::connect_to(&path.clone(), path, flags)
    }

    /// Connects to the database at `path`, which SQLite is told by this name.
    fn connect_to(name: &Path, path: PathBuf, flags: OpenFlags) -> Result<Self, StoreError> {
        let connected = Connection::open_with_flags(name, flags).and_then(|connection| {
            connection.busy_timeout(PATIENCE)?;
            schema::configure(&connection)?;
            Ok(connection)
        });
        match connected {
            Ok(connection) => Ok(Store { connection, file: file_at(&path), path }),
            Err(error) => Err(StoreError::of(&path, error)),
        }
    }

    /// Whether the file is still where it was opened: what goes into one that was deleted is lost with the process.
    ///
    /// # Errors
    /// [`StoreError::Moved`] where it is not.
    pub fn in_place(&self) -> Result<(), StoreError> {
        match file_at(&self.path) == self.file {
            true => Ok(()),
            false => Err(StoreError::Moved(self.path.clone())),
        }
    }

    /// Does something that fails at once where another process is in its way.
    fn without_waiting<T>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> rusqlite::Result<T> {
        self.connection.busy_timeout(Duration::ZERO)?;
        let result = work(&self.connection);
        self.connection.busy_timeout(PATIENCE)?;
        result
    }

    fn failed(&self, error: rusqlite::Error) -> StoreError {
        StoreError::of(&self.path, error)
    }
}

/// Does something that keeps other writers out, and then lets them in for as long as it took: whoever waits
/// for a lock in SQLite only looks for it now and then, and would hardly ever find it free.
fn fairly<T>(work: impl FnOnce() -> rusqlite::Result<T>) -> rusqlite::Result<T> {
    let start = Instant::now();
    let done = work()?;
    thread::sleep(start.elapsed());
    Ok(done)
}

/// Which file SQLite opens at `path`: it follows links.
fn file_at(path: &Path) -> Option<Identity> {
    path.metadata().ok().map(|metadata| Identity::of(&metadata))
}

/// Whether deliveries lie in the log beside the database that are not in the database yet.
fn has_log(path: &Path) -> bool {
    match path.with_file_name(format!("{FILE}-wal")).metadata() {
        Ok(log) => log.len() > 0,
        Err(error) => error.kind() != std::io::ErrorKind::NotFound,
    }
}

/// The name by which SQLite reads a database that nobody changes, without files beside it; none where the
/// path is no text.
fn unchanging(path: &Path) -> Option<String> {
    let text = path.to_str()?.replace('%', "%25").replace('?', "%3f").replace('#', "%23");
    if cfg!(windows) {
        return Some(format!("file:///{}?immutable=1", text.replace('\\', "/")));
    }
    Some(format!("file:{text}?immutable=1"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn others_get_as_much_time_as_a_large_write_takes() {
        let (moment, start) = (Duration::from_millis(20), Instant::now());
        fairly(|| {
            thread::sleep(moment);
            Ok(())
        })
        .expect("works");
        assert!(start.elapsed() >= 2 * moment);
        let failed: rusqlite::Result<()> = fairly(|| Err(rusqlite::Error::QueryReturnedNoRows));
        assert!(failed.is_err(), "a failure is told at once");
    }

    #[test]
    fn a_database_without_files_beside_it_is_read_where_it_is() {
        let scratch = tempfile::tempdir().expect("a scratch folder");
        let folder = scratch.path().join("a#b%41 c");
        drop(Store::open(&folder).expect("makes it"));
        let path = folder.join(FILE);
        let name = unchanging(&path).expect("is text");
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
        let store = Store::connect_to(name.as_ref(), path.clone(), flags).and_then(Store::checked);
        assert_eq!(store.expect("opens").last_row().expect("reads"), None);
        assert_eq!(std::fs::read_dir(&folder).expect("lists").count(), 1, "nothing was put beside it");
        assert!(!has_log(&path));
        std::fs::write(folder.join("deliveries.db-wal"), "frames").expect("writes");
        assert!(has_log(&path));
    }
}
