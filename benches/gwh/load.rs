//! A closed-loop load: so many connections, each sending its next request when the last is answered.

use std::time::{Duration, Instant};

use bytes::Bytes;
use gwh::signature::{Secret, Signer, signature_header};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::runtime::Builder;
use tokio::task::JoinSet;

/// The id of a delivery that is given no other.
pub const ID: &str = "msg_7c9e6679-7425-40de-944b-e07fc1f90ae7";

/// A signed delivery, made now.
#[derive(Clone)]
pub struct Delivery {
    pub secret: Secret,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Delivery {
    /// A delivery with a JSON body of `size` bytes.
    pub fn new(size: usize) -> Self {
        let secret = Secret::from_key(&[7; 32]);
        let start = r#"{"type":"batch.succeeded","version":"v1","timestamp":"2026-01-22T12:00:00Z","data":{"id":"b","pad":""#;
        let mut body = start.to_owned();
        while body.len() + 3 < size {
            body.push('x');
        }
        body.push_str("\"}}");
        let delivery = Delivery { secret, headers: Vec::new(), body: body.into_bytes() };
        delivery.with_id(ID)
    }

    /// The same event under another id, signed now.
    pub fn with_id(self, id: &str) -> Self {
        let signer = Signer::V1(vec![self.secret.clone()]);
        self.signed_by(&signer, id)
    }

    /// The same event under this id, signed now in another way.
    pub fn signed_by(self, signer: &Signer, id: &str) -> Self {
        let now = jiff::Timestamp::now().as_second();
        let signature = signature_header(signer, id, now, &self.body).expect("signs");
        let headers = vec![
            ("webhook-id".to_owned(), id.to_owned()),
            ("webhook-timestamp".to_owned(), now.to_string()),
            ("webhook-signature".to_owned(), signature),
        ];
        Delivery { headers, ..self }
    }

    /// The request that carries it.
    pub fn request(&self, host: &str) -> Bytes {
        let mut head = format!("POST / HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\n");
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str(&format!("content-length: {}\r\n\r\n", self.body.len()));
        let mut request = head.into_bytes();
        request.extend_from_slice(&self.body);
        request.into()
    }
}

/// What a load measured.
pub struct Load {
    pub per_second: f64,
    pub p99_micros: f64,
}

/// Sends `request` to `address` over `connections` connections for `time`; every answer must be 200.
pub fn run(address: &str, request: &Bytes, connections: usize, time: Duration) -> Load {
    let request = request.clone();
    paced(address, move || request.clone(), connections, time, Duration::ZERO)
}

/// The same with what `next` makes, where each connection begins a request at most once in `period`.
pub fn paced<N>(address: &str, next: N, connections: usize, time: Duration, period: Duration) -> Load
where
    N: Fn() -> Bytes + Clone + Send + 'static,
{
    let runtime = Builder::new_current_thread().enable_all().build().expect("starts");
    let (answered, mut latencies) = runtime.block_on(async {
        let mut tasks = JoinSet::new();
        for _ in 0..connections {
            tasks.spawn(one_connection(address.to_owned(), next.clone(), time, period));
        }
        let mut latencies = Vec::new();
        while let Some(done) = tasks.join_next().await {
            latencies.extend(done.expect("a connection works"));
        }
        (latencies.len(), latencies)
    });
    latencies.sort_unstable();
    let p99 = latencies.get(latencies.len() * 99 / 100).copied().unwrap_or_default();
    Load { per_second: answered as f64 / time.as_secs_f64(), p99_micros: f64::from(p99) }
}

async fn one_connection(
    address: String,
    next: impl Fn() -> Bytes,
    time: Duration,
    period: Duration,
) -> Vec<u32> {
    let mut stream = TcpStream::connect(&address).await.expect("connects");
    stream.set_nodelay(true).expect("sets an option");
    let mut latencies = Vec::with_capacity(64 * 1024);
    let mut answer = vec![0u8; 4096];
    let start = Instant::now();
    while start.elapsed() < time {
        let request = next();
        let sent = Instant::now();
        stream.write_all(&request).await.expect("sends");
        let mut have = 0;
        while !is_complete(&answer[..have]) {
            let read = stream.read(&mut answer[have..]).await.expect("receives");
            assert!(
                read > 0,
                "the connection was closed after {:?}",
                String::from_utf8_lossy(&answer[..have])
            );
            have += read;
        }
        assert!(answer.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&answer[..have]));
        latencies.push(u32::try_from(sent.elapsed().as_micros()).unwrap_or(u32::MAX));
        if !period.is_zero() {
            tokio::time::sleep_until((sent + period).into()).await;
        }
    }
    latencies
}

/// Whether an answer with a `content-length` is there completely.
fn is_complete(answer: &[u8]) -> bool {
    let Some(end) = answer.windows(4).position(|window| window == b"\r\n\r\n") else {
        return false;
    };
    let head = str::from_utf8(&answer[..end]).unwrap_or_default();
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
    });
    answer.len() >= end + 4 + length.expect("the server says how long its answer is")
}
