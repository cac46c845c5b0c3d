//! What the emulator says while it runs: a line for each request and each attempt at a delivery.
//!
//! Neither ever holds a key or a secret: of a request only the method and the target are shown,
//! without its `key`, and of a webhook's URL neither user information nor query.

use std::sync::Arc;
use std::time::Duration;

use hyper::Uri;
use jiff::Timestamp;
use serde::Serialize;

use super::deliveries::{Attempt, Delivery, Standing, rfc3339};
use super::jobs::Outcome;
use super::target::Target;
use super::writer::Writer;
use crate::clock::Clock;
use crate::error::Failure;
use crate::ui::{Ui, sanitize};
use crate::units::{human_millis, time_of_day, whole_millis};

/// Where lines go.
pub struct Log {
    ui: Arc<Ui>,
    clock: Arc<dyn Clock>,
    writer: Writer,
}

/// A request that was answered.
pub struct Request<'a> {
    /// The method.
    pub method: &'a str,
    /// The target, from [`shown_target`].
    pub target: &'a str,
    /// The HTTP status.
    pub status: u16,
    /// How long it took.
    pub latency: Duration,
    /// What the caller should know: why it was refused, or what the emulator made of it.
    pub note: Option<&'a str>,
}

#[derive(Serialize)]
struct RequestLine<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(serialize_with = "rfc3339")]
    at: Timestamp,
    method: &'a str,
    path: &'a str,
    status: u16,
    latency_ms: u64,
    note: Option<&'a str>,
}

#[derive(Serialize)]
struct AttemptLine<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    webhook_id: &'a str,
    event_type: &'a str,
    webhook: Option<&'a str>,
    job: Option<&'a str>,
    url: &'a str,
    #[serde(flatten)]
    attempt: &'a Attempt,
    outcome: Standing,
}

#[derive(Serialize)]
struct SettledLine<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(serialize_with = "rfc3339")]
    at: Timestamp,
    webhook_id: &'a str,
    event_type: &'a str,
    webhook: Option<&'a str>,
    job: Option<&'a str>,
    url: &'a str,
    outcome: Standing,
}

#[derive(Serialize)]
struct DisabledLine<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(serialize_with = "rfc3339")]
    at: Timestamp,
    webhook: &'a str,
    state: &'static str,
}

#[derive(Serialize)]
struct JobLine<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(serialize_with = "rfc3339")]
    at: Timestamp,
    job: &'a str,
    family: &'static str,
    outcome: Outcome,
    event_type: Option<&'static str>,
}

impl Log {
    /// A log that writes to stdout.
    ///
    /// # Errors
    /// Kind `Configuration` where the operating system refuses a thread.
    pub fn new(ui: Arc<Ui>, clock: Arc<dyn Clock>) -> Result<Self, Failure> {
        let writer = Writer::start(ui.clone())?;
        Ok(Log { ui, clock, writer })
    }

    /// A request was answered.
    pub fn request(&self, request: &Request<'_>) {
        if self.ui.json() {
            return self.object(&RequestLine {
                kind: "request",
                at: self.clock.now(),
                method: request.method,
                path: request.target,
                status: request.status,
                latency_ms: whole_millis(request.latency),
                note: request.note,
            });
        }
        let style = self.ui.out_style();
        let status = match request.status {
            200..300 => style.good(request.status),
            _ => style.bad(request.status),
        };
        let note = request.note.map(|note| format!("  {}", sanitize::clipped(note, 120))).unwrap_or_default();
        let (method, target) =
            (sanitize::clipped(request.method, 16), sanitize::clipped(request.target, 120));
        self.line(&format!("--> {status} {method} {target}{note}"));
    }

    /// A delivery was tried.
    pub fn attempt(&self, delivery: &Delivery, attempt: &Attempt, outcome: Standing) {
        if self.ui.json() {
            return self.object(&AttemptLine {
                kind: "attempt",
                webhook_id: &delivery.webhook_id,
                event_type: &delivery.event_type,
                webhook: delivery.webhook.as_deref(),
                job: delivery.job.as_deref(),
                url: &delivery.url,
                attempt,
                outcome,
            });
        }
        let style = self.ui.out_style();
        let answer = match attempt.status {
            Some(status @ 200..300) => style.good(status),
            Some(status) => style.bad(status),
            None => style.bad("---"),
        };
        let error = attempt.error.as_deref().map(|error| format!("  {}", sanitize::clipped(error, 100)));
        let number =
            if attempt.attempt > 1 { format!("  attempt {}", attempt.attempt) } else { String::new() };
        let next = match (outcome, attempt.next_in_ms) {
            (Standing::Delivered, _) => String::new(),
            (_, Some(ms)) => format!("  next in {}", human_millis(ms)),
            (_, None) => format!("  {}", style.bad("given up")),
        };
        self.line(&format!(
            "<-- {answer} {}  {}ms  {:<16}  {}{}{number}{next}",
            sanitize::clipped(&delivery.url, 120),
            attempt.latency_ms,
            sanitize::clipped(&delivery.event_type, 40),
            style.accent(sanitize::clipped(&delivery.webhook_id, 80)),
            error.unwrap_or_default(),
        ));
    }

