//! What signs a delivery again: the key it was signed with, where this machine has that one.

use std::collections::HashMap;
use std::sync::Arc;

use crate::cmd::args::SecretArgs;
use crate::config;
use crate::env;
use crate::error::Failure;
use crate::secrets::LOCAL;
use crate::session::Session;
use crate::signature::{Scheme, Signer};

/// The signers of a run, each made once.
pub(super) struct Signers<'a> {
    given: &'a SecretArgs,
    scheme: Option<Scheme>,
    session: &'a Session,
    made: HashMap<(Scheme, Option<String>), Arc<Signer>>,
}

impl<'a> Signers<'a> {
    /// Signers with the keys that are given; without any, with those that verified the deliveries. `scheme`
    /// replaces a delivery's own.
    pub(super) fn new(given: &'a SecretArgs, scheme: Option<Scheme>, session: &'a Session) -> Self {
        Signers { given, scheme, session, made: HashMap::new() }
    }

    /// The signer for a delivery of this scheme that the key of this name verified.
    ///
    /// # Errors
    /// Kind `Configuration` where there is no key to sign with, or the store that should have it cannot be read;
    /// `Usage` where several webhooks have the name.
    pub(super) fn of(&mut self, scheme: Scheme, key_name: Option<&str>) -> Result<Arc<Signer>, Failure> {
        let scheme = self.scheme.unwrap_or(scheme);
        let stored = key_name
            .filter(|name| scheme == Scheme::V1 && *name != LOCAL && !self.given.is_given(self.session));
        let key = (scheme, stored.map(str::to_owned));
        if let Some(signer) = self.made.get(&key) {
            return Ok(signer.clone());
        }
        let audience = self.session.config.get(&config::AUDIENCE, None);
        let signer = Arc::new(match stored {
            Some(name) => self.stored(name)?,
            None => {
                if scheme != Scheme::V1 && !self.given.is_given(self.session) {
                    self.session.ui.note(
                        "the service's own keys are not here, so the local test keys sign; gwh keys jwks prints them",
                    );
                }
                self.given.signer(self.session, scheme, audience)?
            }
        });
        self.made.insert(key, signer.clone());
        Ok(signer)
    }

    /// The stored secrets of a webhook, or the test secret where no such webhook is stored.
    fn stored(&self, name: &str) -> Result<Signer, Failure> {
        let mut given = SecretArgs::default();
        // A store that cannot be read may well hold it: what another key signs would be refused for no reason.
        if self.session.webhook_secrets()?.find(name)?.is_some() {
            given.webhook.push(name.to_owned());
        } else {
            // It came by file or variable then, or was removed since.
            let shown = crate::ui::sanitize::clipped(name, 80);
            self.session.ui.warn(&format!(
                "the secret {shown} is not stored here, so the local test secret signs; give it with --secret-file, --secret-env or {}",
                env::WEBHOOK_SIGNING_SECRET
            ));
        }
        given.signer(self.session, Scheme::V1, None)
    }
}
