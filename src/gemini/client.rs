//! The one builder of HTTP clients for the API, and the proxies that it goes through.

use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{ClientBuilder, NoProxy, Proxy, Response, Url};
use zeroize::Zeroizing;

use super::endpoint::is_loopback;
use crate::env::{self, Env};
use crate::error::Failure;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// A client for `base` that never follows a redirect, since headers such as the API key would follow too,
/// and never waits longer than `timeout` for an answer. Proxies are those that the captured environment
/// names; this machine is always reached directly.
///
/// # Errors
/// Kind `Configuration` where TLS cannot be set up, for example without any CA certificates, or a proxy's
/// URL cannot be used.
pub(super) fn api_client(env: &Env, base: &Url, timeout: Duration) -> Result<reqwest::Client, Failure> {
    let mut builder = builder(timeout).no_proxy();
    if !is_loopback(base) {
        for proxy in proxies(env)? {
            builder = builder.proxy(proxy);
        }
    }
    build(builder)
}

/// Why a body was not read to its end.
#[derive(Debug)]
pub(super) enum BodyError {
    /// It is larger than the limit.
    TooLarge,
    /// The connection broke, or the time was over.
    Broken(reqwest::Error),
}

/// The body of an answer, of at most `limit` bytes. It may hold a secret, so it is wiped when dropped.
pub(super) async fn read_body(mut response: Response, limit: usize) -> Result<Zeroizing<Vec<u8>>, BodyError> {
    let mut bytes = Zeroizing::new(Vec::new());
    while let Some(chunk) = response.chunk().await.map_err(BodyError::Broken)? {
        if bytes.len() + chunk.len() > limit {
            return Err(BodyError::TooLarge);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

fn builder(timeout: Duration) -> ClientBuilder {
    // For TLS: AWS-LC looks at the processor here, not at every start of the program.
    aws_lc_rs::init();
    reqwest::Client::builder()
        .user_agent(concat!("gwh/", env!("CARGO_PKG_VERSION")))
        .redirect(Policy::none())
        // Whether a call may be sent again is decided by what it does, not by how the connection ended.
        .retry(reqwest::retry::never())
        .connect_timeout(CONNECT_TIMEOUT.min(timeout))
        .timeout(timeout)
}

fn build(builder: ClientBuilder) -> Result<reqwest::Client, Failure> {
    builder.build().map_err(|error| Failure::configuration("cannot set up TLS").because(error))
}

/// The proxies of the environment, the more specific first. As in other tools, the lower-case name wins
/// and `HTTP_PROXY` does not count in a CGI program, where a request header sets it.
fn proxies(env: &Env) -> Result<Vec<Proxy>, Failure> {
    let is_cgi = env.raw(env::REQUEST_METHOD).is_some();
    let lower = |name: &str| env.text(&name.to_ascii_lowercase());
    let http = lower(env::HTTP_PROXY).or(env.text(env::HTTP_PROXY).filter(|_| !is_cgi));
    let https = lower(env::HTTPS_PROXY).or(env.text(env::HTTPS_PROXY));
    let all = lower(env::ALL_PROXY).or(env.text(env::ALL_PROXY));
    let except = lower(env::NO_PROXY).or(env.text(env::NO_PROXY)).and_then(NoProxy::from_string);
    type Make = fn(&str) -> reqwest::Result<Proxy>;
    let kinds: [(Option<&str>, &str, Make); 3] = [
        (https, env::HTTPS_PROXY, |url| Proxy::https(url)),
        (http, env::HTTP_PROXY, |url| Proxy::http(url)),
        (all, env::ALL_PROXY, |url| Proxy::all(url)),
    ];
    let mut proxies = Vec::new();
    for (url, variable, make) in kinds {
        let Some(url) = url else { continue };
        // The URL may hold a password, so the message names the variable only.
        let proxy = make(url).map_err(|_| {
            Failure::configuration(format!("{variable} does not hold the URL of a proxy"))
                .hint("a proxy is given as http://host:port")
        })?;
        proxies.push(proxy.no_proxy(except.clone()));
    }
    Ok(proxies)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proxies_come_from_the_captured_environment() {
        let count = |pairs: &[(&str, &str)]| proxies(&Env::of(pairs.iter().copied())).expect("usable").len();
        assert_eq!(count(&[]), 0);
        assert_eq!(count(&[("HTTPS_PROXY", "http://p:1"), ("http_proxy", "http://p:2")]), 2);
        assert_eq!(count(&[("ALL_PROXY", "http://p:1")]), 1);
        assert_eq!(count(&[("HTTP_PROXY", "http://p:1"), ("REQUEST_METHOD", "GET")]), 0, "httpoxy");
    }

    #[test]
    fn a_bad_proxy_is_named_by_its_variable_and_never_quoted() {
        let failure = proxies(&Env::of([("HTTPS_PROXY", "http://user:hunter2@[bad")])).expect_err("refused");
        assert!(failure.to_string().contains("HTTPS_PROXY") && !failure.to_string().contains("hunter2"));
    }
}
