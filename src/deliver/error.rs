//! Why a delivery got no answer.

use std::error::Error;
use std::io::{self, ErrorKind};
use std::time::Duration;

use hyper::http::uri::Scheme;
use hyper::{StatusCode, Uri};
use hyper_util::client::legacy;

use super::advice::Flags;
use super::resolve::UnknownHost;
use crate::host;

type Cause = Box<dyn Error + Send + Sync>;

/// A delivery that was not answered, or not to the end.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    /// The name has no address.
    #[error("there is no host named {host}")]
    UnknownHost {
        /// The name.
        host: String,
        /// What the resolver said.
        source: Cause,
    },
    /// Nothing listens there.
    #[error("nothing accepts connections at {authority}")]
    Refused {
        /// Host and port.
        authority: String,
    },
    /// No connection came about for another reason.
    #[error("{authority} cannot be reached")]
    Unreachable {
        /// Host and port.
        authority: String,
        /// What the network said.
        source: Cause,
    },
    /// A connection came about, but no TLS session on it.
    #[error("no TLS session with {authority}")]
    Tls {
        /// Host and port.
        authority: String,
        /// What was wrong, for example with the certificate.
        source: Cause,
    },
    /// This machine has no certificates to verify anybody with.
    #[error("cannot set up TLS on this machine")]
    TlsSetup(#[source] Cause),
    /// The time was over.
    #[error("no complete answer came within {after:?}")]
    Timeout {
        /// How long was waited.
        after: Duration,
        /// The status, where at least that came.
        status: Option<StatusCode>,
    },
    /// The other side closed the connection, or it broke.
    #[error("the connection was closed before a complete answer came")]
    Closed {
        /// The status, where at least that came.
        status: Option<StatusCode>,
    },
    /// Something answered, but not in HTTP.
    #[error("what came back is not HTTP")]
    NotHttp {
        /// What the parser said.
        source: Cause,
    },
    /// Anything else.
    #[error("the delivery could not be sent")]
    Other(#[source] Cause),
}

impl SendError {
    /// The stable name in JSON.
    pub fn code(&self) -> &'static str {
        match self {
            SendError::UnknownHost { .. } => "unknown_host",
            SendError::Refused { .. } => "connection_refused",
            SendError::Unreachable { .. } => "unreachable",
            SendError::Tls { .. } => "tls",
            SendError::TlsSetup(_) => "tls_setup",
            SendError::Timeout { .. } => "timeout",
            SendError::Closed { .. } => "connection_closed",
            SendError::NotHttp { .. } => "not_http",
            SendError::Other(_) => "other",
        }
    }

    /// The status, where the answer began and broke off.
    pub fn status(&self) -> Option<StatusCode> {
        match self {
            SendError::Timeout { status, .. } | SendError::Closed { status } => *status,
            _ => None,
        }
    }

    /// The error and its causes in one sentence.
    pub fn sentence(&self) -> String {
        let mut text = self.to_string();
        let mut cause = self.source();
        while let Some(error) = cause {
            let next = error.to_string();
            // Layers of libraries repeat what is below them.
            if !text.ends_with(&next) {
                text.push_str(": ");
                text.push_str(&next);
            }
            cause = error.source();
        }
        text
    }

    /// What to do about it, for a delivery to `url` by a command with these flags.
    pub fn hint(&self, url: &Uri, flags: &Flags) -> Option<String> {
        let (port, to) = (url.port_u16(), flags.target);
        Some(match self {
            SendError::Refused { .. } if is_loopback(url) => match port {
                Some(port) => format!(
                    "start your handler there, or a receiver with gwh listen --port {port}; {to} names another place"
                ),
                None => format!("start your handler first; {to} names another place"),
            },
            SendError::Refused { .. } | SendError::Unreachable { .. } | SendError::UnknownHost { .. } => {
                format!("check the host and port given with {to}")
            }
            SendError::Tls { .. } => {
                let trusting = match flags.trust {
                    Some((authority, anybody)) => {
                        format!("{authority} names another authority, and {anybody} trusts anybody")
                    }
                    None => "SSL_CERT_FILE names one on Linux".to_owned(),
                };
                format!(
                    "the certificate must be issued for this host by an authority that this machine trusts \
                     ({trusting}); if the handler speaks plain HTTP, write http:// in {to}"
                )
            }
            SendError::TlsSetup(_) => {
                "install the system's CA certificates, or name them with SSL_CERT_FILE".to_owned()
            }
            SendError::Timeout { .. } => {
                format!("answer first and work afterwards; {} waits longer", flags.timeout)
            }
            SendError::Closed { .. } | SendError::NotHttp { .. } if url.scheme() == Some(&Scheme::HTTP) => {
                format!("the handler's log may say why; if its port speaks TLS, write https:// in {to}")
            }
            SendError::Closed { .. } | SendError::NotHttp { .. } => {
                "the handler's log may say why".to_owned()
            }
            SendError::Other(_) => return None,
        })
    }

    /// The error of a request to `url` that got no answer.
    pub(super) fn from_client(error: legacy::Error, url: &Uri) -> Self {
        if let Some(unknown) = find::<UnknownHost>(&error) {
            let source = unknown.to_string().into();
            return SendError::UnknownHost { host: url.host().unwrap_or_default().to_owned(), source };
        }
        if error.is_connect() {
            return from_connect(&error, url);
        }
        match find::<hyper::Error>(&error) {
            Some(error) => SendError::from_answer(error, None),
            None => SendError::Other(error.into()),
        }
    }

    /// The error of an answer that broke off, after its `status` where there was one.
    pub(super) fn from_answer(error: &hyper::Error, status: Option<StatusCode>) -> Self {
        let text: Cause = deepest(error).to_string().into();
        if error.is_parse() {
            return SendError::NotHttp { source: text };
        }
        let hung_up = find::<io::Error>(error).is_some_and(|error| is_hang_up(error.kind()));
        if hung_up || error.is_incomplete_message() || error.is_closed() || error.is_canceled() {
            return SendError::Closed { status };
        }
        SendError::Other(text)
    }
}

