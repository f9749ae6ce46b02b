//! What the relay counts.

use std::{
    sync::{
        OnceLock,
        atomic::{AtomicI64, AtomicU64, Ordering::Relaxed},
    },
    time::Duration,
};

use chrono::{DateTime, Utc};
use metrics::Histogram;
use serde::Serialize;
use utoipa::ToSchema;

/// Counters that only go up, from the start of the relay.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    pub(crate) deliveries: AtomicU64,
    /// When the last one came, in milliseconds since 1970; 0 before the first.
    last_delivery: AtomicI64,
    pub(crate) repeats: AtomicU64,
    pub(crate) malformed: AtomicU64,
    pub(crate) unknown: AtomicU64,
    pub(crate) events: AtomicU64,
    pub(crate) commits: AtomicU64,
    pub(crate) slow_desks: AtomicU64,
    /// Frames that desks took, and their bytes; each desk adds its own now and then.
    pub(crate) frames: AtomicU64,
    pub(crate) frame_bytes: AtomicU64,
    /// Streams that went on where the desk was, and those that began with a snapshot.
    pub(crate) tails: AtomicU64,
    pub(crate) snapshots: AtomicU64,
    /// How long commits took, where somebody wants to see that.
    commit_time: OnceLock<Histogram>,
}

/// What the relay has counted since it started.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Counts {
    /// Deliveries that came from Zoom.
    pub deliveries: u64,
    /// Deliveries that had come before.
    pub repeats: u64,
    /// Deliveries that had not Zoom's form.
    pub malformed: u64,
    /// Deliveries that name an event which the relay does not know.
    pub unknown: u64,
    /// Events that were appended to the log.
    pub events: u64,
    /// Transactions in which they were appended.
    pub commits: u64,
    /// Sockets that were closed because their desk read too slowly.
    pub slow_desks: u64,
}

/// Adds to a counter.
pub(crate) fn count(counter: &AtomicU64, more: u64) {
    counter.fetch_add(more, Relaxed);
}

impl Tally {
    /// Shows from now on in `figure` how long commits take.
    pub(crate) fn show_commit_time(&self, figure: Histogram) {
        // Nobody asks for this twice.
        let _ = self.commit_time.set(figure);
    }

    /// A commit took so long.
    pub(crate) fn committed_within(&self, time: Duration) {
        if let Some(figure) = self.commit_time.get() {
            figure.record(time.as_secs_f64());
        }
    }

    /// Counts a delivery that came at `now`.
    pub(crate) fn delivered(&self, now: DateTime<Utc>) {
        count(&self.deliveries, 1);
        self.last_delivery.fetch_max(now.timestamp_millis(), Relaxed);
    }

    /// When the last delivery came.
    pub(crate) fn last_delivery(&self) -> Option<DateTime<Utc>> {
        let at = self.last_delivery.load(Relaxed);
        DateTime::from_timestamp_millis(at).filter(|_| at > 0)
    }

    /// What was counted so far.
    pub(crate) fn counts(&self) -> Counts {
        Counts {
            deliveries: self.deliveries.load(Relaxed),
            repeats: self.repeats.load(Relaxed),
            malformed: self.malformed.load(Relaxed),
            unknown: self.unknown.load(Relaxed),
            events: self.events.load(Relaxed),
            commits: self.commits.load(Relaxed),
            slow_desks: self.slow_desks.load(Relaxed),
        }
    }
}
