//! Where to send: a port, `host:port`, a path or a URL, as the user writes it.

use hyper::Uri;
use hyper::http::uri::{Authority, PathAndQuery, Scheme};

/// The host of a bare port: a handler in development may bind either loopback address.
const LOOPBACK: &str = "localhost";

const FORMS: &str = "expected a port (3000), host:port, a path (/webhook) or a URL";

/// Where the user wants deliveries to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A whole URL, which a port or `host:port` also makes.
    Url(Uri),
    /// A path and query on whatever host and port are the default.
    Path(PathAndQuery),
}

impl Target {
    /// Reads any of the forms.
    ///
    /// # Errors
    /// One sentence that says what is wrong; it never repeats a password.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text.starts_with('/') {
            return text.parse().map(Target::Path).map_err(|_| not_a_url());
        }
        if text.contains("://") {
            return parse_url(text).map(Target::Url);
        }
        let (place, path) = match text.find(['/', '?']) {
            Some(at) => text.split_at(at),
            None => (text, ""),
        };
        let (host, port) = match place.rsplit_once(':') {
            Some((host, port)) => (host, port),
            None if place.starts_with(|first: char| first.is_ascii_digit()) => ("", place),
            None => return Err(FORMS.to_owned()),
        };
        if !port.bytes().all(|byte| byte.is_ascii_digit()) || port.is_empty() {
            return Err(FORMS.to_owned());
        }
        let host = if host.is_empty() { LOOPBACK } else { host };
        parse_url(&format!("http://{host}:{port}{path}")).map(Target::Url)
    }

    /// The URL that the target means where `base` is the default.
    pub fn on(&self, base: &Uri) -> Uri {
        match self {
            Target::Url(url) => url.clone(),
            Target::Path(path) => {
                let mut parts = base.clone().into_parts();
                parts.path_and_query = Some(path.clone());
                Uri::from_parts(parts).expect("a URL with another path is a URL")
            }
        }
    }
}

/// `base` with the path and query of a captured request's `target`. Anybody may have written that, so a host that it
/// names is never sent to, and where it holds no path, that of `base` stays.
pub fn at_captured_path(base: &Uri, target: &str) -> Uri {
    let captured = target.parse::<Uri>().ok().filter(|uri| uri.path().starts_with('/'));
    match captured.and_then(|uri| uri.into_parts().path_and_query) {
        Some(path) => Target::Path(path).on(base),
        None => base.clone(),
    }
}

/// Reads a URL that a delivery can be sent to.
///
/// # Errors
/// One sentence that says what is wrong; it never repeats a password.
pub fn parse_url(text: &str) -> Result<Uri, String> {
    let url: Uri = text.trim().parse().map_err(|_| not_a_url())?;
    let scheme = match url.scheme() {
        Some(scheme) if *scheme == Scheme::HTTP || *scheme == Scheme::HTTPS => scheme,
        _ => return Err("only http:// and https:// URLs can be sent to".to_owned()),
    };
    let authority = url.authority().map_or("", Authority::as_str);
    if authority.contains('@') {
        return Err("a user or password in the URL would not be sent; use -H 'authorization: …'".to_owned());
    }
    if url.host().is_none_or(|host| host.is_empty() || host == "[]") {
        return Err("the URL names no host".to_owned());
    }
    // An authority with a port that is not a number from 1 to 65535 has no port in the parser's eyes.
    let has_port_text = authority.rsplit(']').next().is_some_and(|rest| rest.contains(':'));
    if has_port_text && url.port_u16().is_none_or(|port| port == 0) {
        return Err("the port must be a number from 1 to 65535".to_owned());
    }
    let path = url.path_and_query().cloned().unwrap_or(PathAndQuery::from_static("/"));
    Uri::builder()
        .scheme(scheme.clone())
        .authority(authority)
        .path_and_query(path)
        .build()
        .map_err(|_| not_a_url())
}

fn not_a_url() -> String {
    "not a valid URL: spaces and characters beyond ASCII must be percent-encoded".to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Result<String, String> {
        let base: Uri = "https://example.com:8443/old?x=1".parse().expect("a URL");
        Target::parse(text).map(|target| target.on(&base).to_string())
    }

    #[test]
    fn every_form_becomes_a_url() {
        let cases = [
            ("3000", "http://localhost:3000/"),
            (":3000/hook", "http://localhost:3000/hook"),
            ("3000/hook", "http://localhost:3000/hook"),
            ("api.test:3000", "http://api.test:3000/"),
            ("localhost:3000/a/b?c=d", "http://localhost:3000/a/b?c=d"),
            ("[::1]:3000", "http://[::1]:3000/"),
            ("/webhook?x=2", "https://example.com:8443/webhook?x=2"),
            ("http://example.com", "http://example.com/"),
            ("HTTPS://example.com/a#fragment", "https://example.com/a"),
            (" http://h:1/ ", "http://h:1/"),
            ("http://h?x=1", "http://h/?x=1"),
        ];
        for (text, expected) in cases {
            assert_eq!(url(text), Ok(expected.to_owned()), "{text}");
        }
    }

    #[test]
    fn a_captured_target_never_names_the_host() {
        let base: Uri = "https://example.com:8443/old?x=1".parse().expect("a URL");
        let cases = [
            ("/hook?a=b", "https://example.com:8443/hook?a=b"),
            ("//other:1/hook", "https://example.com:8443//other:1/hook"),
            ("http://other:1/hook?a=b", "https://example.com:8443/hook?a=b"),
            ("HTTP://other:1", "https://example.com:8443/"),
            ("http://other:1?a=b", "https://example.com:8443/?a=b"),
            ("other:1", "https://example.com:8443/old?x=1"),
            ("other:1/hook", "https://example.com:8443/old?x=1"),
            ("1", "https://example.com:8443/old?x=1"),
            ("1/hook", "https://example.com:8443/old?x=1"),
            ("hook", "https://example.com:8443/old?x=1"),
            ("*", "https://example.com:8443/old?x=1"),
            ("", "https://example.com:8443/old?x=1"),
            ("/a b", "https://example.com:8443/old?x=1"),
        ];
        for (target, expected) in cases {
            assert_eq!(at_captured_path(&base, target).to_string(), expected, "{target}");
        }
    }

    #[test]
    fn what_cannot_be_sent_to_is_refused() {
        let bad = [
            "",
            "localhost",
            "example.com/hook",
            "0",
            "70000",
            "host:",
            "host:port",
            "host:0",
            "::1",
            "ftp://h/",
            "http://",
            "http:///path",
            "http://h:99999/",
            "http://h:/",
            "http://h o/",
            "/a b",
        ];
        for text in bad {
            assert!(url(text).is_err(), "{text:?} became {:?}", url(text));
        }
    }

    #[test]
    fn a_password_is_refused_and_not_repeated() {
        for text in ["http://me:hunter2@h/", "me:hunter2@h:80"] {
            let problem = url(text).expect_err("refused");
            assert!(!problem.contains("hunter2"), "{problem}");
        }
    }
}
