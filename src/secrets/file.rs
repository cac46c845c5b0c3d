//! The file store: one file for each key, in a folder that is closed to others.

use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::store::{Backend, SecretStore, StoreError};
use crate::files;
use crate::hex;

const SUFFIX: &str = ".json";

/// Files of mode 0600 in a folder of mode 0700. Each is replaced whole: a reader sees the old text or the
/// new one. Whoever reads, changes and writes back holds a lock of its own around it.
pub struct FileStore {
    folder: PathBuf,
}

impl FileStore {
    /// The store in `folder`; nothing is read or made yet.
    pub fn new(folder: PathBuf) -> Self {
        FileStore { folder }
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The file that belongs to `key`.
    pub fn path(&self, key: &str) -> PathBuf {
        self.folder.join(file_name(key))
    }
}

impl SecretStore for FileStore {
    fn backend(&self) -> Backend {
        Backend::File
    }

    fn get(&self, key: &str) -> Result<Option<Zeroizing<String>>, StoreError> {
        files::check_path(&self.folder)?;
        Ok(files::read(&self.path(key))?)
    }

    fn set(&self, key: &str, text: &str) -> Result<(), StoreError> {
        files::check_path(&self.folder)?;
        Ok(files::keep(&self.folder, &file_name(key), text.as_bytes())?)
    }

    fn delete(&self, key: &str) -> Result<(), StoreError> {
        Ok(files::remove(&self.path(key))?)
    }
}

/// A name that every file system takes and that no two keys share, also where case is ignored.
fn file_name(key: &str) -> String {
    let mut name = String::with_capacity(key.len() + SUFFIX.len());
    for byte in key.bytes() {
        match byte {
            b'a'..=b'z' | b'0'..=b'9' | b'-' => name.push(char::from(byte)),
            _ => name.push_str(&format!("_{byte:02x}")),
        }
    }
    if name.len() > 120 || name.is_empty() {
        name = format!("sha256-{}", hex::encode(&Sha256::digest(key.as_bytes())));
    }
    name + SUFFIX
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(unix)]
    use crate::files::FileError;

    fn store() -> (tempfile::TempDir, FileStore) {
        let folder = tempfile::tempdir().expect("a scratch folder");
        let store = FileStore::new(folder.path().join("profiles/default/secrets"));
        (folder, store)
    }

    #[test]
    fn what_is_set_is_got_replaced_and_deleted() {
        let (_folder, store) = store();
        assert!(store.get("a").expect("reads").is_none());
        store.set("a", "one").expect("writes");
        store.set("a", "two").expect("replaces");
        assert_eq!(store.get("a").expect("reads").as_deref().map(String::as_str), Some("two"));
        store.delete("a").expect("deletes");
        store.delete("a").expect("deleting nothing is done at once");
        assert!(store.get("a").expect("reads").is_none());
    }

    #[test]
    fn names_are_safe_and_distinct() {
        let keys = ["prod", "Prod", "PROD", "../prod", "a/b", "a_2fb", "a\u{e9}", "", &"x".repeat(500)];
        let names: std::collections::BTreeSet<String> =
            keys.iter().map(|key| file_name(key).to_lowercase()).collect();
        assert_eq!(names.len(), keys.len());
        assert!(names.iter().all(|name| !name.contains(['/', '\\']) && name.len() < 130));
        assert_eq!(file_name("prod"), "prod.json");
    }

    #[cfg(unix)]
    #[test]
    fn only_the_user_may_read_and_a_file_that_others_can_read_is_refused() {
        use std::fs::{self, Permissions};
        use std::os::unix::fs::PermissionsExt;
        let (_folder, store) = store();
        store.set("a", "one").expect("writes");
        let mode = |path: &Path| fs::metadata(path).expect("exists").permissions().mode() & 0o777;
        assert_eq!(mode(store.folder()), 0o700);
        assert_eq!(mode(&store.path("a")), 0o600);
        fs::set_permissions(store.path("a"), Permissions::from_mode(0o640)).expect("opens it");
        let error = store.get("a").expect_err("refused");
        assert!(matches!(error, StoreError::File(FileError::Exposed { mode: 0o640, .. })), "{error}");
        assert!(error.hints()[0].contains("chmod go-rwx"), "{:?}", error.hints());
        fs::set_permissions(store.path("a"), Permissions::from_mode(0o600)).expect("closes it");
        fs::set_permissions(store.folder(), Permissions::from_mode(0o755)).expect("opens the folder");
        assert!(matches!(store.get("a"), Err(StoreError::File(FileError::Exposed { mode: 0o755, .. }))));
        assert!(matches!(store.set("a", "two"), Err(StoreError::File(FileError::Exposed { .. }))));
    }
}
