//! A raw HTTP request: read leniently from a dump, written exactly.
//!
//! Dumps come from `nc`, proxies, `curl -v` and hand-written files, so line ends may be CR LF or LF,
//! a request line may be absent, and a trailing newline may have crept in. What is signed is the body,
//! so framing is undone as a server undoes it and whatever had to be assumed is said in a [`Note`].

mod body;
mod head;
pub mod shell;

use std::borrow::Cow;
use std::fmt;

pub use head::header_line;

use head::Head;

use crate::capture::MAX_HEADERS;

/// A header: its name as written, and its value's bytes.
pub type Header = (String, Vec<u8>);

/// A request as it was dumped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request<'a> {
    /// The method, where the dump has a request line.
    pub method: Option<String>,
    /// The request target, where the dump has a request line.
    pub target: Option<String>,
    /// The headers, in order.
    pub headers: Vec<Header>,
    /// The body, with its framing undone.
    pub body: Cow<'a, [u8]>,
    /// What had to be assumed.
    pub notes: Vec<Note>,
}

/// What had to be assumed to read a dump.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Note {
    /// The input ends before the empty line that ends the headers.
    NoBlankLine,
    /// So many bytes follow the end of the body.
    LeftOut(usize),
    /// The body is so many bytes longer than its Content-Length, and all of it counts.
    Longer(usize),
    /// The body is so many bytes shorter than its Content-Length.
    Truncated(u64),
    /// The input ends before the last chunk.
    TruncatedChunks,
    /// The headers announce chunks and the body has none: whatever made the dump has joined them.
    NotChunked,
}

impl fmt::Display for Note {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Note::NoBlankLine => {
                f.write_str("no empty line ends the headers, so the body is taken to be empty")
            }
            Note::LeftOut(1) => f.write_str("the byte after the end of the body was left out"),
            Note::LeftOut(count) => write!(f, "the {count} bytes after the end of the body were left out"),
            Note::Longer(count) => {
                let bytes = if *count == 1 { "byte" } else { "bytes" };
                write!(
                    f,
                    "the body is longer than its Content-Length, by {count} {bytes}: it was changed after it was sent"
                )
            }
            Note::Truncated(1) => f.write_str("the body is one byte shorter than its Content-Length"),
            Note::Truncated(missing) => {
                write!(f, "the body is {missing} bytes shorter than its Content-Length: the dump is cut off")
            }
            Note::TruncatedChunks => f.write_str("the last chunk is missing: the dump is cut off"),
            Note::NotChunked => f.write_str(
                "Transfer-Encoding announces chunks and the body has none, so it is taken as it is",
            ),
        }
    }
}

/// Why a dump cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RequestError {
    /// A line of the head is neither a header nor the empty line.
    #[error("line {0} is not a header of the form name: value")]
    Header(usize),
    /// What follows the head is `curl -v`'s own talk: it shows the headers that it sent, not the body.
    #[error("curl -v does not show the body that it sent")]
    NoBody,
    /// There are more headers than any real delivery has.
    #[error("there are more than {} headers", MAX_HEADERS)]
    TooManyHeaders,
    /// Content-Length is not a number, or stands twice with different values.
    #[error("Content-Length is not one number")]
    ContentLength,
    /// A chunk does not begin with its size or does not end where its size says.
    #[error("the chunked body is malformed at byte {0} of the body")]
    Chunk(usize),
}

/// Reads a request, or answers `None` where the input is something else.
///
/// A dump is recognised by a request line, or by header lines among which one is a `webhook-*` header.
/// Only the first request of several is read.
///
/// # Errors
/// [`RequestError`] where the input is a request and is malformed.
pub fn parse(input: &[u8]) -> Result<Option<Request<'_>>, RequestError> {
    let Some(head) = Head::scan(input).filter(Head::is_delivery) else {
        return Ok(None);
    };
    let mut notes = Vec::new();
    if !head.is_ended {
        notes.push(Note::NoBlankLine);
    }
    let headers = head.headers()?;
    if head.is_quoted && is_talk(head.rest) {
        return Err(RequestError::NoBody);
    }
    let body = body::read(&headers, head.rest, &mut notes)?;
    Ok(Some(Request { method: head.method, target: head.target, headers, body, notes }))
}

/// Whether every line is one that `curl -v` writes: its remarks, what it received, and how much data passed.
fn is_talk(rest: &[u8]) -> bool {
    let mut lines =
        rest.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii_end).filter(|line| !line.is_empty());
    let is_mark = |line: &[u8]| [&b"* "[..], b"} [", b"{ [", b"<"].iter().any(|mark| line.starts_with(mark));
    lines.clone().next().is_some() && lines.all(is_mark)
}

/// Reads a file of headers as `curl -D` writes it: a status line, headers, an empty line, and the same
/// again for each answer on the way. The last block counts.
///
/// # Errors
/// [`RequestError`] where a line is not a header.
pub fn parse_headers(input: &[u8]) -> Result<Vec<Header>, RequestError> {
    let (mut rest, mut last) = (input, Vec::new());
    let mut line = 0;
    while !rest.trim_ascii().is_empty() {
        let head = Head::scan(rest).ok_or(RequestError::Header(line + 1))?;
        last = head.headers().map_err(|error| match error {
            RequestError::Header(within) => RequestError::Header(line + within),
            other => other,
        })?;
        line += head.lines;
        // After the head that curl -v shows comes its talk about the answer.
        rest = if head.is_quoted { &[] } else { head.rest };
    }
    Ok(last)
}

/// Writes a request with CR LF line ends, and its body byte for byte.
///
/// The caller has made sure that no part of the head holds a line end.
pub fn write<N: AsRef<str>, V: AsRef<[u8]>>(
    method: &str,
    target: &str,
    headers: &[(N, V)],
    body: &[u8],
) -> Vec<u8> {
    let mut out = format!("{method} {target} HTTP/1.1\r\n").into_bytes();
    for (name, value) in headers {
        out.extend_from_slice(name.as_ref().as_bytes());
        out.extend_from_slice(b": ");
        out.extend_from_slice(value.as_ref());
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(b"\r\n");
    out.extend_from_slice(body);
    out
}

/// Whether `name` can be a header's name.
fn is_header_name(name: &[u8]) -> bool {
    !name.is_empty()
        && name.iter().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(byte))
}

#[cfg(test)]
mod tests;
