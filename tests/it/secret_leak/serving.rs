//! The runs of the commands that serve, and the requests that are sent to them.

use super::Machine;
use super::cases::{BODY, Planned, request};
use super::planted::{BEARER, COOKIE};

/// The listener, with each kind of key and certificate.
pub fn listen(machine: &Machine) -> Vec<Planned> {
    let planted = &machine.planted;
    let tampered = BODY.replace("batch_1", "batch_2");
    let requests = || {
        vec![
            request(&planted.hmac, BODY),
            request(&planted.hmac, &tampered),
            request(&planted.local.hmac, BODY),
            format!(
                "GET / HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {BEARER}\r\nconnection: close\r\n\r\n"
            )
            .into_bytes(),
        ]
    };
    fn with<'a>(more: &[&'a str]) -> Vec<&'a str> {
        [&["listen", "--port", "0", "--ready-file", "ready"], more].concat()
    }
    vec![
        Planned::serving(&with(&[]), requests()),
        Planned::serving(&with(&["--resolve"]), requests()),
        Planned::serving(&with(&["--secret-file", "two"]), requests()),
        Planned::serving(&with(&["--secret-env", "PLANTED"]), requests()),
        Planned::new(&with(&["--secret-file", "malformed"]), ""),
        Planned::new(&with(&["--secret-file", &planted.hmac]), ""),
        Planned::new(&with(&["--secret-env", "MALFORMED"]), ""),
        Planned::new(&with(&["--tls", "self-signed", "--timeout", "1ms"]), ""),
        Planned::new(&with(&["--tls-cert", "rsa.pem", "--tls-key", "rsa.pem"]), ""),
        Planned::new(&with(&["--tls-cert", "cert.pem", "--tls-key", "rsa.pem", "--timeout", "1ms"]), ""),
        Planned::new(&with(&["--tls-cert", "other.pem", "--tls-key", "rsa.pem"]), ""),
        Planned::new(&with(&["--tls-cert", "cert.pem", "--tls-key", "malformed.pem"]), ""),
        Planned::new(&with(&["--tls-cert", "cert.pem", "--tls-key", &planted.pem]), ""),
    ]
}

/// The emulator with the key in each of the places where it is taken, in calls that succeed and fail.
pub fn emulator(_machine: &Machine) -> Vec<Planned> {
    let call = |line: &str, header: &str, body: &str| {
        let length = body.len();
        format!(
            "{line} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json\r\n\
             cookie: session={COOKIE}\r\n{header}content-length: {length}\r\n\r\n{body}"
        )
        .into_bytes()
    };
    let key = format!("x-goog-api-key: {}\r\n", super::API_KEY);
    let bearer = format!("authorization: Bearer {BEARER}\r\n");
    let webhook = r#"{"uri":"http://127.0.0.1:1/","subscribed_events":["batch.succeeded"]}"#;
    // Whoever holds a URL with a token in it may use it, so that it is as secret as a key.
    let config = format!(
        r#"{{"uris":["http://127.0.0.1:1/?token={BEARER}"],"user_metadata":{{"gwh_outcome":"failed"}}}}"#
    );
    let job = format!(r#"{{"model":"m","input":"x","background":true,"webhook_config":{config}}}"#);
    let requests = || {
        vec![
            call("POST /v1/interactions", &key, &job),
            call("POST /v1/interactions", &bearer, r#"{"model":"m","input":"x"}"#),
            call(&format!("GET /v1beta/batches?key={}", super::API_KEY), "", ""),
            call(
                &format!("POST /upload/v1beta/files?key={}", super::API_KEY),
                "x-goog-upload-command: start\r\n",
                "{}",
            ),
            call("POST /v1/webhooks", &key, webhook),
            call("POST /v1/webhooks", &bearer, webhook),
            call(&format!("GET /v1beta/webhooks?key={}", super::API_KEY), "", ""),
            call("POST /v1/webhooks", &key, r#"{"Uri":1}"#),
            call(&format!("GET /v1/nothing?key={}", super::API_KEY), &bearer, ""),
            call("POST /emulator/v1/events", &key, r#"{"type":"batch.succeeded"}"#),
        ]
    };
    let start = ["emulator", "--port", "0", "--ready-file", "ready", "--job-delay", "0s"];
    vec![
        Planned::serving(&start, requests()),
        Planned::new(&[&start[..], &["--state", "rsa.pem"]].concat(), ""),
    ]
}
