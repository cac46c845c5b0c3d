//! One connection from its first byte to its last.

use std::convert::Infallible;
use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper::{Request, StatusCode};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::{Instant, sleep, timeout};

use super::activity::{Activity, InProgress};
use super::arrival::Refusal;
use super::handler::{Answer, Handler};
use super::limits::Limits;
use super::opening::{Opened, open};
use super::receive;
use super::stream::Stream;

/// How often an HTTP/2 client is asked whether it is still there, and how long it may take to say so.
const PING_EVERY: Duration = Duration::from_secs(20);
const PING_TIMEOUT: Duration = Duration::from_secs(10);
/// The most that is read of a body nobody wants.
const MAX_UNREAD: usize = 8 * 1024 * 1024;

/// Serves one connection until either side ends it, a limit is met, or the server stops.
pub(super) async fn serve<H: Handler>(socket: TcpStream, handler: Arc<H>, stopping: watch::Receiver<bool>) {
    // Answers are small; waiting to fill a packet would only delay them.
    let _ = socket.set_nodelay(true);
    let activity = Activity::new();
    let mut opening_stops = stopping.clone();
    let opened = tokio::select! {
        opened = open(socket, handler.tls(), handler.limits(), activity.clone()) => opened,
        () = stopped(&mut opening_stops) => return,
    };
    match opened {
        Opened::Http1(stream) => serve_http1(stream, handler, activity, stopping).await,
        Opened::Http2(stream) => serve_http2(stream, handler, activity, stopping).await,
        Opened::Refused(refusal, stream) => {
            handler.unreadable(refusal);
            if let Some(stream) = stream {
                turn_away(stream, refusal, handler.limits().linger).await;
            }
        }
        Opened::Nothing => {}
    }
}

/// Ends a connection that never became one, so that the client reads why: the answer where there is
/// one, or what the handshake has sent.
async fn turn_away(mut stream: Stream, refusal: Refusal, linger: Duration) {
    let told = async {
        match refusal.status() {
            Some(status) => write_answer(&mut stream, status, refusal).await,
            None => stream.shutdown().await,
        }
    };
    let _ = timeout(linger, told).await;
    let _ = timeout(linger, discard(&mut stream)).await;
}

async fn serve_http1<H: Handler>(
    stream: Stream,
    handler: Arc<H>,
    activity: Arc<Activity>,
    stopping: watch::Receiver<bool>,
) {
    let limits = handler.limits();
    let service = service_fn(|request| answer(handler.clone(), activity.request(), request));
    let mut connection = http1::Builder::new()
        .half_close(true)
        .max_buf_size(limits.max_head)
        .max_headers(limits.max_fields)
        .header_read_timeout(None)
        .serve_connection(TokioIo::new(stream), service);
    let end = drive(
        Pin::new(&mut connection),
        http1::Connection::graceful_shutdown,
        || activity.deadline(limits),
        limits,
        stopping,
    )
    .await;
    let refusal = match &end {
        End::Closed(Err(error)) if error.is_parse_too_large() => Some(Refusal::HeadTooLarge),
        End::Closed(Err(error)) if error.is_parse() => Some(Refusal::MalformedRequest),
        End::Expired if activity.is_within_head() => Some(Refusal::HeadTimeout),
        _ => None,
    };
    let mut stream = connection.into_parts().io.into_inner();
    if let Some(refusal) = refusal {
        handler.unreadable(refusal);
        if refusal == Refusal::HeadTimeout {
            let answered = write_answer(&mut stream, StatusCode::REQUEST_TIMEOUT, refusal);
            let _ = timeout(limits.linger, answered).await;
        }
    }
    let _ = timeout(limits.linger, stream.close()).await;
    if refusal.is_some() || activity.left_unread() {
        let _ = timeout(limits.linger, discard(&mut stream)).await;
    }
}

async fn serve_http2<H: Handler>(
    stream: Stream,
    handler: Arc<H>,
    activity: Arc<Activity>,
    stopping: watch::Receiver<bool>,
) {
    let limits = handler.limits();
    let (all, marks) = (handler.clone(), activity.clone());
    let service = service_fn(move |request| answer(all.clone(), marks.request(), request));
    let max_head = u32::try_from(limits.max_head).unwrap_or(u32::MAX);
    let connection = http2::Builder::new(TokioExecutor::new())
        .timer(TokioTimer::new())
        .max_concurrent_streams(limits.streams)
        .max_header_list_size(max_head)
        .keep_alive_interval(PING_EVERY)
        .keep_alive_timeout(PING_TIMEOUT)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = pin!(connection);
    let end = drive(
        connection.as_mut(),
        http2::Connection::graceful_shutdown,
        || activity.idle_deadline(limits),
        limits,
        stopping,
    )
    .await;
    if matches!(end, End::Expired) {
        connection.as_mut().graceful_shutdown();
        let _ = timeout(limits.linger, connection).await;
    }
}

async fn answer<H: Handler>(
    handler: Arc<H>,
    mark: InProgress,
    request: Request<Incoming>,
) -> Result<Answer, Infallible> {
    Ok(handler.handle(mark, request).await)
}

enum End {
    Closed(hyper::Result<()>),
    Expired,
}

/// Runs a connection until it ends by itself or its deadline passes; once the server stops, it is
/// told to take no more requests.
async fn drive<C>(
    mut connection: Pin<&mut C>,
    graceful: fn(Pin<&mut C>),
    deadline: impl Fn() -> Option<Instant>,
    limits: &Limits,
    mut stopping: watch::Receiver<bool>,
) -> End
where
    C: Future<Output = hyper::Result<()>>,
{
    // The deadline moves with every request. Looking at it at least this often costs less than a
    // timer for each one, and finds every header that is late on time.
    let interval = limits.head.min(limits.idle);
    let mut timer = pin!(sleep(interval));
    let mut is_stopping = false;
    loop {
        tokio::select! {
            biased;
            result = connection.as_mut() => return End::Closed(result),
            () = timer.as_mut() => {
                let now = Instant::now();
                match deadline() {
                    Some(deadline) if deadline <= now => return End::Expired,
                    Some(deadline) => timer.as_mut().reset(deadline.min(now + interval)),
                    None => timer.as_mut().reset(now + interval),
                }
            }
            () = stopped(&mut stopping), if !is_stopping => {
                is_stopping = true;
                graceful(connection.as_mut());
            }
        }
    }
}

async fn stopped(stopping: &mut watch::Receiver<bool>) {
    // A server that is gone has stopped, too.
    let _ = stopping.wait_for(|stopping| *stopping).await;
}

/// The answer to what hyper never sees, with the end of the connection.
async fn write_answer(stream: &mut Stream, status: StatusCode, refusal: Refusal) -> std::io::Result<()> {
    let body = receive::error_body(refusal.code());
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    stream.write_all(&[head.as_bytes(), &body].concat()).await?;
    stream.shutdown().await
}

/// Reads on until the client closes. A socket closed with unread bytes is reset, and the reset may
/// overtake the answer.
async fn discard(stream: &mut Stream) {
    let mut buffer = [0u8; 4096];
    let mut left = MAX_UNREAD;
    while let Ok(read @ 1..) = stream.read(&mut buffer).await {
        left = left.saturating_sub(read);
        if left == 0 {
            return;
        }
    }
}
