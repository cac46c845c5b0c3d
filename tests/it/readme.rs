//! The README's 60-second tour, run as it stands there with the real binary.

use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

use crate::support::child::{Ended, Run};
use crate::support::{Sandbox, repository};

const START: &str = "<!-- tour -->";
const END: &str = "<!-- end of tour -->";

/// The shell blocks between the tour's markers.
fn blocks() -> Vec<String> {
    let text = repository::read("README.md");
    let (_, rest) = text.split_once(START).expect("the README marks the start of the tour");
    let (tour, _) = rest.split_once(END).expect("the README marks its end");
    let fences = tour.split("```sh\n").skip(1);
    fences.map(|rest| rest.split_once("```").expect("the block is closed").0.to_owned()).collect()
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").expect("binds");
    listener.local_addr().expect("is bound").port()
}

/// Runs a script in a fresh HOME where `gwh` is the binary under test and the port is a free one.
fn run(script: &str) -> Ended {
    let sandbox = Sandbox::new();
    let binary = Path::new(env!("CARGO_BIN_EXE_gwh")).parent().expect("is in a folder");
    let path = std::env::var("PATH").expect("the tests have a PATH");
    let port = free_port();
    let sandbox = sandbox
        .env("PATH", &format!("{}:{path}", binary.display()))
        .env("GWH_PORT", &port.to_string())
        .env("GWH_TO", &format!("http://127.0.0.1:{port}/"));
    let home = sandbox.path().join("home");
    let mut bash = Command::new("bash");
    bash.args(["--norc", "-euo", "pipefail", "-c", script]);
    // Only what a sandbox has: nothing of the machine's configuration reaches the tour.
    bash.env_clear().current_dir(sandbox.path()).env("HOME", home);
    for (name, value) in sandbox.command(&[]).get_envs() {
        bash.env(name, value.unwrap_or_default());
    }
    Run::start(bash, b"").wait()
}

#[test]
fn the_tour_does_what_the_readme_says() {
    let blocks = blocks();
    assert!(blocks.len() >= 3, "the tour has steps");
    // One shell runs all of it, as a reader would: a background listener of one step serves the next.
    // What is started in the background is ended by its id when the shell ends.
    let script = format!("trap 'kill $(jobs -p) 2>&- || true' EXIT\n{}", blocks.join("\n"));
    let ended = run(&script);
    assert!(ended.status.success(), "{ended:?}");
    let output = format!("{}{}", ended.stdout, ended.stderr);
    for wanted in ["✓ valid", "✗ invalid", "signature mismatch", "hint:", "whsec_", "batch.succeeded"] {
        assert!(output.contains(wanted), "the tour shows {wanted:?}:\n{output}");
    }
}

#[test]
fn a_command_of_the_tour_that_fails_is_noticed() {
    let ended = run("gwh config show\ngwh no-such-command\n");
    assert_eq!(ended.status.code(), Some(2), "{ended:?}");
}
