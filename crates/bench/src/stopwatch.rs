//! Measuring time.

use std::time::{Duration, Instant};

/// Durations of the same thing, done many times.
#[derive(Debug, Default)]
pub(crate) struct Times(Vec<Duration>);

/// Runs since it was started.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts now.
    #[expect(clippy::disallowed_methods, reason = "measuring time is what this program is for")]
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    /// How long it has run.
    pub(crate) fn elapsed(self) -> Duration {
        self.0.elapsed()
    }
}

/// Does something and tells how long that took.
pub(crate) fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = Stopwatch::start();
    let done = work();
    (done, start.elapsed())
}

/// How many of `count` a second, whole.
pub(crate) fn per_second(count: usize, time: Duration) -> f64 {
    let count = u32::try_from(count).map_or(f64::INFINITY, f64::from);
    (count / time.as_secs_f64()).round()
}

/// A duration in milliseconds, to the microsecond.
pub(crate) fn millis(time: Duration) -> f64 {
    (time.as_secs_f64() * 1e6).round() / 1e3
}

impl Times {
    /// Adds a time that was measured elsewhere.
    pub(crate) fn add(&mut self, time: Duration) {
        self.0.push(time);
    }

    /// Adds all of the others.
    pub(crate) fn append(&mut self, mut others: Self) {
        self.0.append(&mut others.0);
    }

    /// Adds a time in milliseconds.
    pub(crate) fn add_millis(&mut self, time: f64) {
        self.add(Duration::from_secs_f64(time.max(0.0) / 1e3));
    }

    /// Does something once more.
    pub(crate) fn time<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let (done, time) = timed(work);
        self.0.push(time);
        done
    }

    /// The time within which `percent` of 100 were done (nearest rank), in milliseconds.
    pub(crate) fn percentile(&self, percent: usize) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let rank = (sorted.len() * percent).div_ceil(100).max(1);
        sorted.get(rank - 1).copied().map_or(0.0, millis)
    }

    /// How many times it was done.
    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_one_of_the_times() {
        let times = Times((1..=200).rev().map(Duration::from_millis).collect());

        let figures = [50, 99, 100].map(|percent| times.percentile(percent).to_string());

        assert_eq!(figures, ["100", "198", "200"]);
        assert_eq!(Times::default().percentile(99).to_string(), "0");
    }
}
