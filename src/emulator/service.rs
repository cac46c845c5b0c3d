//! The emulator as an HTTP service: key, body and route of a request, its answer, its line in the log.

use std::io;
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;
use hyper::body::{Body, Incoming};
use hyper::header::{AUTHORIZATION, CONNECTION, HOST, HeaderMap, HeaderValue};
use hyper::http::request::Parts;
use hyper::http::uri::Authority;

use super::Emulator;
use super::answer::Answer;
use super::error::{ApiError, Code, Shape};
use super::files::UploadCommand;
use super::log::{Request as Line, shown_target};
use super::origin::{self, Reach};
use super::routes::{Control, Route};
use super::target::Target;
use crate::server::{self, Handler, InProgress, Limits, Pool, Refusal, read_body};
use crate::ui::Ui;

/// The longest body that asks a model for something: requests of a batch may stand in it.
const MAX_INLINE: usize = 20 * 1024 * 1024;
/// For how long the published keys may be kept. What the service says is not known.
const JWKS_FRESHNESS: HeaderValue = HeaderValue::from_static("public, max-age=300");

/// An emulator that answers HTTP.
pub struct Service {
    emulator: Arc<Emulator>,
    ui: Arc<Ui>,
    limits: Limits,
    inline: Limits,
    pool: Pool,
    reach: Reach,
    own: String,
}

/// A request that may be answered.
pub struct Request<'a> {
    /// The head.
    pub parts: &'a Parts,
    /// What the head asks for.
    pub target: &'a Target,
    /// The body; empty where it is read later.
    pub body: Bytes,
    /// The emulator's own address, for clients that name none: `http://127.0.0.1:9090`.
    own: &'a str,
}

impl Request<'_> {
    /// Where the client reached the emulator, with the version: `http://127.0.0.1:9090/v1beta`.
    pub fn base(&self) -> String {
        format!("{}/{}", self.origin(), self.version())
    }

    /// Where uploads begin.
    pub fn upload_url(&self) -> String {
        format!("{}/upload/{}/files", self.origin(), self.version())
    }

    /// The size of the page that is asked for, and where it begins.
    ///
    /// # Errors
    /// Code `Invalid` where either is not a number.
    pub fn page(&self, default: usize, most: usize) -> Result<(usize, Option<u64>), ApiError> {
        let query = |names: &[&str]| self.target.query(names).filter(|text| !text.is_empty());
        let size = match query(&["pageSize", "page_size"]).map(str::parse::<u32>) {
            None | Some(Ok(0)) => default,
            Some(Ok(size)) => (size as usize).min(most),
            Some(Err(_)) => return Err(ApiError::invalid("Invalid value at 'pageSize'.")),
        };
        let before = query(&["pageToken", "page_token"]).map(str::parse::<u64>).transpose();
        Ok((size, before.map_err(|_| ApiError::invalid("Invalid value at 'pageToken'."))?))
    }

    fn origin(&self) -> String {
        let header = self.parts.headers.get(HOST).and_then(|host| host.to_str().ok());
        let host = header.or_else(|| self.parts.uri.authority().map(|authority| authority.as_str()));
        match host.filter(|host| host.parse::<Authority>().is_ok_and(|host| !host.as_str().contains('@'))) {
            Some(host) => format!("http://{host}"),
            None => self.own.to_owned(),
        }
    }

    fn version(&self) -> &str {
        let mut segments = self.target.segments.iter().map(String::as_str);
        segments.find(|segment| segment.starts_with("v1")).unwrap_or("v1")
    }
}

impl Service {
    /// A service within these limits, which listens at the URL `own`, where `reach` says; trouble with
    /// connections is warned about on stderr.
    pub fn new(emulator: Arc<Emulator>, ui: Arc<Ui>, limits: Limits, (own, reach): (&str, Reach)) -> Self {
        let inline = Limits { max_body: MAX_INLINE, ..limits.clone() };
        let pool = Pool::new(limits.max_unfinished.max(4 * MAX_INLINE));
        let own = own.trim_end_matches('/').to_owned();
        Service { emulator, ui, limits, inline, pool, reach, own }
    }

    async fn answer(&self, parts: &Parts, body: &mut Incoming) -> Answer {
        let target = Target::parse(parts.uri.path(), parts.uri.query());
        let route = Route::of(&parts.method, &target.segments);
        let shape = self.shape(&route);
        let result = self.result((parts, &target), &route, body).await;
        result.unwrap_or_else(|error| Answer::refusal(&error, shape))
    }

