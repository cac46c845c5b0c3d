//! The repository's own files, for the tests that read them.

use std::fs;
use std::path::{Component, Path, PathBuf};

/// A file: its path from the root of the repository, with `/` on every system, and its text.
pub struct File {
    pub name: String,
    pub text: String,
}

impl File {
    /// The text up to the unit tests, which stand at the end of a file.
    pub fn code(&self) -> &str {
        self.text.find("#[cfg(test)]\nmod tests").map_or(&self.text, |end| &self.text[..end])
    }
}

/// Where the repository is.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The text of a file of the repository.
pub fn read(name: &str) -> String {
    fs::read_to_string(root().join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// Whether a file or folder is there.
pub fn exists(name: &str) -> bool {
    root().join(name).exists()
}

/// Every Rust file below a folder, in the order of their names.
pub fn rust_files(folder: &str) -> Vec<File> {
    below(folder).into_iter().filter(|name| name.ends_with(".rs")).map(load).collect()
}

/// Every text file that people write: sources, tests, scripts and documents.
pub fn text_files() -> Vec<File> {
    let folders = ["src", "tests", "benches", "docs", ".ci", "completions", "man"];
    let mut names: Vec<String> = folders.into_iter().flat_map(below).collect();
    let at_root = fs::read_dir(root()).expect("the root is a folder").filter_map(Result::ok);
    names.extend(at_root.filter(|entry| entry.path().is_file()).map(|entry| name_of(&entry.path())));
    names.sort();
    // Bytes that are no text are fixtures; the lock file is cargo's.
    let texts = names.into_iter().filter(|name| name != "Cargo.lock");
    texts.filter(|name| fs::read_to_string(root().join(name)).is_ok()).map(load).collect()
}

/// The lines of a text that are not comments of Rust, with their numbers.
pub fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .enumerate()
        .map(|(index, line)| (index + 1, line))
        .filter(|(_, line)| !line.trim().starts_with("//"))
}

/// `path` as seen from `folder`, without steps up.
pub fn relative(folder: &Path, path: &str) -> String {
    let mut clean = PathBuf::new();
    for component in folder.join(path).components() {
        match component {
            Component::ParentDir => drop(clean.pop()),
            Component::CurDir => {}
            other => clean.push(other),
        }
    }
    clean.to_string_lossy().replace('\\', "/")
}

fn load(name: String) -> File {
    File { text: read(&name), name }
}

fn below(folder: &str) -> Vec<String> {
    let mut names = Vec::new();
    let Ok(entries) = fs::read_dir(root().join(folder)) else {
        return names;
    };
    for path in entries.filter_map(Result::ok).map(|entry| entry.path()) {
        let name = name_of(&path);
        if path.is_dir() { names.extend(below(&name)) } else { names.push(name) }
    }
    names.sort();
    names
}

fn name_of(path: &Path) -> String {
    let name = path.strip_prefix(root()).expect("is below the root");
    name.to_string_lossy().replace('\\', "/")
}

/// The blocks of a language in a text.
pub fn fenced(text: &str, language: &str) -> Vec<String> {
    let fences = text.split(&format!("```{language}\n")).skip(1).map(str::to_owned).collect::<Vec<_>>();
    fences.iter().map(|rest| rest.split_once("```").expect("the block is closed").0.to_owned()).collect()
}
