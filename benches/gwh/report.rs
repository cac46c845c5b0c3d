//! How figures are taken and printed.

#![allow(clippy::print_stdout, reason = "printing is what a benchmark is for")]

use std::time::{Duration, Instant};

/// How often each side of a comparison runs; the median counts.
pub const ROUNDS: usize = 5;

pub fn machine() {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let model = std::fs::read_to_string("/proc/cpuinfo").ok().and_then(|text| {
        let line = text.lines().find(|line| line.starts_with("model name"))?;
        line.split_once(": ").map(|(_, model)| model.to_owned())
    });
    println!("gwh {}, {cores} cores, {}", env!("CARGO_PKG_VERSION"), model.unwrap_or_default());
}

pub fn heading(text: &str) {
    println!("\n{text}");
}

pub fn line(text: &str) {
    println!("  {text}");
}

/// Runs both sides in turn, [`ROUNDS`] times, and answers the median of each.
pub fn in_turn(mut ours: impl FnMut() -> f64, mut theirs: impl FnMut() -> f64) -> (f64, f64) {
    let pairs: Vec<(f64, f64)> = (0..ROUNDS).map(|_| (ours(), theirs())).collect();
    let side = |pick: fn(&(f64, f64)) -> f64| median(pairs.iter().map(pick).collect());
    (side(|pair| pair.0), side(|pair| pair.1))
}

pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

pub fn timed(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}
