//! The bodies that start jobs.

use bytes::Bytes;
use serde_json::Value;
use serde_json::value::RawValue;

use super::members::Members;
use super::outcome::{Outcome, plan};
use super::results::{self, Results, Wanted};
use super::webhook_config::{Case, WebhookConfig};
use super::{Batch, Plan, Source, Task};
use crate::emulator::error::ApiError;

/// The most requests of a batch: a limit of the emulator's own.
const MAX_REQUESTS: usize = 100_000;

/// What a call asks for.
#[derive(Debug)]
pub struct Submission {
    /// The model, without `models/`.
    pub model: String,
    /// What is to be done.
    pub task: Task,
    /// Whom to tell.
    pub config: Option<WebhookConfig>,
    /// How it will end.
    pub plan: Plan,
}

/// When an interaction is answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// It runs by itself.
    Background,
    /// The answer waits for its end.
    AtOnce,
}

/// Reads what starts an interaction.
///
/// # Errors
/// Code `Invalid`, with what is wrong.
pub fn interaction(body: &[u8]) -> Result<(Submission, Pace), ApiError> {
    let mut members = Members::of_body(body)?;
    let model = members.string(&["model", "agent"])?.ok_or_else(|| missing("model"))?;
    let input = members.take(&["input"]).ok_or_else(|| missing("input"))?;
    let is_background = members.value(&["background"], "true or false")?.unwrap_or(false);
    if members.value(&["stream"], "true or false")?.unwrap_or(false) {
        return Err(ApiError::invalid("The emulator does not stream: leave 'stream' out."));
    }
    let config = WebhookConfig::take(&mut members, Case::Snake)?;
    let is_video = members.take(&["response_format"]).is_some_and(asks_for_video);
    members.refuse_camel_case()?;
    if config.is_some() && !is_background {
        return Err(ApiError::invalid("'webhook_config' needs 'background' to be true."));
    }
    let task = if is_video { Task::VideoInteraction } else { Task::Text { characters: characters(input) } };
    let pace = if is_background { Pace::Background } else { Pace::AtOnce };
    Ok((submission(without_prefix(&model), task, config)?, pace))
}

/// Reads what starts a video.
///
/// # Errors
/// Code `Invalid`, with what is wrong.
pub fn video(model: &str, body: &[u8]) -> Result<Submission, ApiError> {
    let mut members = Members::of_body(body)?;
    let instances: Option<Vec<&RawValue>> = members.value(&["instances"], "a list")?;
    if instances.is_none_or(|instances| instances.is_empty()) {
        return Err(missing("instances"));
    }
    let config = WebhookConfig::take(&mut members, Case::Camel)?;
    submission(model, Task::Video, config)
}

/// Reads what starts a batch; `file` answers the content of an uploaded file by its name.
///
/// # Errors
/// Code `Invalid`, with what is wrong, and `NotFound` where there is no such file.
pub fn batch(
    model: &str,
    wanted: Wanted,
    body: &[u8],
    file: impl FnOnce(&str) -> Result<Bytes, ApiError>,
) -> Result<Submission, ApiError> {
    let mut members = Members::of_body(body)?;
    let mut batch = members.object(&["batch"])?.ok_or_else(|| missing("batch"))?;
    let display_name = batch.string(&["displayName", "display_name"])?;
    let config = WebhookConfig::take(&mut batch, Case::Camel)?;
    let mut input =
        batch.object(&["inputConfig", "input_config"])?.ok_or_else(|| missing("batch.inputConfig"))?;
    let name = input.string(&["fileName", "file_name"])?;
    let inline = input.object(&["requests"])?;
    let (source, results) = match (name, inline) {
        (Some(name), None) => (Source::File, of_file(model, wanted, &file(&name)?)?),
        (None, Some(mut inline)) => {
            let requests: Vec<&RawValue> = inline.value(&["requests"], "a list")?.unwrap_or_default();
            (Source::Inline, of_inline(model, wanted, &requests)?)
        }
        _ => {
            let message = "'batch.inputConfig' needs either 'fileName' or 'requests'.";
            return Err(ApiError::invalid(message));
        }
    };
    let reason = match results.bad {
        0 => None,
        1 => Some("The input file has 1 line that is not a valid request.".to_owned()),
        bad => Some(format!("The input file has {bad} lines that are not valid requests.")),
    };
    let task =
        Task::Batch(Batch { display_name, requests: results.requests, results: results.lines, source });
    let mut submission = submission(model, task, config)?;
    if reason.is_some() {
        submission.plan = Plan { outcome: Outcome::Failed, reason };
    }
    Ok(submission)
}

fn of_file(model: &str, wanted: Wanted, file: &[u8]) -> Result<Results, ApiError> {
    check_count(results::lines(file).take(MAX_REQUESTS + 1).count(), "The input file")?;
    Ok(results::answers(model, wanted, results::lines(file)))
}

