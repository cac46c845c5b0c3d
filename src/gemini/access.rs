//! Where the API is and with which key: from the environment, as Google's SDKs read it.
//!
//! None of this comes from a project's file: a cloned repository must not be able to send the key elsewhere.

use std::fmt;
use std::time::Duration;

use reqwest::Url;
use reqwest::header::HeaderValue;
use zeroize::Zeroizing;

use super::endpoint::is_loopback;
use crate::env::{self, Env};
use crate::error::Failure;
use crate::sanitize;

const DEFAULT_BASE: &str = "https://generativelanguage.googleapis.com";
const DEFAULT_VERSION: &str = "v1";

/// An API key. `Debug` hides it and there is no `Display`.
#[derive(Clone)]
pub struct ApiKey(Zeroizing<String>);

/// Why a text is not an API key. Never quotes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// There is nothing.
    #[error("the key is empty")]
    Empty,
    /// It holds what no key has: white space, quotes, control or non-ASCII characters.
    #[error("the key holds a character that API keys do not have, such as a space or a quote")]
    Malformed,
}

impl ApiKey {
    /// Reads a key; white space around it, as files and clipboards add it, does not count.
    ///
    /// # Errors
    /// [`KeyError`] where the text cannot be a key.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let text = text.trim();
        let allowed =
            |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\'' | b'\\' | b'<' | b'>');
        match text {
            "" => Err(KeyError::Empty),
            _ if text.bytes().all(allowed) => Ok(ApiKey(Zeroizing::new(text.to_owned()))),
            _ => Err(KeyError::Malformed),
        }
    }

    /// The key of the environment, as Google's SDKs choose it, and the variable that holds it.
    ///
    /// # Errors
    /// Kind `Configuration` where the variable does not hold a key.
    pub fn of(env: &Env) -> Result<Option<(Self, &'static str)>, Failure> {
        let variable = [env::GOOGLE_API_KEY, env::GEMINI_API_KEY]
            .into_iter()
            .find_map(|name| Some((name, env.text(name)?)));
        let Some((variable, text)) = variable else { return Ok(None) };
        ApiKey::parse(text).map(|key| Some((key, variable))).map_err(|error| {
            Failure::configuration(format!("{variable} does not hold an API key")).because(error).hint(
                "set it to a key from https://aistudio.google.com/apikey, or unset it and run gwh login",
            )
        })
    }

    /// The key itself. For sending and storing it; nothing else.
    pub fn expose(&self) -> &str {
        &self.0
    }

    pub(super) fn header(&self) -> HeaderValue {
        let mut value = HeaderValue::from_str(&self.0).expect("a key is visible ASCII");
        value.set_sensitive(true);
        value
    }
}

impl fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ApiKey(…)")
    }
}

/// How to reach the API.
#[derive(Debug, Clone)]
pub struct Access {
    pub(super) base: Url,
    pub(super) version: String,
    pub(super) key: ApiKey,
    pub(super) timeout: Duration,
}

impl Access {
    /// The base URL and version of the environment, with a key and the total time for one answer.
    ///
    /// # Errors
    /// Kind `Configuration` where the base URL or version cannot be used.
    pub fn new(env: &Env, key: ApiKey, timeout: Duration) -> Result<Self, Failure> {
        let base = base_of(env)?;
        let version = version(env.text(env::GOOGLE_GENAI_API_VERSION).unwrap_or(DEFAULT_VERSION))?;
        Ok(Access { base, version, key, timeout })
    }

    /// Where the API is, unless that is Google's own address.
    pub(super) fn elsewhere(&self) -> Option<&Url> {
        Some(&self.base).filter(|base| base.as_str().trim_end_matches('/') != DEFAULT_BASE)
    }

    /// What is to be said before the key is sent.
    pub fn warning(&self) -> Option<String> {
        let is_open = self.base.scheme() == "http" && !is_loopback(&self.base);
        is_open.then(|| {
            let host = sanitize::text(self.base.host_str().unwrap_or_default());
            format!(
                "{} is not HTTPS: the API key travels in the clear to {host}",
                env::GOOGLE_GEMINI_BASE_URL
            )
        })
    }

    /// The URL of a path below the version, with the base URL's own path kept in front.
    /// `segments` are encoded, so that no id can lead elsewhere.
    pub(super) fn url(&self, segments: &[&str], query: &[(&str, &str)]) -> Url {
        let mut url = self.base.clone();
        let path = std::iter::once(self.version.as_str()).chain(segments.iter().copied());
        url.path_segments_mut().expect("the scheme is HTTP").pop_if_empty().extend(path);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        url
    }
}

