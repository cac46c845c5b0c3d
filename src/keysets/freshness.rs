//! How long a fetched key set may be used before it is to be fetched again.

use std::time::Duration;

use crate::gemini::Caching;

/// Whatever the answer says, a set is kept for at least so long and at most so long.
const SHORTEST: Duration = Duration::from_secs(5 * 60);
const LONGEST: Duration = Duration::from_secs(24 * 3600);
/// Where the answer says nothing.
const DEFAULT: Duration = Duration::from_secs(3600);

/// How long an answer with these headers may be used, from now on.
pub(super) fn lifetime(caching: &Caching) -> Duration {
    stated(caching).map_or(DEFAULT, |stated| stated.clamp(SHORTEST, LONGEST))
}

/// What the answer says: `Cache-Control` before `Expires`, each less the time it spent in other caches.
fn stated(caching: &Caching) -> Option<Duration> {
    let directives = caching.cache_control.as_deref().unwrap_or_default().split(',').map(str::trim);
    let mut max_age = None;
    for directive in directives {
        let (name, value) = directive.split_once('=').unwrap_or((directive, ""));
        match name.trim().to_ascii_lowercase().as_str() {
            "no-store" | "no-cache" => return Some(Duration::ZERO),
            // Of two that differ, the shorter one is safe.
            "max-age" => {
                let value = seconds(value.trim().trim_matches('"'));
                max_age = Some(max_age.map_or(value, |other: u64| other.min(value)));
            }
            _ => {}
        }
    }
    let age = caching.age.as_deref().map_or(0, |age| seconds(age.trim()));
    let whole = match max_age {
        Some(max_age) => max_age,
        None => {
            // A date that cannot be read means that the answer has expired.
            let expires = caching.expires.as_deref()?;
            let from = caching.date.as_deref().and_then(date)?;
            date(expires).map_or(0, |end| u64::try_from(end - from).unwrap_or(0))
        }
    };
    Some(Duration::from_secs(whole.saturating_sub(age)))
}

/// A number of seconds; one that cannot be read counts as none, one too large as the largest.
fn seconds(text: &str) -> u64 {
    match text.parse() {
        Ok(seconds) => seconds,
        Err(_) if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) => u64::MAX,
        Err(_) => 0,
    }
}

/// An HTTP date in Unix seconds.
fn date(text: &str) -> Option<i64> {
    jiff::fmt::rfc2822::parse(text.trim()).ok().map(|at| at.timestamp().as_second())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lifetime in minutes of an answer of noon with these headers.
    fn minutes(headers: &[(&str, &str)]) -> u64 {
        let header =
            |name| headers.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned());
        let caching = Caching {
            cache_control: header("cache-control"),
            age: header("age"),
            expires: header("expires"),
            date: Some("Thu, 22 Jan 2026 12:00:00 GMT".to_owned()),
        };
        lifetime(&caching).as_secs() / 60
    }

    #[test]
    fn cache_control_is_bounded_and_its_shortest_word_counts() {
        let of = |value| minutes(&[("cache-control", value)]);
        assert_eq!((minutes(&[]), of("public")), (60, 60));
        assert_eq!(of("public, max-age=7200, must-revalidate"), 120);
        assert_eq!(["max-age=60", "max-age=0", "max-age=soon", "no-store"].map(of), [5; 4]);
        assert_eq!(["max-age=31536000", "max-age=99999999999999999999999"].map(of), [24 * 60; 2]);
        assert_eq!(of("max-age=7200, max-age=900"), 15);
    }

    #[test]
    fn age_is_taken_off_and_expires_counts_where_cache_control_is_silent() {
        let until = |time: &str| format!("Thu, 22 Jan 2026 {time} GMT");
        let aged = |age| minutes(&[("cache-control", "Max-Age=\"7200\""), ("age", age)]);
        assert_eq!(["3600", "9000"].map(aged), [60, 5]);
        let expiring = |at: &str| minutes(&[("expires", at)]);
        assert_eq!((expiring(&until("14:00:00")), expiring(&until("11:00:00")), expiring("0")), (120, 5, 5));
        assert_eq!(minutes(&[("age", "1800"), ("expires", &until("14:00:00"))]), 90);
        assert_eq!(minutes(&[("cache-control", "max-age=900"), ("expires", &until("14:00:00"))]), 15);
    }
}
