//! The speeds that `docs/PERFORMANCE.md` reports: `cargo bench --bench gwh [-- startup|bulk|listen|trigger]`.
//!
//! Every figure is a ratio between two things measured in turn in the same run, on the same machine,
//! because absolute numbers say more about the machine than about the program. Nothing here passes or
//! fails; the targets are printed beside the figures.

mod baseline;
mod bulk;
mod listen;
mod load;
mod report;
mod startup;
mod trigger;

use std::env;

/// The binary that is measured, built by cargo with the profile of a release.
const GWH: &str = env!("CARGO_BIN_EXE_gwh");

fn main() {
    let args: Vec<String> = env::args().skip(1).filter(|arg| arg != "--bench").collect();
    // The same binary serves as the thing to compare with, in a process of its own.
    if args.first().is_some_and(|arg| arg == baseline::ARGUMENT) {
        baseline::serve();
        return;
    }
    let wanted = |name: &str| args.is_empty() || args.iter().any(|arg| arg == name);
    report::machine();
    if wanted("startup") {
        startup::measure();
    }
    if wanted("bulk") {
        bulk::measure();
    }
    if wanted("listen") {
        listen::measure();
    }
    if wanted("trigger") {
        trigger::measure();
    }
}
