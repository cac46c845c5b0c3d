//! Looking back at a million deliveries.

use std::borrow::Cow;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use gwh::signature::diagnose::Diagnosis;
use gwh::signature::{Reason, Rejection, Verdict, VerdictRecord};
use gwh::store::{Entry, Store};

use crate::listen::Server;
use crate::load::Delivery;
use crate::report::{ROUNDS, heading, line, median, timed};

const DELIVERIES: usize = 1_000_000;
const PART: usize = 10_000;

pub fn measure() {
    heading("a store of 1,000,000 deliveries of 1 KiB (target: events list --last 20 under 50 ms)");
    let target = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let folder = tempfile::tempdir_in(target).expect("a scratch folder");
    let profile = folder.path().join(".local/share/gwh/profiles/default");
    let store = Store::open(&profile).expect("opens");
    let delivery = Delivery::new(1024);
    let filled = timed(|| fill(&store, &delivery));
    let size = store.size().expect("reads");
    drop(store);
    line(&format!(
        "filled in {:.0} s: {} deliveries, {:.2} GiB",
        filled.as_secs_f64(),
        size.deliveries,
        size.bytes as f64 / f64::from(1 << 30)
    ));
    for args in [
        &["events", "list", "--last", "20"][..],
        &["events", "show"],
        &["events", "list", "--failed"],
        &["events", "show", "msg_500000"],
    ] {
        let times: Vec<f64> = (0..ROUNDS).map(|_| millis(folder.path(), args)).collect();
        line(&format!("gwh {}: {:.1} ms", args.join(" "), median(times)));
    }
    let secret = folder.path().join("secret");
    std::fs::write(&secret, delivery.secret.expose()).expect("writes the secret");
    let times: Vec<f64> = (0..ROUNDS)
        .map(|_| {
            let start = Instant::now();
            let _server = Server::listen(folder.path(), &secret, &["--max-store", "64GiB"]);
            start.elapsed().as_secs_f64() * 1e3
        })
        .collect();
    line(&format!("gwh listen, until it is ready: {:.1} ms", median(times)));
}

fn millis(home: &Path, args: &[&str]) -> f64 {
    let mut command = Command::new(crate::GWH);
    command.args(args).env_clear().env("HOME", home).stdout(Stdio::null()).stderr(Stdio::null());
    timed(|| assert!(command.status().expect("runs").success(), "{args:?}")).as_secs_f64() * 1e3
}

fn fill(store: &Store, delivery: &Delivery) {
    let now = jiff::Timestamp::now();
    let verdict = || {
        // What verifying costs is measured elsewhere; here only the size of a verdict matters.
        let rejection =
            Rejection::new(Reason::SignatureMismatch, "no v1 signature matches with any of the secrets");
        VerdictRecord {
            valid: true,
            ..VerdictRecord::new(&Verdict::refused(rejection), &Diagnosis::default())
        }
    };
    for part in 0..DELIVERIES / PART {
        let entries = (part * PART..(part + 1) * PART).map(|number| Entry {
            received_at: now,
            webhook_id: Some(Cow::Owned(format!("msg_{number}"))),
            event_type: Some(Cow::Borrowed("batch.succeeded")),
            method: Cow::Borrowed("POST"),
            path: Cow::Borrowed("/"),
            attempt: Some(1),
            headers: delivery
                .headers
                .iter()
                .map(|(name, value)| (Cow::Borrowed(name.as_str()), value.clone()))
                .collect(),
            body: Cow::Borrowed(&delivery.body),
            verdict: verdict(),
            status: Some(200),
            forwards: Vec::new(),
        });
        store.keep(entries).expect("keeps");
    }
}
