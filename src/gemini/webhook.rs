//! The webhooks resource as it is on the wire. What is not known is kept and shown, never refused.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};
use zeroize::Zeroizing;

use crate::redact;
use crate::signature::Secret;

/// A static webhook. It never holds a whole secret: the one of a new webhook is a [`Grant`].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Webhook {
    /// The opaque id.
    #[serde(default, deserialize_with = "text")]
    pub id: String,
    /// The name, which need not be unique.
    #[serde(default, deserialize_with = "optional_text", skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Where deliveries go.
    #[serde(default, deserialize_with = "text")]
    pub uri: String,
    /// The types of the events that are delivered.
    #[serde(default, deserialize_with = "texts")]
    pub subscribed_events: Vec<String>,
    /// Whether deliveries are made.
    #[serde(default, deserialize_with = "state")]
    pub state: State,
    /// The secrets that sign, each shown truncated.
    #[serde(default, deserialize_with = "secrets", skip_serializing_if = "Vec::is_empty")]
    pub signing_secrets: Vec<SigningSecret>,
    /// When it was made, where the service says so.
    #[serde(default, deserialize_with = "optional_text", skip_serializing_if = "Option::is_none")]
    pub create_time: Option<String>,
    /// When it was changed, where the service says so.
    #[serde(default, deserialize_with = "optional_text", skip_serializing_if = "Option::is_none")]
    pub update_time: Option<String>,
    /// What else the service says.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

impl Webhook {
    /// The name, or the id where there is none.
    pub fn label(&self) -> &str {
        self.name.as_deref().filter(|name| !name.is_empty()).unwrap_or(&self.id)
    }
}

/// A secret as the API lists it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct SigningSecret {
    /// `whsec_...3frh`.
    #[serde(default, deserialize_with = "text")]
    pub truncated_secret: String,
    /// When it stops signing, after a rotation.
    #[serde(default, deserialize_with = "optional_text", skip_serializing_if = "Option::is_none")]
    pub expire_time: Option<String>,
    /// What else the service says.
    #[serde(flatten)]
    pub other: Map<String, Value>,
}

/// Whether a webhook delivers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum State {
    /// The service did not say.
    #[default]
    Unspecified,
    /// It delivers.
    Enabled,
    /// Somebody turned it off.
    Disabled,
    /// The service turned it off because deliveries kept failing.
    DisabledByFailures,
    /// A state that this version does not know.
    Other(String),
}

impl State {
    /// The word on the wire.
    pub fn as_str(&self) -> &str {
        match self {
            State::Unspecified => "unspecified",
            State::Enabled => "enabled",
            State::Disabled => "disabled",
            State::DisabledByFailures => "disabled_due_to_failed_deliveries",
            State::Other(word) => word,
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl From<String> for State {
    fn from(word: String) -> Self {
        match word.to_ascii_lowercase().as_str() {
            "" | "unspecified" => State::Unspecified,
            "enabled" => State::Enabled,
            "disabled" => State::Disabled,
            "disabled_due_to_failed_deliveries" => State::DisabledByFailures,
            _ => State::Other(word),
        }
    }
}

impl Serialize for State {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// What `create` sends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NewWebhook {
    /// The name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Where deliveries go.
    pub uri: String,
    /// The types of the events to deliver.
    pub subscribed_events: Vec<String>,
}

/// What `update` sends: only what changes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Change {
    /// The new name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Where deliveries go from now on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uri: Option<String>,
    /// All the types to deliver from now on.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub subscribed_events: Option<Vec<String>>,
    /// The new state.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<State>,
}

impl Change {
    /// Whether nothing changes.
    pub fn is_empty(&self) -> bool {
        *self == Change::default()
    }
}

/// What happens to the previous secrets when a new one is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Revocation {
    /// They sign beside the new one for another 24 hours.
    #[default]
    AfterADay,
    /// They stop at once.
    Immediately,
}

impl Revocation {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Revocation::AfterADay => "revoke_previous_secrets_after_h24",
            Revocation::Immediately => "revoke_previous_secrets_immediately",
        }
    }

    /// Reads `after-24h`, `immediately`, or the API's own words in any case.
    ///
    /// # Errors
    /// What is accepted, as a sentence's end.
    pub fn parse(text: &str) -> Result<Self, String> {
        let word = text.to_ascii_lowercase().replace('-', "_");
        match word.strip_prefix("revoke_previous_secrets_").unwrap_or(&word) {
            "after_24h" | "after_h24" => Ok(Revocation::AfterADay),
            "immediately" => Ok(Revocation::Immediately),
            _ => Err("expected after-24h or immediately".to_owned()),
        }
    }
}

