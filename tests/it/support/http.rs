//! An HTTP/1.1 client over a socket or a TLS session, for tests that care about the bytes on the wire.

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;

use super::DEADLINE;

/// A connection to a server under test.
pub struct Client<S = TcpStream> {
    stream: S,
    received: Vec<u8>,
}

/// An answer.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    /// The words beside it.
    pub reason: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Answer {
    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
    }
}

impl Client {
    /// Connects to the host and port of `url`.
    pub fn connect(url: &str) -> Self {
        Client::over(socket(url))
    }

    /// The same, where the server may be gone.
    #[cfg_attr(not(unix), expect(dead_code, reason = "what needs it runs on Unix alone"))]
    pub fn try_connect(url: &str) -> std::io::Result<Self> {
        Ok(Client::over(try_socket(url)?))
    }

    /// The socket itself.
    pub fn socket(&self) -> &TcpStream {
        &self.stream
    }
}

/// A connected socket to the host and port of `url`, whose every wait has a deadline.
pub fn socket(url: &str) -> TcpStream {
    try_socket(url).expect("connects")
}

fn try_socket(url: &str) -> std::io::Result<TcpStream> {
    let authority = url.split_once("://").map_or(url, |(_, rest)| rest);
    let address = authority.split('/').next().expect("has an address");
    let socket = TcpStream::connect(address)?;
    socket.set_read_timeout(Some(DEADLINE)).expect("takes a timeout");
    socket.set_write_timeout(Some(DEADLINE)).expect("takes a timeout");
    socket.set_nodelay(true).expect("takes the option");
    Ok(socket)
}

impl<S: Read + Write> Client<S> {
    /// A client on a connection that is there already.
    pub fn over(stream: S) -> Self {
        Client { stream, received: Vec::new() }
    }

    /// The connection, whatever has been received on it.
    pub fn into_stream(self) -> S {
        self.stream
    }

    /// Sends bytes as they are.
    pub fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.stream.write_all(bytes.as_ref()).expect("sends");
    }

    /// Sends bytes as they are to a server that may have closed already.
    pub fn try_send(&mut self, bytes: impl AsRef<[u8]>) -> bool {
        self.stream.write_all(bytes.as_ref()).is_ok()
    }

    /// Sends a POST with a length.
    pub fn post(&mut self, target: &str, headers: &[(String, String)], body: &[u8]) {
        assert!(self.try_post(target, headers, body), "sends");
    }

    /// The same to a server that may have closed already.
    pub fn try_post(&mut self, target: &str, headers: &[(String, String)], body: &[u8]) -> bool {
        let mut request =
            format!("POST {target} HTTP/1.1\r\nhost: localhost\r\ncontent-length: {}\r\n", body.len());
        for (name, value) in headers {
            request.push_str(&format!("{name}: {value}\r\n"));
        }
        request.push_str("\r\n");
        let mut bytes = request.into_bytes();
        bytes.extend_from_slice(body);
        self.try_send(bytes)
    }

    /// Reads one answer.
    pub fn answer(&mut self) -> Answer {
        loop {
            if let Some(answer) = self.parse() {
                return answer;
            }
            let more = self.read_more().expect("an answer in time");
            assert!(more, "closed instead of answering: {:?}", String::from_utf8_lossy(&self.received));
        }
    }

    /// Reads one answer of a server that may be gone before it comes.
    #[cfg_attr(not(unix), expect(dead_code, reason = "what needs it runs on Unix alone"))]
    pub fn try_answer(&mut self) -> Option<Answer> {
        loop {
            if let Some(answer) = self.parse() {
                return Some(answer);
            }
            if !matches!(self.read_more(), Ok(true)) {
                return None;
            }
        }
    }

    /// Waits until the server closes, and answers what it sent until then.
    pub fn until_closed(&mut self) -> Vec<u8> {
        while let Ok(true) = self.read_more() {}
        std::mem::take(&mut self.received)
    }

    /// Waits until the server closes, and answers whether it said that this is the end.
    pub fn is_closed_cleanly(&mut self) -> bool {
        loop {
            match self.read_more() {
                Ok(true) => {}
                Ok(false) => return true,
                Err(_) => return false,
            }
        }
    }

    fn read_more(&mut self) -> std::io::Result<bool> {
        let mut buffer = [0u8; 8192];
        loop {
            return match self.stream.read(&mut buffer) {
                Ok(read) => {
                    self.received.extend_from_slice(&buffer[..read]);
                    Ok(read > 0)
                }
                Err(error) if error.kind() == ErrorKind::ConnectionReset => Ok(false),
                // A process that was stopped and goes on finds its reads broken off.
                Err(error) if error.kind() == ErrorKind::Interrupted => continue,
                Err(error) => Err(error),
            };
        }
    }

    fn parse(&mut self) -> Option<Answer> {
        let mut fields = [httparse::EMPTY_HEADER; 32];
        let mut response = httparse::Response::new(&mut fields);
        let httparse::Status::Complete(head) = response.parse(&self.received).expect("an HTTP answer") else {
            return None;
        };
        let status = response.code.expect("has a status");
        let reason = response.reason.unwrap_or_default().to_owned();
        let headers: Vec<(String, String)> = response
            .headers
            .iter()
            .map(|field| (field.name.to_owned(), String::from_utf8_lossy(field.value).into_owned()))
            .collect();
        let length = headers.iter().find(|(name, _)| name == "content-length");
        let length: usize = length.map_or(0, |(_, value)| value.parse().expect("a number"));
        let body = self.received.get(head..head + length)?;
        let body = String::from_utf8_lossy(body).into_owned();
        self.received.drain(..head + length);
        Some(Answer { status, reason, headers, body })
    }
}

/// Sends one POST on a connection of its own.
pub fn post(url: &str, target: &str, headers: &[(String, String)], body: &[u8]) -> Answer {
    let mut client = Client::connect(url);
    client.post(target, headers, body);
    client.answer()
}
