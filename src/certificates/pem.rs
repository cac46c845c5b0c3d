//! Reading a certificate and its key from PEM files.

use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::Path;

use rustls_pki_types::pem::{PemObject, SectionKind};
use rustls_pki_types::{CertificateDer, PrivateKeyDer};
use zeroize::Zeroizing;

use super::error::{CertificateError, Found, Part};
use super::{Identity, Unfit};

/// More than any chain of certificates has.
const MAX_FILE: u64 = 1024 * 1024;

/// Reads the chain in the file `certificate` and the private key in the file `key`, which may be the same
/// file. Both start from `directory`; errors name them as they are given.
///
/// # Errors
/// [`CertificateError`] where one is missing or they are no pair.
pub fn load(directory: &Path, certificate: &Path, key: &Path) -> Result<Identity, CertificateError> {
    let chain = certificates(&read(directory, certificate, Part::Certificate)?, certificate)?;
    let private = private_key(&read(directory, key, Part::Key)?, key)?;
    Identity::new(chain, private).map_err(|unfit| match unfit {
        Unfit::Certificate => {
            CertificateError::Unusable { part: Part::Certificate, path: certificate.to_owned() }
        }
        Unfit::Key => CertificateError::Unusable { part: Part::Key, path: key.to_owned() },
        Unfit::Order(place) => CertificateError::Order { path: certificate.to_owned(), place: place + 1 },
        Unfit::Mismatch => {
            CertificateError::Mismatch { certificate: certificate.to_owned(), key: key.to_owned() }
        }
    })
}

/// Whether every user of the machine may read the file. One group may, as distributions have it for
/// the keys of servers.
pub fn is_open_to_everybody(directory: &Path, file: &Path) -> bool {
    std::fs::metadata(directory.join(file)).is_ok_and(|metadata| is_open(&metadata))
}

#[cfg(unix)]
fn is_open(metadata: &Metadata) -> bool {
    std::os::unix::fs::MetadataExt::mode(metadata) & 0o007 != 0
}

/// Elsewhere permissions are lists, which are not looked at.
#[cfg(not(unix))]
fn is_open(_metadata: &Metadata) -> bool {
    false
}

fn read(directory: &Path, file: &Path, part: Part) -> Result<Zeroizing<Vec<u8>>, CertificateError> {
    let unreadable = |source| CertificateError::Unreadable { part, path: file.to_owned(), source };
    let mut bytes = Zeroizing::new(Vec::new());
    let opened = File::open(directory.join(file)).map_err(unreadable)?;
    opened.take(MAX_FILE + 1).read_to_end(&mut bytes).map_err(unreadable)?;
    if bytes.len() as u64 > MAX_FILE {
        return Err(unreadable(io::Error::other("it is larger than 1 MiB")));
    }
    Ok(bytes)
}

/// The certificates of a PEM text, in their order.
pub(super) fn certificates(
    pem: &[u8],
    file: &Path,
) -> Result<Vec<CertificateDer<'static>>, CertificateError> {
    let all: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(pem).collect();
    let all = all.map_err(|_| CertificateError::Damaged(file.to_owned()))?;
    if all.is_empty() { Err(missing(Part::Certificate, pem, file)) } else { Ok(all) }
}

/// The first private key of a PEM text.
pub(super) fn private_key(pem: &[u8], file: &Path) -> Result<PrivateKeyDer<'static>, CertificateError> {
    // Both ways of encrypting a key: as PKCS #8, and with a header inside the text.
    if contains(pem, b"-----BEGIN ENCRYPTED PRIVATE KEY-----") || contains(pem, b"Proc-Type: 4,ENCRYPTED") {
        return Err(CertificateError::Encrypted(file.to_owned()));
    }
    match PrivateKeyDer::pem_slice_iter(pem).next() {
        Some(Ok(key)) => Ok(key),
        Some(Err(_)) => Err(CertificateError::Damaged(file.to_owned())),
        None => Err(missing(Part::Key, pem, file)),
    }
}

/// What to say of a text without the part that was wanted.
fn missing(part: Part, pem: &[u8], file: &Path) -> CertificateError {
    // Keys and certificates in DER, and PKCS #12, are all one ASN.1 sequence.
    const SEQUENCE: u8 = 0x30;
    let sections = <(SectionKind, Vec<u8>)>::pem_slice_iter(pem).filter_map(Result::ok);
    let kinds: Vec<SectionKind> = sections.map(|(kind, der)| (kind, Zeroizing::new(der)).0).collect();
    let other = |kind: &SectionKind| match part {
        Part::Certificate => {
            matches!(kind, SectionKind::PrivateKey | SectionKind::RsaPrivateKey | SectionKind::EcPrivateKey)
        }
        Part::Key => *kind == SectionKind::Certificate,
    };
    let found = if pem.trim_ascii().is_empty() {
        Found::Nothing
    } else if pem[0] == SEQUENCE && str::from_utf8(pem).is_err() {
        Found::Binary
    } else if kinds.iter().any(other) || part == Part::Certificate && contains(pem, b"ENCRYPTED PRIVATE") {
        Found::Other
    } else if kinds.contains(&SectionKind::Csr) {
        Found::Request
    } else if kinds.contains(&SectionKind::PublicKey) {
        Found::PublicKey
    } else {
        Found::Else
    };
    CertificateError::Missing { part, path: file.to_owned(), found }
}

fn contains(text: &[u8], wanted: &[u8]) -> bool {
    memchr::memmem::find(text, wanted).is_some()
}
