//! `gwh doctor`: everything between an API key and a handler, checked.
//!
//! `api` asks the API once and reads its clock, `webhooks` holds what it lists against the secrets here,
//! `handler` sends one delivery that nobody signed. The secret store is checked as in `gwh secrets doctor`.

mod api;
mod handler;
mod webhooks;

use clap::Args;

use crate::cmd::checks::Findings;
use crate::cmd::secrets::doctor;
use crate::deliver::Target;
use crate::error::{Exit, Failure};
use crate::session::Session;

/// Check key, API, clock, secrets, webhooks and handler, with fixes
///
/// Asks the API for the list of webhooks and changes nothing there. The secret store is written to, read
/// back and cleaned, as gwh secrets doctor does it. A handler, where one is named, is sent one sample event that is
/// not signed: one that takes it acts on it.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  gwh doctor
  gwh doctor --to 3000/webhook
  gwh doctor --json | jq -r 'select(.ok | not) | .fixes[]'

Exit codes:
  0    all is well
  1    something needs a hand
  3    the settings cannot be read, or there is no place for data

With --json each finding is one object:
  {\"type\":\"check\",\"subject\",\"ok\",\"detail\",\"fixes\":[…]}")]
pub struct Doctor {
    /// The handler to check: a port, host:port, /path or URL [env: GWH_TO]
    #[arg(long, value_name = "URL", value_parser = Target::parse)]
    to: Option<Target>,
}

/// Checks, prints each finding when it is known, and answers whether all is well.
///
/// # Errors
/// Kind `Configuration` where the environment does not say where data belongs.
pub fn run(args: Doctor, session: &Session) -> Result<Exit, Failure> {
    let secrets = session.webhook_secrets()?;
    let mut findings = Findings::new(session);
    let listed = api::check(session, &secrets, &mut findings)?;
    let stored = doctor::check_stores(session, &secrets, &mut findings)?;
    if stored.is_some() {
        doctor::check_leftovers(&secrets, &mut findings)?;
    }
    doctor::check_permissions(&secrets, &mut findings)?;
    match listed {
        Some(listed) => webhooks::check(session, &secrets, &listed, stored.as_deref(), &mut findings)?,
        None => doctor::check_webhooks(&secrets, stored.as_deref().unwrap_or_default(), &mut findings)?,
    }
    if !handler::check(args.to.as_ref(), session, &mut findings)? {
        session.ui.note("give --to URL to check a handler, too");
    }
    Ok(findings.exit())
}
