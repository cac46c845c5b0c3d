//! The body of a request: what its headers say about its length, and chunks joined.

use std::borrow::Cow;

use super::{Header, Note, RequestError};

/// The body in `rest`, which is everything after the head.
pub(super) fn read<'a>(
    headers: &[Header],
    rest: &'a [u8],
    notes: &mut Vec<Note>,
) -> Result<Cow<'a, [u8]>, RequestError> {
    if is_chunked(headers) {
        return join_chunks(rest, notes).map(Cow::Owned).or_else(|error| match error {
            // Proxies and loggers join the chunks and leave the header as it came.
            RequestError::Chunk(0) => {
                notes.push(Note::NotChunked);
                Ok(Cow::Borrowed(rest))
            }
            other => Err(other),
        });
    }
    let Some(length) = content_length(headers)? else {
        return Ok(Cow::Borrowed(rest));
    };
    match usize::try_from(length).ok().and_then(|length| rest.split_at_checked(length)) {
        Some((body, after)) if is_of_the_dump(after) => {
            note_rest(after, notes);
            Ok(Cow::Borrowed(body))
        }
        Some((_, after)) => {
            notes.push(Note::Longer(after.len()));
            Ok(Cow::Borrowed(rest))
        }
        None => {
            notes.push(Note::Truncated(length - rest.len() as u64));
            Ok(Cow::Borrowed(rest))
        }
    }
}

/// Whether what follows a body is the dump's own: line ends at its end, or the next request. Anything
/// else is part of a body that was edited after its Content-Length was written.
fn is_of_the_dump(after: &[u8]) -> bool {
    let next = after.trim_ascii_start();
    let line = next.split(|byte| *byte == b'\n').next().unwrap_or_default();
    next.is_empty() || memchr::memmem::find(line, b" HTTP/1.").is_some()
}

fn note_rest(after: &[u8], notes: &mut Vec<Note>) {
    if !after.is_empty() {
        notes.push(Note::LeftOut(after.len()));
    }
}

fn values<'h>(headers: &'h [Header], name: &'h str) -> impl Iterator<Item = &'h [u8]> {
    headers.iter().filter(move |(own, _)| own.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_slice())
}

fn is_chunked(headers: &[Header]) -> bool {
    let last =
        values(headers, "transfer-encoding").flat_map(|value| value.split(|byte| *byte == b',')).last();
    last.is_some_and(|coding| coding.trim_ascii().eq_ignore_ascii_case(b"chunked"))
}

fn content_length(headers: &[Header]) -> Result<Option<u64>, RequestError> {
    let mut lengths = values(headers, "content-length").map(|value| {
        let digits = str::from_utf8(value).ok().filter(|text| text.bytes().all(|byte| byte.is_ascii_digit()));
        digits.and_then(|digits| digits.parse().ok()).ok_or(RequestError::ContentLength)
    });
    let Some(first) = lengths.next().transpose()? else {
        return Ok(None);
    };
    // Repeating the same length is allowed; two different ones are how requests are smuggled.
    if lengths.all(|length| length == Ok(first)) { Ok(Some(first)) } else { Err(RequestError::ContentLength) }
}

/// Joins chunks. An error at byte 0 means that the body does not begin with a chunk size at all.
fn join_chunks(input: &[u8], notes: &mut Vec<Note>) -> Result<Vec<u8>, RequestError> {
    let mut body = Vec::with_capacity(input.len());
    let mut at = 0;
    loop {
        let Some((line, after)) = line_at(input, at) else {
            // Without a line end even the first size cannot be told from a body.
            if at == 0 && !input.is_empty() {
                return Err(RequestError::Chunk(0));
            }
            notes.push(Note::TruncatedChunks);
            return Ok(body);
        };
        let size = chunk_size(line).ok_or(RequestError::Chunk(at))?;
        if size == 0 {
            note_rest(after_trailers(input, after), notes);
            return Ok(body);
        }
        let chunk = usize::try_from(size).ok().and_then(|size| input.get(after..after.checked_add(size)?));
        let Some(chunk) = chunk else {
            body.extend_from_slice(&input[after..]);
            notes.push(Note::TruncatedChunks);
            return Ok(body);
        };
        body.extend_from_slice(chunk);
        at = after + chunk.len();
        at += match &input[at..] {
            [b'\r', b'\n', ..] => 2,
            [b'\n', ..] => 1,
            [] | [b'\r'] => input.len() - at,
            _ => return Err(RequestError::Chunk(at)),
        };
    }
}

/// The line at `at` with its LF, and where the next one begins.
fn line_at(input: &[u8], at: usize) -> Option<(&[u8], usize)> {
    let length = memchr::memchr(b'\n', &input[at..])? + 1;
    Some((&input[at..at + length], at + length))
}

/// The size that a chunk begins with; extensions are ignored, as servers do.
fn chunk_size(line: &[u8]) -> Option<u64> {
    let line = line.trim_ascii_end();
    if !line.first().is_some_and(u8::is_ascii_hexdigit) {
        return None;
    }
    let text = [line, b"\r\n"].concat();
    match httparse::parse_chunk_size(&text) {
        Ok(httparse::Status::Complete((_, size))) => Some(size),
        _ => None,
    }
}

/// What follows the trailer fields and the empty line after the last chunk.
fn after_trailers(input: &[u8], mut at: usize) -> &[u8] {
    while let Some((line, after)) = line_at(input, at) {
        at = after;
        if line.trim_ascii_end().is_empty() {
            return &input[at..];
        }
    }
    &[]
}
