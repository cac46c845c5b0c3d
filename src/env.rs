//! The environment, captured once, and the name of every variable that `gwh` reads.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};

/// A variable that `gwh` reads or sets, for the code and for the table in the README.
#[derive(Debug, Clone, Copy)]
pub struct Variable {
    /// The variable's name.
    pub name: &'static str,
    /// What it does, in a phrase.
    pub about: &'static str,
}

macro_rules! variables {
    ($($(#[doc = $doc:literal])+ $constant:ident = $name:literal;)+) => {
        $($(#[doc = $doc])+ pub const $constant: &str = $name;)+

        /// Every variable that `gwh` reads or sets, in the order of that table.
        pub const VARIABLES: &[Variable] = &[
            $(Variable { name: $name, about: concat!($($doc),+) },)+
        ];
    };
}

variables! {
    /// Signing secrets, separated by spaces; the name that Google's documentation uses.
    WEBHOOK_SIGNING_SECRET = "WEBHOOK_SIGNING_SECRET";
    /// The profile, as `--profile`.
    GWH_PROFILE = "GWH_PROFILE";
    /// The configuration file, as `--config`.
    GWH_CONFIG = "GWH_CONFIG";
    /// The folder that holds profiles and test keys, instead of the system's data folder.
    GWH_DATA_DIR = "GWH_DATA_DIR";
    /// How far a timestamp may be from now, as `--tolerance`.
    GWH_TOLERANCE = "GWH_TOLERANCE";
    /// The audience that a JWT must name, as `--audience`.
    GWH_AUDIENCE = "GWH_AUDIENCE";
    /// The address that `listen` binds, as `--host`.
    GWH_HOST = "GWH_HOST";
    /// The port that `listen` binds, as `--port`.
    GWH_PORT = "GWH_PORT";
    /// Where `trigger` sends to, as `--to`.
    GWH_TO = "GWH_TO";
    /// Where secrets are kept, `keyring` or `file`, as `--secret-store`.
    GWH_SECRET_STORE = "GWH_SECRET_STORE";
    /// How long the keyring may take to answer, instead of 5s, or 60s at a terminal.
    GWH_KEYRING_TIMEOUT = "GWH_KEYRING_TIMEOUT";
    /// Set for the handler that `test --start` runs: the URL of the test key set; `--jwks-env` renames it.
    GWH_TEST_JWKS_URL = "GWH_TEST_JWKS_URL";
    /// Set for the handler that `test --start` runs: the audience that tokens name.
    GWH_TEST_AUDIENCE = "GWH_TEST_AUDIENCE";
    /// Set for the handler that `test --start` runs: a file to which it may add the `webhook-id` of each
    /// event that it processes, a line each.
    GWH_TEST_PROCESSED = "GWH_TEST_PROCESSED";
    /// Turns colour off when it is set and not empty.
    NO_COLOR = "NO_COLOR";
    /// Turns colour on when it is set and neither empty nor `0`.
    CLICOLOR_FORCE = "CLICOLOR_FORCE";
    /// The terminal type; `dumb` turns colour and progress bars off.
    TERM = "TERM";
    /// The webhook id of a delivery received by a CGI program, for `verify`.
    HTTP_WEBHOOK_ID = "HTTP_WEBHOOK_ID";
    /// The timestamp of a delivery received by a CGI program, for `verify`.
    HTTP_WEBHOOK_TIMESTAMP = "HTTP_WEBHOOK_TIMESTAMP";
    /// The signature of a delivery received by a CGI program, for `verify`.
    HTTP_WEBHOOK_SIGNATURE = "HTTP_WEBHOOK_SIGNATURE";
    /// Set by a web server that runs a CGI program: `verify` then takes its whole input as the body.
    GATEWAY_INTERFACE = "GATEWAY_INTERFACE";
    /// How long `listen` keeps deliveries.
    GWH_KEEP = "GWH_KEEP";
    /// How many bytes of deliveries `listen` keeps.
    GWH_MAX_STORE = "GWH_MAX_STORE";
    /// The API key; wins over `GEMINI_API_KEY`.
    GOOGLE_API_KEY = "GOOGLE_API_KEY";
    /// The API key.
    GEMINI_API_KEY = "GEMINI_API_KEY";
    /// Where the API is, with any path prefix, instead of Google's own address.
    GOOGLE_GEMINI_BASE_URL = "GOOGLE_GEMINI_BASE_URL";
    /// The version of the API: `v1` (the default) or `v1beta`.
    GOOGLE_GENAI_API_VERSION = "GOOGLE_GENAI_API_VERSION";
    /// How long one answer of the API may take.
    GWH_API_TIMEOUT = "GWH_API_TIMEOUT";
    /// The proxy for `https://` URLs of the API. It and the next three may be in lower case, which wins.
    HTTPS_PROXY = "HTTPS_PROXY";
    /// The proxy for `http://` URLs of the API, unless `REQUEST_METHOD` is set.
    HTTP_PROXY = "HTTP_PROXY";
    /// The proxy for what the two others leave out.
    ALL_PROXY = "ALL_PROXY";
    /// The hosts that are reached without a proxy, separated by commas.
    NO_PROXY = "NO_PROXY";
    /// Set in a CGI program, where `HTTP_PROXY` may come from a request and does not count.
    REQUEST_METHOD = "REQUEST_METHOD";
    /// The user's home folder.
    HOME = "HOME";
    /// The base of the data folder.
    XDG_DATA_HOME = "XDG_DATA_HOME";
    /// The base of the configuration folder.
    XDG_CONFIG_HOME = "XDG_CONFIG_HOME";
    /// The base of both folders on Windows.
    APPDATA = "APPDATA";
}

/// A snapshot of the environment.
#[derive(Clone, Default)]
pub struct Env(BTreeMap<OsString, OsString>);

impl Env {
    /// The environment of this process as it is now.
    pub fn of_process() -> Self {
        Env(std::env::vars_os().collect())
    }

    /// An environment of exactly these variables.
    pub fn of<K: Into<OsString>, V: Into<OsString>>(variables: impl IntoIterator<Item = (K, V)>) -> Self {
        Env(variables.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }

    /// The value as text, where the variable is set, not empty and Unicode.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.get(OsStr::new(name)).and_then(|value| value.to_str()).filter(|value| !value.is_empty())
    }

    /// The raw value, where the variable is set and not empty.
    pub fn raw(&self, name: &str) -> Option<&OsStr> {
        self.0.get(OsStr::new(name)).map(OsString::as_os_str).filter(|value| !value.is_empty())
    }

    /// Whether the variable is set to something other than the empty text or `0`.
    pub fn enabled(&self, name: &str) -> bool {
        self.raw(name).is_some_and(|value| value != "0")
    }
}

/// Names only: the environment holds secrets.
impl std::fmt::Debug for Env {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}
