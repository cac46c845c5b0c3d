//! `gwh secrets doctor`, and the part of `gwh doctor` that it is.

use clap::Args;

use crate::cmd::checks::{Check, Findings};
use crate::config::SECRET_STORE;
use crate::error::{Exit, Failure};
use crate::secrets::{Backend, Condition, StoreError, StoredWebhook, WebhookSecrets};
use crate::session::Session;

/// Check the secret store, each finding with its fix
///
/// Writes, reads back and deletes a probe. Exits 1 where something needs a hand.
#[derive(Debug, Args)]
pub struct Doctor {}

/// Checks, prints each finding, and answers whether all is well.
///
/// # Errors
/// Kind `Configuration` where the environment does not say where data belongs.
pub fn run(_args: Doctor, session: &Session) -> Result<Exit, Failure> {
    let secrets = session.webhook_secrets()?;
    let mut findings = Findings::new(session);
    let stored = check_stores(session, &secrets, &mut findings)?;
    if let Some(stored) = &stored {
        check_webhooks(&secrets, stored, &mut findings)?;
        check_leftovers(&secrets, &mut findings)?;
    }
    check_permissions(&secrets, &mut findings)?;
    Ok(findings.exit())
}

/// Which store is used and why, and whether each store that matters works. Answers what the list of secrets
/// holds, where it can be read.
///
/// # Errors
/// Where stdout cannot be written.
pub(in crate::cmd) fn check_stores(
    session: &Session,
    secrets: &WebhookSecrets,
    findings: &mut Findings<'_>,
) -> Result<Option<Vec<StoredWebhook>>, Failure> {
    let read = secrets.remembered().and_then(|remembered| Ok((remembered, secrets.stored()?)));
    let (remembered, stored) = match read {
        Ok(read) => read,
        Err(error) => {
            let fix = format!(
                "move the file away, then run gwh secrets import with each file in {}",
                secrets.file_folder().display()
            );
            findings.tell(&Check::error("list of secrets", &error).fix_first(fix))?;
            return Ok(None);
        }
    };
    let chosen = secrets.choice().or(remembered);
    let why = match (secrets.choice(), remembered) {
        (Some(_), _) => format!("chosen by {}", session.config.origin(&SECRET_STORE)),
        (None, Some(_)) => {
            format!("settled on when profile {} first stored a secret", session.config.profile())
        }
        (None, None) => "nothing is stored yet".to_owned(),
    };
    let name = chosen.map_or("not decided", Backend::name);
    findings.tell(&Check::good("store", format!("{name}: {why}")))?;
    for backend in [Backend::Keyring, Backend::File] {
        let count = stored.iter().filter(|stored| stored.backend == backend).count();
        let undecided = chosen.is_none() && backend == Backend::Keyring;
        if chosen != Some(backend) && count == 0 && !undecided {
            continue;
        }
        let check = match secrets.check_store(backend) {
            Ok(()) => Check::good(backend.name(), "writes, reads back and deletes"),
            Err(StoreError::Unavailable(why)) if undecided && count == 0 => Check::good(
                backend.name(),
                format!("there is none here ({why}): secrets will be kept in files that only you can read"),
            ),
            Err(error) => Check::error(backend.name(), &error),
        };
        findings.tell(&check)?;
    }
    Ok(Some(stored))
}

/// What the stores hold of the secrets of each webhook.
///
/// # Errors
/// Where stdout cannot be written.
pub(in crate::cmd) fn check_webhooks(
    secrets: &WebhookSecrets,
    stored: &[StoredWebhook],
    findings: &mut Findings<'_>,
) -> Result<(), Failure> {
    stored.iter().try_for_each(|stored| findings.tell(&check_webhook(secrets, stored)))
}

/// What a store holds of a webhook's secrets.
pub(in crate::cmd) fn check_webhook(secrets: &WebhookSecrets, stored: &StoredWebhook) -> Check {
    let subject = format!("webhook {}", stored.webhook.name);
    let id = &stored.webhook.id;
    let count = stored.secrets.len();
    match secrets.examine(stored) {
        Condition::Sound => Check::good(
            subject,
            format!("{count} {} in {}", if count == 1 { "secret" } else { "secrets" }, stored.backend),
        ),
        Condition::Stale => match secrets.refresh(stored) {
            Ok(()) => Check::good(subject, "the list was behind the store and has been brought up to date"),
            Err(error) => Check::error(subject, &error),
        },
        Condition::Missing => Check::bad(
            subject,
            format!("no secret of it is in {}", stored.backend),
            vec![how_to_obtain(id), format!("run gwh secrets remove {id} to take it off the list")],
        ),
        Condition::Unreadable(error) => Check::error(subject, &error),
    }
}

/// What to do where the secret of a webhook is not here.
pub(in crate::cmd) fn how_to_obtain(id: &str) -> String {
    format!("run gwh webhooks rotate-secret {id} for a new one, or gwh secrets set {id} if you have it")
}

/// What killed processes and failed stores left behind.
///
/// # Errors
/// Where stdout cannot be written.
pub(in crate::cmd) fn check_leftovers(
    secrets: &WebhookSecrets,
    findings: &mut Findings<'_>,
) -> Result<(), Failure> {
    for file in secrets.recovery_files() {
        let fix = format!("run gwh secrets import '{}'", file.display());
        let detail = "a secret that could not be stored waits in a file";
        findings.tell(&Check::bad("recovery", detail, vec![fix]))?;
    }
    for file in secrets.unlisted_files().unwrap_or_default() {
        let fix = format!("run gwh secrets import '{}', or delete the file", file.display());
        findings.tell(&Check::bad("leftover", "a stored secret is not on the list", vec![fix]))?;
    }
    for file in secrets.half_written_files() {
        let fix = format!("delete '{}'", file.display());
        let detail = "a file was left half written by a process that was killed";
        findings.tell(&Check::bad("leftover", detail, vec![fix]))?;
    }
    for unfinished in secrets.unfinished() {
        let detail = format!(
            "a {} of webhook {} was cut off at {}: its secret may be lost",
            unfinished.operation.name(),
            unfinished.webhook.name,
            unfinished.started_at
        );
        let paths: Vec<String> =
            unfinished.paths.iter().map(|path| format!("'{}'", path.display())).collect();
        let done = format!("if there is nothing to do, delete {}", paths.join(" "));
        findings.tell(&Check::bad("cut off", detail, vec![unfinished.remedy(), done]))?;
    }
    Ok(())
}

/// Files with secrets that others can read.
///
/// # Errors
/// Where stdout cannot be written.
pub(in crate::cmd) fn check_permissions(
    secrets: &WebhookSecrets,
    findings: &mut Findings<'_>,
) -> Result<(), Failure> {
    secrets.check_files().iter().try_for_each(|error| findings.tell(&Check::error("permissions", error)))
}
