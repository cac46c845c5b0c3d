//! From host names to addresses.
//!
//! `localhost` is not looked up: it means both loopback addresses everywhere, also where a sparse
//! hosts file names only one of them. Everything else is asked of the system's resolver.

use std::future::{Future, ready};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::vec;

use hyper_util::client::legacy::connect::dns::{GaiResolver, Name};
use tower_service::Service;

use super::error::SendError;
use crate::host;

/// The resolver of the HTTP connector.
#[derive(Debug, Clone)]
pub(super) struct Resolver(GaiResolver);

/// A name without an address.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct UnknownHost(std::io::Error);

impl Resolver {
    pub(super) fn new() -> Self {
        Resolver(GaiResolver::new())
    }
}

type Addresses = vec::IntoIter<SocketAddr>;

impl Service<Name> for Resolver {
    type Response = Addresses;
    type Error = UnknownHost;
    type Future = Pin<Box<dyn Future<Output = Result<Addresses, UnknownHost>> + Send>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), UnknownHost>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, name: Name) -> Self::Future {
        if host::is_localhost(name.as_str()) {
            return Box::pin(ready(Ok(loopback().into_iter())));
        }
        let looking_up = self.0.call(name);
        Box::pin(async move {
            let addresses: Vec<SocketAddr> = looking_up.await.map_err(UnknownHost)?.collect();
            Ok(addresses.into_iter())
        })
    }
}

/// The addresses of a host, a name or an address, at `port`.
///
/// # Errors
/// [`SendError::UnknownHost`] where there is none.
pub async fn addresses(host: &str, port: u16) -> Result<Vec<SocketAddr>, SendError> {
    if host::is_localhost(host) {
        return Ok(loopback().into_iter().map(|address| SocketAddr::new(address.ip(), port)).collect());
    }
    match tokio::net::lookup_host((host::bare(host), port)).await {
        Ok(addresses) => Ok(addresses.collect()),
        Err(error) => Err(SendError::UnknownHost { host: host.to_owned(), source: error.into() }),
    }
}

/// Both loopback addresses; the connector sets the port.
fn loopback() -> Vec<SocketAddr> {
    vec![(Ipv4Addr::LOCALHOST, 0).into(), (Ipv6Addr::LOCALHOST, 0).into()]
}
