//! The files that are kept: uploads, and the results of jobs. In memory, within a limit.

mod calls;
mod range;
mod resumable;
mod view;

use std::collections::{BTreeMap, HashMap};
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use hyper::header::HeaderValue;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest, Sha256};

pub use resumable::{Command as UploadCommand, Uploads};

use super::error::{ApiError, Code};
use crate::hex;
use crate::units::human_size;

/// How long a file is kept.
const LIFE: SignedDuration = SignedDuration::from_hours(48);
/// What a file takes besides its content, more or less.
const FIXED: usize = 1_024;

/// Where a file comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Provenance {
    /// Somebody uploaded it.
    Uploaded,
    /// It is the result of a job.
    Generated,
}

/// A file that is to be kept.
#[derive(Debug, Clone)]
pub struct NewFile {
    /// What its calls go by, without `files/`.
    pub id: String,
    /// The owner's name for it.
    pub display_name: Option<String>,
    /// The type of its content.
    pub content_type: HeaderValue,
    /// The content.
    pub content: Bytes,
    /// Where it comes from.
    pub provenance: Provenance,
    /// Where the emulator was reached, with the version.
    pub base: String,
}

/// A file.
#[derive(Debug, Clone)]
pub struct File {
    /// What was kept.
    pub file: NewFile,
    /// When.
    pub created: Timestamp,
    /// SHA-256 of the content, in hexadecimal digits.
    pub sha256: String,
}

/// The files, and the memory that they and the uploads under way may take.
pub struct Files {
    space: usize,
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    files: BTreeMap<u64, File>,
    names: HashMap<String, u64>,
    last: u64,
    /// What the files take.
    bytes: usize,
    /// What is set aside for uploads, which no file can make room for.
    reserved: usize,
}

impl Files {
    /// No files yet; at most so many bytes of them.
    pub fn new(space: usize) -> Self {
        Files { space, kept: Mutex::default() }
    }

    /// Keeps a file; the oldest ones make room for it.
    ///
    /// # Errors
    /// Code `Exhausted` where there is no room.
    pub fn add(&self, file: NewFile, now: Timestamp) -> Result<(), ApiError> {
        let bytes = FIXED + file.content.len();
        self.reserve(bytes, now)?;
        self.put(file, bytes, now);
        Ok(())
    }

    /// Sets memory aside; the oldest files make room, unless all of them together do not make enough.
    ///
    /// # Errors
    /// Code `Exhausted` where there is none.
    pub fn reserve(&self, bytes: usize, now: Timestamp) -> Result<(), ApiError> {
        let mut kept = self.kept(now);
        let Some(for_files) = self.space.checked_sub(kept.reserved.saturating_add(bytes)) else {
            return Err(self.full());
        };
        while kept.bytes > for_files {
            let Some(oldest) = kept.files.keys().next().copied() else { break };
            kept.remove(oldest);
        }
        kept.reserved += bytes;
        Ok(())
    }

    /// Makes sure that a file of so many bytes could be kept at all.
    ///
    /// # Errors
    /// Code `Exhausted`.
    pub fn can_hold(&self, bytes: usize) -> Result<(), ApiError> {
        if bytes.saturating_add(FIXED) <= self.space { Ok(()) } else { Err(self.full()) }
    }

    fn full(&self) -> ApiError {
        let space = human_size(self.space);
        let message = format!("The emulator keeps {space} of files in all: --file-space raises that.");
        ApiError::new(Code::Exhausted, message)
    }

    /// Gives back what was set aside.
    pub fn release(&self, bytes: usize) {
        self.lock().reserved -= bytes;
    }

    /// Keeps a file whose memory, so many bytes, was set aside already.
    fn put(&self, file: NewFile, reserved: usize, now: Timestamp) {
        let sha256 = hex::encode(&Sha256::digest(&file.content));
        let mut kept = self.lock();
        kept.reserved -= reserved;
        kept.bytes += reserved;
        kept.last += 1;
        let sequence = kept.last;
        if let Some(before) = kept.names.insert(file.id.clone(), sequence) {
            kept.remove(before);
            // The name of the one that is gone was just given to this one.
            kept.names.insert(file.id.clone(), sequence);
        }
        kept.files.insert(sequence, File { file, created: now, sha256 });
    }

    /// The content of a file by its name, with `files/` or without.
    ///
    /// # Errors
    /// Code `NotFound`.
    pub fn content(&self, name: &str, now: Timestamp) -> Result<Bytes, ApiError> {
        self.get(name.strip_prefix("files/").unwrap_or(name), now).map(|file| file.file.content)
    }

