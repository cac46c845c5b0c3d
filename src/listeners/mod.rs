//! The `gwh listen` processes of a profile: how one makes itself known to other commands, and how they ask it.
//!
//! Each keeps a file that only the user may read, with its URL and a token, for as long as it runs. A file
//! whose process was killed is recognised by its port, which nobody listens at, and removed. Webhooks that one has
//! made for itself have marks beside.

mod ask;
mod temporary;

use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use rustls_pki_types::CertificateDer;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

pub use ask::{Inquirer, Silence};
pub use temporary::{LeftBehind, Temporary};

use crate::files::{self, Durability};
use crate::server::Token;

/// The folder in the profile's.
const FOLDER: &str = "listeners";

/// What a file holds.
#[derive(Serialize, Deserialize)]
struct Record {
    url: String,
    token: String,
    /// The certificate of one that speaks TLS: its DER in base64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    certificate: Option<String>,
}

/// A running listener's file, removed when this is dropped.
pub struct Presence {
    path: PathBuf,
    text: Zeroizing<String>,
}

impl Presence {
    /// Makes a listener at `url` known in the profile's `folder`, with the certificate that it shows.
    ///
    /// # Errors
    /// What the operating system says, where the file cannot be written.
    pub fn announce(
        folder: &Path,
        url: &str,
        port: u16,
        token: &Token,
        certificate: Option<&CertificateDer<'_>>,
    ) -> std::io::Result<Self> {
        let folder = folder.join(FOLDER);
        files::create_folder(&folder)?;
        let certificate = certificate.map(|der| STANDARD.encode(der));
        let record = Record { url: url.to_owned(), token: token.expose().to_owned(), certificate };
        let text = Zeroizing::new(serde_json::to_string(&record).expect("a struct of text serialises"));
        let path = folder.join(format!("{port}-{}.json", std::process::id()));
        // Not synced to the disk: after a power cut there is no listener either.
        files::replace(&path, text.as_bytes(), Durability::Whole)?;
        Ok(Presence { path, text })
    }
}

impl Drop for Presence {
    fn drop(&mut self) {
        if fs::read_to_string(&self.path).is_ok_and(|text| Zeroizing::new(text) == self.text) {
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// A listener that has a file.
pub struct Listener {
    /// Where it takes deliveries.
    pub url: String,
    token: Token,
    certificate: Option<CertificateDer<'static>>,
    path: PathBuf,
}

impl Listener {
    /// Every listener that has a file in the profile's `folder`, in the order of their URLs. A file that
    /// somebody else may have read or written is passed over.
    pub fn all(folder: &Path) -> Vec<Listener> {
        let Ok(entries) = fs::read_dir(folder.join(FOLDER)) else { return Vec::new() };
        let paths = entries.filter_map(Result::ok).map(|entry| entry.path());
        let files = paths.filter(|path| path.extension().is_some_and(|extension| extension == "json"));
        let mut all: Vec<Listener> = files.filter_map(Listener::read).collect();
        all.sort_by(|left, right| left.url.cmp(&right.url));
        all
    }

    fn read(path: PathBuf) -> Option<Listener> {
        let text = files::read(&path).ok().flatten()?;
        let Record { url, token, certificate } = serde_json::from_str(&text).ok()?;
        let certificate = certificate.and_then(|text| STANDARD.decode(text).ok()).map(CertificateDer::from);
        Some(Listener { url, token: Token::of(token), certificate, path })
    }

    /// Removes the file of a listener that is no more.
    pub fn forget(&self) {
        // Another command may have been faster.
        let _ = fs::remove_file(&self.path);
    }
}
