//! Running the handler under test: a shell command in a process group of its own, which is ended as a whole.
//!
//! Commands such as `npm start` are several processes, so that ending the first is not enough. The group, and what
//! has left it to become a daemon, is asked to end, given a moment, then killed; dropping a [`Handler`] does the same in a hurry, so that
//! a failure or a panic in between leaves nothing behind.

use std::fmt;
use std::io;
use std::path::PathBuf;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use process_wrap::std::{ChildWrapper, CommandWrap};
use tokio::net::TcpStream;
use tokio::time::{sleep, timeout};
use zeroize::Zeroizing;

use super::strays::Strays;
use super::tail::{Show, Tail, follow};
use crate::deliver::addresses;

/// How often is looked whether something has happened that nobody announces.
const POLL: Duration = Duration::from_millis(10);
/// How long the group may take to end when it is asked to.
const GRACE: Duration = Duration::from_secs(3);
/// The same where there is no time to wait: on the way out of a failure.
const HURRIED_GRACE: Duration = Duration::from_millis(500);
/// How long its last words are waited for.
const LAST_WORDS: Duration = Duration::from_secs(1);
/// How long the system may take to end what was killed.
const REAP: Duration = Duration::from_secs(2);

/// What is run.
pub struct Launch {
    /// The command, for the shell.
    pub command: String,
    /// The folder that it runs in.
    pub directory: PathBuf,
    /// Variables that it gets besides those of this process. The value of the first is this run's alone, so that what the
    /// command has started can be told by it.
    pub variables: Vec<(String, Zeroizing<String>)>,
    /// What is done with each line that it prints.
    pub show: Arc<Show>,
}

/// Names of variables only: the values hold secrets.
impl fmt::Debug for Launch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<&str> = self.variables.iter().map(|(name, _)| name.as_str()).collect();
        f.debug_struct("Launch")
            .field("command", &self.command)
            .field("variables", &names)
            .finish_non_exhaustive()
    }
}

/// Why the handler is not there.
#[derive(Debug, thiserror::Error)]
pub enum LaunchError {
    /// Something else listens where it should.
    #[error("something already listens on port {0}")]
    Taken(u16),
    /// The shell cannot be started.
    #[error("the shell cannot be started")]
    Spawn(#[source] io::Error),
    /// It ended before it listened.
    #[error("the handler ended with {status} before it listened on port {port}")]
    Ended {
        /// How.
        status: ExitStatus,
        /// Where it should have listened.
        port: u16,
    },
    /// It did not listen in time.
    #[error("the handler did not listen on port {port} within {}s", .after.as_secs())]
    Late {
        /// Where it should have listened.
        port: u16,
        /// How long was waited.
        after: Duration,
    },
}

/// A running handler.
pub struct Handler {
    child: Box<dyn ChildWrapper>,
    tail: Tail,
    readers: Vec<JoinHandle<()>>,
    strays: Strays,
    is_over: bool,
}

/// How something is asked to end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ask {
    /// So that it may end in its own way.
    Politely,
    /// So that it cannot refuse.
    Kill,
}

impl Handler {
    /// Starts the command.
    ///
    /// # Errors
    /// [`LaunchError::Spawn`].
    pub fn start(launch: Launch) -> Result<Self, LaunchError> {
        let mut command = CommandWrap::from(shell(&launch.command));
        let inner = command.command_mut();
        inner.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        inner.current_dir(&launch.directory);
        inner.envs(launch.variables.iter().map(|(name, value)| (name, value.as_str())));
        #[cfg(unix)]
        command.wrap(process_wrap::std::ProcessGroup::leader());
        #[cfg(windows)]
        command.wrap(process_wrap::std::JobObject);
        let mut child = command.spawn().map_err(LaunchError::Spawn)?;
        let mark = launch.variables.first();
        let strays = mark.map(|(name, value)| Strays::new(name, value)).unwrap_or_default();
        let tail = Tail::default();
        let show = launch.show;
        let stdout = child.stdout().take().map(|stream| follow(stream, tail.clone(), show.clone()));
        let stderr = child.stderr().take().map(|stream| follow(stream, tail.clone(), show.clone()));
        let readers = stdout.into_iter().chain(stderr).collect();
        Ok(Handler { child, tail, readers, strays, is_over: false })
    }

