//! The forms of a signed delivery.

use std::borrow::Cow;

use jiff::Timestamp;

use super::Target;
use crate::capture::DeliveryRecord;
use crate::event::type_of;
use crate::request::{self, shell};
use crate::signature::{ID, SIGNATURE, TIMESTAMP};
use crate::units::rfc3339;

/// What the service sends, whatever the body is.
const CONTENT_TYPE: (&str, &str) = ("content-type", "application/json");

/// A signed delivery: text without control characters, and a body of any bytes.
pub(super) struct Delivery<'a> {
    pub(super) to: &'a Target,
    pub(super) id: &'a str,
    pub(super) timestamp: &'a str,
    pub(super) signature: &'a str,
    pub(super) body: &'a [u8],
}

impl Delivery<'_> {
    /// What a client must be told; host and length it knows.
    fn own_headers(&self) -> [(&str, &str); 4] {
        [CONTENT_TYPE, (ID, self.id), (TIMESTAMP, self.timestamp), (SIGNATURE, self.signature)]
    }

    fn all_headers(&self) -> Vec<(String, String)> {
        let length = self.body.len().to_string();
        let framing = [("host", self.to.host.as_str()), ("content-length", &length)];
        let all = framing.into_iter().chain(self.own_headers());
        all.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    /// A whole request.
    pub(super) fn http(&self) -> Vec<u8> {
        request::write("POST", &self.to.path, &self.all_headers(), self.body)
    }

    /// Header lines alone.
    pub(super) fn headers_file(&self) -> Vec<u8> {
        self.own_headers().map(|(name, value)| format!("{name}: {value}\n")).concat().into_bytes()
    }

    /// A capture record.
    pub(super) fn record(&self, now: Timestamp) -> DeliveryRecord {
        let mut record = DeliveryRecord::new(self.all_headers(), self.body);
        record.webhook_id = Some(self.id.to_owned());
        record.event_type = type_of(self.body).map(Cow::into_owned);
        record.received_at = Some(rfc3339(now));
        record.method = Some("POST".to_owned());
        record.path = Some(self.to.path.clone());
        record.attempt = Some(1);
        record
    }

    /// The variables that a web server gives a CGI program.
    pub(super) fn env(&self) -> Vec<u8> {
        let line = |(name, value): (&str, &str)| {
            let variable = name.replace('-', "_").to_ascii_uppercase();
            format!("export HTTP_{variable}={}\n", shell::quote(value))
        };
        let headers = [(ID, self.id), (TIMESTAMP, self.timestamp), (SIGNATURE, self.signature)];
        headers.map(line).concat().into_bytes()
    }

    /// A curl command.
    pub(super) fn curl(&self) -> Vec<u8> {
        shell::curl(&self.to.url, &self.own_headers(), self.body).into_bytes()
    }

    /// An HTTPie command.
    pub(super) fn httpie(&self) -> Vec<u8> {
        let items = self.own_headers().map(|(name, value)| {
            // After the colon these would make it an item of another kind.
            let escape = if value.starts_with(['=', '@']) { "\\" } else { "" };
            let item = shell::quote(&format!("{name}:{escape}{value}"));
            format!(" \\\n  {item}")
        });
        let (url, items) = (shell::quote(&self.to.url), items.concat());
        match shell::argument(self.body) {
            Some(body) => format!("http --ignore-stdin POST {url}{items} \\\n  --raw={body}\n"),
            None => format!("{} | http POST {url}{items}\n", shell::printf(self.body)),
        }
        .into_bytes()
    }
}
