//! Whether this machine's clock was set while the server ran: its own word for a delivery's age is worth nothing then.

use chrono::{DateTime, TimeDelta, Utc};
use rollcall_model::Clock;
use tokio::time::Instant;

/// Clocks drift, and are set a little now and then.
const LITTLE: TimeDelta = TimeDelta::minutes(1);

/// A moment by the machine's clock, and by time that nobody sets.
#[derive(Debug)]
pub(super) struct Start {
    at: DateTime<Utc>,
    steady: Instant,
}

impl Start {
    /// This moment.
    pub(super) fn now(clock: &Clock) -> Self {
        Self { at: clock.now(), steady: Instant::now() }
    }

    /// Whether the clock was set since then.
    pub(super) fn clock_was_set(&self, now: DateTime<Utc>) -> bool {
        let passed = TimeDelta::from_std(self.steady.elapsed()).unwrap_or(TimeDelta::MAX);
        (now - self.at - passed).abs() > LITTLE
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn only_a_clock_that_goes_otherwise_than_time_was_set() {
        let (clock, hand) = Clock::still(DateTime::UNIX_EPOCH);
        let start = Start::now(&clock);

        tokio::time::advance(Duration::from_hours(5)).await;
        hand.advance(TimeDelta::hours(5) + TimeDelta::seconds(2));
        assert!(!start.clock_was_set(clock.now()));

        for step in [TimeDelta::hours(1), -TimeDelta::hours(2)] {
            hand.advance(step);
            assert!(start.clock_was_set(clock.now()));
        }
    }
}
