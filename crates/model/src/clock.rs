//! The only place where the project asks what time it is.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use chrono::{DateTime, TimeDelta, Utc};

/// A source of the current time in UTC. Cheap to clone; clones share their source.
#[derive(Clone)]
pub struct Clock(Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>);

/// The hand that moves a still clock made by [`Clock::still`].
#[derive(Clone, Debug)]
pub struct Hand(Arc<Mutex<DateTime<Utc>>>);

impl Clock {
    /// The machine's own clock.
    #[expect(clippy::disallowed_methods, reason = "this is the one clock")]
    pub fn system() -> Self {
        Self(Arc::new(Utc::now))
    }

    /// A clock that stands at `at` until its hand is moved.
    pub fn still(at: DateTime<Utc>) -> (Self, Hand) {
        let hand = Hand(Arc::new(Mutex::new(at)));
        let shown = hand.clone();
        (Self(Arc::new(move || shown.read())), hand)
    }

    /// A clock that is `by` ahead of this one (behind, when negative).
    #[must_use]
    pub fn shifted(&self, by: TimeDelta) -> Self {
        let own = self.clone();
        Self(Arc::new(move || own.now() + by))
    }

    /// What this clock shows now.
    pub fn now(&self) -> DateTime<Utc> {
        (self.0)()
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Clock({})", self.now())
    }
}

impl Hand {
    /// Moves the clock forward (backward, when negative).
    pub fn advance(&self, by: TimeDelta) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) += by;
    }

    fn read(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_still_clock_moves_only_by_its_hand() {
        let (clock, hand) = Clock::still(DateTime::UNIX_EPOCH);
        let twin = clock.clone();

        hand.advance(TimeDelta::seconds(90));

        assert_eq!(clock.now(), twin.now());
        assert_eq!(clock.now().timestamp(), 90);
    }

    #[test]
    fn a_shifted_clock_keeps_its_distance() {
        let (clock, hand) = Clock::still(DateTime::UNIX_EPOCH);
        let ahead = clock.shifted(TimeDelta::hours(1));

        hand.advance(TimeDelta::seconds(5));

        assert_eq!(ahead.now() - clock.now(), TimeDelta::hours(1));
    }
}
