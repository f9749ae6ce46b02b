//! The fan-out: events become frames, encoded once, and go to all sockets at once.
//!
//! The first event after a quiet moment leaves at once; later ones wait for the next tick. Nobody waits
//! for a slow socket: all sockets read from one bounded ring, and a socket that falls out of it is told
//! to come again.

use std::{sync::Arc, time::Duration};

use axum::extract::ws::Utf8Bytes;
use rollcall_model::{Logged, Seq};
use rollcall_wire::relay::{Bye, Frame};
use tokio::{
    sync::{broadcast, mpsc},
    time::{Instant, sleep_until},
};

use crate::{core::Core, state::Watch};

/// Frames leave at most this often while events come without a pause.
const TICK: Duration = Duration::from_millis(50);
/// When nothing happened for so long, a heartbeat leaves.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// How many frames a socket may be behind.
const RING: usize = 128;
/// How many events one frame has at most.
pub(crate) const FRAME_EVENTS: u16 = 1_000;

/// A frame as all sockets send it.
#[derive(Clone, Debug)]
pub(crate) enum Beat {
    /// Events without a gap.
    Events {
        /// The position of the first.
        first: Seq,
        /// The position of the last.
        last: Seq,
        /// The frame as JSON.
        text: Utf8Bytes,
    },
    /// Something else that every desk is told.
    Notice(Utf8Bytes),
    /// The last frame: the relay stops.
    Bye(Utf8Bytes),
}

/// Where sockets get their frames.
#[derive(Debug)]
pub(crate) struct Hub(broadcast::Sender<Beat>);

impl Hub {
    pub(crate) fn new() -> Self {
        Self(broadcast::Sender::new(RING))
    }

    /// All frames from now on.
    pub(crate) fn listen(&self) -> broadcast::Receiver<Beat> {
        self.0.subscribe()
    }

    fn tell(&self, beat: Beat) {
        // Without a socket there is nobody to tell.
        let _ = self.0.send(beat);
    }
}

/// A frame as text.
pub(crate) fn encoded(frame: &Frame) -> Utf8Bytes {
    // Frames have only string keys and no failing parts: they can always be written as JSON.
    serde_json::to_string(frame).unwrap_or_default().into()
}

/// Fans out until the relay stops.
pub(crate) async fn fan_out(core: Arc<Core>, mut committed: mpsc::Receiver<Vec<Logged>>, mut state: Watch) {
    let mut waiting: Vec<Logged> = Vec::new();
    let mut next_tick = Instant::now();
    let mut next_heartbeat = Instant::now() + HEARTBEAT;
    loop {
        tokio::select! {
            biased;
            () = core.stop.cancelled() => break,
            () = sleep_until(next_tick), if !waiting.is_empty() => {
                core.hub.tell_events(&mut waiting);
                next_tick = Instant::now() + TICK;
                next_heartbeat = Instant::now() + HEARTBEAT;
            }
            events = committed.recv() => match events {
                Some(events) => waiting.extend(events),
                None => break,
            },
            Some(state) = state.next() => {
                core.hub.tell(Beat::Notice(encoded(&Frame::State { state })));
            }
            () = sleep_until(next_heartbeat) => {
                let (at, head) = (core.clock.now(), core.fold.head());
                core.hub.tell(Beat::Notice(encoded(&Frame::Heartbeat { at, head })));
                next_heartbeat = Instant::now() + HEARTBEAT;
            }
        }
    }
    core.hub.tell_events(&mut waiting);
    core.hub.tell(Beat::Bye(encoded(&Frame::Bye { why: Bye::Stopping })));
}

