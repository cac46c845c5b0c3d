//! A hermetic place to run commands in.

pub mod api;
pub mod child;
pub mod delivery;
mod emulated;
pub mod http;
mod keyring;
#[cfg(unix)]
mod process;
mod receiver;
pub mod repository;
mod running;
mod stream;
pub mod tls;
mod until;

use std::ffi::OsString;
use std::io::Cursor;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use gwh::clock::{Clock, FixedClock, SystemClock};
use gwh::config::Config;
use gwh::env::Env;
use gwh::random::SeededRandom;
use gwh::secrets::{NoKeyring, SecretStore};
use gwh::session::Session;
use gwh::ui::{Options, Stream, Ui};
use gwh::{Input, Shutdown, World};
use tempfile::TempDir;

pub use api::{API_KEY, Reply as ApiReply, ScriptedApi};
pub use keyring::{Mood, TestKeyring};
#[cfg(unix)]
pub use process::Process;
pub use receiver::{Received, Receiver, Reply};
pub use running::Running;
pub use stream::Captured;
pub use until::{until, until_ended};

/// The moment that the clock of every sandbox shows: 2026-01-22T12:00:00Z, as in the shared vectors.
pub const NOW: i64 = 1_769_083_200;

/// The API of a sandbox that has none.
pub const NO_API: &str = "http://127.0.0.1:9";

/// The deadline of every wait in a test. Long, because it only passes when something is broken.
pub const DEADLINE: Duration = Duration::from_secs(30);

/// A port that was free a moment ago, and that nobody listens on.
pub fn closed_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("binds a free port");
    listener.local_addr().expect("is bound").port()
}

/// An empty HOME, an empty environment, a fixed clock and seeded randomness.
pub struct Sandbox {
    folder: TempDir,
    env: Vec<(OsString, OsString)>,
    clock: Arc<dyn Clock>,
    keyring: Arc<dyn SecretStore>,
}

/// How a command ended and what it printed.
pub struct Output {
    pub code: u8,
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
}

/// As text: a failing test should show what a user would see.
impl std::fmt::Debug for Output {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (out, err) = (String::from_utf8_lossy(&self.stdout), String::from_utf8_lossy(&self.stderr));
        write!(f, "exit {}\nstdout:\n{out}stderr:\n{err}", self.code)
    }
}

impl Output {
    /// What was written to stdout, as text.
    pub fn out(&self) -> &str {
        str::from_utf8(&self.stdout).expect("stdout is UTF-8")
    }

    /// What was written to stderr, as text.
    pub fn err(&self) -> &str {
        str::from_utf8(&self.stderr).expect("stderr is UTF-8")
    }

    /// The one JSON document of stdout.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(self.out()).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// The JSON objects of stdout, one a line.
    pub fn json_lines(&self) -> Vec<serde_json::Value> {
        let parse = |line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        self.out().lines().map(parse).collect()
    }
}

impl Sandbox {
    /// A sandbox whose clock stands at [`NOW`].
    pub fn new() -> Self {
        let folder = tempfile::tempdir().expect("a scratch folder");
        let home = folder.path().join("home");
        std::fs::create_dir(&home).expect("creates the home folder");
        // Nothing leaves this machine, and nobody listens there: a test that wants an API names one.
        let mut env =
            vec![("HOME".into(), home.clone().into()), ("GOOGLE_GEMINI_BASE_URL".into(), NO_API.into())];
        if cfg!(windows) {
            // Where HOME leads to elsewhere: the tests name files at one place.
            env.push(("XDG_DATA_HOME".into(), home.join(".local").join("share").into()));
            env.push(("XDG_CONFIG_HOME".into(), home.join(".config").into()));
        }
        Sandbox { folder, env, clock: Arc::new(FixedClock::at(NOW)), keyring: Arc::new(NoKeyring) }
    }

    /// The same with a clock that the test moves.
    pub fn with_clock(mut self, clock: Arc<dyn Clock>) -> Self {
        self.clock = clock;
        self
    }

    /// The same with the machine's clock, for deliveries that another process stamps.
    pub fn with_real_clock(mut self) -> Self {
        self.clock = Arc::new(SystemClock);
        self
    }

