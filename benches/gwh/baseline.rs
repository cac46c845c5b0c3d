//! The server to compare with: hyper that reads the body and answers 200, and nothing else.

use std::convert::Infallible;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;

/// The argument that makes this binary serve.
pub const ARGUMENT: &str = "--baseline-server";

#[allow(clippy::print_stdout, reason = "the parent reads the address from stdout")]
pub fn serve() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("starts");
    runtime.block_on(async {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("binds");
        println!("{}", listener.local_addr().expect("is bound"));
        loop {
            let (stream, _) = listener.accept().await.expect("accepts");
            let _ = stream.set_nodelay(true);
            tokio::spawn(async move {
                // A client that goes away ends its connection; the next run opens new ones.
                let _ = hyper::server::conn::http1::Builder::new()
                    .serve_connection(TokioIo::new(stream), service_fn(answer))
                    .await;
            });
        }
    });
}

async fn answer(request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    // What a body is worth does not matter here, only that it was read.
    let _ = request.into_body().collect().await;
    Ok(Response::new(Full::new(Bytes::from_static(b"{\"status\":\"verified\"}"))))
}
