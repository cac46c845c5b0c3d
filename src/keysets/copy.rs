//! The copy of one key set as it is kept in a file, and what it is good for at a moment.

use serde::{Deserialize, Serialize};

const VERSION: u32 = 1;
/// After a failed attempt the server is left alone for a while, in seconds: at first so long, then twice
/// as long after each further one, and at most so long.
const FIRST_PAUSE: i64 = 10;
const LONGEST_PAUSE: i64 = 60;
/// A set whose keys did not match is fetched again at most so often, in seconds: whoever sends forged
/// deliveries must not make this machine ask without end.
const PAUSE_BETWEEN_RENEWALS: i64 = 30;
/// A copy that cannot be renewed is used for so long after it was fetched, in seconds: a key that was
/// withdrawn must not verify for ever on a machine that is kept from hearing of it.
const LONGEST_STALE: i64 = 7 * 24 * 3600;

/// What a copy is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It may be used as it is.
    Fresh,
    /// Its time is over, and it could not be renewed a moment ago: it may be used, and that is said.
    Stale,
    /// It must be fetched before it is used.
    Expired,
    /// There is none.
    Absent,
}

/// What is known of one key set. All times are Unix seconds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Kept {
    version: u32,
    /// Where it came from. A file with another URL is some other set's.
    pub(super) url: String,
    /// The set, once it was had.
    pub(super) set: Option<Set>,
    /// When it was last fetched because no key matched.
    renewed_at: Option<i64>,
    /// The last attempt, if it failed.
    pub(super) failure: Option<Failed>,
}

/// A set as it was published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Set {
    pub(super) text: String,
    pub(super) fetched_at: i64,
    pub(super) fresh_until: i64,
    pub(super) etag: Option<String>,
}

/// An attempt that failed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Failed {
    pub(super) at: i64,
    pub(super) why: String,
    /// How many have failed in a row.
    count: u32,
}

impl Failed {
    fn is_recent(&self, now: i64) -> bool {
        let pause = FIRST_PAUSE << self.count.saturating_sub(1).min(8);
        (self.at..self.at.saturating_add(pause.min(LONGEST_PAUSE))).contains(&now)
    }
}

impl Kept {
    /// Nothing yet of the set at `url`.
    pub(super) fn of(url: &str) -> Self {
        Kept { version: VERSION, url: url.to_owned(), ..Kept::default() }
    }

    /// Reads what [`Kept::write`] wrote for `url`; none where it is something else.
    pub(super) fn read(text: &str, url: &str) -> Option<Self> {
        Kept::parse(text).filter(|copy| copy.url == url)
    }

