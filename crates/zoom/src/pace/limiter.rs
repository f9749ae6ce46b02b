//! Even spacing by governor, on tokio's clock.

use std::time::{Duration, Instant};

use governor::{
    Quota, RateLimiter,
    clock::Clock,
    middleware::NoOpMiddleware,
    state::{InMemoryState, NotKeyed},
};

/// The monotonic clock of the runtime, which tests can pause.
#[derive(Clone, Copy, Debug)]
struct RuntimeClock;

/// Lets calls out one by one.
#[derive(Debug)]
pub(super) struct Limiter(RateLimiter<NotKeyed, InMemoryState, RuntimeClock, NoOpMiddleware<Instant>>);

impl Clock for RuntimeClock {
    type Instant = Instant;

    fn now(&self) -> Instant {
        tokio::time::Instant::now().into_std()
    }
}

impl Limiter {
    /// One call every `spacing`.
    pub(super) fn every(spacing: Duration) -> Self {
        let spacing = spacing.max(Duration::from_millis(1));
        #[expect(clippy::expect_used, reason = "the spacing is not zero")]
        let quota = Quota::with_period(spacing).expect("a quota");
        Self(RateLimiter::direct_with_clock(quota, RuntimeClock))
    }

    /// Takes a place, or tells how long to wait before trying again.
    pub(super) fn take(&self) -> Result<(), Duration> {
        let not_yet = match self.0.check() {
            Ok(()) => return Ok(()),
            Err(not_yet) => not_yet,
        };
        Err(not_yet.wait_time_from(RuntimeClock.now()).max(Duration::from_millis(1)))
    }
}
