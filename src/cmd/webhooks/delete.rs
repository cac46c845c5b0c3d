//! `gwh webhooks delete`.

use clap::Args;
use serde::Serialize;

use super::find::find;
use crate::error::{Exit, Failure};
use crate::gemini::{Api, ApiError, Webhook};
use crate::runtime;
use crate::session::Session;
use crate::ui::{prompt, sanitize};

/// Delete a webhook, and its secret from this machine
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  gwh webhooks delete prod --yes")]
pub struct Delete {
    /// The webhook's id, or its name where only one has it
    #[arg(value_name = "ID|NAME")]
    webhook: String,
    /// Do not ask
    #[arg(short, long)]
    yes: bool,
}

/// What became of the secret of a webhook that was deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::cmd) enum Removal {
    /// It is gone from the store.
    Removed,
    /// None was stored.
    NoneStored,
    /// It is still there.
    Remains,
}

#[derive(Serialize)]
struct Deleted<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    id: &'a str,
    name: Option<&'a str>,
    secret: Removal,
}

/// Deletes the webhook.
///
/// # Errors
/// Kind `Usage` where nobody can be asked and `--yes` is not given, `Negative` where the answer is no; else as `get`.
pub fn run(args: &Delete, session: &Session) -> Result<Exit, Failure> {
    if !args.yes && !session.can_ask() {
        return Err(Failure::usage(format!(
            "deleting webhook {} needs --yes: nobody can be asked",
            args.webhook
        ))
        .hint(format!("run gwh webhooks delete {} --yes", args.webhook)));
    }
    let api = session.api()?;
    let webhook = runtime::block_on(find(&api, &args.webhook))?;
    if !args.yes {
        let question = format!(
            "Delete {} ({}), which delivers to {}?",
            sanitize::text(webhook.label()),
            sanitize::text(&webhook.id),
            sanitize::text(&webhook.uri)
        );
        if !prompt::confirm(&question)? {
            return Err(Failure::negative("nothing was deleted"));
        }
    }
    let removal = runtime::block_on(delete(session, &api, &webhook))?;
    report(session, &webhook, removal)?;
    Ok(Exit::Done)
}

/// Deletes a webhook, and then its secret: a webhook that stays must not lose it.
///
/// # Errors
/// Kind `Remote` where the API refuses.
pub(super) async fn delete(session: &Session, api: &Api, webhook: &Webhook) -> Result<Removal, Failure> {
    api.delete(&webhook.id).await.map_err(|error| failed(error, webhook))?;
    Ok(remove_secret(session, webhook))
}

/// The same for one that somebody else may have deleted meanwhile.
///
/// # Errors
/// As [`delete`], but not where the API has no such webhook.
pub(in crate::cmd) async fn delete_if_there(
    session: &Session,
    api: &Api,
    webhook: &Webhook,
) -> Result<Removal, Failure> {
    match api.delete(&webhook.id).await {
        Err(error) if !error.is_not_found() => Err(failed(error, webhook)),
        _ => Ok(remove_secret(session, webhook)),
    }
}

fn failed(error: ApiError, webhook: &Webhook) -> Failure {
    error.into_failure(&format!("delete webhook {}", webhook.label()))
}

fn remove_secret(session: &Session, webhook: &Webhook) -> Removal {
    let removed = session.webhook_secrets().and_then(|secrets| Ok(secrets.remove(&webhook.id)?));
    match removed {
        Ok(true) => Removal::Removed,
        Ok(false) => Removal::NoneStored,
        Err(failure) => {
            let id = sanitize::text(&webhook.id);
            session.ui.warn(&format!(
                "the webhook is deleted, but its secret is still stored ({}); gwh secrets remove {id} removes it",
                sanitize::text(&failure.to_string())
            ));
            Removal::Remains
        }
    }
}

fn report(session: &Session, webhook: &Webhook, secret: Removal) -> Result<(), Failure> {
    let ui = &session.ui;
    if ui.json() {
        let name = webhook.name.as_deref();
        return ui.object(&Deleted { kind: "deleted_webhook", id: &webhook.id, name, secret });
    }
    let words = match secret {
        Removal::Removed => ", and its secret from this machine",
        Removal::NoneStored | Removal::Remains => "",
    };
    let tick = ui.out_style().good("✓");
    ui.line(&format!("{tick} deleted {}{words}", show_name(webhook)))
}

fn show_name(webhook: &Webhook) -> String {
    format!("{} ({})", sanitize::text(webhook.label()), sanitize::text(&webhook.id))
}