    /// A delivery ended without (another) attempt.
    pub fn settled(&self, delivery: &Delivery, outcome: Standing) {
        if self.ui.json() {
            return self.object(&SettledLine {
                kind: "settled",
                at: self.clock.now(),
                webhook_id: &delivery.webhook_id,
                event_type: &delivery.event_type,
                webhook: delivery.webhook.as_deref(),
                job: delivery.job.as_deref(),
                url: &delivery.url,
                outcome,
            });
        }
        let why = match outcome {
            Standing::Overflow => "the queue of its receiver is full",
            _ => "its webhook is not enabled any more",
        };
        let style = self.ui.out_style();
        self.line(&format!(
            "{}   {} {}  {why}",
            style.warning("!"),
            style.accent(sanitize::clipped(&delivery.webhook_id, 80)),
            style.bad("not delivered"),
        ));
    }

    /// A job ended, and an event of this type tells of it, if there is one for it; it may go to nobody.
    pub fn job(
        &self,
        job: &str,
        (family, outcome): (&'static str, Outcome),
        event_type: Option<&'static str>,
        is_heard: bool,
    ) {
        if self.ui.json() {
            let at = self.clock.now();
            return self.object(&JobLine { kind: "job", at, job, family, outcome, event_type });
        }
        let style = self.ui.out_style();
        let outcome = match outcome {
            Outcome::Succeeded => style.good("succeeded"),
            Outcome::RequiresAction => style.warning("requires action"),
            Outcome::Failed => style.bad("failed"),
            Outcome::Expired => style.bad("expired"),
            Outcome::Cancelled => style.bad("cancelled"),
        };
        let told = match event_type {
            None => "no event: there is no type for it".to_owned(),
            Some(name) if is_heard => name.to_owned(),
            Some(name) => format!("{name}: no enabled webhook is subscribed to it"),
        };
        self.line(&format!("*   {} {outcome}  {told}", style.accent(sanitize::clipped(job, 120))));
    }

    /// The emulator turned a webhook off.
    pub fn disabled(&self, webhook: &str) {
        if self.ui.json() {
            let state = "disabled_due_to_failed_deliveries";
            return self.object(&DisabledLine { kind: "disabled", at: self.clock.now(), webhook, state });
        }
        let style = self.ui.out_style();
        self.line(&format!(
            "{}   {} disabled due to failed deliveries: gwh webhooks enable turns it on again",
            style.warning("!"),
            style.accent(webhook),
        ));
    }

    /// Something went wrong that no caller is told of.
    pub fn trouble(&self, text: &str) {
        self.ui.warn(&sanitize::text(text));
    }

    /// What writes the lines.
    pub fn writer(&self) -> &Writer {
        &self.writer
    }

    fn line(&self, text: &str) {
        let style = self.ui.out_style();
        let time = time_of_day(self.clock.now(), &self.clock.zone());
        self.writer.offer(format!("{} {text}", style.dim(time)));
    }

    fn object(&self, value: &impl Serialize) {
        // A struct of text and numbers always serialises.
        if let Ok(text) = serde_json::to_string(value) {
            self.writer.offer(text);
        }
    }
}

/// A request's target with the values replaced that open something.
pub fn shown_target(uri: &Uri) -> String {
    let Some(query) = uri.query() else { return uri.path().to_owned() };
    let pairs: Vec<&str> = query
        .split('&')
        .map(|pair| {
            let name = Target::parse("", Some(pair)).query.into_iter().next().map(|(name, _)| name);
            match name.as_deref() {
                Some("key" | "access_token") => "key=…",
                Some("upload_id") => "upload_id=…",
                _ => pair,
            }
        })
        .collect();
    format!("{}?{}", uri.path(), pairs.join("&"))
}

/// A webhook's URL without user information and query, either of which may be secret.
pub fn shown_url(uri: &str) -> String {
    let Ok(parsed) = uri.parse::<Uri>() else { return "(not a URL)".to_owned() };
    let authority = parsed.authority().map_or("", |authority| authority.as_str());
    let host = authority.rsplit('@').next().unwrap_or_default();
    format!("{}://{host}{}", parsed.scheme_str().unwrap_or_default(), parsed.path())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_credentials_are_not_shown() {
        let target = |text: &str| shown_target(&text.parse().expect("a target"));
        assert_eq!(target("/v1/webhooks?page_size=1&key=planted"), "/v1/webhooks?page_size=1&key=…");
        assert_eq!(target("/v1/webhooks?k%65y=planted"), "/v1/webhooks?key=…");
        assert_eq!(target("/v1/webhooks"), "/v1/webhooks");
        assert_eq!(shown_url("https://me:planted@h.example:1/a?token=planted"), "https://h.example:1/a");
        assert_eq!(shown_url("http://h"), "http://h/");
    }
}
