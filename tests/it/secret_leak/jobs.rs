//! The runs of `gwh jobs`, and what the API that gives everything away answers them.

use serde_json::{Value, json};

use super::cases::{Case, Planned};
use super::planted::{API_KEY, Planted};
use crate::support::ApiReply;

const BATCH: &str = "batches/1";
const INTERACTION: &str = "v1_planted";
const OPERATION: &str = "models/veo/operations/planted";
/// Jobs that fail.
const FAILED: &str = "batches/failed";

/// Answers a call about a job or a file with `all` wherever there is room for a text; none for other calls.
pub fn answer(path: &str, host: &str, all: &str) -> Option<ApiReply> {
    let job = |name: &str, state: &str| {
        json!({"name": name, "done": state == "SUCCEEDED", "debug": all, "metadata": {"state": format!("BATCH_STATE_{state}"),
            "displayName": all, "model": all, "batchStats": {"said": all}, "output": {"responsesFile": "files/planted"}}})
    };
    let error = json!({"code": all, "message": all});
    let body: Value = match path.strip_prefix("/v1/").unwrap_or(path) {
        "/upload/v1/files" => {
            let to = format!("http://{host}/upload/here?key={API_KEY}");
            return Some(ApiReply::json(200, json!({"debug": all})).header("x-goog-upload-url", &to));
        }
        "/upload/here" => json!({"file": {"name": "files/planted", "displayName": all}}),
        "files/planted" => json!({"name": "files/planted", "sizeBytes": "4", "mimeType": all}),
        "files/planted:download" => {
            return Some(ApiReply::text(200, "text/plain", "data").header("etag", all));
        }
        "batches" => json!({"operations": [job(BATCH, "SUCCEEDED"), job(FAILED, "FAILED")]}),
        path if path.starts_with(FAILED) => {
            let mut failed = job(FAILED, "FAILED");
            failed["error"] = error;
            failed
        }
        path if path.starts_with(BATCH) || path.ends_with("batchGenerateContent") => job(BATCH, "SUCCEEDED"),
        path if path.starts_with("interactions") => {
            json!({"id": INTERACTION, "status": "completed", "model": all,
            "webhook_config": {"uris": [all], "user_metadata": {"said": all}},
            "steps": [{"type": "model_output", "content": [{"type": "text", "text": all}]}]})
        }
        path if path.starts_with(OPERATION) || path.ends_with("predictLongRunning") => {
            json!({"name": OPERATION, "done": true, "error": error})
        }
        _ => return None,
    };
    Some(ApiReply::json(200, body))
}

/// The commands of the group.
pub const CASES: &[Case] = &[
    Case {
        command: "jobs submit interaction",
        stdout_is_secret: false,
        runs: |it| submit(&it.planted, "interaction"),
    },
    Case { command: "jobs submit batch", stdout_is_secret: false, runs: |it| submit(&it.planted, "batch") },
    Case { command: "jobs submit video", stdout_is_secret: false, runs: |it| submit(&it.planted, "video") },
    Case { command: "jobs get", stdout_is_secret: false, runs: |it| by_id(&it.planted, "get", &[]) },
    Case {
        command: "jobs wait",
        stdout_is_secret: false,
        runs: |it| by_id(&it.planted, "wait", &["--timeout", "50ms"]),
    },
    Case { command: "jobs cancel", stdout_is_secret: false, runs: |it| by_id(&it.planted, "cancel", &[]) },
    Case {
        command: "jobs list",
        stdout_is_secret: false,
        runs: |_| vec![Planned::new(&["jobs", "list"], "")],
    },
    Case { command: "jobs download", stdout_is_secret: false, runs: |it| download(&it.planted) },
    Case {
        command: "jobs config",
        stdout_is_secret: false,
        runs: |_| {
            vec![Planned::new(&["jobs", "config", "batch", "--webhook-uri", "https://example.com/"], "")]
        },
    },
];

/// A command with ids that work, one that is refused, and with secrets where an id belongs.
fn by_id(planted: &Planted, command: &str, more: &[&str]) -> Vec<Planned> {
    [BATCH, FAILED, INTERACTION, OPERATION, "batches/refused1", &planted.hmac, API_KEY]
        .map(|id| Planned::new(&[&["jobs", command, id], more].concat(), ""))
        .into()
}

/// `jobs submit`, with input of every kind, refused and malformed.
fn submit(planted: &Planted, kind: &str) -> Vec<Planned> {
    let (hmac, request) = (planted.hmac.as_str(), r#"{"request":{}}"#);
    let base = |input: &[&str], model: &str, more: &[&str]| {
        let args = [&["jobs", "submit", kind], input, &["--model", model], more].concat();
        Planned::new(&args, format!("{request}\n"))
    };
    let input: &[&str] = if kind == "batch" { &["@-"] } else { &["hi"] };
    vec![
        base(input, "m", &["--user-metadata", "a=b", "--webhook-uri", "https://example.com/"]),
        base(input, "m", &["--wait", "--timeout", "50ms"]),
        base(input, "refused1", &[]),
        base(&[&format!("@{hmac}")], "m", &[]),
        base(input, hmac, &["--webhook-uri", hmac]),
        base(input, "m", &["--user-metadata-json", hmac]),
        base(input, "m", &["--set", &format!("x.y.z={hmac}")]),
    ]
}

/// `jobs download`, into a file and onto stdout.
fn download(planted: &Planted) -> Vec<Planned> {
    let into = |to: &str| by_id(planted, "download", &["-o", to, "--force"]);
    into("results").into_iter().chain(into("-")).collect()
}
