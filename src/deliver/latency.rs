//! Latencies of many deliveries in bounded memory.

use std::time::Duration;

/// Each power of two is cut into this many steps, so that a quantile is at most 1.6% too high.
const STEPS: usize = 64;
const STEP_BITS: u32 = STEPS.ilog2();
/// Microseconds up to 2^36, which is 19 hours.
const BUCKETS: usize = STEPS * (37 - STEP_BITS as usize);

/// A histogram of latencies, in microseconds, whose buckets grow with the values.
#[derive(Debug)]
pub struct Latencies {
    counts: Box<[u64; BUCKETS]>,
    total: u64,
    longest: Duration,
}

impl Default for Latencies {
    fn default() -> Self {
        Latencies { counts: Box::new([0; BUCKETS]), total: 0, longest: Duration::ZERO }
    }
}

impl Latencies {
    /// Takes one latency in.
    pub fn record(&mut self, latency: Duration) {
        let micros = u64::try_from(latency.as_micros()).unwrap_or(u64::MAX);
        self.counts[bucket(micros)] += 1;
        self.total += 1;
        self.longest = self.longest.max(latency);
    }

    /// The latency that the share `quantile` of all deliveries did not exceed; none without deliveries.
    pub fn quantile(&self, quantile: f64) -> Option<Duration> {
        let rank = ((self.total as f64 * quantile).ceil() as u64).max(1);
        let mut below = 0;
        let found = self.counts.iter().position(|count| {
            below += count;
            below >= rank
        })?;
        Some(Duration::from_micros(highest(found)).min(self.longest))
    }

    /// The longest latency.
    pub fn longest(&self) -> Option<Duration> {
        (self.total > 0).then_some(self.longest)
    }
}

/// Values below [`STEPS`] have a bucket each; above, the leading bits decide.
fn bucket(micros: u64) -> usize {
    let shift = (u64::BITS - micros.leading_zeros()).saturating_sub(STEP_BITS + 1);
    let index = shift as usize * STEPS + (micros >> shift) as usize;
    index.min(BUCKETS - 1)
}

/// The highest value of a bucket.
fn highest(bucket: usize) -> u64 {
    let shift = (bucket / STEPS).saturating_sub(1);
    let lead = (bucket - shift * STEPS) as u64;
    ((lead + 1) << shift) - 1
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_value_lies_in_its_bucket_and_close_to_its_end(micros in 0u64..(1 << 36)) {
            let end = highest(bucket(micros));
            prop_assert!(end >= micros);
            prop_assert!(end - micros <= micros / STEPS as u64);
        }
    }

    #[test]
    fn quantiles_are_those_of_the_values() {
        let mut latencies = Latencies::default();
        assert_eq!(latencies.quantile(0.5), None);
        for millis in 1..=100 {
            latencies.record(Duration::from_millis(millis));
        }
        let at = |quantile| latencies.quantile(quantile).expect("has values").as_secs_f64() * 1_000.0;
        assert!((50.0..51.0).contains(&at(0.5)), "{}", at(0.5));
        assert!((99.0..101.0).contains(&at(0.99)), "{}", at(0.99));
        assert_eq!(latencies.quantile(1.0), Some(Duration::from_millis(100)));
        assert_eq!(latencies.longest(), Some(Duration::from_millis(100)));
    }

    #[test]
    fn absurd_latencies_are_counted_too() {
        let mut latencies = Latencies::default();
        latencies.record(Duration::MAX);
        assert!(latencies.quantile(0.99).is_some());
    }
}
