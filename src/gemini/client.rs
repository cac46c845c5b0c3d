//! The one builder of HTTP clients for the API.

use std::time::Duration;

use reqwest::redirect::Policy;

use crate::error::Failure;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
const TOTAL_TIMEOUT: Duration = Duration::from_secs(30);

/// A client that never follows a redirect, since headers such as the API key would follow too, and
/// never waits without an end. Proxies come from the environment.
///
/// # Errors
/// Kind `Configuration` where TLS cannot be set up, for example without any CA certificates.
pub(super) fn client() -> Result<reqwest::Client, Failure> {
    reqwest::Client::builder()
        .user_agent(concat!("gwh/", env!("CARGO_PKG_VERSION")))
        .redirect(Policy::none())
        .connect_timeout(CONNECT_TIMEOUT)
        .timeout(TOTAL_TIMEOUT)
        .build()
        .map_err(|error| Failure::configuration("cannot set up TLS").because(error))
}
