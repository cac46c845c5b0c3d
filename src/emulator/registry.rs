//! The webhooks of the emulator: every change of them, as values. Time and randomness come in; nothing goes out.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

use super::error::ApiError;
use super::params::{Create, Revocation, Update};
use super::resource::{SigningSecret, State, Webhook};
use crate::random::Random;
use crate::signature::Secret;

/// How many a page holds where the caller does not say, and at most.
const PAGE: usize = 50;
const MAX_PAGE: usize = 1_000;
/// The documentation does not say how long secrets are; 32 bytes is what the specification recommends.
const SECRET_BYTES: usize = 32;
const ID_LENGTH: usize = 36;

/// All webhooks, in the order of their creation.
#[derive(Debug, Clone, Default)]
pub struct Registry {
    webhooks: Vec<Webhook>,
}

/// One page of a list.
pub struct Page<'a> {
    /// The webhooks on it.
    pub webhooks: &'a [Webhook],
    /// The token of the next page, where there is one.
    pub next: Option<String>,
    /// Whether the token was not one of ours, so that this is the first page. What the service does
    /// with such a token is unknown.
    pub token_ignored: bool,
}

impl Registry {
    /// The registry of these webhooks, which are in the order of their creation.
    pub fn of(webhooks: Vec<Webhook>) -> Self {
        Registry { webhooks }
    }

    /// All of them.
    pub fn all(&self) -> &[Webhook] {
        &self.webhooks
    }

    /// The webhook of an id.
    ///
    /// # Errors
    /// Code `NotFound`.
    pub fn get(&self, id: &str) -> Result<&Webhook, ApiError> {
        self.webhooks.iter().find(|webhook| webhook.id == id).ok_or_else(ApiError::not_found)
    }

    /// Adds a webhook with its first secret.
    pub fn create(&mut self, create: Create, random: &dyn Random) -> &Webhook {
        let sequence = self.webhooks.last().map_or(1, |last| last.sequence + 1);
        self.webhooks.push(Webhook {
            id: lower_case_id(random, ID_LENGTH),
            sequence,
            name: create.name.filter(|name| !name.is_empty()),
            uri: create.uri,
            subscribed_events: create.subscribed_events,
            state: State::Enabled,
            secrets: vec![SigningSecret { secret: new_secret(random), expires_at: None }],
            failures: 0,
        });
        self.webhooks.last().expect("one was just added")
    }

    /// The page of `size` webhooks (50 for none or zero, at most 1,000) that `token` names.
    ///
    /// # Errors
    /// Code `Invalid` for a size that is not a number or below zero.
    pub fn page(&self, size: Option<&str>, token: Option<&str>) -> Result<Page<'_>, ApiError> {
        let size = match size.filter(|text| !text.is_empty()).map(str::parse::<u32>) {
            None | Some(Ok(0)) => PAGE,
            Some(Ok(size)) => (size as usize).min(MAX_PAGE),
            Some(Err(_)) => return Err(ApiError::invalid("Invalid value at 'page_size'.")),
        };
        let token = token.filter(|token| !token.is_empty());
        let after = token.map(read_token);
        // A webhook that was deleted in between moves nothing: the token names a place, not an index.
        let start =
            self.webhooks.partition_point(|webhook| webhook.sequence <= after.flatten().unwrap_or_default());
        let rest = &self.webhooks[start..];
        let webhooks = &rest[..rest.len().min(size)];
        let next = (rest.len() > size).then(|| webhooks.last().map(|last| write_token(last.sequence)));
        Ok(Page { webhooks, next: next.flatten(), token_ignored: after == Some(None) })
    }

    /// Changes a webhook. Turning it on forgets its failures.
    ///
    /// # Errors
    /// Code `NotFound`.
    pub fn update(&mut self, id: &str, update: Update) -> Result<&Webhook, ApiError> {
        let webhook = self.get_mut(id)?;
        if let Some(name) = update.name {
            webhook.name = Some(name).filter(|name| !name.is_empty());
        }
        if let Some(uri) = update.uri {
            webhook.uri = uri;
        }
        if let Some(events) = update.subscribed_events {
            webhook.subscribed_events = events;
        }
        if let Some(state) = update.state {
            webhook.state = state;
            webhook.failures = 0;
        }
        Ok(webhook)
    }

    /// Removes a webhook.
    ///
    /// # Errors
    /// Code `NotFound`.
    pub fn delete(&mut self, id: &str) -> Result<(), ApiError> {
        let at = self.webhooks.iter().position(|webhook| webhook.id == id).ok_or_else(ApiError::not_found)?;
        self.webhooks.remove(at);
        Ok(())
    }

    /// Makes a new secret and answers it; `previous_end` is when the others stop, in Unix seconds.
    ///
    /// # Errors
    /// Code `NotFound`.
    pub fn rotate(
        &mut self,
        id: &str,
        revocation: Revocation,
        [now, previous_end]: [i64; 2],
        random: &dyn Random,
    ) -> Result<Secret, ApiError> {
        let webhook = self.get_mut(id)?;
        webhook.secrets.retain(|secret| revocation == Revocation::AfterDay && secret.is_live(now));
        for secret in &mut webhook.secrets {
            // A secret that already has an end keeps it: a second rotation does not prolong its life.
            secret.expires_at.get_or_insert(previous_end);
        }
        let secret = new_secret(random);
        webhook.secrets.insert(0, SigningSecret { secret: secret.clone(), expires_at: None });
        Ok(secret)
    }

    /// Counts a delivery that was given up; answers whether the webhook is now turned off for it.
    pub fn gave_up(&mut self, id: &str, threshold: u32) -> bool {
        let Ok(webhook) = self.get_mut(id) else { return false };
        webhook.failures = webhook.failures.saturating_add(1);
        let off = webhook.failures >= threshold && webhook.state == State::Enabled;
        if off {
            webhook.state = State::DisabledDueToFailedDeliveries;
        }
        off
    }

    /// A delivery arrived: the failures before it do not count any more.
    pub fn delivered(&mut self, id: &str) {
        if let Ok(webhook) = self.get_mut(id) {
            webhook.failures = 0;
        }
    }

    fn get_mut(&mut self, id: &str) -> Result<&mut Webhook, ApiError> {
        self.webhooks.iter_mut().find(|webhook| webhook.id == id).ok_or_else(ApiError::not_found)
    }
}

