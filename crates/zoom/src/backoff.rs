//! Pauses that double, with jitter from a seed.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use rand::{RngExt, SeedableRng, rngs::StdRng};

/// The longest pause before jitter.
pub(crate) const LONGEST: Duration = Duration::from_mins(1);

/// The pause after `failures` failures in a row: 1, 2, 4 … 60 seconds, counted from one failure.
pub(crate) fn pause(failures: u32) -> Duration {
    let doublings = failures.saturating_sub(1).min(6);
    Duration::from_secs(1 << doublings).min(LONGEST)
}

/// The source of jitter of one client.
#[derive(Debug)]
pub(crate) struct Jitter(Mutex<StdRng>);

impl Jitter {
    pub(crate) fn new(seed: u64) -> Self {
        Self(Mutex::new(StdRng::seed_from_u64(seed)))
    }

    /// `pause`, made up to a quarter longer so that many clients do not come back at one moment.
    pub(crate) fn spread(&self, pause: Duration) -> Duration {
        let mut random = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        pause.mul_f64(1.0 + random.random_range(0.0..0.25))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_a_minute() {
        let seconds: Vec<u64> = (1..=9).map(|failures| pause(failures).as_secs()).collect();

        assert_eq!(seconds, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
        assert_eq!(pause(u32::MAX), LONGEST);
    }

    #[test]
    fn jitter_only_lengthens_and_never_by_more_than_a_quarter() {
        let jitter = Jitter::new(7);

        for _ in 0..1_000 {
            let spread = jitter.spread(Duration::from_secs(4));
            assert!(spread >= Duration::from_secs(4) && spread < Duration::from_secs(5), "{spread:?}");
        }
    }

    #[test]
    fn one_seed_gives_one_row_of_pauses() {
        let row = |seed| {
            let jitter = Jitter::new(seed);
            [(); 8].map(|()| jitter.spread(Duration::from_secs(1)))
        };

        assert_eq!(row(1), row(1));
        assert_ne!(row(1), row(2));
    }
}
