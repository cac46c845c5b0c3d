//! A job as the APIs answer it: one shape over the three that are on the wire. What is not known is kept.

use crate::json::{self, Node, Style};

use super::job_id::{JobId, JobKind};

/// An interaction, a batch or a video operation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// The id.
    pub id: JobId,
    /// How far it is.
    pub state: JobState,
    /// Where the results are: `files/…`, or a URI as the API wrote it. Empty where they stand in the job itself.
    pub results: Vec<String>,
    /// What went wrong.
    pub error: Option<JobError>,
    /// What else a person wants to know, each with its name.
    pub facts: Vec<(&'static str, String)>,
    raw: String,
}

/// How far a job is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JobState {
    /// It waits for its turn.
    Pending,
    /// It runs.
    Running,
    /// It waits for something that its caller has to do.
    RequiresAction,
    /// Its results are there.
    Succeeded,
    /// It ended with an error.
    Failed,
    /// Somebody cancelled it.
    Cancelled,
    /// It did not finish in time.
    Expired,
    /// It ended before it was done, for want of tokens or of money. Google's SDKs know three words for that.
    Incomplete,
    /// A word that this version does not know.
    Other(String),
}

/// What can be expected of a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prospect {
    /// It goes on by itself, as far as is known.
    Open,
    /// It is done.
    Done,
    /// No result will come by itself.
    Lost,
}

impl JobState {
    /// The word in JSON and for people.
    pub fn as_str(&self) -> &str {
        match self {
            JobState::Pending => "pending",
            JobState::Running => "running",
            JobState::RequiresAction => "requires_action",
            JobState::Succeeded => "succeeded",
            JobState::Failed => "failed",
            JobState::Cancelled => "cancelled",
            JobState::Expired => "expired",
            JobState::Incomplete => "incomplete",
            JobState::Other(word) => word,
        }
    }

    /// What can be expected. Of a state that nobody knows, that it changes.
    pub fn prospect(&self) -> Prospect {
        match self {
            JobState::Succeeded => Prospect::Done,
            JobState::RequiresAction
            | JobState::Failed
            | JobState::Cancelled
            | JobState::Expired
            | JobState::Incomplete => Prospect::Lost,
            JobState::Pending | JobState::Running | JobState::Other(_) => Prospect::Open,
        }
    }

    /// The state that a word means, in the spelling of any of the APIs: `in_progress`, `BATCH_STATE_PENDING`.
    fn of_word(word: &str) -> Self {
        let lower = word.to_ascii_lowercase();
        let lower = lower.strip_prefix("batch_").or(lower.strip_prefix("job_")).unwrap_or(&lower);
        match lower.strip_prefix("state_").unwrap_or(lower) {
            "pending" | "queued" => JobState::Pending,
            "running" | "in_progress" => JobState::Running,
            "requires_action" => JobState::RequiresAction,
            "succeeded" | "completed" => JobState::Succeeded,
            "failed" => JobState::Failed,
            "cancelled" | "canceled" => JobState::Cancelled,
            "expired" => JobState::Expired,
            "incomplete" | "budget_exceeded" | "requires_continuation" => JobState::Incomplete,
            _ => JobState::Other(word.to_owned()),
        }
    }
}

/// What a job says about its failure.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct JobError {
    /// The word or number for it.
    pub code: Option<String>,
    /// The sentence for it.
    pub message: Option<String>,
}

impl std::fmt::Display for JobError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (&self.code, &self.message) {
            (Some(code), Some(message)) => write!(f, "{code}: {message}"),
            (code, message) => f.write_str(code.as_deref().or(message.as_deref()).unwrap_or_default()),
        }
    }
}

impl Job {
    /// Reads an answer of the API of `kind`. `asked` is the id that was asked for, which stands in for one
    /// that the answer leaves out.
    ///
    /// # Errors
    /// What is wrong with the answer, as a sentence's end; none of it is quoted.
    pub(super) fn read(kind: JobKind, asked: Option<&JobId>, text: &str) -> Result<Self, String> {
        let tree = json::parse(text).map_err(|_| "it is no JSON that can be read".to_owned())?;
        Job::of_node(kind, asked, &tree)
    }

    /// As [`Job::read`], of a part of an answer.
    pub(super) fn of_node(kind: JobKind, asked: Option<&JobId>, tree: &Node<'_>) -> Result<Self, String> {
        let name = text_at(tree, if kind == JobKind::Interaction { "id" } else { "name" });
        let id = name.and_then(|name| JobId::of_kind(kind, &name).ok()).or_else(|| asked.cloned());
        let id = id.ok_or_else(|| format!("it holds no id of {kind}", kind = with_article(kind)))?;
        let error = error(tree);
        Ok(Job {
            state: state(kind, tree, error.is_some()),
            results: results(kind, tree),
            facts: facts(kind, tree),
            error,
            raw: json::write(tree, Style::COMPACT),
            id,
        })
    }

    /// The whole answer on one line, with everything in it as it was written.
    pub fn raw(&self) -> &str {
        &self.raw
    }

    /// The answer as a tree.
    ///
    /// # Panics
    /// Never: the text was written from a tree.
    pub fn tree(&self) -> Node<'_> {
        json::parse(&self.raw).expect("what was written from a tree is JSON")
    }

    /// The results that stand in the job itself: the text of an interaction, or a line of JSON for each
    /// answer of a batch. None where there are none.
    pub fn inline(&self) -> Option<String> {
        let tree = self.tree();
        match self.id.kind() {
            JobKind::Interaction => interaction_text(&tree),
            JobKind::Batch => {
                let list = inlined(&tree)?;
                Some(list.iter().map(|answer| format!("{}\n", json::write(answer, Style::COMPACT))).collect())
            }
            JobKind::Video => None,
        }
    }
}

