//! `--tls` and its relatives: the certificate that `gwh listen` shows.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use hyper::http::uri::Scheme;

use crate::certificates::{self, HOSTS, Identity, SelfSigned, Validity};
use crate::error::Failure;
use crate::server;
use crate::session::Session;
use crate::ui::sanitize;
use crate::units::rfc3339;

/// Which certificate to show.
#[derive(Debug, Args)]
#[command(next_help_heading = "TLS")]
pub struct TlsArgs {
    /// Speak https:// with a certificate for localhost that is made on first use and kept in the profile's folder
    #[arg(long, value_name = "KIND", conflicts_with_all = ["tls_cert", "tls_key"])]
    tls: Option<Kind>,
    /// Speak https:// with the certificate in this PEM file, followed by those that lead to its authority
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// The certificate's private key: a PEM file, not encrypted
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
}

/// Where a certificate comes from that the user does not have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// Signed with its own key, for this machine.
    SelfSigned,
}

/// The certificate of a run.
pub(super) struct Certificate {
    identity: Identity,
    path: PathBuf,
    warnings: Vec<String>,
    kind: Source,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    User,
    Kept,
    Renewed,
}

impl TlsArgs {
    /// The certificate that is wanted, if any.
    ///
    /// # Errors
    /// Kind `Configuration` where it cannot be had.
    pub(super) fn certificate(&self, session: &Session) -> Result<Option<Certificate>, Failure> {
        match (&self.tls, &self.tls_cert, &self.tls_key) {
            (Some(Kind::SelfSigned), ..) => {
                let SelfSigned { identity, path, is_renewed } =
                    SelfSigned::keep(&session.profile_folder()?, session.timestamp())?;
                let kind = if is_renewed { Source::Renewed } else { Source::Kept };
                Ok(Some(Certificate { identity, path, warnings: Vec::new(), kind }))
            }
            (None, Some(certificate), Some(key)) => of_files(certificate, key, session).map(Some),
            _ => Ok(None),
        }
    }
}

fn of_files(certificate: &Path, key: &Path, session: &Session) -> Result<Certificate, Failure> {
    let identity = certificates::load(&session.directory, certificate, key)?;
    let shown = |path: &Path| sanitize::text(&path.display().to_string()).into_owned();
    let mut warnings = Vec::new();
    let name = shown(certificate);
    match identity.validity(session.timestamp()) {
        Validity::Valid => {}
        Validity::EndedAt(end) => {
            warnings
                .push(format!("the certificate {name} expired at {}: clients will refuse it", rfc3339(end)));
        }
        Validity::BeginsAt(begin) => warnings.push(format!(
            "the certificate {name} is valid only from {}: clients will refuse it",
            rfc3339(begin)
        )),
    }
    if certificates::is_open_to_everybody(&session.directory, key) {
        warnings
            .push(format!("every user of this machine may read or change the private key {}", shown(key)));
    }
    let path = session.directory.join(certificate);
    Ok(Certificate { identity, path, warnings, kind: Source::User })
}

impl Certificate {
    /// What makes the server speak TLS with it.
    pub(super) fn tls(&self) -> server::Tls {
        server::Tls::new(&self.identity)
    }

    /// The file that a client can be given to trust it.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// What other commands recognise the listener by.
    pub(super) fn identity(&self) -> &Identity {
        &self.identity
    }

    /// Why clients that come to `address` may refuse it, and who may read its key.
    pub(super) fn warnings(&self, address: SocketAddr) -> Vec<String> {
        let mut warnings = self.warnings.clone();
        let ip = address.ip();
        let is_covered = ip.is_unspecified() || HOSTS.contains(&ip.to_string().as_str());
        if self.kind != Source::User && !is_covered {
            let [first, second, third] = HOSTS;
            warnings.push(format!(
                "clients that come to {ip} will refuse the self-signed certificate: it is for {first}, {second} and {third}"
            ));
        }
        warnings
    }

    /// What comes before a `gwh` that is to trust the certificate; nothing for one of the user's own, of
    /// which the machine may know the authority.
    pub(super) fn trusting(&self) -> String {
        // Where the system has a store of its own, it is asked and no variable is.
        let asks_variable = cfg!(all(unix, not(target_os = "macos")));
        if self.kind == Source::User || !asks_variable {
            return String::new();
        }
        format!("SSL_CERT_FILE='{}' ", self.shown())
    }

    /// How a client is made to trust it, for a person; nothing for one of the user's own.
    pub(super) fn advice(&self, url: &str) -> Option<String> {
        let made = match self.kind {
            Source::User => return None,
            Source::Kept => "",
            Source::Renewed => {
                "\n  this certificate is new: the one before is at its end, and clients that trust it have to be given this one"
            }
        };
        Some(format!("  to trust it:          curl --cacert '{}' {url}{made}", self.shown()))
    }

    fn shown(&self) -> String {
        sanitize::text(&self.path.display().to_string()).into_owned()
    }
}

/// The scheme of the URL.
pub(super) fn scheme(certificate: Option<&Certificate>) -> Scheme {
    if certificate.is_some() { Scheme::HTTPS } else { Scheme::HTTP }
}
