//! A connection's bytes, with its first ones looked at to tell the protocol.
//!
//! hyper-util's own detection waits for the first bytes without an end.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::server::TlsStream;

use super::activity::Activity;

/// What every HTTP/2 connection begins with.
const PREFACE: &[u8; 24] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";
/// The first byte of a TLS handshake.
pub(super) const HANDSHAKE: u8 = 0x16;

/// What the first bytes say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Protocol {
    /// HTTP/1, or nonsense, which is answered as HTTP/1.
    Http1,
    /// HTTP/2 with prior knowledge.
    Http2,
    /// TLS, where HTTP was to come.
    Tls,
    /// The client left before saying anything.
    Nothing,
}

/// What carries a connection's bytes.
pub(super) enum Transport {
    /// The socket itself.
    Plain(TcpStream),
    /// TLS over it, once the handshake is done. Boxed: it is many times as large as a socket.
    Tls(Box<TlsStream<TcpStream>>),
}

/// A connection that gives the bytes already looked at first.
pub(super) struct Stream {
    transport: Transport,
    first: [u8; PREFACE.len()],
    given: usize,
    looked_at: usize,
    activity: Arc<Activity>,
}

/// Reads until the protocol is certain: as a rule one read, at most the preface's 24 bytes.
pub(super) async fn sniff(
    mut transport: Transport,
    activity: Arc<Activity>,
) -> io::Result<(Protocol, Stream)> {
    let mut first = [0u8; PREFACE.len()];
    let mut looked_at = 0;
    let protocol = loop {
        let read = transport.read(&mut first[looked_at..]).await?;
        looked_at += read;
        let bytes = &first[..looked_at];
        match bytes {
            [] => break Protocol::Nothing,
            [HANDSHAKE, ..] => break Protocol::Tls,
            _ if bytes == PREFACE => break Protocol::Http2,
            _ if read == 0 || !PREFACE.starts_with(bytes) => break Protocol::Http1,
            _ => {}
        }
    };
    activity.bytes_came();
    Ok((protocol, Stream { transport, first, given: 0, looked_at, activity }))
}

impl Stream {
    /// A connection of which nothing was looked at.
    pub(super) fn untouched(transport: Transport, activity: Arc<Activity>) -> Self {
        Stream { transport, first: [0; PREFACE.len()], given: 0, looked_at: 0, activity }
    }

    /// Tells a TLS client that this is the end, so that it knows that nothing was cut off. The end of a
    /// plain connection says so itself.
    pub(super) async fn close(&mut self) -> io::Result<()> {
        match &mut self.transport {
            Transport::Plain(_) => Ok(()),
            Transport::Tls(stream) => stream.shutdown().await,
        }
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if this.given < this.looked_at {
            let rest = &this.first[this.given..this.looked_at];
            let taken = rest.len().min(buffer.remaining());
            buffer.put_slice(&rest[..taken]);
            this.given += taken;
            return Poll::Ready(Ok(()));
        }
        let before = buffer.filled().len();
        let read = Pin::new(&mut this.transport).poll_read(cx, buffer);
        if buffer.filled().len() > before {
            this.activity.bytes_came();
        }
        read
    }
}

impl AsyncWrite for Stream {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.transport).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.transport).poll_write_vectored(cx, parts)
    }

    fn is_write_vectored(&self) -> bool {
        self.transport.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.transport).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.transport).poll_shutdown(cx)
    }
}

impl AsyncRead for Transport {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match &mut *self {
            Transport::Plain(socket) => Pin::new(socket).poll_read(cx, buffer),
            Transport::Tls(stream) => Pin::new(stream).poll_read(cx, buffer),
        }
    }
}

impl AsyncWrite for Transport {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        match &mut *self {
            Transport::Plain(socket) => Pin::new(socket).poll_write(cx, bytes),
            Transport::Tls(stream) => Pin::new(stream).poll_write(cx, bytes),
        }
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        match &mut *self {
            Transport::Plain(socket) => Pin::new(socket).poll_write_vectored(cx, parts),
            Transport::Tls(stream) => Pin::new(stream).poll_write_vectored(cx, parts),
        }
    }

    fn is_write_vectored(&self) -> bool {
        match self {
            Transport::Plain(socket) => socket.is_write_vectored(),
            Transport::Tls(stream) => stream.is_write_vectored(),
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut *self {
            Transport::Plain(socket) => Pin::new(socket).poll_flush(cx),
            Transport::Tls(stream) => Pin::new(stream).poll_flush(cx),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut *self {
            Transport::Plain(socket) => Pin::new(socket).poll_shutdown(cx),
            Transport::Tls(stream) => Pin::new(stream).poll_shutdown(cx),
        }
    }
}
