//! What is said once deliveries are taken.

use std::collections::BTreeMap;

use super::records::{self, KeySetName, KeysRecord, Ready, ReadyWebhook};
use super::tls::Certificate;
use crate::gemini::Webhook;
use crate::secrets::LOCAL;
use crate::session::Session;
use crate::signature::{KeySetState, Keys};
use crate::ui::sanitize;

/// The names of the secrets and of the public keys, each once.
pub(super) struct Names {
    secrets: Vec<String>,
    keys: Vec<String>,
    /// The key sets that count, whether their keys are at hand or not.
    sets: Vec<KeySetName>,
}

impl Names {
    /// The names of what counts at `now`, in Unix seconds.
    pub(super) fn of(keys: &Keys, now: i64) -> Self {
        Names {
            secrets: unique(keys.live_secrets(now).map(|secret| &*secret.name)),
            keys: unique(keys.public_keys.iter().map(|key| &*key.name)),
            sets: keys.sets.iter().map(KeySetName::of).collect(),
        }
    }
}

/// Names in their first order; one that stands for several says how many.
fn unique<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    let mut order = Vec::new();
    for name in names {
        let count = counts.entry(name).or_default();
        *count += 1;
        if *count == 1 {
            order.push(name);
        }
    }
    let with_count = |name: &str| match counts.get(name) {
        Some(count @ 2..) => format!("{name} ({count})"),
        _ => name.to_owned(),
    };
    order.into_iter().map(with_count).collect()
}

/// What there is to say about a server that is up.
pub(super) struct Opening<'a> {
    pub(super) url: &'a str,
    pub(super) names: &'a Names,
    /// Whether the local test identity verifies.
    pub(super) uses_identity: bool,
    /// The certificate that is shown, where it speaks TLS.
    pub(super) certificate: Option<&'a Certificate>,
    /// Where deliveries go on to.
    pub(super) targets: &'a [String],
    /// The webhook that was made for this run.
    pub(super) webhook: Option<&'a Webhook>,
}

/// The first line of a stream of JSON.
pub(super) fn ready(opening: &Opening<'_>) -> String {
    let Opening { url, names: Names { secrets, keys, sets }, targets, certificate, webhook, .. } = *opening;
    let certificate = certificate.map(Certificate::path);
    let webhook = webhook.map(ReadyWebhook::of);
    let ready = Ready {
        kind: "ready",
        url,
        secrets,
        keys,
        key_sets: sets,
        forward_to: targets,
        certificate,
        webhook,
    };
    records::line(&ready)
}

/// The line of a stream of JSON that says that other keys verify from now on.
pub(super) fn reloaded(names: &Names) -> String {
    records::line(&KeysRecord { kind: "keys", secrets: &names.secrets, keys: &names.keys })
}

/// The same for a person.
pub(super) fn reloaded_words(names: &Names) -> String {
    let all: Vec<&str> = names.secrets.iter().map(String::as_str).collect();
    let all = if all.is_empty() { "none".to_owned() } else { all.join(", ") };
    format!("Keys changed: these secrets verify from now on: {}", sanitize::text(&all))
}

/// One line for each key set that has keys.
pub(super) fn fetched_words(keys: &Keys) -> Vec<String> {
    let words = |set: &KeySetState| {
        let own: Vec<_> = keys.public_keys.iter().filter(|key| key.name == set.name).collect();
        let count = match own.len() {
            0 => return None,
            1 => "1 key".to_owned(),
            count => format!("{count} keys"),
        };
        let how = if own[0].stale.is_some() { "an old copy, which cannot be renewed" } else { "fetched" };
        Some(format!("Key set {}: {how}, {count}", sanitize::text(&set.name)))
    };
    keys.sets.iter().filter_map(words).collect()
}

/// The line that says where deliveries come from, and for how long.
pub(super) fn delivering(webhook: &Webhook) -> String {
    let (name, uri) = (sanitize::text(webhook.label()), sanitize::text(&webhook.uri));
    format!("Webhook {name} delivers to {uri} until this ends")
}

/// The line that says where deliveries go on to.
pub(super) fn forwarding(targets: &[String]) -> String {
    format!("Forwarding to {}", sanitize::text(&targets.join(", ")))
}

/// The lines that greet a person; with the local test identity, how a handler gets its secret, and with a
/// certificate of ours, how clients trust it.
pub(super) fn greeting(session: &Session, opening: &Opening<'_>) -> String {
    let Opening { url, names, uses_identity, certificate, .. } = *opening;
    let style = session.ui.err_style();
    let mut text = format!("Ready on {}", style.bold(url));
    if !names.secrets.is_empty() {
        text.push_str(&format!("  secrets: {}", sanitize::text(&names.secrets.join(", "))));
    }
    let named =
        |name: &str| names.keys.iter().any(|key| key == name || key.starts_with(&format!("{name} (")));
    let shown: Vec<&str> = names
        .keys
        .iter()
        .map(|name| if uses_identity && name.starts_with(LOCAL) { "local test keys" } else { name })
        .chain(names.sets.iter().map(|set| &*set.name).filter(|name| !named(name)))
        .collect();
    if !shown.is_empty() {
        text.push_str(&format!("  keys: {}", sanitize::text(&shown.join(", "))));
    }
    text.push_str("   ^C to quit");
    if uses_identity {
        let profile = match session.config.profile().as_str() {
            "default" => String::new(),
            name => format!(" --profile {name}"),
        };
        let dim = |text: String| style.dim(text);
        let trusting = certificate.map(Certificate::trusting).unwrap_or_default();
        text.push_str(&format!(
            "\n{}\n{}\n{}",
            dim(format!("  send one:             {trusting}gwh{profile} trigger batch.succeeded --to {url}")),
            dim(format!("  a handler's secret:   WEBHOOK_SIGNING_SECRET=$(gwh{profile} secrets get local)")),
            dim(format!("  a handler's key set:  gwh{profile} keys jwks")),
        ));
    }
    if let Some(advice) = certificate.and_then(|certificate| certificate.advice(url)) {
        text.push_str(&format!("\n{}", style.dim(advice)));
    }
    text
}
