//! The call that only `gwh emulator` has: emitting an event to the webhooks that are subscribed to it.

use std::time::Duration;

use bytes::Bytes;
use reqwest::Url;
use reqwest::header::CONTENT_TYPE;
use serde::Deserialize;

use super::client::{BodyError, api_client, read_body};
use crate::env::Env;
use crate::error::Failure;
use crate::sanitize;

/// How much longer than the emulator itself waits its answer may take.
const ANSWER_TIME: Duration = Duration::from_secs(10);

/// Far above what any emulator answers; whatever is longer is none.
const MAX_ANSWER: usize = 8 * 1024 * 1024;

/// What became of an event so far.
#[derive(Debug, Deserialize)]
pub struct Emitted {
    /// The `webhook-id`.
    pub webhook_id: String,
    /// One for each webhook that it goes to.
    pub deliveries: Vec<EmittedDelivery>,
}

/// An event on its way to one webhook.
#[derive(Debug, Deserialize)]
pub struct EmittedDelivery {
    /// The id of the webhook resource.
    pub webhook: String,
    /// Where to.
    pub url: String,
    /// `pending`, `delivered`, `gave_up`, `overflow` or `dropped`.
    pub status: String,
    /// In order.
    pub attempts: Vec<EmittedAttempt>,
}

/// One attempt.
#[derive(Debug, Deserialize)]
pub struct EmittedAttempt {
    /// The HTTP status, where there was an answer.
    pub status: Option<u16>,
    /// How long it took.
    pub latency_ms: u64,
    /// What went wrong, where there was none.
    pub error: Option<String>,
    /// How long until the next attempt; none where there is none.
    pub next_in_ms: Option<u64>,
}

/// Emulators on this machine and elsewhere.
pub struct EmulatorClient {
    http: reqwest::Client,
    base: Url,
    wait: Duration,
}

impl EmulatorClient {
    /// A client of the emulator at `base`, which waits so long for the first attempts.
    ///
    /// # Errors
    /// Kind `Usage` where `base` is not an http(s) URL, `Configuration` where TLS or a proxy cannot be set up.
    pub fn new(env: &Env, base: &str, wait: Duration) -> Result<Self, Failure> {
        let parsed = Url::parse(base.trim()).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
        let Some(base) = parsed else {
            return Err(Failure::usage("the emulator's address is not an http:// or https:// URL")
                .hint("gwh emulator says its address when it starts, such as http://127.0.0.1:9090"));
        };
        let http = api_client(env, &base, wait + ANSWER_TIME)?;
        Ok(EmulatorClient { http, base, wait })
    }

    /// Host and port, for messages.
    pub fn place(&self) -> &str {
        self.base.authority()
    }

    /// Emits the event in `body`, byte for byte.
    ///
    /// # Errors
    /// Kind `Remote` where no emulator answers there, or it refuses.
    pub async fn emit(&self, id: Option<&str>, body: Bytes) -> Result<Emitted, Failure> {
        let mut url = self.base.clone();
        let path = ["emulator", "v1", "events"];
        url.path_segments_mut().expect("the scheme is HTTP").pop_if_empty().extend(path);
        url.query_pairs_mut().append_pair("wait", &format!("{}ms", self.wait.as_millis()));
        if let Some(id) = id {
            url.query_pairs_mut().append_pair("id", id);
        }
        let place = self.place();
        let request = self.http.post(url).header(CONTENT_TYPE, "application/json").body(body);
        let response = request.send().await.map_err(|error| {
            let failure = Failure::remote(format!("no emulator answers at {place}"));
            let failure = if error.is_timeout() { failure.because("the time is over") } else { failure };
            failure.hint("start one with gwh emulator, and name its address in --via-emulator=URL")
        })?;
        let status = response.status();
        let text = read_body(response, MAX_ANSWER).await.map_err(|error| match error {
            BodyError::TooLarge => {
                Failure::remote(format!("the answer of {place} is larger than {MAX_ANSWER} bytes"))
            }
            BodyError::Broken(_) => Failure::remote(format!("the answer of {place} broke off")),
        })?;
        let not_one = || {
            Failure::remote(format!("what answers at {place} is not gwh emulator"))
                .hint("name the emulator's address in --via-emulator=URL")
        };
        if status.is_success() {
            return serde_json::from_slice(&text).map_err(|_| not_one());
        }
        match serde_json::from_slice::<Refused>(&text) {
            Ok(refused) if status.as_u16() != 404 => {
                let why = sanitize::clipped(&refused.error.message, 200);
                Err(Failure::remote(format!("the emulator at {place} refused: {why}")))
            }
            _ => Err(not_one()),
        }
    }
}

#[derive(Deserialize)]
struct Refused {
    error: Message,
}

#[derive(Deserialize)]
struct Message {
    message: String,
}
