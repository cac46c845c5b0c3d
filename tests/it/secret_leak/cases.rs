//! The runs of each command that handle secrets, in success and in failure.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};

use gwh::signature::{Secret, Signer, signature_header};

use super::planted::{BEARER, COOKIE};
use super::{Machine, remote, serving};
use crate::support::{DEADLINE, NOW, Output, until};

/// The runs of one command.
pub struct Case {
    /// The command, as `keys jwks`.
    pub command: &'static str,
    /// Whether its stdout is where a secret belongs.
    pub stdout_is_secret: bool,
    /// What it is run with.
    pub runs: fn(&Machine) -> Vec<Planned>,
}

/// A run to come.
pub struct Planned {
    args: Vec<String>,
    stdin: Vec<u8>,
    /// Requests that are sent to the URL of the ready line, for a command that serves.
    requests: Option<Vec<Vec<u8>>>,
}

/// A run that is over.
pub struct Run {
    pub args: Vec<String>,
    pub output: Output,
}

impl Planned {
    pub fn new(args: &[&str], stdin: impl Into<Vec<u8>>) -> Self {
        let args = args.iter().map(|arg| (*arg).to_owned()).collect();
        Planned { args, stdin: stdin.into(), requests: None }
    }

    pub(super) fn serving(args: &[&str], requests: Vec<Vec<u8>>) -> Self {
        Planned { requests: Some(requests), ..Planned::new(args, "") }
    }

    /// Runs it with the flags of a mode.
    pub fn in_mode(self, machine: &Machine, mode: &[&str]) -> Run {
        let mut args = self.args;
        args.extend(mode.iter().map(|flag| (*flag).to_owned()));
        let borrowed: Vec<&str> = args.iter().map(String::as_str).collect();
        let output = match self.requests {
            None => machine.sandbox.run_with(&borrowed, &self.stdin),
            Some(requests) => serve(machine, &borrowed, &requests),
        };
        Run { args, output }
    }
}

/// Starts the command, sends the requests to it one after another, and stops it.
fn serve(machine: &Machine, args: &[&str], requests: &[Vec<u8>]) -> Output {
    let ready = machine.sandbox.path().join("ready");
    let _ = std::fs::remove_file(&ready);
    let running = machine.sandbox.start(args);
    let address = until(|| {
        let text = std::fs::read_to_string(&ready).unwrap_or_default();
        let digits: Option<String> =
            text.rsplit(':').next().map(|rest| rest.chars().take_while(char::is_ascii_digit).collect());
        let port = digits.and_then(|digits| digits.parse::<u16>().ok());
        port.map(|port| format!("127.0.0.1:{port}")).ok_or_else(|| format!("{args:?} did not become ready"))
    });
    for request in requests {
        let mut connection = TcpStream::connect(&address).expect("connects");
        connection.set_read_timeout(Some(DEADLINE)).expect("takes a timeout");
        connection.write_all(request).expect("sends");
        let _ = connection.shutdown(Shutdown::Write);
        let mut answer = Vec::new();
        connection.read_to_end(&mut answer).expect("is answered");
        assert!(answer.starts_with(b"HTTP/1.1 "), "{}", String::from_utf8_lossy(&answer));
    }
    let tokens = machine.listener_tokens();
    assert_eq!(tokens.len() > 1, args[0] == "listen", "a listener has a token besides the planted one");
    let output = running.stop();
    for token in tokens {
        let found =
            [&output.stdout, &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).contains(&token));
        assert_eq!(found, [false, false], "{args:?} shows its token");
    }
    output
}

pub(super) const BODY: &str = r#"{"type":"batch.succeeded","version":"v1","data":{"id":"batch_1"}}"#;

/// A request signed with `secret` that carries credentials of its own.
pub(super) fn request(secret: &str, body: &str) -> Vec<u8> {
    let signer = Signer::V1(vec![Secret::parse(secret).expect("parses")]);
    let signature = signature_header(&signer, "msg_1", NOW, BODY.as_bytes()).expect("signs");
    let length = body.len();
    format!(
        "POST / HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json\r\n\
         authorization: Bearer {BEARER}\r\ncookie: session={COOKIE}\r\nx-goog-api-key: {}\r\n\
         webhook-id: msg_1\r\nwebhook-timestamp: {NOW}\r\nwebhook-signature: {signature}\r\n\
         content-length: {length}\r\n\r\n{body}",
        super::API_KEY
    )
    .into_bytes()
}

