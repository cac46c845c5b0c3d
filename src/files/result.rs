//! Files that a user asked for. They are readable as any other file is, and whole before they have their name.

use std::io::{self, Write};
use std::path::Path;

use tempfile::{Builder, TempPath};

use super::folder_of;

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
    let mut file = builder().tempfile_in(folder_of(path))?;
    file.write_all(bytes)?;
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

/// Temporary files are for their owner alone. Of this mode, the user's mask decides what is left.
#[cfg(unix)]
fn builder() -> Builder<'static, 'static> {
    let mut builder = Builder::new();
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder
}

/// Elsewhere a file has what its folder passes on.
#[cfg(not(unix))]
fn builder() -> Builder<'static, 'static> {
    Builder::new()
}

fn give_name(whole: TempPath, path: &Path, existing: Existing) -> io::Result<()> {
    let result = match existing {
        Existing::Kept => whole.persist_noclobber(path),
        Existing::Replaced => whole.persist(path),
    };
    result.map_err(|error| error.error)
}
