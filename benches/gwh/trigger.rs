//! `gwh trigger --count` against the bare load of this benchmark, both at the same hyper server.

use std::process::{Command, Stdio};
use std::time::Duration;

use crate::listen::Server;
use crate::load::{self, Delivery};
use crate::report::{heading, in_turn, line, timed};

const COUNT: u32 = 100_000;
const CONNECTIONS: usize = 32;

pub fn measure() {
    heading("trigger --count, signing included (target: 0.5 of a client that sends fixed bytes)");
    let folder = tempfile::tempdir().expect("a scratch folder");
    let delivery = Delivery::new(1024);
    let body = folder.path().join("body.json");
    std::fs::write(&body, &delivery.body).expect("writes the body");
    let secret = folder.path().join("secret");
    std::fs::write(&secret, delivery.secret.expose()).expect("writes the secret");
    let (_server, address) = Server::baseline();
    let request = delivery.request("127.0.0.1");

    let trigger = || {
        let mut command = Command::new(crate::GWH);
        command.args(["trigger", "batch.succeeded", "--quiet", "--to", &format!("http://{address}/")]);
        command.args(["--count", &COUNT.to_string(), "--concurrency", &CONNECTIONS.to_string()]);
        command.arg("--data").arg(format!("@{}", body.display())).arg("--secret-file").arg(&secret);
        command.env_clear().env("HOME", folder.path()).stdin(Stdio::null()).stdout(Stdio::null());
        let spent = timed(|| assert!(command.status().expect("starts").success(), "trigger failed"));
        f64::from(COUNT) / spent.as_secs_f64()
    };
    let fixed = || load::run(&address, &request, CONNECTIONS, Duration::from_secs(2)).per_second;
    let (ours, theirs) = in_turn(trigger, fixed);
    line(&format!("gwh trigger {ours:.0}/s, fixed bytes {theirs:.0}/s: {:.2}", ours / theirs));
}
