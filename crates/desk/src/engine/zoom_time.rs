//! The time by which presence and calls are dated: Zoom's, however wrong this computer's clock is.

use std::sync::atomic::{AtomicI32, Ordering};

use chrono::{DateTime, TimeDelta, Utc};
use rollcall_wire::Failure;

use super::Desk;
use crate::rows::Now;

/// By how many seconds this computer's clock is ahead of Zoom's, as far as the relay tells; 0 while it does
/// not complain.
#[derive(Debug, Default)]
pub(super) struct Ahead(AtomicI32);

impl Ahead {
    /// Takes in what the relay reports; tells whether time is another one now.
    pub(super) fn heed(&self, failures: &[Failure]) -> bool {
        let told = failures.iter().find_map(|failure| match failure {
            Failure::ClockWrong { ahead_secs } => Some(*ahead_secs),
            _ => None,
        });
        let ahead = told.unwrap_or_default();
        self.0.swap(ahead, Ordering::Relaxed) != ahead
    }

    fn correct(&self, own: DateTime<Utc>) -> DateTime<Utc> {
        let ahead = TimeDelta::seconds(self.0.load(Ordering::Relaxed).into());
        own.checked_sub_signed(ahead).unwrap_or(own)
    }
}

impl Desk {
    /// The time by Zoom's clock: what Zoom dates has its true age by it. Whatever happens at this desk alone is
    /// dated by [`Desk::clock`](Self::clock).
    pub(super) fn zoom_now(&self) -> DateTime<Utc> {
        self.now().zoom
    }

    /// The time by Zoom's clock and by this computer's.
    pub(super) fn now(&self) -> Now {
        let own = self.clock.now();
        Now { zoom: self.ahead.correct(own), own }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_that_is_wrong_is_put_right_until_it_is_right_by_itself() {
        let (ahead, own) = (Ahead::default(), DateTime::from_timestamp(1_795_000_000, 0).unwrap());
        let wrong = [Failure::PhoneNotEnabled, Failure::ClockWrong { ahead_secs: -3_600 }];

        assert!(ahead.heed(&wrong));
        assert!(!ahead.heed(&wrong));
        assert_eq!(ahead.correct(own), own + TimeDelta::hours(1));

        assert!(ahead.heed(&[]));
        assert_eq!(ahead.correct(own), own);
    }
}
