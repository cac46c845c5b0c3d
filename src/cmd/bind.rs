//! Taking the address to listen on, and what to say where that fails.

use std::io::{Error, ErrorKind};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use hyper::http::uri::Scheme;
use tokio::net::{TcpListener, lookup_host};

use crate::error::Failure;
use crate::host;

/// Binds `host`, an address or a name, and `port`.
///
/// # Errors
/// Kind `Configuration`: the port is taken or not allowed, or the address is not this machine's.
pub(super) async fn bind(host: &str, port: u16) -> Result<(TcpListener, SocketAddr), Failure> {
    let unknown = || Failure::configuration(format!("cannot listen on {host}: it is not an address"));
    let addresses: Vec<SocketAddr> = lookup_host((host::bare(host), port))
        .await
        .map_err(|_| unknown().hint("--host takes an address of this machine, such as 127.0.0.1 or ::1"))?
        .collect();
    let failed = |error| failure(host, port, error);
    let listener = TcpListener::bind(addresses.as_slice()).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    Ok((listener, address))
}

fn failure(host: &str, port: u16, error: Error) -> Failure {
    let free = "--port 0 takes a free port and says which";
    let (why, hint) = match error.kind() {
        ErrorKind::AddrInUse => ("the port is in use", free),
        ErrorKind::PermissionDenied => ("no permission", "ports below 1024 are reserved: use --port 8080"),
        ErrorKind::AddrNotAvailable => {
            ("this machine does not have that address", "--host 127.0.0.1 takes deliveries of this machine")
        }
        _ => {
            let failure = Failure::configuration(format!("cannot listen on {host} port {port}"));
            return failure.because(error).hint(free);
        }
    };
    Failure::configuration(format!("cannot listen on {host} port {port}: {why}")).hint(hint)
}

/// The URL that this machine reaches the listener at.
pub(super) fn url(scheme: &Scheme, address: SocketAddr, path: &str) -> String {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    format!("{scheme}://{}{path}", SocketAddr::new(ip, address.port()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_are_ones_that_can_be_opened() {
        let url = |address: &str| url(&Scheme::HTTP, address.parse().expect("an address"), "/hook");
        assert_eq!(url("127.0.0.1:80"), "http://127.0.0.1:80/hook");
        assert_eq!(url("0.0.0.0:8080"), "http://127.0.0.1:8080/hook");
        assert_eq!(url("[::]:8080"), "http://[::1]:8080/hook");
        assert_eq!(url("192.0.2.7:8080"), "http://192.0.2.7:8080/hook");
    }

    #[test]
    fn each_failure_says_what_to_do() {
        let said = |kind: ErrorKind| {
            let failure = failure("127.0.0.1", 80, kind.into());
            (failure.to_string(), failure.hints()[0].clone())
        };
        assert!(said(ErrorKind::AddrInUse).0.ends_with("the port is in use"));
        assert!(said(ErrorKind::AddrInUse).1.contains("--port 0"));
        assert!(said(ErrorKind::PermissionDenied).1.contains("1024"));
        assert!(said(ErrorKind::AddrNotAvailable).1.contains("--host"));
    }
}
