//! From exec to exit: `gwh verify` of one delivery against a program that does nothing, and against the library
//! `standardwebhooks` for Python and for Node where those are installed.

use std::env;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::load::Delivery;
use crate::report::{heading, in_turn, line, timed};

const RUNS: u32 = 200;
/// Of an interpreter, which takes tens of milliseconds.
const INTERPRETED: u32 = 20;

const PYTHON: &str = r#"
import sys
from standardwebhooks.webhooks import Webhook
secret, body, id, timestamp, signature = sys.argv[1:]
Webhook(open(secret).read()).verify(open(body, "rb").read(), {
    "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signature})
"#;

const NODE: &str = r#"
const { readFileSync } = require("node:fs");
const { Webhook } = require("standardwebhooks");
const [secret, body, id, timestamp, signature] = process.argv.slice(1);
new Webhook(readFileSync(secret, "utf8")).verify(readFileSync(body), {
  "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signature });
"#;

pub fn measure() {
    heading(
        "start-up, exec to exit (targets: at most 1.5 times a Rust hello; 15 times quicker than the library for Python, 40 than that for Node)",
    );
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
        per_run(command.env_clear().env("HOME", folder.path()), RUNS)
    };
    let hello = || per_run(Command::new(&hello).env_clear(), RUNS);
    let (ours, theirs) = in_turn(verify, hello);
    line(&format!("gwh verify {ours:.2} ms, hello {theirs:.2} ms: {:.2} times", ours / theirs));

    let body = folder.path().join("body");
    std::fs::write(&body, &delivery.body).expect("writes the body");
    for (interpreter, variable, flag, script, check) in [
        ("python3", "GWH_BENCH_PYTHON", "-c", PYTHON, "import standardwebhooks"),
        ("node", "GWH_BENCH_NODE", "-e", NODE, "require('standardwebhooks')"),
    ] {
        let program = env::var_os(variable).unwrap_or_else(|| interpreter.into());
        let has_library = Command::new(&program).args([flag, check]).stderr(Stdio::null()).status();
        if !has_library.is_ok_and(|status| status.success()) {
            line(&format!(
                "{interpreter}: not measured, as it is missing or has no standardwebhooks ({variable} names another; NODE_PATH a folder)"
            ));
            continue;
        }
        let library = || {
            let mut command = Command::new(&program);
            command.args([flag, script]).args([&secret, &body]);
            command.args(delivery.headers.iter().map(|(_, value)| value));
            per_run(&mut command, INTERPRETED)
        };
        let (ours, theirs) = in_turn(verify, library);
        line(&format!("gwh verify {ours:.2} ms, {interpreter} {theirs:.1} ms: {:.0} times", theirs / ours));
    }
}

/// Milliseconds a run.
fn per_run(command: &mut Command, runs: u32) -> f64 {
    command.stdin(Stdio::null()).stdout(Stdio::null());
    let spent = timed(|| {
        for _ in 0..runs {
            assert!(command.status().expect("starts").success(), "{command:?} failed");
        }
    });
    spent.as_secs_f64() * 1000.0 / f64::from(runs)
}

fn build_hello(folder: &Path) -> std::path::PathBuf {
    let (source, program) = (folder.join("hello.rs"), folder.join("hello"));
    std::fs::write(&source, "fn main() { println!(\"hello\"); }").expect("writes the source");
    let built = Command::new("rustc").arg("-O").arg(&source).arg("-o").arg(&program).status();
    assert!(built.expect("rustc starts").success(), "rustc failed");
    program
}
