//! `--via-emulator`: the emulator sends the event to its webhooks, signed with their secrets.

use serde::Serialize;

use super::body::Body;
use crate::env;
use crate::error::{Exit, Failure, Kind};
use crate::gemini::{Emitted, EmittedDelivery, EmulatorClient};
use crate::session::Session;
use crate::ui::sanitize;
use crate::units;

/// Where `gwh emulator` listens unless told otherwise.
const DEFAULT: &str = "http://127.0.0.1:9090";

/// A delivery in `--json`.
#[derive(Serialize)]
struct Record<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    webhook_id: &'a str,
    event_type: Option<&'a str>,
    webhook: &'a str,
    url: &'a str,
    outcome: &'a str,
    status: Option<u16>,
    latency_ms: Option<u64>,
    error: Option<&'a str>,
    next_in_ms: Option<u64>,
}

/// What is emitted.
pub(super) struct Emission {
    pub(super) body: Body,
    pub(super) event_type: Option<String>,
    pub(super) id: Option<String>,
    pub(super) timeout: std::time::Duration,
}

/// Emits one event and prints what each first attempt came to.
///
/// # Errors
/// Kind `Remote` where no emulator answers, `Negative` where no webhook is subscribed, `Interrupted` on
/// Ctrl-C.
pub(super) async fn emit(address: &str, emission: Emission, session: &Session) -> Result<Exit, Failure> {
    let named = Some(address).filter(|address| !address.is_empty());
    let base = named.or_else(|| session.env.text(env::GOOGLE_GEMINI_BASE_URL)).unwrap_or(DEFAULT);
    let emulator = EmulatorClient::new(&session.env, base, emission.timeout)?;
    let body = emission.body.bytes(session.now(), session.random.as_ref());
    let emitted = tokio::select! {
        emitted = emulator.emit(emission.id.as_deref(), body) => emitted?,
        () = session.shutdown.requested() => {
            return Err(Failure::new(Kind::Interrupted, "interrupted before the emulator answered"));
        }
    };
    let event_type = emission.event_type.as_deref();
    for delivery in &emitted.deliveries {
        print(&emitted, delivery, event_type, session)?;
    }
    if emitted.deliveries.is_empty() {
        let name = sanitize::clipped(event_type.unwrap_or("this type"), 40);
        let place = emulator.place();
        return Err(Failure::negative(format!("no enabled webhook at {place} is subscribed to {name}"))
            .hint("run gwh webhooks list with GOOGLE_GEMINI_BASE_URL set to the emulator's address"));
    }
    let all = emitted.deliveries.iter().all(|delivery| delivery.status == "delivered");
    Ok(if all { Exit::Done } else { Exit::Negative })
}

fn print(
    emitted: &Emitted,
    delivery: &EmittedDelivery,
    event_type: Option<&str>,
    session: &Session,
) -> Result<(), Failure> {
    let (ui, last) = (&session.ui, delivery.attempts.last());
    if ui.json() {
        return ui.object(&Record {
            kind: "emitted",
            webhook_id: &emitted.webhook_id,
            event_type,
            webhook: &delivery.webhook,
            url: &delivery.url,
            outcome: &delivery.status,
            status: last.and_then(|attempt| attempt.status),
            latency_ms: last.map(|attempt| attempt.latency_ms),
            error: last.and_then(|attempt| attempt.error.as_deref()),
            next_in_ms: last.and_then(|attempt| attempt.next_in_ms),
        });
    }
    let style = ui.out_style();
    let status = last.and_then(|attempt| attempt.status);
    let result = match status {
        Some(status) if delivery.status == "delivered" => style.good(status),
        Some(status) => style.bad(status),
        None => style.bad("---"),
    };
    let url = sanitize::clipped(&delivery.url, 120);
    let latency = last.map_or_else(|| "-".to_owned(), |attempt| format!("{}ms", attempt.latency_ms));
    let event = sanitize::clipped(event_type.unwrap_or("(no type)"), 40);
    let id = style.accent(sanitize::clipped(&emitted.webhook_id, 80));
    let mut line = format!("<-- {result} {url}  {latency:>5}  {event}  {id}");
    if let Some(error) = last.and_then(|attempt| attempt.error.as_deref()) {
        line.push_str(&format!("  {}", sanitize::clipped(error, 200)));
    }
    match (delivery.status.as_str(), last.and_then(|attempt| attempt.next_in_ms)) {
        ("delivered", _) => {}
        ("pending", Some(next)) => {
            line.push_str(&format!("  the emulator tries again in {}", units::human_millis(next)));
        }
        ("pending", None) => line.push_str("  the emulator still waits for its turn or for the answer"),
        ("overflow", _) => line.push_str("  the webhook's queue is full"),
        _ => line.push_str("  the emulator gave up"),
    }
    ui.line(&line)
}
