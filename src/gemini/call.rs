//! Sending a call: headers, limits, retries, traces, and reading the answer.

use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderMap, LOCATION, RETRY_AFTER};
use reqwest::{Method, RequestBuilder, Response, Url};
use serde_json::Value;
use zeroize::Zeroizing;

use super::access::Access;
use super::client::{BodyError, api_client, read_body};
use super::date::ServerTime;
use super::error::{ApiError, Cause, Refusal, clip};
use super::retry::{self, Attempts};
use crate::clock::Clock;
use crate::env::Env;
use crate::error::Failure;
use crate::random::Random;
use crate::redact;
use crate::sanitize;

/// The header that carries the API key.
const KEY_HEADER: &str = "x-goog-api-key";
/// A longer answer is refused. Batches whose requests came in the call hold all their results, and those calls
/// may have 20 MB.
const MAX_ANSWER: usize = 64 * 1024 * 1024;
/// Where the names of a request are found in an answer, for whoever reports a problem with it.
const REQUEST_IDS: [&str; 3] = ["x-goog-request-id", "x-request-id", "x-cloud-trace-context"];

/// A client of the API.
pub struct Api {
    http: reqwest::Client,
    access: Access,
    surroundings: Surroundings,
    server_time: Mutex<Option<ServerTime>>,
}

/// What a client needs besides the network.
pub struct Surroundings {
    /// The time, for `Retry-After`.
    pub clock: Arc<dyn Clock>,
    /// Randomness, for waits.
    pub random: Arc<dyn Random>,
    /// Who is told what is sent and answered.
    pub tracer: Arc<dyn Tracer>,
}

/// Is told what is sent and answered, for `-v`.
pub trait Tracer: Send + Sync {
    /// Takes a line that is safe to show and holds neither key nor secret.
    fn trace(&self, line: &str);
}

/// Whether a call may be sent more than once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Repeat {
    /// Sending it again changes nothing more, so it is retried.
    Idempotent,
    /// Each success does something more, such as making a secret: sent once, whatever happens.
    Once,
}

/// What an answer may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holds {
    /// Nothing secret: should a secret stand in it all the same, it is cut.
    NoSecret,
    /// A new secret, which is read once and kept.
    NewSecret,
}

/// One call.
pub(super) struct Call {
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) body: Option<String>,
    pub(super) repeat: Repeat,
    pub(super) holds: Holds,
}

impl Call {
    /// A call that only reads.
    pub(super) fn read(url: Url) -> Self {
        Call { method: Method::GET, url, body: None, repeat: Repeat::Idempotent, holds: Holds::NoSecret }
    }
}

/// An answer as it came, but for the key.
pub(super) struct Exchanged {
    pub(super) status: u16,
    pub(super) headers: HeaderMap,
    pub(super) body: Answer,
}

/// The body of a successful answer: JSON, or nothing.
pub(super) type Answer = Zeroizing<String>;

impl Api {
    /// A client for `access`, through the proxies of the environment.
    ///
    /// # Errors
    /// Kind `Configuration` where TLS or a proxy cannot be set up.
    pub fn new(access: Access, env: &Env, surroundings: Surroundings) -> Result<Self, Failure> {
        let http = api_client(env, &access.base, access.timeout)?;
        Ok(Api { http, access, surroundings, server_time: Mutex::default() })
    }

    /// Where the API is, unless that is Google's own address.
    pub fn elsewhere(&self) -> Option<&str> {
        self.access.elsewhere().map(Url::as_str)
    }

