//! How fast Zoom may be asked: one gate for each of Zoom's rate labels, obeying what replies say.
//!
//! The limits are Zoom's published ones per account and label. A gate spaces calls evenly instead of
//! letting them out in bursts, so that no second of Zoom's holds more calls than the plan allows.

mod bucket;
mod gate;
mod headers;
mod limiter;

use chrono::{DateTime, Utc};
use reqwest::{StatusCode, header::HeaderMap};

pub(crate) use bucket::{Bucket, Family, Label};
use gate::Gate;
use headers::{Kind, RateHeaders};

use crate::{Plan, ZoomError, backoff::Jitter};

/// Who is waiting for the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Lane {
    /// Somebody looks at the screen: goes first, gives up after ten seconds.
    Now,
    /// Nobody waits: takes at most a quarter of the budget, and gives way to everybody else.
    Sweep,
}

/// All gates of one client.
#[derive(Debug)]
pub(crate) struct Pace {
    gates: [Gate; Bucket::COUNT],
    jitter: Jitter,
}

impl Pace {
    pub(crate) fn new(plan: Plan, seed: u64) -> Self {
        Self { gates: Bucket::ALL.map(|bucket| Gate::new(bucket, plan)), jitter: Jitter::new(seed) }
    }

    pub(crate) fn jitter(&self) -> &Jitter {
        &self.jitter
    }

    /// Waits for a place. `now` is read again whenever the wait was long.
    pub(crate) async fn pass(
        &self,
        bucket: Bucket,
        lane: Lane,
        now: impl Fn() -> DateTime<Utc>,
    ) -> Result<(), ZoomError> {
        self.gate(bucket).pass(lane, now).await
    }

    /// Takes in what a reply says about limits; a 429 becomes the error to give or to wait for.
    ///
    /// `per_person` marks calls that Zoom limits for each person apart: their 429 closes no gate.
    pub(crate) fn heed(
        &self,
        bucket: Bucket,
        per_person: bool,
        status: StatusCode,
        headers: &HeaderMap,
        now: DateTime<Utc>,
    ) -> Result<(), ZoomError> {
        let told = RateHeaders::read(headers, now);
        if status != StatusCode::TOO_MANY_REQUESTS {
            self.gate(bucket).learn(&told, now);
            return Ok(());
        }
        if per_person && told.kind == Kind::Unsaid {
            return Err(ZoomError::PerSecondLimit { retry_in: told.retry_in.unwrap_or(gate::ONCE_A_MINUTE) });
        }
        Err(self.gate(bucket).close(&told, now, &self.jitter))
    }

    fn gate(&self, bucket: Bucket) -> &Gate {
        &self.gates[bucket.index()]
    }
}
