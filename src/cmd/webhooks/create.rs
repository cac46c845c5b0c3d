//! `gwh webhooks create`.

use clap::Args;

use super::events;
use super::secret::{self, Granted};
use super::show::{self, Document, Held};
use crate::cmd::endpoint;
use crate::cmd::event_name::EventName;
use crate::error::{Exit, Failure};
use crate::event::catalog::{CATALOG, Support};
use crate::gemini::{NewWebhook, Webhook};
use crate::runtime;
use crate::session::Session;
use crate::ui::{prompt, sanitize};

/// Create a webhook and store its signing secret
///
/// The API shows the secret only this once. The secret store is proved writable before the call, and the
/// secret is in it before success is reported; it is not printed unless --print-secret asks for it. At a
/// terminal, what is not given is asked for.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  gwh webhooks create
  gwh webhooks create --name prod --uri https://example.com/webhook --events batch.succeeded")]
pub struct Create {
    /// Where deliveries go
    #[arg(long, value_name = "URL")]
    uri: Option<String>,
    /// The events to deliver, separated by commas
    #[arg(short, long, value_name = "EVENT,…", value_delimiter = ',', value_parser = EventName, hide_possible_values = true)]
    events: Vec<String>,
    /// A name to call it by
    #[arg(short, long, value_name = "NAME")]
    name: Option<String>,
    /// Print the secret, alone on stdout
    #[arg(long)]
    print_secret: bool,
}

/// Creates the webhook.
///
/// # Errors
/// Kind `Usage` where flags are missing or malformed, `Configuration` where there is no key or the secret
/// cannot be stored, `Remote` where the API refuses or its answer is lost.
pub fn run(args: Create, session: &Session) -> Result<Exit, Failure> {
    let print_secret = args.print_secret;
    // Whoever is missing a key is told so before being asked anything.
    let needs_answers = args.uri.is_none() || args.events.is_empty();
    if needs_answers && !session.can_ask() {
        return Err(missing_flags(&args));
    }
    let api = session.api()?;
    let new = if needs_answers { asked(args)? } else { given(args) };
    let new = checked(new, session)?;
    let secrets = session.webhook_secrets()?;
    let (webhook, granted) = runtime::block_on(secret::create(session, &api, &secrets, &new))?;
    let printed = print(session, &webhook, &granted, print_secret);
    granted.end(printed)
}

fn missing_flags(args: &Create) -> Failure {
    let mut missing = Vec::new();
    if args.uri.is_none() {
        missing.push("--uri");
    }
    if args.events.is_empty() {
        missing.push("--events");
    }
    Failure::usage(format!("missing {}; without a terminal nothing is asked for", missing.join(" and ")))
        .hint("for example: gwh webhooks create --uri https://example.com/webhook --events batch.succeeded --name prod")
        .hint("run gwh trigger --list to see the events")
}

fn given(args: Create) -> NewWebhook {
    let uri = args.uri.unwrap_or_default().trim().to_owned();
    NewWebhook { name: args.name, uri, subscribed_events: args.events }
}

/// The flags, with questions for those that were not given.
fn asked(args: Create) -> Result<NewWebhook, Failure> {
    let uri = match args.uri {
        Some(uri) => uri,
        None => prompt::input("Where do deliveries go? (https://…)", None, |text| {
            endpoint::check(text).map(drop).map_err(|error| error.to_string())
        })?,
    };
    let subscribed_events = if args.events.is_empty() { asked_events()? } else { args.events };
    let name = match args.name {
        Some(name) => name,
        None => prompt::input("What is it called?", Some("webhook"), |text| {
            if text.is_empty() { Err("a name is what other commands find it by".to_owned()) } else { Ok(()) }
        })?,
    };
    Ok(NewWebhook { name: Some(name), uri: uri.trim().to_owned(), subscribed_events })
}

fn asked_events() -> Result<Vec<String>, Failure> {
    let events: Vec<_> = CATALOG.iter().filter(|event| event.support == Support::Live).collect();
    let items: Vec<_> = events.iter().map(|event| (event.name, event.about)).collect();
    let chosen = prompt::multi_select("Which events?", &items)?;
    Ok(chosen.into_iter().map(|index| events[index].name.to_owned()).collect())
}

fn checked(new: NewWebhook, session: &Session) -> Result<NewWebhook, Failure> {
    endpoint::checked(session, &new.uri, "--uri")?;
    let subscribed_events = events::checked(session, &new.subscribed_events, "--events")?;
    let name = new.name.filter(|name| !name.is_empty());
    Ok(NewWebhook { name, subscribed_events, ..new })
}

fn print(session: &Session, webhook: &Webhook, granted: &Granted, print_secret: bool) -> Result<(), Failure> {
    let ui = &session.ui;
    let held = granted.backend().map_or(Held::Nothing, Held::Current);
    if ui.json() || !print_secret {
        let title =
            format!("{} created {}", ui.out_style().good("✓"), show::heading(webhook, ui.out_style()));
        let mut document = Document::new(webhook, held);
        document.new_signing_secret = print_secret.then(|| granted.secret.expose());
        return show::print(session, &title, &document, held);
    }
    ui.note(&format!("created {} ({})", sanitize::text(webhook.label()), sanitize::text(&webhook.id)));
    ui.line(granted.secret.expose())
}
