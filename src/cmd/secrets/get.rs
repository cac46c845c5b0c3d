//! `gwh secrets get`.

use clap::Args;

use crate::error::{Exit, Failure};
use crate::secrets::{KeptSecret, LOCAL};
use crate::session::Session;

/// Print a signing secret and nothing else
///
/// Without --all it is the newest one. The secret local is the test secret that gwh trigger signs with and
/// gwh listen verifies with when nothing else is configured.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  WEBHOOK_SIGNING_SECRET=$(gwh secrets get local) npm start")]
pub struct Get {
    /// The webhook's id or name, or local
    #[arg(value_name = "ID|NAME", default_value = LOCAL)]
    name: String,
    /// Print every secret that is live during a rotation, newest first, one a line
    #[arg(long)]
    all: bool,
}

/// Prints the secret.
///
/// # Errors
/// Kind `Configuration` where there is no such secret or it cannot be read.
pub fn run(args: Get, session: &Session) -> Result<Exit, Failure> {
    if args.name == LOCAL {
        let named = session.local_identity()?.secret()?;
        session.ui.line(named.secret.expose())?;
        return Ok(Exit::Done);
    }
    for kept in live(session, &args.name)?.iter().take(if args.all { usize::MAX } else { 1 }) {
        session.ui.line(kept.secret.expose())?;
    }
    Ok(Exit::Done)
}

/// The live secrets of a webhook, newest first; at least one.
pub(super) fn live(session: &Session, id_or_name: &str) -> Result<Vec<KeptSecret>, Failure> {
    let secrets = session.webhook_secrets()?;
    let stored = secrets.require(id_or_name)?;
    let mut kept = secrets.secrets_of(&stored)?;
    kept.retain(|kept| kept.is_live(session.timestamp()));
    if kept.is_empty() {
        let message = format!("no live secret of webhook {id_or_name:?} is in {}", stored.backend);
        return Err(Failure::configuration(message)
            .hint(format!("run gwh secrets set {id_or_name} to store it again")));
    }
    Ok(kept)
}