fn verify(machine: &Machine) -> Vec<Planned> {
    let planted = &machine.planted;
    let good = request(&planted.hmac, BODY);
    let tampered = request(&planted.hmac, &BODY.replace("batch_1", "batch_2"));
    let local = request(&planted.local.hmac, BODY);
    let bearer = format!("authorization: Bearer {BEARER}");
    let mut runs: Vec<Planned> =
        ["hmac", "two", "ed25519", "rsa.pem", "malformed", "malformed-key", "malformed.pem", "absent"]
            .into_iter()
            .flat_map(|file| {
                [&good, &tampered, &local]
                    .map(|request| Planned::new(&["verify", "--secret-file", file], request.clone()))
            })
            .collect();
    runs.extend([
        Planned::new(&["verify"], good.clone()),
        Planned::new(&["verify"], local),
        Planned::new(&["verify", "--secret-env", "PLANTED"], good.clone()),
        Planned::new(&["verify", "--secret-env", "PLANTED"], tampered.clone()),
        Planned::new(&["verify", "--secret-env", "MALFORMED"], good.clone()),
        // Key material where a key set belongs, and secrets where a name belongs.
        Planned::new(&["verify", "--jwks", "rsa.pem"], good.clone()),
        Planned::new(&["verify", "--jwks", "ed25519"], good.clone()),
        Planned::new(&["verify", &planted.hmac], ""),
        Planned::new(&["verify", "--secret-file", &planted.hmac], good.clone()),
        Planned::new(&["verify", "--secret-env", &planted.hmac], good.clone()),
        Planned::new(&["verify", &format!("--secret={}", planted.hmac)], good),
        Planned::new(&["verify", "-H", &bearer], BODY),
        Planned::new(&["verify"], planted.hmac.clone()),
    ]);
    runs
}

fn sign(machine: &Machine) -> Vec<Planned> {
    let mut runs = Vec::new();
    for form in ["http", "headers", "curl", "httpie", "json", "env"] {
        for (scheme, file) in [("v1", "hmac"), ("v1", "two"), ("v1a", "ed25519"), ("jwt", "rsa.pem")] {
            runs.push(Planned::new(&["sign", "--as", form, "--scheme", scheme, "--secret-file", file], BODY));
            runs.push(Planned::new(&["sign", "--as", form, "--scheme", scheme], BODY));
        }
    }
    for file in ["malformed", "malformed-key", "malformed.pem", "rsa.pem", &machine.planted.hmac] {
        runs.push(Planned::new(&["sign", "--secret-file", file], BODY));
    }
    runs.push(Planned::new(&["sign", "--secret-env", "MALFORMED"], BODY));
    runs.push(Planned::new(&["sign", &format!("--secret={}", machine.planted.hmac)], BODY));
    runs
}

fn trigger(machine: &Machine) -> Vec<Planned> {
    // Port 1 answers nobody: the failure and its trace are what is searched here.
    let to = "http://user:pass@127.0.0.1:1/";
    let mut runs = vec![Planned::new(&["trigger", "--list"], "")];
    for (scheme, file) in [("v1", "two"), ("v1a", "ed25519"), ("jwt", "rsa.pem"), ("v1", "malformed")] {
        let args = ["trigger", "batch.succeeded", "--to", to, "--scheme", scheme];
        runs.push(Planned::new(&args, ""));
        runs.push(Planned::new(&[&args[..], &["--secret-file", file]].concat(), ""));
        runs.push(Planned::new(&[&args[..], &["--corrupt", "secret"]].concat(), ""));
    }
    runs.push(Planned::new(&["trigger", "batch.succeeded", "--secret-file", &machine.planted.hmac], ""));
    runs
}

/// Handlers that are not there, that take nothing, and that print what they are given.
fn test(machine: &Machine) -> Vec<Planned> {
    let nowhere = "http://127.0.0.1:1/";
    let mut runs = vec![
        Planned::new(&["test", "--list"], ""),
        Planned::new(&["test", nowhere, "--save", "kept"], ""),
        Planned::new(&["test", &format!("{}/hook", machine.api.url()), "--only", "behaves.redirect"], ""),
        Planned::new(&["test", nowhere, "--secret-file", &machine.planted.hmac], ""),
    ];
    for file in ["two", "malformed", "ed25519"] {
        runs.push(Planned::new(&["test", nowhere, "--secret-file", file], ""));
    }
    for (scheme, file) in [("v1a", "ed25519"), ("jwt", "rsa.pem")] {
        runs.push(Planned::new(&["test", nowhere, "--scheme", scheme, "--secret-file", file], ""));
    }
    if cfg!(unix) {
        runs.push(Planned::new(&["test", "--start", "env; echo $WEBHOOK_SIGNING_SECRET >&2; exit 1"], ""));
    }
    runs
}

