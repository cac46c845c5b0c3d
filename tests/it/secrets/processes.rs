//! Several processes at once on one file store: nothing is lost.

use std::io::Write;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::{open, prod, secret};
use crate::support::{DEADLINE, NOW, Sandbox, until_ended};

const MANY: u8 = 12;

fn start(sandbox: &Sandbox, name: &str, byte: u8) -> Child {
    let args = ["secrets", "set", name, "--secret-store", "file", "--keep-previous", "24h"];
    let mut command = sandbox.command(&args);
    let mut child = command.stdin(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("starts");
    child.stdin.take().expect("is piped").write_all(secret(byte).expose().as_bytes()).expect("takes stdin");
    child
}

fn finish(children: Vec<Child>) {
    for mut child in children {
        until_ended(&mut child);
        let ended = child.wait_with_output().expect("has ended");
        assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
    }
}

#[test]
fn processes_that_store_different_webhooks_all_succeed() {
    let sandbox = Sandbox::new();
    finish((0..MANY).map(|byte| start(&sandbox, &format!("hook{byte}"), byte)).collect());
    assert_eq!(open(&sandbox).list().expect("reads").len(), usize::from(MANY));
    for byte in 0..MANY {
        let got = sandbox.run(&["secrets", "get", &format!("hook{byte}")]);
        assert_eq!(got.out(), format!("{}\n", secret(byte).expose()));
    }
}

#[test]
fn processes_that_rotate_one_webhook_keep_every_secret() {
    let sandbox = Sandbox::new().with_real_clock();
    finish((0..MANY).map(|byte| start(&sandbox, "prod", byte)).collect());
    let mut got: Vec<String> =
        sandbox.run(&["secrets", "get", "prod", "--all"]).out().lines().map(str::to_owned).collect();
    let mut wanted: Vec<String> = (0..MANY).map(|byte| secret(byte).expose().to_owned()).collect();
    got.sort();
    wanted.sort();
    assert_eq!(got, wanted);
    assert_eq!(sandbox.run(&["secrets", "doctor"]).code, 0);
}

#[test]
fn threads_that_add_rotate_and_remove_at_once_leave_a_sound_store() {
    let sandbox = Sandbox::new();
    let end = Timestamp::from_second(NOW + 60).ok();
    std::thread::scope(|scope| {
        for byte in 0..8 {
            let sandbox = &sandbox;
            scope.spawn(move || {
                let secrets = open(sandbox);
                let own = gwh::secrets::WebhookRef::new(format!("own{byte}"), "own");
                secrets.add(&own, &secret(byte)).expect("stores");
                secrets.rotate(&prod(), &secret(byte), end).expect("stores");
                secrets.remove(&own.id).expect("removes");
            });
        }
    });
    let secrets = open(&sandbox);
    assert_eq!(secrets.list().expect("reads").len(), 1);
    assert_eq!(secrets.signing_secrets().expect("reads").len(), 8);
    assert_eq!(sandbox.run(&["secrets", "doctor"]).code, 0);
}

#[test]
fn a_process_that_never_lets_go_is_given_up_on() {
    let sandbox = Sandbox::new().env("GWH_KEYRING_TIMEOUT", "1ms").env("GWH_SECRET_STORE", "file");
    open(&sandbox).add(&prod(), &secret(1)).expect("stores");
    let path = super::profile(&sandbox).join("webhooks.lock");
    let held = std::fs::File::open(path).expect("is there");
    held.lock().expect("is free");
    let start = Instant::now();
    let busy = sandbox.run_with(&["secrets", "set", "prod"], secret(2).expose());
    assert_eq!(busy.code, 3);
    assert!(busy.err().contains("another gwh keeps"), "{}", busy.err());
    assert!(start.elapsed() < DEADLINE.max(Duration::from_secs(20)));
    assert_eq!(sandbox.run(&["secrets", "get", "prod"]).code, 0, "reading does not wait");
}
