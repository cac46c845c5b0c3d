//! The file that declares webhooks: read, checked, and every mistake named by its line.

use serde::Deserialize;
use toml::Spanned;

use crate::cmd::endpoint;
use crate::error::Failure;
use crate::gemini::State;

/// A webhook as the file declares it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Declared {
    /// What identifies it.
    pub(super) name: String,
    pub(super) uri: String,
    pub(super) events: Vec<String>,
    /// The state, where the file says one: what it does not say stays as it is.
    pub(super) state: Option<State>,
    /// The line that it begins on, from 1.
    pub(super) line: usize,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    #[serde(default)]
    webhook: Vec<Spanned<Row>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    name: Spanned<String>,
    uri: Spanned<String>,
    events: Spanned<Vec<String>>,
    state: Option<Spanned<String>>,
}

/// Reads the text of `file`.
///
/// # Errors
/// Kind `Usage`, with the line, where it is not TOML, a key is missing or unknown, a value is malformed, or
/// two webhooks have one name.
pub(super) fn parse(text: &str, file: &str) -> Result<Vec<Declared>, Failure> {
    let line_at = |offset: usize| 1 + text[..offset.min(text.len())].matches('\n').count();
    let wrong = |offset: usize, what: String| {
        Failure::usage(format!("{file} line {}: {what}", line_at(offset)))
            .hint("a webhook is a [[webhook]] table with name, uri, events and, if wanted, state")
    };
    let document: Document = toml::from_str(text).map_err(|error| {
        let offset = error.span().map_or(0, |span| span.start);
        wrong(offset, error.message().to_owned())
    })?;
    let mut declared: Vec<Declared> = Vec::new();
    for row in document.webhook {
        let start = row.span().start;
        let row = row.into_inner();
        let name = row.name.get_ref().trim().to_owned();
        if name.is_empty() {
            return Err(wrong(row.name.span().start, "name is empty".to_owned()));
        }
        if let Some(other) = declared.iter().find(|other| other.name == name) {
            let what = format!("name {name:?} is taken by the webhook of line {}", other.line);
            return Err(wrong(row.name.span().start, what));
        }
        endpoint::check(row.uri.get_ref())
            .map_err(|error| wrong(row.uri.span().start, format!("uri {:?}: {error}", row.uri.get_ref())))?;
        if row.events.get_ref().is_empty() {
            return Err(wrong(row.events.span().start, "events is empty".to_owned()));
        }
        let state = row.state.map(|state| {
            parse_state(state.get_ref()).ok_or_else(|| {
                wrong(
                    state.span().start,
                    format!("state {:?} is neither enabled nor disabled", state.get_ref()),
                )
            })
        });
        declared.push(Declared {
            name,
            uri: row.uri.into_inner(),
            events: row.events.into_inner(),
            state: state.transpose()?,
            line: line_at(start),
        });
    }
    Ok(declared)
}

fn parse_state(text: &str) -> Option<State> {
    match text {
        "enabled" => Some(State::Enabled),
        "disabled" => Some(State::Disabled),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOOD: &str = "\
# what production listens to
[[webhook]]
name = \"prod\"
uri = \"https://example.com/hook\"
events = [\"batch.succeeded\"]

[[webhook]]
name = \"staging\"
uri = \"https://example.com/staging\"
events = [\"batch.succeeded\", \"video.generated\"]
state = \"disabled\"
";

    #[test]
    fn a_file_is_read_with_the_lines_of_its_webhooks() {
        let declared = parse(GOOD, "f").expect("reads");
        let lines: Vec<_> = declared.iter().map(|one| (one.name.as_str(), one.line, &one.state)).collect();
        assert_eq!(lines, [("prod", 2, &None), ("staging", 7, &Some(State::Disabled))]);
        assert_eq!(parse("", "f").expect("reads"), []);
    }

    #[test]
    fn every_mistake_is_named_by_its_line() {
        let cases = [
            (GOOD.replace("events = [\"batch.succeeded\"]", "evnts = []"), "f line 5: unknown field `evnts`"),
            (
                GOOD.replace("\"staging\"", "\"prod\""),
                "f line 8: name \"prod\" is taken by the webhook of line 2",
            ),
            (GOOD.replace("\"disabled\"", "\"off\""), "f line 11: state \"off\" is neither"),
            (GOOD.replace("https://example.com/staging", "example.com"), "f line 9: uri \"example.com\""),
            (GOOD.replace("[\"batch.succeeded\"]", "[]"), "f line 5: events is empty"),
            (GOOD.replace("uri = \"https://example.com/hook\"\n", ""), "f line 2: missing field `uri`"),
            (GOOD.replace("[\"batch.succeeded\"]", "\"batch.succeeded\""), "f line 5: invalid type"),
            (format!("{GOOD}= 1\n"), "f line 12: "),
            ("[[webhooks]]\n".to_owned(), "f line 1: unknown field `webhooks`"),
        ];
        for (text, wanted) in cases {
            let failure = parse(&text, "f").expect_err("refused").to_string();
            assert!(failure.starts_with(wanted), "wanted {wanted:?}, got {failure:?}");
        }
    }
}
