//! What a handler answered, read piece by piece.

use std::borrow::Cow;
use std::time::Duration;

use httparse::Status;
use hyper::StatusCode;

use crate::deliver::SendError;
use crate::redact;

/// How much of an answer is read; the rest is not worth waiting for.
const READ: usize = 64 * 1024;
/// More header fields than servers send.
const FIELDS: usize = 100;

/// An answer.
#[derive(Debug, Clone)]
pub struct Reply {
    /// The HTTP status.
    pub status: u16,
    /// Names and values, as they were written.
    pub headers: Vec<(String, String)>,
    /// The body, its framing undone; at most 64 KiB of it.
    pub body: Vec<u8>,
    /// All of it as it stood on the wire; at most 64 KiB.
    pub raw: Vec<u8>,
    /// From the start of connecting to the end of the answer.
    pub latency: Duration,
    /// What it gives away that it should not, where it does.
    pub leak: Option<String>,
}

impl Reply {
    /// Whether the status says that the delivery was taken.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        let named = self.headers.iter().find(|(found, _)| found.eq_ignore_ascii_case(name));
        named.map(|(_, value)| value.as_str())
    }

    /// Takes `secret`, where there is one, and everything that looks like a secret out of what may be shown.
    pub(super) fn redact(&mut self, secret: Option<&str>) {
        for bytes in [&mut self.body, &mut self.raw] {
            if let Some(clean) = redacted(&String::from_utf8_lossy(bytes), secret) {
                *bytes = clean.into_bytes();
            }
        }
        for (_, value) in &mut self.headers {
            if let Some(clean) = redacted(value, secret) {
                *value = clean;
            }
        }
    }
}

/// The text without secrets; none where there are none in it.
fn redacted(text: &str, secret: Option<&str>) -> Option<String> {
    let known = secret.filter(|secret| text.contains(secret)).map(|secret| text.replace(secret, "..."));
    let shaped = match redact::secrets(known.as_deref().unwrap_or(text)) {
        Cow::Owned(clean) => Some(clean),
        Cow::Borrowed(_) => None,
    };
    shaped.or(known)
}

/// An answer as far as it has come.
#[derive(Default)]
pub(super) struct ReplyReader {
    raw: Vec<u8>,
    head: Option<Head>,
}

struct Head {
    status: u16,
    headers: Vec<(String, String)>,
    /// Where the body begins.
    end: usize,
    framing: Framing,
}

enum Framing {
    Length(usize),
    Chunked,
    UntilClosed,
}

impl ReplyReader {
    /// Takes bytes, or the end of the connection, and answers whether the answer is complete.
    ///
    /// # Errors
    /// [`SendError::NotHttp`] or [`SendError::Closed`].
    pub(super) fn take(&mut self, bytes: &[u8], is_end: bool) -> Result<bool, SendError> {
        self.raw.extend_from_slice(bytes);
        while self.head.is_none() {
            match parse_head(&self.raw)? {
                // 100 and 103 announce another answer; after 101 there is none in HTTP.
                Some(head) if head.status < 200 && head.status != 101 => {
                    self.raw.drain(..head.end);
                }
                Some(head) => self.head = Some(head),
                None if is_end => return Err(SendError::Closed { status: None }),
                None => return Ok(false),
            }
        }
        let Some(head) = &self.head else { return Ok(false) };
        let body = &self.raw[head.end..];
        let is_complete = match head.framing {
            Framing::Length(length) => body.len() >= length,
            Framing::Chunked => unchunk(body).1,
            Framing::UntilClosed => false,
        };
        match is_complete || body.len() > READ {
            true => Ok(true),
            false if !is_end => Ok(false),
            false if matches!(head.framing, Framing::UntilClosed) => Ok(true),
            false => Err(SendError::Closed { status: self.status() }),
        }
    }

    /// The status, once it is known.
    pub(super) fn status(&self) -> Option<StatusCode> {
        self.head.as_ref().and_then(|head| StatusCode::from_u16(head.status).ok())
    }

    /// The answer.
    pub(super) fn finish(self, latency: Duration) -> Reply {
        let Some(head) = self.head else {
            return Reply {
                status: 0,
                headers: Vec::new(),
                body: Vec::new(),
                raw: self.raw,
                latency,
                leak: None,
            };
        };
        let body = &self.raw[head.end..];
        let body = match head.framing {
            Framing::Length(length) => body[..body.len().min(length)].to_vec(),
            Framing::Chunked => unchunk(body).0,
            Framing::UntilClosed => body.to_vec(),
        };
        Reply { status: head.status, headers: head.headers, body, raw: self.raw, latency, leak: None }
    }
}