    /// What the last answer says of the time, whatever else it says; none where no answer came yet. An answer
    /// that is not the API's own says nothing about the API's clock: the result of the call tells.
    pub fn server_time(&self) -> Option<ServerTime> {
        *self.server_time.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The longest time that one attempt of a call takes.
    pub fn timeout(&self) -> Duration {
        self.access.timeout
    }

    /// The base URL of the API.
    pub fn base(&self) -> &Url {
        &self.access.base
    }

    /// The version of the API, as it stands in paths.
    pub(super) fn version(&self) -> &str {
        &self.access.version
    }

    pub(super) fn url(&self, segments: &[&str], query: &[(&str, &str)]) -> Url {
        self.access.url(segments, query)
    }

    /// Sends a call until it succeeds, or trying again is of no use or not allowed.
    pub(super) async fn send(&self, call: &Call) -> Result<Answer, ApiError> {
        let mut attempts = Attempts::timed();
        loop {
            match self.attempt(call).await {
                Ok(answer) => return Ok(answer),
                Err(cause) if call.repeat == Repeat::Once => return Err(attempts.failed(cause)),
                Err(cause) => self.again(&mut attempts, cause).await?,
            }
        }
    }

    async fn attempt(&self, call: &Call) -> Result<Answer, Cause> {
        let mut request = self.request(call.method.clone(), &call.url).header(ACCEPT, "application/json");
        if let Some(body) = &call.body {
            request = request.header(CONTENT_TYPE, "application/json").body(body.clone());
        }
        let answer = self.exchange(request, &call.url).await?;
        self.judge(&call.url, call.holds, answer)
    }

    /// A request that carries the key, for a URL of the API.
    pub(super) fn request(&self, method: Method, url: &Url) -> RequestBuilder {
        self.http.request(method, url.clone()).header(KEY_HEADER, self.access.key.header())
    }

    /// A request without the key, for a URL that is not the API's own.
    pub(super) fn request_without_key(&self, method: Method, url: &Url) -> RequestBuilder {
        self.http.request(method, url.clone())
    }

    /// Sends a request and reads the whole answer.
    pub(super) async fn exchange(&self, request: RequestBuilder, url: &Url) -> Result<Exchanged, Cause> {
        let start = Instant::now();
        let response = self.begin(request, url).await?;
        let status = response.status();
        let headers = response.headers().clone();
        let time = ServerTime::of(&headers, self.surroundings.clock.now(), start.elapsed());
        *self.server_time.lock().unwrap_or_else(PoisonError::into_inner) = Some(time);
        let body = self.read(response, url).await.inspect_err(|cause| self.trace_failed(start, cause))?;
        self.trace_answer(start, status, &headers, body.len());
        Ok(Exchanged { status: status.as_u16(), headers, body })
    }

    /// Sends a request and answers as soon as the head of the answer is there.
    pub(super) async fn begin(&self, request: RequestBuilder, url: &Url) -> Result<Response, Cause> {
        let start = Instant::now();
        let (client, request) = request.build_split();
        let request = request.map_err(|error| self.sending_failed(&error, url))?;
        let target = self.without_key(url.as_str());
        self.surroundings.tracer.trace(&format!("{} {}", request.method(), sanitize::text(&target)));
        client.execute(request).await.map_err(|error| {
            let cause = self.sending_failed(&error, url);
            self.trace_failed(start, &cause);
            cause
        })
    }

    /// Waits for the next attempt after one that failed, or answers the error where trying again is of no use.
    pub(super) async fn again(&self, attempts: &mut Attempts, cause: Cause) -> Result<(), ApiError> {
        let error = attempts.failed(cause);
        let Some(wait) = attempts.next(&error, &*self.surroundings.random) else { return Err(error) };
        self.surroundings.tracer.trace(&format!(
            "trying again in {:.1} s: {}",
            wait.as_secs_f32(),
            sanitized(&error.cause)
        ));
        tokio::time::sleep(wait).await;
        Ok(())
    }

    /// Reads the body within the limit and takes the API key out of it.
    pub(super) async fn read(&self, response: Response, url: &Url) -> Result<Zeroizing<String>, Cause> {
        let bytes = read_body(response, MAX_ANSWER).await.map_err(|error| match error {
            BodyError::TooLarge => Cause::TooLarge { limit: MAX_ANSWER },
            BodyError::Broken(error) => self.cut_off(&error, url),
        })?;
        let text = Zeroizing::new(String::from_utf8_lossy(&bytes).into_owned());
        Ok(Zeroizing::new(self.without_key(&text)))
    }

    /// Why an answer that had begun did not end.
    pub(super) fn cut_off(&self, error: &reqwest::Error, url: &Url) -> Cause {
        if error.is_timeout() {
            self.timed_out(url)
        } else {
            Cause::CutOff { host: host(url), why: reason(error) }
        }
    }

    /// Decides what an answer means.
    pub(super) fn judge(&self, url: &Url, holds: Holds, answer: Exchanged) -> Result<Answer, Cause> {
        let Exchanged { status, headers, body } = answer;
        let text =
            |name| headers.get(name).and_then(|value| value.to_str().ok()).map(|text| self.clean(text));
        let is_success = (200..300).contains(&status);
        if (300..400).contains(&status) {
            let location = text(LOCATION.as_str()).map_or_else(|| "nowhere".to_owned(), |to| clip(&to));
            return Err(Cause::Redirected { status, location });
        }
        if is_success && body.trim().is_empty() {
            return Ok(body);
        }
        let parsed = serde_json::from_str::<Value>(&body).ok();
        let Some(value) = parsed else {
            return Err(Cause::NotJson {
                host: host(url),
                status,
                content: text(CONTENT_TYPE.as_str())
                    .map_or_else(|| "no content type".to_owned(), |kind| clip(&kind)),
                start: match clip(&redact::secrets(&body)) {
                    empty if empty.is_empty() => "nothing".to_owned(),
                    start => start,
                },
            });
        };
        if is_success {
            return Ok(match holds {
                Holds::NewSecret => body,
                Holds::NoSecret => Zeroizing::new(redact::secrets(&body).into_owned()),
            });
        }
        let clean: Value = serde_json::from_str(&redact::secrets(&body)).unwrap_or(value);
        let retry_after = text(RETRY_AFTER.as_str());
        let retry_after =
            retry_after.and_then(|value| retry::parse_retry_after(&value, self.surroundings.clock.now()));
        Err(Cause::Refused(Refusal { retry_after, ..Refusal::read(status, &clean) }))
    }

    fn without_key(&self, text: &str) -> String {
        redact::key(text, self.access.key.expose()).into_owned()
    }

    /// A header's text without the key and without whole secrets.
    fn clean(&self, text: &str) -> String {
        redact::secrets(&self.without_key(text)).into_owned()
    }

    fn sending_failed(&self, error: &reqwest::Error, url: &Url) -> Cause {
        let (host, why) = (host(url), reason(error));
        if error.is_connect() {
            Cause::Unreachable { host, why }
        } else if error.is_timeout() {
            self.timed_out(url)
        } else {
            Cause::NoAnswer { host, why }
        }
    }

    pub(super) fn timed_out(&self, url: &Url) -> Cause {
        Cause::TimedOut { host: host(url), after: self.access.timeout }
    }

    fn trace_answer(&self, start: Instant, status: reqwest::StatusCode, headers: &HeaderMap, bytes: usize) {
        let id = REQUEST_IDS.iter().find_map(|name| headers.get(*name)?.to_str().ok());
        let id = id.map(|id| format!(", request {}", sanitize::clipped(&self.clean(id), 80)));
        let took = start.elapsed().as_millis();
        self.surroundings
            .tracer
            .trace(&format!("{status}, {took} ms, {bytes} bytes{}", id.unwrap_or_default()));
    }

    fn trace_failed(&self, start: Instant, cause: &Cause) {
        self.surroundings.tracer.trace(&format!(
            "no answer, {} ms: {}",
            start.elapsed().as_millis(),
            sanitized(cause)
        ));
    }
}

fn sanitized(cause: &Cause) -> String {
    sanitize::text(&cause.to_string()).into_owned()
}

/// Host and port, for messages.
pub(super) fn host(url: &Url) -> String {
    let name = url.host_str().unwrap_or_default();
    match url.port() {
        Some(port) => format!("{name}:{port}"),
        None => name.to_owned(),
    }
}

/// What lies under a client error, without its first sentence, which only repeats the URL.
fn reason(error: &reqwest::Error) -> String {
    let mut parts: Vec<String> = Vec::new();
    let mut cause = error.source();
    while let Some(error) = cause {
        let text = error.to_string();
        // Some errors repeat the one below in their own text.
        if !parts.iter().any(|part| part.contains(&text)) {
            parts.push(text);
        }
        cause = error.source();
    }
    if parts.is_empty() { "the connection failed".to_owned() } else { parts.join(": ") }
}
