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
mod unzip;

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::StreamExt as _;
use rollcall_model::Seq;
use rollcall_wire::{
    Failure,
    packed::Unpacker,
    relay::{PROTOCOL, Resume, Way},
};
use tokio::time;
use tokio_tungstenite::tungstenite::Message;
use tokio_util::sync::CancellationToken;

use crate::{engine::Desk, store::Place};
pub use client::Upstream;
pub(crate) use client::{Relay, is_loopback};
pub(crate) use snapshot::{Head, Part};

use backoff::Backoff;
use client::Stream;
use reader::{Broken, Heard, Reader};
use snapshot::{CutShort, Reading};
use unzip::Unzip;

/// How many people of a snapshot are joined at a time.
const AT_A_TIME: usize = 1_000;
/// The longest pause after a refusal: whoever is not let in, finds no room, or must be updated first, asks rarely.
const AFTER_REFUSAL: Duration = Duration::from_mins(1);

/// How a connection ended.
enum Ended {
    /// Come again without a word to the window.
    Resume,
    /// The snapshot was taken: come again at once.
    Caught,
    /// It failed.
    Failed(Failure),
}

impl Ended {
    /// Whether coming again soon would end the same.
    const fn is_refusal(&self) -> bool {
        matches!(
            self,
            Self::Failed(
                Failure::NotAdmitted
                    | Failure::AppRemoved
                    | Failure::RelayBusy { .. }
                    | Failure::ProtocolTooOld { .. }
                    | Failure::RelayTooOld { .. }
            )
        )
    }
}

/// Links the desk to the relay until it is cancelled.
pub(crate) async fn run(desk: Arc<Desk>, relay: Arc<Relay>, cancel: CancellationToken) {
    cancel.run_until_cancelled(Box::pin(keep_linked(&desk, &relay))).await;
}

async fn keep_linked(desk: &Desk, relay: &Relay) {
    let mut backoff =
        Backoff::new(if relay.is_near() { desk.timing.first_pause } else { desk.timing.spread });
    loop {
        let mut moved = false;
        let ended = connection(desk, relay, &mut moved).await;
        if moved {
            backoff.reset();
        }
        if matches!(ended, Ended::Caught) {
            continue;
        }
        let longest = if ended.is_refusal() { AFTER_REFUSAL } else { desk.timing.longest_pause };
        let pause = desk.with_random(|random| backoff.pause(longest, random));
        if let Ended::Failed(failure) = ended {
            tracing::info!(%failure, "The link to the relay was lost");
            if failure == Failure::AppRemoved {
                desk.forget_everybody();
            }
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
    let Ok(mut unpacker) = Unpacker::new() else { return Ended::Failed(Failure::RelayUnreachable) };
    loop {
        let message = match next_text(&mut stream, &mut unpacker, desk.timing.silence).await {
            Ok(message) => message,
            Err(failure) => return Ended::Failed(failure),
        };
        match reader.take(&message) {
            Ok(Heard::Hello { log, at, resume: Resume::Tail, state }) if desk.knows_no_other(&log) => {
                heed_clock(desk, relay, at);
                desk.linked(log, state);
            }
            Ok(Heard::Hello { at, state, .. }) => {
                heed_clock(desk, relay, at);
                desk.relay_stands(state);
                drop(stream);
                return take_snapshot(desk, relay, moved).await;
            }
            Ok(Heard::Events(events)) => {
                *moved = true;
                desk.fold(events).await;
            }
            Ok(Heard::State(state)) => desk.relay_stands(state),
            Ok(Heard::Waited(by)) => desk.waited_by(by),
            Ok(Heard::Alive { at }) => {
                *moved = true;
                heed_clock(desk, relay, at);
                desk.alive();
            }
            Err(broken) => return given_up(broken),
        }
    }
}

/// A relay that is not on this computer has a clock of its own.
fn heed_clock(desk: &Desk, relay: &Relay, at: DateTime<Utc>) {
    if !relay.is_near() {
        desk.heed_relay_time(at);
    }
}

/// The text of the next frame; a relay that is silent for longer than `silence` counts as gone.
async fn next_text(
    stream: &mut Stream,
    unpacker: &mut Unpacker,
    silence: Duration,
) -> Result<String, Failure> {
    loop {
        match time::timeout(silence, stream.next()).await {
            Ok(Some(Ok(Message::Text(text)))) => return Ok(text.as_str().to_owned()),
            Ok(Some(Ok(Message::Binary(packed)))) => {
                return unpacker.unpack(&packed).map_err(|unreadable| {
                    tracing::info!(%unreadable, "The connection to the relay is given up");
                    Failure::RelayUnreachable
                });
            }
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
        Broken::Protocol { relay } => Ended::Failed(Way::apart(relay, PROTOCOL)),
        Broken::Stopping | Broken::Unreadable => Ended::Failed(Failure::RelayUnreachable),
    }
}

/// Reads a snapshot and joins it as it comes; its position counts only once all of it was read.
async fn take_snapshot(desk: &Desk, relay: &Relay, moved: &mut bool) -> Ended {
    let mut body = match relay.snapshot().await {
        Ok(body) => body,
        Err(failure) => return Ended::Failed(failure),
    };
    let Ok(mut unzip) = Unzip::of(&body) else { return Ended::Failed(Failure::RelayUnreachable) };
    let mut joining = Joining::default();
    while let Ok(Some(bytes)) = body.chunk().await {
        unzip.give(&bytes);
        if joining.take_all(desk, &mut unzip).await.is_err() {
            break;
        }
    }
    match joining.finish(desk).await {
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

/// A snapshot that is joined while it is read.
#[derive(Default)]
struct Joining {
    reading: Reading,
    waiting: Part,
    begun: bool,
}

impl Joining {
    /// Joins what can be read now.
    async fn take_all(&mut self, desk: &Desk, unzip: &mut Unzip) -> Result<(), CutShort> {
        while let Some(plain) = unzip.next().map_err(|_| CutShort)? {
            let part = self.reading.take(plain)?;
            if let (false, Some(head)) = (self.begun, self.reading.head()) {
                self.begun = true;
                desk.snapshot_begins(head);
            }
            self.waiting.people.extend(part.people);
            self.waiting.calls.extend(part.calls);
            self.waiting.organisation = part.organisation.or(self.waiting.organisation.take());
            if self.waiting.people.len() + self.waiting.calls.len() >= AT_A_TIME {
                desk.join(std::mem::take(&mut self.waiting), self.reading.progress()).await;
            }
        }
        Ok(())
    }

    /// Joins the rest; the position counts only when all of it was read.
    async fn finish(self, desk: &Desk) -> Result<Place, CutShort> {
        let progress = self.reading.progress();
        let place = self.reading.finish();
        if self.begun {
            desk.join(self.waiting, progress).await;
            desk.snapshot_ends(place.as_ref().ok().cloned());
        }
        place
    }
}
