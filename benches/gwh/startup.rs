//! From exec to exit: `gwh verify` of one delivery against a program that does nothing.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::load::Delivery;
use crate::report::{heading, in_turn, line, timed};

const RUNS: u32 = 200;

pub fn measure() {
    heading("start-up, exec to exit (target: at most 1.5 times a Rust hello)");
    let folder = tempfile::tempdir().expect("a scratch folder");
    // Copied, as an installation does: a linker leaves a file in memory in single pages, which cost more to map.
    let copied = |program: &Path, name: &str| {
        let copy = folder.path().join(name);
        std::fs::copy(program, &copy).expect("copies a program");
        copy
    };
    let gwh = copied(Path::new(crate::GWH), "copy of gwh");
    let hello = copied(&build_hello(folder.path()), "copy of hello");
    let delivery = Delivery::new(1024);
    let request = folder.path().join("request");
    std::fs::write(&request, delivery.request("127.0.0.1")).expect("writes the request");
    let secret = folder.path().join("secret");
    std::fs::write(&secret, delivery.secret.expose()).expect("writes the secret");

    let verify = || {
        let mut command = Command::new(&gwh);
        command.arg("verify").arg("--secret-file").arg(&secret).arg(&request);
        per_run(command, folder.path())
    };
    let (ours, theirs) = in_turn(verify, || per_run(Command::new(&hello), folder.path()));
    line(&format!("gwh verify {ours:.2} ms, hello {theirs:.2} ms: {:.2} times", ours / theirs));
}

/// Milliseconds a run.
fn per_run(mut command: Command, home: &Path) -> f64 {
    command.env_clear().env("HOME", home).stdin(Stdio::null()).stdout(Stdio::null());
    let spent = timed(|| {
        for _ in 0..RUNS {
            assert!(command.status().expect("starts").success(), "{command:?} failed");
        }
    });
    spent.as_secs_f64() * 1000.0 / f64::from(RUNS)
}

fn build_hello(folder: &Path) -> std::path::PathBuf {
    let (source, program) = (folder.join("hello.rs"), folder.join("hello"));
    std::fs::write(&source, "fn main() { println!(\"hello\"); }").expect("writes the source");
    let built = Command::new("rustc").arg("-O").arg(&source).arg("-o").arg(&program).status();
    assert!(built.expect("rustc starts").success(), "rustc failed");
    program
}
