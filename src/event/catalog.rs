//! The one table of event types. Adding a type is one row and one file in `samples/`.

/// Whether the service takes a type in `subscribed_events`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Support {
    /// The live service accepts it.
    Live,
    /// The documentation lists it; the live service rejects it today.
    DocumentedOnly,
}

/// An event type of the service.
#[derive(Debug, Clone, Copy)]
pub struct EventType {
    /// The `type` of the envelope.
    pub name: &'static str,
    /// What it tells, in a phrase.
    pub about: &'static str,
    /// Whether it can be subscribed to.
    pub support: Support,
    /// A realistic body.
    pub sample: &'static str,
}

macro_rules! catalog {
    ($($name:literal, $support:ident, $about:literal;)+) => {
        /// Every event type that is known. Others exist or will: they pass through everywhere.
        pub const CATALOG: &[EventType] = &[$(EventType {
            name: $name,
            about: $about,
            support: Support::$support,
            sample: include_str!(concat!("samples/", $name, ".json")),
        }),+];
    };
}

catalog! {
    "batch.succeeded", Live, "a batch is done and its results can be fetched";
    "batch.failed", Live, "a batch ended with an error";
    "batch.expired", Live, "a batch did not finish in time";
    "batch.cancelled", DocumentedOnly, "a batch was cancelled";
    "interaction.completed", Live, "a background interaction is done";
    "interaction.requires_action", Live, "an interaction waits for a function's result";
    "interaction.failed", Live, "an interaction ended with an error";
    "interaction.cancelled", DocumentedOnly, "an interaction was cancelled";
    "video.generated", Live, "a video is ready";
}

/// The keys of an envelope and of its `data` in the order in which the documentation writes them.
pub const KEYS: &[&str] = &[
    "type",
    "version",
    "timestamp",
    "data",
    "id",
    "output_file_uri",
    "file_name",
    "error_code",
    "error_message",
    "user_metadata",
];

/// How many columns the longest name takes: what aligns lines that name a type.
pub const LONGEST_NAME: usize = {
    let (mut longest, mut row) = (0, 0);
    while row < CATALOG.len() {
        if CATALOG[row].name.len() > longest {
            longest = CATALOG[row].name.len();
        }
        row += 1;
    }
    longest
};

/// Names that early samples and articles use, and what they mean.
const MISTAKEN: [(&str, &str); 4] = [
    ("batch.completed", "batch.succeeded"),
    ("batch.canceled", "batch.cancelled"),
    ("interaction.succeeded", "interaction.completed"),
    ("video.completed", "video.generated"),
];

/// The row of a type.
pub fn find(name: &str) -> Option<&'static EventType> {
    CATALOG.iter().find(|event| event.name == name)
}

/// A line for each of `events`, their names aligned, to choose from.
pub fn menu<'e>(events: impl IntoIterator<Item = &'e EventType>) -> Vec<String> {
    let width = CATALOG.iter().map(|event| event.name.len()).max().unwrap_or_default();
    events.into_iter().map(|event| format!("{:width$}  {}", event.name, event.about)).collect()
}

/// The type that an unknown name was probably meant to be.
pub fn closest(name: &str) -> Option<&'static str> {
    if let Some((_, meant)) = MISTAKEN.iter().find(|(mistaken, _)| *mistaken == name) {
        return Some(meant);
    }
    let scored = CATALOG.iter().map(|event| (distance(name, event.name), event.name));
    scored.min().filter(|(distance, _)| *distance <= 3).map(|(_, name)| name)
}

/// The Levenshtein distance of two short names.
pub(crate) fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, from) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::event::Event;

    #[test]
    fn every_sample_is_an_event_of_its_own_type() {
        for event in CATALOG {
            let sample = Event::parse(event.sample.as_bytes()).expect("the sample is JSON");
            assert_eq!(sample.type_name().as_deref(), Some(event.name));
            assert!(sample.meaning().is_some(), "{} has a line of meaning", event.name);
        }
        assert_eq!(CATALOG.len(), 9);
    }

    #[test]
    fn samples_have_the_fields_of_the_documented_catalogue() {
        for event in CATALOG {
            let fields: &[&str] = match event.name {
                "batch.succeeded" => &["id", "output_file_uri"],
                "batch.failed" | "interaction.failed" => &["error_code", "error_message", "id"],
                "video.generated" => &["file_name", "id", "output_file_uri"],
                _ => &["id"],
            };
            let sample: serde_json::Value = serde_json::from_str(event.sample).expect("JSON");
            let keys = |value: &serde_json::Value| {
                value.as_object().map(|members| members.keys().cloned().collect::<BTreeSet<_>>())
            };
            let set = |names: &[&str]| Some(names.iter().map(|name| (*name).to_owned()).collect());
            assert_eq!(keys(&sample), set(&["type", "version", "timestamp", "data"]), "{}", event.name);
            assert_eq!(keys(&sample["data"]), set(fields), "{}", event.name);
            assert_eq!(sample["version"], "v1");
        }
        let documented: Vec<&str> = CATALOG
            .iter()
            .filter(|event| event.support == Support::DocumentedOnly)
            .map(|event| event.name)
            .collect();
        assert_eq!(documented, ["batch.cancelled", "interaction.cancelled"]);
    }

    #[test]
    fn near_misses_are_recognised_and_new_names_are_not() {
        assert_eq!(closest("batch.completed"), Some("batch.succeeded"));
        assert_eq!(closest("batch.succeded"), Some("batch.succeeded"));
        assert_eq!(closest("video.generate"), Some("video.generated"));
        assert_eq!(closest("model.tuned"), None);
    }
}
