//! A request that one of Google's SDKs was recorded sending.

use serde::Deserialize;
use serde_json::Value;

/// The request, and the shape of the answer that the SDK accepted (or took for an error).
#[derive(Deserialize)]
pub struct Recorded {
    pub label: String,
    method: String,
    target: String,
    headers: Vec<(String, String)>,
    body: String,
    pub status: u16,
    pub answer: Value,
}

impl Recorded {
    /// The requests of a recording.
    pub fn all(recording: &str) -> Vec<Self> {
        serde_json::from_str(recording).expect("the fixture is JSON")
    }

    /// The request as it was sent, with the values of this run where the recording has placeholders.
    pub fn bytes(&self, values: &[(&str, &str)]) -> String {
        let fill =
            |text: &str| values.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to));
        let body = fill(&self.body);
        let mut request = format!("{} {} HTTP/1.1\r\nHost: test\r\n", self.method, fill(&self.target));
        for (name, value) in &self.headers {
            let value = value.replace("{key}", "any").replace("{length}", &body.len().to_string());
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        format!("{request}\r\n{body}")
    }
}
