//! One request: routed, read, judged, reported, answered.

use std::future::Future;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::Full;
use hyper::body::{Body, Incoming};
use hyper::ext::ReasonPhrase;
use hyper::header::{ALLOW, CONNECTION, CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use hyper::http::request::Parts;
use hyper::{Method, Request, Response, StatusCode, Version};
use tokio::net::TcpListener;
use tokio::sync::watch;

use super::Settings;
use super::accept::serve;
use super::activity::InProgress;
use super::arrival::{Arrival, Refusal, Refused, Report, target};
use super::body;
use super::handler::{Answer, Handler};
use super::health::Counts;
use super::intake::{Intake, Reply, Taken};
use super::keys::{Wanted, wants_other_keys};
use super::limits::Limits;
use super::pool::Pool;
use super::receive::{self, Route};
use super::tls::Tls;
use crate::capture::id_text;
use crate::signature::{ID, Policy, Verdict};

/// How long a refused delivery waits for keys that are being read. A keyring may take longer, but no
/// sender waits for ever; it tries again.
const KEYS_TIME: Duration = Duration::from_secs(5);

/// What all connections of a server share.
struct Shared {
    settings: Settings,
    intake: Arc<dyn Intake>,
    stopping: watch::Receiver<bool>,
    pool: Pool,
    verified: AtomicU64,
    counts: Counts,
}

impl Shared {
    fn new(settings: Settings, intake: Arc<dyn Intake>, stopping: watch::Receiver<bool>) -> Self {
        let pool = Pool::new(settings.limits.max_unfinished);
        Shared { settings, intake, stopping, pool, verified: AtomicU64::new(0), counts: Counts::default() }
    }

    /// Reports a request that never became a delivery.
    fn refused(&self, reason: Refusal, parts: Option<&Parts>) {
        self.intake.report(Report::Refused(Refused {
            received_at: self.settings.clock.now(),
            method: parts.map(|parts| parts.method.clone()),
            target: parts.map(|parts| target(parts).to_owned()),
            reason,
        }));
    }
}

/// Serves deliveries on `listener` until `stop` resolves, as [`serve`] does.
///
/// Every delivery and every refused request is handed to `intake` before it is answered.
pub async fn run(
    listener: TcpListener,
    settings: Settings,
    intake: Arc<dyn Intake>,
    stop: impl Future<Output = ()>,
) {
    let (stopping, stopped) = watch::channel(false);
    let shared = Arc::new(Shared::new(settings, intake, stopped));
    let stop = async {
        stop.await;
        stopping.send_replace(true);
    };
    let keys = shared.settings.keys.clone();
    let intake = shared.intake.clone();
    tokio::select! {
        () = serve(listener, shared, stop) => {}
        never = keys.follow(|report| intake.report(Report::Keys(report))) => match never {},
    }
}

impl Handler for Shared {
    fn limits(&self) -> &Limits {
        &self.settings.limits
    }

    fn tls(&self) -> Option<&Tls> {
        self.settings.tls.as_ref()
    }

    async fn handle(self: Arc<Self>, mark: InProgress, request: Request<Incoming>) -> Answer {
        let (parts, mut body) = request.into_parts();
        let settings = &self.settings;
        let refusal = match receive::route(&parts, &settings.path) {
            Route::Health => {
                let health = self.counts.health(&parts.headers, settings.token.as_ref());
                return answer(StatusCode::OK, health);
            }
            Route::Refused(refusal) => refusal,
            Route::Delivery => match body::read(&mut body, &settings.limits, &self.pool).await {
                Ok(bytes) => return deliver(&self, &parts, bytes).await,
                Err(refusal) => refusal,
            },
        };
        self.refused(refusal, Some(&parts));
        refuse(refusal, &parts, &body, &mark)
    }

    fn unreadable(&self, refusal: Refusal) {
        self.refused(refusal, None);
    }

    fn trouble(&self, error: io::Error) {
        self.intake.report(Report::Trouble(error));
    }
}

async fn deliver(shared: &Shared, parts: &Parts, body: Bytes) -> Answer {
    let settings = &shared.settings;
    let received_at = settings.clock.now();
    let policy = Policy { now: received_at.as_second(), ..settings.policy.clone() };
    let verdict = judge(shared, parts, &body, &policy).await;
    shared.counts.note(&verdict);
    let attempt = verdict.is_valid().then(|| {
        let id = parts.headers.get(ID).and_then(|id| id_text(id.as_bytes()));
        settings.retries.note(&id.unwrap_or_default(), policy.now)
    });
    let status = match attempt {
        Some(_) => settings.responses.status(shared.verified.fetch_add(1, Ordering::Relaxed)),
        None => receive::status_of(&verdict),
    };
    let answer_body = receive::body_of(&verdict);
    let is_valid = verdict.is_valid();
    let arrival = Arrival::new(received_at, parts, &body, verdict, attempt, status);
    drop(body);
    let response = match shared.intake.take(arrival) {
        Taken::Answered => answer(status, answer_body),
        Taken::Later(reply) => decided(reply.await, is_valid, answer_body),
    };
    if is_valid {
        wait(shared).await;
    }
    response
}

/// The answer that the intake decided, with the body of the verdict where the two agree.
fn decided(reply: Reply, is_valid: bool, judged: Bytes) -> Answer {
    let body = match reply.error {
        Some(code) => receive::error_body(code),
        // What did not verify is taken all the same, as `--forward-invalid` has it.
        None if !is_valid && reply.status.is_success() => Bytes::from_static(receive::RECEIVED),
        None => judged,
    };
    let mut answer = answer(reply.status, body);
    if let Some(pause) = reply.retry_after {
        answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from(pause.as_secs()));
    }
    answer
}

