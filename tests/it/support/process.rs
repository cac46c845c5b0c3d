//! The real binary as a server, for what needs a process.

use std::io::{Read, Write};
use std::process::{Child, ChildStderr, ChildStdout, Command, ExitStatus, Stdio};

use super::{Captured, Sandbox, until_ended};

/// A process that is ended when the test is over.
pub struct Process {
    child: Child,
    pub stdout: Captured,
    pub stderr: Captured,
    unread: Option<ChildStdout>,
}

impl Process {
    /// Starts `gwh` with these arguments and reads what it prints.
    pub fn start(sandbox: &Sandbox, args: &[&str]) -> Self {
        let mut process = Process::start_unread(sandbox, args);
        process.read_on();
        process
    }

    /// Starts `gwh`, and leaves what it prints to stdout unread until [`Process::read_on`].
    pub fn start_unread(sandbox: &Sandbox, args: &[&str]) -> Self {
        Process::spawn(sandbox.command(args))
    }

    /// Starts `gwh` where it may open only so many files at once, and reads what it prints.
    pub fn start_with_files(sandbox: &Sandbox, args: &[&str], files: usize) -> Self {
        Process::start_in_shell(sandbox, &format!("ulimit -n {files} && exec \"$@\""), args)
    }

    /// Starts `gwh` as `"$@"` of a shell script, and reads what it prints.
    pub fn start_in_shell(sandbox: &Sandbox, script: &str, args: &[&str]) -> Self {
        let direct = sandbox.command(args);
        let mut command = Command::new("sh");
        command.args(["-c", script, "sh"]);
        command.arg(direct.get_program()).args(direct.get_args()).env_clear();
        command.envs(direct.get_envs().filter_map(|(name, value)| Some((name, value?))));
        let mut process = Process::spawn(command);
        process.read_on();
        process
    }

    fn spawn(mut command: Command) -> Self {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("starts");
        let (stdout, stderr) = (Captured::default(), Captured::default());
        let errors: ChildStderr = child.stderr.take().expect("is piped");
        copy(errors, stderr.clone());
        let unread = child.stdout.take();
        Process { child, stdout, stderr, unread }
    }

    /// Reads stdout from now on.
    pub fn read_on(&mut self) {
        if let Some(stdout) = self.unread.take() {
            copy(stdout, self.stdout.clone());
        }
    }

    /// Closes the reading end of stdout, as `head` does.
    pub fn close_stdout(&mut self) {
        drop(self.unread.take());
    }

    /// Reads stdout up to the end of its first line, by hand, and leaves the rest unread.
    pub fn first_line(&mut self) -> String {
        let stdout = self.unread.as_mut().expect("nobody else reads");
        let mut line = Vec::new();
        let mut byte = [0u8];
        while stdout.read(&mut byte).expect("reads") == 1 && byte != *b"\n" {
            line.push(byte[0]);
        }
        String::from_utf8(line).expect("is text")
    }

    /// The process's id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Sends a signal by its name, such as `TERM`.
    pub fn signal(&self, name: &str) {
        let kill = Command::new("kill").args([format!("-{name}"), self.id().to_string()]).status();
        assert!(kill.expect("kill runs").success());
    }

    /// Waits for the end.
    pub fn wait(&mut self) -> ExitStatus {
        until_ended(&mut self.child)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn copy(mut from: impl Read + Send + 'static, mut to: Captured) {
    std::thread::spawn(move || {
        let mut buffer = [0u8; 16 * 1024];
        while let Ok(read @ 1..) = from.read(&mut buffer) {
            to.write_all(&buffer[..read]).expect("memory takes it");
        }
    });
}