/// The failure of a command that needs a key where there is none.
pub fn missing_key() -> Failure {
    Failure::configuration(format!(
        "there is no API key: neither {} nor {} is set, and none is stored",
        env::GOOGLE_API_KEY,
        env::GEMINI_API_KEY
    ))
    .hint("set GEMINI_API_KEY to a key from https://aistudio.google.com/apikey")
    .hint("or run gwh login to keep one in the keyring")
    .hint("no key is needed for gwh emulator, which takes any: set GOOGLE_GEMINI_BASE_URL to its address")
}

/// The base URL of the environment.
///
/// # Errors
/// Kind `Configuration` where it cannot be used.
pub(super) fn base_of(env: &Env) -> Result<Url, Failure> {
    base_url(env.text(env::GOOGLE_GEMINI_BASE_URL).unwrap_or(DEFAULT_BASE))
}

fn base_url(text: &str) -> Result<Url, Failure> {
    // The value may carry a password where it should not, so no message quotes it.
    let refused = |why: &str| {
        Err(Failure::configuration(format!("{} {why}", env::GOOGLE_GEMINI_BASE_URL))
            .hint(format!("set it to a URL such as {DEFAULT_BASE} or http://127.0.0.1:9090, or unset it")))
    };
    let Ok(url) = Url::parse(text.trim()) else {
        return refused("does not hold a URL");
    };
    if !matches!(url.scheme(), "http" | "https") {
        return refused("does not begin with http:// or https://");
    }
    if !url.username().is_empty() || url.password().is_some() {
        return refused("carries a user name or password, which gwh does not send");
    }
    if url.query().is_some() || url.fragment().is_some() {
        return refused("has a query or a fragment, which a base URL cannot have");
    }
    Ok(url)
}

fn version(text: &str) -> Result<String, Failure> {
    let text = text.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Ok(text.to_owned());
    }
    Err(Failure::configuration(format!("{}={text:?} is not an API version", env::GOOGLE_GENAI_API_VERSION))
        .hint("the versions are v1 and v1beta"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn access(base: &str) -> Access {
        Access {
            base: base_url(base).expect("a base URL"),
            version: "v1".to_owned(),
            key: ApiKey::parse("AIzaTest").expect("a key"),
            timeout: Duration::from_secs(1),
        }
    }

    #[test]
    fn the_prefix_of_the_base_url_is_kept_and_ids_cannot_leave_the_path() {
        let url = |base, id: &str| access(base).url(&["webhooks", id], &[]).to_string();
        assert_eq!(url("https://h", "a"), "https://h/v1/webhooks/a");
        assert_eq!(url("https://h/gemini", "a:ping"), "https://h/gemini/v1/webhooks/a:ping");
        assert_eq!(url("https://h/gemini/", "a/b?c"), "https://h/gemini/v1/webhooks/a%2Fb%3Fc");
        let paged = access("https://h").url(&["webhooks"], &[("page_token", "a&b,c")]);
        assert_eq!(paged.as_str(), "https://h/v1/webhooks?page_token=a%26b%2Cc");
    }

    #[test]
    fn a_key_is_trimmed_checked_and_hidden() {
        let key = ApiKey::parse(" AIzaSy-test_1\n").expect("a key");
        assert_eq!(key.expose(), "AIzaSy-test_1");
        assert_eq!(format!("{key:?}"), "ApiKey(…)");
        assert_eq!(ApiKey::parse(" ").expect_err("empty"), KeyError::Empty);
        for bad in ["two words", "\"quoted\"", "ключ", "a\u{0}b"] {
            assert_eq!(ApiKey::parse(bad).expect_err("malformed"), KeyError::Malformed);
        }
    }

    #[test]
    fn a_base_url_that_would_leak_or_lead_nowhere_is_refused_without_quoting_it() {
        for bad in
            ["", "generativelanguage.googleapis.com", "ftp://h", "https://u:hunter2@h", "https://h?x=1"]
        {
            let failure = base_url(bad).expect_err("refused");
            assert!(!failure.to_string().contains("hunter2"), "{failure}");
        }
        assert!(version("v1beta").is_ok());
        for bad in ["", "v1/../v2", "v 1"] {
            assert!(version(bad).is_err());
        }
    }
}
