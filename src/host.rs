//! Hosts, as URLs and flags write them.

use std::net::IpAddr;

/// A host without the brackets that a URL has around an IPv6 address.
pub fn bare(host: &str) -> &str {
    host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host)
}

/// Whether a name is reserved for this machine (RFC 6761).
pub fn is_localhost(name: &str) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    name == "localhost" || name.ends_with(".localhost")
}

/// Whether a host, a name or an address, means this machine.
pub fn is_loopback(host: &str) -> bool {
    let address = bare(host).parse::<IpAddr>().map(|address| address.to_canonical());
    is_localhost(host) || address.is_ok_and(|address| address.is_loopback() || address.is_unspecified())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_go_together() {
        for (host, expected) in [("[::1]", "::1"), ("::1", "::1"), ("h", "h"), ("[h", "[h"), ("", "")] {
            assert_eq!(bare(host), expected);
        }
    }

    #[test]
    fn names_and_addresses_of_this_machine_are_known() {
        for host in ["localhost", "LOCALHOST", "localhost.", "api.localhost"] {
            assert!(is_localhost(host) && is_loopback(host), "{host}");
        }
        for host in ["127.0.0.1", "127.9.9.9", "[::1]", "::1", "0.0.0.0", "[::]", "[::ffff:127.0.0.1]"] {
            assert!(!is_localhost(host) && is_loopback(host), "{host}");
        }
        for host in
            ["localhost.example", "notlocalhost", "", "10.0.0.1", "127.0.0.1.example", "[2001:db8::1]"]
        {
            assert!(!is_localhost(host) && !is_loopback(host), "{host}");
        }
    }
}