    /// The file of an id.
    ///
    /// # Errors
    /// Code `NotFound`.
    pub fn get(&self, id: &str, now: Timestamp) -> Result<File, ApiError> {
        let kept = self.kept(now);
        let file = kept.names.get(id).and_then(|sequence| kept.files.get(sequence));
        file.cloned().ok_or_else(ApiError::not_found)
    }

    /// Forgets a file.
    ///
    /// # Errors
    /// Code `NotFound`.
    pub fn delete(&self, id: &str, now: Timestamp) -> Result<(), ApiError> {
        let mut kept = self.kept(now);
        let sequence = kept.names.get(id).copied().ok_or_else(ApiError::not_found)?;
        kept.remove(sequence);
        Ok(())
    }

    /// `size` files from before `before`, the newest first, and where the next page begins.
    pub fn page(&self, size: usize, before: Option<u64>, now: Timestamp) -> (Vec<File>, Option<u64>) {
        let kept = self.kept(now);
        let mut found = kept.files.range(..before.unwrap_or(u64::MAX)).rev();
        let page: Vec<(&u64, &File)> = found.by_ref().take(size).collect();
        let next = found.next().and(page.last()).map(|(sequence, _)| **sequence);
        (page.into_iter().map(|(_, file)| file.clone()).collect(), next)
    }

    /// The files whose time is not over.
    fn kept(&self, now: Timestamp) -> MutexGuard<'_, Kept> {
        let mut kept = self.lock();
        while let Some((sequence, file)) = kept.files.first_key_value() {
            if file.expires() > now {
                break;
            }
            let sequence = *sequence;
            kept.remove(sequence);
        }
        kept
    }

    fn lock(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    fn remove(&mut self, sequence: u64) {
        if let Some(file) = self.files.remove(&sequence) {
            self.bytes -= FIXED + file.file.content.len();
            self.names.remove(&file.file.id);
        }
    }
}

impl File {
    /// When it is forgotten.
    pub fn expires(&self) -> Timestamp {
        self.created.saturating_add(LIFE).unwrap_or(Timestamp::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(id: &str, length: usize) -> NewFile {
        NewFile {
            id: id.to_owned(),
            display_name: None,
            content_type: HeaderValue::from_static("text/plain"),
            content: vec![0; length].into(),
            provenance: Provenance::Uploaded,
            base: String::new(),
        }
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).expect("a moment")
    }

    #[test]
    fn the_oldest_make_room_and_what_is_too_large_is_refused() {
        let files = Files::new(3 * FIXED);
        files.add(file("a", 100), at(0)).expect("there is room");
        files.add(file("b", 100), at(1)).expect("there is room");
        assert!(files.add(file("c", 3 * FIXED), at(1)).is_err_and(|error| error.code == Code::Exhausted));
        assert!(files.get("a", at(1)).is_ok(), "nothing goes for what cannot be kept");
        files.add(file("c", 900), at(2)).expect("there is room");
        let there = ["a", "b", "c"].map(|id| files.get(id, at(2)).is_ok());
        assert_eq!(there, [false, true, true]);
        files.delete("b", at(2)).expect("is there");
        files.add(file("c", 1), at(2)).expect("takes the place of the other");
        files.delete("c", at(2)).expect("is there");
        let kept = files.lock();
        assert_eq!((kept.bytes, kept.reserved), (0, 0));
    }

    #[test]
    fn no_file_goes_for_what_uploads_leave_no_room_for() {
        let files = Files::new(4 * FIXED);
        files.add(file("a", 0), at(0)).expect("there is room");
        files.reserve(2 * FIXED, at(1)).expect("there is room");
        assert!(files.reserve(2 * FIXED + 1, at(1)).is_err());
        assert!(files.get("a", at(1)).is_ok());
        files.reserve(2 * FIXED, at(1)).expect("the file makes room");
        assert!(files.get("a", at(1)).is_err());
    }

    #[test]
    fn files_are_forgotten_after_two_days_and_listed_from_the_newest() {
        let files = Files::new(1 << 20);
        for (index, id) in ["a", "b", "c"].into_iter().enumerate() {
            files.add(file(id, 1), at(index as i64)).expect("there is room");
        }
        let ids = |page: &[File]| page.iter().map(|file| file.file.id.clone()).collect::<String>();
        let (page, next) = files.page(2, None, at(3));
        assert_eq!(ids(&page), "cb");
        assert_eq!(ids(&files.page(2, next, at(3)).0), "a");
        assert!(files.get("a", at(172_800)).is_err() && files.get("b", at(172_800)).is_ok());
    }
}
