//! Clients that judge for themselves what a server shows.
//!
//! A client asks two things: whether it believes in a certificate, and whether the server holds its key. Only
//! the first differs from one client to another; the second is always proved in the handshake.

use std::fmt;
use std::sync::Arc;

use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_rustls::rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use tokio_rustls::rustls::crypto::{
    WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature,
};
use tokio_rustls::rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, SignatureScheme};

use super::provider;

/// What a server shows, and when.
#[derive(Debug, Clone, Copy)]
pub struct Shown<'a> {
    /// Its own certificate.
    pub certificate: &'a CertificateDer<'a>,
    /// Those that may lead from it to an authority.
    pub between: &'a [CertificateDer<'a>],
    /// The name or address that the client went to.
    pub name: &'a ServerName<'a>,
    /// The time of the handshake.
    pub now: UnixTime,
}

/// A client's configuration that believes in a server where `judge` finds nothing wrong with what it shows.
pub fn judging(judge: impl Fn(Shown<'_>) -> Result<(), Error> + Send + Sync + 'static) -> ClientConfig {
    let provider = provider();
    let verifier = Verifier { judge, algorithms: provider.signature_verification_algorithms };
    ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("the provider has ciphers for TLS 1.2 and 1.3")
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth()
}

/// A client's configuration that trusts servers with one of these certificates and no others, whatever names
/// and dates they bear: whoever shows one proves to hold its key, so that a name could add nothing.
pub fn trusting(certificates: Vec<CertificateDer<'static>>) -> ClientConfig {
    judging(move |shown| match certificates.contains(shown.certificate) {
        true => Ok(()),
        false => Err(CertificateError::UnknownIssuer.into()),
    })
}

/// What rustls asks.
struct Verifier<J> {
    judge: J,
    algorithms: WebPkiSupportedAlgorithms,
}

impl<J> fmt::Debug for Verifier<J> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Verifier").finish_non_exhaustive()
    }
}

impl<J: Fn(Shown<'_>) -> Result<(), Error> + Send + Sync> ServerCertVerifier for Verifier<J> {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        between: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        (self.judge)(Shown { certificate, between, name, now })?;
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signed, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signed, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}
