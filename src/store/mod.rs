//! The deliveries that were received, kept in one SQLite database for each profile.
//!
//! [`Store`] opens the database and answers questions, [`Writer`] is the one thread of a process that
//! adds to it: it commits what has gathered in one transaction, and says so only once that is on the
//! disk. Several processes may share a database. Secrets and API keys never enter it, and headers
//! that carry credentials are redacted before they do. The layout is in `schema.rs` and may be read
//! with the plain `sqlite3` shell.

mod entry;
mod error;
mod prune;
mod query;
mod schema;
mod writer;

use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

pub use entry::{Entry, Forward, Row, Sending, Stored, Summary};
pub use error::StoreError;
pub use prune::{Bounds, Pruned, Size};
pub use query::{Order, Query};
pub use writer::{Job, Queue, Update, Writer};

use crate::files::create_folder;

/// The file's name in the profile's folder.
pub const FILE: &str = "deliveries.db";

/// How long a statement waits for another process that is writing.
const PATIENCE: Duration = Duration::from_secs(5);

/// An open database.
#[derive(Debug)]
pub struct Store {
    connection: Connection,
    path: PathBuf,
}

impl Store {
    /// Opens the database in `folder` for writing, and makes it where there is none.
    ///
    /// # Errors
    /// [`StoreError`] where it cannot be made, written, or is not a database of this version.
    pub fn open(folder: &Path) -> Result<Self, StoreError> {
        let path = folder.join(FILE);
        let made = create_folder(folder).and_then(|()| create_file(&path));
        made.map_err(|error| StoreError::file(&path, error))?;
        let store = Store::connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        schema::prepare(&store.connection).map_err(|error| error.at(&store.path))?;
        schema::prove_writable(&store.connection).map_err(|error| StoreError::of(&store.path, error))?;
        Ok(store)
    }

    /// Opens the database in `folder` for reading; none where nothing was ever kept.
    ///
    /// # Errors
    /// [`StoreError`] where it cannot be read or is not a database of this version.
    pub fn open_existing(folder: &Path) -> Result<Option<Self>, StoreError> {
        let path = folder.join(FILE);
        match path.metadata() {
            Ok(metadata) if metadata.len() > 0 => {}
            // A file without content is one that another process is about to fill.
            Ok(_) => return Ok(None),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(StoreError::file(&path, error)),
        }
        // Not read-only: the first reader of a log that a killed process left behind has to recover it.
        let opened = Store::connect(path, OpenFlags::SQLITE_OPEN_READ_WRITE).and_then(Store::checked);
        match opened {
            // Without a log nobody writes to it: a copy on a medium that cannot be written, for example.
            Err(StoreError::ReadOnly(path)) if cfg!(unix) && !log_of(&path).exists() => {
                Store::connect_sealed(path).and_then(Store::checked).map(Some)
            }
            opened => opened.map(Some),
        }
    }

    /// Where the database is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    fn checked(self) -> Result<Self, StoreError> {
        schema::check(&self.connection).map_err(|error| error.at(&self.path))?;
        Ok(self)
    }

    fn connect(path: PathBuf, mode: OpenFlags) -> Result<Self, StoreError> {
        let address = path.clone();
        Store::connect_to(&address, path, mode)
    }

    /// Opens a database that nobody can write to. SQLite would want to put its locks beside it, unless it is
    /// told that it never changes.
    fn connect_sealed(path: PathBuf) -> Result<Self, StoreError> {
        let escaped = path.to_string_lossy().replace('%', "%25").replace('?', "%3f").replace('#', "%23");
        let address = PathBuf::from(format!("file:{escaped}?immutable=1"));
        Store::connect_to(&address, path, OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI)
    }

    fn connect_to(address: &Path, path: PathBuf, mode: OpenFlags) -> Result<Self, StoreError> {
        let flags = mode | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connected = Connection::open_with_flags(address, flags).and_then(|connection| {
            connection.busy_timeout(PATIENCE)?;
            schema::configure(&connection)?;
            Ok(connection)
        });
        match connected {
            Ok(connection) => Ok(Store { connection, path }),
            Err(error) => Err(StoreError::of(&path, error)),
        }
    }

    fn failed(&self, error: rusqlite::Error) -> StoreError {
        StoreError::of(&self.path, error)
    }
}

/// The log beside a database, which is there as long as somebody may write to it.
fn log_of(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push("-wal");
    name.into()
}

/// Makes the file, for the user alone: the files that SQLite puts beside it take its mode.
fn create_file(path: &Path) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
