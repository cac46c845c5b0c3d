//! Asking a listener how many deliveries each of its keys has verified.

use std::error::Error;
use std::io;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Empty, Limited};
use hyper::header::HeaderValue;
use hyper::{Request, Uri};
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use tokio::time::timeout;

use super::Listener;
use crate::certificates::trusting;
use crate::server::{HEALTH, Health, TOKEN_HEADER};

/// A listener on this machine answers in less than a millisecond, unless it is stopped.
const PATIENCE: Duration = Duration::from_secs(2);
/// More than any listener's answer has.
const MAX_ANSWER: usize = 1024 * 1024;

/// Why a listener's counts are not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Silence {
    /// Nobody listens at its port.
    Gone,
    /// Somebody does who is not it, or it does not answer in time.
    Unknown,
}

/// Asks listeners, over connections that it keeps. Needs a tokio runtime.
pub struct Inquirer {
    http: Client<HttpsConnector<HttpConnector>, Empty<Bytes>>,
}

impl Inquirer {
    /// One for `listeners`, whose certificates are the only ones that it trusts; without connections yet.
    pub fn of(listeners: &[Listener]) -> Self {
        let certificates = listeners.iter().filter_map(|listener| listener.certificate.clone());
        let connector = HttpsConnectorBuilder::new()
            .with_tls_config(trusting(certificates.collect()))
            .https_or_http()
            .enable_http1()
            .build();
        Inquirer { http: Client::builder(TokioExecutor::new()).build(connector) }
    }

    /// What a listener says of itself, counts included.
    ///
    /// # Errors
    /// [`Silence`] where it does not say.
    pub async fn ask(&self, listener: &Listener) -> Result<Health, Silence> {
        let answer = timeout(PATIENCE, self.fetch(listener)).await.map_err(|_| Silence::Unknown)??;
        let health: Health = serde_json::from_slice(&answer).map_err(|_| Silence::Unknown)?;
        if health.verified.is_some() { Ok(health) } else { Err(Silence::Unknown) }
    }

    async fn fetch(&self, listener: &Listener) -> Result<Bytes, Silence> {
        let url: Uri = listener.url.parse().map_err(|_| Silence::Unknown)?;
        let mut parts = url.into_parts();
        parts.path_and_query = Some(HEALTH.parse().expect("is a path"));
        let url = Uri::from_parts(parts).map_err(|_| Silence::Unknown)?;
        let mut token = HeaderValue::from_str(listener.token.expose()).map_err(|_| Silence::Unknown)?;
        token.set_sensitive(true);
        let request = Request::get(url).header(TOKEN_HEADER, token).body(Empty::new());
        let request = request.map_err(|_| Silence::Unknown)?;
        let answer = self.http.request(request).await.map_err(|error| silence(&error))?;
        let body = Limited::new(answer.into_body(), MAX_ANSWER).collect().await;
        Ok(body.map_err(|_| Silence::Unknown)?.to_bytes())
    }
}

/// Only a refused connection proves that nobody is there.
fn silence(error: &(dyn Error + 'static)) -> Silence {
    let mut cause = Some(error);
    while let Some(error) = cause {
        let is_refusal = |error: &io::Error| error.kind() == io::ErrorKind::ConnectionRefused;
        if error.downcast_ref().is_some_and(is_refusal) {
            return Silence::Gone;
        }
        cause = error.source();
    }
    Silence::Unknown
}
