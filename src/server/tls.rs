//! The TLS that a server speaks: TLS 1.2 and 1.3 with one certificate, and HTTP/2 or HTTP/1.1 over it.

use std::io;
use std::sync::Arc;

use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::sign::SingleCertAndKey;
use tokio_rustls::rustls::{AlertDescription, Error, ServerConfig};
use tokio_rustls::server::TlsStream;

use super::arrival::Refusal;
use crate::certificates::{Identity, provider};

/// What makes a server speak TLS.
#[derive(Clone)]
pub struct Tls(TlsAcceptor);

impl Tls {
    /// TLS as the bearer of this certificate. Clients are not asked for one.
    pub fn new(identity: &Identity) -> Self {
        let mut config = ServerConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .expect("the provider has ciphers for TLS 1.2 and 1.3")
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(SingleCertAndKey::from(identity.certified_key())));
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Tls(Arc::new(config).into())
    }

    /// Shakes hands. A failure has been told to the client, and gives the socket back.
    pub(super) async fn accept(
        &self,
        socket: TcpStream,
    ) -> Result<TlsStream<TcpStream>, (io::Error, TcpStream)> {
        self.0.accept(socket).into_fallible().await
    }
}

/// Why a handshake failed. A client that does not believe in the certificate says so.
pub(super) fn failed(error: &io::Error) -> Refusal {
    use AlertDescription::{
        BadCertificate, CertificateExpired, CertificateRevoked, CertificateUnknown, UnknownCA,
        UnsupportedCertificate,
    };
    let cause = error.get_ref().and_then(|error| error.downcast_ref::<Error>());
    match cause {
        Some(Error::AlertReceived(
            BadCertificate
            | CertificateExpired
            | CertificateRevoked
            | CertificateUnknown
            | UnknownCA
            | UnsupportedCertificate,
        )) => Refusal::CertificateRefused,
        _ => Refusal::HandshakeFailed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_that_refuses_the_certificate_is_told_from_one_that_fails_otherwise() {
        let refusal = |error| failed(&io::Error::new(io::ErrorKind::InvalidData, error));
        assert_eq!(refusal(Error::AlertReceived(AlertDescription::UnknownCA)), Refusal::CertificateRefused);
        assert_eq!(
            refusal(Error::AlertReceived(AlertDescription::HandshakeFailure)),
            Refusal::HandshakeFailed
        );
        assert_eq!(refusal(Error::NoApplicationProtocol), Refusal::HandshakeFailed);
        assert_eq!(failed(&io::ErrorKind::UnexpectedEof.into()), Refusal::HandshakeFailed);
    }
}