/// An API that says too much, and handlers that are not there, that take everything, and whose URL has a token.
fn doctor(machine: &Machine) -> Vec<Planned> {
    let secret = &machine.planted.hmac;
    let with_token = format!("{}/hook?token={secret}", machine.api.url());
    let handlers =
        ["http://127.0.0.1:1/", with_token.as_str(), secret.as_str(), "http://user:pass@127.0.0.1:1/"];
    let named = handlers.map(|to| Planned::new(&["doctor", "--to", to], ""));
    small(&["doctor"]).into_iter().chain(named).collect()
}

pub fn small(args: &'static [&'static str]) -> Vec<Planned> {
    vec![Planned::new(args, "")]
}

fn events_show() -> Vec<Planned> {
    [&["events", "show", "*"][..], &["events", "show", "*", "--resolve"]]
        .map(|args| Planned::new(args, ""))
        .into()
}

/// Every command but those of `jobs`, `keys` and `secrets`.
pub const CASES: &[Case] = &[
    Case { command: "verify", stdout_is_secret: false, runs: verify },
    Case { command: "sign", stdout_is_secret: false, runs: sign },
    Case { command: "listen", stdout_is_secret: false, runs: serving::listen },
    Case { command: "trigger", stdout_is_secret: false, runs: trigger },
    Case {
        command: "replay",
        stdout_is_secret: false,
        runs: |_| small(&["replay", "--last", "3", "--to", "http://127.0.0.1:1/"]),
    },
    Case { command: "events list", stdout_is_secret: false, runs: |_| small(&["events", "list"]) },
    Case { command: "events show", stdout_is_secret: false, runs: |_| events_show() },
    Case {
        command: "events tail",
        stdout_is_secret: false,
        runs: |_| small(&["events", "tail", "--timeout", "10ms"]),
    },
    Case { command: "events export", stdout_is_secret: false, runs: |_| small(&["events", "export"]) },
    Case { command: "events import", stdout_is_secret: false, runs: |_| small(&["events", "import"]) },
    Case { command: "events prune", stdout_is_secret: false, runs: |_| small(&["events", "prune"]) },
    Case { command: "test", stdout_is_secret: false, runs: test },
    Case { command: "emulator", stdout_is_secret: false, runs: serving::emulator },
    Case { command: "demo", stdout_is_secret: false, runs: |_| small(&["demo"]) },
    Case { command: "doctor", stdout_is_secret: false, runs: doctor },
    Case { command: "webhooks create", stdout_is_secret: false, runs: |it| remote::create(&it.planted) },
    Case { command: "webhooks apply", stdout_is_secret: false, runs: |it| remote::apply(&it.planted) },
    Case { command: "webhooks list", stdout_is_secret: false, runs: |_| small(&["webhooks", "list"]) },
    Case {
        command: "webhooks get",
        stdout_is_secret: false,
        runs: |it| remote::by_id(&it.planted, "get", &[]),
    },
    Case {
        command: "webhooks update",
        stdout_is_secret: false,
        runs: |it| remote::by_id(&it.planted, "update", &["--add-event", "batch.failed"]),
    },
    Case {
        command: "webhooks enable",
        stdout_is_secret: false,
        runs: |it| remote::by_id(&it.planted, "enable", &[]),
    },
    Case {
        command: "webhooks disable",
        stdout_is_secret: false,
        runs: |it| remote::by_id(&it.planted, "disable", &[]),
    },
    Case {
        command: "webhooks ping",
        stdout_is_secret: false,
        runs: |it| {
            let waiting = remote::by_id(&it.planted, "ping", &["--wait", "--timeout", "50ms"]);
            remote::by_id(&it.planted, "ping", &[]).into_iter().chain(waiting).collect()
        },
    },
    Case {
        command: "webhooks rotate-secret",
        stdout_is_secret: false,
        runs: |it| remote::by_id(&it.planted, "rotate-secret", &[]),
    },
    Case {
        command: "webhooks delete",
        stdout_is_secret: false,
        runs: |it| remote::by_id(&it.planted, "delete", &["--yes"]),
    },
    Case { command: "login", stdout_is_secret: false, runs: |it| remote::login(&it.planted) },
    Case { command: "logout", stdout_is_secret: false, runs: |_| small(&["logout"]) },
    Case {
        command: "config show",
        stdout_is_secret: false,
        runs: |_| small(&["config", "show", "--origin"]),
    },
    Case { command: "completions", stdout_is_secret: false, runs: |_| small(&["completions", "bash"]) },
];
