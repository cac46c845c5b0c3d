//! Calls to the API host over HTTP: the only file set that names the `reqwest` crate.

mod client;
mod jwks;

pub use jwks::fetch_jwks;
