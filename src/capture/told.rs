//! Reading what a record tells of a delivery besides the signed part.

use jiff::Timestamp;
use serde::de::DeserializeOwned;

use super::read::{RecordError, member};
use crate::json::{self, Node, Style};
use crate::signature::VerdictRecord;

/// What a record tells of a delivery besides what is signed.
#[derive(Debug, Default)]
pub struct Told {
    /// When it arrived.
    pub received_at: Option<Timestamp>,
    /// The request's method.
    pub method: Option<String>,
    /// The request's path and query.
    pub path: Option<String>,
    /// Which attempt it is.
    pub attempt: Option<u32>,
    /// What verifying concluded.
    pub verdict: Option<VerdictRecord>,
    /// The HTTP status that it was answered with.
    pub status: Option<u16>,
    /// Each time that it was sent on.
    pub forwards: Vec<ToldForward>,
}

/// What a record tells of one time that the delivery was sent on: [`ForwardRecord`](super::ForwardRecord), read.
#[derive(Debug)]
pub struct ToldForward {
    /// Where to.
    pub url: String,
    /// The HTTP status of the answer, where there was one.
    pub status: Option<u16>,
    /// How long the answer took, in milliseconds.
    pub latency_ms: u64,
    /// What went wrong, where there was no answer.
    pub error: Option<String>,
    /// Why it was sent, where it was not forwarded when it came.
    pub kind: Option<String>,
    /// When that was, where it was not then.
    pub sent_at: Option<Timestamp>,
}

const STATUS: &str = "an HTTP status";
const TIME: &str = "a time such as 2026-01-22T12:00:00Z";
const MILLISECONDS: &str = "a whole number of milliseconds";

/// What the record tells. One with a verdict is written by `gwh`, and what has another form there is an error: the
/// delivery would lose it silently. Other tools write no verdict, and the rest in forms of their own, of which what is
/// not understood is passed over.
pub(super) fn told(tree: &Node<'_>) -> Result<Told, RecordError> {
    let verdict = value(tree, "verdict", "a verdict as gwh writes it")?;
    let own = Own(verdict.is_some());
    Ok(Told {
        received_at: own.or_nothing(moment(tree, "received_at"))?,
        method: own.or_nothing(value(tree, "method", "text"))?,
        path: own.or_nothing(value(tree, "path", "text"))?,
        attempt: own.or_nothing(value(tree, "attempt", "a whole number"))?,
        verdict,
        status: own.or_nothing(status(tree))?,
        forwards: own.or_nothing(forwards(tree))?,
    })
}

/// Whether `gwh` wrote a record.
struct Own(bool);

impl Own {
    /// What was read; of another tool's record nothing where it has another form.
    fn or_nothing<T: Default>(&self, read: Result<T, RecordError>) -> Result<T, RecordError> {
        if self.0 { read } else { Ok(read.unwrap_or_default()) }
    }
}

/// The value at `place`, whose last word is its name in `node`; none where it is null or not there.
fn value<T: DeserializeOwned>(
    node: &Node<'_>,
    place: &'static str,
    form: &'static str,
) -> Result<Option<T>, RecordError> {
    let name = place.rsplit('.').next().unwrap_or(place);
    let Some(node) = member(node, name)? else { return Ok(None) };
    serde_json::from_str(&json::write(node, Style::COMPACT)).map_err(|_| RecordError::Form(place, form))
}

/// As [`value`], where there has to be one.
fn required<T: DeserializeOwned>(
    node: &Node<'_>,
    place: &'static str,
    form: &'static str,
) -> Result<T, RecordError> {
    value(node, place, form)?.ok_or(RecordError::Form(place, form))
}

/// As [`value`], of a moment.
fn moment(node: &Node<'_>, place: &'static str) -> Result<Option<Timestamp>, RecordError> {
    let text: Option<String> = value(node, place, TIME)?;
    text.map(|text| text.parse().map_err(|_| RecordError::Form(place, TIME))).transpose()
}

fn status(tree: &Node<'_>) -> Result<Option<u16>, RecordError> {
    match member(tree, "response")? {
        None | Some(Node::Literal("null")) => Ok(None),
        Some(response) => required(response, "response.status", STATUS).map(Some),
    }
}