fn parse_head(raw: &[u8]) -> Result<Option<Head>, SendError> {
    let mut fields = [httparse::EMPTY_HEADER; FIELDS];
    let mut response = httparse::Response::new(&mut fields);
    let end = match response.parse(raw) {
        Ok(Status::Complete(end)) => end,
        Ok(Status::Partial) if raw.len() > READ => {
            return Err(SendError::NotHttp { source: "its headers are longer than 64 KiB".into() });
        }
        Ok(Status::Partial) => return Ok(None),
        Err(error) => return Err(SendError::NotHttp { source: error.into() }),
    };
    let status = response.code.unwrap_or_default();
    let headers: Vec<(String, String)> = response
        .headers
        .iter()
        .map(|field| (field.name.to_owned(), String::from_utf8_lossy(field.value).into_owned()))
        .collect();
    let value = |name: &str| {
        let named = headers.iter().find(|(found, _)| found.eq_ignore_ascii_case(name));
        named.map(|(_, value)| value.trim().to_ascii_lowercase())
    };
    let framing = match (value("transfer-encoding"), value("content-length")) {
        _ if status == 204 || status == 304 || status < 200 => Framing::Length(0),
        (Some(coding), _) if coding.ends_with("chunked") => Framing::Chunked,
        (None, Some(length)) => length.parse().map_or(Framing::UntilClosed, Framing::Length),
        _ => Framing::UntilClosed,
    };
    Ok(Some(Head { status, headers, end, framing }))
}

/// What is in the chunks, and whether the last one is there.
fn unchunk(mut body: &[u8]) -> (Vec<u8>, bool) {
    let mut joined = Vec::new();
    while let Ok(Status::Complete((start, size))) = httparse::parse_chunk_size(body) {
        let size = usize::try_from(size).unwrap_or(usize::MAX);
        let Some(chunk) = body.get(start..).and_then(|rest| rest.get(..size)) else { break };
        if size == 0 {
            return (joined, true);
        }
        joined.extend_from_slice(chunk);
        body = body.get(start + size + 2..).unwrap_or_default();
    }
    (joined, false)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The status and body of an answer that arrives in pieces of so many bytes, then ends.
    fn read(raw: &str, piece: usize) -> Result<(u16, String), String> {
        let mut reader = ReplyReader::default();
        for bytes in raw.as_bytes().chunks(piece).chain([&b""[..]]) {
            if reader.take(bytes, bytes.is_empty()).map_err(|error| error.code().to_owned())? {
                let reply = reader.finish(Duration::ZERO);
                return Ok((reply.status, String::from_utf8_lossy(&reply.body).into_owned()));
            }
        }
        Err("incomplete".to_owned())
    }

    #[test]
    fn every_framing_is_read_in_pieces_of_any_size() {
        let answers = [
            ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", 200, "ok"),
            ("HTTP/1.0 401 No\r\n\r\nno", 401, "no"),
            (
                "HTTP/1.1 400 Bad\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nno\r\n1\r\n!\r\n0\r\n\r\n",
                400,
                "no!",
            ),
            ("HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", 101, ""),
            ("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 Fine\r\n\r\n", 204, ""),
        ];
        for (raw, status, body) in answers {
            for piece in 1..raw.len() {
                assert_eq!(read(raw, piece), Ok((status, body.to_owned())), "{raw} by {piece}");
            }
        }
    }

    #[test]
    fn what_is_cut_off_or_another_protocol_is_told() {
        assert_eq!(
            read("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok", 4),
            Err("connection_closed".to_owned())
        );
        assert_eq!(
            read("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n", 4),
            Err("connection_closed".to_owned())
        );
        assert_eq!(read("", 1), Err("connection_closed".to_owned()));
        let endless = format!("HTTP/1.1 200 OK\r\nX: {}", "a".repeat(READ));
        assert_eq!(read(&endless, 4096), Err("not_http".to_owned()));
        assert_eq!(read("SSH-2.0-OpenSSH_9.2\r\n", 64), Err("not_http".to_owned()));
    }
}
