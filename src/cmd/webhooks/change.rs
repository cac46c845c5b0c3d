//! What an update changes: made from the webhook as it is and as it should be, shown, and sent.

use crate::error::Failure;
use crate::gemini::{Api, Change, State, Webhook};
use crate::secrets::WebhookSecrets;
use crate::session::Session;
use crate::ui::sanitize;

/// What a webhook should be; what is not said stays as it is.
#[derive(Debug, Clone, Default)]
pub(super) struct Wanted {
    pub(super) name: Option<String>,
    pub(super) uri: Option<String>,
    pub(super) events: Option<Vec<String>>,
    pub(super) state: Option<State>,
}

/// A field that differs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Difference {
    /// The name of the field on the wire.
    pub(super) field: &'static str,
    /// What it is.
    pub(super) from: Vec<String>,
    /// What it will be.
    pub(super) to: Vec<String>,
}

impl Difference {
    /// The difference in a line: `uri: a -> b`, `events: +c -d`.
    pub(super) fn line(&self) -> String {
        if self.field != EVENTS {
            let from =
                if self.from.is_empty() { String::new() } else { format!("{} -> ", shown(&self.from)) };
            return format!("{}: {from}{}", self.field, shown(&self.to));
        }
        let added =
            self.to.iter().filter(|event| !self.from.contains(event)).map(|event| format!("+{event}"));
        let removed =
            self.from.iter().filter(|event| !self.to.contains(event)).map(|event| format!("-{event}"));
        let all: Vec<String> = added.chain(removed).collect();
        format!("events: {}", sanitize::text(&all.join(" ")))
    }
}

/// The field that holds a list.
pub(super) const EVENTS: &str = "subscribed_events";

fn shown(values: &[String]) -> String {
    match values {
        [] => "none".to_owned(),
        values => sanitize::text(&values.join(", ")).into_owned(),
    }
}

/// How `webhook` differs from what is wanted, and the change that makes it so. The order of events is no difference.
pub(super) fn differences(webhook: &Webhook, wanted: &Wanted) -> (Vec<Difference>, Change) {
    let mut found = Vec::new();
    let mut change = Change::default();
    let mut differs = |field, from: Vec<String>, to: Vec<String>| {
        let is_different = from != to;
        if is_different {
            found.push(Difference { field, from, to });
        }
        is_different
    };
    if let Some(name) = &wanted.name
        && differs("name", webhook.name.iter().cloned().collect(), vec![name.clone()])
    {
        change.name = Some(name.clone());
    }
    if let Some(uri) = &wanted.uri
        && differs("uri", vec![webhook.uri.clone()], vec![uri.clone()])
    {
        change.uri = Some(uri.clone());
    }
    if let Some(events) = &wanted.events
        && !same_events(&webhook.subscribed_events, events)
        && differs(EVENTS, webhook.subscribed_events.clone(), events.clone())
    {
        change.subscribed_events = Some(events.clone());
    }
    if let Some(state) = &wanted.state
        && differs("state", vec![webhook.state.to_string()], vec![state.to_string()])
    {
        change.state = Some(state.clone());
    }
    (found, change)
}

fn same_events(one: &[String], other: &[String]) -> bool {
    one.iter().all(|event| other.contains(event)) && other.iter().all(|event| one.contains(event))
}

/// Sends a change, checks that the answer has it, and notes a new name or URI beside the stored secret.
///
/// # Errors
/// Kind `Remote` where the API refuses.
pub(super) async fn send(
    session: &Session,
    api: &Api,
    webhook: &Webhook,
    change: &Change,
) -> Result<Webhook, Failure> {
    let task = format!("update webhook {}", webhook.label());
    let mut updated =
        api.update(&webhook.id, change, None).await.map_err(|error| error.into_failure(&task))?;
    if updated.id.is_empty() {
        updated.id.clone_from(&webhook.id);
    }
    let wanted = Wanted {
        name: change.name.clone(),
        uri: change.uri.clone(),
        events: change.subscribed_events.clone(),
        state: change.state.clone(),
    };
    for ignored in differences(&updated, &wanted).0 {
        session.ui.warn(&format!("the API took the change, but answers {} as before", ignored.field));
    }
    let reference = super::secret::reference(&updated);
    let noted = WebhookSecrets::open(session)?.update(&reference);
    if let Err(error) = noted {
        let text = format!("the list of stored secrets still has the former name and URI: {error}");
        session.ui.warn(&sanitize::text(&text));
    }
    Ok(updated)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn events(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    fn webhook() -> Webhook {
        Webhook {
            id: "a".into(),
            name: Some("prod".into()),
            uri: "https://x/".into(),
            subscribed_events: events(&["batch.succeeded", "batch.failed"]),
            state: State::Enabled,
            ..Webhook::default()
        }
    }

    #[test]
    fn only_what_differs_is_sent() {
        let wanted = Wanted {
            name: Some("prod".into()),
            uri: Some("https://y/".into()),
            events: Some(events(&["batch.failed", "batch.succeeded"])),
            state: None,
        };
        let (differences, change) = differences(&webhook(), &wanted);
        assert_eq!(change, Change { uri: Some("https://y/".into()), ..Change::default() });
        let lines: Vec<String> = differences.iter().map(Difference::line).collect();
        assert_eq!(lines, ["uri: https://x/ -> https://y/"]);
    }

    #[test]
    fn events_are_shown_as_added_and_removed() {
        let wanted =
            Wanted { events: Some(events(&["batch.succeeded", "video.generated"])), ..Wanted::default() };
        let (differences, change) = differences(&webhook(), &wanted);
        assert_eq!(differences[0].line(), "events: +video.generated -batch.failed");
        assert_eq!(change.subscribed_events, wanted.events);
    }
}
