//! One run of one command: the world, what the global flags made of it, and the configuration.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

use jiff::Timestamp;

use crate::clock::Clock;
use crate::config::Config;
use crate::env::Env;
use crate::error::Failure;
use crate::paths;
use crate::random::Random;
use crate::secrets::{LocalIdentity, SecretStore};
use crate::ui::Ui;
use crate::world::{Input, Shutdown};

/// More than any delivery or key file has: what is larger was named by mistake.
const MAX_INPUT: u64 = 256 * 1024 * 1024;

/// What a command works with.
pub struct Session {
    /// The environment.
    pub env: Env,
    /// The folder that relative paths start from.
    pub directory: PathBuf,
    /// Where everything is written.
    pub ui: Arc<Ui>,
    /// The settings.
    pub config: Config,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
    /// The system's keyring; blocking, so only `secrets` calls it.
    pub keyring: Arc<dyn SecretStore>,
    /// The request to stop.
    pub shutdown: Shutdown,
    /// Standard input; taken by whoever reads it.
    pub stdin: Mutex<Input>,
}

impl Session {
    /// Now, in Unix seconds.
    pub fn now(&self) -> i64 {
        self.clock.now().as_second()
    }

    /// Now.
    pub fn timestamp(&self) -> Timestamp {
        self.clock.now()
    }

    /// Whether standard input is a terminal.
    pub fn stdin_is_terminal(&self) -> bool {
        self.stdin.lock().is_ok_and(|input| input.is_terminal)
    }

    /// Whether somebody can be asked: a person types and sees stderr, and no script reads JSON.
    pub fn can_ask(&self) -> bool {
        self.stdin_is_terminal() && self.ui.talks_to_person() && !self.ui.json()
    }

    /// The test identity of the profile.
    ///
    /// # Errors
    /// Kind `Configuration` where the environment does not say where data belongs.
    pub fn local_identity(&self) -> Result<LocalIdentity, Failure> {
        Ok(LocalIdentity::new(self.profile_folder()?, self.random.clone()))
    }

    /// The folder of what the profile keeps.
    ///
    /// # Errors
    /// Kind `Configuration` where the environment does not say where data belongs.
    pub fn profile_folder(&self) -> Result<PathBuf, Failure> {
        Ok(paths::data_dir(&self.env)?.join("profiles").join(self.config.profile()))
    }

    /// The bytes of `file`, or of standard input for `-` or no file.
    ///
    /// # Errors
    /// Kind `Configuration` where it cannot be read, `Usage` where it is larger than 256 MiB.
    pub fn read_input(&self, file: Option<&Path>) -> Result<Vec<u8>, Failure> {
        match file {
            Some(path) if path != Path::new("-") => read_file(&self.directory.join(path), path),
            _ => self.read_stdin(),
        }
    }

    fn read_stdin(&self) -> Result<Vec<u8>, Failure> {
        let mut input = self.stdin.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if input.is_terminal {
            self.ui.note("reading from the terminal; end with Ctrl-D");
        }
        read_bounded(&mut input.reader, "stdin")
    }
}

fn read_file(full: &Path, named: &Path) -> Result<Vec<u8>, Failure> {
    let name = named.display().to_string();
    let mut file = std::fs::File::open(full)
        .map_err(|error| Failure::configuration(format!("cannot read {name}")).because(error))?;
    read_bounded(&mut file, &name)
}

fn read_bounded(reader: &mut impl Read, name: &str) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    reader
        .take(MAX_INPUT + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| Failure::configuration(format!("cannot read {name}")).because(error))?;
    if bytes.len() as u64 > MAX_INPUT {
        return Err(Failure::usage(format!("{name} is larger than 256 MiB")));
    }
    Ok(bytes)
}
