//! TLS clients that trust one certificate, and judge it as any client would.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::sync::Arc;

use gwh::certificates::provider;
use rustls_pki_types::pem::PemObject;
use rustls_pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::version::{TLS12, TLS13};
use tokio_rustls::rustls::{
    ClientConfig, ClientConnection, RootCertStore, StreamOwned, SupportedProtocolVersion,
};

use super::http::{Client, socket};

/// Both versions.
pub const BOTH: [&SupportedProtocolVersion; 2] = [&TLS12, &TLS13];

pub type Session = StreamOwned<ClientConnection, TcpStream>;

/// A configuration that trusts what stands in the PEM file `authority`, and offers `protocols`.
pub fn config(
    authority: &Path,
    versions: &[&'static SupportedProtocolVersion],
    protocols: &[&str],
) -> Arc<ClientConfig> {
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(authority).expect("opens") {
        roots.add(certificate.expect("is PEM")).expect("is a certificate");
    }
    let mut config = ClientConfig::builder_with_provider(provider())
        .with_protocol_versions(versions)
        .expect("has ciphers")
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = protocols.iter().map(|name| name.as_bytes().to_vec()).collect();
    Arc::new(config)
}

/// Begins a session with the server at `url` under the name `host`, and shakes hands.
///
/// # Errors
/// What the handshake says.
pub fn shake(url: &str, host: &str, config: Arc<ClientConfig>) -> std::io::Result<Session> {
    let name = ServerName::try_from(host.to_owned()).expect("is a name");
    let connection = ClientConnection::new(config, name).expect("is a configuration");
    let mut session = StreamOwned::new(connection, socket(url));
    while session.conn.is_handshaking() {
        session.conn.complete_io(&mut session.sock)?;
    }
    Ok(session)
}

/// An HTTP/1.1 client on a new session under the name `127.0.0.1`.
pub fn connect(url: &str, authority: &Path) -> Client<Session> {
    Client::over(shake(url, "127.0.0.1", config(authority, &BOTH, &["http/1.1"])).expect("shakes hands"))
}

/// The bytes of a ClientHello, as a client sends it first.
pub fn hello(authority: &Path) -> Vec<u8> {
    let name = ServerName::try_from("localhost").expect("is a name");
    let mut connection =
        ClientConnection::new(config(authority, &BOTH, &[]), name).expect("is a configuration");
    let mut bytes = Vec::new();
    while connection.wants_write() {
        connection.write_tls(&mut bytes).expect("writes to memory");
    }
    bytes
}

/// What a server sends to `bytes` before it closes; a reset counts as the end.
pub fn told(url: &str, bytes: &[u8]) -> Vec<u8> {
    let mut socket = socket(url);
    // A server that has heard enough may have closed already.
    let _ = socket.write_all(bytes);
    let mut told = Vec::new();
    match socket.read_to_end(&mut told) {
        Err(error) if error.kind() != ErrorKind::ConnectionReset => panic!("{error}"),
        _ => told,
    }
}
