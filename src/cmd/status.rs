//! Statuses as users write them: one, or a class.

use std::fmt;

use hyper::StatusCode;

/// Statuses: one (`404`) or a class (`4xx`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatusPattern {
    /// This one.
    One(u16),
    /// Those that begin with this digit.
    Class(u16),
}

impl StatusPattern {
    /// Reads `404` or `4xx`.
    ///
    /// # Errors
    /// What was expected instead.
    pub fn parse(text: &str) -> Result<Self, String> {
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

    /// Whether a status is meant.
    pub fn matches(self, status: StatusCode) -> bool {
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
}
