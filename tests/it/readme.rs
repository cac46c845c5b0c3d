//! What the documents promise: the tours of the README, docs/WEBHOOKS.md and docs/MIGRATING.md run as they stand there with
//! the real binary, and links lead somewhere.

use std::net::TcpListener;
use std::path::Path;
use std::process::Command;

use crate::support::Sandbox;
use crate::support::child::{Ended, Run};
use crate::support::repository::{self, fenced};

/// Every Markdown file of the root and of docs.
fn documents() -> Vec<String> {
    let folders = ["", "docs/"].map(|folder| (folder, repository::root().join(folder)));
    let names = folders.iter().flat_map(|(folder, path)| {
        let entries = std::fs::read_dir(path).expect("the folder is there").filter_map(Result::ok);
        entries.map(move |entry| format!("{folder}{}", entry.file_name().to_string_lossy()))
    });
    names.filter(|name| name.ends_with(".md")).collect()
}

/// The shell blocks between `<!-- name -->` and `<!-- end of name -->`.
fn blocks(document: &str, name: &str) -> Vec<String> {
    fenced(&part(document, name), "sh")
}

/// What stands between `<!-- name -->` and `<!-- end of name -->`.
fn part(document: &str, name: &str) -> String {
    let text = repository::read(document);
    let (start, end) = (format!("<!-- {name} -->"), format!("<!-- end of {name} -->"));
    let (_, rest) = text.split_once(&start).expect("the document marks the start of the part");
    rest.split_once(&end).expect("the document marks its end").0.to_owned()
}

/// Free ports, different from each other: all are held until the last one is known.
fn free_ports() -> [u16; 2] {
    let listeners = [(), ()].map(|()| TcpListener::bind("127.0.0.1:0").expect("binds"));
    listeners.map(|listener| listener.local_addr().expect("is bound").port())
}

/// Runs a script in a fresh HOME where `gwh` is the binary under test and the README's ports are free ones.
/// What it starts in the background is ended by its id when the shell ends.
fn run(script: &str) -> Ended {
    run_in(&Sandbox::new(), script)
}

/// The same in this sandbox's HOME.
fn run_in(sandbox: &Sandbox, script: &str) -> Ended {
    let [port, emulator] = free_ports();
    let script = script.replace("8080", &port.to_string()).replace("9090", &emulator.to_string());
    let script = format!("trap 'kill $(jobs -p) 2>&- || true' EXIT\n{script}");
    let binary = Path::new(env!("CARGO_BIN_EXE_gwh")).parent().expect("is in a folder");
    let path = std::env::var("PATH").expect("the tests have a PATH");
    let home = sandbox.path().join("home");
    let mut bash = Command::new("bash");
    bash.args(["--norc", "-euo", "pipefail", "-c", &script]);
    // Only what a sandbox has: nothing of the machine's configuration reaches the tour.
    bash.env_clear().current_dir(sandbox.path()).env("HOME", home);
    for (name, value) in sandbox.command(&[]).get_envs() {
        bash.env(name, value.unwrap_or_default());
    }
    bash.env("PATH", format!("{}:{path}", binary.display()))
        .env("GWH_PORT", port.to_string())
        .env("GWH_TO", format!("http://127.0.0.1:{port}/"));
    Run::start(bash, b"").wait()
}

/// Runs a tour in one shell, as a reader would: a background listener of one step serves the next.
fn run_tour(document: &str, name: &str) -> String {
    let blocks = blocks(document, name);
    assert!(blocks.len() >= 3, "the tour has steps");
    let ended = run(&blocks.join("\n"));
    assert!(ended.status.success(), "{ended:?}");
    format!("{}{}", ended.stdout, ended.stderr)
}

#[test]
fn the_tour_does_what_the_readme_says() {
    let output = run_tour("README.md", "tour");
    for wanted in ["✓ valid", "✗ invalid", "signature mismatch", "hint:", "whsec_", "batch.succeeded"] {
        assert!(output.contains(wanted), "the tour shows {wanted:?}:\n{output}");
    }
}

#[test]
fn the_second_tour_creates_verifies_and_rotates() {
    let output = run_tour("docs/WEBHOOKS.md", "second tour");
    let count = |part: &str| output.matches(part).count();
    assert_eq!(count("✓ v1 prod"), 2, "both deliveries verify with the webhook's secrets:\n{output}");
    for wanted in ["✓ created prod", "secrets: local, prod", "✓ rotated the secret of prod", "✓ deleted prod"]
    {
        assert_eq!(count(wanted), 1, "the tour shows {wanted:?} once:\n{output}");
    }
    assert_eq!(count("ends in "), 1, "the list shows that the previous secret still signs:\n{output}");
}

#[test]
fn the_migration_goes_from_a_wait_in_a_script_to_an_event() {
    let output = run_tour("docs/MIGRATING.md", "migration");
    let count = |part: &str| output.matches(part).count();
    for wanted in [
        "uploaded requests.jsonl (77 B)",
        "results.jsonl\n",
        "exit code 1",
        "✓ v1a",
        "gwh listen has verified an event about it",
        "A stand-in answer",
        "\"webhookConfig\": {",
        "\"webhook_config\": {",
    ] {
        assert_eq!(count(wanted), 1, "the page shows {wanted:?} once:\n{output}");
    }
}

