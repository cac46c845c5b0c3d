//! A file of the Files API, and which texts lead to one.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::Url;

use super::call::{Api, Call};
use super::endpoint;
use super::error::ApiError;
use super::job_id::FileName;
use crate::json::{self, Node};

/// A file as the API describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteFile {
    /// Its name.
    pub name: FileName,
    /// How many bytes it has.
    pub size: Option<u64>,
    /// What it is.
    pub mime_type: Option<String>,
    /// The SHA-256 of its bytes, where it is given in a form that can be told.
    pub sha256: Option<[u8; 32]>,
}

impl RemoteFile {
    /// Reads an answer, with or without the `file` around it. None where it names no file.
    pub(super) fn read(text: &str) -> Option<Self> {
        let tree = json::parse(text).ok()?;
        let file = tree.get("file").unwrap_or(&tree);
        let text = |name: &str| file.get(name).map(Node::to_plain);
        Some(RemoteFile {
            name: FileName::parse(&text("name")?).ok()?,
            size: text("sizeBytes").and_then(|size| size.parse().ok()),
            mime_type: text("mimeType"),
            sha256: text("sha256Hash").and_then(|hash| sha256(&hash)),
        })
    }
}

impl Api {
    /// What the API says about a file.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn file(&self, name: &FileName) -> Result<RemoteFile, ApiError> {
        let answer = self.send(&Call::read(self.url(&["files", name.id()], &[]))).await?;
        RemoteFile::read(&answer).ok_or_else(|| ApiError::unexpected("it names no file"))
    }

    /// The file of this API that a pointer names: `files/…`, or a URL of the API itself or of Google's that
    /// leads to one. What stands elsewhere, such as `gs://…`, is none: the key is not sent there.
    pub fn file_behind(&self, pointer: &str) -> Option<FileName> {
        if let Ok(name) = FileName::parse(pointer) {
            return Some(name);
        }
        let url = Url::parse(pointer).ok()?;
        let is_google = url.scheme() == "https" && endpoint::is_google(url.host_str()?);
        if url.origin() != self.base().origin() && !is_google {
            return None;
        }
        let mut steps = url.path_segments()?.skip_while(|step| *step != "files").skip(1);
        let id = steps.next()?;
        let id = id.strip_suffix(":download").unwrap_or(id);
        FileName::parse(&format!("files/{id}")).ok().filter(|_| steps.next().is_none())
    }
}

/// The documentation says base64; some answers hold the base64 of the hexadecimal digits, and either can be told
/// by its length.
fn sha256(text: &str) -> Option<[u8; 32]> {
    let hex = |digits: &[u8]| {
        let digits = str::from_utf8(digits).ok().filter(|digits| digits.len() == 64 && digits.is_ascii())?;
        let mut hash = [0; 32];
        for (byte, at) in hash.iter_mut().zip((0..64).step_by(2)) {
            *byte = u8::from_str_radix(&digits[at..at + 2], 16).ok()?;
        }
        Some(hash)
    };
    hex(text.as_bytes()).or_else(|| {
        let bytes = STANDARD.decode(text).ok()?;
        <[u8; 32]>::try_from(bytes.as_slice()).ok().or_else(|| hex(&bytes))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_read_in_both_shapes() {
        let bare = r#"{"name":"files/a","sizeBytes":"12","mimeType":"text/plain","sha256Hash":"new form"}"#;
        let file = RemoteFile::read(bare).expect("a file");
        assert_eq!((file.name.as_str(), file.size, file.sha256), ("files/a", Some(12), None));
        assert_eq!(RemoteFile::read(&format!(r#"{{"file":{bare}}}"#)), Some(file));
        assert_eq!(RemoteFile::read("{}"), None);
    }

    #[test]
    fn a_hash_is_read_in_every_form() {
        let hash = [0xab; 32];
        let digits = "ab".repeat(32);
        for text in [digits.clone(), STANDARD.encode(hash), STANDARD.encode(&digits)] {
            assert_eq!(sha256(&text), Some(hash), "{text}");
        }
        assert_eq!(sha256("ab"), None);
        assert_eq!(sha256(&"é".repeat(32)), None);
    }
}
