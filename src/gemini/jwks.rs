//! Key sets: where the API publishes its own, and fetching one.

use std::error::Error;
use std::time::Duration;

use reqwest::header::{AGE, CACHE_CONTROL, DATE, ETAG, EXPIRES, HeaderName, IF_NONE_MATCH};
use reqwest::{Response, StatusCode, Url};

use super::access::base_of;
use super::client::{BodyError, api_client, read_body};
use super::endpoint::is_loopback;
use crate::env::Env;
use crate::error::Failure;
use crate::runtime;

/// Far above any real key set; a longer answer is refused.
const MAX_BYTES: usize = 256 * 1024;
/// How long a key set may take to come, from the first look at its host's name to its last byte.
const TOTAL_TIMEOUT: Duration = Duration::from_secs(4);
/// Where the service publishes its key set, below the API's base URL.
const WELL_KNOWN: [&str; 2] = [".well-known", "jwks.json"];
/// The host of the service itself.
const GOOGLE: &str = "generativelanguage.googleapis.com";

/// The URL of a key set, and what its keys are called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeySetPlace {
    /// How its keys are reported: `Google JWKS`, `HOST JWKS` of another API, or the URL.
    pub name: String,
    url: Url,
}

impl KeySetPlace {
    /// The key set of the API that the environment names, else of the service.
    ///
    /// # Errors
    /// Kind `Configuration` where the base URL cannot be used.
    pub fn of_api(env: &Env) -> Result<Self, Failure> {
        let mut url = base_of(env)?;
        url.path_segments_mut().expect("the scheme is HTTP").pop_if_empty().extend(WELL_KNOWN);
        let host = url.host_str().unwrap_or_default();
        let name = match url.port() {
            None if host == GOOGLE && url.scheme() == "https" => "Google JWKS".to_owned(),
            None => format!("{host} JWKS"),
            Some(port) => format!("{host}:{port} JWKS"),
        };
        Ok(KeySetPlace { name, url })
    }

    /// The key set at a URL that the user names; never one that a message names.
    ///
    /// # Errors
    /// Kind `Usage` where the text is no URL of a key set; the message does not quote a password.
    pub fn named(text: &str) -> Result<Self, Failure> {
        let url = Url::parse(text).ok().filter(|url| matches!(url.scheme(), "http" | "https"));
        let Some(mut url) = url else {
            return Err(Failure::usage("the URL of the key set does not begin with http:// or https://")
                .hint("give for example https://generativelanguage.googleapis.com/.well-known/jwks.json"));
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err(Failure::usage(
                "the URL of the key set carries a user name or password, which gwh does not send",
            )
            .hint("key sets are public: give the URL without them"));
        }
        url.set_fragment(None);
        Ok(KeySetPlace { name: text.to_owned(), url })
    }

    /// The URL.
    pub fn url(&self) -> &str {
        self.url.as_str()
    }

    /// Whether anybody between here and there could put other keys in.
    pub fn is_open_to_tampering(&self) -> bool {
        self.url.scheme() == "http" && !is_loopback(&self.url)
    }
}

/// Why a key set could not be fetched.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeySetError {
    /// There was no answer: no network, no such host, a connection that broke.
    #[error("{0}")]
    Unreachable(String),
    /// The answer did not come in time, or not all of it.
    #[error("no complete answer within {} seconds", TOTAL_TIMEOUT.as_secs())]
    TooSlow,
    /// It answers with a redirect, which could lead anywhere.
    #[error("it answers with a redirect ({0}), and redirects are not followed")]
    Redirect(u16),
    /// It answers with something else than the set.
    #[error("it answers with status {0}")]
    Status(u16),
    /// It is larger than any key set.
    #[error("it is larger than {} KiB", MAX_BYTES / 1024)]
    TooLarge,
    /// The client cannot be set up.
    #[error("{0}")]
    Setup(String),
}

/// What the answer says about how long it may be used, as it was written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Caching {
    /// `Cache-Control`.
    pub cache_control: Option<String>,
    /// `Age`.
    pub age: Option<String>,
    /// `Expires`.
    pub expires: Option<String>,
    /// `Date`.
    pub date: Option<String>,
}

/// A key set as it was fetched.
#[derive(Debug, Clone)]
pub struct Fetched {
    /// Its bytes; none where it is still the one with the entity tag that was sent.
    pub body: Option<Vec<u8>>,
    /// Its entity tag.
    pub etag: Option<String>,
    /// How long it may be used.
    pub caching: Caching,
}

