//! Keeping web pages out: any page that is open in a browser on this machine can send requests to it.
//!
//! A browser names the page in `Origin`. A page that has its own name resolve to this machine, which is
//! DNS rebinding, sends no `Origin` with what it reads; but its requests carry that name in `Host`.

use std::net::IpAddr;

use hyper::Uri;
use hyper::header::{HOST, HeaderMap, ORIGIN};
use hyper::http::request::Parts;
use hyper::http::uri::Authority;

use crate::host;

/// Where the emulator can be reached from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// From this machine alone.
    Loopback,
    /// From other machines too, because `--host` says so.
    Network,
}

/// Why a request may be a web page's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Denied {
    /// A page asks for one of the emulator's own calls.
    #[error("Web pages may not use the emulator's own calls: the request has an Origin header.")]
    Origin,
    /// A page from elsewhere asks for a call of the API.
    #[error("The request has the Origin of a web page that is not on this machine.")]
    ForeignOrigin,
    /// The host is not this machine's, as when a page rebinds its name.
    #[error("The Host header does not name this machine: use localhost or an address.")]
    Host,
}

/// Whether one of the emulator's own calls may be answered.
pub fn check_control(parts: &Parts, reach: Reach) -> Result<(), Denied> {
    if parts.headers.contains_key(ORIGIN) {
        return Err(Denied::Origin);
    }
    match host(parts) {
        Some(host) if is_ours(&host, reach) => Ok(()),
        _ => Err(Denied::Host),
    }
}

/// Whether a call of the API may be answered. A page that is served from this machine may make one, through
/// the proxy of its development server; `Host` is that of whatever proxy stands in front.
pub fn check_call(parts: &Parts) -> Result<(), Denied> {
    let is_local = |origin: &str| {
        let host = origin.parse::<Uri>().ok().and_then(|origin| origin.host().map(plain));
        host.is_some_and(|host| is_ours(&host, Reach::Loopback))
    };
    let mut origins = parts.headers.get_all(ORIGIN).iter();
    let all_local = origins.all(|origin| origin.to_str().is_ok_and(is_local));
    if all_local { Ok(()) } else { Err(Denied::ForeignOrigin) }
}

/// The host that a request is for, where it names exactly one. HTTP/2 has it in the target.
fn host(parts: &Parts) -> Option<String> {
    let target = parts.uri.authority().cloned();
    let header = only(&parts.headers)?;
    let authority = match (header, target) {
        (Some(header), Some(target)) => (header == target).then_some(header),
        (header, target) => header.or(target),
    };
    authority.map(|authority| plain(authority.host()))
}

/// The `Host` header: `Some(None)` where there is none, nothing where it cannot be used.
fn only(headers: &HeaderMap) -> Option<Option<Authority>> {
    let mut all = headers.get_all(HOST).iter();
    let Some(first) = all.next() else { return Some(None) };
    let authority = first.to_str().ok()?.parse().ok()?;
    all.next().is_none().then_some(Some(authority))
}

/// A host in lower case, without the brackets of an IPv6 address and the dot of a full name.
fn plain(host: &str) -> String {
    host::bare(host).trim_end_matches('.').to_ascii_lowercase()
}

/// Whether a host can only mean a machine that the user trusts: no page is served under it by a stranger.
/// Rebinding takes a public name, so addresses and the names of a private network are safe from it.
fn is_ours(host: &str, reach: Reach) -> bool {
    let address: Option<IpAddr> = host.parse().ok();
    let is_local_name = host::is_localhost(host);
    let is_private_name =
        !host.is_empty() && !host.contains('.') || host.ends_with(".internal") || host.ends_with(".local");
    match (address, reach) {
        (Some(address), Reach::Loopback) => address.to_canonical().is_loopback(),
        (Some(_), Reach::Network) => true,
        (None, Reach::Loopback) => is_local_name,
        (None, Reach::Network) => is_local_name || is_private_name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyper::Request;

    fn parts(target: &str, headers: &[(&str, &str)]) -> Parts {
        let request = headers
            .iter()
            .fold(Request::post(target), |request, (name, value)| request.header(*name, *value));
        request.body(()).expect("a request").into_parts().0
    }

    fn control(headers: &[(&str, &str)], reach: Reach) -> Result<(), Denied> {
        check_control(&parts("/emulator/v1/events", headers), reach)
    }

    #[test]
    fn own_calls_are_for_this_machine() {
        for host in [
            "localhost:9090",
            "LocalHost",
            "127.0.0.1:9090",
            "127.8.0.1",
            "[::1]:9090",
            "a.localhost",
            "localhost.",
        ] {
            assert_eq!(control(&[("host", host)], Reach::Loopback), Ok(()), "{host}");
        }
        for host in [
            "evil.example:9090",
            "127.0.0.1.evil.example",
            "10.0.0.1",
            "emulator",
            "localhost.evil.example",
            "a b",
        ] {
            assert_eq!(control(&[("host", host)], Reach::Loopback), Err(Denied::Host), "{host}");
        }
        assert_eq!(control(&[], Reach::Loopback), Err(Denied::Host));
        let twice = [("host", "localhost"), ("host", "evil.example")];
        assert_eq!(control(&twice, Reach::Loopback), Err(Denied::Host));
        let absolute = parts("http://evil.example/emulator/v1/events", &[("host", "localhost")]);
        assert_eq!(check_control(&absolute, Reach::Loopback), Err(Denied::Host));
        let http2 = parts("http://localhost:9090/emulator/v1/events", &[]);
        assert_eq!(check_control(&http2, Reach::Loopback), Ok(()));
    }

    #[test]
    fn an_open_emulator_takes_addresses_and_private_names() {
        for host in ["10.0.0.1:9090", "emulator:9090", "host.docker.internal", "box.local", "localhost"] {
            assert_eq!(control(&[("host", host)], Reach::Network), Ok(()), "{host}");
        }
        assert_eq!(control(&[("host", "rebound.example")], Reach::Network), Err(Denied::Host));
    }

    #[test]
    fn no_page_makes_own_calls() {
        for origin in ["https://evil.example", "null", "http://localhost:3000", ""] {
            let headers = [("host", "localhost"), ("origin", origin)];
            assert_eq!(control(&headers, Reach::Loopback), Err(Denied::Origin), "{origin}");
        }
    }

    #[test]
    fn calls_of_the_api_are_refused_to_pages_from_elsewhere() {
        let call = |headers: &[(&str, &str)]| check_call(&parts("/v1/webhooks", headers));
        assert_eq!(call(&[("host", "proxy.example")]), Ok(()));
        assert_eq!(call(&[("origin", "http://localhost:5173")]), Ok(()));
        for origin in ["https://evil.example", "null", "file://", "http://localhost.evil.example"] {
            assert_eq!(call(&[("origin", origin)]), Err(Denied::ForeignOrigin), "{origin}");
        }
    }
}