fn from_connect(error: &legacy::Error, url: &Uri) -> SendError {
    let authority = url.authority().map_or_else(String::new, ToString::to_string);
    let kind = find::<io::Error>(error).map(io::Error::kind);
    // A machine without IPv6 has no ::1 to be refused by.
    let refused = kind == Some(ErrorKind::ConnectionRefused)
        || (kind == Some(ErrorKind::AddrNotAvailable) && is_loopback(url));
    if refused {
        return SendError::Refused { authority };
    }
    let source: Cause = deepest(error).to_string().into();
    // The TLS layer hands its error up directly; one of the connection below comes wrapped in the connector's.
    let from_tls = error.source().is_some_and(|source| source.is::<io::Error>());
    if from_tls { SendError::Tls { authority, source } } else { SendError::Unreachable { authority, source } }
}

/// Whether `url` means this machine.
pub fn is_loopback(url: &Uri) -> bool {
    url.host().is_some_and(host::is_loopback)
}

fn is_hang_up(kind: ErrorKind) -> bool {
    matches!(
        kind,
        ErrorKind::ConnectionReset
            | ErrorKind::ConnectionAborted
            | ErrorKind::BrokenPipe
            | ErrorKind::NotConnected
            | ErrorKind::UnexpectedEof
    )
}

fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error| <dyn Error>::source(*error))
}

/// The first error of type `E` in the chain.
fn find<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    chain(error).find_map(|error| error.downcast_ref::<E>())
}

/// The last error of the chain, which says what happened rather than where.
fn deepest<'a>(error: &'a (dyn Error + 'static)) -> &'a (dyn Error + 'static) {
    chain(error).last().unwrap_or(error)
}
