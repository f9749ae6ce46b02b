//! How many deliveries are on their way at once, so that a storm costs a bounded amount of memory.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use hyper::body::{Body as _, Incoming};

/// A delivery up to this many bytes is small; Zoom's ordinary ones are.
const SMALL: u64 = 8 * 1_024;
/// How many small ones are on their way.
const MOST_SMALL: usize = 3_072;
/// How many others are on their way, each of up to 256 KiB. They have their own places, so that nobody who sends
/// large nonsense takes those of ordinary deliveries.
const MOST_LARGE: usize = 64;

/// The places of deliveries on their way.
#[derive(Debug)]
pub(super) struct Gates {
    small: Gate,
    large: Gate,
}

#[derive(Debug)]
struct Gate {
    taken: AtomicUsize,
    most: usize,
}

/// The place of one delivery, until it is dropped.
#[derive(Debug)]
pub(super) struct Place<'a>(&'a AtomicUsize);

impl Gates {
    /// A place for this delivery; nothing when there is none.
    pub(super) fn enter(&self, body: &Incoming) -> Option<Place<'_>> {
        let is_small = body.size_hint().upper().is_some_and(|bytes| bytes <= SMALL);
        if is_small { self.small.enter() } else { self.large.enter() }
    }
}

impl Gate {
    const fn of(most: usize) -> Self {
        Self { taken: AtomicUsize::new(0), most }
    }

    fn enter(&self) -> Option<Place<'_>> {
        // Beyond the last place the counter is only touched, and put back.
        let place = Place(&self.taken);
        (self.taken.fetch_add(1, Relaxed) < self.most).then_some(place)
    }
}

impl Default for Gates {
    fn default() -> Self {
        Self { small: Gate::of(MOST_SMALL), large: Gate::of(MOST_LARGE) }
    }
}

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beyond_the_last_place_nobody_enters_until_somebody_leaves() {
        let gate = Gate::of(2);
        let (one, other) = (gate.enter().unwrap(), gate.enter().unwrap());

        assert!(gate.enter().is_none());
        drop(one);
        assert!(gate.enter().is_some());
        drop(other);
        assert_eq!(gate.taken.load(Relaxed), 0);
    }
}
