//! What is said under the line of a forward: how the answer began, what it mostly means, what to do.

use super::super::args::Listen;
use crate::deliver::forward::{BUDGET, Forward, Outcome};
use crate::deliver::{self, Flags, Sent};
use crate::secrets::LOCAL;
use crate::server::Arrival;
use crate::session::Session;
use crate::signature::Scheme;
use crate::ui::body;

/// What the flags of this command are called, where so many are under way to a target at once.
fn flags(concurrency: u16) -> Flags {
    Flags {
        target: "--forward-to",
        timeout: "--forward-timeout",
        trust: Some(("--cacert", "--skip-verify")),
        slower: match concurrency {
            1 => "one at a time is sent already, and its Retry-After is passed on to the sender",
            _ => "--concurrency 1 sends one at a time",
        },
    }
}

/// What knows how to help with forwards that failed.
pub(in crate::cmd::listen) struct Advisor {
    /// The webhooks whose secrets come from the store, where not all do.
    named: Option<Vec<String>>,
    flags: Flags,
}

impl Advisor {
    pub(in crate::cmd::listen) fn new(args: &Listen, session: &Session) -> Self {
        let is_by_default = args.verify.uses_local_identity(session);
        let named = (!is_by_default).then(|| args.verify.secrets.webhook.clone());
        Advisor { named, flags: flags(args.forward.concurrency) }
    }

    /// What is to be said about a forward, one line each.
    pub(in crate::cmd::listen) fn notes(&self, arrival: &Arrival, forward: &Forward) -> Vec<String> {
        let mut notes = Vec::new();
        if !arrival.verdict.is_valid() {
            notes.push("forwarded although it did not verify (--forward-invalid)".to_owned());
        }
        match &forward.outcome {
            Outcome::Answered(_) if forward.is_slow() => notes.push(slow(forward)),
            Outcome::Answered(_) if forward.is_accepted() => {}
            Outcome::Answered(answer) => {
                let start = body::start(&answer.body, answer.truncated);
                notes.extend(start.map(|start| format!("answer: {start}")));
                let not_authentic = self.not_authentic(arrival);
                let body_size = arrival.body().len();
                let sent = Sent { url: &forward.url, body_size, not_authentic: &not_authentic };
                notes.extend(deliver::likely_cause(sent, answer, &self.flags));
            }
            Outcome::Failed(error) => {
                notes.push(error.sentence());
                notes.extend(error.hint(&forward.url, &self.flags));
            }
            Outcome::Full | Outcome::Late => {
                notes.extend(forward.error());
                notes.push(
                    "the handler must answer first and work afterwards; --concurrency lets more be under way"
                        .to_owned(),
                );
            }
            Outcome::Ended => notes.extend(forward.error()),
        }
        notes
    }

    /// Why a handler refuses what verified here.
    fn not_authentic(&self, arrival: &Arrival) -> String {
        let Some(proof) = arrival.verdict.proof() else {
            return "it did not verify here either".to_owned();
        };
        let name = &*proof.key_name;
        let how = match proof.scheme {
            Scheme::V1 if name == LOCAL => {
                "give it the test secret: WEBHOOK_SIGNING_SECRET=$(gwh secrets get local)".to_owned()
            }
            Scheme::V1 if self.is_stored(name) => {
                format!("start it with the right one: gwh secrets exec --webhook {} -- COMMAND", quoted(name))
            }
            Scheme::V1 => format!("give it the secret of {name}"),
            Scheme::V1a | Scheme::Jwt if name.starts_with(LOCAL) => {
                "give it the test keys that gwh keys jwks prints".to_owned()
            }
            Scheme::V1a | Scheme::Jwt => format!("give it the key set of {name}"),
        };
        let kind = if proof.scheme == Scheme::V1 { "secret" } else { "key" };
        format!(
            "gwh verified it with {kind} {name}; if the handler verifies, it does so with another {kind} or not \
             on the raw bytes of the body: {how}"
        )
    }

    fn is_stored(&self, name: &str) -> bool {
        self.named.as_ref().is_none_or(|named| named.iter().any(|own| own == name))
    }
}

/// A name as a shell takes it.
fn quoted(name: &str) -> String {
    let is_plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    if is_plain { name.to_owned() } else { format!("'{}'", name.replace('\'', r"'\''")) }
}

fn slow(forward: &Forward) -> String {
    let (latency, waited) = (forward.latency.as_secs_f64(), forward.waited.as_secs_f64());
    let took = match forward.waited > BUDGET / 2 {
        true => format!("{latency:.1}s after {waited:.1}s of waiting for its turn"),
        false => format!("{latency:.1}s"),
    };
    format!(
        "the answer took {took}: senders expect one within a few seconds and try again otherwise; answer \
         first and work afterwards"
    )
}
