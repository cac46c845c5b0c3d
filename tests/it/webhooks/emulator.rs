//! `gwh webhooks` against `gwh emulator`: a whole story, and several processes at once.

use std::collections::BTreeSet;
use std::process::{Child, Stdio};

use serde_json::Value;

use super::{CREATE, assert_ends};
use crate::support::Sandbox;

fn document(sandbox: &Sandbox, args: &[&str]) -> Value {
    let output = sandbox.run(&[args, &["--json"]].concat());
    assert_eq!(output.code, 0, "{args:?}: {output:?}");
    output.json()
}

/// The truncated secrets of `prod`, as the emulator lists them and as this machine holds them.
fn secrets(sandbox: &Sandbox) -> (BTreeSet<String>, BTreeSet<String>) {
    let texts = |list: &Value, name: &str| {
        let list = list.as_array().expect("a list").iter();
        list.map(|secret| secret[name].as_str().expect("a text").to_owned()).collect()
    };
    let listed = document(sandbox, &["webhooks", "get", "prod"]);
    let index = sandbox.path().join("home/.local/share/gwh/profiles/default/webhooks.json");
    let index: Value =
        serde_json::from_str(&std::fs::read_to_string(index).expect("an index")).expect("JSON");
    let stored = &index["webhooks"][0]["secrets"];
    (texts(&listed["signing_secrets"], "truncated_secret"), texts(stored, "truncated"))
}

#[test]
fn a_webhook_lives_from_create_to_delete() {
    let (_emulator, sandbox) = Sandbox::emulated(&[]);
    assert_eq!(sandbox.run(&CREATE).code, 0);
    let updated = document(&sandbox, &["webhooks", "update", "prod", "--add-event", "video.generated"]);
    assert_eq!(updated["changed"], serde_json::json!(["subscribed_events"]));
    document(&sandbox, &["webhooks", "rotate-secret", "prod"]);
    let (listed, stored) = secrets(&sandbox);
    assert_eq!((listed.len(), &listed), (2, &stored));
    assert_eq!(document(&sandbox, &["webhooks", "get", "prod"])["secret_is_current"], true);

    sandbox.file(
        "webhooks.toml",
        "[[webhook]]\nname = \"prod\"\nuri = \"https://example.com/v2\"\nevents = [\"batch.failed\"]\n\
         state = \"disabled\"\n",
    );
    let apply = || {
        let lines = sandbox.run(&["webhooks", "apply", "--json"]).json_lines();
        lines.iter().map(|line| line["action"].as_str().expect("a word").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!((apply(), apply()), (vec!["update".to_owned()], vec!["unchanged".to_owned()]));
    assert_eq!(document(&sandbox, &["webhooks", "enable", "prod"])["state"], "enabled");
    document(&sandbox, &["webhooks", "ping", "prod"]);
    assert_eq!(document(&sandbox, &["webhooks", "delete", "prod", "--yes"])["secret"], "removed");
    assert_ends(&sandbox.run(&["webhooks", "get", "prod"]), 4, &["no webhook with the id or name prod"]);
}

/// Runs the same command in several processes at once; every one of them succeeds.
fn at_once(sandbox: &Sandbox, args: &[&[&str]]) {
    let spawn = |args: &&[&str]| {
        let mut command = sandbox.command(args);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().expect("starts")
    };
    let children: Vec<Child> = args.iter().map(spawn).collect();
    for child in children {
        let output = child.wait_with_output().expect("ends");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

#[test]
fn processes_that_create_and_rotate_at_once_lose_nothing() {
    const COUNT: usize = 6;
    let (_emulator, sandbox) = Sandbox::emulated(&[]);
    assert_eq!(sandbox.run(&CREATE).code, 0);
    let rotate = ["webhooks", "rotate-secret", "prod"];
    let names: Vec<String> = (0..COUNT).map(|number| format!("other{number}")).collect();
    let creates: Vec<Vec<&str>> =
        names.iter().map(|name| [&CREATE[..CREATE.len() - 1], &[name.as_str()]].concat()).collect();
    let mut all: Vec<&[&str]> = vec![&rotate; COUNT];
    all.extend(creates.iter().map(Vec::as_slice));
    at_once(&sandbox, &all);

    let (listed, stored) = secrets(&sandbox);
    assert_eq!((listed.len(), &listed), (COUNT + 1, &stored), "every secret that signs is stored");
    let lines = sandbox.run(&["webhooks", "list", "--json"]).json_lines();
    assert_eq!(lines.len(), COUNT + 1);
    for line in lines {
        assert_eq!(line["secret_is_current"], true, "the newest secret is stored as such: {line}");
    }
    assert_eq!(sandbox.run(&["secrets", "doctor"]).code, 0);
}
