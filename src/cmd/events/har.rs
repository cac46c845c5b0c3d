//! Deliveries as an HTTP Archive (HAR 1.2), which the network panels of browsers open.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;

use crate::store::Stored;
use crate::units::rfc3339;

/// An archive that grows.
#[derive(Default, Serialize)]
pub(super) struct Har {
    log: Log,
}

#[derive(Serialize)]
struct Log {
    version: &'static str,
    creator: Creator,
    entries: Vec<Entry>,
}

#[derive(Serialize)]
struct Creator {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    started_date_time: String,
    time: u64,
    request: Request,
    response: Response,
    cache: Empty,
    timings: Timings,
    comment: String,
}

#[derive(Serialize)]
struct Empty {}

#[derive(Serialize)]
struct Timings {
    send: u64,
    wait: u64,
    receive: u64,
}

#[derive(Serialize)]
struct Pair {
    name: String,
    value: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Request {
    method: String,
    url: String,
    http_version: &'static str,
    cookies: [Empty; 0],
    headers: Vec<Pair>,
    query_string: Vec<Pair>,
    post_data: PostData,
    headers_size: i64,
    body_size: u64,
}

/// The body as text; one that is none is in base64, which HAR has no field for and tools mark like this.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PostData {
    mime_type: String,
    text: String,
    #[serde(rename = "_encoding", skip_serializing_if = "Option::is_none")]
    encoding: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Response {
    status: u16,
    status_text: String,
    http_version: &'static str,
    cookies: [Empty; 0],
    headers: [Empty; 0],
    content: Content,
    #[serde(rename = "redirectURL")]
    redirect_url: &'static str,
    headers_size: i64,
    body_size: i64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Content {
    size: i64,
    mime_type: &'static str,
}

impl Default for Log {
    fn default() -> Self {
        let creator = Creator { name: "gwh", version: env!("CARGO_PKG_VERSION") };
        Log { version: "1.2", creator, entries: Vec::new() }
    }
}

impl Har {
    /// Adds a delivery.
    pub(super) fn add(&mut self, stored: &Stored) {
        let header = |wanted: &str| {
            let found = stored.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case(wanted));
            found.map(|(_, value)| value.clone())
        };
        let host = header("host").unwrap_or_else(|| "localhost".to_owned());
        let query = stored.path.split_once('?').map_or("", |(_, query)| query);
        let pair = |(name, value): (&str, &str)| Pair { name: name.to_owned(), value: value.to_owned() };
        let (text, encoding) = match str::from_utf8(&stored.body) {
            Ok(text) => (text.to_owned(), None),
            Err(_) => (STANDARD.encode(&stored.body), Some("base64")),
        };
        let status = stored.summary.status.unwrap_or_default();
        let reason = hyper::StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
        let verdict = if stored.summary.valid { "verified" } else { "did not verify" };
        self.log.entries.push(Entry {
            started_date_time: rfc3339(stored.summary.received_at),
            time: 0,
            request: Request {
                method: stored.method.clone(),
                url: format!("http://{host}{}", stored.path),
                http_version: "HTTP/1.1",
                cookies: [],
                headers: stored.headers.iter().map(|(name, value)| pair((name, value))).collect(),
                query_string: query
                    .split('&')
                    .filter(|part| !part.is_empty())
                    .map(|part| pair(part.split_once('=').unwrap_or((part, ""))))
                    .collect(),
                post_data: PostData { mime_type: header("content-type").unwrap_or_default(), text, encoding },
                headers_size: -1,
                body_size: stored.summary.body_bytes,
            },
            response: Response {
                status,
                status_text: reason.unwrap_or_default().to_owned(),
                http_version: "HTTP/1.1",
                cookies: [],
                headers: [],
                content: Content { size: 0, mime_type: "application/json" },
                redirect_url: "",
                headers_size: -1,
                body_size: -1,
            },
            cache: Empty {},
            timings: Timings { send: 0, wait: 0, receive: 0 },
            comment: format!("a delivery that {verdict}, received by gwh"),
        });
    }

    /// The archive.
    pub(super) fn into_json(self) -> String {
        serde_json::to_string_pretty(&self).expect("text and numbers serialise")
    }
}
