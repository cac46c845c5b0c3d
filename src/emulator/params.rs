//! Request bodies of the webhooks resource: what may stand in them, and what is said of the rest.

use serde_json::{Map, Value};

use super::error::ApiError;
use super::resource::State;
use crate::deliver::parse_url;
use crate::event::catalog::{self, Support};

/// Which event types a webhook may subscribe to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventPolicy {
    /// Those that the live service accepts.
    Live,
    /// Those that the documentation lists, too.
    Documented,
    /// Any name.
    Any,
}

/// The body of a create call.
#[derive(Debug, PartialEq, Eq)]
pub struct Create {
    /// The owner's name for it.
    pub name: Option<String>,
    /// Where deliveries go.
    pub uri: String,
    /// The types that it wants; at least one.
    pub subscribed_events: Vec<String>,
}

impl Create {
    /// Reads a body.
    ///
    /// # Errors
    /// Code `Invalid`, with what is wrong.
    pub fn parse(body: &[u8], policy: EventPolicy) -> Result<Self, ApiError> {
        let mut fields = Fields::parse(body, &["name", "uri", "subscribed_events"])?;
        Ok(Create {
            name: fields.string("name")?,
            uri: fields.uri()?.ok_or_else(|| missing("uri"))?,
            subscribed_events: fields.events(policy)?.ok_or_else(|| missing("subscribed_events"))?,
        })
    }
}

/// The body of an update call: what is there is changed. The service ignores `update_mask`.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Update {
    /// The new name; empty to take it away.
    pub name: Option<String>,
    /// The new address.
    pub uri: Option<String>,
    /// The new types.
    pub subscribed_events: Option<Vec<String>>,
    /// The new state.
    pub state: Option<State>,
}

impl Update {
    /// Reads a body.
    ///
    /// # Errors
    /// Code `Invalid`, with what is wrong.
    pub fn parse(body: &[u8], policy: EventPolicy) -> Result<Self, ApiError> {
        let mut fields = Fields::parse(body, &["name", "uri", "subscribed_events", "state"])?;
        let state = fields.string("state")?;
        Ok(Update {
            name: fields.string("name")?,
            uri: fields.uri()?,
            subscribed_events: fields.events(policy)?,
            state: state
                .map(|name| State::parse(&name).ok_or_else(|| bad_enum(&name, "state")))
                .transpose()?,
        })
    }
}

/// What becomes of the previous secrets in a rotation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Revocation {
    /// They sign for another 24 hours.
    AfterDay,
    /// They stop now.
    Immediately,
}

impl Revocation {
    /// Reads the body of a rotate call. Upper-case names, which articles use, are understood.
    ///
    /// # Errors
    /// Code `Invalid`, with what is wrong.
    pub fn parse(body: &[u8]) -> Result<Self, ApiError> {
        let mut fields = Fields::parse(body, &["revocation_behavior"])?;
        let Some(name) = fields.string("revocation_behavior")? else {
            return Ok(Revocation::AfterDay);
        };
        match name.to_ascii_lowercase().as_str() {
            "revoke_previous_secrets_after_h24" => Ok(Revocation::AfterDay),
            "revoke_previous_secrets_immediately" => Ok(Revocation::Immediately),
            _ => Err(bad_enum(&name, "revocation_behavior")),
        }
    }
}

/// Makes sure that the body of a call without parameters has none.
///
/// # Errors
/// Code `Invalid`, with what is wrong.
pub fn nothing(body: &[u8]) -> Result<(), ApiError> {
    Fields::parse(body, &[]).map(drop)
}

/// The members of a body, each taken once.
struct Fields(Map<String, Value>);

impl Fields {
    /// Reads an object, or nothing at all, whose keys are among `known`.
    fn parse(body: &[u8], known: &[&str]) -> Result<Self, ApiError> {
        if body.trim_ascii().is_empty() {
            return Ok(Fields(Map::new()));
        }
        let Ok(Value::Object(members)) = serde_json::from_slice(body) else {
            return Err(ApiError::invalid("Invalid JSON payload: expected an object."));
        };
        match members.keys().find(|key| !known.contains(&key.as_str())) {
            Some(key) => Err(unknown(key, known)),
            None => Ok(Fields(members)),
        }
    }

    fn take(&mut self, key: &str) -> Option<Value> {
        // As everywhere in Google's APIs, null is the same as not there.
        self.0.remove(key).filter(|value| !value.is_null())
    }

    fn string(&mut self, key: &str) -> Result<Option<String>, ApiError> {
        match self.take(key) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(ApiError::invalid(format!("Invalid value at '{key}': expected a string."))),
        }
    }

    fn uri(&mut self) -> Result<Option<String>, ApiError> {
        let Some(uri) = self.string("uri")? else { return Ok(None) };
        match parse_url(&uri) {
            Ok(_) => Ok(Some(uri)),
            Err(_) => {
                Err(ApiError::invalid("Invalid value at 'uri': expected an absolute http or https URL."))
            }
        }
    }

    fn events(&mut self, policy: EventPolicy) -> Result<Option<Vec<String>>, ApiError> {
        const KEY: &str = "subscribed_events";
        let elements = match self.take(KEY) {
            None => return Ok(None),
            Some(Value::Array(elements)) => elements,
            Some(_) => return Err(ApiError::invalid(format!("Invalid value at '{KEY}': expected a list."))),
        };
        let mut events: Vec<String> = Vec::with_capacity(elements.len());
        for (index, element) in elements.into_iter().enumerate() {
            let place = format!("{KEY}[{index}]");
            let Value::String(name) = element else {
                return Err(ApiError::invalid(format!("Invalid value at '{place}': expected a string.")));
            };
            if !is_accepted(&name, policy) {
                return Err(bad_enum(&name, &place));
            }
            if !events.contains(&name) {
                events.push(name);
            }
        }
        // Protocol buffers cannot tell an empty list from a missing one.
        Ok(Some(events).filter(|events| !events.is_empty()))
    }
}

