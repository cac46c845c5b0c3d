//! Files that a user asked for. They are readable as any other file is, and whole before they have their name.

use std::io::{self, Write};
use std::path::Path;

use tempfile::TempPath;

use super::{folder_of, temporary};

/// For everybody, as far as the user's mask lets them.
const READABLE: u32 = 0o666;

/// What happens to a file that is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    /// It stays, also where it came after the check.
    Kept,
    /// It makes way.
    Replaced,
}

/// Writes a file of these bytes, which is on the disk when it answers.
///
/// # Errors
/// What the operating system says; `AlreadyExists` where a file that is to stay is in the way.
pub fn write_result(path: &Path, bytes: &[u8], existing: Existing) -> io::Result<()> {
    let mut file = temporary(folder_of(path), READABLE)?;
    file.as_file_mut().write_all(bytes)?;
    file.as_file().sync_all()?;
    give_name(file.into_temp_path(), path, existing)
}

/// Gives a file that is whole, and open nowhere, its name. Where that fails it keeps the old one.
///
/// # Errors
/// As [`write_result`].
pub fn name_result(whole: &Path, path: &Path, existing: Existing) -> io::Result<()> {
    let mut whole = TempPath::try_from_path(whole)?;
    whole.disable_cleanup(true);
    give_name(whole, path, existing)
}

fn give_name(whole: TempPath, path: &Path, existing: Existing) -> io::Result<()> {
    let result = match existing {
        Existing::Kept => whole.persist_noclobber(path),
        Existing::Replaced => whole.persist(path),
    };
    result.map_err(|error| error.error)
}
