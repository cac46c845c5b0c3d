//! The speeds that `docs/PERFORMANCE.md` reports: `cargo bench --bench gwh [-- startup|bulk|listen|store|lookback|trigger|jobs]`.
//! `-- memory 30` takes so many minutes and is not part of the rest; `-- store 4` makes each fsync 4 ms slower.
//!
//! Every figure is a ratio between two things measured in turn in the same run, on the same machine,
//! because absolute numbers say more about the machine than about the program. Nothing here passes or
//! fails; the targets are printed beside the figures.

mod baseline;
mod bulk;
mod jobs;
mod listen;
mod load;
mod lookback;
mod memory;
mod report;
mod startup;
mod store;
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
    if wanted("store") {
        store::measure(number_after(&args, "store").unwrap_or(0));
    }
    if wanted("lookback") {
        lookback::measure();
    }
    if args.iter().any(|arg| arg == "memory") {
        memory::measure(number_after(&args, "memory").unwrap_or(30));
    }
    if wanted("trigger") {
        trigger::measure();
    }
    if wanted("jobs") {
        jobs::measure();
    }
}

/// The number that follows a name.
fn number_after(args: &[String], name: &str) -> Option<u64> {
    let at = args.iter().position(|arg| arg == name)?;
    args.get(at + 1)?.parse().ok()
}
