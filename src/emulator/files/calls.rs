//! The calls of the files resource, and uploads.

use std::time::Duration;

use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::header::{ACCEPT_RANGES, CONTENT_RANGE, ETAG, HeaderValue, IF_RANGE, RANGE};
use serde_json::{Value, json};
use tokio::time::timeout;

use super::range;
use super::resumable::{Announced, Command, Progress};
use crate::emulator::Emulator;
use crate::emulator::answer::Answer;
use crate::emulator::error::{ApiError, Code, Shape};
use crate::emulator::registry::lower_case_id;
use crate::emulator::routes::FileCall;
use crate::emulator::service::Request;

/// How many files a page holds where the caller does not say, and at most.
const PAGE: usize = 10;
const MAX_PAGE: usize = 100;
const ID_LENGTH: usize = 12;
/// Long enough that nobody guesses it: it opens the upload without a key.
const UPLOAD_ID_LENGTH: usize = 48;
/// How long a piece of an upload may take to come.
const PIECE: Duration = Duration::from_secs(15);
/// What the service wants all pieces but the last to be a multiple of; the emulator does not mind.
const GRANULARITY: HeaderValue = HeaderValue::from_static("262144");

impl Emulator {
    /// Does what a call of the files resource asks for.
    pub(in crate::emulator) fn file(
        &self,
        call: &FileCall,
        request: &Request<'_>,
    ) -> Result<Answer, ApiError> {
        let now = self.clock.now();
        match call {
            FileCall::List => self.list_files(request),
            FileCall::Get(id) => Ok(Answer::of(&self.files.get(id, now)?.view())),
            FileCall::Download(id) => self.download(id, request),
            FileCall::Delete(id) => {
                self.files.delete(id, now)?;
                Ok(Answer::empty())
            }
        }
    }

    fn list_files(&self, request: &Request<'_>) -> Result<Answer, ApiError> {
        let (size, before) = request.page(PAGE, MAX_PAGE)?;
        let (files, next) = self.files.page(size, before, self.clock.now());
        let mut list = json!({});
        if !files.is_empty() {
            list["files"] = files.iter().map(|file| file.view()).collect();
        }
        if let Some(next) = next {
            list["nextPageToken"] = json!(next.to_string());
        }
        Ok(Answer::of(&list))
    }

    fn download(&self, id: &str, request: &Request<'_>) -> Result<Answer, ApiError> {
        let file = self.files.get(id, self.clock.now())?;
        let etag = format!("\"{}\"", file.sha256);
        let header =
            |name| request.parts.headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
        let length = file.file.content.len();
        // A part of another file than the client has the start of is of no use to it.
        let is_same = header(IF_RANGE).is_none_or(|wanted| wanted == etag);
        let part = match range::part(header(RANGE).filter(|_| is_same), length) {
            Ok(part) => part,
            // A client that has all of it already learns so from the length.
            Err(error) => {
                let refusal = Answer::refusal(&error, Shape::Status);
                return Ok(with_range(refusal, &format!("bytes */{length}")));
            }
        };
        let content = match &part {
            Some(part) => file.file.content.slice(part.clone()),
            None => file.file.content,
        };
        let mut answer = Answer::content(file.file.content_type, content)
            .with(ACCEPT_RANGES.as_str(), HeaderValue::from_static("bytes"));
        if let Ok(etag) = HeaderValue::from_str(&etag) {
            answer = answer.with(ETAG.as_str(), etag);
        }
        if let Some(part) = part {
            answer.status = 206;
            answer = with_range(answer, &format!("bytes {}-{}/{length}", part.start, part.end - 1));
        }
        Ok(answer)
    }

    /// Does what a request of the resumable protocol asks for: one that begins has its body in `request`,
    /// one that goes on has it still to come.
    ///
    /// # Errors
    /// Code `Invalid`, `NotFound` or `Exhausted`.
    pub(in crate::emulator) async fn upload(
        &self,
        command: Command,
        request: &Request<'_>,
        body: &mut Incoming,
    ) -> Result<Answer, ApiError> {
        if command == Command::Start {
            return self.start_upload(request);
        }
        let id = request.target.query(&["upload_id"]).unwrap_or_default();
        match command {
            Command::Upload { offset, is_last } => {
                let turn = self.uploads.turn(id, offset)?;
                while let Some(frame) = timeout(PIECE, body.frame()).await.map_err(|_| broken_off())? {
                    let Ok(data) = frame.map_err(|_| broken_off())?.into_data() else { continue };
                    self.uploads.add(&turn, &data, &self.files, self.clock.now())?;
                }
                if is_last {
                    self.uploads.finish(&turn, &self.files, self.clock.now())?;
                }
            }
            Command::Cancel => {
                self.uploads.cancel(id, &self.files)?;
                return Ok(
                    Answer::empty().with("x-goog-upload-status", HeaderValue::from_static("cancelled"))
                );
            }
            Command::Query | Command::Start => {}
        }
        self.upload_progress(id)
    }

