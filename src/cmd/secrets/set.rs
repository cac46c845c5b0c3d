//! `gwh secrets set`.

use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use jiff::Timestamp;
use serde::Serialize;
use zeroize::Zeroizing;

use crate::error::{Exit, Failure};
use crate::secrets::{Backend, LOCAL, WebhookRef, WebhookSecrets};
use crate::session::Session;
use crate::signature::Secret;
use crate::ui::{prompt, sanitize};
use crate::units;

/// Store a webhook's signing secret
///
/// The secret is read from stdin, a file or a variable, or asked for on a terminal. It is never an
/// argument: other users could read it there.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  gwh secrets set prod
  pbpaste | gwh secrets set prod
  gwh secrets set 8k2f7d --name prod --secret-file secret.txt
  gwh secrets set prod --keep-previous 24h < new-secret.txt")]
pub struct Set {
    /// The webhook's id or name
    #[arg(value_name = "ID|NAME")]
    webhook: String,
    /// The name of a webhook that is given by its id
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Read the secret from this file, or from stdin for -
    #[arg(long, value_name = "FILE", conflicts_with = "secret_env")]
    secret_file: Option<PathBuf>,
    /// Read the secret from this environment variable
    #[arg(long, value_name = "NAME")]
    secret_env: Option<String>,
    /// Keep the secrets so far valid for this long, as in a rotation
    #[arg(long, value_name = "DURATION", value_parser = units::duration)]
    keep_previous: Option<Duration>,
}

#[derive(Serialize)]
struct Stored<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    name: &'a str,
    id: &'a str,
    truncated: String,
    backend: Backend,
}

/// Stores the secret.
///
/// # Errors
/// Kind `Usage` where no secret is given, `Configuration` where it is malformed or cannot be stored.
pub fn run(args: Set, session: &Session) -> Result<Exit, Failure> {
    let secrets = session.webhook_secrets()?;
    let mut webhook = named(&secrets, &args.webhook)?;
    if let Some(name) = &args.name {
        check_name(name)?;
        webhook.name.clone_from(name);
    }
    let secret = read_secret(&args, session)?;
    let previous_expires = args.keep_previous.map(|length| end(session.timestamp(), length)).transpose()?;
    let backend = secrets.rotate(&webhook, &secret, previous_expires)?;
    report(session, &webhook, Some(&secret), backend)?;
    Ok(Exit::Done)
}

/// The webhook that a secret is stored for: the known one of this id or name, or a new one.
///
/// # Errors
/// Kind `Usage` where the name cannot be one or is not unique.
pub(super) fn named(secrets: &WebhookSecrets, id_or_name: &str) -> Result<WebhookRef, Failure> {
    check_name(id_or_name)?;
    let known = secrets.find(id_or_name)?.map(|stored| stored.webhook);
    Ok(known.unwrap_or_else(|| WebhookRef::new(id_or_name, id_or_name)))
}

fn check_name(name: &str) -> Result<(), Failure> {
    if name.trim().is_empty() {
        return Err(Failure::usage("the webhook's id or name is empty"));
    }
    if name == LOCAL {
        return Err(Failure::usage("local is the name of the test secret, which gwh makes itself")
            .hint("choose another name"));
    }
    Ok(())
}

fn end(now: Timestamp, length: Duration) -> Result<Timestamp, Failure> {
    now.checked_add(length).map_err(|_| Failure::usage("--keep-previous is too long"))
}

/// Says what is stored where: an object under `--json`, else a note.
pub(super) fn report(
    session: &Session,
    webhook: &WebhookRef,
    secret: Option<&Secret>,
    backend: Backend,
) -> Result<(), Failure> {
    let (name, id) = (webhook.name.as_str(), webhook.id.as_str());
    let truncated = secret.map(Secret::truncated).unwrap_or_default();
    if session.ui.json() {
        return session.ui.object(&Stored { kind: "stored", name, id, truncated, backend });
    }
    let name = sanitize::text(name);
    let shown = if truncated.is_empty() { String::new() } else { format!(" {truncated}") };
    session.ui.note(&format!("stored the secret of {name}{shown} in {backend}"));
    Ok(())
}

fn read_secret(args: &Set, session: &Session) -> Result<Secret, Failure> {
    let (text, source) = read_text(args, session)?;
    let mut words = text.split_whitespace();
    let Some(word) = words.next() else {
        return Err(Failure::configuration(format!("{source} holds no secret"))
            .hint("pipe the secret in, or name where it is with --secret-file or --secret-env"));
    };
    if words.next().is_some() {
        return Err(Failure::configuration(format!("{source} holds more than one secret"))
            .hint("store one secret at a time; with --keep-previous those before it stay valid"));
    }
    if word.starts_with("v1,") {
        return Err(Failure::configuration(format!("the secret in {source} begins with v1,"))
            .hint("leave the v1, out: the secret begins with whsec_"));
    }
    if word.starts_with("whsk_") || word.starts_with("whpk_") {
        return Err(Failure::configuration(format!("{source} holds an Ed25519 key, not a signing secret"))
            .hint("a signing secret looks like whsec_ and base64, as the API shows it once"));
    }
    Secret::parse(word).map_err(|error| {
        Failure::configuration(format!("{source} does not hold a signing secret"))
            .because(error)
            .hint("a signing secret looks like whsec_ and base64, as the API shows it once")
    })
}

fn read_text(args: &Set, session: &Session) -> Result<(Zeroizing<String>, String), Failure> {
    if let Some(variable) = &args.secret_env {
        let text = session.env.text(variable).ok_or_else(|| {
            Failure::configuration(format!("--secret-env {variable}: the variable is not set"))
        })?;
        return Ok((Zeroizing::new(text.to_owned()), variable.clone()));
    }
    if args.secret_file.is_none() && session.stdin_is_terminal() {
        if !session.can_ask() {
            return Err(Failure::usage("no secret is given")
                .hint("give it with --secret-file, --secret-env or on stdin"));
        }
        let question = format!("Signing secret of {} (not shown)", sanitize::text(&args.webhook));
        return Ok((prompt::hidden(&question)?, "what was typed".to_owned()));
    }
    read_file(session, args.secret_file.as_deref())
}

/// The text of a file or of stdin, and how it is called.
pub(super) fn read_file(
    session: &Session,
    file: Option<&Path>,
) -> Result<(Zeroizing<String>, String), Failure> {
    let source = match file {
        Some(file) if file != Path::new("-") => file.display().to_string(),
        _ => "stdin".to_owned(),
    };
    let bytes = Zeroizing::new(session.read_input(file)?);
    let text = str::from_utf8(&bytes).map_err(|_| Failure::configuration(format!("{source} is not text")))?;
    Ok((Zeroizing::new(text.to_owned()), source))
}