    /// Waits until something listens at the host and port.
    ///
    /// # Errors
    /// [`LaunchError::Ended`] where the handler ends first, [`LaunchError::Late`] where it takes too long.
    pub async fn ready(&mut self, host: &str, port: u16, limit: Duration) -> Result<(), LaunchError> {
        let start = Instant::now();
        loop {
            if listens(host, port).await {
                return Ok(());
            }
            // A script may end while what it has started in the background goes on.
            if let Ok(Some(status)) = self.child.try_wait()
                && !self.is_running()
            {
                self.read_all().await;
                return Err(LaunchError::Ended { status, port });
            }
            if start.elapsed() > limit {
                return Err(LaunchError::Late { port, after: limit });
            }
            sleep(POLL).await;
        }
    }

    /// Waits until all is read that it printed before it ended.
    async fn read_all(&self) {
        let start = Instant::now();
        while self.readers.iter().any(|reader| !reader.is_finished()) && start.elapsed() < LAST_WORDS {
            sleep(POLL).await;
        }
    }

    /// The last lines that it printed, as they came.
    pub fn tail(&self) -> Vec<String> {
        self.tail.lines()
    }

    /// Asks the whole group to end and waits for that, until the time is over or `hurry` resolves; then kills
    /// what is left.
    pub async fn end(mut self, hurry: impl Future<Output = ()>) {
        self.ask();
        let ended = async {
            while self.is_running() {
                sleep(POLL).await;
            }
        };
        tokio::select! {
            _ = timeout(GRACE, ended) => {}
            () = hurry => {}
        }
        self.kill();
    }

    /// Asks politely, where the system knows how to.
    fn ask(&mut self) {
        #[cfg(unix)]
        let _ = self.child.signal(rustix::process::Signal::TERM.as_raw());
        #[cfg(windows)]
        let _ = self.child.start_kill();
        self.strays.end(self.child.id(), Ask::Politely);
    }

    /// Whether anything of the group is left, or of what has left it.
    fn is_running(&mut self) -> bool {
        let is_leader_running = matches!(self.child.try_wait(), Ok(None));
        is_leader_running || is_group_left(self.child.id()) || self.strays.any(self.child.id())
    }

    /// Kills what is left, and waits for the system to be done with it.
    fn kill(&mut self) {
        if self.is_over {
            return;
        }
        self.is_over = true;
        if !self.is_running() {
            return;
        }
        // An error means that it has ended meanwhile.
        let _ = self.child.start_kill();
        self.strays.end(self.child.id(), Ask::Kill);
        let start = Instant::now();
        while self.is_running() && start.elapsed() < REAP {
            thread::sleep(POLL);
        }
    }
}

impl Drop for Handler {
    fn drop(&mut self) {
        if self.is_over {
            return;
        }
        self.ask();
        let start = Instant::now();
        while self.is_running() && start.elapsed() < HURRIED_GRACE {
            thread::sleep(POLL);
        }
        self.kill();
    }
}

/// Refuses a port on which something listens before the handler is started: the wrong one would be tested.
///
/// # Errors
/// [`LaunchError::Taken`].
pub async fn ensure_free(host: &str, port: u16) -> Result<(), LaunchError> {
    if listens(host, port).await { Err(LaunchError::Taken(port)) } else { Ok(()) }
}

/// Whether something accepts connections there.
async fn listens(host: &str, port: u16) -> bool {
    const PATIENCE: Duration = Duration::from_millis(500);
    let addresses = addresses(host, port).await.unwrap_or_default();
    for address in addresses {
        if let Ok(Ok(_)) = timeout(PATIENCE, TcpStream::connect(address)).await {
            return true;
        }
    }
    false
}

#[cfg(unix)]
fn shell(command: &str) -> Command {
    let mut shell = Command::new("sh");
    shell.args(["-c", command]);
    shell
}

#[cfg(windows)]
fn shell(command: &str) -> Command {
    use std::os::windows::process::CommandExt;
    let mut shell = Command::new("cmd");
    // The command is for the shell to take apart, so nothing is quoted here.
    shell.raw_arg("/C").raw_arg(command);
    shell
}

#[cfg(unix)]
fn is_group_left(leader: u32) -> bool {
    let group = i32::try_from(leader).ok().and_then(rustix::process::Pid::from_raw);
    group.is_some_and(|group| rustix::process::test_kill_process_group(group).is_ok())
}

/// The job object ends with its first process or is terminated as a whole.
#[cfg(windows)]
fn is_group_left(_leader: u32) -> bool {
    false
}
