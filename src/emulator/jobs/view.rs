//! Jobs as the API shows them: interactions in snake_case, operations in camelCase with integers as text.

use serde_json::{Value, json};
use tokio::time::Instant;

use super::event::stamp;
use super::{Batch, Job, Options, Outcome, Source, Task, results};

const BATCH_TYPE: &str = "type.googleapis.com/google.ai.generativelanguage.v1main.GenerateContentBatch";
const OUTPUT_TYPE: &str =
    "type.googleapis.com/google.ai.generativelanguage.v1main.GenerateContentBatchOutput";
const VIDEO_TYPE: &str = "type.googleapis.com/google.ai.generativelanguage.v1beta.PredictLongRunningResponse";

/// How much of a job is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Detail {
    /// With the results of inline requests.
    Full,
    /// Without them: one of many.
    Listed,
}

impl Job {
    /// The job as its family has it.
    pub fn view(&self, options: &Options, detail: Detail) -> Value {
        match &self.task {
            Task::Text { .. } | Task::VideoInteraction => self.interaction(),
            Task::Video => self.video(),
            Task::Batch(batch) => self.batch(batch, options, detail),
        }
    }

    fn interaction(&self) -> Value {
        let outcome = self.end.as_ref().map(|end| end.outcome);
        let status = match outcome {
            None => "in_progress",
            Some(Outcome::Succeeded) => "completed",
            Some(Outcome::Failed | Outcome::Expired) => "failed",
            Some(Outcome::Cancelled) => "cancelled",
            Some(Outcome::RequiresAction) => "requires_action",
        };
        let mut view = json!({
            "id": self.name,
            "object": "interaction",
            "status": status,
            "created": stamp(self.created),
            "updated": stamp(self.updated()),
            "service_tier": "standard",
            "model": self.model,
        });
        if let Some(config) = &self.config {
            view["webhook_config"] = json!(config);
        }
        match outcome {
            Some(Outcome::Succeeded) => {
                view["steps"] = json!([{"type": "model_output", "content": [self.content()]}]);
                view["usage"] = json!({"total_tokens": 2});
            }
            Some(Outcome::RequiresAction) => {
                let call =
                    json!({"type": "function_call", "id": "call_1", "name": "stand_in", "arguments": {}});
                view["steps"] = json!([call]);
            }
            Some(Outcome::Failed | Outcome::Expired) => {
                if let Some((code, _, message)) = self.error() {
                    // The types of the SDKs have a list, and no `error` beside it.
                    view["errors"] = json!([{"code": code, "message": message}]);
                }
            }
            Some(Outcome::Cancelled) | None => {}
        }
        view
    }

    fn content(&self) -> Value {
        match (&self.task, self.file()) {
            (Task::VideoInteraction, Some(file)) => {
                json!({"type": "video", "uri": self.download_url(file), "mime_type": "video/mp4"})
            }
            (Task::Text { characters }, _) => json!({"type": "text", "text": results::text(*characters)}),
            _ => json!({"type": "text", "text": ""}),
        }
    }

    fn video(&self) -> Value {
        let mut view = json!({"name": self.name});
        if self.end.is_none() {
            return view;
        }
        view["done"] = json!(true);
        match (self.error(), self.file()) {
            (Some((_, code, message)), _) => view["error"] = json!({"code": code, "message": message}),
            (None, Some(file)) => {
                let samples = json!([{"video": {"uri": self.download_url(file)}}]);
                let response = json!({"generatedSamples": samples});
                view["response"] = json!({"@type": VIDEO_TYPE, "generateVideoResponse": response});
            }
            (None, None) => {}
        }
        view
    }

    fn batch(&self, batch: &Batch, options: &Options, detail: Detail) -> Value {
        let mut metadata = json!({
            "@type": BATCH_TYPE,
            "model": format!("models/{}", self.model),
            "createTime": stamp(self.created),
            "updateTime": stamp(self.updated()),
            "batchStats": self.stats(batch),
            "state": self.state(options),
            "name": self.name,
        });
        if let Some(name) = &batch.display_name {
            metadata["displayName"] = json!(name);
        }
        let Some(end) = &self.end else { return json!({"name": self.name, "metadata": metadata}) };
        metadata["endTime"] = json!(stamp(end.at));
        let mut view = json!({"name": self.name, "done": true});
        match (self.error(), self.file()) {
            (Some((_, code, message)), _) => view["error"] = json!({"code": code, "message": message}),
            (None, Some(file)) => {
                let mut output = json!({"responsesFile": format!("files/{file}")});
                if batch.source == Source::Inline && detail == Detail::Full {
                    let lines: Vec<Value> = results::lines(&batch.results)
                        .filter_map(|line| serde_json::from_slice(line).ok())
                        .collect();
                    output["inlinedResponses"] = json!({"inlinedResponses": lines});
                }
                metadata["output"] = output.clone();
                output["@type"] = json!(OUTPUT_TYPE);
                view["response"] = output;
            }
            (None, None) => {}
        }
        view["metadata"] = metadata;
        view
    }

    fn stats(&self, batch: &Batch) -> Value {
        let all = batch.requests.to_string();
        match self.end.as_ref().map(|end| end.outcome) {
            Some(Outcome::Succeeded) => json!({"requestCount": all, "successfulRequestCount": all}),
            Some(_) => json!({"requestCount": all, "failedRequestCount": all}),
            None => json!({"requestCount": all, "pendingRequestCount": all}),
        }
    }

    /// A batch waits for the first half of its time and runs for the second.
    fn state(&self, options: &Options) -> &'static str {
        match self.end.as_ref().map(|end| end.outcome) {
            None if Instant::now() < self.since + options.delay / 2 => "BATCH_STATE_PENDING",
            None => "BATCH_STATE_RUNNING",
            Some(Outcome::Succeeded) => "BATCH_STATE_SUCCEEDED",
            Some(Outcome::Expired) => "BATCH_STATE_EXPIRED",
            Some(Outcome::Cancelled) => "BATCH_STATE_CANCELLED",
            Some(Outcome::Failed | Outcome::RequiresAction) => "BATCH_STATE_FAILED",
        }
    }

    fn updated(&self) -> jiff::Timestamp {
        self.end.as_ref().map_or(self.created, |end| end.at)
    }

    fn file(&self) -> Option<&str> {
        self.end.as_ref()?.file.as_deref()
    }
}
