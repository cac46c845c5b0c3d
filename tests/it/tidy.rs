//! The layering and tidiness rules of the house, read from the sources.

use std::collections::BTreeSet;
use std::path::Path;

use crate::support::repository::{self, File, lines, relative};

/// Modules of values in and values out: no clock, no I/O, no async, no printing.
const DOMAIN: [&str; 8] = ["event", "json", "signature", "units", "capture", "redact", "request", "sanitize"];

/// What a domain module may not name.
const OUTSIDE_DOMAIN: [&str; 26] = [
    "crate::cli",
    "crate::clock",
    "crate::cmd",
    "crate::config",
    "crate::deliver",
    "crate::env",
    "crate::error",
    "crate::gemini",
    "crate::keysets",
    "crate::paths",
    "crate::random",
    "crate::runtime",
    "crate::secrets",
    "crate::server",
    "crate::session",
    "crate::ui",
    "crate::world",
    "tokio",
    "hyper",
    "async fn",
    "std::fs",
    "std::net",
    "std::process",
    "std::env",
    "SystemTime",
    "Instant::now",
];

/// Modules that reach outside the process and are told what to do by commands.
const IO: [&str; 10] = [
    "certificates",
    "conformance",
    "deliver",
    "files",
    "gemini",
    "keysets",
    "listeners",
    "secrets",
    "server",
    "store",
];

/// A crate or what it does, and the one file or folder of `src` that may name it.
const OWNED_CRATES: [(&str, &str); 9] = [
    ("colored::", "ui/style.rs"),
    ("dialoguer::", "ui/"),
    ("reqwest::", "gemini/"),
    ("getrandom::", "random.rs"),
    ("tempfile_in(", "files/"),
    ("NamedTempFile", "files/"),
    // AWS-LC has to be told to look at the processor before any of these is used.
    ("default_provider", "certificates/mod.rs"),
    ("jsonwebtoken::", "signature/rsa.rs"),
    ("rcgen::", "certificates/"),
];

const LONGEST_FILE: usize = 400;

/// Every use of `needles` in `files`, outside comments, as `file:line: text`.
fn uses<'a>(files: impl IntoIterator<Item = &'a File>, needles: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for file in files {
        for (number, line) in lines(file.code()) {
            if needles.iter().any(|needle| line.contains(needle)) {
                found.push(format!("{}:{number}: {}", file.name, line.trim()));
            }
        }
    }
    found
}

fn none(found: Vec<String>, rule: &str) {
    assert!(found.is_empty(), "{rule}:\n  {}", found.join("\n  "));
}

fn sources() -> Vec<File> {
    let files = repository::rust_files("src");
    assert!(files.len() > 40, "the sources are where this test looks");
    files
}

/// Whether a file of `src` belongs to the module `name`.
fn is_in(file: &File, name: &str) -> bool {
    let path = file.name.trim_start_matches("src/");
    path == format!("{name}.rs") || path.starts_with(&format!("{name}/"))
}

#[test]
fn domain_modules_reach_nothing_outside() {
    let files = sources();
    for name in DOMAIN {
        let module: Vec<&File> = files.iter().filter(|file| is_in(file, name)).collect();
        assert!(!module.is_empty(), "the domain module {name} is where this test looks");
        none(uses(module, &OUTSIDE_DOMAIN), "a domain module takes values in and gives values out");
    }
}

#[test]
fn io_modules_do_not_know_the_commands_or_print() {
    let files = sources();
    for name in IO {
        let module = files.iter().filter(|file| is_in(file, name));
        let needles = ["crate::cli", "crate::cmd", "crate::session", "crate::ui"];
        none(uses(module, &needles), "an io module is told what to do and answers with data");
    }
}

#[test]
fn commands_are_used_by_the_command_line_only() {
    let files = sources();
    let others = files.iter().filter(|file| !is_in(file, "cmd") && !is_in(file, "cli"));
    none(uses(others, &["crate::cmd", "crate::cli::", "cmd::"]), "only cli dispatches to cmd");
}

#[test]
fn only_ui_writes() {
    let files = sources();
    let macros = ["println!", "print!(", "dbg!(", "write_stdout"];
    none(uses(&files, &macros), "printing goes through ui");
    let others = files.iter().filter(|file| !is_in(file, "ui") && !is_in(file, "world"));
    none(
        uses(others, &["io::stdout()", "io::stderr()", "stdout().lock"]),
        "streams are opened by world alone",
    );
}

#[test]
fn each_crate_with_an_owner_is_named_by_it_alone() {
    let files = sources();
    for (name, owner) in OWNED_CRATES {
        let others = files.iter().filter(|file| !file.name.starts_with(&format!("src/{owner}")));
        none(uses(others, &[name]), &format!("only src/{owner} names {name}"));
    }
}

#[test]
fn nothing_ends_the_process_or_reads_its_environment_behind_our_back() {
    let files = sources();
    none(
        uses(&files, &["process::exit", "process::abort", ".unwrap()", "unsafe {"]),
        "failures are returned",
    );
    let others =
        files.iter().filter(|file| !is_in(file, "env") && !is_in(file, "world") && !is_in(file, "main"));
    none(
        uses(others, &["env::var(", "env::var_os", "env::vars", "env::args", "set_var("]),
        "env captures it once",
    );
}

