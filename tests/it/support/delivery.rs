//! Deliveries signed with a sandbox's test secret, made without the commands under test.

use std::time::{SystemTime, UNIX_EPOCH};

use gwh::signature::{Secret, Signer, signature_header};

use super::{NOW, Sandbox};

/// The `webhook-*` headers of a delivery stamped [`NOW`].
pub fn signed(sandbox: &Sandbox, id: &str, body: impl AsRef<[u8]>) -> Vec<(String, String)> {
    signed_with(&local_secret(sandbox), id, NOW, body.as_ref())
}

/// The same with a given secret and timestamp.
pub fn signed_with(secret: &Secret, id: &str, timestamp: i64, body: &[u8]) -> Vec<(String, String)> {
    let signer = Signer::V1(vec![secret.clone()]);
    let signature = signature_header(&signer, id, timestamp, body).expect("signs");
    [
        ("webhook-id", id.to_owned()),
        ("webhook-timestamp", timestamp.to_string()),
        ("webhook-signature", signature),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

/// A whole request with an id of any bytes, signed with the sandbox's test secret and stamped [`NOW`].
pub fn request_with_id(sandbox: &Sandbox, id: &[u8], body: &[u8]) -> Vec<u8> {
    let signer = Signer::V1(vec![local_secret(sandbox)]);
    let signature = signature_header(&signer, id, NOW, body).expect("signs");
    let rest = format!(
        "\r\nwebhook-timestamp: {NOW}\r\nwebhook-signature: {signature}\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    [b"POST / HTTP/1.1\r\nhost: h\r\nwebhook-id: ", id, rest.as_bytes(), body].concat()
}

/// The sandbox's test secret.
pub fn local_secret(sandbox: &Sandbox) -> Secret {
    Secret::parse(sandbox.run(&["secrets", "get", "local"]).out().trim()).expect("is a secret")
}

/// The machine's time, for the real binary.
pub fn real_now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
    i64::try_from(since.as_secs()).expect("fits")
}
