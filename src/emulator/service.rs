//! The emulator as an HTTP service: key, body and route of a request, its answer, its line in the log.

use std::io;
use std::sync::Arc;
use std::time::Instant;

use hyper::Request;
use hyper::body::{Body, Incoming};
use hyper::header::{AUTHORIZATION, CONNECTION, HeaderMap, HeaderValue};
use hyper::http::request::Parts;

use super::Emulator;
use super::answer::Answer;
use super::error::{ApiError, Code, Shape};
use super::log::{Request as Line, shown_target};
use super::origin::{self, Reach};
use super::routes::{Control, Route};
use super::target::Target;
use crate::server::{self, Handler, InProgress, Limits, Pool, Refusal, read_body};
use crate::ui::Ui;

/// An emulator that answers HTTP.
pub struct Service {
    emulator: Arc<Emulator>,
    ui: Arc<Ui>,
    limits: Limits,
    pool: Pool,
    reach: Reach,
}

impl Service {
    /// A service within these limits, which listens where `reach` says; trouble with connections is
    /// warned about on stderr.
    pub fn new(emulator: Arc<Emulator>, ui: Arc<Ui>, limits: Limits, reach: Reach) -> Self {
        let pool = Pool::new(limits.max_unfinished);
        Service { emulator, ui, limits, pool, reach }
    }

    async fn answer(&self, parts: &Parts, body: &mut Incoming) -> Answer {
        let target = Target::parse(parts.uri.path(), parts.uri.query());
        let route = Route::of(&parts.method, &target.segments);
        let shape = self.shape(&route);
        let bytes = match read_body(body, &self.limits, &self.pool).await {
            Ok(bytes) => bytes,
            Err(refusal) => return Answer::refusal(&unread(refusal), shape),
        };
        let checked = match &route {
            Route::Control(Control::Emit | Control::Deliveries(_)) => {
                origin::check_control(parts, self.reach)
            }
            Route::Webhooks(_) => origin::check_call(parts),
            Route::Control(Control::Health) | Route::Jwks | Route::Unknown(_) => Ok(()),
        };
        if let Err(denied) = checked {
            return Answer::refusal(&ApiError::new(Code::PermissionDenied, denied.to_string()), shape);
        }
        let is_open = matches!(route, Route::Jwks | Route::Control(_));
        if !is_open && !has_key(&parts.headers, &target) {
            let error = ApiError::new(
                Code::PermissionDenied,
                "The request has no API key: send one in x-goog-api-key. The emulator takes any.",
            );
            return Answer::refusal(&error, shape);
        }
        let result = match &route {
            Route::Webhooks(call) => self.emulator.call(call, &target, &bytes),
            Route::Jwks => Ok(Answer { status: 200, body: self.emulator.key_set.clone(), note: None }),
            Route::Control(control) => self.emulator.control(control, &target, bytes).await,
            Route::Unknown(_) => Err(ApiError::not_found()),
        };
        result.unwrap_or_else(|error| Answer::refusal(&error, shape))
    }

    fn shape(&self, route: &Route) -> Shape {
        match route {
            Route::Webhooks(_) => self.emulator.options.webhook_errors,
            Route::Unknown(shape) => *shape,
            Route::Jwks | Route::Control(_) => Shape::Status,
        }
    }
}

impl Handler for Service {
    fn limits(&self) -> &Limits {
        &self.limits
    }

    async fn handle(self: Arc<Self>, mark: InProgress, request: Request<Incoming>) -> server::Answer {
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
