//! Forwarding: `deliver::forward` against real servers, and `gwh listen --forward-to` as a whole.

mod answers;
mod lanes;
mod listen;
mod tls;
mod wire;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use gwh::deliver::forward::{Forward, Forwarder, Options, Room, Route};
use gwh::deliver::{Limits, Trust};
use hyper::Uri;

use crate::support::DEADLINE;

/// Options under which nothing is too much and nothing takes too long.
fn options() -> Options {
    Options {
        concurrency: 1,
        room: Room { waiting: 100, bytes: 1 << 20 },
        patience: DEADLINE,
        limits: Limits::within(DEADLINE),
        trust: Trust::System,
        headers: Vec::new(),
    }
}

fn forwarder(routes: &[&str], options: Options) -> Arc<Forwarder> {
    let base: Uri = "http://localhost:1/".parse().expect("a URL");
    let routes: Vec<Route> = routes.iter().map(|text| Route::parse(text).expect("a route")).collect();
    Arc::new(Forwarder::new(&routes, &base, options))
}

/// Forwards a delivery whose body is `body` once it has its places.
fn forward(forwarder: &Arc<Forwarder>, body: &str) -> impl Future<Output = Vec<Forward>> + use<> {
    let forwarder = forwarder.clone();
    let body = Bytes::copy_from_slice(body.as_bytes());
    let admission = forwarder.admit(Some("batch.succeeded"), body.len());
    async move {
        let headers: [(&str, &[u8]); 2] = [("host", b"x"), ("webhook-id", b"msg_1")];
        forwarder.forward(admission, headers.into_iter(), body).await
    }
}

/// Runs a future with a deadline.
fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let result = runtime.block_on(async { tokio::time::timeout(DEADLINE, future).await });
    // A name may still be looked up.
    runtime.shutdown_timeout(Duration::ZERO);
    result.expect("ends in time")
}

/// What the sender would be told, and why.
fn told(forwards: &[Forward]) -> (u16, Option<&'static str>) {
    let forward = gwh::deliver::forward::decisive(forwards).expect("was forwarded");
    (forward.status().as_u16(), forward.code())
}