fn of_inline(model: &str, wanted: Wanted, requests: &[&RawValue]) -> Result<Results, ApiError> {
    const PLACE: &str = "batch.inputConfig.requests.requests";
    check_count(requests.len(), PLACE)?;
    let results = results::answers(model, wanted, requests.iter().map(|request| request.get().as_bytes()));
    if results.bad > 0 {
        return Err(ApiError::invalid(format!(
            "Invalid value at '{PLACE}': each needs a 'request' that is an object."
        )));
    }
    Ok(results)
}

fn check_count(count: usize, place: &str) -> Result<(), ApiError> {
    match count {
        0 => Err(ApiError::invalid(format!("{place} has no requests."))),
        1..=MAX_REQUESTS => Ok(()),
        _ => Err(ApiError::invalid(format!(
            "{place} has more than {MAX_REQUESTS} requests, the emulator's limit."
        ))),
    }
}

fn submission(model: &str, task: Task, config: Option<WebhookConfig>) -> Result<Submission, ApiError> {
    let metadata = config.as_ref().and_then(|config| config.user_metadata.as_deref());
    let plan = plan(model, metadata, &task)?;
    Ok(Submission { model: model.to_owned(), task, config, plan })
}

/// Whether a `response_format`, or one of several, is a video.
fn asks_for_video(format: &RawValue) -> bool {
    let is_video = |format: &Value| format["type"] == "video";
    match serde_json::from_str(format.get()) {
        Ok(Value::Array(formats)) => formats.iter().any(is_video),
        Ok(format) => is_video(&format),
        Err(_) => false,
    }
}

/// How long an input is: a text's characters, or those of whatever JSON it is.
fn characters(input: &RawValue) -> usize {
    let text: Option<String> = serde_json::from_str(input.get()).ok();
    text.map_or_else(|| input.get().chars().count(), |text| text.chars().count())
}

fn without_prefix(model: &str) -> &str {
    model.strip_prefix("models/").unwrap_or(model)
}

fn missing(key: &str) -> ApiError {
    ApiError::invalid(format!("Missing required parameter '{key}'."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::emulator::error::Code;

    fn refused(body: &str) -> String {
        interaction(body.as_bytes()).expect_err("refused").message
    }

    #[test]
    fn an_interaction_is_written_in_snake_case_and_needs_background_to_tell_anybody() {
        let (submission, pace) =
            interaction(br#"{"model":"models/m","input":"four","background":true}"#).expect("reads");
        assert_eq!((submission.model.as_str(), pace), ("m", Pace::Background));
        assert!(matches!(submission.task, Task::Text { characters: 4 }));
        let body = r#"{"model":"m","input":"x","webhookConfig":{}}"#;
        assert_eq!(refused(body), "Unknown parameter 'webhookConfig'. Did you mean 'webhook_config'?");
        let body = r#"{"model":"m","input":"x","webhook_config":{"uris":["http://h/"]}}"#;
        assert_eq!(refused(body), "'webhook_config' needs 'background' to be true.");
        assert_eq!(refused(r#"{"input":"x"}"#), "Missing required parameter 'model'.");
        let body = br#"{"agent":"a","input":[1],"response_format":[{"type":"video"}],"new_field":1}"#;
        assert!(matches!(interaction(body).expect("reads").0.task, Task::VideoInteraction));
    }

    #[test]
    fn a_batch_takes_requests_or_a_file() {
        let of = |body: &str| {
            batch("m", Wanted::Content, body.as_bytes(), |name| match name {
                "files/good" => Ok(Bytes::from_static(b"{\"request\":{}}\n")),
                "files/bad" => Ok(Bytes::from_static(b"{\"request\":{}}\n{}\n[]\n")),
                _ => Err(ApiError::not_found()),
            })
        };
        let file =
            |name: &str| of(&format!(r#"{{"batch":{{"inputConfig":{{"fileName":"files/{name}"}}}}}}"#));
        assert_eq!(file("good").expect("reads").plan.outcome, Outcome::Succeeded);
        let bad = file("bad").expect("reads").plan;
        let reason = Some("The input file has 2 lines that are not valid requests.".to_owned());
        assert_eq!(bad, Plan { outcome: Outcome::Failed, reason });
        assert_eq!(file("other").expect_err("refused").code, Code::NotFound);
        let inline = |requests: &str| {
            of(&format!(r#"{{"batch":{{"inputConfig":{{"requests":{{"requests":{requests}}}}}}}}}"#))
        };
        assert!(inline(r#"[{"request":{}}]"#).is_ok());
        for requests in ["[]", "[1]", r#"[{"request":1}]"#, "null"] {
            assert_eq!(inline(requests).expect_err("refused").code, Code::Invalid, "{requests}");
        }
        assert_eq!(of("{}").expect_err("refused").message, "Missing required parameter 'batch'.");
    }
}
