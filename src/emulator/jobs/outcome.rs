//! How a job will end: well, unless the name of its model or its metadata says otherwise.

use serde::Serialize;
use serde_json::value::RawValue;

use super::{Plan, Task};
use crate::emulator::error::ApiError;

/// The member of `user_metadata` that decides.
const KEY: &str = "gwh_outcome";

/// How a job ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// With its result.
    Succeeded,
    /// With an error.
    Failed,
    /// It did not finish in time.
    Expired,
    /// Somebody ended it early.
    Cancelled,
    /// It waits for a function's result.
    RequiresAction,
}

impl Outcome {
    fn parse(name: &str) -> Option<Self> {
        match name {
            "succeeded" => Some(Outcome::Succeeded),
            "failed" => Some(Outcome::Failed),
            "expired" => Some(Outcome::Expired),
            "cancelled" => Some(Outcome::Cancelled),
            "requires_action" => Some(Outcome::RequiresAction),
            _ => None,
        }
    }

    /// How a model's name wants it.
    fn of_model(model: &str) -> Self {
        let model = model.to_ascii_lowercase().replace('_', "-");
        let wanted = [
            ("requires-action", Outcome::RequiresAction),
            ("expire", Outcome::Expired),
            ("cancel", Outcome::Cancelled),
            ("fail", Outcome::Failed),
        ];
        let found = wanted.into_iter().find(|(part, _)| model.contains(part));
        found.map_or(Outcome::Succeeded, |(_, outcome)| outcome)
    }

    /// Whether a job of this task can end so.
    fn suits(self, task: &Task) -> bool {
        self != Outcome::RequiresAction || matches!(task, Task::Text { .. })
    }
}

/// How a job of `task` will end: as its metadata says, else as the name of its model does.
///
/// # Errors
/// Code `Invalid` where the metadata asks for what there is not.
pub fn plan(model: &str, metadata: Option<&RawValue>, task: &Task) -> Result<Plan, ApiError> {
    let outcome = match metadata.and_then(wanted) {
        Some(name) => {
            let outcome = Outcome::parse(&name).filter(|outcome| outcome.suits(task));
            outcome.ok_or_else(|| {
                ApiError::invalid(format!(
                    "Invalid value '{name}' at 'user_metadata.{KEY}': the emulator takes succeeded, failed, \
                     expired, cancelled and, for interactions that give text, requires_action."
                ))
            })?
        }
        None => {
            Some(Outcome::of_model(model)).filter(|outcome| outcome.suits(task)).unwrap_or(Outcome::Succeeded)
        }
    };
    Ok(Plan { outcome, reason: None })
}

/// The text of the deciding member; metadata of any other form is the caller's own affair.
fn wanted(metadata: &RawValue) -> Option<String> {
    let value: serde_json::Value = serde_json::from_str(metadata.get()).ok()?;
    value.get(KEY)?.as_str().map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outcome(model: &str, metadata: &str, task: &Task) -> Result<Outcome, String> {
        let metadata = RawValue::from_string(metadata.to_owned()).expect("JSON");
        plan(model, Some(&metadata), task).map(|plan| plan.outcome).map_err(|error| error.message)
    }

    #[test]
    fn metadata_decides_before_the_model_and_both_know_what_there_is() {
        let text = Task::Text { characters: 1 };
        assert_eq!(outcome("gemini-3", "{}", &text), Ok(Outcome::Succeeded));
        assert_eq!(outcome("models-that-fail", "{}", &text), Ok(Outcome::Failed));
        assert_eq!(outcome("x-requires_action", "[1]", &text), Ok(Outcome::RequiresAction));
        assert_eq!(outcome("x-requires-action", "{}", &Task::Video), Ok(Outcome::Succeeded));
        assert_eq!(outcome("x-expire", r#"{"gwh_outcome":"succeeded"}"#, &text), Ok(Outcome::Succeeded));
        assert_eq!(outcome("x", r#"{"gwh_outcome":7}"#, &text), Ok(Outcome::Succeeded));
        assert!(outcome("x", r#"{"gwh_outcome":"requires_action"}"#, &Task::Video).is_err());
        assert!(outcome("x", r#"{"gwh_outcome":"fail"}"#, &text).is_err_and(|text| text.contains("'fail'")));
    }
}
