//! The files in which a profile keeps its copies of key sets.

use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::copy::Kept;
use crate::files::{self, FileError};
use crate::gemini::KeySetPlace;
use crate::hex;
use crate::signature::parse_jwks;

/// The folder of the copies, in the profile's.
const FOLDER: &str = "key-sets";

/// A file in the folder of the copies.
#[derive(Debug)]
pub enum CopyFile {
    /// A copy of the set at this place.
    Of(KeySetPlace),
    /// One that is as good as none until its set is fetched again, and why: it is damaged, or somebody else
    /// could have written it.
    Unusable(PathBuf, FileError),
}

/// The copies of the profile in `profile`, in a stable order.
pub fn copies_in(profile: &Path) -> Vec<CopyFile> {
    let entries = std::fs::read_dir(folder_in(profile)).into_iter().flatten().filter_map(Result::ok);
    let paths = entries.map(|entry| entry.path());
    let paths = paths.filter(|path| path.extension().is_some_and(|end| end == "json"));
    let mut copies: Vec<CopyFile> = paths.filter_map(look).collect();
    copies.sort_by_cached_key(|copy| match copy {
        CopyFile::Of(place) => (0, place.url().into()),
        CopyFile::Unusable(path, _) => (1, path.clone()),
    });
    copies
}

/// The folder of the copies of the profile in `profile`.
pub(super) fn folder_in(profile: &Path) -> PathBuf {
    profile.join(FOLDER)
}

/// The name of the file with the copy of the set at `url`.
pub(super) fn file_name(url: &str) -> String {
    format!("{}.json", hex::encode(&Sha256::digest(url)[..12]))
}

/// What a file holds; nothing where that is no more than a failure to fetch, or it has gone meanwhile.
fn look(path: PathBuf) -> Option<CopyFile> {
    let text = match files::read(&path) {
        Ok(text) => text?,
        Err(error) => return Some(CopyFile::Unusable(path, error)),
    };
    let Some((copy, place)) = read(&path, &text) else {
        let error = FileError::Damaged(path.clone());
        return Some(CopyFile::Unusable(path, error));
    };
    copy.set.is_some().then_some(CopyFile::Of(place))
}

/// The copy that a file's text is, if it is one that a [`KeySet`](super::KeySet) would use.
fn read(path: &Path, text: &str) -> Option<(Kept, KeySetPlace)> {
    let copy = Kept::parse(text)?;
    let place = KeySetPlace::named(&copy.url).ok()?;
    let is_own = path.file_name()? == &*file_name(place.url());
    let is_set = copy.set.as_ref().is_none_or(|set| parse_jwks(set.text.as_bytes(), &"".into()).is_ok());
    (is_own && is_set).then_some((copy, place))
}