    /// Reads what [`Kept::write`] wrote, whatever it is a copy of.
    pub(super) fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok().filter(|copy: &Kept| copy.version == VERSION)
    }

    pub(super) fn write(&self) -> String {
        serde_json::to_string_pretty(self).expect("text and numbers serialise")
    }

    /// What it is good for at `now`.
    pub(super) fn standing(&self, now: i64) -> Standing {
        let Some(set) = &self.set else { return Standing::Absent };
        if (set.fetched_at..set.fresh_until).contains(&now) {
            return Standing::Fresh;
        }
        let is_recent = (set.fetched_at..set.fetched_at.saturating_add(LONGEST_STALE)).contains(&now);
        if is_recent && self.failed_recently(now) { Standing::Stale } else { Standing::Expired }
    }

    /// Whether it may be fetched at `now` for a delivery that no key at hand proves.
    pub(super) fn is_due(&self, now: i64) -> bool {
        if self.failed_recently(now) {
            return false;
        }
        // The first fetch is not a renewal: keys may be changed right after it.
        let pause_after = |at: i64| at..at.saturating_add(PAUSE_BETWEEN_RENEWALS);
        let is_free = self.renewed_at.is_none_or(|at| !pause_after(at).contains(&now));
        is_free || self.standing(now) != Standing::Fresh
    }

    fn failed_recently(&self, now: i64) -> bool {
        self.failure.as_ref().is_some_and(|failed| failed.is_recent(now))
    }

    /// Why there are no keys, where an attempt has failed a moment ago.
    pub(super) fn recent_failure(&self, now: i64) -> Option<&str> {
        self.failure.as_ref().filter(|failed| failed.is_recent(now)).map(|failed| failed.why.as_str())
    }

    /// Notes that an attempt at `now` is made for a delivery. One that finds no fresh copy is no renewal.
    pub(super) fn begun_for_delivery(&mut self, now: i64) {
        if self.standing(now) == Standing::Fresh {
            self.renewed_at = Some(now);
        }
    }

    /// Notes that an attempt was answered with a set.
    pub(super) fn succeeded(&mut self, set: Set) {
        self.set = Some(set);
        self.failure = None;
    }

    /// Notes that an attempt at `now` failed.
    pub(super) fn failed(&mut self, why: String, now: i64) {
        let count = self.failure.as_ref().map_or(0, |failed| failed.count).saturating_add(1);
        self.failure = Some(Failed { at: now, why, count });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const URL: &str = "https://example.com/jwks.json";

    fn set(fetched_at: i64) -> Set {
        Set { text: String::new(), fetched_at, fresh_until: fetched_at + 600, etag: None }
    }

    #[test]
    fn a_copy_is_fresh_then_expired_and_stale_only_where_renewing_failed() {
        let mut copy = Kept::of(URL);
        assert_eq!(copy.standing(0), Standing::Absent);
        copy.succeeded(set(1_000));
        assert_eq!([999, 1_000, 1_599, 1_600].map(|now| copy.standing(now)), {
            use Standing::{Expired, Fresh};
            // A copy of the future was made by a clock that was wrong.
            [Expired, Fresh, Fresh, Expired]
        });
        copy.failed("down".to_owned(), 2_000);
        assert_eq!((copy.standing(2_000), copy.is_due(2_000)), (Standing::Stale, false));
        assert_eq!((copy.standing(2_009), copy.recent_failure(2_009)), (Standing::Stale, Some("down")));
        assert_eq!((copy.standing(2_010), copy.is_due(2_010)), (Standing::Expired, true));
        copy.failed("down".to_owned(), 2_010);
        assert!(!copy.is_due(2_029) && copy.is_due(2_030), "each failure makes the pause longer");
        let old = 1_000 + LONGEST_STALE;
        copy.failed("down".to_owned(), old);
        assert_eq!((copy.standing(old), copy.is_due(old)), (Standing::Expired, false));
    }

    #[test]
    fn a_fresh_copy_is_renewed_once_and_then_left_alone_for_a_while() {
        let mut copy = Kept::of(URL);
        assert!(copy.is_due(1_000));
        copy.begun_for_delivery(1_000);
        copy.succeeded(set(1_000));
        assert!(copy.is_due(1_000), "keys may change at once");
        copy.begun_for_delivery(1_000);
        copy.succeeded(set(1_000));
        assert!(!copy.is_due(1_000) && !copy.is_due(1_029));
        assert!(copy.is_due(1_030) && copy.is_due(999));
    }

    #[test]
    fn a_damaged_file_that_claims_an_impossible_time_does_no_harm() {
        let mut copy = Kept::of(URL);
        copy.succeeded(set(1_000));
        copy.failed("down".to_owned(), i64::MAX);
        copy.renewed_at = Some(i64::MAX);
        copy.set.as_mut().expect("a set").fetched_at = i64::MAX;
        assert_eq!((copy.standing(1_000), copy.is_due(1_000)), (Standing::Expired, true));
    }

    #[test]
    fn a_file_of_another_set_or_version_is_not_believed() {
        let mut copy = Kept::of(URL);
        copy.succeeded(set(1_000));
        assert_eq!(Kept::read(&copy.write(), URL), Some(copy.clone()));
        assert_eq!(Kept::read(&copy.write(), "https://example.com/other.json"), None);
        assert_eq!(Kept::read(&copy.write().replace("\"version\": 1", "\"version\": 2"), URL), None);
        assert_eq!(Kept::read("{}", URL), None);
    }
}
