//! What the demo sends, and what must come of it.

use std::fmt;

use bytes::Bytes;

use super::cast::Cast;
use crate::deliver::{Corruption, Message, Spoiler};
use crate::error::Failure;
use crate::event::catalog::CATALOG;
use crate::event::{Change, edit};
use crate::random::message_id;
use crate::session::Session;
use crate::signature::{KeyError, Reason, Scheme, Signer};

/// Far beyond the five minutes that a delivery may be old.
const STALE_SECONDS: i64 = 3_600;

/// A part of the story.
pub(super) struct Scene {
    pub(super) title: &'static str,
    pub(super) steps: Vec<Step>,
}

/// One delivery.
pub(super) struct Step {
    pub(super) message: Message,
    pub(super) expected: Expected,
}

/// What must come of a delivery.
#[derive(Debug, Clone, Copy)]
pub(super) enum Expected {
    /// Accepted by a key of this scheme.
    Accepted(Scheme),
    /// Refused for this reason.
    Refused(Reason),
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Expected::Accepted(scheme) => write!(f, "accepted with {}", scheme.name()),
            Expected::Refused(reason) => write!(f, "refused: {}", reason.words()),
        }
    }
}

/// Writes the whole story.
pub(super) fn write(cast: &Cast, session: &Session) -> Result<Vec<Scene>, Failure> {
    let author = Author { cast, session, now: session.now() };
    author.scenes().map_err(|error| Failure::bug("cannot sign the demo's deliveries").because(error))
}

struct Author<'a> {
    cast: &'a Cast,
    session: &'a Session,
    now: i64,
}

impl Author<'_> {
    fn scenes(&self) -> Result<Vec<Scene>, KeyError> {
        let every = |title, scheme| {
            let steps: Result<Vec<Step>, KeyError> = CATALOG
                .iter()
                .map(|event| self.accepted(&self.cast.signer(scheme), scheme, body(event.sample, scheme)))
                .collect();
            steps.map(|steps| Scene { title, steps })
        };
        Ok(vec![
            every("A static webhook: HMAC-SHA256 with a shared secret (v1)", Scheme::V1)?,
            every("A dynamic webhook as deployed: Ed25519 (v1a)", Scheme::V1a)?,
            every("A dynamic webhook as documented: an RS256 token (jwt)", Scheme::Jwt)?,
            self.rotation()?,
            self.retry()?,
            self.forgeries()?,
        ])
    }

    fn rotation(&self) -> Result<Scene, KeyError> {
        let signer = self.cast.rotating_signer();
        let step = self.accepted(&signer, Scheme::V1, self.sample())?;
        Ok(Scene {
            title: "The secret rotates: two signatures, and the one known here is enough",
            steps: vec![step],
        })
    }

    fn retry(&self) -> Result<Scene, KeyError> {
        let signer = self.cast.signer(Scheme::V1);
        let first = self.accepted(&signer, Scheme::V1, self.sample())?;
        let again = Step { message: first.message.clone(), expected: first.expected };
        Ok(Scene {
            title: "The same delivery twice: a retry has the same webhook-id",
            steps: vec![first, again],
        })
    }

    fn forgeries(&self) -> Result<Scene, KeyError> {
        let signer = self.cast.signer(Scheme::V1);
        let spoilt = |corruption, reason| {
            let spoiler = Spoiler::new(corruption, &signer, self.session.random.as_ref())?;
            let message = spoiler.spoil(self.message(&signer, self.now, self.sample())?)?;
            Ok(Step { message, expected: Expected::Refused(reason) })
        };
        let stale = Step {
            message: self.message(&signer, self.now - STALE_SECONDS, self.sample())?,
            expected: Expected::Refused(Reason::TimestampTooOld),
        };
        let steps = vec![
            spoilt(Corruption::Body, Reason::SignatureMismatch)?,
            spoilt(Corruption::Secret, Reason::SignatureMismatch)?,
            stale,
            spoilt(Corruption::Header, Reason::MissingHeader)?,
        ];
        Ok(Scene { title: "Four forged ones: tampered with, another secret, an hour old, unsigned", steps })
    }

    fn accepted(&self, signer: &Signer, scheme: Scheme, body: Bytes) -> Result<Step, KeyError> {
        let message = self.message(signer, self.now, body)?;
        Ok(Step { message, expected: Expected::Accepted(scheme) })
    }

    fn message(&self, signer: &Signer, timestamp: i64, body: Bytes) -> Result<Message, KeyError> {
        Message::sign(signer, message_id(self.session.random.as_ref()), timestamp, body)
    }

    fn sample(&self) -> Bytes {
        body(CATALOG[0].sample, Scheme::V1)
    }
}

/// A sample as a webhook of this kind delivers it: dynamic ones carry the job's metadata.
fn body(sample: &'static str, scheme: Scheme) -> Bytes {
    if scheme == Scheme::V1 {
        return Bytes::from_static(sample.as_bytes());
    }
    let metadata = Change::at("user_metadata", r#"{"order":"A-1027"}"#);
    let text = edit(sample, &[metadata]).expect("the tests check that every sample is a JSON object");
    Bytes::from(text)
}
