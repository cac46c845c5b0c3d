//! Dates as HTTP writes them, and what an answer's `Date` says of the clock here.

use std::time::Duration;

use jiff::fmt::rfc2822::DateTimeParser;
use jiff::{SignedDuration, Timestamp};
use reqwest::header::{DATE, HeaderMap};

/// Reads `Thu, 22 Jan 2026 12:00:30 GMT`.
pub(super) fn parse(text: &str) -> Option<Timestamp> {
    DateTimeParser::new().parse_timestamp(text.trim()).ok()
}

/// The time at the server and here, when it answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServerTime {
    /// The `Date` of its answer, to the second; none where there is none that can be read.
    pub server: Option<Timestamp>,
    /// The time here at that moment.
    pub here: Timestamp,
}

impl ServerTime {
    /// What the head of an answer says that was there at `now`, `round_trip` after the request was sent. The
    /// answer is taken to have been made half-way.
    pub(super) fn of(headers: &HeaderMap, now: Timestamp, round_trip: Duration) -> Self {
        let server = headers.get(DATE).and_then(|value| parse(value.to_str().ok()?));
        ServerTime { server, here: now.checked_sub(round_trip / 2).unwrap_or(now) }
    }

    /// How far the clock here is ahead of the server's; less than nothing where it is behind.
    pub fn ahead(&self) -> Option<SignedDuration> {
        Some(self.here.duration_since(self.server?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use reqwest::header::HeaderValue;

    fn read(date: Option<&'static str>) -> ServerTime {
        let mut headers = HeaderMap::new();
        headers.extend(date.map(|date| (DATE, HeaderValue::from_static(date))));
        let now = "2026-01-22T12:00:30Z".parse().expect("a time");
        ServerTime::of(&headers, now, Duration::from_secs(20))
    }

    #[test]
    fn half_of_the_round_trip_is_taken_into_account() {
        let ahead = |date| read(Some(date)).ahead().map(|ahead| ahead.as_secs());
        assert_eq!(ahead("Thu, 22 Jan 2026 12:00:20 GMT"), Some(0));
        assert_eq!(ahead("Thu, 22 Jan 2026 11:50:20 GMT"), Some(600));
        assert_eq!(ahead("Thu, 22 Jan 2026 12:10:20 GMT"), Some(-600));
    }

    #[test]
    fn what_is_no_date_says_nothing() {
        for date in [None, Some(""), Some("soon"), Some("1769083200")] {
            assert_eq!(read(date).ahead(), None, "{date:?}");
        }
    }
}
