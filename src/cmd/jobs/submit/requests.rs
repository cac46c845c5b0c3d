//! The requests of a batch: lines of JSON that are checked before anything is sent.

use std::io::{BufRead, BufReader, Read};

use serde_json::value::RawValue;

use crate::error::Failure;
use crate::json::{self, Node, Style};

/// Checks every line of a file of requests and answers how many there are. Empty lines do not count.
///
/// # Errors
/// Kind `Usage` naming the first line that is no request, `Configuration` where the file cannot be read.
pub(super) fn check(content: impl Read, name: &str) -> Result<u64, Failure> {
    let mut count = 0;
    for_each_line(content, name, |place, line| {
        request_line(&place, line)?;
        count += 1;
        Ok(())
    })?;
    if count == 0 {
        Err(Failure::usage(format!("{name} holds no requests")).hint(EXAMPLE))
    } else {
        Ok(count)
    }
}

/// The requests of a file as the call itself takes them: a line's `key` goes into its `metadata`.
///
/// # Errors
/// As [`check`].
pub(super) fn inline(content: impl Read, name: &str) -> Result<Vec<Box<RawValue>>, Failure> {
    let mut requests = Vec::new();
    for_each_line(content, name, |place, line| {
        let tree = request_line(&place, line)?;
        let mut members = match tree {
            Node::Object(members) => members,
            _ => Vec::new(),
        };
        if let Some(at) = members.iter().position(|(key, _)| *key == "key") {
            let key = members.remove(at);
            if !members.iter().any(|(name, _)| *name == "metadata") {
                members.push(("metadata", Node::Object(vec![key])));
            }
        }
        requests.push(raw(json::write(&Node::Object(members), Style::COMPACT)));
        Ok(())
    })?;
    if requests.is_empty() {
        return Err(Failure::usage(format!("{name} holds no requests")).hint(EXAMPLE));
    }
    Ok(requests)
}

/// A request that was given as text for the model, or as a JSON object of the API.
///
/// # Errors
/// Kind `Usage` where an object is no request.
pub(super) fn of_flag(text: &str) -> Result<Box<RawValue>, Failure> {
    let Ok(tree @ Node::Object(_)) = json::parse(text) else {
        let request = serde_json::json!({"contents": [{"parts": [{"text": text}], "role": "user"}]});
        return Ok(raw(format!(r#"{{"request":{request}}}"#)));
    };
    let written = json::write(&tree, Style::COMPACT);
    match (tree.get("request"), tree.get("contents")) {
        (Some(Node::Object(_)), _) => Ok(raw(written)),
        (None, Some(_)) => Ok(raw(format!(r#"{{"request":{written}}}"#))),
        _ => Err(Failure::usage("--request holds neither request nor contents").hint(EXAMPLE)),
    }
}

const EXAMPLE: &str =
    r#"a line is for example {"key":"one","request":{"contents":[{"parts":[{"text":"Tell me a joke"}]}]}}"#;

fn raw(text: String) -> Box<RawValue> {
    RawValue::from_string(text).expect("what was written from a tree is JSON")
}

fn for_each_line(
    content: impl Read,
    name: &str,
    mut take: impl FnMut(String, &str) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut reader = BufReader::new(content);
    let mut line = Vec::new();
    for number in 1u64.. {
        line.clear();
        let read = reader
            .read_until(b'\n', &mut line)
            .map_err(|error| Failure::configuration(format!("cannot read {name}")).because(error))?;
        if read == 0 {
            break;
        }
        let place = format!("line {number} of {name}");
        let text =
            str::from_utf8(&line).map_err(|_| Failure::usage(format!("{place} is not text in UTF-8")))?;
        if !text.trim().is_empty() {
            take(place, text)?;
        }
    }
    Ok(())
}

fn request_line<'l>(place: &str, line: &'l str) -> Result<Node<'l>, Failure> {
    let tree = json::parse(line)
        .map_err(|error| Failure::usage(format!("{place} is no JSON")).because(error).hint(EXAMPLE))?;
    match tree.get("request") {
        Some(Node::Object(_)) => Ok(tree),
        _ => Err(Failure::usage(format!("{place} has no request")).hint(EXAMPLE)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn inlined(text: &str) -> Vec<String> {
        let requests = inline(text.as_bytes(), "x.jsonl").unwrap_or_else(|failure| panic!("{failure}"));
        requests.iter().map(|request| request.get().to_owned()).collect()
    }

    #[test]
    fn lines_are_counted_and_wrong_ones_named() {
        let good = "{\"key\":\"a\",\"request\":{}}\n\n{\"request\":{}}";
        assert_eq!(check(good.as_bytes(), "x.jsonl").expect("is good"), 2);
        for (text, message) in [
            ("{\"request\":{}}\n[]\n", "line 2 of x.jsonl has no request"),
            ("{\"request\":1}\n", "line 1 of x.jsonl has no request"),
            ("{\"request\":{}\n", "line 1 of x.jsonl is no JSON"),
            ("\n", "x.jsonl holds no requests"),
        ] {
            let failure = check(text.as_bytes(), "x.jsonl").expect_err("is refused");
            assert!(failure.to_string().starts_with(message), "{failure}");
        }
        assert!(check(&b"\xff\n"[..], "x").is_err());
    }

    #[test]
    fn a_key_becomes_metadata_and_numbers_stay_as_written() {
        assert_eq!(
            inlined("{\"key\":\"a\",\"request\":{\"n\": 1e2}}\n{\"request\":{}}\n"),
            [r#"{"request":{"n":1e2},"metadata":{"key":"a"}}"#, r#"{"request":{}}"#]
        );
    }

    #[test]
    fn a_request_is_text_or_an_object_of_the_api() {
        let of = |text: &str| of_flag(text).map(|request| request.get().to_owned()).ok();
        let contents = r#"{"contents":[{"parts":[{"text":"hi"}],"role":"user"}]}"#;
        assert_eq!(of("hi"), Some(format!(r#"{{"request":{contents}}}"#)));
        assert_eq!(of(contents), Some(format!(r#"{{"request":{contents}}}"#)));
        assert_eq!(of(r#"{"request":{"n":1.0}}"#).as_deref(), Some(r#"{"request":{"n":1.0}}"#));
        assert_eq!(of(r#"{"prompt":"hi"}"#), None);
    }
}
