//! Events that the relay itself finds out, told to the log.

use chrono::{DateTime, TimeDelta, Utc};
use rollcall_model::Event;

use crate::{
    core::Core,
    ledger::{Arrival, Keys},
};

/// How many events are committed at a time.
const AT_A_TIME: usize = 1_000;

/// A moment at which something was found out that takes the place of what is known.
pub(crate) fn later(at: DateTime<Utc>, known: Option<DateTime<Utc>>) -> DateTime<Utc> {
    known.map_or(at, |known| at.max(known + TimeDelta::milliseconds(1)))
}

/// Commits a bounded number at a time, and waits until it is folded in. At the end of the relay the rest is found
/// again by whoever compares next.
pub(crate) async fn tell(core: &Core, events: Vec<Event>) {
    for events in events.chunks(AT_A_TIME) {
        let arrival = Arrival { keys: Keys::NONE, events: events.to_vec() };
        if core.log.commit(arrival).await.is_err() {
            return;
        }
    }
}
