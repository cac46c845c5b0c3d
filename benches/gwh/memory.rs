//! The memory of `gwh listen` over a long time at a steady rate, with its store and its output, and under load.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::listen::Server;
use crate::load::{self, Delivery};
use crate::report::{heading, line};

/// So long each part of the load lasts; the memory is looked at after it.
const PART: Duration = Duration::from_secs(20);
/// So many connections, each with a delivery in every period: 500 a second.
const CONNECTIONS: usize = 8;
const PERIOD: Duration = Duration::from_millis(16);
/// So many send without a pause at the end.
const MANY: usize = 128;

pub fn measure(minutes: u64) {
    heading(&format!("listen for {minutes} minutes of steady load (target: flat, under 24 MiB)"));
    let target = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let folder = tempfile::tempdir_in(target).expect("a scratch folder");
    let delivery = Delivery::new(1024);
    let secret = folder.path().join("secret");
    std::fs::write(&secret, delivery.secret.expose()).expect("writes the secret");
    let (server, address) = Server::listen(folder.path(), &secret, &["--max-store", "256MiB"]);
    // Each has an id of its own: ids are remembered.
    let count = Arc::new(AtomicU64::new(0));
    let next = move || {
        let id = format!("msg_{:032x}", count.fetch_add(1, Ordering::Relaxed));
        delivery.clone().with_id(&id).request("127.0.0.1")
    };
    let mib = |kib: u64| kib as f64 / 1024.0;
    line(&format!("at rest: {:.1} MiB", mib(server.memory())));
    let begun = Instant::now();
    let mut sent = 0.0;
    for minute in 1..=minutes {
        let end = Duration::from_secs(60 * minute);
        while begun.elapsed() < end {
            let part = load::paced(&address, next.clone(), CONNECTIONS, PART, PERIOD);
            sent += part.per_second * PART.as_secs_f64();
        }
        if minute.is_multiple_of(5) || minute == 1 || minute == minutes {
            line(&format!("after {minute} min: {:.1} MiB, {sent:.0} deliveries", mib(server.memory())));
        }
    }
    let part = load::paced(&address, next, MANY, PART, Duration::ZERO);
    line(&format!(
        "then {MANY} connections without pause, {:.0}/s: {:.1} MiB, at most {:.1}",
        part.per_second,
        mib(server.memory()),
        mib(server.peak())
    ));
}
