//! How a webhook is shown: lines for people, one object for scripts.

use serde::Serialize;

use crate::error::Failure;
use crate::gemini::{State, Webhook};
use crate::secrets::{Backend, StoredWebhook};
use crate::session::Session;
use crate::ui::{Style, sanitize};

/// What this machine has of a webhook's secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cmd) enum Held {
    /// Nothing.
    Nothing,
    /// A secret of which nothing more can be told.
    Some(Backend),
    /// The secret that signs now.
    Current(Backend),
    /// A secret that the webhook does not have: it was rotated elsewhere.
    Outdated(Backend),
}

impl Held {
    /// What the index says, compared with what the API lists. No store is asked.
    pub(super) fn of(webhook: &Webhook, stored: &[StoredWebhook]) -> Self {
        let row = stored.iter().find(|stored| stored.webhook.id == webhook.id);
        row.map_or(Held::Nothing, |row| Held::in_row(webhook, row))
    }

    /// The same for the row of the index that is the webhook's.
    pub(in crate::cmd) fn in_row(webhook: &Webhook, stored: &StoredWebhook) -> Self {
        let Some(newest) = stored.secrets.first() else { return Held::Nothing };
        // The one that does not expire is the one that a rotation made last.
        let lasting: Vec<&str> = webhook
            .signing_secrets
            .iter()
            .filter(|secret| secret.expire_time.is_none() && !secret.truncated_secret.is_empty())
            .map(|secret| secret.truncated_secret.as_str())
            .collect();
        match lasting.as_slice() {
            [] => Held::Some(stored.backend),
            all if all.contains(&newest.truncated.as_str()) => Held::Current(stored.backend),
            _ => Held::Outdated(stored.backend),
        }
    }

    /// Whether a secret that signs now may be in nobody's hands.
    pub(super) fn may_be_lost(self) -> bool {
        !matches!(self, Held::Current(_))
    }

    fn backend(self) -> Option<Backend> {
        match self {
            Held::Nothing => None,
            Held::Some(backend) | Held::Current(backend) | Held::Outdated(backend) => Some(backend),
        }
    }

    fn is_current(self) -> Option<bool> {
        match self {
            Held::Nothing | Held::Some(_) => None,
            Held::Current(_) => Some(true),
            Held::Outdated(_) => Some(false),
        }
    }

    /// The word in a table.
    pub(super) fn word(self) -> String {
        match self {
            Held::Nothing => "-".to_owned(),
            Held::Some(backend) | Held::Current(backend) => backend.name().to_owned(),
            Held::Outdated(backend) => format!("{} (outdated)", backend.name()),
        }
    }
}

/// A webhook as `--json` prints it.
#[derive(Serialize)]
pub(super) struct Document<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(flatten)]
    webhook: &'a Webhook,
    /// Where this machine keeps its secret.
    secret_store: Option<Backend>,
    /// Whether that is the one that signs now, where that can be told.
    secret_is_current: Option<bool>,
    /// The fields that the command changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) changed: Option<Vec<&'static str>>,
    /// The new secret, only with `--print-secret`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) new_signing_secret: Option<&'a str>,
}

impl<'a> Document<'a> {
    pub(super) fn new(webhook: &'a Webhook, held: Held) -> Self {
        Document {
            kind: "webhook",
            webhook,
            secret_store: held.backend(),
            secret_is_current: held.is_current(),
            changed: None,
            new_signing_secret: None,
        }
    }
}

/// What is stored on this machine. Trouble with it is warned about: it is no reason not to show the rest.
pub(super) fn stored(session: &Session) -> Vec<StoredWebhook> {
    session.webhook_secrets().and_then(|secrets| secrets.list()).unwrap_or_else(|failure| {
        session.ui.warn(&format!(
            "cannot tell which secrets are stored here: {}",
            sanitize::text(&failure.to_string())
        ));
        Vec::new()
    })
}

/// The state in a word or two.
pub(super) fn state_word(state: &State) -> String {
    match state {
        State::DisabledByFailures => "disabled (failures)".to_owned(),
        other => other.to_string(),
    }
}

/// What a state means where the word does not say it, and what to do.
pub(super) fn state_hint(webhook: &Webhook) -> Option<String> {
    (webhook.state == State::DisabledByFailures).then(|| {
        let name = sanitize::text(webhook.label());
        format!(
            "the service turned {name} off because deliveries kept failing: once its endpoint answers 2xx again, \
             run gwh webhooks enable {}",
            sanitize::text(&webhook.id)
        )
    })
}

/// Everything about a webhook, as lines.
pub(super) fn lines(webhook: &Webhook, held: Held, style: Style) -> Vec<String> {
    let row =
        |name: &str, value: &str| format!("  {}  {}", style.dim(format!("{name:<8}")), sanitize::text(value));
    let mut lines = vec![
        row("uri", &webhook.uri),
        row("events", &webhook.subscribed_events.join(", ")),
        row("state", webhook.state.as_str()),
    ];
    for secret in &webhook.signing_secrets {
        let until = secret.expire_time.as_deref().map(|end| format!("  until {end}")).unwrap_or_default();
        lines.push(row("secret", &format!("{}{until}", secret.truncated_secret)));
    }
    lines.push(row("stored", &stored_words(held)));
    let times = [("created", &webhook.create_time), ("updated", &webhook.update_time)];
    lines.extend(times.iter().filter_map(|(name, time)| Some(row(name, time.as_deref()?))));
    lines.extend(webhook.other.iter().map(|(name, value)| row(&sanitize::text(name), &value.to_string())));
    lines
}

fn stored_words(held: Held) -> String {
    match held {
        Held::Nothing => "no secret of it on this machine".to_owned(),
        Held::Some(backend) => format!("in {backend}"),
        Held::Current(backend) => format!("in {backend}, current"),
        Held::Outdated(backend) => format!("in {backend}, but not the one that signs now"),
    }
}

/// `name  id`, as the heading of a webhook.
pub(super) fn heading(webhook: &Webhook, style: Style) -> String {
    let id = sanitize::text(&webhook.id);
    match webhook.name.as_deref().filter(|name| !name.is_empty()) {
        Some(name) => format!("{}  {}", style.bold(sanitize::text(name)), style.dim(id)),
        None => style.bold(id),
    }
}

/// Prints a webhook after a command that read or changed it.
///
/// # Errors
/// Where stdout cannot be written.
pub(super) fn print(
    session: &Session,
    title: &str,
    document: &Document<'_>,
    held: Held,
) -> Result<(), Failure> {
    let ui = &session.ui;
    if ui.json() {
        return ui.object(document);
    }
    ui.line(title)?;
    for line in lines(document.webhook, held, ui.out_style()) {
        ui.line(&line)?;
    }
    Ok(())
}
