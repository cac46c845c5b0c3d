//! When a certificate is valid, as a client would judge it.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use rustls_pki_types::{CertificateDer, ServerName, UnixTime};
use tokio_rustls::rustls::client::WebPkiServerVerifier;
use tokio_rustls::rustls::client::danger::ServerCertVerifier;
use tokio_rustls::rustls::{CertificateError, Error, RootCertStore};

use super::{Identity, provider};

/// Whether a certificate is valid at some moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Validity {
    /// Nothing is wrong with its time.
    Valid,
    /// Its time was over at this moment.
    EndedAt(Timestamp),
    /// Its time begins at this moment.
    BeginsAt(Timestamp),
}

impl Identity {
    /// Whether the certificate is valid at `moment`, as far as its time goes.
    pub fn validity(&self, moment: Timestamp) -> Validity {
        match verify(self.certificate(), "localhost", moment) {
            Err(Error::InvalidCertificate(CertificateError::ExpiredContext { not_after, .. })) => {
                Validity::EndedAt(timestamp(not_after))
            }
            Err(Error::InvalidCertificate(CertificateError::NotValidYetContext { not_before, .. })) => {
                Validity::BeginsAt(timestamp(not_before))
            }
            // Its time is looked at before anything else, so that it is not the matter here.
            _ => Validity::Valid,
        }
    }

    /// Whether a client that trusts this certificate alone accepts it for `host` at `moment`.
    pub(super) fn is_accepted_for(&self, host: &str, moment: Timestamp) -> bool {
        verify(self.certificate(), host, moment).is_ok()
    }
}

/// What a client says that trusts `certificate` alone and connects to `host` at `moment`.
fn verify(certificate: &CertificateDer<'static>, host: &str, moment: Timestamp) -> Result<(), Error> {
    let mut roots = RootCertStore::empty();
    roots.add(certificate.clone())?;
    let client = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider())
        .build()
        .map_err(|error| Error::General(error.to_string()))?;
    let name = ServerName::try_from(host).map_err(|error| Error::General(error.to_string()))?;
    let seconds = u64::try_from(moment.as_second()).unwrap_or_default();
    let now = UnixTime::since_unix_epoch(Duration::from_secs(seconds));
    client.verify_server_cert(certificate, &[], &name, &[], now).map(drop)
}

fn timestamp(time: UnixTime) -> Timestamp {
    i64::try_from(time.as_secs())
        .ok()
        .and_then(|at| Timestamp::from_second(at).ok())
        .unwrap_or(Timestamp::MAX)
}