/// Fetches the key set at `place`, unless it still is the one with the entity tag `known`. Blocks for
/// four seconds at most.
///
/// # Errors
/// [`KeySetError`].
pub fn fetch_key_set(env: &Env, place: &KeySetPlace, known: Option<&str>) -> Result<Fetched, KeySetError> {
    let client = api_client(env, &place.url, TOTAL_TIMEOUT)
        .map_err(|failure| KeySetError::Setup(failure.to_string()))?;
    let fetched = runtime::block_on(async {
        let mut request = client.get(place.url.clone());
        if let Some(etag) = known {
            request = request.header(IF_NONE_MATCH, etag);
        }
        Ok(match request.send().await {
            Ok(response) => read(response, known.is_some()).await,
            Err(error) => Err(failed(&error)),
        })
    });
    fetched.unwrap_or_else(|failure| Err(KeySetError::Setup(failure.to_string())))
}

async fn read(response: Response, is_conditional: bool) -> Result<Fetched, KeySetError> {
    let header = |name: HeaderName| {
        let value = response.headers().get(name)?.to_str().ok()?;
        Some(value.to_owned())
    };
    let caching = Caching {
        cache_control: header(CACHE_CONTROL),
        age: header(AGE),
        expires: header(EXPIRES),
        date: header(DATE),
    };
    let etag = header(ETAG);
    let body = match response.status() {
        StatusCode::NOT_MODIFIED if is_conditional => None,
        StatusCode::OK => {
            // What says that it is too long need not be read to be refused.
            if response.content_length().is_some_and(|length| length > MAX_BYTES as u64) {
                return Err(KeySetError::TooLarge);
            }
            let bytes = read_body(response, MAX_BYTES).await.map_err(|error| match error {
                BodyError::TooLarge => KeySetError::TooLarge,
                BodyError::Broken(error) => failed(&error),
            })?;
            Some(bytes.to_vec())
        }
        status if status.is_redirection() => return Err(KeySetError::Redirect(status.as_u16())),
        status => return Err(KeySetError::Status(status.as_u16())),
    };
    Ok(Fetched { body, etag, caching })
}

fn failed(error: &reqwest::Error) -> KeySetError {
    if error.is_timeout() {
        return KeySetError::TooSlow;
    }
    // The innermost source says what happened; the error itself repeats the URL.
    let mut innermost: &(dyn Error + 'static) = error;
    while let Some(source) = innermost.source() {
        innermost = source;
    }
    KeySetError::Unreachable(innermost.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of_api(base: &str) -> KeySetPlace {
        KeySetPlace::of_api(&Env::of([("GOOGLE_GEMINI_BASE_URL", base)])).expect("a base URL")
    }

    #[test]
    fn the_set_of_the_api_is_below_its_base_and_named_honestly() {
        let google = KeySetPlace::of_api(&Env::default()).expect("the default");
        assert_eq!(google.url(), "https://generativelanguage.googleapis.com/.well-known/jwks.json");
        assert_eq!(google.name, "Google JWKS");
        for (base, url, name) in [
            ("http://127.0.0.1:9090/", "http://127.0.0.1:9090/.well-known/jwks.json", "127.0.0.1:9090 JWKS"),
            ("https://h/gemini", "https://h/gemini/.well-known/jwks.json", "h JWKS"),
            (
                "http://generativelanguage.googleapis.com",
                "http://generativelanguage.googleapis.com/.well-known/jwks.json",
                "generativelanguage.googleapis.com JWKS",
            ),
        ] {
            let place = of_api(base);
            assert_eq!((place.url(), &*place.name), (url, name));
        }
    }

    #[test]
    fn a_url_with_a_password_is_refused_and_not_quoted() {
        for bad in ["https://user:hunter2@h/jwks.json", "ftp://h/jwks.json", "jwks.json"] {
            let failure = KeySetPlace::named(bad).expect_err("refused");
            assert!(!failure.to_string().contains("hunter2"), "{failure}");
        }
        assert!(KeySetPlace::named("http://example.com/").expect("a URL").is_open_to_tampering());
        assert!(!KeySetPlace::named("http://localhost:1/").expect("a URL").is_open_to_tampering());
    }
}
