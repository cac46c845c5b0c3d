//! `gwh listen` over TLS: certificates, protocols, what a client is told that fails.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::{Request, StatusCode};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls_pki_types::ServerName;
use serde_json::Value;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::version::{TLS12, TLS13};
use tokio_rustls::rustls::{AlertDescription, Error, ProtocolVersion};

use crate::support::delivery::{local_secret, real_now, signed_with};
use crate::support::http::{Client, post, socket};
use crate::support::tls::{BOTH, config, connect, shake, told};
use crate::support::{DEADLINE, NOW, Running, Sandbox};

const BODY: &str = r#"{"type":"batch.succeeded","data":{"id":"b_1"}}"#;

/// Clients judge the certificate by the machine's clock, so that the server goes by it, too.
fn sandbox() -> Sandbox {
    Sandbox::new().with_real_clock()
}

/// Starts a listener with a certificate of its own; answers its URL and the file for clients.
fn listen(sandbox: &Sandbox, more: &[&str]) -> (Running, String, PathBuf) {
    let flags = ["listen", "--port", "0", "--json", "--tls", "self-signed"];
    let running = sandbox.start(&[&flags, more].concat());
    let url = running.ready_url();
    (running, url, kept(sandbox, "certificate.pem"))
}

fn kept(sandbox: &Sandbox, name: &str) -> PathBuf {
    // As it is shown, with the separators of the system.
    let parts = ["home", ".local", "share", "gwh", "profiles", "default", "tls", name];
    sandbox.path().join(parts.iter().collect::<PathBuf>())
}

fn signed(sandbox: &Sandbox, id: &str) -> Vec<(String, String)> {
    signed_with(&local_secret(sandbox), id, real_now(), BODY.as_bytes())
}

/// The reasons of the requests that were refused.
fn refusals(lines: &[Value]) -> Vec<(&str, Option<u64>)> {
    let refused = lines.iter().filter(|line| line["type"] == "refused");
    refused.map(|line| (line["reason"].as_str().expect("text"), line["status"].as_u64())).collect()
}

