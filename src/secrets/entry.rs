//! One webhook's secrets as they are kept: a single text, so that a rotation is a single write.
//!
//! The recovery file has the same form, so that `gwh secrets import` reads both.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, Zeroizing};

use super::store::StoreError;
use crate::signature::Secret;

/// How long a secret is kept after its end, so that a delivery which it signed can be explained.
pub const GRACE: SignedDuration = SignedDuration::from_hours(7 * 24);

const VERSION: u32 = 1;

/// A webhook as the secret store knows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebhookRef {
    /// The id that the API gave it; for a secret that was stored by hand, its name.
    pub id: String,
    /// The name that people use; the id where it has none.
    pub name: String,
    /// Where it delivers to, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub uri: Option<String>,
}

impl WebhookRef {
    /// A webhook whose URI is not known.
    pub fn new(id: impl Into<String>, name: impl Into<String>) -> Self {
        WebhookRef { id: id.into(), name: name.into(), uri: None }
    }

    /// Whether `text` is its id or its name.
    pub fn is(&self, text: &str) -> bool {
        self.id == text || self.name == text
    }
}

/// The secrets of one webhook, newest first.
#[derive(Clone)]
pub(super) struct Entry {
    pub(super) webhook: WebhookRef,
    pub(super) secrets: Vec<KeptSecret>,
}

/// One secret and its times.
#[derive(Clone)]
pub struct KeptSecret {
    /// The secret.
    pub secret: Secret,
    /// When it was stored.
    pub added_at: Timestamp,
    /// When a rotation ends its life, or has ended it.
    pub expires_at: Option<Timestamp>,
}

impl KeptSecret {
    /// Whether it signs at `now`.
    pub fn is_live(&self, now: Timestamp) -> bool {
        self.expires_at.is_none_or(|end| now < end)
    }
}

#[derive(Serialize, Deserialize)]
struct Written {
    version: u32,
    #[serde(flatten)]
    webhook: WebhookRef,
    secrets: Vec<WrittenSecret>,
}

#[derive(Serialize, Deserialize)]
struct WrittenSecret {
    secret: String,
    added_at: Timestamp,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires_at: Option<Timestamp>,
}

impl Drop for WrittenSecret {
    fn drop(&mut self) {
        self.secret.zeroize();
    }
}

impl Entry {
    pub(super) fn new(webhook: WebhookRef) -> Self {
        Entry { webhook, secrets: Vec::new() }
    }

    /// Makes `secret` the newest. Those before it end at `previous_end`, unless they end sooner;
    /// those that have ended long ago are forgotten. A secret that is the newest already stays as it is.
    pub(super) fn put(&mut self, secret: &Secret, now: Timestamp, previous_end: Timestamp) {
        let now = whole_seconds(now);
        let is_newest =
            |kept: &KeptSecret| kept.secret.expose() == secret.expose() && kept.expires_at.is_none();
        if !self.secrets.first().is_some_and(is_newest) {
            self.secrets.retain(|kept| kept.secret.expose() != secret.expose());
            for kept in &mut self.secrets {
                let end = kept.expires_at.map_or(previous_end, |end| end.min(previous_end));
                kept.expires_at = Some(whole_seconds(end));
            }
            self.secrets.insert(0, KeptSecret { secret: secret.clone(), added_at: now, expires_at: None });
        }
        self.secrets.retain(|kept| {
            kept.expires_at.is_none_or(|end| end.checked_add(GRACE).is_ok_and(|forgotten| now < forgotten))
        });
    }

    /// Takes over the secrets of `other` that are not here yet. One without an end becomes the newest, as in
    /// [`Entry::put`], unless one that is here was answered after it; one with an end keeps it.
    pub(super) fn merge(&mut self, other: &Entry, now: Timestamp, previous_end: Timestamp) {
        for kept in other.secrets.iter().rev() {
            let is_known = self.secrets.iter().any(|known| known.secret.expose() == kept.secret.expose());
            match (kept.expires_at, self.overtaken(kept)) {
                (Some(_), _) | (None, Some(_)) if is_known => {}
                (None, None) => self.put(&kept.secret, now, previous_end),
                (Some(end), _) | (None, Some(end)) => {
                    let after_live =
                        self.secrets.iter().take_while(|known| known.expires_at.is_none()).count();
                    let ended = KeptSecret { expires_at: Some(end), ..kept.clone() };
                    self.secrets.insert(after_live, ended);
                }
            }
        }
        if let (Some(newest), Some(theirs)) = (self.secrets.first_mut(), other.secrets.first()) {
            // It was answered when the file was written, not when it was imported.
            if newest.secret.expose() == theirs.secret.expose() {
                newest.added_at = theirs.added_at;
            }
        }
    }

