//! One run of one command: the world, what the global flags made of it, and the configuration.

use std::borrow::Borrow;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;

use crate::clock::Clock;
use crate::config::{self, Config};
use crate::env::{self, Env};
use crate::error::Failure;
use crate::gemini::{self, Access, Api, ApiKey, Surroundings, Tracer};
use crate::paths;
use crate::random::Random;
use crate::secrets::{Backend, LocalIdentity, Opening, Reporter, SecretStore, WebhookSecrets};
use crate::ui::Ui;
use crate::world::{Input, Shutdown};

/// More than any delivery or key file has: what is larger was named by mistake.
const MAX_INPUT: u64 = 256 * 1024 * 1024;

/// What most deliveries fit into.
const USUAL_INPUT: usize = 8 * 1024;

/// How long the keyring may take where nobody could answer its prompt, and where somebody can.
const KEYRING_HEADLESS: Duration = Duration::from_secs(5);
const KEYRING_AT_A_TERMINAL: Duration = Duration::from_secs(60);

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

/// Where an API key was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeySource {
    /// The environment variable of this name.
    Variable(&'static str),
    /// Where `gwh login` has put it.
    Store(Backend),
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

    /// The signing secrets of the profile's webhooks, in the store that `--secret-store`,
    /// `GWH_SECRET_STORE` or a configuration file chooses. Nothing is read yet.
    ///
    /// # Errors
    /// Kind `Configuration` where the environment does not say where data belongs.
    pub fn webhook_secrets(&self) -> Result<WebhookSecrets, Failure> {
        Ok(WebhookSecrets::new(self.opening()?))
    }

    /// What [`Session::webhook_secrets`] opens, for opening it again later.
    ///
    /// # Errors
    /// As [`Session::webhook_secrets`].
    pub fn opening(&self) -> Result<Opening, Failure> {
        let default = if self.ui.talks_to_person() { KEYRING_AT_A_TERMINAL } else { KEYRING_HEADLESS };
        Ok(Opening {
            folder: self.profile_folder()?,
            profile: self.config.profile(),
            directory: self.directory.clone(),
            choice: self.config.get(&config::SECRET_STORE, None),
            keyring: self.keyring.clone(),
            timeout: self.config.get(&config::KEYRING_TIMEOUT, None).unwrap_or(default),
            clock: self.clock.clone(),
            random: self.random.clone(),
            reporter: self.ui.clone(),
        })
    }

    /// A client of the API, with the key of the environment or else of `gwh login`.
    ///
    /// # Errors
    /// Kind `Configuration` where there is no key, or what is configured cannot be used.
    pub fn api(&self) -> Result<Api, Failure> {
        let (key, _) = self.api_key(|| self.webhook_secrets())?;
        self.api_with(key)
    }

    /// The API key of the environment, or else the one that `gwh login` has put into `secrets`, and where it is.
    ///
    /// # Errors
    /// Kind `Configuration` where there is none, or it cannot be read.
    pub fn api_key<S: Borrow<WebhookSecrets>>(
        &self,
        secrets: impl FnOnce() -> Result<S, Failure>,
    ) -> Result<(ApiKey, KeySource), Failure> {
        if [env::GOOGLE_API_KEY, env::GEMINI_API_KEY].iter().all(|name| self.env.text(name).is_some()) {
            self.ui.warn("both GOOGLE_API_KEY and GEMINI_API_KEY are set; using GOOGLE_API_KEY");
        }
        if let Some((key, variable)) = ApiKey::of(&self.env)? {
            return Ok((key, KeySource::Variable(variable)));
        }
        // The store is asked only where `gwh login` has put a key into it.
        let (stored, backend) = secrets()?.borrow().api_key()?.ok_or_else(gemini::missing_key)?;
        let key = ApiKey::parse(&stored).map_err(|error| {
            Failure::configuration("the stored API key is damaged")
                .because(error)
                .hint("run gwh login to store it again")
        })?;
        Ok((key, KeySource::Store(backend)))
    }

    /// A client of the API with this key.
    ///
    /// # Errors
    /// Kind `Configuration` where what is configured cannot be used.
    pub fn api_with(&self, key: ApiKey) -> Result<Api, Failure> {
        let access = Access::new(&self.env, key, self.config.required(&config::API_TIMEOUT, None))?;
        if let Some(warning) = access.warning() {
            self.ui.warn(&warning);
        }
        let (clock, random) = (self.clock.clone(), self.random.clone());
        Api::new(access, &self.env, Surroundings { clock, random, tracer: self.ui.clone() })
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

    /// `file`, or standard input for `-` or no file, for reading bit by bit.
    ///
    /// # Errors
    /// Kind `Configuration` where it cannot be opened.
    pub fn open_input(&self, file: Option<&Path>) -> Result<Box<dyn Read + Send + '_>, Failure> {
        match file {
            Some(path) if path != Path::new("-") => {
                let file = std::fs::File::open(self.directory.join(path)).map_err(|error| {
                    Failure::configuration(format!("cannot read {}", path.display())).because(error)
                })?;
                Ok(Box::new(file))
            }
            _ => Ok(Box::new(SharedStdin(&self.stdin))),
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

impl Tracer for Ui {
    fn trace(&self, line: &str) {
        Ui::trace(self, line);
    }
}

impl Reporter for Ui {
    fn warn(&self, text: &str) {
        Ui::warn(self, text);
    }

    fn reveal(&self, why: &str, webhook_id: &str, secret: &str) {
        Ui::reveal(self, why, webhook_id, secret);
    }
}

/// Standard input, read from whichever thread is at it.
struct SharedStdin<'a>(&'a Mutex<Input>);

impl Read for SharedStdin<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).reader.read(buffer)
    }
}

fn read_file(full: &Path, named: &Path) -> Result<Vec<u8>, Failure> {
    let name = named.display().to_string();
    let mut file = std::fs::File::open(full)
        .map_err(|error| Failure::configuration(format!("cannot read {name}")).because(error))?;
    read_bounded(&mut file, &name)
}

fn read_bounded(reader: &mut impl Read, name: &str) -> Result<Vec<u8>, Failure> {
    // Room for a usual delivery: growing towards it takes a read of its own for each step.
    let mut bytes = Vec::with_capacity(USUAL_INPUT);
    reader
        .take(MAX_INPUT + 1)
        .read_to_end(&mut bytes)
        .map_err(|error| Failure::configuration(format!("cannot read {name}")).because(error))?;
    if bytes.len() as u64 > MAX_INPUT {
        return Err(Failure::usage(format!("{name} is larger than 256 MiB")));
    }
    Ok(bytes)
}