fn new_secret(random: &dyn Random) -> Secret {
    let mut key = Zeroizing::new([0u8; SECRET_BYTES]);
    random.fill(key.as_mut_slice());
    Secret::from_key(key.as_slice())
}

/// So many lower-case letters and digits.
pub(super) fn lower_case_id(random: &dyn Random, length: usize) -> String {
    const ALPHABET: &[u8; 36] = b"abcdefghijklmnopqrstuvwxyz0123456789";
    let mut bytes = vec![0u8; length];
    random.fill(&mut bytes);
    bytes.iter().map(|byte| char::from(ALPHABET[usize::from(*byte) % ALPHABET.len()])).collect()
}

fn write_token(sequence: u64) -> String {
    URL_SAFE_NO_PAD.encode(format!("after:{sequence}"))
}

fn read_token(token: &str) -> Option<u64> {
    let bytes = URL_SAFE_NO_PAD.decode(token).ok()?;
    str::from_utf8(&bytes).ok()?.strip_prefix("after:")?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SeededRandom;

    const NOW: i64 = 1_769_083_200;
    const DAY: i64 = 86_400;

    fn registry(count: usize) -> Registry {
        let mut registry = Registry::default();
        let random = SeededRandom::new(1);
        for index in 0..count {
            let create = Create {
                name: Some(format!("w{index}")),
                uri: "https://x.example/".to_owned(),
                subscribed_events: vec!["batch.succeeded".to_owned()],
            };
            registry.create(create, &random);
        }
        registry
    }

    fn names<'a>(page: &Page<'a>) -> Vec<&'a str> {
        page.webhooks.iter().filter_map(|webhook| webhook.name.as_deref()).collect()
    }

    #[test]
    fn ids_are_36_lower_case_letters_and_digits() {
        let registry = registry(1);
        let id = &registry.all()[0].id;
        assert_eq!(id.len(), 36);
        assert!(id.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()), "{id}");
    }

    #[test]
    fn pages_follow_one_another_even_when_a_webhook_goes_in_between() {
        let mut registry = registry(5);
        let first = registry.page(Some("2"), None).expect("a page");
        assert_eq!(names(&first), ["w0", "w1"]);
        let token = first.next.expect("there is more");
        let gone = registry.all()[1].id.clone();
        registry.delete(&gone).expect("is there");
        let second = registry.page(Some("2"), Some(&token)).expect("a page");
        assert_eq!((names(&second), second.token_ignored), (vec!["w2", "w3"], false));
        let last = registry.page(Some("2"), second.next.as_deref()).expect("a page");
        assert_eq!((names(&last), last.next), (vec!["w4"], None));
    }

    #[test]
    fn sizes_have_a_default_and_a_limit_and_a_foreign_token_is_the_first_page() {
        let registry = registry(1_100);
        let size = |text| registry.page(text, None).map(|page| page.webhooks.len());
        assert_eq!([size(None), size(Some("0")), size(Some("9999"))], [Ok(50), Ok(50), Ok(1_000)]);
        assert!(size(Some("-1")).is_err() && size(Some("x")).is_err());
        let page = registry.page(Some("1"), Some("tok")).expect("a page");
        assert_eq!((names(&page), page.token_ignored), (vec!["w0"], true));
    }

    #[test]
    fn a_rotation_keeps_the_previous_secret_for_a_day_or_drops_it() {
        let mut registry = registry(1);
        let random = SeededRandom::new(2);
        let id = registry.all()[0].id.clone();
        let ends = |registry: &Registry| -> Vec<Option<i64>> {
            registry.all()[0].secrets.iter().map(|secret| secret.expires_at).collect()
        };
        let rotate = |registry: &mut Registry, revocation, now| {
            registry.rotate(&id, revocation, [now, now + DAY], &random).expect("is there")
        };
        rotate(&mut registry, Revocation::AfterDay, NOW);
        assert_eq!(ends(&registry), [None, Some(NOW + DAY)]);
        rotate(&mut registry, Revocation::AfterDay, NOW + 60);
        assert_eq!(ends(&registry), [None, Some(NOW + 60 + DAY), Some(NOW + DAY)]);
        assert_eq!(registry.all()[0].live_secrets(NOW + DAY).len(), 2, "the first one's time is over");
        let newest = rotate(&mut registry, Revocation::Immediately, NOW + 61);
        assert_eq!(ends(&registry), [None]);
        assert_eq!(registry.all()[0].secrets[0].secret.expose(), newest.expose());
    }

    #[test]
    fn failures_in_a_row_turn_a_webhook_off_and_turning_it_on_forgets_them() {
        let mut registry = registry(1);
        let id = registry.all()[0].id.clone();
        assert!(!registry.gave_up(&id, 2));
        registry.delivered(&id);
        assert!(!registry.gave_up(&id, 2));
        assert!(registry.gave_up(&id, 2) && !registry.gave_up(&id, 2), "turned off once");
        assert_eq!(registry.all()[0].state, State::DisabledDueToFailedDeliveries);
        let on = Update { state: Some(State::Enabled), ..Update::default() };
        assert_eq!(registry.update(&id, on).expect("is there").failures, 0);
    }
}
