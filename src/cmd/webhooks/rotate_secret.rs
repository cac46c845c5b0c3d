//! `gwh webhooks rotate-secret`.

use clap::Args;
use serde::Serialize;

use super::find::find;
use super::secret::{self, Granted};
use crate::error::{Exit, Failure};
use crate::gemini::{Revocation, Webhook};
use crate::runtime;
use crate::secrets::Backend;
use crate::session::Session;
use crate::ui::sanitize;

/// Make a new signing secret for a webhook and store it
///
/// With after-24h the previous secret goes on signing beside the new one for a day, and stays stored until
/// then, so that no delivery is refused while the new one reaches every handler. With immediately it stops at
/// once.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  gwh webhooks rotate-secret prod
  gwh webhooks rotate-secret prod --revoke immediately")]
pub struct RotateSecret {
    /// The webhook's id, or its name where only one has it
    #[arg(value_name = "ID|NAME")]
    webhook: String,
    /// When the previous secret stops signing: after-24h or immediately
    #[arg(long, value_name = "WHEN", default_value = "after-24h", value_parser = Revocation::parse)]
    revoke: Revocation,
    /// Print the secret, alone on stdout
    #[arg(long)]
    print_secret: bool,
}

#[derive(Serialize)]
struct Rotated<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    id: &'a str,
    name: Option<&'a str>,
    revocation_behavior: &'static str,
    truncated_secret: String,
    secret_store: Option<Backend>,
    #[serde(skip_serializing_if = "Option::is_none")]
    new_signing_secret: Option<&'a str>,
}

/// Rotates the secret.
///
/// # Errors
/// Kind `Configuration` where there is no key or the secret cannot be stored, `Remote` where the API
/// refuses or its answer is lost.
pub fn run(args: &RotateSecret, session: &Session) -> Result<Exit, Failure> {
    let api = session.api()?;
    let secrets = session.webhook_secrets()?;
    let (webhook, granted) = runtime::block_on(async {
        let webhook = find(&api, &args.webhook).await?;
        let granted = secret::rotate(session, &api, &secrets, &webhook, args.revoke).await?;
        Ok((webhook, granted))
    })?;
    let printed = print(args, session, &webhook, &granted);
    granted.end(printed)
}

fn print(
    args: &RotateSecret,
    session: &Session,
    webhook: &Webhook,
    granted: &Granted,
) -> Result<(), Failure> {
    let ui = &session.ui;
    let name = sanitize::text(webhook.label());
    let exposed = args.print_secret.then(|| granted.secret.expose());
    let until = match args.revoke {
        Revocation::AfterADay => "the previous secret signs for another 24 hours",
        Revocation::Immediately => "the previous secret no longer signs",
    };
    if ui.json() {
        return ui.object(&Rotated {
            kind: "rotated_secret",
            id: &webhook.id,
            name: webhook.name.as_deref(),
            revocation_behavior: args.revoke.as_str(),
            truncated_secret: granted.secret.truncated(),
            secret_store: granted.backend(),
            new_signing_secret: exposed,
        });
    }
    if let Some(secret) = exposed {
        ui.note(&format!("rotated the secret of {name}; {until}"));
        return ui.line(secret);
    }
    let place = granted.backend().map(|backend| format!(", in {backend}")).unwrap_or_default();
    let tick = ui.out_style().good("✓");
    ui.line(&format!("{tick} rotated the secret of {name}: {}{place}; {until}", granted.secret.truncated()))
}