    /// When `kept` ended, where a newer secret is here: with the others that the newer one replaced.
    fn overtaken(&self, kept: &KeptSecret) -> Option<Timestamp> {
        let newest = self.secrets.first().filter(|newest| newest.added_at > kept.added_at)?;
        Some(self.secrets.iter().filter_map(|known| known.expires_at).fold(newest.added_at, Timestamp::max))
    }

    /// The text that is kept.
    pub(super) fn write(&self) -> Zeroizing<String> {
        let secrets = self.secrets.iter().map(|kept| WrittenSecret {
            secret: kept.secret.expose().to_owned(),
            added_at: kept.added_at,
            expires_at: kept.expires_at,
        });
        let written = Written { version: VERSION, webhook: self.webhook.clone(), secrets: secrets.collect() };
        Zeroizing::new(serde_json::to_string(&written).expect("text and times always serialise"))
    }

    /// Reads what [`Entry::write`] wrote; `name` is what it is called when it is damaged.
    pub(super) fn read(text: &str, name: &str) -> Result<Self, StoreError> {
        // serde_json's errors may quote what they read, so they are not passed on.
        let damaged = || StoreError::Damaged(name.to_owned());
        let written: Written = serde_json::from_str(text).map_err(|_| damaged())?;
        if written.version != VERSION || written.webhook.id.is_empty() {
            return Err(damaged());
        }
        let secrets = written.secrets.iter().map(|written| {
            let secret = Secret::parse(&written.secret).map_err(|_| damaged())?;
            Ok(KeptSecret { secret, added_at: written.added_at, expires_at: written.expires_at })
        });
        Ok(Entry { secrets: secrets.collect::<Result<_, StoreError>>()?, webhook: written.webhook })
    }
}

/// Times are kept and shown in whole seconds.
pub(super) fn whole_seconds(time: Timestamp) -> Timestamp {
    Timestamp::from_second(time.as_second()).unwrap_or(time)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret(byte: u8) -> Secret {
        Secret::from_key(&[byte; 32])
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("is in range")
    }

    fn ends(entry: &Entry) -> Vec<(String, Option<i64>)> {
        let end = |kept: &KeptSecret| (kept.secret.truncated(), kept.expires_at.map(Timestamp::as_second));
        entry.secrets.iter().map(end).collect()
    }

    #[test]
    fn a_rotation_keeps_the_previous_secrets_until_they_end() {
        let mut entry = Entry::new(WebhookRef::new("id1", "prod"));
        entry.put(&secret(1), at(100), at(100));
        entry.put(&secret(2), at(200), at(1_000));
        entry.put(&secret(3), at(300), at(2_000));
        let shown = |byte| secret(byte).truncated();
        assert_eq!(ends(&entry), [(shown(3), None), (shown(2), Some(2_000)), (shown(1), Some(1_000))]);
        entry.put(&secret(4), at(400), at(400));
        let ended = [(shown(4), None), (shown(3), Some(400)), (shown(2), Some(400)), (shown(1), Some(400))];
        assert_eq!(ends(&entry), ended, "revoking at once ends them all, and keeps them for explaining");
    }

    #[test]
    fn the_same_secret_again_changes_nothing() {
        let mut entry = Entry::new(WebhookRef::new("id1", "prod"));
        entry.put(&secret(1), at(100), at(100));
        entry.put(&secret(2), at(200), at(1_000));
        let before = ends(&entry);
        entry.put(&secret(2), at(300), at(300));
        assert_eq!(ends(&entry), before);
    }

    #[test]
    fn a_secret_is_forgotten_a_week_after_its_end() {
        let mut entry = Entry::new(WebhookRef::new("id1", "prod"));
        entry.put(&secret(1), at(0), at(0));
        entry.put(&secret(2), at(100), at(1_000));
        entry.put(&secret(2), at(1_000 + 7 * 86_400 - 1), at(0));
        assert_eq!(entry.secrets.len(), 2);
        entry.put(&secret(2), at(1_000 + 7 * 86_400), at(0));
        assert_eq!(entry.secrets.len(), 1);
    }

    #[test]
    fn what_is_written_is_read_and_nothing_else_is() {
        let mut entry =
            Entry::new(WebhookRef { uri: Some("https://x".into()), ..WebhookRef::new("id1", "prod") });
        entry.put(&secret(1), at(100), at(100));
        entry.put(&secret(2), at(200), at(1_000));
        let read = Entry::read(&entry.write(), "x").expect("reads");
        assert_eq!(read.webhook, entry.webhook);
        assert_eq!(ends(&read), ends(&entry));
        for bad in ["", "{}", "whsec_AAAA", r#"{"version":2,"id":"a","name":"a","secrets":[]}"#] {
            let error = Entry::read(bad, "the file").err().expect("refused").to_string();
            assert_eq!(error, "the file is damaged");
        }
    }
}
