//! How a connection opens: the TLS handshake where the port speaks TLS, and the first bytes of HTTP.

use std::sync::Arc;

use tokio::net::TcpStream;
use tokio::time::{Instant, timeout_at};

use super::activity::Activity;
use super::arrival::Refusal;
use super::limits::Limits;
use super::stream::{HANDSHAKE, Protocol, Stream, Transport, sniff};
use super::tls::{Tls, failed};

/// What came of it.
pub(super) enum Opened {
    /// An HTTP/1 request begins, or nonsense, which is answered as HTTP/1.
    Http1(Stream),
    /// HTTP/2 begins.
    Http2(Stream),
    /// It came to nothing; with the connection, where the client can still be told.
    Refused(Refusal, Option<Stream>),
    /// The client left, or said nothing in time.
    Nothing,
}

/// Opens a connection. All of it has as long as a header may take.
pub(super) async fn open(
    socket: TcpStream,
    tls: Option<&Tls>,
    limits: &Limits,
    activity: Arc<Activity>,
) -> Opened {
    let end = Instant::now() + limits.head;
    let (transport, agreed) = match tls {
        None => (Transport::Plain(socket), None),
        Some(tls) => match secure(socket, tls, end, &activity).await {
            Ok(secured) => secured,
            Err(opened) => return opened,
        },
    };
    let Ok(Ok((seen, stream))) = timeout_at(end, sniff(transport, activity)).await else {
        return Opened::Nothing;
    };
    match (seen, agreed) {
        (Protocol::Nothing, _) => Opened::Nothing,
        // What was agreed upon counts, whatever was sent: hyper says what is wrong with it.
        (_, Some(Protocol::Http2)) | (Protocol::Http2, None) => Opened::Http2(stream),
        (Protocol::Tls, None) if tls.is_none() => Opened::Refused(Refusal::Tls, None),
        _ => Opened::Http1(stream),
    }
}

/// Speaks TLS with a client that does, and answers which protocol was agreed upon, if any.
async fn secure(
    socket: TcpStream,
    tls: &Tls,
    end: Instant,
    activity: &Arc<Activity>,
) -> Result<(Transport, Option<Protocol>), Opened> {
    let refused = |refusal, socket| {
        let stream = Stream::untouched(Transport::Plain(socket), activity.clone());
        Opened::Refused(refusal, Some(stream))
    };
    match timeout_at(end, first_byte(&socket)).await {
        Ok(Some(HANDSHAKE)) => {}
        // No TLS record begins with a letter, and every HTTP request does.
        Ok(Some(letter)) if letter.is_ascii_alphabetic() => {
            return Err(refused(Refusal::PlainHttp, socket));
        }
        Ok(Some(_)) => return Err(refused(Refusal::HandshakeFailed, socket)),
        Ok(None) | Err(_) => return Err(Opened::Nothing),
    }
    let Ok(shaken) = timeout_at(end, tls.accept(socket)).await else {
        return Err(Opened::Refused(Refusal::HandshakeTimeout, None));
    };
    let stream = shaken.map_err(|(error, socket)| refused(failed(&error), socket))?;
    let agreed = match stream.get_ref().1.alpn_protocol() {
        Some(b"h2") => Some(Protocol::Http2),
        Some(_) => Some(Protocol::Http1),
        None => None,
    };
    Ok((Transport::Tls(Box::new(stream)), agreed))
}

/// The first byte, left where it is; none where the client has gone.
async fn first_byte(socket: &TcpStream) -> Option<u8> {
    let mut first = [0u8; 1];
    match socket.peek(&mut first).await {
        Ok(1..) => Some(first[0]),
        Ok(0) | Err(_) => None,
    }
}
