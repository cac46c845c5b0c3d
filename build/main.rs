//! What the linker is told so that the program starts sooner. Wherever a part of it does not apply, it is left
//! out, and the program is the same but for the time that it takes to start.

#![allow(clippy::print_stdout, reason = "cargo reads what a build script prints")]

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Which functions stand beside one another. Written by `build/order`.
const ORDER: &str = "build/startup.ld";

fn main() {
    println!("cargo:rerun-if-changed=build/main.rs");
    println!("cargo:rerun-if-changed={ORDER}");
    let variable = |name: &str| env::var(name).unwrap_or_default();
    let linker = env::var("RUSTC_LINKER").ok();
    let is_native = variable("HOST") == variable("TARGET");
    if !variable("TARGET").ends_with("-linux-gnu") || !(is_native || linker.is_some()) {
        return;
    }
    // As a shared library, `libgcc_s`, the unwinder has to be found, mapped and relocated at every start.
    if let Some(folder) = folder_of_unwinder(linker.as_deref().unwrap_or("cc")) {
        println!("cargo:rustc-link-search=native={}", folder.display());
        // Stands before the shared one, which is then not needed and left out.
        println!("cargo:rustc-link-lib=static:-bundle=gcc_eh");
    }
    // The linkers that come with Rust and with GCC take such a script; one that somebody has chosen may not.
    let has_chosen_linker = linker.is_some() || variable("CARGO_ENCODED_RUSTFLAGS").contains("link");
    if variable("PROFILE") == "release" && !has_chosen_linker {
        let script = Path::new(&variable("CARGO_MANIFEST_DIR")).join(ORDER);
        println!("cargo:rustc-link-arg-bins=-Wl,-T,{}", script.display());
    }
}

/// Where the C compiler has `libgcc_eh.a`; none where it has none.
fn folder_of_unwinder(compiler: &str) -> Option<PathBuf> {
    let answer = Command::new(compiler).arg("-print-file-name=libgcc_eh.a").output().ok()?;
    // A compiler without the file answers its bare name.
    let path = PathBuf::from(String::from_utf8(answer.stdout).ok()?.trim());
    path.is_file().then(|| path.parent().map(PathBuf::from)).flatten()
}