/// Judges a delivery, once more where other keys than those at hand may verify it.
async fn judge(shared: &Shared, parts: &Parts, body: &Bytes, policy: &Policy) -> Verdict {
    let live = &shared.settings.keys;
    let mut keys = live.current();
    let mut verdict = receive::judge(&parts.headers, body, &keys, policy);
    if !wants_other_keys(&verdict) {
        return verdict;
    }
    let end = Instant::now() + KEYS_TIME;
    let mut wanted = Wanted::by(&parts.headers);
    let mut stopping = shared.stopping.clone();
    while wants_other_keys(&verdict) {
        keys = tokio::select! {
            other = live.other_than(&keys, &mut wanted, end) => match other {
                Some(other) => other,
                None => break,
            },
            _ = stopping.wait_for(|stopping| *stopping) => break,
        };
        verdict = receive::judge(&parts.headers, body, &keys, policy);
    }
    verdict
}

/// The delay that the user wants; the end of the server cuts it short.
async fn wait(shared: &Shared) {
    let Some(delay) = shared.settings.responses.delay else { return };
    let mut stopping = shared.stopping.clone();
    tokio::select! {
        () = tokio::time::sleep(delay) => {}
        _ = stopping.wait_for(|stopping| *stopping) => {}
    }
}

fn refuse(refusal: Refusal, parts: &Parts, body: &Incoming, mark: &InProgress) -> Answer {
    let status = refusal.status().unwrap_or(StatusCode::BAD_REQUEST);
    let mut answer = answer(status, receive::error_body(refusal.code()));
    let headers = answer.headers_mut();
    if refusal == Refusal::MethodNotAllowed {
        let allowed = if parts.uri.path() == receive::HEALTH { "GET, HEAD, POST" } else { "POST" };
        headers.insert(ALLOW, HeaderValue::from_static(allowed));
    }
    if !body.is_end_stream() && parts.version != Version::HTTP_2 {
        headers.insert(CONNECTION, HeaderValue::from_static("close"));
        mark.leave_unread();
    }
    if parts.method == Method::HEAD {
        *answer.body_mut() = Full::default();
    }
    answer
}

fn answer(status: StatusCode, body: Bytes) -> Answer {
    // These statuses have no body.
    let is_bare =
        matches!(status, StatusCode::NO_CONTENT | StatusCode::RESET_CONTENT | StatusCode::NOT_MODIFIED);
    let mut answer = Response::new(Full::new(if is_bare { Bytes::new() } else { body }));
    *answer.status_mut() = status;
    if status.canonical_reason().is_none() {
        // A handler's own status: hyper would write `<none>` for what it has no words for.
        answer.extensions_mut().insert(ReasonPhrase::from_static(b""));
    }
    if !is_bare {
        answer.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    answer
}
