//! Values of flags that only `trigger` has.

use std::fmt;

use hyper::StatusCode;

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
    fn ids_must_fit_a_header() {
        assert!(id("msg_1").is_ok());
        for bad in ["", "a b", "a\nb", "ä"] {
            assert!(id(bad).is_err(), "{bad:?}");
        }
    }
}
