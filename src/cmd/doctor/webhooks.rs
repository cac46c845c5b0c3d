//! Each webhook of the project: whether it delivers, and whether this machine holds its secret.

use crate::cmd::checks::{Check, Findings};
use crate::cmd::endpoint;
use crate::cmd::secrets::doctor::{check_webhook, how_to_obtain};
use crate::cmd::webhooks::show::Held;
use crate::error::Failure;
use crate::gemini::{State, Webhook};
use crate::listeners::LeftBehind;
use crate::secrets::{StoredWebhook, WebhookSecrets};
use crate::session::Session;

/// Tells of each webhook that the API lists, with what is `stored` of it here, and of secrets whose webhook the API
/// does not know. Where the list of secrets cannot be read, that has been told.
///
/// # Errors
/// Where stdout cannot be written.
pub(super) fn check(
    session: &Session,
    secrets: &WebhookSecrets,
    listed: &[Webhook],
    stored: Option<&[StoredWebhook]>,
    findings: &mut Findings<'_>,
) -> Result<(), Failure> {
    let left = LeftBehind::all(&session.profile_folder()?);
    for webhook in listed {
        let mut check = check_state(webhook);
        if let Some(stored) = stored {
            check = with_secret(check, secrets, webhook, stored);
        }
        if left.iter().any(|left| webhook.name.as_ref() == Some(&left.temporary.name)) {
            let delete = format!("run gwh webhooks delete {} --yes", webhook.id);
            check = check.failing("a gwh listen --public-url that was killed left it behind", delete);
        }
        for note in notes_on_uri(session, &webhook.uri) {
            check = check.noting(&note);
        }
        findings.tell(&check)?;
    }
    let is_gone = |row: &&StoredWebhook| !listed.iter().any(|webhook| is_of(row, webhook));
    stored.unwrap_or_default().iter().filter(is_gone).try_for_each(|row| findings.tell(&gone(row)))
}

/// Whether a row of the list of secrets is a webhook's. `gwh secrets set NAME` takes a name for an id where the
/// webhook was not known here.
fn is_of(row: &StoredWebhook, webhook: &Webhook) -> bool {
    row.webhook.id == webhook.id || webhook.name.as_ref() == Some(&row.webhook.id)
}

fn check_state(webhook: &Webhook) -> Check {
    let subject = format!("webhook {}", webhook.label());
    let enable = format!("run gwh webhooks enable {}", webhook.id);
    match &webhook.state {
        State::Disabled => {
            Check::bad(subject, "disabled", vec![format!("{enable} to have it deliver again")])
        }
        State::DisabledByFailures => Check::bad(
            subject,
            "turned off by the service because deliveries kept failing",
            vec![format!("once its endpoint answers 2xx again, {enable}")],
        ),
        state @ (State::Enabled | State::Unspecified | State::Other(_)) => {
            Check::good(subject, state.as_str())
        }
    }
}

/// Adds whether the secret that signs is here and can be read.
fn with_secret(check: Check, secrets: &WebhookSecrets, webhook: &Webhook, stored: &[StoredWebhook]) -> Check {
    let by_id = stored.iter().find(|row| row.webhook.id == webhook.id);
    let Some(row) = by_id.or_else(|| stored.iter().find(|row| is_of(row, webhook))) else {
        return check.failing("no secret of it is here", how_to_obtain(&webhook.id));
    };
    let kept = check_webhook(secrets, row);
    if !kept.is_good() {
        return check.and(kept);
    }
    // A row that was behind its store has just been brought up to date.
    let renewed = secrets.stored().unwrap_or_default();
    let row = renewed.iter().find(|renewed| renewed.webhook.id == row.webhook.id).unwrap_or(row);
    let newest = if row.secrets.len() == 1 { "it" } else { "the newest" };
    match Held::in_row(webhook, row) {
        Held::Current(_) => check.and(kept.noting(&format!("{newest} signs now"))),
        Held::Outdated(_) => {
            let detail = format!("{newest} does not sign: the secret was rotated elsewhere");
            check.and(kept.failing(&detail, how_to_obtain(&webhook.id)))
        }
        Held::Some(_) | Held::Nothing => check.and(kept),
    }
}

/// What is worth knowing of a URI; the service has taken it, so it is no finding.
fn notes_on_uri(session: &Session, uri: &str) -> Vec<String> {
    match endpoint::warnings(session, uri) {
        Ok(warnings) => warnings.into_iter().map(|warning| format!("its URI {warning}")).collect(),
        Err(error) => vec![format!("its URI cannot be one: {error}")],
    }
}

/// A secret whose webhook is not there.
fn gone(row: &StoredWebhook) -> Check {
    Check::bad(
        format!("webhook {}", row.webhook.name),
        format!(
            "a secret of it is in {}, but the API does not know it: it was deleted elsewhere, or is of another \
             project",
            row.backend
        ),
        vec![format!("run gwh secrets remove {} if it is of no use any more", row.webhook.id)],
    )
}