    async fn result(
        &self,
        (parts, target): (&Parts, &Target),
        route: &Route,
        body: &mut Incoming,
    ) -> Result<Answer, ApiError> {
        let mut request = Request { parts, target, body: Bytes::new(), own: &self.own };
        let upload = match route {
            Route::Upload => Some(UploadCommand::parse(&parts.headers)),
            _ => None,
        };
        // The pieces of an upload are kept as they come; anything else is read whole.
        let is_piece = matches!(upload, Some(Ok(UploadCommand::Upload { .. })));
        if !is_piece {
            let limits = if matches!(route, Route::Models(_)) { &self.inline } else { &self.limits };
            request.body = read_body(body, limits, &self.pool).await.map_err(unread)?;
        }
        let checked = match route {
            Route::Control(Control::Health) | Route::Jwks | Route::Unknown(_) => Ok(()),
            Route::Control(_) => origin::check_control(parts, self.reach),
            _ => origin::check_call(parts),
        };
        checked.map_err(|denied| ApiError::new(Code::PermissionDenied, denied.to_string()))?;
        // Whoever knows the URL of an upload began it.
        let is_begun = matches!(upload, Some(Ok(command)) if command != UploadCommand::Start);
        let is_open = matches!(route, Route::Jwks | Route::Control(_)) || is_begun;
        if !is_open && !has_key(&parts.headers, target) {
            return Err(ApiError::new(
                Code::PermissionDenied,
                "The request has no API key: send one in x-goog-api-key. The emulator takes any.",
            ));
        }
        let emulator = &self.emulator;
        match (route, upload) {
            (Route::Upload, Some(command)) => emulator.upload(command?, &request, body).await,
            (Route::Webhooks(call), _) => emulator.call(call, target, &request.body),
            (Route::Interactions(call), _) => emulator.interaction(call, &request),
            (Route::Models(call), _) => emulator.model(call, &request),
            (Route::Operations(call), _) => emulator.operation(call),
            (Route::Batches(call), _) => emulator.batch(call, &request),
            (Route::Files(call), _) => emulator.file(call, &request),
            (Route::Jwks, _) => {
                Ok(Answer::json(emulator.keys.key_set()).with("cache-control", JWKS_FRESHNESS))
            }
            (Route::Control(control), _) => emulator.control(control, target, request.body).await,
            (Route::Unknown(_) | Route::Upload, _) => Err(ApiError::not_found()),
        }
    }

    fn shape(&self, route: &Route) -> Shape {
        match route {
            Route::Webhooks(_) => self.emulator.options.webhook_errors,
            Route::Interactions(_) => Shape::String,
            Route::Unknown(shape) => *shape,
            _ => Shape::Status,
        }
    }
}

impl Handler for Service {
    fn limits(&self) -> &Limits {
        &self.limits
    }

    async fn handle(self: Arc<Self>, mark: InProgress, request: hyper::Request<Incoming>) -> server::Answer {
        let start = Instant::now();
        let (parts, mut body) = request.into_parts();
        let answer = self.answer(&parts, &mut body).await;
        self.emulator.log.request(&Line {
            method: parts.method.as_str(),
            target: &shown_target(&parts.uri),
            status: answer.status,
            latency: start.elapsed(),
            note: answer.note.as_deref(),
        });
        let mut response = answer.into_response();
        if !body.is_end_stream() && parts.version != hyper::Version::HTTP_2 {
            response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            mark.leave_unread();
        }
        response
    }

    fn unreadable(&self, refusal: Refusal) {
        self.ui.trace(&format!("a connection ended: {}", refusal.words()));
    }

    fn trouble(&self, error: io::Error) {
        self.ui.warn(&format!("cannot accept connections: {error}"));
    }
}

/// Whether there is a key, in any of the places where the service takes one. Which does not matter.
fn has_key(headers: &HeaderMap, target: &Target) -> bool {
    let header = headers.get("x-goog-api-key").is_some_and(|key| !key.as_bytes().trim_ascii().is_empty());
    let bearer = headers.get(AUTHORIZATION).is_some_and(|value| {
        let value = value.as_bytes();
        value.len() > 7 && value[..7].eq_ignore_ascii_case(b"bearer ") && !value[7..].trim_ascii().is_empty()
    });
    header || bearer || target.query(&["key"]).is_some_and(|key| !key.is_empty())
}

fn unread(refusal: Refusal) -> ApiError {
    match refusal {
        Refusal::BodyTooLarge => ApiError::new(Code::TooLarge, "The body is too large."),
        _ => ApiError::invalid(format!("The body cannot be read: {}.", refusal.words())),
    }
}
