//! A small API server on loopback that answers what a test scripts and keeps what it was asked.

use std::collections::VecDeque;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use serde_json::{Value, json};

use super::{DEADLINE, Sandbox};

/// The API key that sandboxes with an API use; no output may hold it.
pub const API_KEY: &str = "AIzaSyPlantedKeyThatNobodyMaySee0123456";

/// A request as it arrived.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    pub method: String,
    pub path: String,
    pub query: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Request {
    /// The value of a header, by its lower-case name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Method and target, as in a request line.
    pub fn line(&self) -> String {
        let query = if self.query.is_empty() { String::new() } else { format!("?{}", self.query) };
        format!("{} {}{query}", self.method, self.path)
    }

    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {:?}", self.body))
    }
}

/// What the server does with a request.
pub struct Reply {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
    fault: Fault,
    before: Option<Box<dyn FnOnce() + Send>>,
}

enum Fault {
    None,
    /// The connection ends without a byte.
    Close,
    /// The connection ends after this part of the body.
    CutAfter(usize),
    /// No answer comes until the server is dropped.
    Hang,
}

/// The answer of a call that succeeded.
pub fn ok(body: Value) -> Reply {
    Reply::json(200, body)
}

impl Reply {
    /// A JSON answer.
    pub fn json(status: u16, body: Value) -> Self {
        Reply::text(status, "application/json; charset=UTF-8", &body.to_string())
    }

    /// An answer of any type.
    pub fn text(status: u16, content_type: &str, body: &str) -> Self {
        let headers = vec![("content-type".to_owned(), content_type.to_owned())];
        Reply { status, headers, body: body.to_owned(), fault: Fault::None, before: None }
    }

    /// What the API says of an id that it does not know.
    pub fn not_found() -> Self {
        Reply::status_error(404, "Requested entity was not found.", "NOT_FOUND")
    }

    /// What the API says while it is down, and after how many seconds to try again.
    pub fn unavailable(retry_after: u32) -> Self {
        Reply::status_error(503, "Try later.", "UNAVAILABLE").header("retry-after", &retry_after.to_string())
    }

    /// An error in the shape of google.rpc.Status.
    fn status_error(code: u16, message: &str, status: &str) -> Self {
        Reply::json(code, json!({"error": {"code": code, "message": message, "status": status}}))
    }

    /// The connection is closed without an answer.
    pub fn close() -> Self {
        Reply { fault: Fault::Close, ..Reply::text(200, "text/plain", "") }
    }

    /// No answer comes.
    pub fn hang() -> Self {
        Reply { fault: Fault::Hang, ..Reply::text(200, "text/plain", "") }
    }

    /// The connection is closed after the first `bytes` of the body.
    pub fn cut_after(mut self, bytes: usize) -> Self {
        self.fault = Fault::CutAfter(bytes);
        self
    }

    /// A limit for the caller, as a duration: short only where no answer comes, so that a busy machine changes nothing.
    pub fn patience(&self) -> &'static str {
        if matches!(self.fault, Fault::Hang) { "2s" } else { "30s" }
    }

    /// Adds a header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Does something once the request has arrived and before the answer is sent.
    pub fn after(mut self, work: impl FnOnce() + Send + 'static) -> Self {
        self.before = Some(Box::new(work));
        self
    }
}

