//! When a failed delivery is tried again.
//!
//! The service publishes neither its schedule nor its jitter: it says "exponential backoff" and "24
//! hours". The rest is a guess that options change.

use std::time::Duration;

use crate::random::Random;

/// The delays between attempts, in the emulator's time.
#[derive(Debug, Clone, PartialEq)]
pub struct Schedule {
    /// Before the second attempt.
    pub first: Duration,
    /// How many times longer each delay is than the one before.
    pub factor: f64,
    /// The longest delay.
    pub longest: Duration,
    /// After this long since the first attempt a delivery is given up.
    pub horizon: Duration,
    /// How far a delay may be from its nominal length, as a part of it, either way.
    pub jitter: f64,
    /// How many times faster than the real clock the emulator's time passes.
    pub time_scale: f64,
}

impl Schedule {
    /// The delay after the failed attempt `number` (from 1), before which delays of `age` in all were
    /// waited; none where the delivery is to be given up. Attempts themselves take real time, which
    /// is not counted, so that the number of attempts does not depend on the receiver or the machine.
    pub fn next(&self, number: u32, age: Duration, random: &dyn Random) -> Option<Duration> {
        let exponent = i32::try_from(number.saturating_sub(1)).unwrap_or(i32::MAX);
        let nominal = self.first.as_secs_f64() * self.factor.powi(exponent);
        let capped = nominal.min(self.longest.as_secs_f64());
        let delay = Duration::from_secs_f64(capped * (1.0 + self.jitter * signed_unit(random)));
        (age + delay <= self.horizon).then_some(delay)
    }

    /// How long a length of the emulator's time is on the real clock.
    pub fn real(&self, length: Duration) -> Duration {
        length.div_f64(self.time_scale)
    }
}

/// A number from -1 to 1.
fn signed_unit(random: &dyn Random) -> f64 {
    let mut bytes = [0u8; 4];
    random.fill(&mut bytes);
    f64::from(u32::from_le_bytes(bytes)) / f64::from(u32::MAX) * 2.0 - 1.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SeededRandom;

    fn schedule(jitter: f64) -> Schedule {
        Schedule {
            first: Duration::from_secs(5),
            factor: 2.0,
            longest: Duration::from_secs(3_600),
            horizon: Duration::from_secs(86_400),
            jitter,
            time_scale: 3_600.0,
        }
    }

    fn delays(schedule: &Schedule) -> Vec<Duration> {
        let random = SeededRandom::new(1);
        let (mut age, mut delays) = (Duration::ZERO, Vec::new());
        while let Some(delay) = schedule.next(delays.len() as u32 + 1, age, &random) {
            age += delay;
            delays.push(delay);
        }
        delays
    }

    #[test]
    fn delays_double_up_to_an_hour_and_end_within_a_day() {
        let delays = delays(&schedule(0.0));
        let seconds: Vec<u64> = delays.iter().map(Duration::as_secs).collect();
        assert_eq!(seconds[..4], [5, 10, 20, 40]);
        assert_eq!((seconds[9], seconds[10]), (2_560, 3_600));
        let sum: u64 = seconds.iter().sum();
        assert!(sum <= 86_400 && sum > 86_400 - 3_600, "{sum}");
        assert_eq!(delays.len(), 32);
    }

    #[test]
    fn jitter_stays_in_its_bounds_and_differs() {
        let (exact, jittered) = (delays(&schedule(0.0)), delays(&schedule(0.2)));
        assert_ne!(exact, jittered);
        for (nominal, delay) in exact.iter().zip(&jittered) {
            let ratio = delay.as_secs_f64() / nominal.as_secs_f64();
            assert!((0.8..=1.2).contains(&ratio), "{ratio}");
        }
    }

    #[test]
    fn the_scale_speeds_time_up() {
        let schedule = schedule(0.0);
        assert_eq!(schedule.real(Duration::from_secs(86_400)), Duration::from_secs(24));
    }

    #[test]
    fn a_factor_that_overflows_is_capped() {
        let steep = Schedule { factor: 1e300, ..schedule(0.0) };
        let delay = steep.next(40, Duration::ZERO, &SeededRandom::new(1));
        assert_eq!(delay, Some(Duration::from_secs(3_600)));
    }
}
