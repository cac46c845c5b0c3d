//! What has to be done to bring a project to its declared state. Values in, values out.

use serde::{Serialize, Serializer};

use super::manifest::Declared;
use crate::cmd::webhooks::change::{self, Difference, EVENTS, Wanted};
use crate::gemini::{Change, NewWebhook, State, Webhook};

/// One thing to do, or to leave.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Step {
    /// It is not there.
    Create(NewWebhook, Option<State>),
    /// It is there and differs.
    Update(Webhook, Vec<Difference>, Change),
    /// It is there as declared.
    Keep(Webhook),
    /// It is not declared and is to go.
    Delete(Webhook),
    /// It is not declared and stays.
    Ignore(Webhook),
}

/// Several webhooks have the name that identifies one.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Ambiguous {
    pub(super) name: String,
    pub(super) ids: Vec<String>,
}

/// The steps for what is declared, in its order, then for what is not. With `prune`, what is not declared goes.
///
/// # Errors
/// [`Ambiguous`] where a declared name stands for several webhooks.
pub(super) fn plan(declared: &[Declared], existing: &[Webhook], prune: bool) -> Result<Vec<Step>, Ambiguous> {
    let mut steps = Vec::new();
    for one in declared {
        let named: Vec<&Webhook> =
            existing.iter().filter(|webhook| webhook.name.as_deref() == Some(&one.name)).collect();
        steps.push(match named.as_slice() {
            [] => Step::Create(
                NewWebhook {
                    name: Some(one.name.clone()),
                    uri: one.uri.clone(),
                    subscribed_events: one.events.clone(),
                },
                one.state.clone().filter(|state| *state != State::Enabled),
            ),
            [webhook] => update(webhook, one),
            several => {
                let ids = several.iter().map(|webhook| webhook.id.clone()).collect();
                return Err(Ambiguous { name: one.name.clone(), ids });
            }
        });
    }
    let is_declared =
        |webhook: &&Webhook| declared.iter().any(|one| webhook.name.as_deref() == Some(&one.name));
    let rest = existing.iter().filter(|webhook| !is_declared(webhook)).cloned();
    steps.extend(rest.map(if prune { Step::Delete } else { Step::Ignore }));
    Ok(steps)
}

fn update(webhook: &Webhook, declared: &Declared) -> Step {
    let wanted = Wanted {
        name: None,
        uri: Some(declared.uri.clone()),
        events: Some(declared.events.clone()),
        state: declared.state.clone(),
    };
    let (differences, change) = change::differences(webhook, &wanted);
    if change.is_empty() {
        Step::Keep(webhook.clone())
    } else {
        Step::Update(webhook.clone(), differences, change)
    }
}

/// A step as `--json` prints it.
#[derive(Serialize)]
pub(super) struct Line<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    action: &'static str,
    name: Option<&'a str>,
    id: Option<&'a str>,
    changes: Vec<FieldChange>,
    applied: bool,
}

#[derive(Serialize)]
struct FieldChange {
    field: &'static str,
    from: Values,
    to: Values,
}

/// The value of a field: a list for events, else one text or none.
enum Values {
    List(Vec<String>),
    One(Option<String>),
}

impl Serialize for Values {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Values::List(list) => list.serialize(serializer),
            Values::One(text) => text.serialize(serializer),
        }
    }
}

