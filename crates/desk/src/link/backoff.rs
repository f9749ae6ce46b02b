//! How long to wait before the next try.

use std::time::Duration;

use rand::{Rng, RngExt as _};

/// Pauses that double from the first to the longest, each shortened by up to a half at random, so that a
/// relay that comes back is not met by all its desks at once.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Backoff {
    first: Duration,
    longest: Duration,
    tries: u32,
}

impl Backoff {
    pub(crate) const fn new(first: Duration, longest: Duration) -> Self {
        Self { first, longest, tries: 0 }
    }

    /// The next pause.
    pub(crate) fn pause(&mut self, random: &mut impl Rng) -> Duration {
        let whole = self.first.saturating_mul(1 << self.tries.min(16)).min(self.longest);
        self.tries = self.tries.saturating_add(1);
        whole.mul_f64(random.random_range(0.5..=1.0))
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
        let mut backoff = Backoff::new(Duration::from_millis(500), Duration::from_secs(30));

        let pauses: Vec<f64> = (0..10).map(|_| backoff.pause(&mut random).as_secs_f64()).collect();
        backoff.reset();
        let again = backoff.pause(&mut random).as_secs_f64();

        for (place, pause) in pauses.iter().enumerate() {
            let whole = (0.5 * 2_f64.powi(i32::try_from(place).unwrap())).min(30.0);
            assert!((whole / 2.0..=whole).contains(pause), "{place}: {pause}");
        }
        assert!((0.25..=0.5).contains(&again));
    }
}
