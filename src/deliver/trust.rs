//! Whose certificates count when a delivery is sent over TLS.

use std::fmt;
use std::sync::Arc;

use hyper_rustls::{ConfigBuilderExt, HttpsConnector, HttpsConnectorBuilder};
use rustls_pki_types::pem::{self, PemObject};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_rustls::rustls;
use tokio_rustls::rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use tokio_rustls::rustls::crypto::{
    CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature,
};
use tokio_rustls::rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};

/// Whose certificates count.
#[derive(Clone, Default)]
pub enum Trust {
    /// Those that this machine trusts.
    #[default]
    System,
    /// Those of these authorities alone.
    Authorities(Arc<RootCertStore>),
    /// Anybody's: the connection is encrypted, and nobody knows with whom.
    Anybody,
}

/// Why a file of certificates cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TrustError {
    /// The text between two PEM lines is not base64, or its end is missing.
    #[error("it is not a PEM file")]
    NotPem(#[source] pem::Error),
    /// There is none.
    #[error("it holds no certificate (-----BEGIN CERTIFICATE-----)")]
    NoCertificate,
    /// One of them is malformed.
    #[error("certificate {number} in it cannot be used")]
    Malformed {
        /// Which one, from 1.
        number: usize,
        /// What is wrong with it.
        source: rustls::Error,
    },
}

impl Trust {
    /// The authorities whose certificates stand in `text`, which is PEM; a certificate that a handler made
    /// for itself is such an authority, too.
    ///
    /// # Errors
    /// [`TrustError`] where there is none, or one cannot be used.
    pub fn authorities(text: &[u8]) -> Result<Self, TrustError> {
        let mut store = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(text) {
            let certificate = certificate.map_err(TrustError::NotPem)?;
            let number = store.len() + 1;
            store.add(certificate).map_err(|source| TrustError::Malformed { number, source })?;
        }
        if store.is_empty() {
            Err(TrustError::NoCertificate)
        } else {
            Ok(Trust::Authorities(Arc::new(store)))
        }
    }

    /// `connector` with TLS over it.
    pub(super) fn over<C>(&self, connector: C) -> Result<HttpsConnector<C>, rustls::Error> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let builder =
            ClientConfig::builder_with_provider(provider.clone()).with_safe_default_protocol_versions()?;
        let config = match self {
            Trust::System => builder.try_with_platform_verifier()?.with_no_client_auth(),
            Trust::Authorities(store) => builder.with_root_certificates(store.clone()).with_no_client_auth(),
            Trust::Anybody => {
                let verifier = Arc::new(Unchecked(provider));
                builder.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth()
            }
        };
        let builder = HttpsConnectorBuilder::new().with_tls_config(config);
        Ok(builder.https_only().enable_http1().wrap_connector(connector))
    }
}

impl fmt::Debug for Trust {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Trust::System => f.write_str("System"),
            Trust::Authorities(store) => write!(f, "Authorities({})", store.len()),
            Trust::Anybody => f.write_str("Anybody"),
        }
    }
}

/// Takes every certificate. That the other side holds its key is still checked, or TLS would not work.
#[derive(Debug)]
struct Unchecked(Arc<CryptoProvider>);

impl ServerCertVerifier for Unchecked {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signed, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signed, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
