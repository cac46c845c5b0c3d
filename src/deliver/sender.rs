//! The HTTP client: posts bytes as they are and says what came of it.
//!
//! Redirects are never followed, no wait is without an end, and of an answer only so much is read as
//! keeping the connection is worth. TLS is set up on the first `https` URL: it takes milliseconds,
//! which plain HTTP to a local handler should not pay.

use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::body::Incoming;
use hyper::header::{HeaderMap, LOCATION, RETRY_AFTER};
use hyper::http::uri::Scheme;
use hyper::{Method, Request, Response, Uri};
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::{self, Client, connect::HttpConnector};
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tokio::sync::OnceCell;
use tokio::time::{Instant, timeout_at};

use super::answer::{Answer, KEPT};
use super::error::SendError;
use super::resolve::Resolver;
use super::trust::Trust;

/// How much of an answer is read, so that its connection can be used again; the rest is not worth waiting for.
const READ: usize = 64 * 1024;
/// Connections that are idle longer are not used again: common servers close them after two to five
/// seconds, and a delivery that is sent at that very moment would be lost.
const IDLE: Duration = Duration::from_millis(1_500);

type Http = HttpConnector<Resolver>;

/// How long a delivery may take.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Until there is a connection; of all addresses together.
    pub connect: Duration,
    /// Until the answer is complete, connecting included.
    pub total: Duration,
}

impl Limits {
    /// Limits with this total, and at most ten seconds of it for connecting.
    pub fn within(total: Duration) -> Self {
        Limits { connect: total.min(Duration::from_secs(10)), total }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Limits::within(Duration::from_secs(30))
    }
}

/// What becomes of a connection after its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reuse {
    Kept,
    Closed,
}

/// Posts deliveries over connections that it keeps. Needs a tokio runtime.
pub struct Sender {
    limits: Limits,
    trust: Trust,
    reuse: Reuse,
    http: Client<Http, Full<Bytes>>,
    https: OnceCell<Client<HttpsConnector<Http>, Full<Bytes>>>,
}

impl Sender {
    /// A sender without connections yet, which trusts whom this machine trusts.
    pub fn new(limits: Limits) -> Self {
        Sender::with(limits, Trust::System, Reuse::Kept)
    }

    /// The same for other certificates.
    pub fn trusting(limits: Limits, trust: Trust) -> Self {
        Sender::with(limits, trust, Reuse::Kept)
    }

    /// A sender that closes each connection after its answer, for hosts that are each sent to once.
    pub fn without_reuse(limits: Limits) -> Self {
        Sender::with(limits, Trust::System, Reuse::Closed)
    }

    fn with(limits: Limits, trust: Trust, reuse: Reuse) -> Self {
        Sender { limits, trust, reuse, http: client(connector(limits), reuse), https: OnceCell::new() }
    }

    /// Posts `body` to `url` and reads the answer.
    ///
    /// The headers are sent in their order, repeats included; `host` and `content-length` are added where
    /// they are not among them.
    ///
    /// # Errors
    /// [`SendError`] where no complete answer came.
    pub async fn post(&self, url: &Uri, headers: HeaderMap, body: Bytes) -> Result<Answer, SendError> {
        let start = Instant::now();
        let end = start + self.limits.total;
        let mut request = Request::new(Full::new(body));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = url.clone();
        *request.headers_mut() = headers;

        let late = |status| SendError::Timeout { after: self.limits.total, status };
        let response = timeout_at(end, self.request(request)).await.map_err(|_| late(None))??;
        let status = response.status();
        let location =
            response.headers().get(LOCATION).map(|url| String::from_utf8_lossy(url.as_bytes()).into());
        let seconds = response.headers().get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.parse().ok());
        let retry_after = seconds.map(Duration::from_secs);
        let (body, truncated) = timeout_at(end, read(response))
            .await
            .map_err(|_| late(Some(status)))?
            .map_err(|error| SendError::from_answer(&error, Some(status)))?;
        Ok(Answer { status, latency: start.elapsed(), location, retry_after, body, truncated })
    }

    async fn request(&self, request: Request<Full<Bytes>>) -> Result<Response<Incoming>, SendError> {
        let url = request.uri().clone();
        let result = if url.scheme() == Some(&Scheme::HTTPS) {
            self.https
                .get_or_try_init(|| async { secure(self.limits, &self.trust, self.reuse) })
                .await?
                .request(request)
                .await
        } else {
            self.http.request(request).await
        };
        result.map_err(|error| SendError::from_client(error, &url))
    }
}

fn connector(limits: Limits) -> Http {
    let mut connector = HttpConnector::new_with_resolver(Resolver::new());
    connector.set_nodelay(true);
    connector.set_connect_timeout(Some(limits.connect));
    connector
}

fn client<C>(connector: C, reuse: Reuse) -> Client<C, Full<Bytes>>
where
    C: legacy::connect::Connect + Clone,
{
    let mut builder = Client::builder(TokioExecutor::new());
    builder.pool_timer(TokioTimer::new()).pool_idle_timeout(IDLE);
    if reuse == Reuse::Closed {
        builder.pool_max_idle_per_host(0);
    }
    builder.build(connector)
}

fn secure(
    limits: Limits,
    trust: &Trust,
    reuse: Reuse,
) -> Result<Client<HttpsConnector<Http>, Full<Bytes>>, SendError> {
    let mut connector = connector(limits);
    connector.enforce_http(false);
    let secure = trust.over(connector).map_err(|error| SendError::TlsSetup(error.into()))?;
    Ok(client(secure, reuse))
}

/// The first bytes of the body, and whether there were more.
async fn read(response: Response<Incoming>) -> Result<(Bytes, bool), hyper::Error> {
    let mut body = response.into_body();
    let (mut kept, mut seen) = (Vec::new(), 0);
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame?.into_data() else { continue };
        seen += data.len();
        kept.extend_from_slice(&data[..data.len().min(KEPT - kept.len())]);
        if seen > READ {
            break;
        }
    }
    Ok((kept.into(), seen > KEPT))
}