fn with_article(kind: JobKind) -> &'static str {
    match kind {
        JobKind::Interaction => "an interaction",
        JobKind::Batch => "a batch",
        JobKind::Video => "a video operation",
    }
}

fn state(kind: JobKind, tree: &Node<'_>, has_error: bool) -> JobState {
    let word = match kind {
        JobKind::Interaction => text_at(tree, "status"),
        JobKind::Batch => text_at(tree, "metadata.state").or_else(|| text_at(tree, "state")),
        JobKind::Video => None,
    };
    let known = word.filter(|word| !word.ends_with("UNSPECIFIED")).map(|word| JobState::of_word(&word));
    let is_done = tree.get("done") == Some(&Node::Literal("true"));
    match known {
        // `done` is the operation's own word, and says what a state that nobody knows does not.
        Some(JobState::Pending | JobState::Running | JobState::Other(_)) | None if is_done && has_error => {
            JobState::Failed
        }
        Some(JobState::Pending | JobState::Running | JobState::Other(_)) | None if is_done => {
            JobState::Succeeded
        }
        Some(state) => state,
        None => JobState::Running,
    }
}

fn error(tree: &Node<'_>) -> Option<JobError> {
    let error = tree.get("error").or_else(|| tree.at("errors.0")).or_else(|| tree.at("metadata.error"))?;
    let found = match error {
        Node::Object(_) => JobError {
            code: text_at(error, "status").or_else(|| text_at(error, "code")),
            message: text_at(error, "message"),
        },
        other => JobError { code: None, message: plain(other) },
    };
    (found != JobError::default()).then_some(found)
}

fn results(kind: JobKind, tree: &Node<'_>) -> Vec<String> {
    match kind {
        JobKind::Interaction => contents(tree).filter_map(|content| text_at(content, "uri")).collect(),
        JobKind::Batch => ["response.responsesFile", "metadata.output.responsesFile"]
            .iter()
            .find_map(|path| text_at(tree, path))
            .into_iter()
            .collect(),
        JobKind::Video => {
            let response = tree.get("response");
            let response = response.map(|response| response.get("generateVideoResponse").unwrap_or(response));
            let samples = ["generatedSamples", "generatedVideos"];
            let samples = samples.iter().find_map(|name| elements(response?.get(name)?));
            samples.into_iter().flatten().filter_map(|sample| text_at(sample, "video.uri")).collect()
        }
    }
}

/// Where a fact stands, under the name that people see.
type Fact = (&'static str, &'static str);

const INTERACTION_FACTS: [Fact; 5] = [
    ("model", "model"),
    ("created", "created"),
    ("updated", "updated"),
    ("webhooks", "webhook_config.uris"),
    ("metadata", "webhook_config.user_metadata"),
];
const BATCH_FACTS: [Fact; 6] = [
    ("name", "metadata.displayName"),
    ("model", "metadata.model"),
    ("created", "metadata.createTime"),
    ("updated", "metadata.updateTime"),
    ("ended", "metadata.endTime"),
    ("requests", "metadata.batchStats"),
];

fn facts(kind: JobKind, tree: &Node<'_>) -> Vec<(&'static str, String)> {
    let places: &[Fact] = match kind {
        JobKind::Interaction => &INTERACTION_FACTS,
        JobKind::Batch => &BATCH_FACTS,
        JobKind::Video => &[],
    };
    places.iter().filter_map(|(name, path)| Some((*name, listed(tree.at(path)?)?))).collect()
}

/// A value as a person reads it: the members of an object and the elements of a list one after another.
fn listed(node: &Node<'_>) -> Option<String> {
    match node {
        Node::Object(members) => {
            let pairs = members.iter().filter_map(|(key, value)| Some(format!("{key} {}", plain(value)?)));
            Some(pairs.collect::<Vec<_>>().join(", ")).filter(|text| !text.is_empty())
        }
        Node::Array(elements) => Some(elements.iter().filter_map(plain).collect::<Vec<_>>().join(", ")),
        other => plain(other),
    }
}

/// The contents that the model put out, in order.
fn contents<'t, 'a>(tree: &'t Node<'a>) -> impl Iterator<Item = &'t Node<'a>> {
    let steps = tree.get("steps").and_then(elements).unwrap_or_default();
    let outputs = steps.iter().filter(|step| text_at(step, "type").as_deref() == Some("model_output"));
    outputs.filter_map(|step| elements(step.get("content")?)).flatten()
}

fn interaction_text(tree: &Node<'_>) -> Option<String> {
    let texts = contents(tree).filter(|content| text_at(content, "type").as_deref() == Some("text"));
    let text: String = texts.filter_map(|content| text_at(content, "text")).collect();
    (!text.is_empty()).then_some(text)
}

fn inlined<'t, 'a>(tree: &'t Node<'a>) -> Option<&'t [Node<'a>]> {
    ["response.inlinedResponses", "metadata.output.inlinedResponses"].iter().find_map(|path| {
        let list = tree.at(path)?;
        elements(list.get("inlinedResponses").unwrap_or(list))
    })
}

fn elements<'t, 'a>(node: &'t Node<'a>) -> Option<&'t [Node<'a>]> {
    match node {
        Node::Array(elements) => Some(elements),
        _ => None,
    }
}

/// The value at a path as a person would write it; none where it is absent, null or empty.
fn text_at(node: &Node<'_>, path: &str) -> Option<String> {
    plain(node.at(path)?)
}

fn plain(node: &Node<'_>) -> Option<String> {
    Some(node)
        .filter(|node| **node != Node::Literal("null"))
        .map(Node::to_plain)
        .filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests;
