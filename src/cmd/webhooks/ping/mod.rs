//! `gwh webhooks ping`.

mod arrival;

use std::time::Duration;

use clap::Args;
use serde::Serialize;

use self::arrival::{Seen, Watch};
use super::find::find;
use crate::error::{Exit, Failure, Kind};
use crate::gemini::Webhook;
use crate::runtime;
use crate::session::Session;
use crate::ui::sanitize;
use crate::units;

const HELP: &str = "\
With --wait, a running gwh listen of the same profile and machine must verify a delivery with the \
webhook's secret after the ping was asked for. What a ping delivers is not documented, so nothing is \
expected of it: any verified delivery of this webhook counts, also one that happens to come meanwhile.

Examples:
  gwh webhooks ping prod
  gwh webhooks ping prod --wait --timeout 1m

Exit codes with --wait: 0 when a listener saw it; 1 when none did in time; 3, before anything is \
sent, when no gwh listen runs.

With --json it prints {\"type\":\"ping\",\"id\",\"name\",\"uri\"}, and with --wait besides \"listener\", the URL \
of the one that saw it, and \"waited_ms\", the time from the service's answer.";

/// Ask the service to send a test delivery to a webhook
///
/// The service answers at once, even where the URI cannot be reached: whether the delivery arrived is seen
/// where it should arrive, for example with gwh listen behind the webhook's URI; --wait looks there.
#[derive(Debug, Args)]
#[command(after_help = HELP)]
pub struct Ping {
    /// The webhook's id, or its name where only one has it
    #[arg(value_name = "ID|NAME")]
    webhook: String,
    /// Wait until a running gwh listen has verified a delivery of the webhook
    #[arg(long)]
    wait: bool,
    /// How long to wait
    #[arg(long, value_name = "DURATION", default_value = "30s", requires = "wait", value_parser = units::duration)]
    timeout: Duration,
}

#[derive(Serialize)]
struct Pinged<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    id: &'a str,
    name: Option<&'a str>,
    uri: &'a str,
    #[serde(flatten)]
    seen: Option<Seen>,
}

/// Sends the ping, and with `--wait` waits for it.
///
/// # Errors
/// As `get`; with `--wait` also kind `Configuration` where no listener runs, `Negative` where none saw it
/// in time, `Interrupted` on Ctrl-C.
pub fn run(args: &Ping, session: &Session) -> Result<Exit, Failure> {
    let api = session.api()?;
    let (webhook, seen) = runtime::block_on(async {
        let watch = if args.wait { Some(Watch::start(session).await?) } else { None };
        let webhook = find(&api, &args.webhook).await?;
        let before = match &watch {
            Some(watch) => Some((watch, watch.expect(session, &webhook).await?)),
            None => None,
        };
        let task = format!("ping webhook {}", webhook.label());
        api.ping(&webhook.id).await.map_err(|error| error.into_failure(&task))?;
        let Some((watch, expected)) = before else { return Ok((webhook, None)) };
        session.ui.note("asked for a ping; waiting for a gwh listen to verify it");
        let seen = tokio::select! {
            seen = watch.until_seen(expected, &webhook, args.timeout) => seen?,
            () = session.shutdown.requested() => return Err(Failure::new(Kind::Interrupted, "stopped")),
        };
        Ok((webhook, Some(seen)))
    })?;
    report(&webhook, seen, session)
}

fn report(webhook: &Webhook, seen: Option<Seen>, session: &Session) -> Result<Exit, Failure> {
    let ui = &session.ui;
    if ui.json() {
        let name = webhook.name.as_deref();
        ui.object(&Pinged { kind: "ping", id: &webhook.id, name, uri: &webhook.uri, seen })?;
        return Ok(Exit::Done);
    }
    let tick = ui.out_style().good("✓");
    let (label, uri) = (sanitize::text(webhook.label()), sanitize::text(&webhook.uri));
    match seen {
        Some(Seen { listener, waited_ms }) => {
            let listener = sanitize::text(&listener);
            ui.line(&format!(
                "{tick} a ping of {label} to {uri} came to {listener} and verified, after {waited_ms} ms"
            ))?;
        }
        None => {
            ui.line(&format!("{tick} asked for a ping of {label} to {uri}"))?;
            ui.note("the service does not say whether it arrives: look at the endpoint's log, or use --wait with gwh listen");
        }
    }
    Ok(Exit::Done)
}
