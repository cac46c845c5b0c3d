//! Whose certificates count when a delivery is sent over TLS.

use std::fmt;
use std::sync::Arc;

use hyper_rustls::{ConfigBuilderExt, HttpsConnector, HttpsConnectorBuilder};
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::{self, PemObject};
use tokio_rustls::rustls;
use tokio_rustls::rustls::client::danger::ServerCertVerifier;
use tokio_rustls::rustls::client::{WebPkiServerVerifier, verify_server_name};
use tokio_rustls::rustls::server::ParsedCertificate;
use tokio_rustls::rustls::{CertificateError, ClientConfig, RootCertStore};

use crate::certificates::{Shown, judging, provider};

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
        let config = match self {
            Trust::System => ClientConfig::builder_with_provider(provider())
                .with_safe_default_protocol_versions()?
                .try_with_platform_verifier()?
                .with_no_client_auth(),
            Trust::Authorities(authorities) => {
                let (authorities, verifier) = (authorities.clone(), authorities.verifier()?);
                judging(move |shown| authorities.judge(&verifier, shown))
            }
            Trust::Anybody => judging(|_| Ok(())),
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

impl Authorities {
    /// What looks for a way from a server's certificate to one of these.
    fn verifier(&self) -> Result<Arc<WebPkiServerVerifier>, rustls::Error> {
        WebPkiServerVerifier::builder_with_provider(self.store.clone(), provider())
            .build()
            .map_err(|error| rustls::Error::General(error.to_string()))
    }

    fn judge(&self, verifier: &WebPkiServerVerifier, shown: Shown<'_>) -> Result<(), rustls::Error> {
        let Shown { certificate, between, name, now } = shown;
        let Err(error) = verifier.verify_server_cert(certificate, between, name, &[], now) else {
            return Ok(());
        };
        // Certificates that people make for themselves mostly claim to be authorities, too, which is refused
        // after their dates were found right. Of one that is named itself, only its name is still open.
        if !self.certificates.contains(certificate) || is_about_dates(&error) {
            return Err(error);
        }
        verify_server_name(&ParsedCertificate::try_from(certificate)?, name)
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
