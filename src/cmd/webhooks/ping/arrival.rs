//! Waiting for a running `gwh listen` to verify a delivery of a webhook.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use serde::Serialize;
use tokio::time::sleep;

use crate::cmd::webhooks::secret::reference;
use crate::error::Failure;
use crate::gemini::Webhook;
use crate::listeners::{Inquirer, Listener, Silence};
use crate::server::Health;
use crate::session::Session;

/// The pause between questions.
const PAUSE: Duration = Duration::from_millis(50);

/// The listeners of the profile.
pub(super) struct Watch {
    inquirer: Inquirer,
    listeners: Vec<Listener>,
}

/// What is to rise: the keys that count, and where each listener stood before the ping.
pub(super) struct Expected {
    keys: BTreeSet<String>,
    before: Vec<(u64, u64)>,
}

/// Who saw it.
#[derive(Serialize)]
pub(super) struct Seen {
    pub(super) listener: String,
    pub(super) waited_ms: u128,
}

impl Watch {
    /// Finds the listeners that run, and removes what killed ones left behind.
    ///
    /// # Errors
    /// Kind `Configuration` where there is none.
    pub(super) async fn start(session: &Session) -> Result<Self, Failure> {
        let known = Listener::all(&session.profile_folder()?);
        let inquirer = Inquirer::of(&known);
        let mut listeners = Vec::new();
        for listener in known {
            match inquirer.ask(&listener).await {
                Ok(_) => listeners.push(listener),
                Err(Silence::Gone) => listener.forget(),
                Err(Silence::Unknown) => {}
            }
        }
        if listeners.is_empty() {
            let profile = session.config.profile();
            return Err(Failure::configuration(format!(
                "no gwh listen of profile {profile} is running, which --wait waits for"
            ))
            .hint("start gwh listen in another terminal, where the webhook's URI leads to")
            .hint("leave --wait out to ask for the ping only"));
        }
        Ok(Watch { inquirer, listeners })
    }

    /// Notes where the counts of a webhook's keys stand.
    ///
    /// # Errors
    /// Kind `Configuration` where the environment does not say where data belongs.
    pub(super) async fn expect(&self, session: &Session, webhook: &Webhook) -> Result<Expected, Failure> {
        let mut keys = BTreeSet::from([webhook.id.clone(), reference(webhook).name]);
        keys.extend(webhook.signing_secrets.iter().map(|secret| secret.truncated_secret.clone()));
        // The name and secrets under which this machine knows it; an index that cannot be read names none.
        let stored = session.webhook_secrets()?.stored().unwrap_or_default();
        if let Some(stored) = stored.into_iter().find(|stored| stored.webhook.id == webhook.id) {
            keys.insert(stored.webhook.name);
            keys.extend(stored.secrets.into_iter().map(|secret| secret.truncated));
        }
        keys.remove("");
        let mut expected = Expected { keys, before: Vec::new() };
        for listener in &self.listeners {
            // A listener whose counts are not known cannot show that they rise.
            let counts = self.inquirer.ask(listener).await.map(|health| expected.counts(&health));
            expected.before.push(counts.unwrap_or((u64::MAX, u64::MAX)));
        }
        Ok(expected)
    }

    /// Waits until a listener has verified one more delivery of the webhook.
    ///
    /// # Errors
    /// Kind `Negative` where none has within `limit`, or every listener has ended before.
    pub(super) async fn until_seen(
        &self,
        expected: Expected,
        webhook: &Webhook,
        limit: Duration,
    ) -> Result<Seen, Failure> {
        let start = Instant::now();
        loop {
            let (mut gone, mut refusing) = (0, None);
            for (listener, (verified, invalid)) in self.listeners.iter().zip(&expected.before) {
                match self.inquirer.ask(listener).await {
                    Ok(health) => {
                        let counts = expected.counts(&health);
                        if counts.0 > *verified {
                            let waited_ms = start.elapsed().as_millis();
                            return Ok(Seen { listener: listener.url.clone(), waited_ms });
                        }
                        refusing = refusing.or((counts.1 > *invalid).then_some(listener));
                    }
                    Err(Silence::Gone) => gone += 1,
                    Err(Silence::Unknown) => {}
                }
            }
            if gone == self.listeners.len() {
                return Err(Failure::negative("every gwh listen ended while the ping was waited for")
                    .hint("what it printed says what came; without --count and --until it keeps running"));
            }
            if start.elapsed() >= limit {
                return Err(self.unseen(webhook, refusing, limit));
            }
            sleep(PAUSE.min(limit)).await;
        }
    }

    fn unseen(&self, webhook: &Webhook, refusing: Option<&Listener>, limit: Duration) -> Failure {
        let (label, urls) = (webhook.label(), self.listeners.iter().map(|listener| listener.url.as_str()));
        let urls = urls.collect::<Vec<_>>().join(" or ");
        let failure =
            Failure::negative(format!("no gwh listen verified a delivery of {label} within {limit:?}"));
        let failure = match refusing {
            Some(listener) => failure.hint(format!(
                "a delivery came to {} and did not verify; if it was the ping, its secret is not known there: \
                 gwh webhooks rotate-secret {label} stores a new one",
                listener.url
            )),
            None => failure.hint(format!("{} must lead to {urls}: look at the tunnel or proxy", webhook.uri)),
        };
        failure
            .hint(format!(
                "gwh webhooks get {label} says whether it is enabled and its secret is stored here"
            ))
            .hint("a gwh listen that runs with another --profile or on another machine is not seen")
    }
}

impl Expected {
    /// How many deliveries the webhook's keys have verified, and how many were refused.
    fn counts(&self, health: &Health) -> (u64, u64) {
        let rows = health.verified.iter().flatten();
        let counted = rows.filter(|row| self.keys.contains(&row.name) || self.keys.contains(&row.key));
        (counted.map(|row| row.count).sum(), health.invalid.unwrap_or_default())
    }
}
