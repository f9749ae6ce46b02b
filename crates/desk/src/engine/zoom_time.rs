//! The time by which presence and calls are dated: Zoom's, however wrong this computer's clock is.

use std::sync::{
    Mutex,
    atomic::{AtomicI32, Ordering},
};

use chrono::{DateTime, TimeDelta, Utc};
use rollcall_wire::Failure;

use super::Desk;
use crate::{rows::Now, sync::hold};

/// Of two estimates that differ by less, the first stays: messages are on their way for different times.
const SAME: TimeDelta = TimeDelta::seconds(1);

/// By how much this computer's clock is ahead of Zoom's.
#[derive(Debug, Default)]
pub(super) struct Ahead {
    /// In seconds, as a relay on this computer complains; 0 while it does not.
    told: AtomicI32,
    /// By the time that a relay elsewhere tells: Zoom's, as far as that relay knows it.
    heard: Mutex<Option<TimeDelta>>,
}

impl Ahead {
    /// Takes in what the relay reports; tells whether time is another one now.
    pub(super) fn heed(&self, failures: &[Failure]) -> bool {
        let told = failures.iter().find_map(|failure| match failure {
            Failure::ClockWrong { ahead_secs } => Some(*ahead_secs),
            _ => None,
        });
        let ahead = told.unwrap_or_default();
        self.told.swap(ahead, Ordering::Relaxed) != ahead && hold(&self.heard).is_none()
    }

    /// Takes in the time of a relay elsewhere, which has just come; tells whether time is another one now.
    fn heed_time(&self, relay: DateTime<Utc>, own: DateTime<Utc>) -> bool {
        let ahead = own - relay;
        let mut heard = hold(&self.heard);
        if heard.is_some_and(|heard| (heard - ahead).abs() < SAME) {
            return false;
        }
        let known = heard.replace(ahead).unwrap_or_default();
        (known - ahead).abs() >= SAME
    }

    /// Another relay has another clock, or complains for itself.
    pub(super) fn forget(&self) {
        self.told.store(0, Ordering::Relaxed);
        *hold(&self.heard) = None;
    }

    fn correct(&self, own: DateTime<Utc>) -> DateTime<Utc> {
        let told = || TimeDelta::seconds(self.told.load(Ordering::Relaxed).into());
        let ahead = hold(&self.heard).unwrap_or_else(told);
        own.checked_sub_signed(ahead).unwrap_or(own)
    }
}

impl Desk {
    /// The time by Zoom's clock: what Zoom dates has its true age by it. Whatever happens at this desk alone is
    /// dated by [`Desk::clock`](Self::clock).
    pub(super) fn zoom_now(&self) -> DateTime<Utc> {
        self.now().zoom
    }

    /// A relay that is not on this computer tells its time.
    pub(crate) fn heed_relay_time(&self, at: DateTime<Utc>) {
        if self.ahead.heed_time(at, self.clock.now()) {
            tracing::info!("The relay's clock shows another time than this computer's");
            self.ticks.notify_one();
        }
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

    #[test]
    fn the_time_of_a_relay_elsewhere_counts_however_it_complains() {
        let (ahead, own) = (Ahead::default(), DateTime::from_timestamp(1_795_000_000, 0).unwrap());
        let relay = own + TimeDelta::minutes(5);

        assert!(ahead.heed_time(relay, own));
        assert!(!ahead.heed_time(relay + TimeDelta::milliseconds(900), own), "no more than a slow message");
        assert!(!ahead.heed(&[Failure::ClockWrong { ahead_secs: 60 }]));
        assert_eq!(ahead.correct(own), relay);

        ahead.forget();
        assert_eq!(ahead.correct(own), own);
    }
}
