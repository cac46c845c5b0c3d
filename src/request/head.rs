//! The lines before the body: a start line of any kind, and headers.

use super::{Header, RequestError, is_header_name};
use crate::capture::MAX_HEADERS;
use crate::signature::{ID, SIGNATURE, TIMESTAMP};

const METHODS: [&str; 7] = ["POST", "PUT", "PATCH", "GET", "DELETE", "HEAD", "OPTIONS"];

/// The head of a dump, cut into lines but not checked yet.
pub(super) struct Head<'a> {
    pub(super) method: Option<String>,
    pub(super) target: Option<String>,
    /// What follows the empty line.
    pub(super) rest: &'a [u8],
    /// Whether an empty line ends the headers.
    pub(super) is_ended: bool,
    /// Whether `curl -v`'s marks stand before its lines.
    pub(super) is_quoted: bool,
    /// How many lines the head takes, with the empty one and those skipped before it.
    pub(super) lines: usize,
    has_start_line: bool,
    /// The header lines with the number of each.
    fields: Vec<(usize, &'a [u8])>,
}

/// What the first line of a head is.
enum First {
    Request { method: String, target: String },
    Status,
    Field,
}

impl<'a> Head<'a> {
    /// The head that `input` begins with, where its first line is one of a head.
    pub(super) fn scan(input: &'a [u8]) -> Option<Self> {
        let mut lines = Lines { rest: input, count: 0, is_begun: false, is_quoted: false };
        let first = lines.find(|line| !line.is_empty())?;
        let mut head = Head {
            method: None,
            target: None,
            rest: &[],
            is_ended: false,
            is_quoted: lines.is_quoted,
            lines: 0,
            has_start_line: true,
            fields: Vec::new(),
        };
        match First::of(first)? {
            First::Request { method, target } => (head.method, head.target) = (Some(method), Some(target)),
            First::Status => {}
            First::Field => {
                head.has_start_line = false;
                head.field(lines.count, first);
            }
        }
        while let Some(line) = lines.next() {
            if line.is_empty() {
                head.is_ended = true;
                break;
            }
            head.field(lines.count, line);
            // Enough to refuse it; the rest of a large input that is no request is not worth a look.
            if head.fields.len() > MAX_HEADERS {
                break;
            }
        }
        (head.rest, head.lines) = (lines.rest, lines.count);
        Some(head)
    }

    /// Keeps a header line; the pseudo headers of HTTP/2 make a request line.
    fn field(&mut self, number: usize, line: &'a [u8]) {
        let pseudo = |name: &str| {
            let value = line.strip_prefix(name.as_bytes())?;
            Some(String::from_utf8_lossy(value.trim_ascii()).into_owned())
        };
        if let Some(method) = pseudo(":method:") {
            (self.method, self.has_start_line) = (Some(method), true);
        } else if let Some(path) = pseudo(":path:") {
            (self.target, self.has_start_line) = (Some(path), true);
        } else if pseudo(":authority:").is_none() && pseudo(":scheme:").is_none() {
            self.fields.push((number, line));
        }
    }

    /// Whether this is the head of a delivery rather than a text that happens to begin with `name: …`.
    pub(super) fn is_delivery(&self) -> bool {
        let is_webhook = |line: &[u8]| {
            let name = line.split(|byte| *byte == b':').next().unwrap_or_default();
            [ID, TIMESTAMP, SIGNATURE].iter().any(|wanted| name.eq_ignore_ascii_case(wanted.as_bytes()))
        };
        self.has_start_line || self.fields.iter().any(|(_, line)| is_webhook(line))
    }

    /// The headers, checked.
    pub(super) fn headers(&self) -> Result<Vec<Header>, RequestError> {
        if self.fields.len() > MAX_HEADERS {
            return Err(RequestError::TooManyHeaders);
        }
        self.fields
            .iter()
            .map(|(number, line)| header_line(line).ok_or(RequestError::Header(*number)))
            .collect()
    }
}

impl First {
    fn of(line: &[u8]) -> Option<Self> {
        if line.starts_with(b":") || line.split_once_at(b':').is_some_and(|(name, _)| is_header_name(name)) {
            return Some(First::Field);
        }
        let mut words = str::from_utf8(line).ok()?.split(' ').filter(|word| !word.is_empty());
        match (words.next()?, words.next(), words.next(), words.next()) {
            (status, Some(_), ..) if status.starts_with("HTTP/") => Some(First::Status),
            (method, Some(target), version, None)
                if METHODS.contains(&method)
                    && version.map_or(target.starts_with('/'), |version| version.starts_with("HTTP/")) =>
            {
                Some(First::Request { method: method.to_owned(), target: target.to_owned() })
            }
            _ => None,
        }
    }
}

/// Reads one header line, `name: value`, as servers do; none where they would refuse it.
pub fn header_line(line: &[u8]) -> Option<Header> {
    let (name, value) = line.split_once_at(b':').filter(|(name, _)| is_header_name(name))?;
    let is_value = value.iter().all(|byte| matches!(byte, b'\t' | b' '..=b'~' | 0x80..));
    is_value.then(|| (String::from_utf8_lossy(name).into_owned(), value.trim_ascii().to_vec()))
}

/// The lines of a head, without their ends and without the marks that `curl -v` puts before them.
struct Lines<'a> {
    rest: &'a [u8],
    count: usize,
    is_begun: bool,
    is_quoted: bool,
}

impl<'a> Iterator for Lines<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<&'a [u8]> {
        while !self.rest.is_empty() {
            let (line, rest) = self.rest.split_once_at(b'\n').unwrap_or((self.rest, &[]));
            let line = line.strip_suffix(b"\r").unwrap_or(line);
            self.rest = rest;
            self.count += 1;
            let is_remark = line.starts_with(b"* ");
            if !self.is_begun {
                if is_listener_remark(line) {
                    continue;
                }
                self.is_quoted |= is_remark || line.starts_with(b"> ");
                self.is_begun = !line.is_empty() && !is_remark;
            }
            match line.strip_prefix(b">") {
                _ if self.is_quoted && is_remark => {}
                Some(sent) if self.is_quoted => return Some(sent.strip_prefix(b" ").unwrap_or(sent)),
                _ => return Some(line),
            }
        }
        None
    }
}

/// What `nc -lv` says before it writes what it receives, where both went to one file.
fn is_listener_remark(line: &[u8]) -> bool {
    [
        &b"Listening on "[..],
        b"listening on ",
        b"Connection received on ",
        b"Connection from ",
        b"connect to [",
        b"Ncat: ",
    ]
    .iter()
    .any(|remark| line.starts_with(remark))
}

trait SplitOnce {
    fn split_once_at(&self, byte: u8) -> Option<(&[u8], &[u8])>;
}

impl SplitOnce for [u8] {
    fn split_once_at(&self, byte: u8) -> Option<(&[u8], &[u8])> {
        let at = self.iter().position(|other| *other == byte)?;
        Some((&self[..at], &self[at + 1..]))
    }
}
