//! `gwh verify --jsonl` against the bare HMAC over the same bytes.

use std::process::{Command, Stdio};

use gwh::capture::DeliveryRecord;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::load::Delivery;
use crate::report::{heading, in_turn, line, timed};

const RECORDS: u32 = 200_000;
const BODY: usize = 1024;

pub fn measure() {
    heading(
        "bulk verify --jsonl, 1 KiB bodies (targets: 0.6 of raw HMAC on one core, 1.7 times that on two)",
    );
    let folder = tempfile::tempdir().expect("a scratch folder");
    let delivery = Delivery::new(BODY);
    let records = folder.path().join("records.jsonl");
    let record = format!("{}\n", record(&delivery));
    std::fs::write(&records, record.repeat(RECORDS as usize)).expect("writes the records");
    let secret = folder.path().join("secret");
    std::fs::write(&secret, delivery.secret.expose()).expect("writes the secret");

    let verify = |jobs: &'static str| {
        let (records, secret, home) = (records.clone(), secret.clone(), folder.path().to_owned());
        move || {
            let mut command = Command::new(crate::GWH);
            command.args(["verify", "--jsonl", "--json", "--jobs", jobs, "--secret-file"]);
            command.arg(&secret).arg(&records).env_clear().env("HOME", &home);
            command.stdin(Stdio::null()).stdout(Stdio::null());
            let spent = timed(|| assert!(command.status().expect("starts").success(), "verify failed"));
            f64::from(RECORDS) / spent.as_secs_f64()
        }
    };
    let (one, raw) = in_turn(verify("1"), || raw_hmac(&delivery));
    let (two, again) = in_turn(verify("2"), verify("1"));
    line(&format!("one core {one:.0}/s, raw HMAC {raw:.0}/s: {:.2}", one / raw));
    line(&format!("two cores {two:.0}/s, one core {again:.0}/s: {:.2}", two / again));
}

/// The record as `gwh listen --json` prints it, with the body twice: in base64, and as the event.
fn record(delivery: &Delivery) -> String {
    let mut record = DeliveryRecord::new(delivery.headers.clone(), &delivery.body);
    record.webhook_id = Some(delivery.headers[0].1.clone());
    record.event_type = Some("batch.succeeded".to_owned());
    serde_json::to_string(&record).expect("a record serialises")
}

/// HMAC-SHA256 verifications a second over the bytes that one delivery signs.
fn raw_hmac(delivery: &Delivery) -> f64 {
    let keyed = Hmac::<Sha256>::new_from_slice(&[7; 32]).expect("takes any key");
    let mut matches = 0u32;
    let spent = timed(|| {
        for _ in 0..RECORDS {
            let mut mac = keyed.clone();
            mac.update(delivery.headers[0].1.as_bytes());
            mac.update(b".");
            mac.update(delivery.headers[1].1.as_bytes());
            mac.update(b".");
            mac.update(&delivery.body);
            matches += u32::from(mac.verify_slice(&[0; 32]).is_ok());
        }
    });
    assert_eq!(matches, 0);
    f64::from(RECORDS) / spent.as_secs_f64()
}