impl Step {
    /// The word for it.
    pub(super) const fn action(&self) -> &'static str {
        match self {
            Step::Create(..) => "create",
            Step::Update(..) => "update",
            Step::Keep(_) => "unchanged",
            Step::Delete(_) => "delete",
            Step::Ignore(_) => "unmanaged",
        }
    }

    /// The sign in front of its line.
    pub(super) const fn sign(&self) -> &'static str {
        match self {
            Step::Create(..) => "+",
            Step::Update(..) => "~",
            Step::Keep(_) => "=",
            Step::Delete(_) => "-",
            Step::Ignore(_) => "?",
        }
    }

    /// The webhook, where there is one already.
    pub(super) fn webhook(&self) -> Option<&Webhook> {
        match self {
            Step::Create(..) => None,
            Step::Update(webhook, ..)
            | Step::Keep(webhook)
            | Step::Delete(webhook)
            | Step::Ignore(webhook) => Some(webhook),
        }
    }

    /// What it is called.
    pub(super) fn name(&self) -> &str {
        match self {
            Step::Create(new, _) => new.name.as_deref().unwrap_or_default(),
            Step::Update(webhook, ..)
            | Step::Keep(webhook)
            | Step::Delete(webhook)
            | Step::Ignore(webhook) => webhook.label(),
        }
    }

    /// What differs, field by field.
    pub(super) fn differences(&self) -> Vec<Difference> {
        match self {
            Step::Create(new, state) => {
                let to = [("uri", vec![new.uri.clone()]), (EVENTS, new.subscribed_events.clone())];
                let state = state.iter().map(|state| ("state", vec![state.to_string()]));
                let new = |(field, to)| Difference { field, from: Vec::new(), to };
                to.into_iter().chain(state).map(new).collect()
            }
            Step::Update(_, differences, _) => differences.clone(),
            Step::Keep(_) | Step::Delete(_) | Step::Ignore(_) => Vec::new(),
        }
    }

    /// Its JSON; `created` is the webhook that a create has made.
    pub(super) fn document<'a>(&'a self, created: Option<&'a Webhook>, applied: bool) -> Line<'a> {
        let webhook = created.or(self.webhook());
        let changes = self.differences().into_iter().map(|difference| {
            let values = |mut values: Vec<String>| match difference.field {
                EVENTS => Values::List(values),
                _ => Values::One(values.pop()),
            };
            let (from, to) = (values(difference.from), values(difference.to));
            FieldChange { field: difference.field, from, to }
        });
        Line {
            kind: "plan",
            action: self.action(),
            name: webhook.and_then(|webhook| webhook.name.as_deref()).or(Some(self.name())),
            id: webhook.map(|webhook| webhook.id.as_str()),
            changes: changes.collect(),
            applied,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn declared(name: &str, uri: &str) -> Declared {
        let events = vec!["batch.succeeded".to_owned()];
        Declared { name: name.to_owned(), uri: uri.to_owned(), events, state: None, line: 1 }
    }

    fn webhook(id: &str, name: &str, uri: &str) -> Webhook {
        Webhook {
            id: id.to_owned(),
            name: Some(name.to_owned()),
            uri: uri.to_owned(),
            subscribed_events: vec!["batch.succeeded".to_owned()],
            state: State::DisabledByFailures,
            ..Webhook::default()
        }
    }

    fn actions(declared: &[Declared], existing: &[Webhook], prune: bool) -> Vec<(&'static str, String)> {
        let steps = plan(declared, existing, prune).expect("no name is ambiguous");
        steps.iter().map(|step| (step.action(), step.name().to_owned())).collect()
    }

    #[test]
    fn the_name_identifies_and_what_is_not_said_stays() {
        let declared =
            [declared("same", "https://a/"), declared("new", "https://b/"), declared("moved", "https://c/")];
        let existing = [
            webhook("1", "same", "https://a/"),
            webhook("2", "moved", "https://old/"),
            webhook("3", "x", "https://x/"),
        ];
        let wanted = |rest| {
            [("unchanged", "same"), ("create", "new"), ("update", "moved"), (rest, "x")]
                .map(|(action, name)| (action, name.to_owned()))
        };
        assert_eq!(actions(&declared, &existing, false), wanted("unmanaged"));
        assert_eq!(actions(&declared, &existing, true), wanted("delete"));
    }

    #[test]
    fn a_declared_name_that_several_have_is_nobody() {
        let existing = [webhook("1", "a", "https://a/"), webhook("2", "a", "https://a/")];
        let ambiguous = plan(&[declared("a", "https://a/")], &existing, false).expect_err("refused");
        assert_eq!(ambiguous.ids, ["1", "2"]);
        assert_eq!(actions(&[], &existing, false).len(), 2);
    }
}
