//! `gwh listen` with its store, against what the disk allows: each connection waits for one fsync a delivery.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use crate::listen::Server;
use crate::load::{self, Delivery};
use crate::report::{heading, line, median};

const TIME: Duration = Duration::from_secs(3);
const ROUNDS: usize = 3;

/// Measures, with each fsync made longer by so many milliseconds: a disk that has a fast cache shows the
/// processor's speed, not that of the groups in which deliveries are kept.
pub fn measure(slower_by: u64) {
    heading(
        "listen with the store (targets: 0.7 of connections x its fsyncs a second, p99 at 32 within 5 fsyncs)",
    );
    if slower_by > 0 {
        line(&format!("each fsync takes {slower_by} ms longer than the disk does"));
    }
    // In the build folder: the system's folder for temporary files may be in memory, where fsync is nothing.
    let target = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let folder = tempfile::tempdir_in(target).expect("a scratch folder");
    let delivery = Delivery::new(1024);
    let request = delivery.request("127.0.0.1");
    let secret = folder.path().join("secret");
    std::fs::write(&secret, delivery.secret.expose()).expect("writes the secret");
    let (_without, plain) = Server::listen(folder.path(), &secret, &["--no-store"]);
    let (library, counter) = (build_library(folder.path()), folder.path().join("fsyncs"));
    std::fs::write(&counter, 0u64.to_ne_bytes()).expect("writes the counter");
    let delay = slower_by.to_string();
    let preloaded = [
        ("LD_PRELOAD", library.as_os_str()),
        ("GWH_BENCH_FSYNCS", counter.as_os_str()),
        ("GWH_BENCH_FSYNC_MS", delay.as_ref()),
    ];
    let (with, kept) = Server::listen_with(folder.path(), &secret, &["--max-store", "64GiB"], &preloaded);
    let rest = with.memory();
    for connections in [1, 16, 32, 64, 128] {
        let mut rounds: Vec<[f64; 5]> = Vec::new();
        for _ in 0..ROUNDS {
            let alone = fsyncs(folder.path(), Duration::from_millis(slower_by));
            let before = counted(&counter);
            let ours = load::run(&kept, &request, connections, TIME);
            let made = (counted(&counter) - before) as f64 / TIME.as_secs_f64();
            let without = load::run(&plain, &request, connections, TIME);
            rounds.push([ours.per_second, without.per_second, ours.p99_micros, made, alone]);
        }
        let bound = |fsyncs: f64| connections as f64 * fsyncs;
        let of_made = median(rounds.iter().map(|[ours, _, _, made, _]| ours / bound(*made)).collect());
        let of_alone = median(rounds.iter().map(|[ours, _, _, _, alone]| ours / bound(*alone)).collect());
        let [ours, without, p99, made, alone] =
            [0, 1, 2, 3, 4].map(|at| median(rounds.iter().map(|round| round[at]).collect()));
        line(&format!(
            "{connections:>3} connections: {ours:.0}/s, {:.2} of that without a store; {made:.0} fsyncs/s, ratio {of_made:.2}; \
             a loop of fsyncs alone {alone:.0}/s, ratio {of_alone:.2}; p99 {p99:.0} us, {:.1} fsyncs",
            ours / without,
            p99 * alone / 1e6
        ));
    }
    let mib = |kib: u64| kib as f64 / 1024.0;
    line(&format!("memory {:.1} MiB at rest, {:.1} MiB after the load", mib(rest), mib(with.memory())));
}

/// A library for `LD_PRELOAD` that counts fsyncs and makes them slower.
fn build_library(folder: &Path) -> PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/gwh/fsyncs.c");
    let library = folder.join("fsyncs.so");
    let mut compiler = Command::new("cc");
    let built =
        compiler.args(["-O2", "-shared", "-fPIC", "-o"]).arg(&library).arg(&source).arg("-ldl").status();
    assert!(built.expect("cc starts").success(), "cc failed");
    library
}

/// How many fsyncs the server has made.
fn counted(counter: &Path) -> u64 {
    let bytes = std::fs::read(counter).expect("reads the counter");
    u64::from_ne_bytes(bytes.try_into().expect("eight bytes"))
}

/// How often a second a page appended to a file in `folder` can be brought to a disk that is slower by `delay`.
fn fsyncs(folder: &Path, delay: Duration) -> f64 {
    let mut file = std::fs::File::create(folder.join("fsync")).expect("creates a file");
    let start = Instant::now();
    let mut count = 0;
    while start.elapsed() < Duration::from_secs(1) {
        file.write_all(&[0; 4096]).expect("writes");
        std::thread::sleep(delay);
        file.sync_data().expect("syncs");
        count += 1;
    }
    f64::from(count) / start.elapsed().as_secs_f64()
}
