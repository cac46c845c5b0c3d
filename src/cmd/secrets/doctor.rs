//! `gwh secrets doctor`.

use clap::Args;
use serde::Serialize;

use crate::config::SECRET_STORE;
use crate::error::{Exit, Failure};
use crate::secrets::{Backend, Condition, StoreError, StoredWebhook, WebhookSecrets};
use crate::session::Session;
use crate::ui::sanitize;

/// Check the secret store, each finding with its fix
///
/// Writes, reads back and deletes a probe. Exits 1 where something needs a hand.
#[derive(Debug, Args)]
pub struct Doctor {}

/// One finding.
struct Check {
    subject: String,
    ok: bool,
    detail: String,
    fixes: Vec<String>,
}

/// A line of `--json`.
#[derive(Serialize)]
struct Line<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    subject: &'a str,
    ok: bool,
    detail: &'a str,
    fixes: &'a [String],
}

impl Check {
    fn good(subject: impl Into<String>, detail: impl Into<String>) -> Self {
        Check { subject: subject.into(), ok: true, detail: detail.into(), fixes: Vec::new() }
    }

    fn bad(subject: impl Into<String>, detail: impl Into<String>, fixes: Vec<String>) -> Self {
        Check { subject: subject.into(), ok: false, detail: detail.into(), fixes }
    }

    fn error(subject: impl Into<String>, error: &StoreError) -> Self {
        let own = "run gwh secrets doctor";
        let fixes = error.hints().into_iter().filter(|hint| !hint.starts_with(own)).collect();
        Check::bad(subject, error.to_string(), fixes)
    }
}

/// Checks, prints each finding, and answers whether all is well.
///
/// # Errors
/// Kind `Configuration` where the environment does not say where data belongs.
pub fn run(_args: Doctor, session: &Session) -> Result<Exit, Failure> {
    let secrets = session.webhook_secrets()?;
    let mut checks = Vec::new();
    match secrets.remembered().and_then(|remembered| Ok((remembered, secrets.stored()?))) {
        Ok((remembered, stored)) => {
            check_stores(session, &secrets, remembered, &stored, &mut checks);
            checks.extend(stored.iter().map(|stored| check_webhook(&secrets, stored)));
            check_leftovers(&secrets, &mut checks);
        }
        Err(error) => {
            let mut check = Check::error("list of secrets", &error);
            check.fixes.insert(
                0,
                format!(
                    "move the file away, then run gwh secrets import with each file in {}",
                    secrets.file_folder().display()
                ),
            );
            checks.push(check);
        }
    }
    checks.extend(secrets.check_files().iter().map(|error| Check::error("permissions", error)));
    for check in &checks {
        print(session, check)?;
    }
    Ok(if checks.iter().all(|check| check.ok) { Exit::Done } else { Exit::Negative })
}

/// Which store is used and why, and whether each store that matters works.
fn check_stores(
    session: &Session,
    secrets: &WebhookSecrets,
    remembered: Option<Backend>,
    stored: &[StoredWebhook],
    checks: &mut Vec<Check>,
) {
    let chosen = secrets.choice().or(remembered);
    let why = match (secrets.choice(), remembered) {
        (Some(_), _) => format!("chosen by {}", session.config.origin(&SECRET_STORE)),
        (None, Some(_)) => {
            format!("settled on when profile {} first stored a secret", session.config.profile())
        }
        (None, None) => "nothing is stored yet".to_owned(),
    };
    let name = chosen.map_or("not decided", Backend::name);
    checks.push(Check::good("store", format!("{name}: {why}")));
    for backend in [Backend::Keyring, Backend::File] {
        let count = stored.iter().filter(|stored| stored.backend == backend).count();
        let undecided = chosen.is_none() && backend == Backend::Keyring;
        if chosen != Some(backend) && count == 0 && !undecided {
            continue;
        }
        checks.push(match secrets.check_store(backend) {
            Ok(()) => Check::good(backend.name(), "writes, reads back and deletes"),
            Err(StoreError::Unavailable(why)) if undecided && count == 0 => Check::good(
                backend.name(),
                format!("there is none here ({why}): secrets will be kept in files that only you can read"),
            ),
            Err(error) => Check::error(backend.name(), &error),
        });
    }
}

fn check_webhook(secrets: &WebhookSecrets, stored: &StoredWebhook) -> Check {
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
            vec![
                format!(
                    "run gwh webhooks rotate-secret {id} for a new one, or gwh secrets set {id} if you have it"
                ),
                format!("run gwh secrets remove {id} to take it off the list"),
            ],
        ),
        Condition::Unreadable(error) => Check::error(subject, &error),
    }
}

/// What killed processes and failed stores left behind.
fn check_leftovers(secrets: &WebhookSecrets, checks: &mut Vec<Check>) {
    for file in secrets.recovery_files() {
        let fix = format!("run gwh secrets import '{}'", file.display());
        checks.push(Check::bad("recovery", "a secret that could not be stored waits in a file", vec![fix]));
    }
    for file in secrets.unlisted_files().unwrap_or_default() {
        let fix = format!("run gwh secrets import '{}', or delete the file", file.display());
        checks.push(Check::bad("leftover", "a stored secret is not on the list", vec![fix]));
    }
    for file in secrets.half_written_files() {
        let fix = format!("delete '{}'", file.display());
        checks.push(Check::bad(
            "leftover",
            "a file was left half written by a process that was killed",
            vec![fix],
        ));
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
        checks.push(Check::bad("cut off", detail, vec![unfinished.remedy(), done]));
    }
}

fn print(session: &Session, check: &Check) -> Result<(), Failure> {
    let Check { subject, ok, detail, fixes } = check;
    if session.ui.json() {
        return session.ui.object(&Line { kind: "check", subject, ok: *ok, detail, fixes });
    }
    let style = session.ui.out_style();
    let mark = if *ok { style.good("✓") } else { style.bad("✗") };
    session.ui.line(&format!("{mark} {:<16} {}", sanitize::text(subject), sanitize::text(detail)))?;
    for fix in fixes {
        session.ui.line(&format!("  {} {}", style.accent("fix:"), sanitize::text(fix)))?;
    }
    Ok(())
}