/// The secret that an answer brings, which is shown this once.
#[derive(Clone)]
pub enum Grant {
    /// A secret.
    Secret(Secret),
    /// A text that is no secret in any form that is known; it must not be lost all the same.
    Unknown(Zeroizing<String>),
    /// The answer has none.
    Missing,
}

impl fmt::Debug for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Grant::Secret(secret) => secret.fmt(f),
            Grant::Unknown(_) => f.write_str("Unknown(…)"),
            Grant::Missing => f.write_str("Missing"),
        }
    }
}

impl Grant {
    fn of(text: String) -> Self {
        let text = Zeroizing::new(text);
        Secret::parse(&text).map_or_else(|_| Grant::Unknown(text.clone()), Grant::Secret)
    }

    /// Takes the secret at `name` out of an answer, and cuts any other that stands in it.
    pub(super) fn take(answer: &mut Value, name: &str) -> Self {
        let found = answer.as_object_mut().and_then(|members| members.remove(name));
        let grant = match found {
            Some(Value::String(text)) if !text.is_empty() => Grant::of(text),
            // It is shown once only: where it does not stand at its place, it may stand elsewhere.
            found => {
                let mut secrets = Vec::new();
                found.iter().for_each(|value| whole_secrets(value, &mut secrets));
                match &*answer {
                    Value::Object(members) => {
                        // What the user typed is no new secret.
                        let answered = members.iter().filter(|(name, _)| *name != "name" && *name != "uri");
                        answered.for_each(|(_, value)| whole_secrets(value, &mut secrets));
                    }
                    other => whole_secrets(other, &mut secrets),
                }
                secrets.dedup();
                if secrets.is_empty() { Grant::Missing } else { Grant::of(secrets.join(" ")) }
            }
        };
        if let Ok(clean) = serde_json::from_str(&redact::secrets(&answer.to_string())) {
            *answer = clean;
        }
        grant
    }
}

/// A webhook that was made, and its secret.
#[derive(Debug, Clone)]
pub struct Created {
    /// The webhook.
    pub webhook: Webhook,
    /// Its secret.
    pub secret: Grant,
}

/// Finds the texts in a value that are whole signing secrets.
fn whole_secrets(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::String(text) if text.starts_with("whsec_") && Secret::parse(text).is_ok() => {
            found.push(text.clone());
        }
        Value::Array(items) => items.iter().for_each(|item| whole_secrets(item, found)),
        Value::Object(members) => members.values().for_each(|value| whole_secrets(value, found)),
        _ => {}
    }
}

/// The text of a field. One that is no text shows as its JSON: an odd field of one webhook must not keep the others
/// from being listed, nor lose the id of one that was just made. `null`, which some proxies write, is no text.
fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(optional_text(deserializer)?.unwrap_or_default())
}

fn optional_text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    Value::deserialize(deserializer).map(text_of)
}

fn text_of(value: Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text),
        other => Some(other.to_string()),
    }
}

fn state<'de, D: Deserializer<'de>>(deserializer: D) -> Result<State, D::Error> {
    text(deserializer).map(State::from)
}

fn texts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    Ok(items(Value::deserialize(deserializer)?).into_iter().filter_map(text_of).collect())
}

fn secrets<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<SigningSecret>, D::Error> {
    let secret = |item: Value| serde_json::from_value(item).ok();
    Ok(items(Value::deserialize(deserializer)?).into_iter().filter_map(secret).collect())
}

