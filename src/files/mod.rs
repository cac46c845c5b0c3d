//! Files and folders of our own: made for the user alone, replaced whole, and checked before they are
//! believed.

mod error;
mod identity;
mod lock;
mod mark;
mod result;

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, BufWriter, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use tempfile::{Builder, NamedTempFile, TempPath};
use zeroize::Zeroizing;

pub use error::FileError;
pub use identity::Identity;
pub use lock::{Lock, is_held, take as take_lock};
pub use mark::Mark;
pub use result::{Existing, name_result, write_result};

/// More than any file of ours has.
const MAX_FILE: u64 = 16 * 1024 * 1024;

/// What is certain of a file once it is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// Whoever sees it sees all of it.
    Whole,
    /// And it is on the disk.
    OnDisk,
}

/// Makes `folder` and those above it that are missing, each for the user alone.
///
/// # Errors
/// What the operating system says.
pub fn create_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Opens the file at `path` as it is; where there is none, an empty one is made for the user alone.
///
/// # Errors
/// What the operating system says.
pub fn open_or_create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).read(true).write(true);
    set_mode(&mut options, PRIVATE);
    options.open(path)
}

/// Replaces `folder/name` by a file of these bytes that only the user may read, all of it or nothing, in a
/// folder that is made where there is none. When it answers, the bytes are on the disk.
///
/// # Errors
/// `Io` where the file is as it was.
pub fn keep(folder: &Path, name: &str, bytes: &[u8]) -> Result<(), FileError> {
    let path = folder.join(name);
    create_folder(folder)
        .and_then(|()| replace(&path, bytes, Durability::OnDisk))
        .map_err(|error| FileError::io("write", path, error))
}

/// Replaces the file at `path`, in a folder that there is, by one of these bytes that only the user may read:
/// all of it or nothing.
///
/// # Errors
/// What the operating system says; the file is as it was.
pub fn replace(path: &Path, bytes: &[u8], durability: Durability) -> io::Result<()> {
    let folder = folder_of(path);
    let file = write_aside(folder, bytes, durability)?;
    file.persist(path).map_err(|failed| failed.error)?;
    if durability == Durability::OnDisk { sync_folder(folder) } else { Ok(()) }
}

/// Makes `folder/name`, which is on the disk when it answers.
///
/// # Errors
/// What the operating system says; `AlreadyExists` where there is one.
pub fn create(folder: &Path, name: &str, bytes: &[u8]) -> io::Result<()> {
    create_folder(folder)?;
    write_aside(folder, bytes, Durability::OnDisk)?
        .persist_noclobber(folder.join(name))
        .map_err(|failed| failed.error)?;
    sync_folder(folder)
}

/// Whether there is a pipe, a terminal or a device at `path`: it can be written to, and not be replaced.
pub fn is_stream(path: &Path) -> bool {
    path.metadata().is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir())
}

/// A file that is written in parts, for the user alone, and takes its place once it is whole.
#[derive(Debug)]
pub struct Draft {
    file: BufWriter<File>,
    temporary: TempPath,
    path: PathBuf,
}

impl Draft {
    /// A draft of the file at `path`, in a folder that there is.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn of(path: &Path) -> io::Result<Self> {
        let (file, temporary) = temporary(folder_of(path), PRIVATE)?.into_parts();
        Ok(Draft { file: BufWriter::new(file), temporary, path: path.to_owned() })
    }

    /// Puts it in its place. Without this, the file at the path stays as it was.
    ///
    /// # Errors
    /// What the operating system says.
    pub fn finish(self) -> io::Result<()> {
        drop(self.file.into_inner().map_err(io::IntoInnerError::into_error)?);
        self.temporary.persist(&self.path).map_err(|failed| failed.error)
    }
}

impl Write for Draft {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn write_aside(folder: &Path, bytes: &[u8], durability: Durability) -> io::Result<NamedTempFile> {
    let mut file = temporary(folder, PRIVATE)?;
    file.as_file_mut().write_all(bytes)?;
    if durability == Durability::OnDisk {
        file.as_file().sync_all()?;
    }
    Ok(file)
}

/// A new file in `folder`, which is gone when it is dropped. It is opened here and not by the library, whose
/// errors name a file that nobody has heard of.
fn temporary(folder: &Path, mode: u32) -> io::Result<NamedTempFile> {
    Builder::new().prefix(TEMPORARY).make_in(folder, |path| {
        let mut options = OpenOptions::new();
        options.create_new(true).read(true).write(true);
        set_mode(&mut options, mode);
        options.open(path)
    })
}

/// The mode of a file for the user alone.
const PRIVATE: u32 = 0o600;

/// The mode of a file that is made, of which the user's mask may take some away.
#[cfg(unix)]
fn set_mode(options: &mut OpenOptions, mode: u32) {
    std::os::unix::fs::OpenOptionsExt::mode(options, mode);
}

/// Elsewhere a file has what its folder passes on.
#[cfg(not(unix))]
fn set_mode(_options: &mut OpenOptions, _mode: u32) {}

/// How the files begin that a killed process may leave behind.
pub const TEMPORARY: &str = ".new-";

/// A rename is only on the disk once its folder is.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

/// The text of a private file, or nothing where there is no such file.
///
/// # Errors
/// `Exposed` and `Foreign` where somebody else could have read or written it, `Damaged` where it is no text,
/// `Io` where it cannot be read.
pub fn read(path: &Path) -> Result<Option<Zeroizing<String>>, FileError> {
    let failed = |error| FileError::io("read", path, error);
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
        Err(error) if error.kind() == ErrorKind::InvalidData => Err(FileError::Damaged(path.to_owned())),
        Err(error) => Err(failed(error)),
    }
}

/// Removes a file, if there is one, for good.
///
/// # Errors
/// `Io` where it may still be there.
pub fn remove(path: &Path) -> Result<(), FileError> {
    match fs::remove_file(path) {
        Ok(()) => sync_folder(folder_of(path)).map_err(|error| FileError::io("remove", path, error)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(FileError::io("remove", path, error)),
    }
}

/// Whether what is at `path` is for the user alone, where there is something.
///
/// # Errors
/// `Exposed` and `Foreign` where it is not, `Io` where that cannot be told.
pub fn check_path(path: &Path) -> Result<(), FileError> {
    match fs::metadata(path) {
        Ok(metadata) => check(path, &metadata),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(FileError::io("read", path, error)),
    }
}

#[cfg(unix)]
fn check(path: &Path, metadata: &Metadata) -> Result<(), FileError> {
    use std::os::unix::fs::MetadataExt;
    if metadata.uid() != rustix::process::geteuid().as_raw() {
        return Err(FileError::Foreign(path.to_owned()));
    }
    let mode = metadata.mode() & 0o7777;
    if mode & 0o077 == 0 { Ok(()) } else { Err(FileError::Exposed { path: path.to_owned(), mode }) }
}

/// Elsewhere a user's folders are closed to others by what they inherit.
#[cfg(not(unix))]
fn check(_path: &Path, _metadata: &Metadata) -> Result<(), FileError> {
    Ok(())
}
