//! One HTTP/1.1 exchange, written and read byte by byte.
//!
//! HTTP libraries put headers into one case, join or drop repeated ones and refuse to leave a length out;
//! what a handler does with such requests is what some cases are about. So every request goes this way,
//! on a connection of its own, and what is saved is what was sent. No wait is without an end.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use hyper::Uri;
use hyper::http::uri::Scheme;
use hyper_rustls::ConfigBuilderExt;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, split};
use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::ClientConfig;
use tokio_rustls::rustls::pki_types::ServerName;

use super::reply::{Reply, ReplyReader};
use crate::certificates::provider;
use crate::deliver::{SendError, addresses};
use crate::host;

/// A connection, plain or through TLS.
pub(super) trait Connection: AsyncRead + AsyncWrite + Unpin + Send {}

impl<C: AsyncRead + AsyncWrite + Unpin + Send> Connection for C {}

/// Where a handler is reached.
#[derive(Clone)]
pub(super) struct Endpoint {
    host: String,
    port: u16,
    tls: Option<(TlsConnector, ServerName<'static>)>,
}

impl Endpoint {
    /// The place that a URL names.
    ///
    /// # Errors
    /// [`SendError::TlsSetup`] for `https` on a machine without certificates, [`SendError::UnknownHost`] for a
    /// name that no certificate can be for.
    pub(super) fn of(url: &Uri) -> Result<Self, SendError> {
        let host = url.host().unwrap_or_default().to_owned();
        let is_secure = url.scheme() == Some(&Scheme::HTTPS);
        let port = url.port_u16().unwrap_or(if is_secure { 443 } else { 80 });
        let tls = match is_secure {
            true => Some((connector()?, server_name(&host)?)),
            false => None,
        };
        Ok(Endpoint { host, port, tls })
    }

    /// Host and port, for messages.
    fn authority(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    /// A new connection.
    ///
    /// # Errors
    /// [`SendError`] where none comes about before the deadline.
    pub(super) async fn connect(&self, deadline: Deadline) -> Result<Box<dyn Connection>, SendError> {
        deadline.within(self.try_connect()).await?
    }

    async fn try_connect(&self) -> Result<Box<dyn Connection>, SendError> {
        let mut refused = SendError::Refused { authority: self.authority() };
        for address in addresses(&self.host, self.port).await? {
            match TcpStream::connect(address).await {
                Ok(stream) => return self.secured(stream).await,
                Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => {}
                // A machine without IPv6 has no ::1 to be refused by.
                Err(_) if address.ip().is_loopback() => {}
                Err(error) => {
                    let (authority, source) = (self.authority(), error.into());
                    refused = SendError::Unreachable { authority, source };
                }
            }
        }
        Err(refused)
    }

    async fn secured(&self, stream: TcpStream) -> Result<Box<dyn Connection>, SendError> {
        // Small writes go out at once; where that cannot be set they go out later.
        let _ = stream.set_nodelay(true);
        match &self.tls {
            None => Ok(Box::new(stream)),
            Some((connector, name)) => match connector.connect(name.clone(), stream).await {
                Ok(stream) => Ok(Box::new(stream)),
                Err(error) => Err(SendError::Tls { authority: self.authority(), source: error.into() }),
            },
        }
    }
}

/// When an exchange must be over.
#[derive(Debug, Clone, Copy)]
pub(super) struct Deadline {
    at: Instant,
    after: Duration,
}

impl Deadline {
    pub(super) fn after(after: Duration) -> Self {
        Deadline { at: Instant::now() + after, after }
    }

    async fn within<T>(self, work: impl Future<Output = T>) -> Result<T, SendError> {
        timeout_at(self.at, work).await.map_err(|_| SendError::Timeout { after: self.after, status: None })
    }
}

/// Sends `request` on a new connection and leaves it at that.
///
/// # Errors
/// [`SendError`] where not all of it could be sent before the deadline.
pub(super) async fn begin(
    endpoint: &Endpoint,
    request: &[u8],
    deadline: Deadline,
) -> Result<Box<dyn Connection>, SendError> {
    let mut connection = endpoint.connect(deadline).await?;
    let sending = async {
        connection.write_all(request).await?;
        connection.flush().await
    };
    deadline.within(sending).await?.map_err(|_| SendError::Closed { status: None })?;
    Ok(connection)
}

/// Sends `request` on a new connection and reads the answer, which may come before all of it is sent.
///
/// # Errors
/// [`SendError`] where no complete answer came in time.
pub(super) async fn exchange(
    endpoint: &Endpoint,
    request: &[u8],
    limit: Duration,
) -> Result<Reply, SendError> {
    let deadline = Deadline::after(limit);
    let start = Instant::now();
    let connection = endpoint.connect(deadline).await?;
    let (mut reader, mut writer) = split(connection);
    let mut answer = ReplyReader::default();
    let work = async {
        let mut sending = Box::pin(async {
            writer.write_all(request).await?;
            writer.flush().await
        });
        let mut is_sent = false;
        let mut buffer = vec![0u8; 16 * 1024];
        loop {
            tokio::select! {
                // A request that cannot be sent to its end may have been answered all the same.
                _ = &mut sending, if !is_sent => is_sent = true,
                read = reader.read(&mut buffer) => {
                    let read = read.map_err(|_| SendError::Closed { status: answer.status() })?;
                    if answer.take(&buffer[..read], read == 0)? {
                        return Ok(());
                    }
                }
            }
        }
    };
    deadline.within(work).await??;
    Ok(answer.finish(start.elapsed()))
}

fn connector() -> Result<TlsConnector, SendError> {
    let setup = |error: tokio_rustls::rustls::Error| SendError::TlsSetup(error.into());
    let config = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .and_then(ConfigBuilderExt::try_with_platform_verifier)
        .map_err(setup)?
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}

fn server_name(host: &str) -> Result<ServerName<'static>, SendError> {
    ServerName::try_from(host::bare(host).to_owned())
        .map_err(|error| SendError::UnknownHost { host: host.to_owned(), source: error.into() })
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpListener;

    use super::*;

    #[tokio::test]
    async fn an_answer_counts_that_comes_before_all_is_sent() {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("binds");
        let url = format!("http://{}/", listener.local_addr().expect("is bound"));
        let endpoint = Endpoint::of(&url.parse().expect("a URL")).expect("an endpoint");
        // Reads nothing, so that a body larger than all buffers cannot be sent to its end.
        let refusing = async {
            let (mut connection, _) = listener.accept().await.expect("accepts");
            connection.write_all(b"HTTP/1.1 413 X\r\ncontent-length: 0\r\n\r\n").await.expect("answers");
            std::future::pending::<()>().await;
        };
        let request = vec![b'x'; 64 << 20];
        tokio::select! {
            () = refusing => {}
            reply = exchange(&endpoint, &request, Duration::from_secs(10)) => {
                assert_eq!(reply.expect("is answered").status, 413);
            }
        }
    }
}