#[test]
fn deliveries_verify_over_both_versions_and_every_name_of_the_machine() {
    let sandbox = sandbox();
    let (running, url, authority) = listen(&sandbox, &[]);
    assert!(url.starts_with("https://127.0.0.1:"), "{url}");
    let cases = [
        (&TLS12, ProtocolVersion::TLSv1_2, "localhost", &["h2", "http/1.1"][1..]),
        (&TLS13, ProtocolVersion::TLSv1_3, "127.0.0.1", &[]),
        (&TLS13, ProtocolVersion::TLSv1_3, "::1", &["http/1.1", "unheard-of"]),
    ];
    for (version, agreed, host, protocols) in cases {
        let session = shake(&url, host, config(&authority, &[version], protocols)).expect("shakes hands");
        assert_eq!(session.conn.protocol_version(), Some(agreed));
        assert_eq!(session.conn.alpn_protocol(), protocols.first().map(|name| name.as_bytes()));
        let mut client = Client::over(session);
        for id in ["msg_1", "msg_2"] {
            client.post("/", &signed(&sandbox, id), BODY.as_bytes());
            let answer = client.answer();
            assert_eq!((answer.status, answer.body.as_str()), (200, r#"{"status":"verified"}"#), "{host}");
        }
    }
    let output = running.stop();
    let lines = output.json_lines();
    assert_eq!(lines[0]["certificate"], authority.display().to_string());
    assert_eq!(lines.last().expect("a summary")["verified"], 6);
}

#[test]
fn http2_is_agreed_upon_and_spoken() {
    let sandbox = sandbox();
    let (running, url, authority) = listen(&sandbox, &[]);
    let headers = signed(&sandbox, "msg_1");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let talk = async {
        let stream = tokio::net::TcpStream::from_std({
            let socket = socket(&url);
            socket.set_nonblocking(true).expect("takes the option");
            socket
        });
        let name = ServerName::try_from("localhost").expect("is a name");
        let connector = TlsConnector::from(config(&authority, &BOTH, &["h2", "http/1.1"]));
        let stream = connector.connect(name, stream.expect("is a socket")).await.expect("shakes hands");
        assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
        let (mut sender, connection) =
            hyper::client::conn::http2::handshake(TokioExecutor::new(), TokioIo::new(stream))
                .await
                .expect("speaks HTTP/2");
        let connection = tokio::spawn(connection);
        for _ in 0..3 {
            let mut request = Request::post(format!("{url}a"));
            for (name, value) in &headers {
                request = request.header(name, value);
            }
            let request = request.body(Full::new(Bytes::from(BODY))).expect("a request");
            let answer = sender.send_request(request).await.expect("an answer");
            assert_eq!(answer.status(), StatusCode::OK);
            let body = answer.into_body().collect().await.expect("a body").to_bytes();
            assert_eq!(body, r#"{"status":"verified"}"#);
        }
        drop(sender);
        connection.await.expect("does not panic").expect("ends well");
    };
    runtime.block_on(async { tokio::time::timeout(DEADLINE, talk).await.expect("in time") });
    assert_eq!(running.stop().json_lines().last().expect("a summary")["verified"], 3);
}

#[test]
fn what_does_not_come_about_is_told_to_the_client_and_reported() {
    let sandbox = sandbox();
    let (running, url, authority) = listen(&sandbox, &[]);

    let plain = post(&url, "/", &[], BODY.as_bytes());
    assert_eq!((plain.status, plain.body.as_str()), (400, r#"{"error":"https_required"}"#));
    assert_eq!(plain.header("connection"), Some("close"));

    let failed = |protocols: &[&str], authority: &Path| {
        let error = shake(&url, "localhost", config(authority, &BOTH, protocols)).expect_err("fails");
        error.downcast::<Error>().expect("is an error of TLS")
    };
    assert_eq!(
        failed(&["gopher"], &authority),
        Error::AlertReceived(AlertDescription::NoApplicationProtocol),
        "a client that speaks neither version of HTTP is told"
    );
    let stranger = Sandbox::new().with_real_clock();
    let (_other, _, foreign) = listen(&stranger, &[]);
    assert!(matches!(failed(&["h2"], &foreign), Error::InvalidCertificate(_)));

    for garbage in [&b"\x16\x03\x01\x00\x05hello"[..], b"\x00\xff garbage"] {
        assert_eq!(told(&url, garbage), b"", "is closed without a word");
    }
    assert_eq!(connect(&url, &authority).socket_status(), 200, "and others are served");

    let output = running.stop();
    let lines = output.json_lines();
    assert_eq!(
        refusals(&lines),
        [
            ("https_required", Some(400)),
            ("tls_handshake_failed", None),
            ("certificate_refused", None),
            ("tls_handshake_failed", None),
            ("tls_handshake_failed", None),
        ]
    );
    assert_eq!(lines.last().expect("a summary")["refused"], 5);
}

/// One question that changes nothing.
trait Asked {
    fn socket_status(&mut self) -> u16;
}

impl<S: std::io::Read + std::io::Write> Asked for Client<S> {
    fn socket_status(&mut self) -> u16 {
        self.send("GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n");
        self.answer().status
    }
}

#[test]
fn the_end_answers_what_is_in_flight_and_says_that_it_is_the_end() {
    let sandbox = sandbox();
    let (running, url, authority) = listen(&sandbox, &["--delay", "10m"]);
    let mut idle = connect(&url, &authority);
    assert_eq!(idle.socket_status(), 200);
    let mut busy = connect(&url, &authority);
    busy.post("/", &signed(&sandbox, "msg_1"), BODY.as_bytes());
    // It is in flight once it is reported.
    running.stdout.wait_for(|line| line.contains("msg_1"));
    let mut waiting = connect(&url, &authority);
    waiting.send("POST / HT");
    let ended = std::thread::spawn(move || running.stop());
    assert_eq!(busy.answer().status, 200);
    // A session that ends without close_notify is an error for the client.
    assert!(busy.is_closed_cleanly());
    assert!(idle.is_closed_cleanly());
    drop(waiting);
    assert_eq!(ended.join().expect("does not panic").code, 0);
}

#[test]
fn a_person_is_told_how_clients_trust_the_certificate() {
    let sandbox = sandbox();
    let run = |sandbox: &Sandbox| {
        let running = sandbox.start(&["listen", "--port", "0", "--tls", "self-signed"]);
        running.stderr.wait_for(|line| line.contains("to trust it"));
        running.stop()
    };
    let path = kept(&sandbox, "certificate.pem").display().to_string();
    let first = run(&sandbox);
    assert!(first.err().contains(&format!("curl --cacert '{path}' https://127.0.0.1:")), "{first:?}");
    #[cfg(target_os = "linux")]
    assert!(first.err().contains(&format!("SSL_CERT_FILE='{path}' gwh trigger")), "{first:?}");
    let second = run(&sandbox);
    let later = run(&sandbox.at(real_now() + 800 * 24 * 60 * 60));
    let says_new = [&first, &second, &later].map(|output| output.err().contains("this certificate is new"));
    assert_eq!(says_new, [false, false, true], "{later:?}");
}

/// Where the system's store is asked instead, no variable makes a client trust the certificate.
#[cfg(target_os = "linux")]
#[test]
fn trigger_trusts_it_as_the_greeting_says_and_says_what_is_wrong_otherwise() {
    let sandbox = sandbox();
    let (_running, url, authority) = listen(&sandbox, &[]);
    let trigger = |url: &str, authority: Option<&Path>| {
        let mut command = sandbox.command(&["trigger", "batch.succeeded", "--to", url]);
        command.envs(authority.map(|path| ("SSL_CERT_FILE", path)));
        let output = command.output().expect("runs");
        let said = [output.stdout, output.stderr].concat();
        (output.status.code(), String::from_utf8_lossy(&said).into_owned())
    };
    assert_eq!(trigger(&url, Some(&authority)).0, Some(0));
    let stranger = self::sandbox();
    let (_other, _, foreign) = listen(&stranger, &[]);
    let (code, said) = trigger(&url, Some(&foreign));
    assert_eq!(code, Some(4), "{said}");
    assert!(said.contains("UnknownIssuer") && said.contains("SSL_CERT_FILE"), "{said}");
    let (code, said) = trigger(&url.replace("https", "http"), None);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("hint: the port speaks TLS: write https:// in --to"), "{said}");
}

#[test]
fn another_address_than_the_certificates_is_warned_about() {
    let sandbox = sandbox();
    let running = sandbox.start(&["listen", "--port", "0", "--tls", "self-signed", "--host", "127.0.0.2"]);
    let warning = running.stderr.wait_for(|line| line.starts_with("warning:"));
    assert_eq!(
        warning,
        "warning: clients that come to 127.0.0.2 will refuse the self-signed certificate: it is for localhost, \
         127.0.0.1 and ::1"
    );
}

#[test]
fn the_certificate_stays_the_same_until_its_end_is_near() {
    let folder = Sandbox::new();
    let at = |days: i64| {
        let sandbox = Sandbox::new()
            .at(NOW + days * 24 * 60 * 60)
            .env("GWH_DATA_DIR", folder.path().to_str().expect("is text"));
        let (running, ..) = listen(&sandbox, &[]);
        assert_eq!(running.stop().code, 0);
        fs::read_to_string(folder.path().join("profiles/default/tls/certificate.pem")).expect("is there")
    };
    let first = at(0);
    assert_eq!(at(1), first);
    assert_eq!(at(789), first);
    let second = at(791);
    assert_ne!(second, first);
    assert_eq!(at(792), second);
    assert_ne!(at(0), second, "one that is not valid yet is of no use");
}

#[cfg(unix)]
#[test]
fn the_key_is_for_the_user_alone_and_nowhere_else() {
    use std::os::unix::fs::PermissionsExt;
    let sandbox = sandbox();
    let (running, _, authority) = listen(&sandbox, &[]);
    running.stop();
    let mode = |path: &Path| fs::metadata(path).expect("exists").permissions().mode() & 0o777;
    let both = kept(&sandbox, "self-signed.pem");
    assert_eq!((mode(&both), mode(both.parent().expect("has one"))), (0o600, 0o700));
    assert!(!fs::read_to_string(&authority).expect("reads").contains("PRIVATE"));
    fs::set_permissions(&both, fs::Permissions::from_mode(0o644)).expect("sets a mode");
    let output = sandbox.run(&["listen", "--port", "0", "--tls", "self-signed"]);
    assert_eq!(output.code, 3, "{output:?}");
    assert!(output.err().contains("can be read by others (mode 0644)"), "{output:?}");
    assert!(output.err().contains("a new certificate is made"), "{output:?}");
}

#[test]
fn a_kept_certificate_that_is_damaged_is_named() {
    let sandbox = sandbox();
    let (running, ..) = listen(&sandbox, &[]);
    running.stop();
    let both = kept(&sandbox, "self-signed.pem");
    let text = fs::read_to_string(&both).expect("reads");
    // Written in place, so that the file keeps its mode.
    fs::write(&both, &text[..text.len() / 2]).expect("writes");
    let output = sandbox.run(&["listen", "--port", "0", "--tls", "self-signed"]);
    assert_eq!(output.code, 3, "{output:?}");
    assert!(output.err().contains(&format!("{}, is damaged", both.display())), "{output:?}");
    assert!(output.err().contains("delete the file"), "{output:?}");
}

#[test]
fn a_session_is_resumed() {
    let sandbox = sandbox();
    let (_running, url, authority) = listen(&sandbox, &[]);
    let config = config(&authority, &BOTH, &["http/1.1"]);
    let kinds: Vec<_> = (0..2)
        .map(|_| {
            let mut client =
                Client::over(shake(&url, "localhost", Arc::clone(&config)).expect("shakes hands"));
            assert_eq!(client.socket_status(), 200);
            client.into_stream().conn.handshake_kind().expect("is known")
        })
        .collect();
    use tokio_rustls::rustls::HandshakeKind::{Full, Resumed};
    assert_eq!(kinds, [Full, Resumed]);
}