    fn start_upload(&self, request: &Request<'_>) -> Result<Answer, ApiError> {
        let announced = self.announced(request)?;
        if let Some(length) = announced.length {
            // What can never be kept is refused before it is sent.
            self.files.can_hold(length)?;
        }
        let id = lower_case_id(self.random.as_ref(), UPLOAD_ID_LENGTH);
        let url = format!("{}?upload_id={id}&upload_protocol=resumable", request.upload_url());
        self.uploads.start(id, announced, &self.files)?;
        let url = HeaderValue::from_str(&url)
            .map_err(|_| ApiError::invalid("The Host header cannot stand in a URL."))?;
        Ok(Answer::empty()
            .with("x-goog-upload-url", url)
            .with("x-goog-upload-status", HeaderValue::from_static("active"))
            .with("x-goog-upload-chunk-granularity", GRANULARITY))
    }

    fn announced(&self, request: &Request<'_>) -> Result<Announced, ApiError> {
        let body = request.body.trim_ascii();
        let document: Value = if body.is_empty() {
            json!({})
        } else {
            serde_json::from_slice(body).map_err(|_| ApiError::invalid("Invalid JSON payload."))?
        };
        let member = |names: [&str; 2]| {
            let found = names.iter().find_map(|name| document["file"][*name].as_str());
            found.filter(|text| !text.is_empty()).map(str::to_owned)
        };
        let header = |name: &str| request.parts.headers.get(name).and_then(|value| value.to_str().ok());
        let content_type = member(["mimeType", "mime_type"])
            .or_else(|| header("x-goog-upload-header-content-type").map(str::to_owned))
            .unwrap_or_else(|| "application/octet-stream".to_owned());
        let length = header("x-goog-upload-header-content-length");
        let id = match member(["name", "name"]) {
            None => lower_case_id(self.random.as_ref(), ID_LENGTH),
            Some(name) => chosen_id(&name)?,
        };
        Ok(Announced {
            id,
            display_name: member(["displayName", "display_name"]),
            content_type: HeaderValue::from_str(&content_type)
                .map_err(|_| ApiError::invalid("Invalid value at 'file.mimeType'."))?,
            length: length
                .map(|text| text.trim().parse())
                .transpose()
                .map_err(|_| ApiError::invalid("Invalid header 'X-Goog-Upload-Header-Content-Length'."))?,
            base: request.base(),
        })
    }

    fn upload_progress(&self, id: &str) -> Result<Answer, ApiError> {
        let (answer, status, received) = match self.uploads.progress(id)? {
            Progress::Active(received) => (Answer::empty(), "active", received),
            Progress::Final(id) => {
                let file = self.files.get(&id, self.clock.now())?;
                (Answer::of(&json!({"file": file.view()})), "final", file.file.content.len())
            }
        };
        Ok(answer
            .with("x-goog-upload-status", HeaderValue::from_static(status))
            .with("x-goog-upload-size-received", HeaderValue::from(received)))
    }
}

fn with_range(answer: Answer, range: &str) -> Answer {
    let range = HeaderValue::from_str(range).expect("digits and signs can stand in a header");
    answer.with(CONTENT_RANGE.as_str(), range)
}

/// The id of a name that the owner chose: lower-case letters, digits and dashes.
fn chosen_id(name: &str) -> Result<String, ApiError> {
    let id = name.strip_prefix("files/").unwrap_or(name);
    let is_fine = (1..=40).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    if is_fine {
        Ok(id.to_owned())
    } else {
        Err(ApiError::invalid(
            "Invalid value at 'file.name': expected up to 40 lower-case letters, digits and dashes.",
        ))
    }
}

fn broken_off() -> ApiError {
    ApiError::new(Code::Invalid, "The piece broke off: ask with X-Goog-Upload-Command: query how much came.")
}
