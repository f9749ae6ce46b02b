//! How long to wait before the next try.

use std::time::Duration;

use rand::{Rng, RngExt as _};

/// Pauses that double from the first to the longest, each shortened at random, by up to a half and the first
/// by nearly all of it, so that a relay that comes back is not met by all its desks at once.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Backoff {
    first: Duration,
    tries: u32,
}

impl Backoff {
    pub(crate) const fn new(first: Duration) -> Self {
        Self { first, tries: 0 }
    }

    /// The next pause, at most the longest.
    pub(crate) fn pause(&mut self, longest: Duration, random: &mut impl Rng) -> Duration {
        let whole = self.first.saturating_mul(1 << self.tries.min(16)).min(longest);
        // The first pause is what is left of it at random: all desks of a relay that stops begin to wait at
        // the same moment.
        let least = if self.tries == 0 { 0.1 } else { 0.5 };
        self.tries = self.tries.saturating_add(1);
        whole.mul_f64(random.random_range(least..=1.0))
    }

    /// Begins again with the first pause.
    pub(crate) const fn reset(&mut self) {
        self.tries = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::{SeedableRng as _, rngs::StdRng};

    #[test]
    fn pauses_double_up_to_the_longest_and_begin_again() {
        let mut random = StdRng::seed_from_u64(1);
        let (mut backoff, longest) = (Backoff::new(Duration::from_millis(500)), Duration::from_secs(30));

        let pauses: Vec<f64> = (0..10).map(|_| backoff.pause(longest, &mut random).as_secs_f64()).collect();
        backoff.reset();
        let again = backoff.pause(longest, &mut random).as_secs_f64();

        for (place, pause) in pauses.iter().enumerate() {
            let whole = (0.5 * 2_f64.powi(i32::try_from(place).unwrap())).min(30.0);
            let least = if place == 0 { 0.05 } else { whole / 2.0 };
            assert!((least..=whole).contains(pause), "{place}: {pause}");
        }
        assert!((0.05..=0.5).contains(&again));
    }
}
