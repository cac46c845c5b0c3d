//! Values of flags that only `trigger` has.

use std::fmt;

use hyper::StatusCode;
use hyper::header::{CONTENT_LENGTH, HeaderName, HeaderValue, TRANSFER_ENCODING};

/// Statuses: one (`404`) or a class (`4xx`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StatusPattern {
    One(u16),
    Class(u16),
}

impl StatusPattern {
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        let expected = || "expected a status such as 200, or a class such as 4xx".to_owned();
        let lower = text.trim().to_ascii_lowercase();
        let pattern = match lower.strip_suffix("xx") {
            Some(class) => class.parse().map(StatusPattern::Class).map_err(|_| expected())?,
            None => lower.parse().map(StatusPattern::One).map_err(|_| expected())?,
        };
        match pattern {
            StatusPattern::One(100..=599) | StatusPattern::Class(1..=5) => Ok(pattern),
            _ => Err(expected()),
        }
    }

    pub(super) fn matches(self, status: StatusCode) -> bool {
        match self {
            StatusPattern::One(code) => status.as_u16() == code,
            StatusPattern::Class(class) => status.as_u16() / 100 == class,
        }
    }
}

impl fmt::Display for StatusPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            StatusPattern::One(code) => write!(f, "{code}"),
            StatusPattern::Class(class) => write!(f, "{class}xx"),
        }
    }
}

/// A header that a delivery can carry.
pub(super) fn header(text: &str) -> Result<(HeaderName, HeaderValue), String> {
    let (name, value) =
        text.split_once(':').ok_or_else(|| "expected a header such as 'x-tenant: blue'".to_owned())?;
    let name: HeaderName = name.trim().parse().map_err(|_| "the header's name is not valid".to_owned())?;
    if name == CONTENT_LENGTH || name == TRANSFER_ENCODING {
        return Err(format!("{name} follows from the body and cannot be given"));
    }
    let mut value =
        HeaderValue::from_str(value.trim()).map_err(|_| "the header's value is not valid".to_owned())?;
    // It may be a credential, so it is not shown by --verbose.
    value.set_sensitive(true);
    Ok((name, value))
}

/// A `webhook-id`.
pub(super) fn id(text: &str) -> Result<String, String> {
    let printable = text.bytes().all(|byte| byte.is_ascii_graphic());
    if printable && !text.is_empty() {
        Ok(text.to_owned())
    } else {
        Err("expected printable ASCII without spaces, such as msg_1".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_one_status_or_a_class() {
        let matches = |pattern: &str, code: u16| {
            let status = StatusCode::from_u16(code).expect("a status");
            StatusPattern::parse(pattern).expect("a pattern").matches(status)
        };
        assert!(matches("2xx", 200) && matches("2XX", 299) && !matches("2xx", 300));
        assert!(matches("401", 401) && !matches("401", 403));
        for bad in ["", "xx", "6xx", "0xx", "99", "600", "ok", "2x"] {
            assert!(StatusPattern::parse(bad).is_err(), "{bad:?}");
        }
        assert_eq!(StatusPattern::parse("4xx").map(|pattern| pattern.to_string()), Ok("4xx".to_owned()));
    }

    #[test]
    fn headers_are_checked_before_anything_is_sent() {
        assert_eq!(header("X-Tenant:  blue ").map(|(name, _)| name.to_string()), Ok("x-tenant".to_owned()));
        for bad in [
            "no colon",
            ": value",
            "na me: x",
            "a: b\nc: d",
            "content-length: 3",
            "Transfer-Encoding: chunked",
        ] {
            assert!(header(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn ids_must_fit_a_header() {
        assert!(id("msg_1").is_ok());
        for bad in ["", "a b", "a\nb", "ä"] {
            assert!(id(bad).is_err(), "{bad:?}");
        }
    }
}
