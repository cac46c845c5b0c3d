//! `gwh demo`: the whole path in one command.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use gwh::clock::Clock;
use gwh::event::catalog::CATALOG;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::support::{NOW, Sandbox};

#[test]
fn every_event_type_is_accepted_in_every_scheme_and_the_forged_ones_are_refused() {
    let output = Sandbox::new().run(&["demo", "--json"]);
    assert_eq!(output.code, 0, "{output:?}");
    let lines = output.json_lines();
    let (summary, deliveries) = lines.split_last().expect("has lines");
    for event in CATALOG {
        for scheme in ["v1", "v1a", "jwt"] {
            let is_this = |line: &&serde_json::Value| {
                line["event_type"] == event.name
                    && line["verdict"]["scheme"] == scheme
                    && line["verdict"]["valid"] == true
            };
            assert!(deliveries.iter().any(|line| is_this(&line)), "{} with {scheme}", event.name);
        }
    }
    let reasons: Vec<&str> =
        deliveries.iter().filter_map(|delivery| delivery["verdict"]["reason"].as_str()).collect();
    assert_eq!(reasons, ["signature_mismatch", "signature_mismatch", "timestamp_too_old", "missing_header"]);
    let attempts: Vec<u64> = deliveries.iter().filter_map(|delivery| delivery["attempt"].as_u64()).collect();
    assert_eq!(attempts.iter().filter(|attempt| **attempt == 2).count(), 1, "one retry is recognised");
    assert_eq!(summary["type"], "summary");
    assert_eq!(
        (&summary["accepted"], &summary["refused"], &summary["unexpected"]),
        (&30.into(), &4.into(), &0.into())
    );
}

#[test]
fn it_leaves_nothing_behind_and_its_last_line_counts() {
    let sandbox = Sandbox::new();
    let output = sandbox.run(&["demo"]);
    assert_eq!(output.code, 0, "{output:?}");
    let last = output.out().lines().last().expect("prints");
    assert!(last.starts_with("30 accepted, 4 refused, all as expected"), "{last}");
    let home = std::fs::read_dir(sandbox.path().join("home")).expect("the home folder is there");
    assert_eq!(home.count(), 0, "the keys of the demo are not kept");
}

/// A clock that is ten minutes on at every look, so that whatever is signed is too old when it arrives.
struct Racing(AtomicI64);

impl Clock for Racing {
    fn now(&self) -> Timestamp {
        Timestamp::from_second(self.0.fetch_add(600, Ordering::Relaxed)).expect("in range")
    }

    fn zone(&self) -> TimeZone {
        TimeZone::UTC
    }
}

#[test]
fn a_verdict_that_is_not_as_expected_is_told_and_exit_1() {
    let sandbox = Sandbox::new().with_clock(Arc::new(Racing(AtomicI64::new(NOW))));
    let output = sandbox.run(&["demo", "--json"]);
    let lines = output.json_lines();
    let summary = lines.last().expect("has lines");
    assert_eq!(
        (&summary["accepted"], &summary["refused"], &summary["unexpected"]),
        (&0.into(), &34.into(), &30.into())
    );
    assert_eq!(output.code, 1, "{output:?}");
    assert!(output.err().contains("expected it to be accepted with v1a"), "{output:?}");
}
