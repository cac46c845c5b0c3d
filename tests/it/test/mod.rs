//! `gwh test` against handlers that are right, and against handlers that are wrong in one way.

mod formats;
mod handler;
mod mistakes;
mod preflight;
#[cfg(unix)]
mod process;
mod selection;

use serde_json::Value;

use crate::support::{Output, Sandbox};

/// Runs the suite against `url` and answers the objects that it prints.
fn suite(sandbox: &Sandbox, url: &str, more: &[&str]) -> (Output, Vec<Value>) {
    let args = [&["test", url, "--json"], more].concat();
    let output = sandbox.run(&args);
    let lines = output.json_lines();
    (output, lines)
}

/// The ids of the cases that ended so.
fn ids(lines: &[Value], result: &str) -> Vec<String> {
    let ended = lines.iter().filter(|line| line["type"] == "case" && line["result"] == result);
    ended.map(|line| line["id"].as_str().expect("has an id").to_owned()).collect()
}