impl Hub {
    /// Sends what waits, in frames of at most [`FRAME_EVENTS`] and without a gap within.
    fn tell_events(&self, waiting: &mut Vec<Logged>) {
        let most = usize::from(FRAME_EVENTS);
        while let Some(first) = waiting.first().map(|first| first.seq) {
            let next = |(logged, seq): &(&Logged, u64)| logged.seq.0 == *seq;
            let run = waiting.iter().take(most).zip(first.0..).take_while(next).count();
            let last = Seq(first.0 + run as u64 - 1);
            let rest = waiting.split_off(run);
            let events = std::mem::replace(waiting, rest);
            self.tell(Beat::Events { first, last, text: encoded(&Frame::Events { events }) });
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use rollcall_model::{Event, PersonFact, PersonId, PersonReport};

    use super::*;

    fn logged(seq: u64) -> Logged {
        let report =
            PersonReport { id: PersonId::new("ada"), as_of: DateTime::UNIX_EPOCH, fact: PersonFact::Touched };
        Logged { seq: Seq(seq), event: Event::Person(report) }
    }

    /// A relay's core over a real file, and the way to its fan-out.
    async fn fanning(folder: &std::path::Path) -> (Arc<Core>, mpsc::Sender<Vec<Logged>>) {
        let core = Arc::new(crate::core::tests::idle(folder).await);
        let (sender, committed) = mpsc::channel(8);
        tokio::spawn(fan_out(core.clone(), committed, core.state.watch()));
        (core, sender)
    }

    async fn next_span(socket: &mut broadcast::Receiver<Beat>) -> (u64, u64) {
        match socket.recv().await.unwrap() {
            Beat::Events { first, last, .. } => (first.0, last.0),
            other => panic!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn the_first_event_after_a_quiet_moment_leaves_at_once_and_later_ones_wait_for_the_tick() {
        let folder = tempfile::tempdir().unwrap();
        let (core, sender) = fanning(folder.path()).await;
        let mut socket = core.hub.listen();
        tokio::time::pause();
        let begun = Instant::now();

        sender.send(vec![logged(1)]).await.unwrap();
        assert_eq!(next_span(&mut socket).await, (1, 1));
        assert!(begun.elapsed() < Duration::from_millis(5), "{:?}", begun.elapsed());

        sender.send(vec![logged(2)]).await.unwrap();
        sender.send(vec![logged(3)]).await.unwrap();
        assert_eq!(next_span(&mut socket).await, (2, 3));
        assert!((TICK..2 * TICK).contains(&begun.elapsed()), "{:?}", begun.elapsed());
    }

    #[tokio::test]
    async fn a_heartbeat_leaves_when_nothing_happens() {
        let folder = tempfile::tempdir().unwrap();
        let (core, _sender) = fanning(folder.path()).await;
        let mut socket = core.hub.listen();
        tokio::time::pause();

        let Beat::Notice(text) = socket.recv().await.unwrap() else { panic!("a notice") };

        let frame: Frame = serde_json::from_str(&text).unwrap();
        assert!(matches!(frame, Frame::Heartbeat { head: Seq::START, .. }), "{frame:?}");
    }

    #[test]
    fn many_events_leave_in_frames_of_bounded_size_without_a_gap() {
        let hub = Hub::new();
        let mut socket = hub.listen();
        let mut waiting: Vec<Logged> = (1..=2_500).map(logged).collect();

        hub.tell_events(&mut waiting);

        let spans: Vec<(u64, u64)> = std::iter::from_fn(|| socket.try_recv().ok())
            .map(|beat| match beat {
                Beat::Events { first, last, .. } => (first.0, last.0),
                other => panic!("{other:?}"),
            })
            .collect();
        assert_eq!(spans, [(1, 1_000), (1_001, 2_000), (2_001, 2_500)]);
    }

    #[test]
    fn no_frame_has_a_gap_within() {
        let hub = Hub::new();
        let mut socket = hub.listen();

        hub.tell_events(&mut [1, 2, 7, 8].map(logged).into());

        let spans = std::iter::from_fn(|| socket.try_recv().ok()).map(|beat| match beat {
            Beat::Events { first, last, .. } => (first.0, last.0),
            other => panic!("{other:?}"),
        });
        assert_eq!(spans.collect::<Vec<_>>(), [(1, 2), (7, 8)]);
    }

    #[test]
    fn all_sockets_share_one_encoding() {
        let hub = Hub::new();
        let (mut one, mut other) = (hub.listen(), hub.listen());

        hub.tell_events(&mut vec![logged(1)]);

        let text = |beat: Beat| match beat {
            Beat::Events { text, .. } => text,
            other => panic!("{other:?}"),
        };
        let (one, other) = (text(one.try_recv().unwrap()), text(other.try_recv().unwrap()));
        assert_eq!(one.as_ptr(), other.as_ptr());
    }
}
