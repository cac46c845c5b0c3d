//! Freshness of what is generated from the code: completions, man pages, and tables of the documents.
//!
//! `GWH_BLESS=1 cargo test --test it generated` rewrites all of it.

use std::collections::BTreeMap;
use std::fs;

use clap::Command;
use clap::ValueEnum;
use clap_complete::Shell;
use gwh::config::SETTINGS;
use gwh::env::VARIABLES;
use gwh::error::Exit;
use gwh::signature::diagnose::Cause;

use crate::support::repository;

const HOW: &str = "run GWH_BLESS=1 cargo test --test it generated, and look at the difference";

fn blessing() -> bool {
    std::env::var_os("GWH_BLESS").is_some_and(|value| value == "1")
}

/// Compares the files of a folder with what they should be, or rewrites them.
fn check_folder(folder: &str, wanted: &BTreeMap<String, Vec<u8>>) {
    let path = repository::root().join(folder);
    if blessing() {
        // The folder holds nothing but generated files, so that a page of a command that went away goes too.
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).expect("makes the folder");
        for (name, bytes) in wanted {
            fs::write(path.join(name), bytes).expect("writes a generated file");
        }
    }
    for (name, bytes) in wanted {
        let found = fs::read(path.join(name)).unwrap_or_default();
        assert!(found == *bytes, "{folder}/{name} is missing or stale: {HOW}");
    }
    for entry in fs::read_dir(&path).expect("the folder is there").filter_map(Result::ok) {
        let name = entry.file_name().to_string_lossy().into_owned();
        assert!(wanted.contains_key(&name), "{folder}/{name} is generated from nothing: {HOW}");
    }
}

#[test]
fn completions_are_fresh() {
    let generated = Shell::value_variants().iter().map(|shell| {
        let script = gwh::cmd::completions::script(*shell);
        (clap_complete::Generator::file_name(shell, "gwh"), script)
    });
    let wanted: BTreeMap<_, _> = generated.collect();
    assert_eq!(wanted.len(), 5, "bash, zsh, fish, PowerShell and elvish");
    check_folder("completions", &wanted);
}

#[test]
fn man_pages_are_fresh() {
    let mut pages = BTreeMap::new();
    add_pages(&gwh::cli::shown_command(), &mut pages);
    assert!(pages.contains_key("gwh.1") && pages.contains_key("gwh-keys-jwks.1"));
    check_folder("man", &pages);
}

/// The page of a command and of every command below it.
fn add_pages(command: &Command, pages: &mut BTreeMap<String, Vec<u8>>) {
    let page = clap_mangen::Man::new(command.clone());
    let mut bytes = Vec::new();
    page.render(&mut bytes).expect("writes to memory");
    pages.insert(page.get_filename(), bytes);
    for below in command.get_subcommands().filter(|below| !below.is_hide_set()) {
        add_pages(below, pages);
    }
}

#[test]
fn the_tables_of_the_documents_are_fresh() {
    let tables = [
        ("README.md", "commands", commands()),
        ("README.md", "exit codes", exit_codes()),
        ("README.md", "variables", variables()),
        ("docs/REFERENCE.md", "settings", settings()),
        ("docs/JSON.md", "diagnosis", diagnosis()),
    ];
    for (document, name, table) in &tables {
        let old = repository::read(document);
        let new = replace_table(document, &old, name, table);
        if blessing() {
            fs::write(repository::root().join(document), &new).expect("writes the document");
        } else {
            assert!(old == new, "the table {name} of {document} is stale: {HOW}");
        }
    }
}

/// Puts `table` between the markers that carry its name.
fn replace_table(document: &str, text: &str, name: &str, table: &str) -> String {
    let (start, end) = (format!("<!-- generated: {name} -->\n"), "<!-- end -->");
    let (before, rest) =
        text.split_once(&start).unwrap_or_else(|| panic!("{document} has no marker {start}"));
    let (_, after) = rest.split_once(end).unwrap_or_else(|| panic!("the table {name} has no end marker"));
    format!("{before}{start}\n{table}\n{end}{after}")
}

fn table(head: &str, rows: impl Iterator<Item = String>) -> String {
    let columns = head.matches('|').count() - 1;
    let rows: Vec<String> = rows.collect();
    format!("{head}\n|{}\n{}\n", "---|".repeat(columns), rows.join("\n"))
}

fn commands() -> String {
    let mut rows = Vec::new();
    add_rows(&gwh::cli::command(), "gwh", &mut rows);
    table("| command | what it does |", rows.into_iter())
}

/// A row for every command that does something by itself, in the order of the help.
fn add_rows(command: &Command, name: &str, rows: &mut Vec<String>) {
    for below in command.get_subcommands().filter(|below| !below.is_hide_set()) {
        let name = format!("{name} {}", below.get_name());
        if below.has_subcommands() {
            add_rows(below, &name, rows);
        } else {
            let about = below.get_about().map(ToString::to_string).unwrap_or_default();
            rows.push(format!("| `{name}` | {about} |"));
        }
    }
}

fn exit_codes() -> String {
    table(
        "| exit | meaning |",
        Exit::ALL.iter().map(|exit| format!("| {} | {} |", exit.code(), exit.about())),
    )
}

fn variables() -> String {
    let rows =
        VARIABLES.iter().map(|variable| format!("| `{}` | {} |", variable.name, variable.about.trim()));
    table("| variable | what it does |", rows)
}

fn settings() -> String {
    let rows = SETTINGS.iter().map(|setting| {
        let default = match setting.default() {
            "" => "none".to_owned(),
            text => format!("`{text}`"),
        };
        format!("| `{}` | `{}` | {default} | {} |", setting.key(), setting.variable(), setting.about())
    });
    table("| key | variable | default | what it does |", rows)
}

fn diagnosis() -> String {
    let rows = Cause::ALL.iter().map(|cause| format!("| `{}` | {} |", cause.code(), cause.about().trim()));
    table("| code | what was proved |", rows)
}
