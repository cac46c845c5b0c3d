//! Everything outside the process, as one value that is handed in.

use std::future::{pending, ready};
use std::io::{self, IsTerminal, Read};
use std::path::PathBuf;
use std::sync::Arc;

use tokio::sync::watch;

use crate::clock::{Clock, SystemClock};
use crate::env::Env;
use crate::random::{Random, SystemRandom};
use crate::secrets::{OsKeyring, SecretStore};
use crate::ui::Stream;

/// What a command may touch of the world outside.
pub struct World {
    /// The environment.
    pub env: Env,
    /// The folder that the command runs in.
    pub directory: PathBuf,
    /// Standard input.
    pub stdin: Input,
    /// Standard output: data.
    pub stdout: Stream,
    /// Standard error: talk.
    pub stderr: Stream,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
    /// The system's keyring.
    pub keyring: Arc<dyn SecretStore>,
    /// The request to stop.
    pub shutdown: Shutdown,
}

impl World {
    /// The world of this process.
    pub fn real() -> Self {
        World {
            env: Env::of_process(),
            // A folder that has been deleted has no name any more; nothing is found in it either way.
            directory: std::env::current_dir().unwrap_or_default(),
            stdin: Input::new(io::stdin(), io::stdin().is_terminal()),
            stdout: Stream::new(io::stdout(), io::stdout().is_terminal()),
            stderr: Stream::new(io::stderr(), io::stderr().is_terminal()),
            clock: Arc::new(SystemClock),
            random: Arc::new(SystemRandom),
            keyring: Arc::new(OsKeyring),
            shutdown: Shutdown::Signals,
        }
    }
}

/// Standard input and whether a person types it.
pub struct Input {
    /// Where the bytes come from.
    pub reader: Box<dyn Read + Send>,
    /// Whether it is a terminal.
    pub is_terminal: bool,
}

impl Input {
    /// An input that reads from `reader`.
    pub fn new(reader: impl Read + Send + 'static, is_terminal: bool) -> Self {
        Input { reader: Box::new(reader), is_terminal }
    }
}

/// The request to stop: SIGINT, SIGTERM or SIGHUP (Ctrl-C or Ctrl-Break on Windows), or a test's word.
#[derive(Clone)]
pub enum Shutdown {
    /// The process's signals.
    Signals,
    /// Stops once the value is true.
    Manual(watch::Receiver<bool>),
}

impl Shutdown {
    /// Waits until stopping is requested. Needs a runtime.
    pub async fn requested(&self) {
        match self {
            Shutdown::Signals => signal().await,
            Shutdown::Manual(receiver) => {
                // A sender that went away never asks.
                if receiver.clone().wait_for(|stop| *stop).await.is_err() {
                    pending::<()>().await;
                }
            }
        }
    }

    /// As [`Shutdown::requested`], with the signals' handlers in place once this answers: without them a
    /// signal would end the process at once.
    pub async fn armed(&self) -> impl Future<Output = ()> {
        let mut requested = Box::pin(self.requested());
        let is_requested = tokio::select! {
            biased;
            () = requested.as_mut() => true,
            () = ready(()) => false,
        };
        async move {
            if !is_requested {
                requested.await;
            }
        }
    }

    /// Waits for another request after the first, by which a person in a hurry ends at once. Only
    /// signals come twice: a test asks once.
    pub async fn requested_again(&self) {
        match self {
            Shutdown::Signals => signal().await,
            Shutdown::Manual(_) => pending().await,
        }
    }
}

#[cfg(unix)]
async fn signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let (interrupt, terminate) = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()));
    let (Ok(mut interrupt), Ok(mut terminate)) = (interrupt, terminate) else {
        // Without handlers the signals keep their default: they end the process.
        return pending().await;
    };
    let hangup = async {
        match heeds_hangup().then(|| signal(SignalKind::hangup())) {
            Some(Ok(mut hangup)) => drop(hangup.recv().await),
            _ => pending().await,
        }
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
        () = hangup => {}
    }
}

/// Whether a terminal that goes away ends this process: not below `nohup`, which a handler would undo. Only Linux
/// tells; elsewhere the signal keeps what it does by default.
#[cfg(unix)]
fn heeds_hangup() -> bool {
    let Ok(status) = std::fs::read_to_string("/proc/self/status") else { return false };
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
    // The signals are counted from 1, and this is the first.
    ignored.is_some_and(|mask| mask & 1 == 0)
}

#[cfg(windows)]
async fn signal() {
    use tokio::signal::windows::{ctrl_break, ctrl_c};
    let (Ok(mut interrupt), Ok(mut terminate)) = (ctrl_c(), ctrl_break()) else {
        return pending().await;
    };
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
}
