//! How durations, sizes, rates, moments and `key=value` pairs are written on the command line and in files.

use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// About a thousand years: longer than anybody waits, and short enough to be added to any moment.
const LONGEST: Duration = Duration::from_hours(1_000 * 365 * 24);

/// Parses `30s`, `5m`, `1h30m`, `250ms`, `30d` of 24 hours each; up to a thousand years.
pub fn duration(text: &str) -> Result<Duration, String> {
    let text = text.trim();
    let days = text.strip_suffix('d').and_then(|days| days.parse::<u32>().ok());
    let parsed: Option<Duration> = match days {
        Some(days) => Some(Duration::from_hours(24) * days),
        None => text.parse().ok().and_then(|signed: SignedDuration| signed.try_into().ok()),
    };
    match parsed {
        Some(duration) if duration <= LONGEST => Ok(duration),
        _ => Err("expected a duration such as 30s, 5m or 24h".to_owned()),
    }
}

/// As [`duration`], for what may not be over before it begins, such as a time limit.
pub fn positive_duration(text: &str) -> Result<Duration, String> {
    match duration(text)? {
        Duration::ZERO => Err("expected a duration above zero".to_owned()),
        duration => Ok(duration),
    }
}

/// Parses how many, at least one.
pub fn count(text: &str) -> Result<u64, String> {
    text.trim().parse().ok().filter(|count| *count > 0).ok_or("expected a whole number from 1".to_owned())
}

/// Parses a TCP port; 0 is any free one.
pub fn port(text: &str) -> Result<u16, String> {
    text.parse().map_err(|_| "expected a port from 0 to 65535".to_owned())
}

/// Parses a number of bytes: `65536`, `64KiB`, `1MiB`, or decimal `64kB`.
pub fn size(text: &str) -> Result<usize, String> {
    const UNITS: [(&str, usize); 8] = [
        ("KiB", 1 << 10),
        ("MiB", 1 << 20),
        ("GiB", 1 << 30),
        ("kB", 1_000),
        ("KB", 1_000),
        ("MB", 1_000_000),
        ("GB", 1_000_000_000),
        ("B", 1),
    ];
    let text = text.trim();
    let (digits, unit) = UNITS
        .iter()
        .find_map(|(name, unit)| text.strip_suffix(name).map(|digits| (digits.trim_end(), *unit)))
        .unwrap_or((text, 1));
    let number: Option<usize> = digits.parse().ok();
    number
        .and_then(|number| number.checked_mul(unit))
        .ok_or_else(|| "expected a size such as 65536, 64KiB or 1MiB".to_owned())
}

/// Parses how many bytes a store may take: as [`size`], but not so few that a unit must have been forgotten.
pub fn store_size(text: &str) -> Result<usize, String> {
    const LEAST: usize = 64 * 1024;
    let size = size(text)?;
    if size < LEAST {
        return Err("expected at least 64KiB, such as 100MiB or 1GiB".to_owned());
    }
    Ok(size)
}

/// Parses `200/s`, `90/m`, `5/h` or a bare number a second, and answers how many a second.
pub fn rate(text: &str) -> Result<f64, String> {
    let (number, unit) = text.trim().split_once('/').unwrap_or((text.trim(), "s"));
    let seconds = match unit.trim() {
        "s" => 1.0,
        "m" => 60.0,
        "h" => 3600.0,
        _ => f64::NAN,
    };
    let per_second = number.trim().parse::<f64>().unwrap_or(f64::NAN) / seconds;
    if per_second.is_finite() && per_second > 0.0 {
        Ok(per_second)
    } else {
        Err("expected a rate above zero such as 200/s or 90/m".to_owned())
    }
}

/// A moment as the user wrote it: absolute, or relative to now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// Seconds since the Unix epoch.
    Unix(i64),
    /// Seconds after now; negative is before.
    FromNow(i64),
}

impl Moment {
    /// The moment in seconds since the Unix epoch, given what now is.
    pub fn unix(self, now: i64) -> i64 {
        match self {
            Moment::Unix(seconds) => seconds,
            Moment::FromNow(offset) => now.saturating_add(offset),
        }
    }
}

