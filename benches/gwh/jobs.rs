//! Thousands of jobs at once in `gwh emulator`, each with a URI and metadata of its own, of which every tenth
//! refuses its first attempt: everything has to arrive where it belongs.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use http_body_util::{BodyExt, Empty, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1 as server;
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Builder;
use tokio::task::JoinSet;

use crate::listen::Server;
use crate::report::{heading, line};

const JOBS: usize = 5_000;
/// Every so many-th URI refuses its first attempt.
const FAILING: usize = 10;
/// How many connections submit the jobs.
const CONNECTIONS: usize = 32;
const DEADLINE: Duration = Duration::from_secs(120);

/// What came to the URI of one job.
#[derive(Default, Clone)]
struct Arrived {
    attempts: usize,
    accepted: usize,
    webhook_ids: Vec<String>,
    /// The job that the event names.
    job: String,
    /// The number in its metadata.
    number: Option<u64>,
}

type Arrivals = Arc<Mutex<HashMap<String, Arrived>>>;

pub fn measure() {
    heading(&format!(
        "{JOBS} jobs at once, each with its own URI and metadata, one in {FAILING} failing first"
    ));
    let folder = tempfile::tempdir().expect("a scratch folder");
    // The first delay of 5 seconds is one of half a second.
    let (emulator, address) = Server::emulator(folder.path(), &["--job-delay", "2s", "--time-scale", "10"]);
    let rest = (emulator.memory(), emulator.descriptors());
    let runtime = Builder::new_current_thread().enable_all().build().expect("starts");
    let arrivals = Arrivals::default();
    let (start, submitted, last, most_descriptors, ids) = runtime.block_on(async {
        let receiver = receive(arrivals.clone()).await;
        let start = Instant::now();
        let ids = submit(&address, &receiver).await;
        let submitted = start.elapsed();
        let mut most = 0;
        while arrivals.lock().expect("no receiver panics").values().filter(|it| it.accepted > 0).count()
            < JOBS
        {
            assert!(start.elapsed() < DEADLINE, "not everything was delivered");
            most = most.max(emulator.descriptors());
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        (start, submitted, start.elapsed(), most, ids)
    });
    let arrived = arrivals.lock().expect("no receiver panics").clone();
    let attempts: usize = arrived.values().map(|it| it.attempts).sum();
    for (number, id) in &ids {
        let it = &arrived[&format!("/job/{number}")];
        assert_eq!((&it.job, it.number), (id, Some(*number as u64)), "the event of another job");
        assert!(it.webhook_ids.iter().all(|id| *id == it.webhook_ids[0]), "a retry with another id");
    }
    assert_eq!((arrived.len(), ids.len()), (JOBS, JOBS), "each URI got something, and no other did");
    let again: usize = arrived.values().filter(|it| it.accepted > 1).count();
    line(&format!(
        "{JOBS} submitted over {CONNECTIONS} connections in {:.2} s ({:.0}/s); the last event was accepted after {:.2} s",
        submitted.as_secs_f64(),
        JOBS as f64 / submitted.as_secs_f64(),
        last.as_secs_f64()
    ));
    line(&format!(
        "{attempts} attempts at {JOBS} URIs, {} refused once; each event at its own URI with its own metadata, {again} \
         accepted twice",
        JOBS / FAILING
    ));
    let mib = |kib: u64| kib as f64 / 1024.0;
    line(&format!(
        "memory {:.1} MiB at rest, {:.1} MiB at most; descriptors {} at rest, {most_descriptors} at most; {:.1} s in all",
        mib(rest.0),
        mib(emulator.peak()),
        rest.1,
        start.elapsed().as_secs_f64()
    ));
}

/// Submits all jobs, and answers the id of each.
async fn submit(address: &str, receiver: &str) -> HashMap<usize, String> {
    let mut tasks = JoinSet::new();
    for first in 0..CONNECTIONS {
        let (address, receiver) = (address.to_owned(), receiver.to_owned());
        tasks.spawn(async move {
            let stream = TcpStream::connect(&address).await.expect("connects");
            let (mut sender, connection) =
                hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.expect("speaks HTTP");
            tokio::spawn(connection);
            let mut ids = Vec::new();
            for number in (first..JOBS).step_by(CONNECTIONS) {
                let config = json!({"uris": [format!("{receiver}/job/{number}")], "user_metadata": {"number": number}});
                let body = json!({"model": "m", "input": "x", "background": true, "webhook_config": config});
                let request = Request::post("/v1/interactions")
                    .header("host", &address)
                    .header("x-goog-api-key", "any")
                    .body(Full::new(Bytes::from(body.to_string())))
                    .expect("a request");
                sender.ready().await.expect("stays open");
                let answer = sender.send_request(request).await.expect("is answered");
                assert_eq!(answer.status(), StatusCode::OK);
                let bytes = answer.into_body().collect().await.expect("is whole").to_bytes();
                let answer: Value = serde_json::from_slice(&bytes).expect("JSON");
                ids.push((number, answer["id"].as_str().expect("an id").to_owned()));
            }
            ids
        });
    }
    tasks.join_all().await.into_iter().flatten().collect()
}

/// Starts what receives the events, and answers its URL.
async fn receive(arrivals: Arrivals) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("an address"));
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.expect("accepts");
            let arrivals = arrivals.clone();
            let service = service_fn(move |request| answer(request, arrivals.clone()));
            let mut http = server::Builder::new();
            http.timer(TokioTimer::new());
            tokio::spawn(http.serve_connection(TokioIo::new(stream), service));
        }
    });
    url
}

async fn answer(
    request: Request<Incoming>,
    arrivals: Arrivals,
) -> Result<Response<Empty<Bytes>>, Infallible> {
    let path = request.uri().path().to_owned();
    let id = request.headers()["webhook-id"].to_str().expect("text").to_owned();
    let body = request.into_body().collect().await.expect("is whole").to_bytes();
    let event: Value = serde_json::from_slice(&body).expect("JSON");
    let number: usize = path.rsplit('/').next().and_then(|end| end.parse().ok()).expect("a number");
    let mut arrivals = arrivals.lock().expect("no receiver panics");
    let arrived = arrivals.entry(path).or_default();
    arrived.attempts += 1;
    arrived.webhook_ids.push(id);
    arrived.job = event["data"]["id"].as_str().expect("an id").to_owned();
    arrived.number = event["user_metadata"]["number"].as_u64();
    let mut response = Response::new(Empty::new());
    if number.is_multiple_of(FAILING) && arrived.attempts == 1 {
        *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
    } else {
        arrived.accepted += 1;
    }
    Ok(response)
}