fn forwards(tree: &Node<'_>) -> Result<Vec<ToldForward>, RecordError> {
    let malformed = || RecordError::Form("forwards", "a list of objects");
    let forward = |node: &Node<'_>| match node {
        Node::Object(_) => Ok(ToldForward {
            url: required(node, "forwards.url", "text")?,
            status: value(node, "forwards.status", STATUS)?,
            latency_ms: required(node, "forwards.latency_ms", MILLISECONDS)?,
            error: value(node, "forwards.error", "text")?,
            kind: value(node, "forwards.kind", "text")?,
            sent_at: moment(node, "forwards.sent_at")?,
        }),
        _ => Err(malformed()),
    };
    match member(tree, "forwards")? {
        None | Some(Node::Literal("null")) => Ok(Vec::new()),
        Some(Node::Array(all)) => all.iter().map(forward).collect(),
        Some(_) => Err(malformed()),
    }
}

#[cfg(test)]
mod tests {
    use crate::capture::{read, read_whole};

    const OWN: &str = r#"{"type":"delivery","received_at":"2026-01-22T12:00:00Z","method":"POST","path":"/a","attempt":3,"headers":[],"body_b64":"","verdict":{"valid":true},"response":{"status":200},"forwards":[{"url":"http://h/","status":null,"latency_ms":12,"error":"x","sent_at":"2026-01-22T12:00:01Z"}],"more":{}}"#;

    #[test]
    fn what_has_another_form_is_named_and_what_is_signed_is_read_all_the_same() {
        let (_, told) = read_whole(OWN.as_bytes()).expect("a record");
        assert_eq!((told.attempt, told.status, told.path.as_deref()), (Some(3), Some(200), Some("/a")));
        assert_eq!(told.forwards[0].latency_ms, 12);
        for (form, other, said) in [
            (
                r#""latency_ms":12"#,
                r#""latency_ms":12.5"#,
                "forwards.latency_ms is not a whole number of milliseconds",
            ),
            (r#""latency_ms":12,"#, "", "forwards.latency_ms is not a whole number of milliseconds"),
            (r#""forwards":["#, r#""forwards":["x","#, "forwards is not a list of objects"),
            (r#""attempt":3"#, r#""attempt":"2""#, "attempt is not a whole number"),
            (r#""attempt":3"#, r#""attempt":-5"#, "attempt is not a whole number"),
            (r#""attempt":3"#, r#""attempt":3,"att\u0065mpt":4"#, "attempt stands more than once"),
            (r#""status":200"#, r#""status":99999"#, "response.status is not an HTTP status"),
            (r#"{"status":200}"#, "200", "response.status is not an HTTP status"),
            (
                r#""2026-01-22T12:00:00Z""#,
                "1769083200",
                "received_at is not a time such as 2026-01-22T12:00:00Z",
            ),
            ("2026-01-22T12:00:00Z", "yesterday", "received_at is not a time such as 2026-01-22T12:00:00Z"),
            ("2026-01-22T12:00:01Z", "later", "forwards.sent_at is not a time such as 2026-01-22T12:00:00Z"),
            (r#""path":"/a""#, r#""path":1"#, "path is not text"),
            (r#"{"valid":true}"#, r#"{"valid":"yes"}"#, "verdict is not a verdict as gwh writes it"),
        ] {
            let line = OWN.replacen(form, other, 1);
            assert_ne!(line, OWN, "{form} is there");
            let error = read_whole(line.as_bytes()).expect_err(&line);
            assert_eq!(error.to_string(), said, "{line}");
            assert!(read(line.as_bytes()).is_ok(), "{line}");
        }
    }

    #[test]
    fn of_a_record_without_a_verdict_what_is_not_understood_is_passed_over() {
        let other = r#"{"received_at":1769083200,"path":"/a","attempt":"2","headers":{"x":"1"},"body":"{}","response":"ok","forwards":[1],"verdict":null}"#;
        let (signed, told) = read_whole(other.as_bytes()).expect("a record");
        assert_eq!((signed.headers.len(), signed.body.as_slice()), (1, &b"{}"[..]));
        assert_eq!((told.received_at, told.attempt, told.status), (None, None, None));
        assert_eq!((told.path.as_deref(), told.forwards.len()), (Some("/a"), 0));
    }
}
