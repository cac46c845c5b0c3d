//! From the headers of a delivery to those that its handler gets.

use hyper::Uri;
use hyper::header::{
    CONNECTION, CONTENT_LENGTH, EXPECT, HOST, HeaderMap, HeaderName, HeaderValue, PROXY_AUTHENTICATE,
    PROXY_AUTHORIZATION, TE, TRAILER, TRANSFER_ENCODING, UPGRADE,
};

/// What belongs to one connection and not to the delivery (RFC 9110, 7.6.1), and what was meant for a
/// proxy or is over once the body has come.
const HOP_BY_HOP: [HeaderName; 10] = [
    CONNECTION,
    EXPECT,
    HeaderName::from_static("keep-alive"),
    PROXY_AUTHENTICATE,
    PROXY_AUTHORIZATION,
    HeaderName::from_static("proxy-connection"),
    TE,
    TRAILER,
    TRANSFER_ENCODING,
    UPGRADE,
];

/// What is signed, and signs: it is passed on whatever else the delivery says about it.
const SIGNED: &str = "webhook-";

/// How many headers are passed on at most. None that came over HTTP has as many, and a map has room for twice
/// this, beyond which it panics.
const MOST: usize = 8 * 1024;

/// Whether a header belongs to one connection, so that nobody can give it for a delivery.
pub fn is_hop_by_hop(name: &HeaderName) -> bool {
    HOP_BY_HOP.contains(name)
}

/// The headers of a delivery to `url` that came with `headers` and has a body of `length` bytes.
///
/// Names and values come out in their order, repeats included; the repeats of a name stand together, at
/// the place of its first. What belongs to the connection is left out, `host` and `content-length` are
/// those of the new one, in the place of the old ones, and what is `given` stands at the end, in the
/// place of all headers of the same name. Of more than anybody sends, the last are left out.
pub fn onward<'a>(
    headers: impl IntoIterator<Item = (&'a str, &'a [u8])>,
    url: &Uri,
    length: usize,
    given: &[(HeaderName, HeaderValue)],
) -> HeaderMap {
    let headers: Vec<(HeaderName, &[u8])> = headers
        .into_iter()
        .filter_map(|(name, value)| Some((HeaderName::from_bytes(name.as_bytes()).ok()?, value)))
        .take(MOST)
        .collect();
    let of_connection = named_by_connection(&headers);
    let authority = url.authority().map_or("", |authority| authority.as_str());
    let host = HeaderValue::from_str(authority).expect("a URL's authority is printable ASCII");
    let is_given = |name: &HeaderName| given.iter().any(|(own, _)| own == name);

    // Built by appending alone: removing from a map moves its last header into the gap.
    let mut onward = HeaderMap::with_capacity(headers.len() + given.len().min(MOST) + 2);
    // HTTP/2 has no such field. Where there is one, it keeps its place.
    if !headers.iter().any(|(name, _)| name == HOST) && !is_given(&HOST) {
        onward.append(HOST, host.clone());
    }
    for (name, value) in headers {
        let is_signed = name.as_str().starts_with(SIGNED);
        if is_given(&name) || (!is_signed && (is_hop_by_hop(&name) || of_connection.contains(&name))) {
            continue;
        }
        if name == HOST || name == CONTENT_LENGTH {
            let value = if name == HOST { host.clone() } else { HeaderValue::from(length) };
            if !onward.contains_key(&name) {
                onward.append(name, value);
            }
            continue;
        }
        // What HTTP brought here it can carry on.
        if let Ok(value) = HeaderValue::from_bytes(value) {
            onward.append(name, value);
        }
    }
    if !onward.contains_key(CONTENT_LENGTH) {
        onward.append(CONTENT_LENGTH, HeaderValue::from(length));
    }
    for (name, value) in given.iter().take(MOST) {
        onward.append(name.clone(), value.clone());
    }
    onward
}

