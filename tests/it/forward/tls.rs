//! Handlers behind TLS: with a certificate of their own, or where none is due.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread::JoinHandle;

use gwh::certificates::provider;
use gwh::deliver::forward::{Forward, Options, Outcome};
use gwh::deliver::{SendError, Trust};
use rcgen::{BasicConstraints, CertificateParams, IsCa, KeyPair, date_time_ymd};
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use tokio_rustls::rustls::{ServerConfig, ServerConnection, StreamOwned};

use super::{block_on, forward, forwarder, options, told};
use crate::support::{DEADLINE, Sandbox};

/// A self-signed certificate for `localhost`.
fn own() -> CertificateParams {
    CertificateParams::new(["localhost".to_owned(), "127.0.0.1".to_owned()]).expect("names")
}

/// The same as `openssl req -x509` makes it, which claims to be an authority, too.
fn authority() -> CertificateParams {
    let mut certificate = own();
    certificate.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    certificate
}

/// Answers one request over TLS with this certificate, and gives that back as PEM.
fn serve(certificate: CertificateParams) -> (SocketAddr, String, JoinHandle<()>) {
    let signing_key = KeyPair::generate().expect("a key");
    let cert = certificate.self_signed(&signing_key).expect("a certificate");
    let key = PrivateKeyDer::try_from(signing_key.serialize_der()).expect("a key");
    let config = ServerConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![cert.der().clone()], key)
        .expect("a configuration");
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("is bound");
    let server = std::thread::spawn(move || {
        let (socket, _) = listener.accept().expect("is called");
        socket.set_read_timeout(Some(DEADLINE)).expect("takes a timeout");
        let connection = ServerConnection::new(Arc::new(config)).expect("a session");
        let mut stream = StreamOwned::new(connection, socket);
        // A client that does not trust the certificate leaves within the handshake.
        let mut head = Vec::new();
        let mut byte = [0u8; 1];
        while !head.ends_with(b"\r\n\r\n{}") && matches!(stream.read(&mut byte), Ok(1)) {
            head.push(byte[0]);
        }
        let _ = stream.write_all(b"HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n");
        let _ = stream.flush();
    });
    (address, cert.pem(), server)
}

fn forwarded(url: &str, trust: Trust) -> Vec<Forward> {
    block_on(forward(&forwarder(&[url], Options { trust, ..options() }), "{}"))
}

#[test]
fn a_certificate_of_its_own_must_be_trusted() {
    let (address, _, server) = serve(own());
    let forwards = forwarded(&format!("https://localhost:{}/", address.port()), Trust::System);
    // A machine without any authorities cannot even begin.
    let failed =
        matches!(forwards[0].outcome, Outcome::Failed(SendError::Tls { .. } | SendError::TlsSetup(_)));
    assert!(failed && told(&forwards).0 == 502, "{forwards:?}");
    if matches!(forwards[0].outcome, Outcome::Failed(SendError::Tls { .. })) {
        server.join().expect("does not panic");
    }
}

/// What a handler with this certificate answers where the user trusts just that.
fn named(certificate: CertificateParams, host: &str) -> u16 {
    let (address, pem, server) = serve(certificate);
    let trust = Trust::authorities(pem.as_bytes()).expect("a certificate");
    let status = told(&forwarded(&format!("https://{host}:{}/", address.port()), trust)).0;
    server.join().expect("does not panic");
    status
}

#[test]
fn it_is_trusted_where_the_user_says_so() {
    assert_eq!((named(own(), "localhost"), named(own(), "127.0.0.1")), (202, 202));
    assert_eq!(named(authority(), "localhost"), 202);
    let (address, _, server) = serve(own());
    assert_eq!(told(&forwarded(&format!("https://{address}/"), Trust::Anybody)).0, 202);
    server.join().expect("does not panic");
}

#[test]
fn a_trusted_certificate_must_still_be_for_the_host_and_of_today() {
    for certificate in [own, authority] {
        let mut elsewhere = certificate();
        elsewhere.subject_alt_names.clear();
        assert_eq!(named(elsewhere, "localhost"), 502);
        let mut expired = certificate();
        expired.not_after = date_time_ymd(2020, 1, 1);
        assert_eq!(named(expired, "localhost"), 502);
    }
    let (address, _, _server) = serve(authority());
    let other = own().self_signed(&KeyPair::generate().expect("a key")).expect("a certificate");
    let trust = Trust::authorities(other.pem().as_bytes()).expect("a certificate");
    assert_eq!(told(&forwarded(&format!("https://{address}/"), trust)).0, 502, "another one is trusted");
}

#[test]
fn plain_http_to_a_tls_port_is_502_with_the_scheme_as_hint() {
    let (address, _, _server) = serve(own());
    let forwards = forwarded(&format!("http://{address}/"), Trust::System);
    assert_eq!(told(&forwards).0, 502, "{forwards:?}");
}

#[test]
fn a_file_that_is_no_certificate_is_exit_3() {
    let sandbox = Sandbox::new();
    sandbox.file("empty.pem", "");
    sandbox.file("broken.pem", "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n");
    sandbox.file("other.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n");
    let cases = [
        ("empty.pem", "it holds no certificate"),
        ("broken.pem", "it is not a PEM file"),
        ("other.pem", "certificate 1 in it cannot be used"),
        ("absent.pem", "cannot read"),
    ];
    for (file, said) in cases {
        let output = sandbox.run(&["listen", "--port", "0", "-f", "https://localhost:1", "--cacert", file]);
        assert_eq!((output.code, output.out()), (3, ""), "{output:?}");
        assert!(output.err().contains(said) && output.err().contains(file), "{output:?}");
    }
}
