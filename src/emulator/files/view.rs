//! Files as the API shows them, with integers as text.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{File, Provenance};
use crate::units::rfc3339;

impl File {
    /// The file as the API shows it.
    pub fn view(&self) -> Value {
        let name = format!("files/{}", self.file.id);
        let uri = format!("{}/{name}", self.file.base);
        let is_uploaded = self.file.provenance == Provenance::Uploaded;
        let mut view = json!({
            "name": name,
            "mimeType": self.file.content_type.to_str().unwrap_or("application/octet-stream"),
            "sizeBytes": self.file.content.len().to_string(),
            "createTime": rfc3339(self.created),
            "updateTime": rfc3339(self.created),
            "expirationTime": rfc3339(self.expires()),
            // The service encodes the digits, not the bytes that they stand for.
            "sha256Hash": STANDARD.encode(&self.sha256),
            "uri": uri,
            "state": "ACTIVE",
            "source": if is_uploaded { "UPLOADED" } else { "GENERATED" },
        });
        if let Some(display_name) = &self.file.display_name {
            view["displayName"] = json!(display_name);
        }
        if !is_uploaded {
            view["downloadUri"] = json!(format!("{uri}:download?alt=media"));
        }
        view
    }
}
