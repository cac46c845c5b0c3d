//! `gwh secrets exec`.

use std::ffi::OsString;
use std::process::Command;

use clap::Args;
use zeroize::Zeroizing;

use super::get;
use crate::env;
use crate::error::{Exit, Failure};
use crate::secrets::{LOCAL, WebhookSecrets};
use crate::session::Session;

/// Run a command with a signing secret in its environment
///
/// The secret is in WEBHOOK_SIGNING_SECRET of that command alone: in no file and no argument. Without
/// --webhook it is the secret of the only stored webhook, or the local test secret where none is stored.
/// Signals and the exit code are the command's own.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  gwh secrets exec --webhook prod -- npm start")]
pub struct Exec {
    /// Whose secret: a webhook's id or name, or local
    #[arg(long, value_name = "ID|NAME")]
    webhook: Option<String>,
    /// The command and its arguments
    #[arg(last = true, required = true, value_name = "COMMAND")]
    command: Vec<OsString>,
}

/// Runs the command; where the system can, in place of this process, so that nothing of it remains.
///
/// # Errors
/// Kind `Usage` where several secrets could be meant, `Configuration` where there is none or the command
/// cannot be run.
pub fn run(args: Exec, session: &Session) -> Result<Exit, Failure> {
    let secret = secret(&args, session)?;
    let Some((program, arguments)) = args.command.split_first() else {
        return Err(Failure::usage("no command is given"));
    };
    let mut command = Command::new(program);
    command.args(arguments).env(env::WEBHOOK_SIGNING_SECRET, secret.as_str());
    execute(command).map_err(|error| {
        Failure::configuration(format!("cannot run {}", program.to_string_lossy())).because(error)
    })
}

fn secret(args: &Exec, session: &Session) -> Result<Zeroizing<String>, Failure> {
    let webhook = match &args.webhook {
        Some(webhook) => webhook.clone(),
        None => only_webhook(session)?,
    };
    if webhook == LOCAL {
        return Ok(Zeroizing::new(session.local_identity()?.secret()?.secret.expose().to_owned()));
    }
    // Handlers take one secret. While a rotation lasts, deliveries carry a signature of the newest, too.
    let newest = get::live(session, &webhook)?.into_iter().next();
    newest
        .map(|kept| Zeroizing::new(kept.secret.expose().to_owned()))
        .ok_or_else(|| Failure::bug("a list that is not empty has no first secret"))
}

fn only_webhook(session: &Session) -> Result<String, Failure> {
    let mut stored = WebhookSecrets::open(session)?.list()?;
    if stored.len() > 1 {
        let names: Vec<&str> = stored.iter().map(|stored| stored.webhook.name.as_str()).collect();
        return Err(Failure::usage(format!("secrets of {} webhooks are stored", stored.len()))
            .hint(format!("say which with --webhook: {LOCAL}, {}", names.join(", "))));
    }
    Ok(stored.pop().map_or_else(|| LOCAL.to_owned(), |stored| stored.webhook.id))
}

#[cfg(unix)]
fn execute(mut command: Command) -> Result<Exit, std::io::Error> {
    // This only comes back when it fails.
    Err(std::os::unix::process::CommandExt::exec(&mut command))
}

/// Ctrl-C reaches the command by itself here, since both have the same console; this process must only
/// outlive it. An exit code above 255 has no place in ours and ends as 1.
#[cfg(not(unix))]
fn execute(mut command: Command) -> Result<Exit, std::io::Error> {
    let mut child = command.spawn()?;
    // A handler, once set, takes the place of the default for the rest of the process.
    let handled = crate::runtime::block_on(async { Ok(tokio::signal::windows::ctrl_c().map(drop)) });
    drop(handled);
    let status = child.wait()?;
    Ok(Exit::Child(status.code().and_then(|code| u8::try_from(code).ok()).unwrap_or(1)))
}
