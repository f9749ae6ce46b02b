//! The link to the one relay: connects, reads, resumes, and tries again until it is told to stop.
//!
//! ```text
//! stream(since, log) ──> Hello: tail ─────────────────> events, states, heartbeats ──┐
//!        ^                └───> Hello: snapshot ──> read, join ──┐                    │ hole, bye, silence
//!        └──────────────────────────────────────────────────────┴── pause <──────────┘
//! ```

mod backoff;
mod client;
mod reader;
mod snapshot;

use std::{sync::Arc, time::Duration};

use chrono::TimeDelta;
use futures_util::StreamExt as _;
use rollcall_model::Seq;
use rollcall_wire::{
    Failure,
    relay::{PROTOCOL, Resume},
};
use tokio::time;
use tokio_tungstenite::tungstenite::Message;
use tokio_util::sync::CancellationToken;

use crate::engine::Desk;
pub(crate) use client::Relay;
pub use client::Upstream;
pub(crate) use snapshot::{Head, Part};

use backoff::Backoff;
use client::Stream;
use reader::{Broken, Heard, Reader};
use snapshot::Reading;

/// How many people of a snapshot are joined at a time.
const AT_A_TIME: usize = 1_000;

/// How a connection ended.
enum Ended {
    /// Come again without a word to the window.
    Resume,
    /// The snapshot was taken: come again at once.
    Caught,
    /// It failed.
    Failed(Failure),
}

/// Links the desk to the relay until it is cancelled.
pub(crate) async fn run(desk: Arc<Desk>, relay: Arc<Relay>, cancel: CancellationToken) {
    cancel.run_until_cancelled(Box::pin(keep_linked(&desk, &relay))).await;
}

async fn keep_linked(desk: &Desk, relay: &Relay) {
    let mut backoff = Backoff::new(desk.timing.first_pause, desk.timing.longest_pause);
    loop {
        let mut moved = false;
        let ended = connection(desk, relay, &mut moved).await;
        if moved {
            backoff.reset();
        }
        if matches!(ended, Ended::Caught) {
            continue;
        }
        let pause = desk.with_random(|random| backoff.pause(random));
        if let Ended::Failed(failure) = ended {
            tracing::info!(%failure, "The link to the relay was lost");
            let retry_at = desk.clock.now() + TimeDelta::from_std(pause).unwrap_or(TimeDelta::MAX);
            desk.unlinked(failure, Some(retry_at));
        }
        time::sleep(pause).await;
    }
}

/// One connection; `moved` tells whether anything came of it.
async fn connection(desk: &Desk, relay: &Relay, moved: &mut bool) -> Ended {
    let place = desk.place();
    let mut stream = match relay.stream(place.as_ref()).await {
        Ok(stream) => stream,
        Err(failure) => return Ended::Failed(failure),
    };
    let mut reader = Reader::new(place.map_or(Seq::START, |place| place.seq));
    loop {
        let message = match next_text(&mut stream, desk.timing.silence).await {
            Ok(message) => message,
            Err(failure) => return Ended::Failed(failure),
        };
        match reader.take(&message) {
            Ok(Heard::Hello { log, resume: Resume::Tail, state }) if desk.knows_no_other(&log) => {
                desk.linked(log, state);
            }
            Ok(Heard::Hello { state, .. }) => {
                desk.relay_stands(state);
                drop(stream);
                return take_snapshot(desk, relay, moved).await;
            }
            Ok(Heard::Events(events)) => {
                *moved = true;
                desk.fold(events).await;
            }
            Ok(Heard::State(state)) => desk.relay_stands(state),
            Ok(Heard::Alive) => {
                *moved = true;
                desk.alive();
            }
            Err(broken) => return given_up(broken),
        }
    }
}

/// The next text message; a relay that is silent for longer than `silence` counts as gone.
async fn next_text(stream: &mut Stream, silence: Duration) -> Result<String, Failure> {
    loop {
        match time::timeout(silence, stream.next()).await {
            Ok(Some(Ok(Message::Text(text)))) => return Ok(text.as_str().to_owned()),
            Ok(Some(Ok(Message::Close(_)) | Err(_)) | None) | Err(_) => {
                return Err(Failure::RelayUnreachable);
            }
            Ok(Some(Ok(_))) => {}
        }
    }
}

fn given_up(broken: Broken) -> Ended {
    tracing::info!(%broken, "The connection to the relay is given up");
    match broken {
        Broken::Hole { .. } | Broken::Resume => Ended::Resume,
        Broken::Protocol { relay } => Ended::Failed(Failure::ProtocolTooOld { relay, desk: PROTOCOL }),
        Broken::Stopping | Broken::Unreadable => Ended::Failed(Failure::RelayUnreachable),
    }
}

/// Reads a snapshot and joins it as it comes; its position counts only once all of it was read.
async fn take_snapshot(desk: &Desk, relay: &Relay, moved: &mut bool) -> Ended {
    let mut body = match relay.snapshot().await {
        Ok(body) => body,
        Err(failure) => return Ended::Failed(failure),
    };
    let mut reading = Reading::default();
    let mut waiting = Part::default();
    let mut begun = false;
    while let Ok(Some(bytes)) = body.chunk().await {
        let Ok(part) = reading.take(&bytes) else { break };
        if let (false, Some(head)) = (begun, reading.head()) {
            begun = true;
            desk.snapshot_begins(head);
        }
        waiting.people.extend(part.people);
        waiting.calls.extend(part.calls);
        if waiting.people.len() >= AT_A_TIME {
            desk.join(std::mem::take(&mut waiting), reading.progress()).await;
        }
    }
    let progress = reading.progress();
    let place = reading.finish();
    if begun {
        desk.join(waiting, progress).await;
        desk.snapshot_ends(place.as_ref().ok().cloned());
    }
    match place {
        Ok(_) => {
            *moved = true;
            Ended::Caught
        }
        Err(cut_short) => {
            tracing::info!(%cut_short, "The snapshot is not taken");
            Ended::Failed(Failure::RelayUnreachable)
        }
    }
}
