//! `gwh secrets list`.

use clap::Args;
use jiff::Timestamp;
use serde::Serialize;

use crate::env;
use crate::error::{Exit, Failure};
use crate::secrets::{Backend, LOCAL, StoredSecret, StoredWebhook, WebhookSecrets};
use crate::session::Session;
use crate::signature::Secret;
use crate::ui::{sanitize, table};
use crate::units;

/// Show which secrets there are, shortened, and where each is kept
///
/// No store is asked: the list is answered from the profile's index.
#[derive(Debug, Args)]
pub struct List {}

/// A line of `--json`.
#[derive(Serialize)]
struct Line<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    name: &'a str,
    id: Option<&'a str>,
    uri: Option<&'a str>,
    backend: Backend,
    secrets: Vec<LineSecret<'a>>,
}

#[derive(Serialize)]
struct LineSecret<'a> {
    truncated: &'a str,
    added_at: Option<Timestamp>,
    expires_at: Option<Timestamp>,
    live: bool,
}

/// Prints the list.
///
/// # Errors
/// Kind `Configuration` where the index or the test secret cannot be read.
pub fn run(_args: List, session: &Session) -> Result<Exit, Failure> {
    let secrets = WebhookSecrets::open(session)?;
    let stored = secrets.list()?;
    let local = session.local_identity()?.existing_secret()?.map(|named| named.label.to_string());
    let environment = in_environment(session);
    if session.ui.json() {
        print_json(session, &stored, local.as_deref(), &environment)?;
    } else {
        print_table(session, &stored, local.as_deref(), &environment)?;
    }
    for unfinished in secrets.unfinished() {
        let (what, name) = (unfinished.operation.name(), sanitize::text(&unfinished.webhook.name));
        session.ui.warn(&format!(
            "a {what} of webhook {name} was cut off at {}: {}",
            unfinished.started_at,
            sanitize::text(&unfinished.remedy())
        ));
    }
    for file in secrets.recovery_files() {
        let file = file.display().to_string();
        let file = sanitize::text(&file);
        session.ui.warn(&format!("a secret waits in {file}: run gwh secrets import '{file}'"));
    }
    Ok(Exit::Done)
}

/// The truncated forms of what `WEBHOOK_SIGNING_SECRET` holds.
fn in_environment(session: &Session) -> Vec<String> {
    let text = session.env.text(env::WEBHOOK_SIGNING_SECRET).unwrap_or_default();
    text.split_whitespace().filter_map(|word| Some(Secret::parse(word).ok()?.truncated())).collect()
}

fn print_json(
    session: &Session,
    stored: &[StoredWebhook],
    local: Option<&str>,
    environment: &[String],
) -> Result<(), Failure> {
    let plain = |truncated| LineSecret { truncated, added_at: None, expires_at: None, live: true };
    let line = |name, backend, secrets| Line { kind: "secret", name, id: None, uri: None, backend, secrets };
    if let Some(local) = local {
        session.ui.object(&line(LOCAL, Backend::File, vec![plain(local)]))?;
    }
    if !environment.is_empty() {
        let secrets = environment.iter().map(|truncated| plain(truncated)).collect();
        session.ui.object(&line(env::WEBHOOK_SIGNING_SECRET, Backend::Environment, secrets))?;
    }
    let now = session.timestamp();
    for StoredWebhook { webhook, backend, secrets } in stored {
        let secrets = secrets.iter().map(|secret| LineSecret {
            truncated: &secret.truncated,
            added_at: Some(secret.added_at),
            expires_at: secret.expires_at,
            live: secret.is_live(now),
        });
        session.ui.object(&Line {
            id: Some(&webhook.id),
            uri: webhook.uri.as_deref(),
            ..line(&webhook.name, *backend, secrets.collect())
        })?;
    }
    Ok(())
}

fn print_table(
    session: &Session,
    stored: &[StoredWebhook],
    local: Option<&str>,
    environment: &[String],
) -> Result<(), Failure> {
    let row = |cells: [&str; 5]| cells.map(str::to_owned).to_vec();
    let mut rows = Vec::new();
    rows.extend(local.map(|local| row([LOCAL, local, "file", "", "for testing on this machine"])));
    for truncated in environment {
        rows.push(row([env::WEBHOOK_SIGNING_SECRET, truncated, "environment", "", ""]));
    }
    for StoredWebhook { webhook, backend, secrets } in stored {
        let id = if webhook.id == webhook.name { "" } else { &webhook.id };
        if secrets.is_empty() {
            rows.push(row([&webhook.name, "", backend.name(), "storing it was cut off", id]));
        }
        for (position, secret) in secrets.iter().enumerate() {
            let name = if position == 0 { webhook.name.as_str() } else { "" };
            rows.push(row([name, &secret.truncated, backend.name(), &life(secret, session.timestamp()), id]));
        }
    }
    if rows.is_empty() {
        session.ui.note("no secrets are stored; gwh webhooks create and gwh secrets set store them");
        return Ok(());
    }
    for line in table::lines(session.ui.out_style(), &["NAME", "SECRET", "KEPT IN", "LIFE", "WEBHOOK"], &rows)
    {
        session.ui.line(&line)?;
    }
    Ok(())
}

/// How long a secret still lives.
fn life(secret: &StoredSecret, now: Timestamp) -> String {
    let Some(end) = secret.expires_at else { return "live".to_owned() };
    let left = end.as_second() - now.as_second();
    let length = units::human_duration(left.unsigned_abs());
    if left > 0 { format!("ends in {length}") } else { format!("ended {length} ago") }
}