/// Parses RFC 3339 (`2026-01-22T12:00:00Z`), Unix seconds (`1769083200`), an offset from now (`-10m`, `+30s`), or `now`.
pub fn moment(text: &str) -> Result<Moment, String> {
    let text = text.trim();
    if text == "now" {
        return Ok(Moment::FromNow(0));
    }
    if let Some(offset) = text.strip_prefix('-').and_then(|rest| duration(rest).ok()) {
        return Ok(Moment::FromNow(-seconds(offset)));
    }
    if let Some(offset) = text.strip_prefix('+').and_then(|rest| duration(rest).ok()) {
        return Ok(Moment::FromNow(seconds(offset)));
    }
    if let Ok(seconds) = text.parse::<i64>() {
        return Ok(Moment::Unix(seconds));
    }
    text.parse::<Timestamp>().map(|stamp| Moment::Unix(stamp.as_second())).map_err(|_| {
        "expected a time such as now, -10m (ten minutes ago), 1769083200 or 2026-01-22T12:00:00Z".to_owned()
    })
}

fn seconds(duration: Duration) -> i64 {
    i64::try_from(duration.as_secs()).unwrap_or(i64::MAX)
}

/// Splits `key=value`; the key may not be empty.
pub fn key_value(text: &str) -> Result<(String, String), String> {
    split(text, "expected key=value")
}

/// Splits `path=value`, as in `data.id=batch_7`; the path may not be empty.
pub fn path_value(text: &str) -> Result<(String, String), String> {
    split(text, "expected path=value, such as data.id=batch_7")
}

fn split(text: &str, expected: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err(expected.to_owned()),
    }
}

/// A moment as data shows it: RFC 3339 in UTC, to the millisecond.
pub fn rfc3339(at: Timestamp) -> String {
    format!("{at:.3}")
}

/// The time of day as lines of a log show it to people: `12:04:31`.
pub fn time_of_day(at: Timestamp, zone: &TimeZone) -> String {
    let time = at.to_zoned(zone.clone()).time();
    format!("{:02}:{:02}:{:02}", time.hour(), time.minute(), time.second())
}

/// The time of day for many lines, of which most fall into the same second as the one before.
#[derive(Debug)]
pub struct TimesOfDay {
    zone: TimeZone,
    last: Option<(i64, String)>,
}

impl TimesOfDay {
    /// Times in `zone`.
    pub fn new(zone: TimeZone) -> Self {
        TimesOfDay { zone, last: None }
    }

    /// As [`time_of_day`]. Zones differ by whole seconds, so that the second decides.
    pub fn at(&mut self, at: Timestamp) -> &str {
        let second = at.as_second();
        let known = self.last.take().filter(|(last, _)| *last == second);
        let time = known.unwrap_or_else(|| (second, time_of_day(at, &self.zone)));
        &self.last.insert(time).1
    }
}

/// Whole milliseconds, as data has them.
pub fn whole_millis(length: Duration) -> u64 {
    u64::try_from(length.as_millis()).unwrap_or(u64::MAX)
}

/// A length of time for people: `12s`, `3m 20s`, `2h 5m`, `3d 4h`.
pub fn human_duration(seconds: u64) -> String {
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    match (days, hours, minutes, seconds % 60) {
        (0, 0, 0, s) => format!("{s}s"),
        (0, 0, m, 0) => format!("{m}m"),
        (0, 0, m, s) => format!("{m}m {s}s"),
        (0, h, 0, _) => format!("{h}h"),
        (0, h, m, _) => format!("{h}h {m}m"),
        (d, 0, _, _) => format!("{d}d"),
        (d, h, _, _) => format!("{d}d {h}h"),
    }
}

/// A length of time in milliseconds for people: `300ms`, and from a second on as [`human_duration`].
pub fn human_millis(milliseconds: u64) -> String {
    match milliseconds {
        0..1_000 => format!("{milliseconds}ms"),
        _ => human_duration(milliseconds / 1_000),
    }
}

