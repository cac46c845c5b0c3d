//! The table of settings: what each is called, what it does, its default and how it is read.

use std::time::Duration;

use crate::env;
use crate::secrets::Backend;
use crate::units;

/// A setting: its key in files, its variable, its default and how it is read.
pub struct Setting<T: 'static> {
    /// The key in a configuration file; a dot separates the table.
    pub key: &'static str,
    /// The environment variable.
    pub variable: &'static str,
    /// The text of the default; empty where there is none.
    pub default: &'static str,
    /// What it does, in a phrase.
    pub about: &'static str,
    pub(super) parse: fn(&str) -> Result<T, String>,
}

/// Which profile's secrets and test keys are used.
pub const PROFILE: Setting<String> = Setting {
    key: "profile",
    variable: env::GWH_PROFILE,
    default: "default",
    about: "which profile's secrets and test keys are used",
    parse: profile_name,
};

/// How far a timestamp may be from now.
pub const TOLERANCE: Setting<Duration> = Setting {
    key: "tolerance",
    variable: env::GWH_TOLERANCE,
    default: "5m",
    about: "how far a timestamp may be from now",
    parse: units::duration,
};

/// The audience that a JWT must name.
pub const AUDIENCE: Setting<String> = Setting {
    key: "audience",
    variable: env::GWH_AUDIENCE,
    default: "",
    about: "the audience that a JWT must name; empty for any",
    parse: text,
};

/// The address that `listen` binds.
pub const LISTEN_HOST: Setting<String> = Setting {
    key: "listen.host",
    variable: env::GWH_HOST,
    default: "127.0.0.1",
    about: "the address that listen binds",
    parse: text,
};

/// The port that `listen` binds.
pub const LISTEN_PORT: Setting<u16> = Setting {
    key: "listen.port",
    variable: env::GWH_PORT,
    default: "8080",
    about: "the port that listen binds",
    parse: units::port,
};

/// How long deliveries are kept.
pub const STORE_KEEP: Setting<Duration> = Setting {
    key: "store.keep",
    variable: env::GWH_KEEP,
    default: "30d",
    about: "how long listen keeps deliveries",
    parse: units::positive_duration,
};

/// How much is kept.
pub const STORE_MAX: Setting<usize> = Setting {
    key: "store.max",
    variable: env::GWH_MAX_STORE,
    default: "1GiB",
    about: "how many bytes of deliveries listen keeps",
    parse: units::store_size,
};

/// Where `trigger` sends to.
pub const TRIGGER_TO: Setting<String> = Setting {
    key: "trigger.to",
    variable: env::GWH_TO,
    default: "http://127.0.0.1:8080/",
    about: "where trigger sends to",
    parse: text,
};

/// How long one answer of the API may take.
pub const API_TIMEOUT: Setting<Duration> = Setting {
    key: "api-timeout",
    variable: env::GWH_API_TIMEOUT,
    default: "30s",
    about: "how long one answer of the API may take",
    parse: units::positive_duration,
};

/// Where secrets are kept.
pub const SECRET_STORE: Setting<Backend> = Setting {
    key: "secret-store",
    variable: env::GWH_SECRET_STORE,
    default: "",
    about: "where secrets are kept: keyring or file; empty for the keyring, or files where there is none",
    parse: Backend::parse_choice,
};

/// How long the keyring may take.
pub const KEYRING_TIMEOUT: Setting<Duration> = Setting {
    key: "keyring-timeout",
    variable: env::GWH_KEYRING_TIMEOUT,
    default: "",
    about: "how long the keyring may take to answer; empty for 5s, or 60s at a terminal",
    parse: units::positive_duration,
};

/// A setting of any type, for lists.
pub trait AnySetting: Sync {
    /// The key in a configuration file.
    fn key(&self) -> &'static str;
    /// The environment variable.
    fn variable(&self) -> &'static str;
    /// The text of the default.
    fn default(&self) -> &'static str;
    /// What it does, in a phrase.
    fn about(&self) -> &'static str;
    /// Says what is wrong with a value.
    fn check(&self, text: &str) -> Result<(), String>;
}

impl<T: 'static> AnySetting for Setting<T> {
    fn key(&self) -> &'static str {
        self.key
    }
    fn variable(&self) -> &'static str {
        self.variable
    }
    fn default(&self) -> &'static str {
        self.default
    }
    fn about(&self) -> &'static str {
        self.about
    }
    fn check(&self, text: &str) -> Result<(), String> {
        (self.parse)(text).map(drop)
    }
}

/// Every setting, in the order that `gwh config show` lists them.
pub const SETTINGS: &[&dyn AnySetting] = &[
    &PROFILE,
    &TOLERANCE,
    &AUDIENCE,
    &LISTEN_HOST,
    &LISTEN_PORT,
    &STORE_KEEP,
    &STORE_MAX,
    &TRIGGER_TO,
    &SECRET_STORE,
    &KEYRING_TIMEOUT,
    &API_TIMEOUT,
];

fn text(text: &str) -> Result<String, String> {
    Ok(text.to_owned())
}

/// A profile is a folder's name: letters, digits, `-`, `_` and `.`, not starting with a dot.
fn profile_name(text: &str) -> Result<String, String> {
    let allowed = |character: char| character.is_ascii_alphanumeric() || matches!(character, '-' | '_' | '.');
    if text.len() <= 64 && !text.starts_with('.') && text.chars().all(allowed) && !text.is_empty() {
        Ok(text.to_owned())
    } else {
        Err("expected a name of letters, digits, '-', '_' and '.'".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_default_passes_its_own_check() {
        for setting in SETTINGS.iter().filter(|setting| !setting.default().is_empty()) {
            assert_eq!(setting.check(setting.default()), Ok(()), "{}", setting.key());
        }
    }

    #[test]
    fn a_profile_cannot_leave_its_folder() {
        for bad in ["../x", "a/b", ".hidden", "", "a\\b"] {
            assert!(profile_name(bad).is_err(), "{bad:?}");
        }
    }
}
