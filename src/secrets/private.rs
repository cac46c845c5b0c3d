//! Files and folders that only the user may read: made, replaced whole, and checked before they are believed.

use std::fs::{self, File, Metadata};
use std::io::{self, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile};
use zeroize::Zeroizing;

use super::store::StoreError;

/// More than any file of ours has.
const MAX_FILE: u64 = 16 * 1024 * 1024;

/// Makes `folder` and those above it that are missing, each for the user alone.
pub(crate) fn create_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Replaces `folder/name` by a file of these bytes that only the user may read, all of it or nothing.
/// When it answers, the bytes are on the disk.
pub(crate) fn replace(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
    let path = folder.join(name);
    create_folder(folder)
        .and_then(|()| write_aside(folder, bytes))
        .and_then(|file| file.persist(&path).map_err(|failed| failed.error))
        .and_then(|_| sync_folder(folder))
        .map_err(|error| StoreError::io("write", path, error))
}

/// Makes `folder/name`, which fails with `AlreadyExists` where there is one.
pub(crate) fn create(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    create_folder(folder)?;
    write_aside(folder, bytes)?.persist_noclobber(folder.join(name)).map_err(|failed| failed.error)?;
    sync_folder(folder)
}

/// As [`create`], with a lock on the file that is held before anybody can find it.
pub(super) fn create_locked(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<File> {
    create_folder(folder)?;
    let file = write_aside(folder, bytes)?;
    file.as_file().try_lock()?;
    let path = folder.join(name);
    let file = file.persist_noclobber(&path).map_err(|failed| failed.error)?;
    sync_folder(folder).inspect_err(|_| {
        // Whoever is told that there is no file must not find one later.
        let _ = fs::remove_file(&path);
    })?;
    Ok(file)
}

fn write_aside(folder: &Path, bytes: &[u8]) -> io::Result<NamedTempFile> {
    // Temporary files are made with mode 0600 where there are modes, and keep it.
    let mut file = Builder::new().prefix(TEMPORARY).tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().sync_all()?;
    Ok(file)
}

/// How the files begin that a killed process may leave behind.
pub(crate) const TEMPORARY: &str = ".new-";

/// A rename is only on the disk once its folder is.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

/// The text of a private file, or nothing where there is no such file.
///
/// # Errors
/// `Exposed` and `Foreign` where somebody else could have read or written it, `Damaged` where it is no text.
pub(crate) fn read(path: &Path) -> Result<Option<Zeroizing<String>>, StoreError> {
    let failed = |error| StoreError::io("read", path, error);
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    // The open file is asked, not the path: the path could be given another file in between.
    check(path, &file.metadata().map_err(failed)?)?;
    let mut text = Zeroizing::new(String::new());
    match file.take(MAX_FILE).read_to_string(&mut text) {
        Ok(_) => Ok(Some(text)),
        Err(error) if error.kind() == ErrorKind::InvalidData => {
            Err(StoreError::Damaged(path.display().to_string()))
        }
        Err(error) => Err(failed(error)),
    }
}

/// Removes a file, if there is one, for good.
pub(super) fn remove(path: &Path) -> Result<(), StoreError> {
    match fs::remove_file(path) {
        Ok(()) => {
            let folder = path.parent().map_or_else(PathBuf::new, Path::to_owned);
            sync_folder(&folder).map_err(|error| StoreError::io("remove", path, error))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(StoreError::io("remove", path, error)),
    }
}

/// Whether what is at `path` is for the user alone, where there is something.
pub(super) fn check_path(path: &Path) -> Result<(), StoreError> {
    match fs::metadata(path) {
        Ok(metadata) => check(path, &metadata),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(StoreError::io("read", path, error)),
    }
}

#[cfg(unix)]
fn check(path: &Path, metadata: &Metadata) -> Result<(), StoreError> {
    use std::os::unix::fs::MetadataExt;
    if metadata.uid() != rustix::process::geteuid().as_raw() {
        return Err(StoreError::Foreign(path.to_owned()));
    }
    let mode = metadata.mode() & 0o7777;
    if mode & 0o077 == 0 { Ok(()) } else { Err(StoreError::Exposed { path: path.to_owned(), mode }) }
}

/// Elsewhere a user's folders are closed to others by what they inherit.
#[cfg(not(unix))]
fn check(_path: &Path, _metadata: &Metadata) -> Result<(), StoreError> {
    Ok(())
}
