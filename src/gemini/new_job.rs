//! What starts a job, in the case of each API: snake_case for interactions, camelCase for the others.

use serde::Serialize;
use serde_json::value::RawValue;

use super::job_id::{FileName, JobKind, NameError, model_name};
use crate::event::{self, EditError};

/// Where a job reports to, and what comes back on each of its events. The JSON of the metadata stays as written.
#[derive(Debug, Clone, Default)]
pub struct WebhookConfig {
    /// The URIs that stand in for the project's registered webhooks; none for those.
    pub uris: Vec<String>,
    /// An object that comes back on each event.
    pub user_metadata: Option<Box<RawValue>>,
}

impl WebhookConfig {
    /// Whether there is nothing to send.
    pub fn is_empty(&self) -> bool {
        self.uris.is_empty() && self.user_metadata.is_none()
    }

    /// The part of a call that holds it, as an object with its one member: `{"webhook_config":{…}}` for an
    /// interaction, `{"webhookConfig":{…}}` for a batch and for a video.
    pub fn member(&self, kind: JobKind) -> String {
        match kind {
            JobKind::Interaction => {
                #[derive(Serialize)]
                struct Member<'a> {
                    webhook_config: SnakeCase<'a>,
                }
                json(&Member { webhook_config: self.snake_case() })
            }
            JobKind::Batch | JobKind::Video => {
                #[derive(Serialize)]
                #[serde(rename_all = "camelCase")]
                struct Member<'a> {
                    webhook_config: CamelCase<'a>,
                }
                json(&Member { webhook_config: self.camel_case() })
            }
        }
    }

    fn snake_case(&self) -> SnakeCase<'_> {
        SnakeCase { uris: &self.uris, user_metadata: self.user_metadata.as_deref() }
    }

    fn camel_case(&self) -> CamelCase<'_> {
        CamelCase { uris: &self.uris, user_metadata: self.user_metadata.as_deref() }
    }
}

#[derive(Serialize)]
struct SnakeCase<'a> {
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    uris: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    user_metadata: Option<&'a RawValue>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CamelCase<'a> {
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    uris: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    user_metadata: Option<&'a RawValue>,
}

/// Where the requests of a batch are.
#[derive(Debug, Clone)]
pub enum BatchInput {
    /// In a file of the Files API, one JSON object a line.
    File(FileName),
    /// In the call itself, each `{"request":{…}}`, with its key under `metadata` where it has one.
    Inline(Vec<Box<RawValue>>),
}

/// A call that starts a job.
#[derive(Debug, Clone)]
pub struct NewJob {
    pub(super) kind: JobKind,
    pub(super) model: String,
    pub(super) body: String,
}

