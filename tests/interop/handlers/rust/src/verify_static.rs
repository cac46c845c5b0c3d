//! Static webhooks: an HMAC with the signing secret, checked by the `standardwebhooks` library.

// shown: verify
use std::env;
use std::sync::LazyLock;

use axum::http::HeaderMap;
use standardwebhooks::Webhook;

/// While a secret rotates there are two, with a space between them.
static WEBHOOKS: LazyLock<Vec<Webhook>> = LazyLock::new(|| {
    let secrets = env::var("WEBHOOK_SIGNING_SECRET").expect("WEBHOOK_SIGNING_SECRET is set");
    secrets.split(' ').map(|secret| Webhook::new(secret).expect("the secret is base64")).collect()
});

/// Whether one of the secrets signed these bytes, this id and this timestamp, within five minutes.
pub fn verify(headers: &HeaderMap, body: &[u8]) -> bool {
    WEBHOOKS.iter().any(|webhook| webhook.verify(body, headers).is_ok())
}
// end
