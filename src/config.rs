//! The values of settings: where each comes from, and which source wins. The settings are in `settings`.
//!
//! A flag wins over the environment, which wins over the project file, the user file and the default.
//! clap's own `env` is not used: it reads the process's environment, which tests could not redirect.

mod settings;

use std::fmt;
use std::path::{Path, PathBuf};

use toml::Value;

use crate::env::{self, Env};
use crate::error::Failure;
use crate::paths;
pub use settings::{
    API_TIMEOUT, AUDIENCE, AnySetting, KEYRING_TIMEOUT, LISTEN_HOST, LISTEN_PORT, PROFILE, SECRET_STORE,
    SETTINGS, STORE_KEEP, STORE_MAX, Setting, TOLERANCE, TRIGGER_TO,
};

/// The name of a project's configuration file, looked for from the current folder upwards.
pub const PROJECT_FILE: &str = "gwh.toml";

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

#[cfg(test)]
mod tests {
    use std::time::Duration;

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
    fn an_empty_value_is_refused_where_there_must_be_one() {
        for text in ["profile = \"\"", "trigger.to = \"\"", "listen.port = \"\"", "tolerance = \"\""] {
            let folder = folder_with(PROJECT_FILE, text);
            let failure = Config::load(&Env::default(), folder.path(), None, &[]).expect_err("refused");
            assert!(failure.to_string().contains("must not be empty"), "{failure}");
        }
        let folder = folder_with(PROJECT_FILE, "audience = \"\"");
        let config = Config::load(&Env::default(), folder.path(), None, &[]).expect("loads");
        assert_eq!(config.get(&AUDIENCE, None), None);
        let flags = [(PROFILE.key, "")];
        let failure = Config::load(&Env::default(), folder.path(), None, &flags).expect_err("refused");
        assert_eq!(failure.kind(), crate::error::Kind::Usage);
    }
}
