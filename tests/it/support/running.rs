//! A command that serves on a thread of its own until it is told to stop.

use std::ffi::OsString;
use std::thread::JoinHandle;

use gwh::Shutdown;
use tokio::sync::watch;

use super::{Captured, Output, Sandbox, until};

/// A running command.
pub struct Running {
    pub stdout: Captured,
    pub stderr: Captured,
    stop: watch::Sender<bool>,
    thread: Option<JoinHandle<u8>>,
}

impl Running {
    pub(super) fn start(sandbox: &Sandbox, args: Vec<OsString>) -> Self {
        let (stdout, stderr) = (Captured::default(), Captured::default());
        let (stop, stopped) = watch::channel(false);
        let world = sandbox.world(b"", &stdout, &stderr, Shutdown::Manual(stopped));
        let thread = std::thread::spawn(move || gwh::run(args, world));
        Running { stdout, stderr, stop, thread: Some(thread) }
    }

    /// The URL of the first JSON line, `{"type":"ready","url":…}`. The command must run with `--json`.
    pub fn ready_url(&self) -> String {
        let line = self.stdout.wait_for(|line| line.contains(r#""type":"ready""#));
        let ready: serde_json::Value = serde_json::from_str(&line).expect("the ready line is JSON");
        ready["url"].as_str().expect("it has a url").to_owned()
    }

    /// Asks the command to stop, as Ctrl-C does, and waits for its end.
    pub fn stop(self) -> Output {
        self.stop.send_replace(true);
        self.wait()
    }

    /// Waits for the command to end by itself.
    pub fn wait(mut self) -> Output {
        let thread = self.thread.take().expect("is waited for once");
        let said = || format!("did not end; stderr: {}", String::from_utf8_lossy(&self.stderr.bytes()));
        until(|| thread.is_finished().then_some(()).ok_or_else(said));
        let code = thread.join().expect("the command does not panic");
        Output { code, stdout: self.stdout.bytes(), stderr: self.stderr.bytes() }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.stop.send_replace(true);
    }
}
