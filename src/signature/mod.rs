//! Signatures of webhook deliveries: verifying, signing, and saying why one does not match.
//!
//! Everything here is values in, values out: no clock, no I/O, no async, no printing. The three
//! schemes of the service are `v1` (HMAC-SHA256, static webhooks), `v1a` (Ed25519) and a bare
//! RS256 JWT (both for dynamic webhooks). The scheme is read from the `webhook-signature` header,
//! but which algorithm a scheme means is fixed here, and a key is only ever tried with the one
//! algorithm it was made for, so that no message can choose.

mod binding;
pub mod diagnose;
mod ed25519;
mod headers;
mod hmac;
mod jwks;
mod jwt;
mod keys;
mod rsa;
mod secret;
mod sign;
#[cfg(test)]
pub(crate) mod spoilt;
mod verdict;
mod verify;

pub use ed25519::{Ed25519PublicKey, Ed25519SigningKey};
pub use headers::{ID, SIGNATURE, SignedDelivery, TIMESTAMP, extract, parse_timestamp, signature_entries};
pub use jwks::{Jwks, JwksError, UnusableKey, parse_jwks, thumbprint, write_jwks};
pub use jwt::holds_token;
pub use keys::{KeyError, KeySetState, Keys, NamedPublicKey, NamedSecret, PublicKey};
pub use rsa::{RsaPublicKey, RsaSigningKey};
pub use secret::{Secret, SecretError};
pub use sign::{Signer, signature_header, signed_content, token_claims};
pub use verdict::{Binding, Outcome, Proof, Reason, Rejection, Scheme, Verdict, VerdictRecord};
pub use verify::{Policy, verify, verify_two, wants_public_key};
