//! `gwh webhooks list`.

use clap::Args;

use super::show::{self, Document, Held};
use crate::error::{Exit, Failure};
use crate::gemini::Webhook;
use crate::runtime;
use crate::secrets::{Operation, Unfinished};
use crate::session::Session;
use crate::ui::sanitize;
use crate::ui::table::Table;

/// List the webhooks of the project
///
/// The column SECRET says where this machine keeps the webhook's signing secret, if it has it.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  gwh webhooks list
  gwh webhooks list --json | jq -r 'select(.state != \"enabled\").id'")]
pub struct List {
    /// Ask for this many at a time
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=1000))]
    page_size: Option<u32>,
}

/// Prints the webhooks page by page, as they arrive.
///
/// # Errors
/// Kind `Configuration` without a key, `Remote` where the API cannot be asked.
pub fn run(args: &List, session: &Session) -> Result<Exit, Failure> {
    let api = session.api()?;
    let secrets = session.webhook_secrets()?;
    let unfinished = secrets.unfinished();
    let stored = show::stored(session);
    let mut table = Table::new(&["NAME", "ID", "STATE", "SECRET", "URI", "EVENTS"]);
    let mut count = 0;
    runtime::block_on(async {
        let mut pages = api.pages(args.page_size);
        while let Some(page) = pages.next().await.map_err(|error| error.into_failure("list the webhooks"))? {
            let described: Vec<(&Webhook, Held)> =
                page.iter().map(|webhook| (webhook, Held::of(webhook, &stored))).collect();
            print(session, &mut table, &described, count == 0)?;
            count += page.len();
            warn_of_lost(session, &unfinished, &described);
        }
        Ok(())
    })?;
    if count == 0 {
        session.ui.note("there are no webhooks; gwh webhooks create makes one");
    }
    Ok(Exit::Done)
}

/// Warns about webhooks whose create or rotate was cut off, so that their secret may be lost. A create that
/// left no webhook behind did not happen; one that was tried again may have left several.
fn warn_of_lost(session: &Session, unfinished: &[Unfinished], page: &[(&Webhook, Held)]) {
    for (webhook, _) in page.iter().filter(|(_, held)| held.may_be_lost()) {
        let is_about = |call: &&Unfinished| match call.operation {
            Operation::Create => webhook.name.as_deref().unwrap_or(&webhook.uri) == call.webhook.name,
            Operation::Rotate => webhook.id == call.webhook.id,
        };
        let Some(call) = unfinished.iter().find(is_about) else { continue };
        session.ui.warn(&format!(
            "the {} of {} that began at {} was cut off, and its secret may be lost: run gwh webhooks rotate-secret {}",
            call.operation.name(),
            sanitize::text(webhook.label()),
            call.started_at,
            sanitize::text(&webhook.id)
        ));
    }
}

fn print(
    session: &Session,
    table: &mut Table,
    page: &[(&Webhook, Held)],
    is_first: bool,
) -> Result<(), Failure> {
    let ui = &session.ui;
    if ui.json() {
        return page.iter().try_for_each(|(webhook, held)| ui.object(&Document::new(webhook, *held)));
    }
    let rows = table.fit(&page.iter().map(|(webhook, held)| row(webhook, *held)).collect::<Vec<_>>());
    if is_first && !rows.is_empty() {
        ui.line(&table.heading(ui.out_style()))?;
    }
    for row in &rows {
        ui.line(&table.line(row))?;
    }
    for hint in page.iter().filter_map(|(webhook, _)| show::state_hint(webhook)) {
        ui.note(&hint);
    }
    Ok(())
}

fn row(webhook: &Webhook, held: Held) -> Vec<String> {
    vec![
        webhook.name.clone().filter(|name| !name.is_empty()).unwrap_or_else(|| "-".to_owned()),
        webhook.id.clone(),
        show::state_word(&webhook.state),
        held.word(),
        webhook.uri.clone(),
        webhook.subscribed_events.join(","),
    ]
}
