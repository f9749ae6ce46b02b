//! The fan-out: events become frames, encoded and packed once for each view, and go to all sockets at once.
//!
//! The first event after a quiet moment leaves at once; later ones wait for the next tick. Nobody waits
//! for a slow socket: all sockets read from one bounded queue, and a socket that falls out of it is told
//! to come again. Who comes again gets what they missed from the last frames, and only what those have
//! not from the ledger.

mod cut;
mod pages;
mod ready;
mod ring;
#[cfg(test)]
mod secrecy;
#[cfg(test)]
mod tests;
mod veil;

use std::{collections::HashMap, sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use rollcall_model::{Logged, PersonId, Seq};
use rollcall_wire::{
    packed::Packer,
    relay::{Bye, Frame, RelayState},
};
use tokio::{
    sync::{SemaphorePermit, broadcast, mpsc},
    time::{Instant, sleep_until},
};

use crate::{core::Core, ledger::LedgerError, snapshot::Snapshots, state::Watch};
pub(crate) use cut::Cut;
pub(crate) use ready::{Kind, Ready, message};
pub(crate) use veil::{Veil, View};

use cut::cut;
use pages::Pages;
use ring::Ring;

/// Frames leave at most this often while events come without a pause.
const TICK: Duration = Duration::from_millis(50);
/// How often a heartbeat leaves.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// It is told at most this often who waits for whom.
const WAITS: Duration = Duration::from_millis(500);
/// How many frames a socket may be behind.
const BEHIND: usize = 128;
/// How many events one frame has at most.
pub(crate) const FRAME_EVENTS: u16 = 1_000;
/// So many events from before the start are made frames at the start: a relay that comes back meets its
/// desks with positions from before.
const REMEMBERED: u64 = 10_000;
/// How many of those events one frame has: desks come back with positions in their midst.
const REMEMBERED_EVENTS: u16 = 100;

/// What all sockets send.
#[derive(Clone, Debug)]
pub(crate) enum Beat {
    /// Events without a gap.
    Events(Arc<Cut>),
    /// How the relay stands with Zoom.
    State(Arc<Told>),
    /// Others wait for these people than before: each for the desks of that person alone. One for all, so that nobody
    /// falls out of the queue because somebody waits for many.
    Waited(Arc<HashMap<PersonId, Ready>>),
    /// The relay is there.
    Heartbeat(Ready),
    /// The last frame: the relay stops.
    Bye(Ready),
}

/// The relay's state as frames.
#[derive(Debug)]
pub(crate) struct Told {
    /// For admins.
    pub(crate) admins: Ready,
    /// For everybody else; nothing when they know it.
    pub(crate) others: Option<Ready>,
}

/// Where sockets get their frames.
#[derive(Debug)]
pub(crate) struct Hub {
    beats: broadcast::Sender<Beat>,
    ring: Ring,
    pages: Pages,
    /// What was made of the whole fold for desks that begin.
    pub(crate) snapshots: Snapshots,
    pub(crate) veil: Veil,
    packer: Packer,
    /// The last position before the relay started.
    begun: Seq,
}

impl Hub {
    /// The hub of the log of this name, which ends at `begun`.
    pub(crate) fn new(log: &str, begun: Seq) -> Self {
        Self {
            beats: broadcast::Sender::new(BEHIND),
            ring: Ring::default(),
            pages: Pages::default(),
            snapshots: Snapshots::default(),
            veil: Veil::of(log),
            packer: Packer::default(),
            begun,
        }
    }

    /// All frames from now on.
    pub(crate) fn listen(&self) -> broadcast::Receiver<Beat> {
        self.beats.subscribe()
    }

    /// How many desks follow the log.
    pub(crate) fn desks(&self) -> usize {
        self.beats.receiver_count()
    }

    /// A frame, ready to be sent.
    pub(crate) fn ready(&self, frame: &Frame) -> Ready {
        Ready::frame(frame, &self.packer)
    }

    /// The events of `cut` from `next` on, which it must hold, as this view is told them.
    pub(crate) fn told(&self, cut: &Cut, view: &View, next: Seq) -> Ready {
        self.ring.told(cut, view, next, &self.packer)
    }

    /// Whether the events after this position are among the last frames.
    pub(crate) fn remembers_after(&self, seq: Seq) -> bool {
        self.ring.holding(seq.next()).is_some()
    }

    /// A frame with the event `next`: one of the last, or one read from the ledger; nothing when it is
    /// there no more.
    pub(crate) async fn holding(&self, next: Seq, core: &Core) -> Result<Option<Arc<Cut>>, LedgerError> {
        if let Some(cut) = self.ring.holding(next) {
            return Ok(Some(cut));
        }
        let (head, makers) = (core.fold.head(), (&self.veil, &self.packer));
        self.pages.holding(next, head, &*core.ledger, makers).await
    }

    /// Waits for a turn to read the ledger on behalf of a desk.
    pub(crate) async fn turn(&self) -> Option<SemaphorePermit<'_>> {
        self.pages.turn().await
    }

    /// The frame that tells somebody who waits for them.
    pub(crate) fn waited(&self, by: Vec<PersonId>) -> Ready {
        self.ready(&Frame::Waited { by })
    }

    fn tell(&self, beat: Beat) {
        // Without a socket there is nobody to tell.
        let _ = self.beats.send(beat);
    }

    /// Sends what waits, in frames of at most [`FRAME_EVENTS`] and without a gap within.
    fn tell_events(&self, waiting: &mut Vec<Logged>) {
        for cut in cut(waiting, usize::from(FRAME_EVENTS), &self.veil, &self.packer) {
            let cut = Arc::new(cut);
            self.ring.keep(cut.clone());
            self.tell(Beat::Events(cut));
        }
        waiting.clear();
    }

    /// Tells a state; those who are no admins only what is news to them.
    fn tell_state(&self, state: RelayState, others_know: &mut Option<RelayState>) {
        let admins = self.ready(&Frame::State { state: state.clone() });
        let state = View::Supervisor.state(state);
        let is_news = others_know.as_ref() != Some(&state);
        let others = is_news.then(|| self.ready(&Frame::State { state: state.clone() }));
        *others_know = Some(state);
        self.tell(Beat::State(Arc::new(Told { admins, others })));
    }

    /// Makes frames of the events before the start.
    async fn remember(&self, core: &Core) -> Result<(), LedgerError> {
        let mut known = Seq(self.begun.0.saturating_sub(REMEMBERED));
        while known < self.begun {
            let events = core.ledger.tail(known, u32::from(FRAME_EVENTS)).await?;
            let (Some(last), most) = (events.last(), usize::from(REMEMBERED_EVENTS)) else { break };
            known = last.seq;
            let before = events.partition_point(|logged| logged.seq <= self.begun);
            for cut in cut(&events[..before], most, &self.veil, &self.packer) {
                self.ring.keep(Arc::new(cut));
            }
            tokio::task::yield_now().await;
        }
        Ok(())
    }
}

