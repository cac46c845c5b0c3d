//! Settings: what each is called, where its value comes from, and which source wins.
//!
//! A flag wins over the environment, which wins over the project file, the user file and the default.
//! clap's own `env` is not used: it reads the process's environment, which tests could not redirect.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use toml::Value;

use crate::env::{self, Env};
use crate::error::Failure;
use crate::paths;
use crate::secrets::Backend;
use crate::units;

/// The name of a project's configuration file, looked for from the current folder upwards.
pub const PROJECT_FILE: &str = "gwh.toml";

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
    parse: fn(&str) -> Result<T, String>,
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
    parse: port,
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
    parse: units::duration,
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
    parse: units::duration,
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
    &TRIGGER_TO,
    &SECRET_STORE,
    &KEYRING_TIMEOUT,
    &API_TIMEOUT,
];

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A flag of this call.
    Flag,
    /// The environment variable of this name.
    Environment(&'static str),
    /// A configuration file.
    File(PathBuf),
    /// Nothing was said.
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Flag => f.write_str("flag"),
            Origin::Environment(name) => write!(f, "environment {name}"),
            Origin::File(path) => write!(f, "{}", path.display()),
            Origin::Default => f.write_str("default"),
        }
    }
}

/// The settings of one run.
#[derive(Debug)]
pub struct Config {
    values: Vec<(&'static str, String, Origin)>,
}

impl Config {
    /// Reads every source. `file` replaces the search for files; `flags` are the global flags that were
    /// given, each as the key of its setting and its text.
    ///
    /// # Errors
    /// Kind `Configuration` where a file cannot be read, holds a key that is not known, or a value
    /// has the wrong form; `Usage` where the flag's value has.
    pub fn load(
        env: &Env,
        directory: &Path,
        file: Option<&Path>,
        flags: &[(&'static str, &str)],
    ) -> Result<Self, Failure> {
        let named = file
            .map(|file| directory.join(file))
            .or_else(|| env.raw(env::GWH_CONFIG).map(|file| directory.join(file)));
        let mut files = Vec::new();
        match named {
            Some(path) => files.push(read_file(path)?),
            None => {
                for path in
                    [find_project_file(directory), paths::user_config(env).filter(|path| path.exists())]
                {
                    files.extend(path.map(read_file).transpose()?);
                }
            }
        }
        let values =
            SETTINGS.iter().map(|setting| resolve(*setting, env, &files, flags)).collect::<Result<_, _>>()?;
        Ok(Config { values })
    }

    /// The value of a setting, unless a flag of the command gives it.
    pub fn get<T>(&self, setting: &Setting<T>, flag: Option<T>) -> Option<T> {
        flag.or_else(|| {
            let (_, text, _) = self.values.iter().find(|(key, ..)| *key == setting.key)?;
            if text.is_empty() { None } else { (setting.parse)(text).ok() }
        })
    }

    /// The value of a setting that has a default.
    pub fn required<T>(&self, setting: &Setting<T>, flag: Option<T>) -> T {
        self.get(setting, flag)
            .expect("a setting with a default always has a value that was checked on loading")
    }

    /// The name of the profile.
    pub fn profile(&self) -> String {
        self.required(&PROFILE, None)
    }

    /// Where the value of a setting comes from.
    pub fn origin<T>(&self, setting: &Setting<T>) -> &Origin {
        let found = self.values.iter().find(|(key, ..)| *key == setting.key);
        found.map_or(&Origin::Default, |(_, _, origin)| origin)
    }

    /// Every key with its value and where that comes from.
    pub fn entries(&self) -> impl Iterator<Item = (&'static str, &str, &Origin)> {
        self.values.iter().map(|(key, text, origin)| (*key, text.as_str(), origin))
    }
}

/// A configuration file that was read: its path, and each dotted key with its text.
type File = (PathBuf, Vec<(String, String)>);

fn resolve(
    setting: &dyn AnySetting,
    env: &Env,
    files: &[File],
    flags: &[(&'static str, &str)],
) -> Result<(&'static str, String, Origin), Failure> {
    let flag = flags.iter().find(|(key, _)| *key == setting.key());
    let flag = flag.map(|(_, text)| ((*text).to_owned(), Origin::Flag));
    let variable = || {
        env.text(setting.variable()).map(|text| (text.to_owned(), Origin::Environment(setting.variable())))
    };
    let file = || {
        files.iter().find_map(|(path, pairs)| {
            let (_, text) = pairs.iter().find(|(key, _)| key == setting.key())?;
            Some((text.clone(), Origin::File(path.clone())))
        })
    };
    let (text, origin) = flag
        .or_else(variable)
        .or_else(file)
        .unwrap_or_else(|| (setting.default().to_owned(), Origin::Default));
    let checked = match (text.is_empty(), setting.default().is_empty()) {
        // Empty is how a setting without a default is left open, and no value of any other.
        (true, true) => Ok(()),
        (true, false) => Err("must not be empty".to_owned()),
        _ => setting.check(&text),
    };
    checked.map_err(|problem| match &origin {
        Origin::Flag => Failure::usage(format!("--{} {text:?}: {problem}", setting.key())),
        Origin::Environment(name) => Failure::configuration(format!("{name}={text:?}: {problem}")),
        Origin::File(path) => {
            Failure::configuration(format!("{}: {} = {text:?}: {problem}", path.display(), setting.key()))
        }
        Origin::Default => Failure::bug(format!("the default of {} is wrong: {problem}", setting.key())),
    })?;
    Ok((setting.key(), text, origin))
}

fn find_project_file(directory: &Path) -> Option<PathBuf> {
    directory.ancestors().map(|folder| folder.join(PROJECT_FILE)).find(|path| path.is_file())
}

fn read_file(path: PathBuf) -> Result<File, Failure> {
    let name = path.display().to_string();
    let text = std::fs::read_to_string(&path)
        .map_err(|error| Failure::configuration(format!("cannot read {name}")).because(error))?;
    let table: toml::Table = text.parse().map_err(|error: toml::de::Error| {
        Failure::configuration(format!("{name} is not TOML")).because(error)
    })?;
    let mut pairs = Vec::new();
    flatten("", &Value::Table(table), &mut pairs);
    if let Some((key, _)) = pairs.iter().find(|(key, _)| SETTINGS.iter().all(|setting| setting.key() != key))
    {
        let keys: Vec<&str> = SETTINGS.iter().map(|setting| setting.key()).collect();
        return Err(Failure::configuration(format!("{name} sets {key}, which is not a setting"))
            .hint(format!("the settings are {}", keys.join(", "))));
    }
    Ok((path, pairs))
}

fn flatten(prefix: &str, value: &Value, pairs: &mut Vec<(String, String)>) {
    match value {
        Value::Table(table) => {
            for (key, value) in table {
                let key = if prefix.is_empty() { key.clone() } else { format!("{prefix}.{key}") };
                flatten(&key, value, pairs);
            }
        }
        Value::String(text) => pairs.push((prefix.to_owned(), text.clone())),
        other => pairs.push((prefix.to_owned(), other.to_string())),
    }
}

fn text(text: &str) -> Result<String, String> {
    Ok(text.to_owned())
}

/// Parses a port.
pub fn port(text: &str) -> Result<u16, String> {
    text.parse().map_err(|_| "expected a port from 0 to 65535".to_owned())
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

    fn folder_with(file: &str, text: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a scratch folder");
        std::fs::write(folder.path().join(file), text).expect("writes");
        folder
    }

    #[test]
    fn the_environment_wins_over_the_project_file_and_that_over_the_default() {
        let folder = folder_with(PROJECT_FILE, "tolerance = \"1m\"\n[listen]\nport = 9000\n");
        let env = Env::of([("GWH_TOLERANCE", "2m")]);
        let config = Config::load(&env, folder.path(), None, &[(PROFILE.key, "work")]).expect("loads");
        assert_eq!(config.required(&TOLERANCE, None), Duration::from_secs(120));
        assert_eq!(config.required(&LISTEN_PORT, None), 9000);
        assert_eq!(config.required(&LISTEN_PORT, Some(1)), 1, "the flag of a command wins");
        assert_eq!(config.required(&LISTEN_HOST, None), "127.0.0.1");
        assert_eq!(config.get(&AUDIENCE, None), None);
        let origins: Vec<_> = config.entries().map(|(key, _, origin)| (key, origin.clone())).collect();
        assert_eq!(origins[0], ("profile", Origin::Flag));
        assert_eq!(origins[1], ("tolerance", Origin::Environment("GWH_TOLERANCE")));
        assert_eq!(origins[4], ("listen.port", Origin::File(folder.path().join(PROJECT_FILE))));
    }

    #[test]
    fn a_file_with_an_unknown_key_or_a_bad_value_is_refused_by_name() {
        for (text, wanted) in
            [("tolerence = \"1m\"", "tolerence"), ("tolerance = \"soon\"", "soon"), ("= 1", "TOML")]
        {
            let folder = folder_with(PROJECT_FILE, text);
            let failure = Config::load(&Env::default(), folder.path(), None, &[]).expect_err("refused");
            assert!(failure.to_string().contains(wanted), "{failure}");
        }
    }

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