fn is_accepted(name: &str, policy: EventPolicy) -> bool {
    match policy {
        EventPolicy::Live => catalog::find(name).is_some_and(|event| event.support == Support::Live),
        EventPolicy::Documented => catalog::find(name).is_some(),
        EventPolicy::Any => !name.is_empty(),
    }
}

fn missing(key: &str) -> ApiError {
    ApiError::invalid(format!("Missing required parameter '{key}'."))
}

fn bad_enum(value: &str, place: &str) -> ApiError {
    ApiError::invalid(format!("Invalid enum value '{value}' at '{place}'"))
}

/// What is said of a key that nobody knows, with the known one that is nearest.
pub(super) fn unknown(key: &str, known: &[&str]) -> ApiError {
    let folded = fold(key);
    let nearest = known
        .iter()
        .filter_map(|name| {
            let candidate = fold(name);
            let distance = catalog::distance(&folded, &candidate);
            let is_near = distance <= (folded.len() / 3).max(1);
            let is_part = folded.len() >= 4 && candidate.contains(&folded);
            (is_near || is_part).then_some((distance, *name))
        })
        .min();
    ApiError::invalid(match nearest {
        Some((_, name)) => format!("Unknown parameter '{key}'. Did you mean '{name}'?"),
        None => format!("Unknown parameter '{key}'."),
    })
}

/// A key without what tells camelCase, snake_case and kebab-case apart.
fn fold(key: &str) -> String {
    key.chars().filter(|c| !matches!(c, '_' | '-')).map(|c| c.to_ascii_lowercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn create(body: &str) -> Result<Create, String> {
        Create::parse(body.as_bytes(), EventPolicy::Live).map_err(|error| error.message)
    }

    #[test]
    fn unknown_and_camel_case_keys_are_refused_with_the_nearest_name() {
        let refused = |body: &str| create(body).expect_err("refused");
        assert_eq!(
            refused(r#"{"subscribedEvents":[]}"#),
            "Unknown parameter 'subscribedEvents'. Did you mean 'subscribed_events'?"
        );
        assert_eq!(refused(r#"{"url":"https://x"}"#), "Unknown parameter 'url'. Did you mean 'uri'?");
        assert_eq!(
            refused(r#"{"events":[]}"#),
            "Unknown parameter 'events'. Did you mean 'subscribed_events'?"
        );
        assert_eq!(refused(r#"{"webhook":{}}"#), "Unknown parameter 'webhook'.");
        assert_eq!(refused(r#"{"state":"enabled"}"#), "Unknown parameter 'state'.");
    }

    #[test]
    fn required_parameters_and_types_are_checked() {
        let uri = r#""uri":"https://x.example/h""#;
        let cases = [
            ("", "Missing required parameter 'uri'."),
            ("[]", "Invalid JSON payload: expected an object."),
            (r#"{"uri":7}"#, "Invalid value at 'uri': expected a string."),
            (r#"{"uri":"/h"}"#, "Invalid value at 'uri': expected an absolute http or https URL."),
            (r#"{"uri":"ftp://x/h"}"#, "Invalid value at 'uri': expected an absolute http or https URL."),
            (&format!("{{{uri}}}"), "Missing required parameter 'subscribed_events'."),
            (
                &format!(r#"{{{uri},"subscribed_events":[]}}"#),
                "Missing required parameter 'subscribed_events'.",
            ),
            (
                &format!(r#"{{{uri},"subscribed_events":["batch.succeeded","x.y"]}}"#),
                "Invalid enum value 'x.y' at 'subscribed_events[1]'",
            ),
        ];
        for (body, message) in cases {
            assert_eq!(create(body), Err(message.to_owned()), "{body}");
        }
    }

    #[test]
    fn documented_types_count_only_where_that_is_asked_for() {
        let accepted = |name, policy| is_accepted(name, policy);
        assert!(accepted("batch.expired", EventPolicy::Live));
        assert!(!accepted("batch.cancelled", EventPolicy::Live));
        assert!(accepted("batch.cancelled", EventPolicy::Documented));
        assert!(!accepted("model.tuned", EventPolicy::Documented));
        assert!(accepted("model.tuned", EventPolicy::Any) && !accepted("", EventPolicy::Any));
    }

    #[test]
    fn an_update_takes_what_is_there() {
        let parse = |body: &str| Update::parse(body.as_bytes(), EventPolicy::Live);
        assert_eq!(parse("{}"), Ok(Update::default()));
        let update = parse(r#"{"state":"disabled","name":null}"#).expect("reads");
        assert_eq!((update.state, update.name), (Some(State::Disabled), None));
        assert_eq!(
            parse(r#"{"state":"DISABLED"}"#).expect_err("refused").message,
            "Invalid enum value 'DISABLED' at 'state'"
        );
    }

    #[test]
    fn revocation_is_read_in_either_case_and_defaults_to_a_day() {
        let parse = |body: &str| Revocation::parse(body.as_bytes());
        let named = |name: &str| parse(&format!(r#"{{"revocation_behavior":"{name}"}}"#));
        assert_eq!(parse(""), Ok(Revocation::AfterDay));
        assert_eq!(named("REVOKE_PREVIOUS_SECRETS_AFTER_H24"), Ok(Revocation::AfterDay));
        assert_eq!(named("revoke_previous_secrets_immediately"), Ok(Revocation::Immediately));
        assert!(named("now").is_err() && parse(r#"{"revocationBehavior":"x"}"#).is_err());
    }
}
