//! The likely cause of an answer that was not wanted, and what to do about it.
//!
//! Several commands send. What they advise is the same but for the names of their flags.

use hyper::Uri;
use hyper::http::uri::{PathAndQuery, Scheme};

use super::answer::Answer;
use super::target::Target;
use crate::capture::shown_url;
use crate::units::human_size;

/// What the flags of a sending command are called.
#[derive(Debug, Clone, Copy)]
pub struct Flags {
    /// Where to send to: `--to`.
    pub target: &'static str,
    /// How long an answer may take: `--timeout`.
    pub timeout: &'static str,
    /// Which authority to trust, and to trust anybody, where there are such flags.
    pub trust: Option<(&'static str, &'static str)>,
    /// How to send less at once than was sent, as the end of a sentence.
    pub slower: &'static str,
}

/// A delivery that was answered.
#[derive(Debug, Clone, Copy)]
pub struct Sent<'a> {
    /// Where to.
    pub url: &'a Uri,
    /// The bytes of its body.
    pub body_size: usize,
    /// What it means when the handler does not take it for authentic, which depends on who signed it.
    pub not_authentic: &'a str,
}

/// One sentence for the answer's status; none where the status says it all.
pub fn likely_cause(sent: Sent<'_>, answer: &Answer, flags: &Flags) -> Option<String> {
    let (path, to) = (sent.url.path(), flags.target);
    let advice = match answer.status.as_u16() {
        400 if wants_https(sent.url, answer) => format!("the port speaks TLS: write https:// in {to}"),
        400 | 401 | 403 => sent.not_authentic.to_owned(),
        404 | 410 => {
            let place = Target::Path(PathAndQuery::from_static("/PATH")).on(sent.url);
            format!("nothing is served at {path}; give the handler's path, as in {to} {place}")
        }
        405 => format!("the handler does not take POST at {path}; check the path given with {to}"),
        413 => {
            let size = human_size(sent.body_size);
            format!("the body of {size} is larger than the handler takes; raise its limit")
        }
        415 => "the handler does not take application/json; register it for raw JSON bodies".to_owned(),
        429 => format!("the handler limits the rate; {}", flags.slower),
        304 => {
            "304 means that what is cached counts, which is no answer to a POST; the handler must answer 2xx"
                .to_owned()
        }
        300..=399 => match answer.location.as_deref().and_then(|location| Target::parse(location).ok()) {
            // A path alone would be one of the command's default.
            Some(target) => {
                let url = target.on(sent.url).to_string();
                format!("redirects are not followed; give the final URL: {to} {}", shown_url(&url))
            }
            None => format!("redirects are not followed; give the final URL with {to}"),
        },
        502 | 504 => "a proxy answered in the handler's place; check that the handler is running".to_owned(),
        503 => "the handler, or a proxy in its place, takes nothing now; its log says why".to_owned(),
        500..=599 => "the handler failed; its log says why".to_owned(),
        _ => return None,
    };
    Some(advice)
}

/// Whether a plain request came to a port that speaks TLS: most servers say so in plain words.
fn wants_https(url: &Uri, answer: &Answer) -> bool {
    let said = String::from_utf8_lossy(&answer.body).to_ascii_lowercase();
    url.scheme() == Some(&Scheme::HTTP) && said.contains("https")
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use bytes::Bytes;
    use hyper::StatusCode;

    use super::*;

    fn cause(status: u16, location: Option<&str>) -> String {
        let url: Uri = "http://localhost:3000/hook".parse().expect("a URL");
        let sent = Sent { url: &url, body_size: 2, not_authentic: "another secret" };
        let answer = Answer {
            status: StatusCode::from_u16(status).expect("a status"),
            latency: Duration::ZERO,
            location: location.map(str::to_owned),
            retry_after: None,
            body: Bytes::new(),
            truncated: false,
        };
        let flags = Flags { target: "--to", timeout: "--timeout", trust: None, slower: "less" };
        likely_cause(sent, &answer, &flags).expect("a cause")
    }

    #[test]
    fn what_is_to_be_given_can_be_given_as_it_stands_but_for_tokens() {
        let cases = [
            (Some("/login"), ": --to http://localhost:3000/login"),
            (Some("https://h.example/a"), ": --to https://h.example/a"),
            (Some("/hook/?tok=planted"), ": --to http://localhost:3000/hook/?tok=[redacted]"),
            (Some("elsewhere"), " with --to"),
            (None, " with --to"),
        ];
        for (location, end) in cases {
            let expected = format!("redirects are not followed; give the final URL{end}");
            assert_eq!(cause(307, location), expected);
        }
        assert!(cause(304, Some("/login")).starts_with("304 means that"), "{}", cause(304, None));
        assert!(cause(404, None).ends_with("as in --to http://localhost:3000/PATH"), "{}", cause(404, None));
    }
}
