//! The names of jobs and files as the APIs print them, each recognised by its shape.

use std::fmt;

/// Which API a job belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum JobKind {
    /// An interaction in the background: v1_…
    Interaction,
    /// A batch of requests: batches/…
    Batch,
    /// A video operation: models/…/operations/…
    Video,
}

impl JobKind {
    /// The word on the command line and in JSON.
    pub const fn name(self) -> &'static str {
        match self {
            JobKind::Interaction => "interaction",
            JobKind::Batch => "batch",
            JobKind::Video => "video",
        }
    }
}

/// Why a text does not name a job or a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// It has no shape that tells which API it belongs to.
    #[error("expected an id such as v1_…, batches/123 or models/MODEL/operations/ID")]
    Ambiguous,
    /// It cannot be an interaction's.
    #[error("expected an interaction's id such as v1_…")]
    NotInteraction,
    /// It cannot be a batch's.
    #[error("expected a batch's id such as batches/123")]
    NotBatch,
    /// It cannot be a video operation's, which names its model, too.
    #[error("expected a video operation such as models/MODEL/operations/ID")]
    NotVideo,
    /// It cannot be a file's.
    #[error("expected a file such as files/abc-123")]
    NotFile,
    /// It cannot be a model's.
    #[error("expected a model such as gemini-flash-latest")]
    NotModel,
}

/// The id of a job, in the form that its API prints: `v1_…`, `batches/123`, `models/…/operations/…`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobId {
    kind: JobKind,
    text: String,
}

impl JobId {
    /// Reads an id, and the kind from its shape.
    ///
    /// # Errors
    /// [`NameError::Ambiguous`] where the shape does not tell the kind.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let kind = match text.split('/').collect::<Vec<_>>().as_slice() {
            ["interactions", _] => JobKind::Interaction,
            [id] if id.starts_with("v1_") => JobKind::Interaction,
            ["batches", _] => JobKind::Batch,
            ["models", _, "operations", _] => JobKind::Video,
            _ => return Err(NameError::Ambiguous),
        };
        JobId::of_kind(kind, text)
    }

    /// Reads an id whose kind is known, with or without what stands before it.
    ///
    /// # Errors
    /// [`NameError`] where the text cannot be such an id.
    pub fn of_kind(kind: JobKind, text: &str) -> Result<Self, NameError> {
        let parts: Vec<&str> = text.split('/').collect();
        let is_plain = parts.iter().all(|part| is_segment(part));
        let text = match (kind, parts.as_slice()) {
            (JobKind::Interaction, ["interactions", id] | [id]) if is_plain => (*id).to_owned(),
            (JobKind::Batch, ["batches", id] | [id]) if is_plain => format!("batches/{id}"),
            (JobKind::Video, ["models", _, "operations", _]) if is_plain => text.to_owned(),
            (JobKind::Interaction, _) => return Err(NameError::NotInteraction),
            (JobKind::Batch, _) => return Err(NameError::NotBatch),
            (JobKind::Video, _) => return Err(NameError::NotVideo),
        };
        Ok(JobId { kind, text })
    }

    /// Which API the job belongs to.
    pub fn kind(&self) -> JobKind {
        self.kind
    }

    /// The id as its API prints it.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The steps of the path that leads to the job.
    pub(super) fn path(&self) -> Vec<&str> {
        let collection = (self.kind == JobKind::Interaction).then_some("interactions");
        collection.into_iter().chain(self.text.split('/')).collect()
    }
}

impl fmt::Display for JobId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The name of a file in the Files API: `files/abc-123`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileName(String);

impl FileName {
    /// Reads a name with its `files/` in front.
    ///
    /// # Errors
    /// [`NameError::NotFile`].
    pub fn parse(text: &str) -> Result<Self, NameError> {
        match text.strip_prefix("files/") {
            Some(id) if is_segment(id) => Ok(FileName(text.to_owned())),
            _ => Err(NameError::NotFile),
        }
    }

    /// The whole name.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands after `files/`.
    pub fn id(&self) -> &str {
        &self.0["files/".len()..]
    }
}

impl fmt::Display for FileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A model's name without the `models/` that may stand in front.
///
/// # Errors
/// [`NameError::NotModel`] where it cannot be one.
pub fn model_name(text: &str) -> Result<&str, NameError> {
    let name = text.strip_prefix("models/").unwrap_or(text);
    if is_segment(name) { Ok(name) } else { Err(NameError::NotModel) }
}

/// Whether a text can be one step of a path: a `:` would begin a verb, and dots alone lead elsewhere.
fn is_segment(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_graphic() && !b"/:?#%\\\"'<>".contains(&byte))
        && text.bytes().any(|byte| byte != b'.')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Option<(&'static str, String)> {
        JobId::parse(text).ok().map(|id| (id.kind().name(), id.path().join(" ")))
    }

    #[test]
    fn ids_are_recognised_by_their_shape() {
        for (text, kind, path) in [
            ("v1_abc-D_=", "interaction", "interactions v1_abc-D_="),
            ("interactions/abc", "interaction", "interactions abc"),
            ("batches/123", "batch", "batches 123"),
            ("models/veo-3/operations/op1", "video", "models veo-3 operations op1"),
        ] {
            assert_eq!(parsed(text), Some((kind, path.to_owned())), "{text}");
        }
        for odd in ["123", "", "batches", "operations/op1", "models/m", "batches/1/2", "files/1"] {
            assert_eq!(parsed(odd), None, "{odd}");
        }
    }

    #[test]
    fn an_explicit_kind_needs_less() {
        assert_eq!(
            JobId::of_kind(JobKind::Batch, "123").map(|id| id.to_string()),
            Ok("batches/123".to_owned())
        );
        assert_eq!(JobId::of_kind(JobKind::Interaction, "x").map(|id| id.to_string()), Ok("x".to_owned()));
        assert_eq!(JobId::of_kind(JobKind::Video, "op1"), Err(NameError::NotVideo));
    }

    #[test]
    fn no_name_leads_to_another_path() {
        for text in [
            "batches/..",
            "batches/.",
            "batches/1:cancel",
            "batches/1?x",
            "batches/a b",
            "batches/%2e",
            "v1_\n",
        ] {
            assert_eq!(parsed(text), None, "{text:?}");
        }
        for text in ["files/", "files/..", "files/a/b", "files/a:download", "a"] {
            assert!(FileName::parse(text).is_err(), "{text}");
        }
        assert_eq!(
            FileName::parse("files/batch-1").map(|name| name.id().to_owned()),
            Ok("batch-1".to_owned())
        );
        assert_eq!(model_name("models/veo"), Ok("veo"));
        assert!(model_name("a/b").is_err() && model_name("m:generate").is_err());
    }
}
