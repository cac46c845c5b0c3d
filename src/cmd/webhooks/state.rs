//! `gwh webhooks enable` and `gwh webhooks disable`.

use clap::Args;

use super::change::Wanted;
use super::find::find;
use super::update;
use crate::error::{Exit, Failure};
use crate::gemini::{Api, State};
use crate::runtime;
use crate::session::Session;

/// Turn a webhook's deliveries on, also after the service turned them off
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  gwh webhooks enable prod")]
pub struct Enable {
    /// The webhook's id, or its name where only one has it
    #[arg(value_name = "ID|NAME")]
    webhook: String,
}

/// Turn a webhook's deliveries off; events that happen meanwhile are not delivered
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  gwh webhooks disable prod")]
pub struct Disable {
    /// The webhook's id, or its name where only one has it
    #[arg(value_name = "ID|NAME")]
    webhook: String,
}

/// Enables the webhook.
///
/// # Errors
/// As `get`.
pub fn enable(args: &Enable, session: &Session) -> Result<Exit, Failure> {
    change(&args.webhook, State::Enabled, session)
}

/// Disables the webhook.
///
/// # Errors
/// As `get`.
pub fn disable(args: &Disable, session: &Session) -> Result<Exit, Failure> {
    change(&args.webhook, State::Disabled, session)
}

fn change(wanted: &str, state: State, session: &Session) -> Result<Exit, Failure> {
    let api = Api::of(session)?;
    runtime::block_on(async {
        let webhook = find(&api, wanted).await?;
        update::apply(session, &api, webhook, &Wanted { state: Some(state), ..Wanted::default() }).await
    })
}
