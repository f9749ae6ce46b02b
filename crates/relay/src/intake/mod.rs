//! What Zoom delivers: parsed, counted, recognised when it comes again, and handed to the log's writer.
//!
//! Nothing that Zoom sends stops the stream: what cannot be read is counted, and the shape of the first
//! hundred is kept for the doctor.

mod keep;
mod shape;

use std::sync::{Arc, atomic::Ordering};

use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use rollcall_model::Event;
use rollcall_zoom::{
    delivery::{self, Delivery, Meaning},
    subscription::{Heard, LostWhy},
};
use tokio::sync::mpsc;

use crate::{
    core::Core,
    failure,
    ledger::{Arrival, Keys, ODDITIES_KEPT, Oddity, OddityKind},
    log::Stopping,
    repair,
    tally::count,
};

pub(crate) use keep::{Taken, keep};

/// By more than this no clock is wrong that anything else works with.
const CLOCKS_DIFFER: TimeDelta = TimeDelta::days(1);
/// How many deliveries may wait; beyond that reading from Zoom waits.
pub(crate) const QUEUE: usize = 1_024;

/// Takes in what the subscription brings, until the relay stops.
pub(crate) async fn run(core: Arc<Core>, mut heard: mpsc::Receiver<Heard>) {
    loop {
        let heard = tokio::select! {
            () = core.stop.cancelled() => return,
            heard = heard.recv() => heard,
        };
        match heard {
            None => return,
            Some(Heard::Connected) => repair::begin(&core),
            Some(Heard::Lost { why }) => {
                let now = core.clock.now();
                if let LostWhy::Oversized { bytes } = why {
                    core.tally.delivered(now);
                    note_oddity(&core, OddityKind::Malformed, bytes, "too long to be read".to_owned()).await;
                }
                core.state.lost(now, failure::lost(&why, now));
            }
            Some(Heard::Delivery(body)) => {
                if take_in(&core, &body).await.is_err() {
                    return;
                }
            }
        }
    }
}

/// Takes in one delivery of Zoom; waits only while the log's writer has more than it can take.
pub(crate) async fn take_in(core: &Core, body: &Bytes) -> Result<(), Stopping> {
    core.tally.delivered(core.clock.now());
    let Some(delivery) = read(core, body).await else { return Ok(()) };
    match delivery.meaning {
        Meaning::Events(events) if events.is_empty() || core.removal.is_removed() => Ok(()),
        Meaning::Events(events) => core.log.append(Arrival { keys: Keys::of_body(body), events }).await,
        Meaning::Deauthorized { .. } => {
            // The subscription is the app's own.
            core.removal.told.notify_one();
            Ok(())
        }
        // Only a webhook's address is validated; there is none here.
        Meaning::Validation { .. } | Meaning::Unknown => Ok(()),
    }
}

/// Reads a delivery; what cannot be read or is not known is counted and its shape kept.
async fn read(core: &Core, body: &Bytes) -> Option<Delivery> {
    let Ok(delivery) = delivery::parse(body) else {
        note_oddity(core, OddityKind::Malformed, body.len() as u64, shape::of(body)).await;
        return None;
    };
    if delivery.meaning == Meaning::Unknown {
        note_oddity(core, OddityKind::Unknown, body.len() as u64, shape::of(body)).await;
    }
    Some(Delivery { meaning: dated(delivery.meaning, core.clock.now()), ..delivery })
}

/// What is dated later than any clock can be wrong is dated `now`: a later fact wins over an earlier one, and a
/// single event of next year would stand until then.
fn dated(meaning: Meaning, now: DateTime<Utc>) -> Meaning {
    let Meaning::Events(events) = meaning else { return meaning };
    let is_believed = |event: &Event| event.as_of() <= now + CLOCKS_DIFFER;
    let events = events.into_iter().map(|event| if is_believed(&event) { event } else { event.dated(now) });
    Meaning::Events(events.collect())
}

/// Keeps the first oddities, and counts them all: what is counted can be looked at.
async fn note_oddity(core: &Core, kind: OddityKind, bytes: u64, shape: String) {
    let (malformed, unknown) = (&core.tally.malformed, &core.tally.unknown);
    let seen = malformed.load(Ordering::Relaxed) + unknown.load(Ordering::Relaxed);
    if i64::try_from(seen).is_ok_and(|seen| seen < ODDITIES_KEPT) {
        tracing::warn!(?kind, bytes, "a delivery could not be read");
        let oddity = Oddity { heard_at: core.clock.now(), kind, bytes, shape };
        if let Err(error) = core.ledger.keep_oddity(&oddity).await {
            tracing::error!(%error, "an oddity could not be kept");
        }
    }
    count(if kind == OddityKind::Malformed { malformed } else { unknown }, 1);
}
