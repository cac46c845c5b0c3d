//! `gwh webhooks` against a scripted API.

mod apply;
mod changing;
mod client;
mod create;
mod emulator;
mod faults;
mod leak;
mod ping;
mod process;
mod reading;
mod replay;
#[cfg(unix)]
mod terminal;

use serde_json::{Value, json};

use crate::support::api::ok;
use crate::support::{Output, Sandbox, ScriptedApi};

/// An id as the service makes them.
pub const ID: &str = "k0h9q38f6ejj1g9j7cgcdsauadmbewegl79f";
/// The secret of a new webhook.
pub const SECRET: &str = "whsec_QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFB";
/// The secret that a rotation makes.
pub const ROTATED: &str = "whsec_QkJCQkJCQkJCQkJCQkJCQkJCQkJCQkJC";

/// A webhook as the API answers it.
pub fn webhook(id: &str, name: &str) -> Value {
    json!({
        "id": id, "name": name, "uri": "https://example.com/hook",
        "subscribed_events": ["batch.succeeded", "batch.failed"], "state": "enabled",
        "signing_secrets": [{"truncated_secret": "whsec_...QUFB"}]
    })
}

/// A new webhook as the API answers it.
pub fn created() -> Value {
    let mut webhook = webhook(ID, "prod");
    webhook["new_signing_secret"] = SECRET.into();
    webhook
}

/// The arguments that create `prod`.
pub const CREATE: [&str; 8] = [
    "webhooks",
    "create",
    "--uri",
    "https://example.com/hook",
    "--events",
    "batch.succeeded,batch.failed",
    "--name",
    "prod",
];

/// A sandbox in which `prod` was created and its secret is stored.
pub fn with_prod(api: &ScriptedApi) -> Sandbox {
    let sandbox = api.sandbox();
    let output = sandbox.run(&CREATE);
    assert_eq!(output.code, 0, "{output:?}");
    sandbox
}

/// What `gwh secrets get prod` prints.
pub fn stored_secret(sandbox: &Sandbox) -> String {
    let output = sandbox.run(&["secrets", "get", "prod"]);
    assert_eq!(output.code, 0, "{output:?}");
    output.out().trim_end().to_owned()
}

#[track_caller]
fn assert_ends(output: &Output, code: u8, words: &[&str]) {
    assert_eq!(output.code, code, "{}{}", output.out(), output.err());
    for word in words {
        assert!(output.err().contains(word), "{word:?} is missing:\n{}", output.err());
    }
}
