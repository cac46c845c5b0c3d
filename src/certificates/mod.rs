//! Certificates: what a server shows and the key that goes with it, from the user's files or made for
//! this machine, and clients with a judgement of their own of what a server shows.

mod client;
mod error;
mod pem;
mod self_signed;
mod validity;

use std::fmt;
use std::sync::Arc;

use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::crypto::CryptoProvider;
use tokio_rustls::rustls::crypto::aws_lc_rs::default_provider;
use tokio_rustls::rustls::sign::CertifiedKey;
use tokio_rustls::rustls::{Error, InconsistentKeys};

pub use client::{Shown, judging, trusting};
pub use error::{CertificateError, Found, Part};
pub use pem::{is_open_to_everybody, load};
pub use self_signed::{HOSTS, SelfSigned};
pub use validity::Validity;

/// The cryptography of every TLS session. AWS-LC looks at the processor here, not at every start of the program.
pub fn provider() -> Arc<CryptoProvider> {
    aws_lc_rs::init();
    Arc::new(default_provider())
}

/// A chain of certificates, and the private key of the first.
#[derive(Clone)]
pub struct Identity(Arc<CertifiedKey>);

/// Why a chain and a key are no identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unfit {
    /// The first certificate cannot be read.
    Certificate,
    /// The key cannot be read, or is of a kind that TLS does not use.
    Key,
    /// The key belongs to the certificate at this place of the chain, which is not the first.
    Order(usize),
    /// The key belongs to no certificate of the chain.
    Mismatch,
}

impl Identity {
    /// `chain`, which is not empty, with the `key` of its first certificate.
    fn new(chain: Vec<CertificateDer<'static>>, key: PrivateKeyDer<'static>) -> Result<Self, Unfit> {
        let key = provider().key_provider.load_private_key(key).map_err(|_| Unfit::Key)?;
        let fits = |chain: &[CertificateDer<'static>]| {
            let certified = CertifiedKey::new(chain.to_vec(), key.clone());
            match certified.keys_match() {
                // A key that does not say what its public half is fits whatever it is put beside.
                Ok(()) | Err(Error::InconsistentKeys(InconsistentKeys::Unknown)) => Ok(Some(certified)),
                Err(Error::InconsistentKeys(_)) => Ok(None),
                Err(_) => Err(Unfit::Certificate),
            }
        };
        if let Some(certified) = fits(&chain)? {
            return Ok(Identity(Arc::new(certified)));
        }
        let later = (1..chain.len()).find(|place| matches!(fits(&chain[*place..]), Ok(Some(_))));
        Err(later.map_or(Unfit::Mismatch, Unfit::Order))
    }

    /// The certificate that the key belongs to.
    pub fn certificate(&self) -> &CertificateDer<'static> {
        // There is a first one: `new` has compared the key with it.
        &self.0.cert[0]
    }

    /// The form that rustls takes.
    pub(crate) fn certified_key(&self) -> Arc<CertifiedKey> {
        self.0.clone()
    }
}

/// How many certificates there are and nothing of the key.
impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identity").field("certificates", &self.0.cert.len()).finish_non_exhaustive()
    }
}
