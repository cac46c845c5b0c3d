//! When a call that may be repeated is sent again, and after how long.

use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::date;
use super::error::{ApiError, Cause, Refusal};
use crate::random::Random;

/// How often a call is sent at most.
pub(super) const ATTEMPTS: u32 = 4;
/// How long a call may take with all its attempts before it is not sent again.
const BUDGET: Duration = Duration::from_secs(60);
const FIRST_WAIT: Duration = Duration::from_millis(400);
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// The attempts at one thing, the one that is being made among them.
pub(super) struct Attempts {
    count: u32,
    /// When the first was made, where all of them together may take only so long.
    start: Option<Instant>,
}

impl Attempts {
    /// The first of attempts that are bounded in number and in time.
    pub(super) fn timed() -> Self {
        Attempts { count: 1, start: Some(Instant::now()) }
    }

    /// The first of attempts that are bounded in number only.
    pub(super) fn untimed() -> Self {
        Attempts { count: 1, start: None }
    }

    /// What is said where the present one failed.
    pub(super) fn failed(&self, cause: Cause) -> ApiError {
        ApiError { cause, attempts: self.count }
    }

    /// How long to wait for the next one, which is the present one from then on; nothing where there is none.
    pub(super) fn next(&mut self, error: &ApiError, random: &dyn Random) -> Option<Duration> {
        let spent = self.start.map_or(Duration::ZERO, |start| start.elapsed());
        let wait = wait(error, spent, random)?;
        self.count += 1;
        Some(wait)
    }
}

/// How long to wait before the next attempt, or nothing where trying again is of no use or takes too long.
///
/// What the service asks for in `Retry-After` is respected; otherwise waits double, each shortened by up
/// to half at random so that many clients do not come back at once.
fn wait(error: &ApiError, spent: Duration, random: &dyn Random) -> Option<Duration> {
    if error.attempts >= ATTEMPTS {
        return None;
    }
    if !is_transient(&error.cause) {
        return None;
    }
    let asked = error.refusal().and_then(|refusal| refusal.retry_after);
    let wait = asked.unwrap_or_else(|| backoff(error.attempts, random));
    (spent + wait <= BUDGET).then_some(wait)
}

/// Whether the same call may succeed a little later: after 408, 429 and every 5xx, and where the network failed.
pub(super) fn is_transient(cause: &Cause) -> bool {
    match cause {
        Cause::Refused(Refusal { status, .. }) | Cause::NotJson { status, .. } => {
            matches!(status, 408 | 429 | 500..=599)
        }
        Cause::Unreachable { .. }
        | Cause::TimedOut { .. }
        | Cause::NoAnswer { .. }
        | Cause::CutOff { .. } => true,
        Cause::TooLarge { .. }
        | Cause::Redirected { .. }
        | Cause::Changed
        | Cause::Abandoned
        | Cause::Unexpected { .. } => false,
    }
}

fn backoff(attempt: u32, random: &dyn Random) -> Duration {
    let doubled = FIRST_WAIT.saturating_mul(1 << attempt.saturating_sub(1).min(16));
    let mut byte = [0u8];
    random.fill(&mut byte);
    let share = 0.5 + f64::from(byte[0]) / 512.0;
    doubled.min(LONGEST_WAIT).mul_f64(share)
}

/// Reads `Retry-After`: seconds, or a date.
pub(super) fn parse_retry_after(value: &str, now: Timestamp) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse::<u32>() {
        return Some(Duration::from_secs(seconds.into()));
    }
    let seconds = date::parse(value)?.as_second().saturating_sub(now.as_second());
    Some(Duration::from_secs(u64::try_from(seconds).unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SeededRandom;

    fn refused(status: u16, attempts: u32, retry_after: Option<u64>) -> ApiError {
        let retry_after = retry_after.map(Duration::from_secs);
        let refusal = Refusal { status, retry_after, ..Refusal::default() };
        ApiError { cause: Cause::Refused(refusal), attempts }
    }

    #[test]
    fn only_what_can_pass_is_tried_again() {
        let waits = |status| wait(&refused(status, 1, None), Duration::ZERO, &SeededRandom::new(1)).is_some();
        for status in [408, 429, 500, 502, 503, 504] {
            assert!(waits(status), "{status}");
        }
        for status in [400, 401, 403, 404, 409, 412] {
            assert!(!waits(status), "{status}");
        }
    }

    #[test]
    fn waits_double_with_jitter_and_end() {
        let random = SeededRandom::new(1);
        let at = |attempts| wait(&refused(503, attempts, None), Duration::ZERO, &random);
        for (attempt, full) in [(1, 400), (2, 800), (3, 1600)] {
            let wait = at(attempt).expect("tries again").as_millis();
            assert!((full / 2..=full).contains(&wait), "attempt {attempt}: {wait} ms");
        }
        assert_eq!(at(ATTEMPTS), None);
    }

    #[test]
    fn retry_after_is_respected_within_the_budget() {
        let random = SeededRandom::new(1);
        let wait = |asked, spent| wait(&refused(429, 1, Some(asked)), Duration::from_secs(spent), &random);
        assert_eq!(wait(0, 0), Some(Duration::ZERO));
        assert_eq!(wait(20, 30), Some(Duration::from_secs(20)));
        assert_eq!(wait(20, 50), None, "nobody waits for minutes without knowing");
        assert_eq!(wait(3600, 0), None);
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now: Timestamp = "2026-01-22T12:00:00Z".parse().expect("a time");
        assert_eq!(parse_retry_after("7", now), Some(Duration::from_secs(7)));
        let date = "Thu, 22 Jan 2026 12:00:30 GMT";
        assert_eq!(parse_retry_after(date, now), Some(Duration::from_secs(30)));
        assert_eq!(parse_retry_after("Wed, 21 Jan 2026 12:00:30 GMT", now), Some(Duration::ZERO));
        assert_eq!(parse_retry_after("soon", now), None);
    }
}