/// A scripted API on a free port of this machine.
pub struct ScriptedApi {
    address: SocketAddr,
    requests: Arc<Mutex<Vec<Request>>>,
    stop: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl ScriptedApi {
    /// Answers one reply after another, and 599 to whatever comes after the last.
    pub fn script(replies: impl IntoIterator<Item = Reply>) -> Self {
        let mut replies: VecDeque<Reply> = replies.into_iter().collect();
        ScriptedApi::answering(move |_| {
            let unscripted = || Reply::text(599, "text/plain", "the test did not expect this request");
            replies.pop_front().unwrap_or_else(unscripted)
        })
    }

    /// Answers what `answer` makes of each request.
    pub fn answering(answer: impl FnMut(&Request) -> Reply + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address");
        let (requests, stop) = (Arc::<Mutex<Vec<Request>>>::default(), Arc::<AtomicBool>::default());
        let (seen, stopped) = (requests.clone(), stop.clone());
        let thread = std::thread::spawn(move || serve(&listener, answer, &seen, &stopped));
        ScriptedApi { address, requests, stop, thread: Some(thread) }
    }

    /// The base URL.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// A sandbox that has a key for this API and keeps secrets in files.
    pub fn sandbox(&self) -> Sandbox {
        Sandbox::new().with_api(&self.url())
    }

    /// What was asked so far.
    pub fn requests(&self) -> Vec<Request> {
        self.requests.lock().expect("no panic while recording").clone()
    }

    /// The request lines so far.
    pub fn lines(&self) -> Vec<String> {
        self.requests().iter().map(Request::line).collect()
    }
}

impl Drop for ScriptedApi {
    fn drop(&mut self) {
        self.stop.store(true, Ordering::Relaxed);
        // Wakes the accept loop up.
        let _ = TcpStream::connect(self.address);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn serve(
    listener: &TcpListener,
    mut answer: impl FnMut(&Request) -> Reply,
    requests: &Mutex<Vec<Request>>,
    stop: &AtomicBool,
) {
    // Connections that must stay open without an answer.
    let mut hanging = Vec::new();
    for connection in listener.incoming() {
        if stop.load(Ordering::Relaxed) {
            return;
        }
        let Ok(mut connection) = connection else { continue };
        connection.set_read_timeout(Some(DEADLINE)).expect("a deadline");
        let Some(request) = read_request(&mut connection) else { continue };
        requests.lock().expect("no panic while recording").push(request.clone());
        let mut reply = answer(&request);
        if let Some(work) = reply.before.take() {
            work();
        }
        match reply.fault {
            Fault::Close => {}
            Fault::Hang => hanging.push(connection),
            Fault::None => write_reply(&mut connection, &reply, reply.body.len()),
            Fault::CutAfter(bytes) => write_reply(&mut connection, &reply, bytes),
        }
    }
}

fn write_reply(connection: &mut TcpStream, reply: &Reply, bytes: usize) {
    let mut head = format!(
        "HTTP/1.1 {} X\r\nconnection: close\r\ncontent-length: {}\r\n",
        reply.status,
        reply.body.len()
    );
    for (name, value) in &reply.headers {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str("\r\n");
    // A client that went away is the client's business: the test looks at what it says.
    let _ = connection.write_all(head.as_bytes());
    let _ = connection.write_all(&reply.body.as_bytes()[..bytes]);
}

fn read_request(connection: &mut TcpStream) -> Option<Request> {
    let mut bytes = Vec::new();
    let mut buffer = [0u8; 4096];
    let end = loop {
        if let Some(end) = bytes.windows(4).position(|window| window == b"\r\n\r\n") {
            break end;
        }
        match connection.read(&mut buffer) {
            Ok(0) | Err(_) => return None,
            Ok(count) => bytes.extend_from_slice(&buffer[..count]),
        }
    };
    let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
    let mut lines = head.lines();
    let mut words = lines.next()?.split(' ');
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.trim().to_owned()))
        .collect();
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let length = length.map_or(0, |(_, value)| value.parse().expect("a length"));
    let mut body = bytes[end + 4..].to_vec();
    while body.len() < length {
        match connection.read(&mut buffer) {
            Ok(0) | Err(_) => return None,
            Ok(count) => body.extend_from_slice(&buffer[..count]),
        }
    }
    let (path, query) = target.split_once('?').unwrap_or((&target, ""));
    let body = String::from_utf8(body).expect("a body of text");
    Some(Request { method, path: path.to_owned(), query: query.to_owned(), headers, body })
}
