//! The code of docs/HANDLERS.md is that of the reference handlers, which the interop job runs.
//!
//! `GWH_BLESS=1 cargo test --test it handlers_doc` copies it again.

use std::fs;
use std::path::Path;

use crate::support::repository;

const DOCUMENT: &str = "docs/HANDLERS.md";
const HOW: &str = "run GWH_BLESS=1 cargo test --test it handlers_doc, and look at the difference";
const START: &str = "<!-- from ";
const END: &str = "<!-- end -->";

#[test]
fn the_code_is_that_of_the_handlers() {
    let old = repository::read(DOCUMENT);
    let new = filled_in(&old);
    if std::env::var_os("GWH_BLESS").is_some_and(|value| value == "1") {
        fs::write(repository::root().join(DOCUMENT), &new).expect("writes the document");
    } else {
        assert!(old == new, "{DOCUMENT} is stale: {HOW}");
    }
}

/// A handler that nobody shows, or an excerpt that ends too early, would go unnoticed otherwise.
#[test]
fn every_marked_part_is_shown_once_and_whole() {
    let text = repository::read(DOCUMENT);
    for folder in ["python", "node", "rust/src"] {
        let folder = format!("tests/interop/handlers/{folder}");
        let files = fs::read_dir(repository::root().join(&folder)).expect("the folder is there");
        let mut shown = 0;
        for file in files.filter_map(Result::ok).filter(|entry| entry.path().is_file()) {
            let path = format!("{folder}/{}", file.file_name().to_string_lossy());
            let source = repository::read(&path);
            for name in source.lines().filter_map(|line| line.split_once(" shown: ")).map(|(_, name)| name) {
                let marker = format!("{START}{path}: {name} -->");
                assert_eq!(text.matches(&marker).count(), 1, "{DOCUMENT} shows {name} of {path}");
                assert!(excerpt(&path, name).lines().count() > 10, "{name} of {path} is a part of it");
                shown += 1;
            }
        }
        assert!(shown >= 3, "{folder} holds what verifies both kinds of webhooks, and an app");
    }
}

/// The document with every excerpt as it stands in its file.
fn filled_in(document: &str) -> String {
    let mut parts = document.split(START);
    let mut filled = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (source, rest) = part.split_once(" -->").expect("the marker of an excerpt is closed");
        let (_, after) = rest.split_once(END).unwrap_or_else(|| panic!("{source}: there is no {END}"));
        let (path, name) = source.split_once(": ").expect("a marker names a file and a part of it");
        let code = excerpt(path, name);
        filled += &format!("{START}{source} -->\n```{}\n{code}```\n{END}{after}", language(path));
    }
    filled
}

/// What stands between the comments `shown: NAME` and `end` of a file.
fn excerpt(path: &str, name: &str) -> String {
    let source = repository::read(path);
    let comment = if path.ends_with(".py") { "#" } else { "//" };
    let (_, rest) = source
        .split_once(&format!("{comment} shown: {name}\n"))
        .unwrap_or_else(|| panic!("{path} has no part {name}"));
    let (code, _) = rest.split_once(&format!("{comment} end\n")).expect("the part has an end");
    code.to_owned()
}

fn language(path: &str) -> &'static str {
    match Path::new(path).extension().and_then(|extension| extension.to_str()) {
        Some("py") => "python",
        Some("mjs") => "js",
        Some("rs") => "rust",
        other => panic!("{path}: no language is known for {other:?}"),
    }
}
