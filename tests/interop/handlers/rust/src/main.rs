//! A handler with axum. The argument says what verifies: `static` or `dynamic`.

mod verify_dynamic;
mod verify_static;
mod your_work;

// shown: app
use std::collections::HashSet;
use std::env;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

type Delivery = (String, Value);

/// `Bytes` is the body as it came: `Json` would parse it, and only bytes can be verified.
async fn webhook(
    State(work): State<UnboundedSender<Delivery>>,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    // Whoever sends a header twice wants two readers to see two deliveries.
    let repeated = headers.keys().any(|name| headers.get_all(name).iter().count() > 1);
    if repeated || !is_authentic(&headers, &body).await {
        return StatusCode::UNAUTHORIZED;
    }
    let Ok(event) = serde_json::from_slice(&body) else {
        return StatusCode::BAD_REQUEST;
    };
    let id = headers["webhook-id"].to_str().unwrap_or_default().to_owned();
    match work.send((id, event)) {
        Ok(()) => StatusCode::NO_CONTENT, // at once; the work is done afterwards
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

async fn worker(mut deliveries: UnboundedReceiver<Delivery>) {
    let mut seen = HashSet::new(); // in production: a unique column in your database
    while let Some((id, event)) = deliveries.recv().await {
        // Deliveries come more than once, with the same id.
        if seen.insert(id.clone()) {
            your_work::do_work(&id, &event);
        }
    }
}

async fn is_authentic(headers: &HeaderMap, body: &[u8]) -> bool {
    let scheme = env::args().nth(1);
    match scheme.as_deref() {
        Some("dynamic") => verify_dynamic::verify(headers, body).await,
        _ => verify_static::verify(headers, body),
    }
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let (work, deliveries) = unbounded_channel();
    tokio::spawn(worker(deliveries));
    let app = Router::new()
        .route("/webhook", post(webhook))
        .layer(DefaultBodyLimit::max(1024 * 1024)) // deliveries are small; axum answers 413 to more
        .with_state(work);
    let port = env::var("PORT").unwrap_or_else(|_| "3000".to_owned());
    axum::serve(TcpListener::bind(format!("127.0.0.1:{port}")).await?, app).await
}
// end
