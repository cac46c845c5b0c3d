//! A receiver of deliveries that a test scripts byte by byte.
//!
//! It speaks just enough HTTP over a plain socket to record exactly what was sent and to answer in ways
//! that no HTTP library would: not at all, half, or in another language.

use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::time::Instant;

use gwh::signature::{Keys, Policy, Verdict, extract, verify};

use super::DEADLINE;

/// A request as it stood on the wire.
#[derive(Debug, Clone)]
pub struct Received {
    pub method: String,
    pub path: String,
    /// Names and values in their order, as they were written.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Received {
    /// Every value of a header.
    pub fn values(&self, name: &str) -> Vec<&str> {
        let named = self.headers.iter().filter(|(header, _)| header.eq_ignore_ascii_case(name));
        named.map(|(_, value)| value.as_str()).collect()
    }

    /// The one value of a header.
    pub fn header(&self, name: &str) -> &str {
        match self.values(name)[..] {
            [value] => value,
            ref values => panic!("{name} stands {} times: {self:?}", values.len()),
        }
    }

    /// The body as JSON.
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// What the library's verifier says of the delivery at `now`.
    pub fn verdict(&self, keys: &Keys, now: i64) -> Verdict {
        let headers = self.headers.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        match extract(headers, &self.body) {
            Ok(delivery) => verify(&delivery, keys, &Policy::at(now)),
            Err(rejection) => Verdict::refused(rejection),
        }
    }
}

/// What a receiver does with a request.
pub enum Reply {
    /// Answers and keeps the connection.
    Status(u16),
    /// Writes these bytes and keeps the connection.
    Raw(Vec<u8>),
    /// Writes these bytes and closes the connection.
    RawAndClose(Vec<u8>),
    /// Writes these bytes over and over until the other side has had enough.
    Endless(Vec<u8>, Vec<u8>),
    /// Says nothing until the other side gives up.
    Silence,
}

impl Reply {
    /// A complete answer with a body and more header lines (`name: value\r\n`).
    pub fn with_body(status: u16, more: &str, body: &str) -> Self {
        let length = body.len();
        Reply::Raw(format!("HTTP/1.1 {status} X\r\n{more}content-length: {length}\r\n\r\n{body}").into())
    }
}

type Script = dyn Fn(usize, &Received) -> Reply + Send + Sync;

struct Shared {
    script: Box<Script>,
    received: Mutex<Vec<Received>>,
    arrived: Condvar,
    connections: AtomicUsize,
    stopping: AtomicBool,
}

/// A server on a port of its own. Panics at the end of a test that never called it.
pub struct Receiver {
    address: SocketAddr,
    shared: Arc<Shared>,
    may_be_idle: bool,
}

impl Receiver {
    /// A receiver that answers every request with `status`.
    pub fn answering(status: u16) -> Self {
        Self::scripted(move |_, _| Reply::Status(status))
    }

    /// A receiver that asks `script` what to do with each request, which it counts from 0.
    pub fn scripted(script: impl Fn(usize, &Received) -> Reply + Send + Sync + 'static) -> Self {
        Self::on("127.0.0.1:0", script)
    }

    /// As [`Receiver::scripted`], on an address of the test's choice.
    pub fn on(address: &str, script: impl Fn(usize, &Received) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(address).expect("binds a free port");
        let address = listener.local_addr().expect("is bound");
        let shared = Arc::new(Shared {
            script: Box::new(script),
            received: Mutex::new(Vec::new()),
            arrived: Condvar::new(),
            connections: AtomicUsize::new(0),
            stopping: AtomicBool::new(false),
        });
        let accepting = shared.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if accepting.stopping.load(Ordering::SeqCst) {
                    return;
                }
                accepting.connections.fetch_add(1, Ordering::SeqCst);
                let shared = accepting.clone();
                // A broken connection is what some tests are about.
                std::thread::spawn(move || drop(shared.serve(stream)));
            }
        });
        Receiver { address, shared, may_be_idle: false }
    }

    /// For a test in which nothing must arrive.
    pub fn idle(mut self) -> Self {
        self.may_be_idle = true;
        self
    }

    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// The URL of a path.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// What has arrived so far.
    pub fn received(&self) -> Vec<Received> {
        self.shared.received.lock().expect("no connection panics").clone()
    }

    /// The one request that has arrived.
    pub fn only(&self) -> Received {
        let received = self.received();
        assert_eq!(received.len(), 1, "{received:?}");
        received[0].clone()
    }

    /// How many connections were made.
    pub fn connections(&self) -> usize {
        self.shared.connections.load(Ordering::SeqCst)
    }

    /// Waits until so many requests have arrived.
    pub fn wait_for(&self, count: usize) {
        let start = Instant::now();
        let mut received = self.shared.received.lock().expect("no connection panics");
        while received.len() < count {
            let left = DEADLINE.checked_sub(start.elapsed());
            let left = left.unwrap_or_else(|| panic!("{} of {count} requests came", received.len()));
            received = self.shared.arrived.wait_timeout(received, left).expect("no connection panics").0;
        }
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.shared.stopping.store(true, Ordering::SeqCst);
        // Wakes the accepting thread up.
        drop(TcpStream::connect(self.address));
        let was_called = !self.received().is_empty();
        if !std::thread::panicking() && !self.may_be_idle {
            assert!(was_called, "the receiver was never called");
        }
    }
}