impl NewJob {
    /// An interaction in the background.
    ///
    /// # Errors
    /// [`NameError::NotModel`].
    pub fn interaction(model: &str, input: &str, webhook: &WebhookConfig) -> Result<Self, NameError> {
        #[derive(Serialize)]
        struct Body<'a> {
            model: &'a str,
            input: &'a str,
            background: bool,
            #[serde(skip_serializing_if = "Option::is_none")]
            webhook_config: Option<SnakeCase<'a>>,
        }
        let model = model_name(model)?;
        let webhook_config = (!webhook.is_empty()).then(|| webhook.snake_case());
        let body = json(&Body { model, input, background: true, webhook_config });
        Ok(NewJob { kind: JobKind::Interaction, model: model.to_owned(), body })
    }

    /// A batch of requests.
    ///
    /// # Errors
    /// [`NameError::NotModel`].
    pub fn batch(
        model: &str,
        name: &str,
        input: &BatchInput,
        webhook: &WebhookConfig,
    ) -> Result<Self, NameError> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Batch<'a> {
            display_name: &'a str,
            input_config: InputConfig<'a>,
            #[serde(skip_serializing_if = "Option::is_none")]
            webhook_config: Option<CamelCase<'a>>,
        }
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        enum InputConfig<'a> {
            FileName(&'a str),
            Requests(Requests<'a>),
        }
        #[derive(Serialize)]
        struct Requests<'a> {
            requests: &'a [Box<RawValue>],
        }
        let model = model_name(model)?;
        let input_config = match input {
            BatchInput::File(file) => InputConfig::FileName(file.as_str()),
            BatchInput::Inline(requests) => InputConfig::Requests(Requests { requests }),
        };
        let webhook_config = (!webhook.is_empty()).then(|| webhook.camel_case());
        let batch = Batch { display_name: name, input_config, webhook_config };
        let body = format!(r#"{{"batch":{}}}"#, json(&batch));
        Ok(NewJob { kind: JobKind::Batch, model: model.to_owned(), body })
    }

    /// A video operation.
    ///
    /// # Errors
    /// [`NameError::NotModel`].
    pub fn video(model: &str, prompt: &str, webhook: &WebhookConfig) -> Result<Self, NameError> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Body<'a> {
            instances: [Instance<'a>; 1],
            #[serde(skip_serializing_if = "Option::is_none")]
            webhook_config: Option<CamelCase<'a>>,
        }
        #[derive(Serialize)]
        struct Instance<'a> {
            prompt: &'a str,
        }
        let model = model_name(model)?;
        let webhook_config = (!webhook.is_empty()).then(|| webhook.camel_case());
        let body = json(&Body { instances: [Instance { prompt }], webhook_config });
        Ok(NewJob { kind: JobKind::Video, model: model.to_owned(), body })
    }

    /// The API that is called.
    pub fn kind(&self) -> JobKind {
        self.kind
    }

    /// The same call with values set in its body.
    ///
    /// # Errors
    /// [`EditError`] where a path leads nowhere.
    pub fn changed(self, changes: &[event::Change]) -> Result<Self, EditError> {
        match changes {
            [] => Ok(self),
            _ => Ok(NewJob { body: event::edit(&self.body, changes)?, ..self }),
        }
    }
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("text and JSON always serialise")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config() -> WebhookConfig {
        let metadata = RawValue::from_string(r#"{"job_group":"nightly","n":1e2}"#.to_owned()).expect("JSON");
        WebhookConfig { uris: vec!["https://a/".to_owned()], user_metadata: Some(metadata) }
    }

    #[test]
    fn each_api_gets_its_own_case() {
        let interaction = NewJob::interaction("models/g", "say \"hi\"", &config()).expect("made");
        assert_eq!(
            interaction.body,
            r#"{"model":"g","input":"say \"hi\"","background":true,"webhook_config":{"uris":["https://a/"],"user_metadata":{"job_group":"nightly","n":1e2}}}"#
        );
        let file = BatchInput::File(FileName::parse("files/x").expect("a file"));
        let batch = NewJob::batch("g", "My Setup", &file, &config()).expect("made");
        assert_eq!(
            batch.body,
            r#"{"batch":{"displayName":"My Setup","inputConfig":{"fileName":"files/x"},"webhookConfig":{"uris":["https://a/"],"userMetadata":{"job_group":"nightly","n":1e2}}}}"#
        );
        let video = NewJob::video("veo", "A cat", &config()).expect("made");
        assert_eq!(
            video.body,
            r#"{"instances":[{"prompt":"A cat"}],"webhookConfig":{"uris":["https://a/"],"userMetadata":{"job_group":"nightly","n":1e2}}}"#
        );
    }

    #[test]
    fn without_a_config_nothing_is_said_of_webhooks() {
        let none = WebhookConfig::default();
        let inline =
            BatchInput::Inline(vec![RawValue::from_string(r#"{"request":{}}"#.to_owned()).expect("JSON")]);
        let batch = NewJob::batch("g", "b", &inline, &none).expect("made");
        assert_eq!(
            batch.body,
            r#"{"batch":{"displayName":"b","inputConfig":{"requests":{"requests":[{"request":{}}]}}}}"#
        );
        let video = NewJob::video("veo", "A cat", &none).expect("made");
        let changed = video.changed(&[event::Change::at("parameters.sampleCount", "2")]).expect("changed");
        assert_eq!(changed.body, r#"{"instances":[{"prompt":"A cat"}],"parameters":{"sampleCount":2}}"#);
    }
}
