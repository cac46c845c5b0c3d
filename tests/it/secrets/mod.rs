//! `gwh secrets` and the store beneath it.

mod commands;
mod exec;
mod faults;
mod policy;
mod processes;
mod rotation;
mod sources;

use gwh::secrets::{WebhookRef, WebhookSecrets};
use gwh::signature::Secret;

use crate::support::Sandbox;

/// A secret of which no part may be shown beyond its last four characters.
const SECRET: &str = "whsec_UGxhbnRlZFNlY3JldFdlYmhvb2tLZXlPbmUwMDE=";
const OTHER: &str = "whsec_UGxhbnRlZFNlY3JldFdlYmhvb2tLZXlUd28wMDI=";

fn secret(byte: u8) -> Secret {
    Secret::from_key(&[byte; 32])
}

fn prod() -> WebhookRef {
    WebhookRef::new("8k2f7d", "prod")
}

fn open(sandbox: &Sandbox) -> WebhookSecrets {
    WebhookSecrets::open(&sandbox.session().0).expect("opens")
}

/// Where the default profile of a sandbox keeps its things.
fn profile(sandbox: &Sandbox) -> std::path::PathBuf {
    sandbox.path().join("home/.local/share/gwh/profiles/default")
}