impl Shared {
    fn serve(&self, mut stream: TcpStream) -> io::Result<()> {
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(DEADLINE))?;
        stream.set_write_timeout(Some(DEADLINE))?;
        let mut buffer = Vec::new();
        while let Some(request) = read_request(&mut stream, &mut buffer)? {
            let index = {
                let mut received = self.received.lock().expect("no connection panics");
                received.push(request.clone());
                self.arrived.notify_all();
                received.len() - 1
            };
            match (self.script)(index, &request) {
                Reply::Status(status) => {
                    let text = format!("HTTP/1.1 {status} X\r\ncontent-length: 2\r\n\r\nok");
                    stream.write_all(text.as_bytes())?;
                }
                Reply::Raw(bytes) => stream.write_all(&bytes)?,
                Reply::RawAndClose(bytes) => return stream.write_all(&bytes),
                Reply::Endless(start, more) => {
                    stream.write_all(&start)?;
                    loop {
                        stream.write_all(&more)?;
                    }
                }
                Reply::Silence => {
                    stream.read_to_end(&mut Vec::new())?;
                    return Ok(());
                }
            }
        }
        Ok(())
    }
}

/// The next request of a connection, or none at its end.
fn read_request(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> io::Result<Option<Received>> {
    let end = loop {
        if let Some(at) = buffer.windows(4).position(|window| window == b"\r\n\r\n") {
            break at + 4;
        }
        if read_more(stream, buffer)? == 0 {
            return if buffer.is_empty() { Ok(None) } else { Err(ErrorKind::UnexpectedEof.into()) };
        }
    };
    let head: Vec<u8> = buffer.drain(..end).collect();
    let head = String::from_utf8(head).map_err(|_| ErrorKind::InvalidData)?;
    let mut lines = head.trim_end().split("\r\n");
    let mut request_line = lines.next().unwrap_or_default().split(' ').map(str::to_owned);
    let (method, path) = (request_line.next().unwrap_or_default(), request_line.next().unwrap_or_default());
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect();
    if headers
        .iter()
        .any(|(name, value)| name.eq_ignore_ascii_case("transfer-encoding") && value == "chunked")
    {
        let body = read_chunks(stream, buffer)?;
        return Ok(Some(Received { method, path, headers, body }));
    }
    let length = headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    let length: usize = length.and_then(|(_, value)| value.parse().ok()).unwrap_or(0);
    while buffer.len() < length {
        if read_more(stream, buffer)? == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
    }
    let body = buffer.drain(..length).collect();
    Ok(Some(Received { method, path, headers, body }))
}

/// A body in chunks, up to the last one.
fn read_chunks(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        match httparse::parse_chunk_size(buffer).map_err(|_| ErrorKind::InvalidData)? {
            httparse::Status::Complete((start, size)) if buffer.len() >= start + size as usize + 2 => {
                let end = start + size as usize;
                body.extend_from_slice(&buffer[start..end]);
                buffer.drain(..end + 2);
                if size == 0 {
                    return Ok(body);
                }
            }
            _ if read_more(stream, buffer)? == 0 => return Err(ErrorKind::UnexpectedEof.into()),
            _ => {}
        }
    }
}

fn read_more(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> io::Result<usize> {
    let mut chunk = [0u8; 16 * 1024];
    let count = stream.read(&mut chunk)?;
    buffer.extend_from_slice(&chunk[..count]);
    Ok(count)
}
