//! What jobs give: stand-ins, the same for the same input.

use bytes::Bytes;
use serde::Serialize;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use super::members::Members;

/// What the requests of a batch ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    /// Text.
    Content,
    /// Vectors.
    Embeddings,
}

/// The answers to the requests of a batch, one a line.
#[derive(Debug)]
pub struct Results {
    /// How many there are.
    pub requests: usize,
    /// The lines, each with its end.
    pub lines: Bytes,
    /// How many lines of the input are no requests.
    pub bad: usize,
}

#[derive(Serialize)]
struct Line<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<&'a RawValue>,
    response: Value,
}

/// The answer to a text of so many characters.
pub fn text(characters: usize) -> String {
    format!("A stand-in answer of the emulator to {characters} characters of input.")
}

/// The answers to requests, each an object with a `request`, and what tells it apart in `key` or `metadata`.
pub fn answers<'a>(model: &str, wanted: Wanted, requests: impl Iterator<Item = &'a [u8]>) -> Results {
    let mut lines = Vec::new();
    let (mut count, mut bad) = (0, 0);
    for request in requests {
        count += 1;
        let Some((key, metadata)) = tags(request) else {
            bad += 1;
            continue;
        };
        let line = Line { key, metadata, response: response(model, wanted, count) };
        // A value and raw JSON always serialise.
        if serde_json::to_writer(&mut lines, &line).is_ok() {
            lines.push(b'\n');
        }
    }
    Results { requests: count, lines: lines.into(), bad }
}

/// The lines of a file that hold something.
pub fn lines(file: &[u8]) -> impl Iterator<Item = &[u8]> {
    file.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty())
}

fn tags(request: &[u8]) -> Option<(Option<&RawValue>, Option<&RawValue>)> {
    let mut members = Members::of_body(request).ok()?;
    members.object(&["request"]).ok()??;
    Some((members.take(&["key"]), members.take(&["metadata"])))
}

fn response(model: &str, wanted: Wanted, number: usize) -> Value {
    match wanted {
        Wanted::Content => {
            let text = format!("A stand-in answer of the emulator to request {number}.");
            json!({
                "candidates": [{
                    "content": {"parts": [{"text": text}], "role": "model"},
                    "finishReason": "STOP",
                    "index": 0,
                }],
                "usageMetadata": {"promptTokenCount": 1, "candidatesTokenCount": 1, "totalTokenCount": 2},
                "modelVersion": model,
            })
        }
        Wanted::Embeddings => json!({"embedding": {"values": [0.25, -0.5, 0.75]}}),
    }
}

/// An MP4 file without a picture: the boxes that tell its type, a note, and a film of no length.
/// It is a stand-in that tools recognise; no player shows anything.
pub fn video() -> Bytes {
    const NOTE: &[u8] = b"A stand-in for a generated video, made by gwh emulator.";
    let mut header = vec![0u8; 100];
    header[12..16].copy_from_slice(&1_000u32.to_be_bytes()); // ticks a second
    header[20..24].copy_from_slice(&0x0001_0000u32.to_be_bytes()); // plays at its own rate
    header[24..26].copy_from_slice(&0x0100u16.to_be_bytes()); // full volume
    for (place, value) in [(36, 0x0001_0000u32), (52, 0x0001_0000), (68, 0x4000_0000), (96, 1)] {
        // The identity matrix, and the number of the next track.
        header[place..place + 4].copy_from_slice(&value.to_be_bytes());
    }
    let boxes = [
        mp4_box(b"ftyp", b"isom\x00\x00\x02\x00isomiso2mp41"),
        mp4_box(b"free", NOTE),
        mp4_box(b"moov", &mp4_box(b"mvhd", &header)),
        mp4_box(b"mdat", b""),
    ];
    boxes.concat().into()
}

fn mp4_box(kind: &[u8; 4], content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len() + 8).unwrap_or(u32::MAX);
    [&length.to_be_bytes()[..], kind, content].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_a_line_for_each_request_with_its_key_as_it_was_written() {
        let file = b"{\"key\":\"a\",\"request\":{}}\n\r\n{\"request\":{},\"key\":1.0}\nx\n{\"key\":1}\n";
        let results = answers("m", Wanted::Content, lines(file));
        assert_eq!((results.requests, results.bad), (4, 2));
        let text = str::from_utf8(&results.lines).expect("text");
        let starts: Vec<&str> = text.lines().map(|line| &line[..10]).collect();
        assert_eq!(starts, [r#"{"key":"a""#, r#"{"key":1.0"#]);
        assert!(text.contains("to request 1.") && text.contains("to request 2."));
    }

    #[test]
    fn the_video_is_a_chain_of_boxes() {
        let (bytes, mut at, mut kinds) = (video(), 0, Vec::new());
        while at < bytes.len() {
            let length = u32::from_be_bytes(bytes[at..at + 4].try_into().expect("four bytes"));
            kinds.push(String::from_utf8_lossy(&bytes[at + 4..at + 8]).into_owned());
            at += length as usize;
        }
        assert_eq!((at, kinds.concat()), (bytes.len(), "ftypfreemoovmdat".to_owned()));
    }
}
