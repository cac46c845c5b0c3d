//! `gwh webhooks update`.

use clap::Args;

use super::change::{self, Difference, Wanted};
use super::events;
use super::find::find;
use super::show::{self, Document, Held};
use crate::cmd::endpoint;
use crate::cmd::event_name::EventName;
use crate::error::{Exit, Failure};
use crate::gemini::{Api, Webhook};
use crate::runtime;
use crate::session::Session;
use crate::ui::sanitize;

/// Change a webhook's URI, name or events
///
/// The webhook is read first, and only what differs is sent.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  gwh webhooks update prod --add-event video.generated --remove-event batch.expired
  gwh webhooks update prod --uri https://example.com/v2/webhook")]
pub struct Update {
    /// The webhook's id, or its name where only one has it
    #[arg(value_name = "ID|NAME")]
    webhook: String,
    /// Where deliveries go from now on
    #[arg(long, value_name = "URL")]
    uri: Option<String>,
    /// The name from now on
    #[arg(short, long, value_name = "NAME")]
    name: Option<String>,
    /// All the events to deliver from now on, separated by commas
    #[arg(short, long, value_name = "EVENT,…", value_delimiter = ',', value_parser = EventName, hide_possible_values = true, conflicts_with_all = ["add_event", "remove_event"])]
    events: Vec<String>,
    /// Events to deliver, too
    #[arg(long, value_name = "EVENT,…", value_delimiter = ',', value_parser = EventName, hide_possible_values = true)]
    add_event: Vec<String>,
    /// Events not to deliver any more
    #[arg(long, value_name = "EVENT,…", value_delimiter = ',', value_parser = EventName, hide_possible_values = true)]
    remove_event: Vec<String>,
}

/// Updates the webhook.
///
/// # Errors
/// Kind `Usage` where no change is named or one is malformed; else as `get`.
pub fn run(args: &Update, session: &Session) -> Result<Exit, Failure> {
    let is_empty = args.uri.is_none()
        && args.name.is_none()
        && [&args.events, &args.add_event, &args.remove_event].into_iter().all(Vec::is_empty);
    if is_empty {
        return Err(Failure::usage("nothing is named to change")
            .hint("give --uri, --name, --events, --add-event or --remove-event")
            .hint("gwh webhooks enable and disable change the state"));
    }
    if args.name.as_deref().is_some_and(|name| name.trim().is_empty()) {
        return Err(Failure::usage("--name may not be empty"));
    }
    if let Some(uri) = &args.uri {
        endpoint::checked(session, uri, "--uri")?;
    }
    let replaced = events::checked(session, &args.events, "--events")?;
    let added = events::checked(session, &args.add_event, "--add-event")?;
    let api = session.api()?;
    runtime::block_on(async {
        let webhook = find(&api, &args.webhook).await?;
        let wanted = Wanted {
            name: args.name.clone(),
            uri: args.uri.clone(),
            events: wanted_events(args, session, &webhook, replaced, added)?,
            state: None,
        };
        apply(session, &api, webhook, &wanted).await
    })
}

/// The events to be, or nothing where they are to stay.
fn wanted_events(
    args: &Update,
    session: &Session,
    webhook: &Webhook,
    replaced: Vec<String>,
    added: Vec<String>,
) -> Result<Option<Vec<String>>, Failure> {
    if !replaced.is_empty() {
        return Ok(Some(replaced));
    }
    if args.add_event.is_empty() && args.remove_event.is_empty() {
        return Ok(None);
    }
    let mut events = webhook.subscribed_events.clone();
    for event in &args.remove_event {
        let before = events.len();
        events.retain(|known| known != event.trim());
        if events.len() == before {
            let name = sanitize::text(webhook.label());
            session.ui.warn(&format!("{name} is not subscribed to {}", sanitize::text(event)));
        }
    }
    for event in added {
        if !events.contains(&event) {
            events.push(event);
        }
    }
    if events.is_empty() {
        return Err(Failure::usage(format!("that would leave {} without any event", webhook.label()))
            .hint(format!("run gwh webhooks disable {} to stop its deliveries", webhook.id)));
    }
    Ok(Some(events))
}

/// Brings a webhook to what is wanted and says what changed.
///
/// # Errors
/// Kind `Remote` where the API refuses.
pub(super) async fn apply(
    session: &Session,
    api: &Api,
    webhook: Webhook,
    wanted: &Wanted,
) -> Result<Exit, Failure> {
    let (differences, change) = change::differences(&webhook, wanted);
    let webhook =
        if change.is_empty() { webhook } else { change::send(session, api, &webhook, &change).await? };
    report(session, &webhook, &differences)?;
    Ok(Exit::Done)
}

fn report(session: &Session, webhook: &Webhook, differences: &[Difference]) -> Result<(), Failure> {
    let ui = &session.ui;
    if ui.json() {
        let mut document = Document::new(webhook, Held::of(webhook, &show::stored(session)));
        document.changed = Some(differences.iter().map(|difference| difference.field).collect());
        return ui.object(&document);
    }
    let heading = show::heading(webhook, ui.out_style());
    if differences.is_empty() {
        return ui.line(&format!("{heading}  is that way already; nothing was sent"));
    }
    ui.line(&format!("{} updated {heading}", ui.out_style().good("✓")))?;
    differences.iter().try_for_each(|difference| ui.line(&format!("  {}", difference.line())))
}