#[test]
fn the_script_for_ci_waits_for_its_event_and_fails_with_the_reason() {
    let script = blocks("README.md", "ci script").concat();
    let ended = run(&script);
    assert!(ended.status.success(), "{ended:?}");
    assert!(ended.stdout.contains("\"valid\":true") || ended.stdout.contains("✓ valid"), "{ended:?}");
    for (from, to, reason) in [
        ("--set data.id=batches/123", "--set data.id=batches/124", "the last one had data.id=batches/124"),
        ("gwh trigger batch.succeeded", "gwh trigger batch.failed", "what came: batch.failed (1)"),
        (
            "--fail-on-invalid",
            "--count 3",
            "waited for 3 deliveries of batch.succeeded with data.id=batches/123, and 1 came within",
        ),
    ] {
        let changed = script.replace(from, to).replace("--timeout 60s", "--timeout 2s");
        assert_ne!(changed, script.replace("--timeout 60s", "--timeout 2s"), "{from}");
        let ended = run(&changed);
        assert_eq!(ended.status.code(), Some(1), "{ended:?}");
        assert!(ended.stderr.contains(reason), "{reason:?} is in {ended:?}");
    }
    let forged = script.replace("gwh trigger ", "gwh trigger --corrupt body --expect-status 401 ");
    let ended = run(&forged);
    assert_eq!(ended.status.code(), Some(1), "{ended:?}");
    assert!(ended.stderr.contains("a delivery did not verify: signature mismatch"), "{ended:?}");
}

/// The `run:` steps of a workflow, each as a script, and the `env:` of its job.
fn workflow(yaml: &str) -> (Vec<String>, Vec<(String, String)>) {
    let indent = |line: &str| line.len() - line.trim_start().len();
    let (mut steps, mut env) = (Vec::new(), Vec::new());
    let mut lines = yaml.lines().peekable();
    while let Some(line) = lines.next() {
        let mut inner = || {
            let deeper = |next: &&str| next.trim().is_empty() || indent(next) > indent(line);
            std::iter::from_fn(|| lines.next_if(deeper))
                .map(|line| format!("{}\n", line.trim()))
                .collect::<String>()
        };
        match line.trim_start().trim_start_matches("- ").split_once(':') {
            Some(("env", "")) => {
                let variables = inner();
                let pairs = variables.lines().filter_map(|line| line.split_once(": "));
                env.extend(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())));
            }
            Some(("run", " |")) => steps.push(inner()),
            Some(("run", script)) => steps.push(script.trim().to_owned()),
            _ => {}
        }
    }
    (steps, env)
}

#[test]
fn the_job_for_github_actions_passes_step_by_step() {
    let yaml = fenced(&part("README.md", "ci job"), "yaml").concat();
    let (steps, env) = workflow(&yaml);
    assert_eq!((steps.len(), yaml.matches("run:").count()), (2, 2), "every step is found: {steps:?}");
    assert_eq!(env, [("GWH_SECRET_STORE".to_owned(), "file".to_owned())]);
    let sandbox = env.iter().fold(Sandbox::new(), |sandbox, (name, value)| sandbox.env(name, value));
    for step in &steps {
        let ended = run_in(&sandbox, step);
        assert!(ended.status.success(), "{step}\n{ended:?}");
    }
    let ended = run_in(&sandbox, &steps[1].replace("-eq 2", "-eq 3"));
    assert_eq!(ended.status.code(), Some(1), "the step counts: {ended:?}");
}

#[test]
fn a_command_of_the_tour_that_fails_is_noticed() {
    let ended = run("gwh config show\ngwh no-such-command\n");
    assert_eq!(ended.status.code(), Some(2), "{ended:?}");
}

/// The targets of `[text](target)` in a document.
fn links(text: &str) -> impl Iterator<Item = &str> {
    text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target)
}

/// The names by which a document's headings can be linked to, as code hosts make them.
fn anchors(text: &str) -> Vec<String> {
    let headings = text.lines().filter(|line| line.starts_with("##"));
    let kept = |character: &char| character.is_alphanumeric() || " -_".contains(*character);
    headings
        .map(|line| line.trim_start_matches('#').trim().to_lowercase())
        .map(|heading| heading.chars().filter(kept).collect::<String>().replace(' ', "-"))
        .collect()
}

/// The links of a document that lead to no file and no heading.
fn broken_links(document: &str, text: &str) -> Vec<String> {
    let folder = Path::new(document).parent().expect("is a file");
    let is_broken = |target: &&str| {
        let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
        let path = repository::root().join(if file.is_empty() { document.into() } else { folder.join(file) });
        let Ok(linked) = std::fs::read_to_string(&path) else { return !path.exists() };
        !anchor.is_empty() && !anchors(&linked).iter().any(|known| known == anchor)
    };
    links(text)
        .filter(|target| !target.starts_with("https://"))
        .filter(is_broken)
        .map(str::to_owned)
        .collect()
}

#[test]
fn links_of_the_documents_lead_somewhere() {
    let documents = documents();
    assert!(documents.len() >= 12, "{documents:?}");
    for document in documents {
        let broken = broken_links(&document, &repository::read(&document));
        assert!(broken.is_empty(), "{document}: {broken:?}");
    }
    let found = broken_links("README.md", "[a](#no-such-heading) [b](no-such.md) [c](#status) [d](src)");
    assert_eq!(found, ["#no-such-heading", "no-such.md"]);
}
