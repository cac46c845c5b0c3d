//! A command run to its end: the real binary, or a shell that runs it, with a deadline.

use std::io::{Read, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

use super::{DEADLINE, until_ended};

/// A child that is killed when the test forgets it.
pub struct Run {
    child: Child,
    stdout: Receiver<String>,
    stderr: Receiver<String>,
}

/// How a child ended and what it printed.
#[derive(Debug)]
pub struct Ended {
    pub status: ExitStatus,
    pub stdout: String,
    pub stderr: String,
}

impl Run {
    /// Starts the command with this stdin; its outputs are read all along, so that it never waits for us.
    pub fn start(mut command: Command, stdin: &[u8]) -> Self {
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the binary starts");
        let mut input = child.stdin.take().expect("is piped");
        // A child that does not read its stdin closes it, which is no concern of the test.
        let _ = input.write_all(stdin);
        drop(input);
        let stdout = lines_of(child.stdout.take().expect("is piped"));
        let stderr = lines_of(child.stderr.take().expect("is piped"));
        Run { child, stdout, stderr }
    }

    /// The next line of stdout.
    #[cfg_attr(not(unix), expect(dead_code, reason = "what needs it runs on Unix alone"))]
    pub fn line(&self) -> String {
        self.stdout.recv_timeout(DEADLINE).expect("a line comes before the deadline")
    }

    /// Sends a signal by name, as a shell does.
    #[cfg(unix)]
    pub fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        let sent = Command::new("kill").args(["-s", name, &id]).status().expect("runs kill");
        assert!(sent.success(), "the child takes the signal");
    }

    /// Waits for the child to end by itself.
    pub fn wait(mut self) -> Ended {
        let status = until_ended(&mut self.child);
        let rest = |lines: &Receiver<String>| lines.iter().collect::<String>();
        Ended { status, stdout: rest(&self.stdout), stderr: rest(&self.stderr) }
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The lines of a stream, each with its end, as they come.
fn lines_of(stream: impl Read + Send + 'static) -> Receiver<String> {
    use std::io::{BufRead, BufReader};
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut reader = BufReader::new(stream);
        let mut line = Vec::new();
        while reader.read_until(b'\n', &mut line).is_ok_and(|read| read > 0) {
            if sender.send(String::from_utf8_lossy(&line).into_owned()).is_err() {
                return;
            }
            line.clear();
        }
    });
    receiver
}