/// The time by Zoom's clock, as far as it is known here.
pub(crate) fn zoom_now(core: &Core) -> DateTime<Utc> {
    let ahead = core.state.clock_ahead().map(|seconds| TimeDelta::seconds(seconds.into()));
    core.clock.now() - ahead.unwrap_or_default()
}

/// Fans out until the relay stops.
pub(crate) async fn fan_out(core: Arc<Core>, committed: mpsc::Receiver<Vec<Logged>>, state: Watch) {
    if let Some(Err(error)) = core.stop.run_until_cancelled(core.hub.remember(&core)).await {
        tracing::warn!(%error, "the last events could not be read");
    }
    pass_on(&core, committed, state).await;
    core.hub.tell(Beat::Bye(core.hub.ready(&Frame::Bye { why: Bye::Stopping })));
}

async fn pass_on(core: &Core, mut committed: mpsc::Receiver<Vec<Logged>>, mut state: Watch) {
    let mut waiting: Vec<Logged> = Vec::new();
    let mut others_know = None;
    let mut next_tick = Instant::now();
    let mut next_heartbeat = Instant::now() + HEARTBEAT;
    let (mut waits_turned, mut next_waits) = (false, Instant::now());
    loop {
        tokio::select! {
            biased;
            () = core.stop.cancelled() => break,
            () = sleep_until(next_tick), if !waiting.is_empty() => {
                core.hub.tell_events(&mut waiting);
                next_tick = Instant::now() + TICK;
            }
            () = sleep_until(next_heartbeat) => {
                let (at, head) = (zoom_now(core), core.fold.head());
                core.hub.tell(Beat::Heartbeat(core.hub.ready(&Frame::Heartbeat { at, head })));
                next_heartbeat = Instant::now() + HEARTBEAT;
                core.waits.forget_old(Instant::now());
                waits_turned = true;
            }
            () = core.waits.news.notified(), if !waits_turned => waits_turned = true,
            () = sleep_until(next_waits), if waits_turned => {
                tell_waits(core);
                (waits_turned, next_waits) = (false, Instant::now() + WAITS);
            }
            events = committed.recv() => match events {
                Some(events) => waiting.extend(events),
                None => break,
            },
            Some(state) = state.next() => core.hub.tell_state(state, &mut others_know),
        }
    }
    core.hub.tell_events(&mut waiting);
}

/// Tells those for whom others wait than before, where the organisation shows it; where it does not any more, that it
/// is over.
fn tell_waits(core: &Core) {
    if !core.fold.read(|roster| roster.organisation().policy().watchers_shown) {
        core.waits.forget_all();
    }
    let turned = core.waits.turned().into_iter();
    let told: HashMap<PersonId, Ready> = turned.map(|(person, by)| (person, core.hub.waited(by))).collect();
    if !told.is_empty() {
        core.hub.tell(Beat::Waited(Arc::new(told)));
    }
}