/// A size for people: `412 B`, `1.4 KiB`, `3.0 MiB`.
pub fn human_size(bytes: usize) -> String {
    match bytes {
        0..1_024 => format!("{bytes} B"),
        1_024..1_048_576 => format!("{:.1} KiB", bytes as f64 / 1_024.0),
        _ => format!("{:.1} MiB", bytes as f64 / 1_048_576.0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_of_day_follow_the_second() {
        let mut times = TimesOfDay::new(TimeZone::fixed(jiff::tz::offset(2)));
        for (millis, expected) in [
            (1_000, "02:00:01"),
            (1_999, "02:00:01"),
            (2_000, "02:00:02"),
            (1_500, "02:00:01"),
            (86_399_000, "01:59:59"),
        ] {
            assert_eq!(times.at(Timestamp::from_millisecond(millis).expect("in range")), expected);
        }
    }

    #[test]
    fn durations() {
        assert_eq!(duration("30s"), Ok(Duration::from_secs(30)));
        assert_eq!(duration("5m"), Ok(Duration::from_secs(300)));
        assert_eq!(duration("24h"), Ok(Duration::from_secs(86_400)));
        assert_eq!(duration("250ms"), Ok(Duration::from_millis(250)));
        for bad in ["", "5", "m", "-5s", "5 parsecs", "9223372036854775807s"] {
            assert!(duration(bad).is_err(), "{bad:?} should not parse");
        }
        assert_eq!(positive_duration("1ms"), Ok(Duration::from_millis(1)));
        assert!(positive_duration("0s").is_err());
    }

    #[test]
    fn sizes() {
        assert_eq!(size("65536"), Ok(65_536));
        assert_eq!(size("64KiB"), Ok(65_536));
        assert_eq!(size("1MiB"), Ok(1_048_576));
        assert_eq!(size("2 kB"), Ok(2_000));
        for bad in ["", "KiB", "-1", "1.5MiB", "99999999999GiB", "1TiB"] {
            assert!(size(bad).is_err(), "{bad:?} should not parse");
        }
    }

    #[test]
    fn a_store_is_never_as_small_as_a_forgotten_unit_makes_it() {
        assert_eq!(store_size("64KiB"), Ok(65_536));
        for bad in ["0", "1", "500", "63KiB", "x"] {
            assert!(store_size(bad).is_err(), "{bad:?} should not parse");
        }
    }

    #[test]
    fn rates() {
        assert_eq!(rate("200/s"), Ok(200.0));
        assert_eq!(rate("90/m"), Ok(1.5));
        assert_eq!(rate("7"), Ok(7.0));
        for bad in ["0/s", "-1/s", "x/s", "5/d", "inf", ""] {
            assert!(rate(bad).is_err(), "{bad:?} should not parse");
        }
    }

    #[test]
    fn moments() {
        assert_eq!(moment("1769083200"), Ok(Moment::Unix(1_769_083_200)));
        assert_eq!(moment("2026-01-22T12:00:00Z"), Ok(Moment::Unix(1_769_083_200)));
        assert_eq!(moment("-10m").map(|moment| moment.unix(1_000)), Ok(400));
        assert_eq!(moment("+30s").map(|moment| moment.unix(1_000)), Ok(1_030));
        assert_eq!(moment("-1"), Ok(Moment::Unix(-1)));
        assert_eq!(moment("now").map(|moment| moment.unix(1_000)), Ok(1_000));
        assert!(moment("yesterday").is_err());
    }

    #[test]
    fn for_people() {
        let shown: Vec<_> = [0, 59, 60, 200, 7_500, 86_400, 273_600].map(human_duration).into();
        assert_eq!(shown, ["0s", "59s", "1m", "3m 20s", "2h 5m", "1d", "3d 4h"]);
        assert_eq!([412, 1_434, 3_145_728].map(human_size), ["412 B", "1.4 KiB", "3.0 MiB"]);
    }
}
