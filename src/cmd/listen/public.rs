//! `--public-url`: a static webhook that lives as long as `listen` does.
//!
//! Its name is like no other, and is on the disk before the webhook is at the API: where this process is killed, the
//! next one finds the webhook by it. Its secret is kept like any other's, until the webhook is deleted.

use std::convert::Infallible;
use std::future::pending;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;

use super::args::Listen;
use super::intake::Desk;
use super::queue::{Item, Queue};
use crate::cmd::endpoint;
use crate::cmd::webhooks::{delete, secret};
use crate::error::{Failure, Kind};
use crate::event::Filter;
use crate::event::catalog::{self, CATALOG, Support};
use crate::files::Mark;
use crate::gemini::{Api, NewWebhook, Webhook};
use crate::hex;
use crate::listeners::{LeftBehind, Temporary};
use crate::secrets::WebhookRef;
use crate::session::Session;
use crate::ui::sanitize;

/// How long a ping may take to arrive before that is said.
const ARRIVAL: Duration = Duration::from_secs(15);

/// The webhook that is wanted.
pub(super) struct Plan {
    /// A name that no other has.
    name: String,
    uri: String,
    subscribed_events: Vec<String>,
}

/// The webhook.
pub(super) struct Public {
    api: Arc<Api>,
    pub(super) webhook: Webhook,
    mark: Mark,
}

impl Plan {
    /// What the flags ask for; nothing without `--public-url`.
    ///
    /// # Errors
    /// Kind `Usage` where the URL is malformed or no event is left.
    pub(super) fn of(args: &Listen, session: &Session) -> Result<Option<Self>, Failure> {
        let Some(uri) = &args.public_url else { return Ok(None) };
        endpoint::checked(session, uri, "--public-url")?;
        let subscribed_events = subscribed(&args.events, &args.exclude);
        if subscribed_events.is_empty() {
            return Err(Failure::usage(
                "--events and --exclude leave no event that a webhook can be made for",
            )
            .hint("run gwh trigger --list to see the events"));
        }
        let mut bytes = [0u8; 4];
        session.random.fill(&mut bytes);
        let name = format!("gwh-listen-{}", hex::encode(&bytes));
        Ok(Some(Plan { name, uri: uri.trim().to_owned(), subscribed_events }))
    }

    /// Deletes what killed processes have left behind at the API, and makes the webhook there.
    ///
    /// # Errors
    /// Kind `Configuration` where the mark or the secret cannot be written, `Remote` where the API refuses,
    /// `Interrupted` where stopping is asked for before the call is made.
    pub(super) async fn carry_out(self, api: Arc<Api>, session: &Session) -> Result<Public, Failure> {
        let Plan { name, uri, subscribed_events } = self;
        let folder = session.profile_folder()?;
        tokio::select! {
            cleared = clear(session, &api, &folder) => cleared?,
            () = session.shutdown.requested() => {
                return Err(Failure::new(Kind::Interrupted, "stopped before a webhook was made"));
            }
        }
        let temporary = Temporary { name: name.clone(), api: api.base().to_string() };
        let mark = temporary.mark(&folder).map_err(|error| {
            Failure::configuration(format!("cannot write to {}", folder.display())).because(error)
        })?;
        let new = NewWebhook { name: Some(name), uri, subscribed_events };
        let secrets = session.webhook_secrets()?;
        // Where this fails the mark stays: whether there is a webhook now is for the next run to find out.
        let (webhook, granted) = secret::create(session, &api, &secrets, &new).await?;
        let public = Public { api, webhook, mark };
        if let Some(failure) = granted.into_failure() {
            public.end(session).await;
            return Err(failure);
        }
        Ok(public)
    }
}

impl Public {
    /// Asks for a ping, and says so where nothing has come some time after it.
    pub(super) async fn look_for_ping(&self, url: &str, desk: &Desk, queue: &Queue) -> Infallible {
        let uri = sanitize::text(&self.webhook.uri);
        match self.api.ping(&self.webhook.id).await {
            Ok(()) => {
                sleep(ARRIVAL).await;
                if desk.tally().deliveries() == 0 {
                    queue.push(Item::Warning(format!(
                        "no ping has come from {uri} within {ARRIVAL:?}: it must lead to {url}"
                    )));
                }
            }
            Err(error) => {
                let failure = error.into_failure("ask for a ping").to_string();
                queue.push(Item::Warning(sanitize::text(&failure).into_owned()));
            }
        }
        pending().await
    }