    /// The same with this keyring; without it, the sandbox has none.
    pub fn with_keyring(mut self, keyring: Arc<dyn SecretStore>) -> Self {
        self.keyring = keyring;
        self
    }

    /// The same with a key for the API at `url`, and files to keep secrets in.
    pub fn with_api(self, url: &str) -> Self {
        self.env("GEMINI_API_KEY", API_KEY).env("GOOGLE_GEMINI_BASE_URL", url).env("GWH_SECRET_STORE", "file")
    }

    /// The same with a clock that shows `seconds` since the Unix epoch.
    pub fn at(mut self, seconds: i64) -> Self {
        self.clock = Arc::new(FixedClock::at(seconds));
        self
    }

    /// Sets an environment variable.
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.env.push((name.into(), value.into()));
        self
    }

    /// The folder that commands run in.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// Writes a file into the folder that commands run in.
    pub fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path().join(name);
        std::fs::write(&path, bytes).expect("writes a file");
        path
    }

    /// Runs `gwh` with these arguments and an empty stdin, in process.
    pub fn run(&self, args: &[&str]) -> Output {
        self.run_with(args, "")
    }

    /// Runs `gwh` with these arguments and this stdin, in process.
    pub fn run_with(&self, args: &[&str], stdin: impl AsRef<[u8]>) -> Output {
        let (stdout, stderr) = (Captured::default(), Captured::default());
        let (_sender, stop) = tokio::sync::watch::channel(false);
        let world = self.world(stdin.as_ref(), &stdout, &stderr, Shutdown::Manual(stop));
        let code = gwh::run(arguments(args), world);
        Output { code, stdout: stdout.bytes(), stderr: stderr.bytes() }
    }

    /// Starts `gwh` with these arguments on a thread of its own, for commands that serve until told to stop.
    pub fn start(&self, args: &[&str]) -> Running {
        Running::start(self, arguments(args))
    }

    /// Starts `gwh listen --json` with these flags on a free port, and answers its URL, too.
    pub fn listen(&self, more: &[&str]) -> (Running, String) {
        let running = self.start(&[&["listen", "--port", "0", "--json"], more].concat());
        let url = running.ready_url();
        (running, url)
    }

    /// What a command of this sandbox works with, and what it writes to stderr, for calling the library.
    pub fn session(&self) -> (Session, Captured) {
        let (stdout, stderr) = (Captured::default(), Captured::default());
        let (_sender, stop) = tokio::sync::watch::channel(false);
        let World { env, directory, stdin, stdout, stderr: errors, clock, random, keyring, shutdown } =
            self.world(b"", &stdout, &stderr, Shutdown::Manual(stop));
        let config = Config::load(&env, &directory, None, &[]).expect("the configuration is valid");
        let ui = Arc::new(Ui::new(stdout, errors, Options::default(), &env));
        let stdin = Mutex::new(stdin);
        (Session { env, directory, ui, config, clock, random, keyring, shutdown, stdin }, stderr)
    }

    /// The real binary with this sandbox's environment, for what needs a process.
    pub fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_gwh"));
        command.args(args).env_clear().envs(self.env.iter().cloned()).current_dir(self.path());
        // The keyring of whoever runs the tests stays out of them.
        command.env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus");
        command
    }

    fn world(&self, stdin: &[u8], stdout: &Captured, stderr: &Captured, shutdown: Shutdown) -> World {
        World {
            env: Env::of(self.env.iter().cloned()),
            directory: self.path().to_owned(),
            stdin: Input::new(Cursor::new(stdin.to_owned()), false),
            stdout: Stream::new(stdout.clone(), false),
            stderr: Stream::new(stderr.clone(), false),
            clock: self.clock.clone(),
            random: Arc::new(SeededRandom::new(1)),
            keyring: self.keyring.clone(),
            shutdown,
        }
    }
}

fn arguments(args: &[&str]) -> Vec<OsString> {
    std::iter::once("gwh").chain(args.iter().copied()).map(OsString::from).collect()
}