/// The headers that `Connection` names, which belong to the connection, too. The two that every request
/// has are made anew and cannot be named.
fn named_by_connection(headers: &[(HeaderName, &[u8])]) -> Vec<HeaderName> {
    let values = headers.iter().filter(|(name, _)| name == CONNECTION).map(|(_, value)| *value);
    let options = values.flat_map(|value| value.split(|byte| *byte == b','));
    let names = options.filter_map(|option| HeaderName::from_bytes(option.trim_ascii()).ok());
    names.filter(|name| *name != HOST && *name != CONTENT_LENGTH).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forwarded(
        headers: &[(&str, &[u8])],
        given: &[(&'static str, &'static str)],
    ) -> Vec<(String, Vec<u8>)> {
        let url: Uri = "http://localhost:3000/hook".parse().expect("a URL");
        let given: Vec<_> = given
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)))
            .collect();
        let headers = onward(headers.iter().copied(), &url, 7, &given);
        headers.iter().map(|(name, value)| (name.to_string(), value.as_bytes().to_vec())).collect()
    }

    fn list(headers: &[(&str, &[u8])]) -> Vec<(String, Vec<u8>)> {
        headers.iter().map(|(name, value)| ((*name).to_owned(), value.to_vec())).collect()
    }

    #[test]
    fn order_repeats_and_bytes_stay() {
        let came: &[(&str, &[u8])] = &[
            ("x-b", b"1"),
            ("host", b"public.example"),
            ("x-a", b"caf\xe9 \xff"),
            ("x-b", b"2"),
            ("content-length", b"7"),
            ("webhook-id", b"msg_1"),
            ("accept-encoding", b"gzip"),
            ("x-empty", b""),
        ];
        let goes: &[(&str, &[u8])] = &[
            ("x-b", b"1"),
            ("x-b", b"2"),
            ("host", b"localhost:3000"),
            ("x-a", b"caf\xe9 \xff"),
            ("content-length", b"7"),
            ("webhook-id", b"msg_1"),
            ("accept-encoding", b"gzip"),
            ("x-empty", b""),
        ];
        assert_eq!(forwarded(came, &[]), list(goes));
    }

    #[test]
    fn what_belongs_to_the_connection_stays_behind() {
        let came: &[(&str, &[u8])] = &[
            ("connection", b"keep-alive, X-Hop"),
            ("connection", b"webhook-signature, host,,x-other"),
            ("x-hop", b"1"),
            ("x-other", b"1"),
            ("keep-alive", b"timeout=5"),
            ("te", b"trailers"),
            ("trailer", b"x-sum"),
            ("transfer-encoding", b"chunked"),
            ("upgrade", b"h2c"),
            ("expect", b"100-continue"),
            ("proxy-connection", b"keep-alive"),
            ("proxy-authorization", b"Basic x"),
            ("authorization", b"Bearer x"),
            ("webhook-signature", b"v1,x"),
        ];
        let goes: &[(&str, &[u8])] = &[
            ("host", b"localhost:3000"),
            ("authorization", b"Bearer x"),
            ("webhook-signature", b"v1,x"),
            ("content-length", b"7"),
        ];
        assert_eq!(forwarded(came, &[]), list(goes));
    }

    #[test]
    fn more_headers_than_a_map_has_room_for_are_no_panic() {
        let names: Vec<String> = (0..40_000).map(|number| format!("x-{number}")).collect();
        let came: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &b"1"[..])).collect();
        let goes = forwarded(&came, &[("x-a", "1")]);
        assert_eq!(goes.len(), MOST + 3, "host, content-length and what is given stand beside them");
    }

    #[test]
    fn what_is_given_replaces_all_of_its_name_and_repeats() {
        let came: &[(&str, &[u8])] =
            &[("host", b"a"), ("x-a", b"1"), ("x-b", b"1"), ("x-a", b"2"), ("content-length", b"7")];
        let given = [("x-a", "3"), ("host", "b"), ("x-a", "4")];
        let goes: &[(&str, &[u8])] =
            &[("x-b", b"1"), ("content-length", b"7"), ("x-a", b"3"), ("x-a", b"4"), ("host", b"b")];
        assert_eq!(forwarded(came, &given), list(goes));
    }
}
