//! Sending a file to the Files API with the resumable protocol: a session, then the bytes in pieces.
//!
//! After a piece whose answer is lost, the service is asked how much it has, so that nothing is sent twice and
//! no second file is made.

use std::io::{self, Read, Seek, SeekFrom};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap};
use reqwest::{Method, RequestBuilder, Url};

use super::call::{Api, Exchanged, Holds};
use super::error::{ApiError, Cause};
use super::file::RemoteFile;
use super::retry::Attempts;

/// A piece of a file. The service takes multiples of 256 KiB; Google's own SDKs send as much.
const PIECE: usize = 8 * 1024 * 1024;
/// How much of a piece is handed over at a time, which is how often progress is told.
const STEP: usize = 64 * 1024;
/// Slower than this is taken for a connection that stands still.
const SLOWEST: u64 = 32 * 1024;

/// Is told how many bytes of a file have been handed over so far.
pub type OnProgress = Arc<dyn Fn(u64) + Send + Sync>;

/// What to upload.
pub struct Upload<R> {
    /// The bytes, which may be read more than once from any place.
    pub content: R,
    /// How many there are.
    pub length: u64,
    /// What they are.
    pub mime_type: String,
    /// What people call the file.
    pub display_name: String,
}

/// Why a file was not uploaded.
#[derive(Debug, thiserror::Error)]
pub enum UploadError {
    /// The file cannot be read.
    #[error(transparent)]
    Content(#[from] io::Error),
    /// The API did not take it.
    #[error("the API did not take it")]
    Api(ApiError),
}

impl From<ApiError> for UploadError {
    fn from(error: ApiError) -> Self {
        UploadError::Api(error)
    }
}

impl Api {
    /// Uploads a file and answers it as the API has it.
    ///
    /// # Errors
    /// [`UploadError`].
    pub async fn upload<R: Read + Seek>(
        &self,
        mut upload: Upload<R>,
        on_progress: OnProgress,
    ) -> Result<RemoteFile, UploadError> {
        let session = self.open_session(&upload).await?;
        let (mut sent, mut attempts) = (0, Attempts::timed());
        loop {
            let piece = read_piece(&mut upload.content, sent, upload.length)?;
            let end = sent + piece.len() as u64;
            match self.send_piece(&session, sent, piece, upload.length, &on_progress).await {
                Ok(Progress::Done(file)) => return Ok(file),
                Ok(Progress::Received(size)) if size > sent && size <= end => {
                    (sent, attempts) = (size, Attempts::timed());
                    continue;
                }
                Ok(Progress::Received(_)) => {
                    let what = "it does not say how much of the file has arrived";
                    return Err(ApiError::unexpected(what).into());
                }
                Err(cause) => self.again(&mut attempts, cause).await?,
            }
            match self.received(&session).await? {
                Progress::Done(file) => return Ok(file),
                Progress::Received(size) if size > upload.length => {
                    return Err(ApiError::unexpected("it has more bytes than the file").into());
                }
                Progress::Received(size) => {
                    if size > sent {
                        attempts = Attempts::timed();
                    }
                    sent = size;
                    on_progress(sent);
                }
            }
        }
    }

    /// Asks where to send the bytes. A session that is not used is forgotten by the service, so asking again
    /// does no harm.
    async fn open_session<R>(&self, upload: &Upload<R>) -> Result<Session, ApiError> {
        let url = self.upload_url();
        let body = serde_json::json!({"file": {"displayName": upload.display_name}}).to_string();
        let mut attempts = Attempts::timed();
        loop {
            let request = self
                .request(Method::POST, &url)
                .header(ACCEPT, "application/json")
                .header(CONTENT_TYPE, "application/json")
                .header("x-goog-upload-protocol", "resumable")
                .header("x-goog-upload-command", "start")
                .header("x-goog-upload-header-content-length", upload.length)
                .header("x-goog-upload-header-content-type", &upload.mime_type)
                .body(body.clone());
            match self.exchange(request, &url).await.and_then(|answer| self.session(&url, answer)) {
                Ok(session) => return Ok(session),
                Err(cause) => self.again(&mut attempts, cause).await?,
            }
        }
    }

    /// `{base}/upload/{version}/files`.
    fn upload_url(&self) -> Url {
        let mut url = self.base().clone();
        let path = ["upload", self.version(), "files"];
        url.path_segments_mut().expect("the scheme is HTTP").pop_if_empty().extend(path);
        url
    }