/// The items of a list; what is none stands for a list of itself.
fn items(value: Value) -> Vec<Value> {
    match value {
        Value::Null => Vec::new(),
        Value::Array(items) => items,
        other => vec![other],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_unknown_is_kept() {
        let text = json!({"id": "a", "uri": "https://x/", "subscribed_events": ["model.tuned"],
            "state": "paused", "region": {"name": "eu"},
            "signing_secrets": [{"truncated_secret": "whsec_...3frh", "algorithm": "x"}]});
        let webhook: Webhook = serde_json::from_value(text.clone()).expect("reads");
        assert_eq!(webhook.state, State::Other("paused".to_owned()));
        assert_eq!(serde_json::to_value(&webhook).expect("writes"), text);
    }

    #[test]
    fn missing_and_null_fields_are_read() {
        let webhook: Webhook =
            serde_json::from_value(json!({"id": "a", "uri": null, "state": null})).expect("reads");
        assert_eq!((webhook.label(), &webhook.state), ("a", &State::Unspecified));
    }

    #[test]
    fn an_odd_field_does_not_lose_the_others() {
        let text = json!({"id": 7, "name": "prod", "uri": ["https://x/"], "subscribed_events": "batch.failed", "state": 2,
            "create_time": 1700, "signing_secrets": [null, {"truncated_secret": "whsec_...3frh", "expire_time": 5}]});
        let webhook: Webhook = serde_json::from_value(text).expect("reads");
        assert_eq!((webhook.id.as_str(), webhook.label()), ("7", "prod"));
        assert_eq!(
            (webhook.subscribed_events.as_slice(), webhook.state.as_str()),
            (&["batch.failed".to_owned()][..], "2")
        );
        assert_eq!(webhook.create_time.as_deref(), Some("1700"));
        assert_eq!(webhook.signing_secrets[0].expire_time.as_deref(), Some("5"));
    }

    #[test]
    fn a_secret_is_found_wherever_it_stands() {
        let text = "whsec_QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB";
        for mut answer in [
            json!({"secret": {"value": text}}),
            json!({"secret": null, "newSecret": text}),
            json!(text),
            json!({"secrets": [{"truncated_secret": "whsec_...QUFB", "secret": text}]}),
        ] {
            let grant = Grant::take(&mut answer, "secret");
            assert!(matches!(&grant, Grant::Secret(secret) if secret.expose() == text), "{answer}");
            assert!(!answer.to_string().contains(text));
        }
        let mut named = json!({"name": text, "uri": text});
        assert!(matches!(Grant::take(&mut named, "secret"), Grant::Missing), "what the user typed is none");
    }

    #[test]
    fn revocation_is_read_in_every_spelling_and_sent_in_one() {
        for text in ["after-24h", "REVOKE_PREVIOUS_SECRETS_AFTER_H24", "revoke_previous_secrets_after_h24"] {
            assert_eq!(Revocation::parse(text), Ok(Revocation::AfterADay), "{text}");
        }
        for text in ["immediately", "Revoke_Previous_Secrets_Immediately"] {
            assert_eq!(Revocation::parse(text), Ok(Revocation::Immediately), "{text}");
        }
        assert!(Revocation::parse("now").is_err());
        assert_eq!(Revocation::AfterADay.as_str(), "revoke_previous_secrets_after_h24");
    }

    #[test]
    fn a_secret_is_taken_out_of_the_answer() {
        let text = "whsec_QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB";
        let mut answer = json!({"id": "a", "new_signing_secret": text, "debug": format!("made {text}")});
        let grant = Grant::take(&mut answer, "new_signing_secret");
        assert!(matches!(&grant, Grant::Secret(secret) if secret.expose() == text));
        assert_eq!(answer, json!({"id": "a", "debug": "made whsec_...QUFB"}));
        assert_eq!(format!("{grant:?}"), "Secret(whsec_...QUFB)");
        let mut odd = json!({"secret": "new form: §"});
        assert!(matches!(Grant::take(&mut odd, "secret"), Grant::Unknown(_)));
        assert!(matches!(Grant::take(&mut json!({}), "secret"), Grant::Missing));
    }
}
