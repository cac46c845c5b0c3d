//! `gwh webhooks apply`.

mod manifest;
mod plan;

use std::path::{Path, PathBuf};
use std::pin::pin;

use clap::Args;

use self::manifest::Declared;
use self::plan::{Step, plan};
use super::{change, delete, events, secret};
use crate::cmd::endpoint;
use crate::error::{Exit, Failure, Kind};
use crate::gemini::{Api, Change, Webhook};
use crate::runtime;
use crate::secrets::WebhookSecrets;
use crate::session::Session;
use crate::ui::{Style, prompt, sanitize};

const EXAMPLE: &str = "\
Examples:
  gwh webhooks apply --dry-run
  gwh webhooks apply -f production.toml --prune --yes

A file:
  [[webhook]]
  name = \"prod\"
  uri = \"https://example.com/webhook\"
  events = [\"batch.succeeded\", \"batch.failed\"]
  state = \"enabled\"     # may be left out: the state then stays as it is";

/// Bring the project's webhooks to the state that a file declares
///
/// The name identifies a webhook. Those that the file does not declare stay, unless --prune deletes them.
/// Applying a file a second time changes nothing.
#[derive(Debug, Args)]
#[command(after_help = EXAMPLE)]
pub struct Apply {
    /// The file, or - for stdin
    #[arg(short, long, value_name = "FILE", default_value = "webhooks.toml")]
    file: PathBuf,
    /// Show what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
    /// Delete webhooks that the file does not declare
    #[arg(long)]
    prune: bool,
    /// Do not ask before deleting
    #[arg(short, long)]
    yes: bool,
}

/// Applies the file.
///
/// # Errors
/// Kind `Usage` where the file is malformed or nobody can confirm a deletion, `Configuration` where it cannot
/// be read, there is no key or a secret could not be stored, `Remote` where the API refuses.
pub fn run(args: &Apply, session: &Session) -> Result<Exit, Failure> {
    let declared = read(args, session)?;
    let api = session.api()?;
    let existing = runtime::block_on(async {
        api.all().await.map_err(|error| error.into_failure("list the webhooks"))
    })?;
    let steps = plan(&declared, &existing, args.prune).map_err(|ambiguous| {
        Failure::usage(format!("{} webhooks are named {}", ambiguous.ids.len(), ambiguous.name)).hint(
            format!(
                "rename or delete all but one of {} with gwh webhooks update or delete",
                ambiguous.ids.join(", ")
            ),
        )
    })?;
    if args.dry_run {
        for step in &steps {
            print(session, step, None, false)?;
        }
        summarise(session, &steps, "to do:");
        return Ok(Exit::Done);
    }
    confirm(args, session, &steps)?;
    let secrets = session.webhook_secrets()?;
    let printed = runtime::block_on(carry_out_all(session, &api, &secrets, &steps))?;
    summarise(session, &steps, "done:");
    printed.map(|()| Exit::Done)
}

/// Does all the steps. Also answers whether they could be printed: what is declared is brought about although nobody
/// reads on.
async fn carry_out_all(
    session: &Session,
    api: &Api,
    secrets: &WebhookSecrets,
    steps: &[Step],
) -> Result<Result<(), Failure>, Failure> {
    // A create takes over the signals, and leaves their handlers behind: from then on each step has to heed them.
    let mut stopped = pin!(session.shutdown.armed().await);
    let mut printed = Ok(());
    for step in steps {
        let stop = || {
            Failure::new(Kind::Interrupted, format!("stopped at {}", step.name()))
                .hint("run the command again to go on from here")
        };
        let made = match step {
            Step::Create(new, state) => {
                let (webhook, granted) = secret::create(session, api, secrets, new).await?;
                let is_interrupted = granted.was_interrupted();
                let set = async {
                    let Some(state) = state else { return Ok(()) };
                    let change = Change { state: Some(state.clone()), ..Change::default() };
                    change::send(session, api, &webhook, &change).await.map(drop)
                };
                let rest = if is_interrupted {
                    Err(Failure::new(Kind::Interrupted, format!("stopped after {}", step.name())))
                } else {
                    tokio::select! {
                        biased;
                        rest = set => rest,
                        () = &mut stopped => Err(stop()),
                    }
                };
                if rest.is_ok() || is_interrupted {
                    printed = printed.and_then(|()| print(session, step, Some(&webhook), true));
                }
                tell_both(
                    session,
                    granted,
                    rest.map_err(|failure| {
                        failure.hint(format!(
                            "{} was created: run the command again to go on from here",
                            step.name()
                        ))
                    }),
                )?;
                continue;
            }
            Step::Update(..) | Step::Delete(_) | Step::Keep(_) | Step::Ignore(_) => {
                carry_out(session, api, step)
            }
        };
        tokio::select! {
            biased;
            done = made => done?,
            () = &mut stopped => return Err(stop()),
        }
        printed = printed.and_then(|()| print(session, step, None, true));
    }
    Ok(printed)
}

/// Whether a webhook that was made is whole: what became of its secret counts more than what came after.
fn tell_both(session: &Session, granted: secret::Granted, rest: Result<(), Failure>) -> Result<(), Failure> {
    let Some(failure) = granted.into_failure() else { return rest };
    if let Err(after) = rest {
        session.ui.warn(&sanitize::text(&after.to_string()));
    }
    Err(failure)
}

fn read(args: &Apply, session: &Session) -> Result<Vec<Declared>, Failure> {
    let file = if args.file == Path::new("-") { "stdin".to_owned() } else { args.file.display().to_string() };
    let bytes = session.read_input(Some(&args.file)).map_err(|failure| {
        failure.hint("name the file with -f; gwh webhooks apply --help shows what one looks like")
    })?;
    let text = String::from_utf8(bytes).map_err(|_| Failure::usage(format!("{file} is not text")))?;
    let mut declared = manifest::parse(&text, &file)?;
    for one in &mut declared {
        let place = |key: &str| format!("{file} line {}: {key}", one.line);
        endpoint::checked(session, &one.uri, &place("uri"))?;
        one.events = events::checked(session, &one.events, &place("events"))?;
    }
    Ok(declared)
}

/// Asks before anything is done whether what is not declared may go.
fn confirm(args: &Apply, session: &Session, steps: &[Step]) -> Result<(), Failure> {
    let doomed: Vec<&str> =
        steps.iter().filter(|step| matches!(step, Step::Delete(_))).map(Step::name).collect();
    if doomed.is_empty() || args.yes {
        return Ok(());
    }
    if !session.can_ask() {
        return Err(Failure::usage(format!("--prune would delete {}, which needs --yes", doomed.join(", ")))
            .hint("run it with --dry-run to see everything that would be done"));
    }
    let question = format!("Delete {}?", sanitize::text(&doomed.join(", ")));
    if prompt::confirm(&question)? { Ok(()) } else { Err(Failure::negative("nothing was changed")) }
}

/// Does a step that makes no webhook.
async fn carry_out(session: &Session, api: &Api, step: &Step) -> Result<(), Failure> {
    match step {
        Step::Update(webhook, _, change) => change::send(session, api, webhook, change).await.map(drop),
        Step::Delete(webhook) => delete::delete(session, api, webhook).await.map(drop),
        Step::Create(..) | Step::Keep(_) | Step::Ignore(_) => Ok(()),
    }
}

fn print(session: &Session, step: &Step, created: Option<&Webhook>, applied: bool) -> Result<(), Failure> {
    let ui = &session.ui;
    if ui.json() {
        // What needed nothing was not applied either.
        let applied = applied && matches!(step, Step::Create(..) | Step::Update(..) | Step::Delete(_));
        return ui.object(&step.document(created, applied));
    }
    let style = ui.out_style();
    let id =
        created.or(step.webhook()).map(|webhook| format!("  {}", style.dim(sanitize::text(&webhook.id))));
    let head = format!("{} {:<9}  {}", step.sign(), step.action(), sanitize::text(step.name()));
    ui.line(&format!("{}{}", painted(step, &head, style), id.unwrap_or_default()))?;
    step.differences().iter().try_for_each(|difference| ui.line(&format!("    {}", difference.line())))
}

fn painted(step: &Step, text: &str, style: Style) -> String {
    match step {
        Step::Create(..) => style.good(text),
        Step::Update(..) => style.warning(text),
        Step::Delete(_) => style.bad(text),
        Step::Keep(_) | Step::Ignore(_) => style.dim(text),
    }
}

fn summarise(session: &Session, steps: &[Step], lead: &str) {
    let count = |action: &str| steps.iter().filter(|step| step.action() == action).count();
    let parts: Vec<String> = ["create", "update", "delete", "unchanged", "unmanaged"]
        .into_iter()
        .filter(|action| count(action) > 0)
        .map(|action| format!("{} {action}", count(action)))
        .collect();
    let parts = if parts.is_empty() { "nothing is declared".to_owned() } else { parts.join(", ") };
    session.ui.note(&format!("{lead} {parts}"));
}