    fn session(&self, url: &Url, answer: Exchanged) -> Result<Session, Cause> {
        let to = header(&answer.headers, "x-goog-upload-url").map(str::to_owned);
        self.judge(url, Holds::NoSecret, answer)?;
        let missing = |what: &str| Cause::Unexpected { what: what.to_owned() };
        let to = to.ok_or_else(|| missing("it does not say where to upload to"))?;
        let to = Url::parse(&to).map_err(|_| missing("where it says to upload to is no URL"))?;
        let trust = match (to.origin() == self.base().origin(), is_google_over_tls(&to)) {
            (true, _) => Trust::Key,
            // A proxy in front of the API may pass on Google's own address, whose URL is a pass by itself.
            (false, true) => Trust::NoKey,
            (false, false) => return Err(missing("it wants the file to go to another host")),
        };
        Ok(Session { url: to, trust })
    }

    fn step(&self, session: &Session) -> RequestBuilder {
        let request = match session.trust {
            Trust::Key => self.request(Method::POST, &session.url),
            Trust::NoKey => self.request_without_key(Method::POST, &session.url),
        };
        request.header(ACCEPT, "application/json")
    }

    async fn send_piece(
        &self,
        session: &Session,
        offset: u64,
        piece: Bytes,
        length: u64,
        on_progress: &OnProgress,
    ) -> Result<Progress, Cause> {
        let size = piece.len() as u64;
        let is_last = offset + size == length;
        let command = if is_last { "upload, finalize" } else { "upload" };
        let request = self
            .step(session)
            .header("x-goog-upload-offset", offset)
            .header("x-goog-upload-command", command)
            .timeout(self.timeout() + Duration::from_secs(size / SLOWEST))
            .body(reqwest::Body::wrap(Counted { piece, at: offset, on_progress: on_progress.clone() }));
        let answer = self.exchange(request, &session.url).await?;
        self.progress(session, answer, offset + size)
    }

    async fn received(&self, session: &Session) -> Result<Progress, ApiError> {
        let mut attempts = Attempts::timed();
        loop {
            let request = self.step(session).header("x-goog-upload-command", "query");
            let answer = self.exchange(request, &session.url).await;
            match answer.and_then(|answer| self.progress(session, answer, 0)) {
                Ok(progress) => return Ok(progress),
                Err(cause) => self.again(&mut attempts, cause).await?,
            }
        }
    }

    /// What an answer says about the upload. `sent` is how much has arrived where it does not say.
    fn progress(&self, session: &Session, answer: Exchanged, sent: u64) -> Result<Progress, Cause> {
        let is_final = header(&answer.headers, "x-goog-upload-status") == Some("final");
        let size = header(&answer.headers, "x-goog-upload-size-received").and_then(|size| size.parse().ok());
        let body = self.judge(&session.url, Holds::NoSecret, answer)?;
        match RemoteFile::read(&body) {
            Some(file) => Ok(Progress::Done(file)),
            None if is_final => {
                Err(Cause::Unexpected { what: "it has the whole file, but does not name it".to_owned() })
            }
            None => Ok(Progress::Received(size.unwrap_or(sent))),
        }
    }
}

/// Where the bytes of one upload go.
struct Session {
    url: Url,
    trust: Trust,
}

/// Whether the API key goes along.
enum Trust {
    Key,
    NoKey,
}

/// How far an upload is.
enum Progress {
    Received(u64),
    Done(RemoteFile),
}

fn is_google_over_tls(url: &Url) -> bool {
    url.scheme() == "https" && super::endpoint::is_google(url.host_str().unwrap_or_default())
}

fn header<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}

fn read_piece(content: &mut (impl Read + Seek), offset: u64, length: u64) -> io::Result<Bytes> {
    content.seek(SeekFrom::Start(offset))?;
    let size = usize::try_from(length.saturating_sub(offset)).unwrap_or(PIECE).min(PIECE);
    let mut piece = vec![0; size];
    content.read_exact(&mut piece)?;
    Ok(piece.into())
}

/// A piece that tells how much of it has been taken.
struct Counted {
    piece: Bytes,
    at: u64,
    on_progress: OnProgress,
}

impl Body for Counted {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if self.piece.is_empty() {
            return Poll::Ready(None);
        }
        let length = self.piece.len().min(STEP);
        let step = self.piece.split_to(length);
        self.at += length as u64;
        (self.on_progress)(self.at);
        Poll::Ready(Some(Ok(Frame::data(step))))
    }

    fn is_end_stream(&self) -> bool {
        self.piece.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.piece.len() as u64)
    }
}
