//! What can be said about a webhook's URI before the service is asked.

use std::net::IpAddr;

use reqwest::Url;

use crate::host;

/// Why a text cannot be a webhook's URI.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EndpointError {
    /// It is not a URL at all.
    #[error("it is not a URL such as https://example.com/webhook")]
    NotUrl,
    /// It names another protocol.
    #[error("it does not begin with https://")]
    NotHttp,
    /// White space or control characters stand in it.
    #[error("it contains white space or control characters")]
    Unprintable,
}

/// Checks the form of a webhook's URI and answers what is worth a warning, each as a sentence's end
/// that follows the URI. The service decides what it takes: only what cannot be a URI is an error.
///
/// # Errors
/// [`EndpointError`] where the text is malformed.
pub fn check_endpoint(uri: &str) -> Result<Vec<&'static str>, EndpointError> {
    if uri.chars().any(|character| character.is_whitespace() || character.is_control()) {
        return Err(EndpointError::Unprintable);
    }
    let url = Url::parse(uri).map_err(|_| EndpointError::NotUrl)?;
    if !matches!(url.scheme(), "http" | "https") {
        // `localhost:8080` parses as a URL whose scheme is `localhost`.
        return Err(if uri.contains("://") { EndpointError::NotHttp } else { EndpointError::NotUrl });
    }
    let mut warnings = Vec::new();
    if url.scheme() == "http" {
        warnings.push("is not HTTPS: the service may refuse it, and anyone on the way can read deliveries");
    }
    match host_kind(&url) {
        HostKind::Loopback => warnings
            .push("is this machine: the service cannot reach it, so give the URL of a tunnel or of a server"),
        HostKind::Private => warnings.push("is a private address: the service cannot reach it"),
        HostKind::Public => {}
    }
    if !url.username().is_empty() || url.password().is_some() {
        warnings.push("carries a user name or password, which is shown wherever the webhook is");
    }
    if url.fragment().is_some() {
        warnings.push("has a #fragment, which is never sent");
    }
    Ok(warnings)
}

/// Whether a text is a URL that leads to this machine.
pub fn is_on_this_machine(text: &str) -> bool {
    Url::parse(text.trim()).is_ok_and(|url| is_loopback(&url))
}

/// Whether a URL leads to this machine.
pub(super) fn is_loopback(url: &Url) -> bool {
    host_kind(url) == HostKind::Loopback
}

/// Whether a host, with or without its port, is one of Google's APIs.
pub(super) fn is_google(host: &str) -> bool {
    host.split(':').next().is_some_and(|name| name.ends_with(".googleapis.com"))
}

/// Who can reach a host.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum HostKind {
    /// This machine only.
    Loopback,
    /// A network that is not the internet.
    Private,
    /// As far as can be told, everyone.
    Public,
}

fn host_kind(url: &Url) -> HostKind {
    let host = url.host_str().unwrap_or_default();
    if host::is_loopback(host) {
        return HostKind::Loopback;
    }
    if let Ok(address) = host::bare(host).parse() {
        return address_kind(address);
    }
    let host = host.trim_end_matches('.');
    let is_private = !host.contains('.')
        || [".local", ".internal", ".lan", ".home.arpa", ".test", ".invalid"]
            .iter()
            .any(|suffix| host.ends_with(suffix));
    if is_private { HostKind::Private } else { HostKind::Public }
}

/// What an address that is not this machine's is.
fn address_kind(address: IpAddr) -> HostKind {
    let is_private = match address.to_canonical() {
        IpAddr::V4(v4) => {
            let [first, second, ..] = v4.octets();
            // 100.64.0.0/10 is shared between carriers' customers.
            v4.is_private() || v4.is_link_local() || (first == 100 && (64..128).contains(&second))
        }
        IpAddr::V6(v6) => v6.is_unique_local() || v6.is_unicast_link_local(),
    };
    if is_private { HostKind::Private } else { HostKind::Public }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(uri: &str) -> usize {
        check_endpoint(uri).unwrap_or_else(|error| panic!("{uri}: {error}")).len()
    }

    #[test]
    fn a_public_https_uri_needs_no_warning() {
        for uri in ["https://example.com/hook?x=1", "https://203.0.113.9/", "https://[2001:db8::1]:8443/x"] {
            assert_eq!(kinds(uri), 0, "{uri}");
        }
    }

    #[test]
    fn plain_http_and_unreachable_hosts_are_warned_about() {
        for uri in [
            "http://example.com/",
            "https://localhost/",
            "https://127.0.0.1:8080/",
            "https://[::1]/",
            "https://[::ffff:127.0.0.1]/",
            "https://0.0.0.0/",
            "https://10.1.2.3/",
            "https://192.168.0.1/",
            "https://169.254.169.254/",
            "https://100.64.0.1/",
            "https://[fd00::1]/",
            "https://intranet/",
            "https://printer.local/",
            "https://user:word@example.com/",
            "https://example.com/#top",
        ] {
            assert_eq!(kinds(uri), 1, "{uri}");
        }
        assert_eq!(kinds("http://localhost:3000/"), 2);
        assert_eq!(kinds("https://0x7f.1/"), 1, "other spellings of an address are normalised first");
    }

    #[test]
    fn what_cannot_be_a_uri_is_an_error() {
        for (uri, error) in [
            ("", EndpointError::NotUrl),
            ("example.com/hook", EndpointError::NotUrl),
            ("localhost:8080", EndpointError::NotUrl),
            ("https://", EndpointError::NotUrl),
            ("ftp://example.com/", EndpointError::NotHttp),
            ("https://exa mple.com/", EndpointError::Unprintable),
            ("https://example.com/\u{7}", EndpointError::Unprintable),
        ] {
            assert_eq!(check_endpoint(uri), Err(error), "{uri:?}");
        }
    }
}
