//! `gwh listen` against hyper that only reads the body, under the same load.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::baseline;
use crate::load::{self, Delivery};
use crate::report::{ROUNDS, heading, line, median};

const CONNECTIONS: usize = 32;
const TIME: Duration = Duration::from_secs(3);

pub fn measure() {
    heading("listen, output to a file (targets: 0.65 of bare hyper, p99 within twice, under 24 MiB)");
    let folder = tempfile::tempdir().expect("a scratch folder");
    let delivery = Delivery::new(1024);
    let request = delivery.request("127.0.0.1");
    let secret = folder.path().join("secret");
    std::fs::write(&secret, delivery.secret.expose()).expect("writes the secret");

    let (gwh, address) = Server::listen(folder.path(), &secret, &["--no-store"]);
    let (bare, bare_address) = Server::baseline();

    let rest = gwh.memory();
    let mut rounds: Vec<[f64; 4]> = Vec::new();
    for _ in 0..ROUNDS {
        let ours = load::run(&address, &request, CONNECTIONS, TIME);
        let theirs = load::run(&bare_address, &request, CONNECTIONS, TIME);
        rounds.push([ours.per_second, theirs.per_second, ours.p99_micros, theirs.p99_micros]);
    }
    let [ours, theirs, p99, bare_p99] =
        [0, 1, 2, 3].map(|at| median(rounds.iter().map(|round| round[at]).collect()));
    line(&format!("gwh listen {ours:.0}/s, bare hyper {theirs:.0}/s: {:.2}", ours / theirs));
    line(&format!("p99 {p99:.0} us, bare hyper {bare_p99:.0} us: {:.2} times", p99 / bare_p99));
    let mib = |kib: u64| kib as f64 / 1024.0;
    line(&format!(
        "memory {:.1} MiB at rest, {:.1} MiB after the load; bare hyper {:.1} MiB",
        mib(rest),
        mib(gwh.memory()),
        mib(bare.memory())
    ));
}

/// A server in a process of its own, ended when dropped.
pub struct Server(Child);

impl Server {
    /// A `gwh listen` in `folder` that verifies with the secret in a file, and its address.
    pub fn listen(folder: &Path, secret: &Path, more: &[&str]) -> (Server, String) {
        Server::listen_with(folder, secret, more, &[])
    }

    /// The same, with these environment variables.
    pub fn listen_with(
        folder: &Path,
        secret: &Path,
        more: &[&str],
        variables: &[(&str, &OsStr)],
    ) -> (Server, String) {
        let output = std::fs::File::create(folder.join("output")).expect("creates a file");
        let ready = folder.join("ready");
        // Left behind by a server that was killed.
        let _ = std::fs::remove_file(&ready);
        let mut command = Command::new(crate::GWH);
        command.args(["listen", "--port", "0", "--ready-file"]).arg(&ready).arg("--secret-file").arg(secret);
        command.args(more).env_clear().env("HOME", folder).envs(variables.iter().copied());
        command.stdin(Stdio::null()).stdout(output).stderr(Stdio::null());
        let server = Server(command.spawn().expect("starts"));
        (server, wait_for_url(&ready))
    }

    /// A `gwh emulator` in `folder`, and its address.
    pub fn emulator(folder: &Path, more: &[&str]) -> (Server, String) {
        let output = std::fs::File::create(folder.join("output")).expect("creates a file");
        let ready = folder.join("ready");
        let mut command = Command::new(crate::GWH);
        command.args(["emulator", "--port", "0", "--ready-file"]).arg(&ready).args(more);
        command.env_clear().env("HOME", folder);
        command.stdin(Stdio::null()).stdout(output).stderr(Stdio::null());
        let server = Server(command.spawn().expect("starts"));
        (server, wait_for_url(&ready))
    }

    /// The server to compare with, and its address.
    pub fn baseline() -> (Server, String) {
        let this = std::env::current_exe().expect("has a path");
        let mut child =
            Command::new(this).arg(baseline::ARGUMENT).stdout(Stdio::piped()).spawn().expect("starts");
        let mut address = String::new();
        let stdout = child.stdout.take().expect("is piped");
        BufReader::new(stdout).read_line(&mut address).expect("prints its address");
        (Server(child), address.trim().to_owned())
    }

    /// Resident memory in KiB; 0 where the system does not tell.
    pub fn memory(&self) -> u64 {
        self.status("VmRSS:")
    }

    /// The most resident memory so far, in KiB; 0 where the system does not tell.
    pub fn peak(&self) -> u64 {
        self.status("VmHWM:")
    }

    /// How many descriptors are open; 0 where the system does not tell.
    pub fn descriptors(&self) -> usize {
        std::fs::read_dir(format!("/proc/{}/fd", self.0.id())).map_or(0, Iterator::count)
    }

    fn status(&self, name: &str) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.0.id())).unwrap_or_default();
        let line = status.lines().find(|line| line.starts_with(name));
        line.and_then(|line| line.split_whitespace().nth(1)?.parse().ok()).unwrap_or_default()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself; either way it is gone afterwards.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The address in a ready file, once it is there.
fn wait_for_url(file: &Path) -> String {
    let deadline = std::time::Instant::now() + Duration::from_secs(10);
    loop {
        let text = std::fs::read_to_string(file).unwrap_or_default();
        if let Some(rest) = text.trim().strip_prefix("http://") {
            return rest.trim_end_matches('/').to_owned();
        }
        assert!(std::time::Instant::now() < deadline, "it did not become ready");
        std::thread::sleep(Duration::from_millis(5));
    }
}