#[test]
fn every_variable_that_is_read_is_a_documented_constant() {
    let files = sources();
    let names: BTreeSet<&str> = gwh::env::VARIABLES.iter().map(|variable| variable.name).collect();
    let reads = [".text(\"", ".raw(\"", ".enabled(\""];
    none(uses(files.iter().filter(|file| !is_in(file, "env")), &reads), "variables are read by constant");
    for file in &files {
        for name in
            quoted(file.code()).filter(|text| text.starts_with("GWH_") || text.starts_with("HTTP_WEBHOOK_"))
        {
            assert!(names.contains(name), "{}: {name} is not in env::VARIABLES", file.name);
        }
    }
    let others: Vec<&File> = files.iter().filter(|file| !is_in(file, "env")).collect();
    for name in names {
        assert!(
            !uses(others.iter().copied(), &[name]).is_empty(),
            "{name} is documented, but nothing reads it"
        );
    }
}

/// The short string literals of a text.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('"').filter(|part| part.len() < 40 && !part.contains('\n'))
}

#[test]
fn every_rust_file_says_what_it_owns_and_is_short() {
    for folder in ["src", "tests", "benches"] {
        for file in repository::rust_files(folder) {
            assert!(file.text.starts_with("//! "), "{} opens with what it owns", file.name);
            let length = file.text.lines().count();
            assert!(length <= LONGEST_FILE, "{} has {length} lines: split it by meaning", file.name);
        }
    }
}

#[test]
fn no_file_names_a_machine_or_leaves_a_mark() {
    // Put together here, so that this file does not hold what it looks for.
    let paths = ["ho|me/", "ro|ot/", "tm|p/", "Us|ers/"].map(|half| format!("/{}", half.replace('|', "")));
    let marks = ["TO|DO", "FIX|ME", "XX|X", "HA|CK"].map(|half| half.replace('|', ""));
    for file in repository::text_files() {
        for (index, line) in file.text.lines().enumerate() {
            let at = format!("{}:{}: {}", file.name, index + 1, line.trim());
            assert!(!paths.iter().any(|path| line.contains(path)), "a machine's path at {at}");
            let words = || line.split(|c: char| !c.is_ascii_alphanumeric());
            assert!(!words().any(|word| marks.iter().any(|mark| mark == word)), "a mark at {at}");
        }
    }
}

#[test]
fn every_command_has_a_test_file_of_its_own() {
    let main = repository::read("tests/it/main.rs");
    for name in commands() {
        let listed = main.lines().any(|line| line.trim() == format!("mod {name};"));
        assert!(listed, "src/cmd/{name} has no `mod {name};` in tests/it/main.rs");
    }
}

/// The files and folders of `src/cmd` that are commands.
fn commands() -> BTreeSet<String> {
    let shared = ["mod", "args"];
    let named = repository::rust_files("src/cmd").into_iter().map(|file| {
        let path = file.name.trim_start_matches("src/cmd/").trim_end_matches(".rs").to_owned();
        path.split('/').next().unwrap_or_default().to_owned()
    });
    let tree = gwh::cli::command();
    let commands: BTreeSet<String> = named.filter(|name| !shared.contains(&name.as_str())).collect();
    for command in tree.get_subcommands() {
        assert!(commands.contains(command.get_name()), "{} has a file in src/cmd", command.get_name());
    }
    commands.into_iter().filter(|name| tree.find_subcommand(name).is_some()).collect()
}

#[test]
fn every_link_between_documents_leads_somewhere() {
    let mut checked = 0;
    for file in repository::text_files().into_iter().filter(|file| file.name.ends_with(".md")) {
        for target in link_targets(&file.text) {
            let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
            let linked = if path.is_empty() {
                file.name.clone()
            } else {
                relative(Path::new(&file.name).parent().unwrap_or(Path::new("")), path)
            };
            assert!(repository::exists(&linked), "{} links to {target}, which is not there", file.name);
            if !anchor.is_empty() {
                let found = headings(&repository::read(&linked)).any(|heading| heading == anchor);
                assert!(found, "{} links to {target}, but there is no such heading", file.name);
            }
            checked += 1;
        }
    }
    assert!(checked > 5, "the documents link to each other");
}

/// What the links of a Markdown text lead to, unless it is outside the repository.
fn link_targets(text: &str) -> impl Iterator<Item = &str> {
    let ends = text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target);
    ends.filter(|target| !target.contains("://") && !target.starts_with("mailto:"))
}

/// The anchors that a Markdown text's headings get.
fn headings(text: &str) -> impl Iterator<Item = String> {
    text.lines().filter_map(|line| line.strip_prefix('#')).map(|heading| {
        let heading = heading.trim_start_matches('#').trim().to_lowercase().replace(' ', "-");
        heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, '-' | '_')).collect()
    })
}
