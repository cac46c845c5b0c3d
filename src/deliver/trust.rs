//! Whose certificates count when a delivery is sent over TLS.

use std::fmt;
use std::sync::Arc;

use hyper_rustls::{ConfigBuilderExt, HttpsConnector, HttpsConnectorBuilder};
use rustls_pki_types::pem::{self, PemObject};
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_rustls::rustls;
use tokio_rustls::rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use tokio_rustls::rustls::client::{WebPkiServerVerifier, verify_server_name};
use tokio_rustls::rustls::crypto::{
    CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature,
};
use tokio_rustls::rustls::server::ParsedCertificate;
use tokio_rustls::rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme,
};

/// Whose certificates count.
#[derive(Clone, Default)]
pub enum Trust {
    /// Those that this machine trusts.
    #[default]
    System,
    /// These certificates, and those that they signed.
    Authorities(Arc<Authorities>),
    /// Anybody's: the connection is encrypted, and nobody knows with whom.
    Anybody,
}

/// Certificates that the user trusts.
pub struct Authorities {
    store: Arc<RootCertStore>,
    certificates: Vec<CertificateDer<'static>>,
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
        let mut certificates = Vec::new();
        for certificate in CertificateDer::pem_slice_iter(text) {
            let certificate = certificate.map_err(TrustError::NotPem)?;
            let number = store.len() + 1;
            certificates.push(certificate.clone());
            store.add(certificate).map_err(|source| TrustError::Malformed { number, source })?;
        }
        if store.is_empty() {
            return Err(TrustError::NoCertificate);
        }
        Ok(Trust::Authorities(Arc::new(Authorities { store: Arc::new(store), certificates })))
    }

    /// `connector` with TLS over it.
    pub(super) fn over<C>(&self, connector: C) -> Result<HttpsConnector<C>, rustls::Error> {
        let provider = Arc::new(aws_lc_rs::default_provider());
        let builder =
            ClientConfig::builder_with_provider(provider.clone()).with_safe_default_protocol_versions()?;
        let config = match self {
            Trust::System => builder.try_with_platform_verifier()?.with_no_client_auth(),
            Trust::Authorities(authorities) => {
                let verifier = Arc::new(Named::new(authorities.clone(), provider)?);
                builder.dangerous().with_custom_certificate_verifier(verifier).with_no_client_auth()
            }
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
            Trust::Authorities(own) => write!(f, "Authorities({})", own.certificates.len()),
            Trust::Anybody => f.write_str("Anybody"),
        }
    }
}

/// Verifies with certificates that the user named.
struct Named {
    authorities: Arc<Authorities>,
    verifier: Arc<WebPkiServerVerifier>,
}

impl Named {
    fn new(authorities: Arc<Authorities>, provider: Arc<CryptoProvider>) -> Result<Self, rustls::Error> {
        let builder = WebPkiServerVerifier::builder_with_provider(authorities.store.clone(), provider);
        let verifier = builder.build().map_err(|error| rustls::Error::General(error.to_string()))?;
        Ok(Named { authorities, verifier })
    }
}

impl fmt::Debug for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Named").finish_non_exhaustive()
    }
}

impl ServerCertVerifier for Named {
    fn verify_server_cert(
        &self,
        certificate: &CertificateDer<'_>,
        between: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let error = match self.verifier.verify_server_cert(certificate, between, name, ocsp, now) {
            Ok(verified) => return Ok(verified),
            Err(error) => error,
        };
        // Certificates that people make for themselves mostly claim to be authorities, too, which is refused
        // after their dates were found right. Of one that is named itself, only its name is still open.
        let is_named = self.authorities.certificates.iter().any(|own| own == certificate);
        if !is_named || is_about_dates(&error) {
            return Err(error);
        }
        verify_server_name(&ParsedCertificate::try_from(certificate)?, name)?;
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.verifier.verify_tls12_signature(message, certificate, signed)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        self.verifier.verify_tls13_signature(message, certificate, signed)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.verifier.supported_verify_schemes()
    }
}

fn is_about_dates(error: &rustls::Error) -> bool {
    use CertificateError::{Expired, ExpiredContext, NotValidYet, NotValidYetContext};
    matches!(
        error,
        rustls::Error::InvalidCertificate(
            Expired | ExpiredContext { .. } | NotValidYet | NotValidYetContext { .. }
        )
    )
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