    /// Deletes the webhook and its secret. Where that fails it is said, and left to the next run.
    pub(super) async fn end(self, session: &Session) {
        let Public { api, webhook, mark } = self;
        let deleted = tokio::select! {
            deleted = delete::delete_if_there(session, &api, &webhook) => deleted,
            () = session.shutdown.requested_again() => Err(Failure::new(Kind::Interrupted, "stopped")),
        };
        let name = sanitize::text(webhook.label());
        match deleted {
            Ok(delete::Removal::Remains) => {}
            Ok(_) => {
                mark.remove();
                session.ui.note(&format!("deleted webhook {name}"));
            }
            Err(failure) => session.ui.warn(&format!(
                "webhook {name} may still be there ({}); gwh webhooks delete {} --yes deletes it, as does the \
                 next gwh listen --public-url",
                sanitize::text(&failure.to_string()),
                sanitize::text(&webhook.id)
            )),
        }
    }
}

/// The events that the webhook is made for: those that are known and wanted, and those that are named.
fn subscribed(events: &[String], exclude: &[String]) -> Vec<String> {
    let filter = Filter::new(events, exclude);
    let live = CATALOG.iter().filter(|event| event.support == Support::Live).map(|event| event.name);
    let is_new = |name: &&str| !name.contains(['*', '?']) && catalog::find(name).is_none();
    let named = events.iter().map(|name| name.trim()).filter(is_new);
    live.chain(named).filter(|name| filter.accepts(Some(name))).map(str::to_owned).collect()
}

/// Deletes the webhooks of this API, and their secrets, that killed processes have left behind.
async fn clear(session: &Session, api: &Api, folder: &Path) -> Result<(), Failure> {
    let base = api.base().as_str();
    let mut left = LeftBehind::all(folder);
    left.retain(|left| left.temporary.api == base);
    if left.is_empty() {
        return Ok(());
    }
    let all =
        api.all().await.map_err(|error| error.into_failure("look for webhooks that were left behind"))?;
    for left in left {
        let name = &left.temporary.name;
        let mut is_gone = true;
        for webhook in all.iter().filter(|webhook| webhook.name.as_deref() == Some(name)) {
            match delete::delete_if_there(session, api, webhook).await {
                Ok(delete::Removal::Remains) => is_gone = false,
                Ok(_) => session.ui.note(&format!(
                    "deleted webhook {}, which a gwh listen that was killed had left behind",
                    sanitize::text(name)
                )),
                Err(failure) => {
                    session.ui.warn(&sanitize::text(&failure.to_string()));
                    is_gone = false;
                }
            }
        }
        if is_gone {
            forget_secret(session, name)?;
            left.forget();
        }
    }
    Ok(())
}

/// Forgets what is kept of a webhook that the API has no more.
fn forget_secret(session: &Session, name: &str) -> Result<(), Failure> {
    let secrets = session.webhook_secrets()?;
    for stored in secrets.stored()?.iter().filter(|stored| stored.webhook.name == name) {
        secrets.remove(&stored.webhook.id)?;
    }
    secrets.forget_unfinished(&WebhookRef::new("", name), session.timestamp());
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_webhook_is_made_for_what_is_wanted() {
        let subscribed = |events: &[&str], exclude: &[&str]| {
            let texts = |list: &[&str]| list.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
            subscribed(&texts(events), &texts(exclude))
        };
        let live = CATALOG.iter().filter(|event| event.support == Support::Live).count();
        assert_eq!(subscribed(&[], &[]).len(), live);
        assert_eq!(subscribed(&["batch.succeeded"], &[]), ["batch.succeeded"]);
        assert_eq!(subscribed(&["video.*", "model.tuned"], &[]), ["video.generated", "model.tuned"]);
        assert!(subscribed(&["batch.*"], &["batch.failed"]).iter().all(|name| name != "batch.failed"));
        assert!(subscribed(&[], &["*"]).is_empty());
    }
}
