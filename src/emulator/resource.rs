//! A static webhook as the emulator keeps it, and as the API shows it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::signature::Secret;

/// Whether a webhook receives deliveries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// It does.
    Enabled,
    /// Its owner turned it off.
    Disabled,
    /// The service turned it off after failures.
    DisabledDueToFailedDeliveries,
}

impl State {
    /// The state of a name.
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "enabled" => Some(State::Enabled),
            "disabled" => Some(State::Disabled),
            "disabled_due_to_failed_deliveries" => Some(State::DisabledDueToFailedDeliveries),
            _ => None,
        }
    }
}

/// One secret of a webhook and when it stops signing.
#[derive(Debug, Clone)]
pub struct SigningSecret {
    /// The secret.
    pub secret: Secret,
    /// Unix seconds; none for the newest.
    pub expires_at: Option<i64>,
}

impl SigningSecret {
    /// Whether it signs at `now`, in Unix seconds.
    pub fn is_live(&self, now: i64) -> bool {
        self.expires_at.is_none_or(|end| now < end)
    }
}

/// A webhook.
#[derive(Debug, Clone)]
pub struct Webhook {
    /// 36 lower-case letters and digits.
    pub id: String,
    /// The place in the order of creation, for paging.
    pub sequence: u64,
    /// The name that its owner gave it.
    pub name: Option<String>,
    /// Where deliveries go.
    pub uri: String,
    /// The types that it wants.
    pub subscribed_events: Vec<String>,
    /// Whether it receives deliveries.
    pub state: State,
    /// Newest first.
    pub secrets: Vec<SigningSecret>,
    /// How many deliveries in a row were given up.
    pub failures: u32,
}

impl Webhook {
    /// Whether an event of this type goes to it.
    pub fn wants(&self, event_type: &str) -> bool {
        self.state == State::Enabled && self.subscribed_events.iter().any(|wanted| wanted == event_type)
    }

    /// The secrets that sign at `now`, newest first.
    pub fn live_secrets(&self, now: i64) -> Vec<Secret> {
        let live = self.secrets.iter().filter(|secret| secret.is_live(now));
        live.map(|secret| secret.secret.clone()).collect()
    }

    /// The webhook as the API shows it at `now`.
    pub fn view(&self, now: i64) -> View<'_> {
        let live = self.secrets.iter().filter(|secret| secret.is_live(now));
        View {
            id: &self.id,
            name: self.name.as_deref(),
            uri: &self.uri,
            subscribed_events: &self.subscribed_events,
            state: self.state,
            signing_secrets: live.map(SecretView::of).collect(),
            new_signing_secret: None,
        }
    }

    /// As [`Webhook::view`], with the whole of the newest secret, which is shown once.
    pub fn created_view(&self, now: i64) -> View<'_> {
        let newest = self.secrets.first().map(|secret| secret.secret.expose());
        View { new_signing_secret: newest, ..self.view(now) }
    }
}

/// The API's form of a webhook.
#[derive(Serialize)]
pub struct View<'a> {
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    uri: &'a str,
    subscribed_events: &'a [String],
    state: State,
    signing_secrets: Vec<SecretView>,
    #[serde(skip_serializing_if = "Option::is_none")]
    new_signing_secret: Option<&'a str>,
}

#[derive(Serialize)]
struct SecretView {
    truncated_secret: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    expire_time: Option<String>,
}

impl SecretView {
    fn of(secret: &SigningSecret) -> Self {
        SecretView {
            truncated_secret: secret.secret.truncated(),
            expire_time: secret
                .expires_at
                .and_then(|end| Timestamp::from_second(end).ok())
                .map(|end| end.to_string()),
        }
    }
}
