//! Why there is no certificate to show, and what to do about it.

use std::fmt;
use std::io;
use std::path::PathBuf;

use crate::error::Failure;
use crate::files::FileError;

/// What a file is expected to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The certificate, with those that lead to its authority after it.
    Certificate,
    /// The private key.
    Key,
}

impl fmt::Display for Part {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Part::Certificate => "certificate",
            Part::Key => "private key",
        })
    }
}

impl Part {
    const fn flag(self) -> &'static str {
        match self {
            Part::Certificate => "--tls-cert",
            Part::Key => "--tls-key",
        }
    }

    /// The command of openssl that reads one.
    const fn subcommand(self) -> &'static str {
        match self {
            Part::Certificate => "x509",
            Part::Key => "pkey",
        }
    }
}

/// What a file holds instead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Found {
    /// Nothing at all.
    Nothing,
    /// The other part.
    Other,
    /// A request to be given a certificate.
    Request,
    /// A public key.
    PublicKey,
    /// What looks like DER or PKCS #12: the same things, not in PEM form.
    Binary,
    /// Something else.
    Else,
}

/// Why a certificate and its key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum CertificateError {
    /// The file cannot be read.
    #[error("cannot read the {part} {}", .path.display())]
    Unreadable {
        /// What was wanted of it.
        part: Part,
        /// The file.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// The file holds something else.
    #[error("{} holds no {part} in PEM form{}", .path.display(), instead(*.part, *.found))]
    Missing {
        /// What was wanted of it.
        part: Part,
        /// The file.
        path: PathBuf,
        /// What it holds.
        found: Found,
    },
    /// The key needs a password.
    #[error("the private key {} is encrypted, and there is nobody to ask for its password", .0.display())]
    Encrypted(PathBuf),
    /// The PEM text is broken.
    #[error("the PEM text of {} is damaged", .0.display())]
    Damaged(PathBuf),
    /// What is there cannot be used for TLS.
    #[error("the {part} {} cannot be used: expected {}", .path.display(), usable(*.part))]
    Unusable {
        /// What it is.
        part: Part,
        /// The file.
        path: PathBuf,
    },
    /// The key belongs to another certificate.
    #[error("the private key {} does not belong to the certificate {}", .key.display(), .certificate.display())]
    Mismatch {
        /// The certificate's file.
        certificate: PathBuf,
        /// The key's file.
        key: PathBuf,
    },
    /// The chain begins with another certificate.
    #[error("the private key belongs to certificate {place} of {}: the server's own must be the first", .path.display())]
    Order {
        /// The certificate's file.
        path: PathBuf,
        /// Where the key's certificate stands, counted from 1.
        place: usize,
    },
    /// The certificate that is kept cannot be read or written.
    #[error("cannot keep a certificate for this machine")]
    Store(#[from] FileError),
    /// What is kept is not what was written.
    #[error("the certificate of this machine, {}, is damaged", .0.display())]
    KeptDamaged(PathBuf),
    /// None can be made.
    #[error("cannot make a certificate")]
    NotMade(#[from] rcgen::Error),
}

fn instead(part: Part, found: Found) -> &'static str {
    match (found, part) {
        (Found::Nothing, _) => ": it is empty",
        (Found::Other, Part::Certificate) => ", but a private key",
        (Found::Other, Part::Key) => ", but a certificate",
        (Found::Request, _) => ", but a request for one",
        (Found::PublicKey, _) => ", but a public key",
        (Found::Binary, _) => ": it looks like DER or PKCS #12",
        (Found::Else, _) => "",
    }
}

const fn usable(part: Part) -> &'static str {
    match part {
        Part::Certificate => "an X.509 certificate of version 3",
        Part::Key => "an RSA key of 2048 to 8192 bits, ECDSA on P-256, P-384 or P-521, or Ed25519",
    }
}

impl CertificateError {
    /// What the user can run next.
    fn hints(&self) -> Vec<String> {
        match self {
            CertificateError::Unreadable { part, .. } => {
                vec![format!("{} takes a PEM file", part.flag()), SELF_SIGNED.to_owned()]
            }
            CertificateError::Missing { part, path, found: Found::Binary } => {
                let shown = path.display();
                let kind = part.subcommand();
                vec![
                    format!(
                        "if it is DER: umask 077; openssl {kind} -inform der -in '{shown}' -out converted.pem"
                    ),
                    format!(
                        "if it is PKCS #12: umask 077; openssl pkcs12 -in '{shown}' -nodes -out both.pem"
                    ),
                ]
            }
            CertificateError::Missing { found: Found::Other, .. } => {
                vec!["--tls-cert takes the certificate and --tls-key its private key".to_owned()]
            }
            CertificateError::Missing { part, .. } => {
                vec![
                    format!("{} takes a {part} as openssl and certbot write it", part.flag()),
                    SELF_SIGNED.to_owned(),
                ]
            }
            CertificateError::Encrypted(path) => vec![format!(
                "decrypt it into a file that only you can read: umask 077; openssl pkey -in '{}' -out decrypted.pem",
                path.display()
            )],
            CertificateError::Damaged(_) => vec!["copy the file again, whole and as text".to_owned()],
            CertificateError::Unusable { part, path } => vec![format!(
                "openssl {} -noout -text -in '{}' shows what it is",
                part.subcommand(),
                path.display()
            )],
            CertificateError::Mismatch { .. } => {
                vec!["give the key that the certificate was issued for".to_owned(), SELF_SIGNED.to_owned()]
            }
            CertificateError::Order { .. } => {
                vec!["put the server's certificate first, then the one that issued it, and so on".to_owned()]
            }
            CertificateError::Store(FileError::Exposed { path, .. }) => vec![format!(
                "somebody may have read the key: delete '{}', and a new certificate is made",
                path.display()
            )],
            CertificateError::Store(FileError::Foreign(_)) => {
                vec!["run gwh as the user whom the file belongs to".to_owned()]
            }
            CertificateError::Store(FileError::Busy(_)) => {
                vec!["wait for the other gwh to end and run the command again".to_owned()]
            }
            CertificateError::Store(FileError::Io { .. }) => {
                vec!["set GWH_DATA_DIR to a folder that you can write to".to_owned()]
            }
            CertificateError::KeptDamaged(_) | CertificateError::Store(FileError::Damaged(_)) => {
                vec!["delete the file: a new certificate is made when one is needed".to_owned()]
            }
            CertificateError::NotMade(_) => Vec::new(),
        }
    }
}

const SELF_SIGNED: &str = "--tls self-signed makes a certificate for this machine";

impl From<CertificateError> for Failure {
    /// A matter of configuration, with what to do about it.
    fn from(error: CertificateError) -> Self {
        let hints = error.hints();
        let message = error.to_string();
        let failure = match error {
            CertificateError::Unreadable { source, .. } => Failure::configuration(message).because(source),
            CertificateError::Store(source) => Failure::configuration(message).because(source),
            CertificateError::NotMade(source) => Failure::bug(message).because(source),
            _ => Failure::configuration(message),
        };
        hints.into_iter().fold(failure, Failure::hint)
    }
}
