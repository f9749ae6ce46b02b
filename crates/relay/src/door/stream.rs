//! `GET /v1/stream?since=SEQ&log=NAME`: events as they are committed, from the position that a desk has.

use std::time::Duration;

use axum::{
    Extension,
    extract::{
        Query, WebSocketUpgrade,
        ws::{Message, Utf8Bytes, WebSocket},
    },
    response::Response,
};
use rollcall_model::{Roster, Seq};
use rollcall_wire::relay::{Bye, Frame, PROTOCOL, Resume};
use serde::Deserialize;
use tokio::{sync::broadcast, time::timeout};

use super::Visitor;
use crate::{
    core::Core,
    hub::{Beat, FRAME_EVENTS, encoded},
    ledger::Span,
    tally::count,
};

/// The largest message that a desk may send; it has nothing to say.
const MESSAGE: usize = 4 * 1_024;
/// How long one frame may take to be taken by a desk.
const PATIENCE: Duration = Duration::from_secs(30);
/// A tail of so many events is never longer than a snapshot.
const SHORT_TAIL: u64 = 1_000;

/// The position that a desk has.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(super) struct Position {
    /// The last event that it knows; nothing is the same as 0.
    since: Seq,
    /// The log to which the position belongs; a desk that does not say so compares the `Hello` itself.
    log: Option<String>,
}

/// The socket of one desk.
struct Desk<'a> {
    core: &'a Core,
    socket: WebSocket,
    /// The last event that was sent.
    sent: Seq,
}

/// Why a socket ends.
enum End {
    /// The desk went away, or did not take a frame in time.
    Gone,
    /// The desk is told this and closed.
    Told(Utf8Bytes),
}

/// Opens the stream.
pub(super) async fn open(
    Extension(visitor): Extension<Visitor>,
    Query(position): Query<Position>,
    upgrade: WebSocketUpgrade,
) -> Response {
    let counted = visitor.tasks.token();
    upgrade.max_message_size(MESSAGE).on_upgrade(async move |socket| {
        serve(&visitor.core, socket, &position).await;
        drop(counted);
    })
}

async fn serve(core: &Core, socket: WebSocket, position: &Position) {
    // Listening begins before the head is read: nothing is missed in between.
    let beats = core.hub.listen();
    let span = match core.ledger.span().await {
        Ok(span) => span,
        Err(error) => return tracing::error!(%error, "a stream could not begin"),
    };
    let resume = resume(position, core.ledger.name(), span, core.fold.read(Roster::len));
    let mut desk = Desk { core, socket, sent: position.since };
    if desk.send(encoded(&hello(core, resume))).await.is_err() || resume == Resume::Snapshot {
        return desk.close().await;
    }
    tracing::debug!(since = position.since.0, head = span.head.0, "a desk follows the log");
    if let Err(End::Told(bye)) = desk.follow(beats).await {
        // The desk may be gone already.
        let _ = desk.send(bye).await;
    }
    desk.close().await;
}

fn hello(core: &Core, resume: Resume) -> Frame {
    Frame::Hello {
        protocol: PROTOCOL,
        log: core.ledger.name().to_owned(),
        head: core.fold.head(),
        resume,
        state: core.state.now(),
    }
}

/// What a desk with this position gets: the tail, unless it is not there any more, never was, or would be
/// longer than a snapshot of `people`.
fn resume(position: &Position, log: &str, span: Span, people: usize) -> Resume {
    let same_log = position.log.as_deref().is_none_or(|name| name == log);
    let known = span.floor <= position.since && position.since <= span.head;
    let longest = SHORT_TAIL.max(people as u64);
    if same_log && known && span.head.0 - position.since.0 <= longest {
        Resume::Tail
    } else {
        Resume::Snapshot
    }
}

impl Desk<'_> {
    /// Sends what the desk missed, then what happens, until something ends it.
    async fn follow(&mut self, mut beats: broadcast::Receiver<Beat>) -> Result<(), End> {
        self.catch_up(self.core.fold.head()).await?;
        loop {
            tokio::select! {
                biased;
                beat = beats.recv() => self.pass_on(beat).await?,
                heard = self.socket.recv() => match heard {
                    Some(Ok(Message::Close(_)) | Err(_)) | None => return Err(End::Gone),
                    Some(Ok(_)) => {}
                },
            }
        }
    }

    async fn pass_on(&mut self, beat: Result<Beat, broadcast::error::RecvError>) -> Result<(), End> {
        match beat {
            Ok(Beat::Events { last, .. }) if last <= self.sent => Ok(()),
            Ok(Beat::Events { first, last, text }) if first == self.sent.next() => {
                self.send(text).await?;
                self.sent = last;
                Ok(())
            }
            Ok(Beat::Events { last, .. }) => self.catch_up(last).await,
            Ok(Beat::Notice(text)) => self.send(text).await,
            Ok(Beat::Bye(text)) => Err(End::Told(text)),
            Err(broadcast::error::RecvError::Lagged(frames)) => {
                count(&self.core.tally.slow_desks, 1);
                tracing::warn!(frames, sent = self.sent.0, "a desk reads too slowly");
                Err(End::Told(encoded(&Frame::Bye { why: Bye::Resume })))
            }
            Err(broadcast::error::RecvError::Closed) => Err(End::Gone),
        }
    }

    /// Sends the events after the last that was sent, up to `target` at least, from the ledger.
    async fn catch_up(&mut self, target: Seq) -> Result<(), End> {
        while self.sent < target {
            let events =
                self.core.ledger.tail(self.sent, u32::from(FRAME_EVENTS)).await.map_err(|error| {
                    tracing::error!(%error, "a desk cannot catch up");
                    End::Gone
                })?;
            // Compaction overtook the desk: what it misses is only in a snapshot now.
            let next = events.first().filter(|next| next.seq == self.sent.next());
            let (Some(_), Some(last)) = (next, events.last().map(|event| event.seq)) else {
                return Err(End::Told(encoded(&Frame::Bye { why: Bye::Resume })));
            };
            self.send(encoded(&Frame::Events { events })).await?;
            self.sent = last;
        }
        Ok(())
    }

    async fn send(&mut self, text: Utf8Bytes) -> Result<(), End> {
        match timeout(PATIENCE, self.socket.send(Message::Text(text))).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) => Err(End::Gone),
            Err(_) => {
                count(&self.core.tally.slow_desks, 1);
                tracing::warn!(sent = self.sent.0, "a desk does not read");
                Err(End::Gone)
            }
        }
    }

    async fn close(mut self) {
        // The desk may be gone already.
        let _ = timeout(Duration::from_secs(1), self.socket.send(Message::Close(None))).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPAN: Span = Span { floor: Seq(100), head: Seq(5_000) };

    fn resumed(since: u64, log: Option<&str>, people: usize) -> Resume {
        resume(&Position { since: Seq(since), log: log.map(str::to_owned) }, "here", SPAN, people)
    }

    #[test]
    fn a_position_within_the_log_gets_the_tail() {
        assert_eq!(resumed(4_500, Some("here"), 0), Resume::Tail);
        assert_eq!(resumed(5_000, None, 0), Resume::Tail);
        assert_eq!(resumed(100, None, 10_000), Resume::Tail);
    }

    #[test]
    fn a_position_that_this_log_never_had_or_has_no_more_gets_a_snapshot() {
        assert_eq!(resumed(4_500, Some("elsewhere"), 0), Resume::Snapshot);
        assert_eq!(resumed(5_001, Some("here"), 0), Resume::Snapshot);
        assert_eq!(resumed(99, Some("here"), 10_000), Resume::Snapshot);
    }

    #[test]
    fn a_tail_that_is_longer_than_a_snapshot_is_not_sent() {
        assert_eq!(resumed(3_000, None, 1_999), Resume::Snapshot);
        assert_eq!(resumed(3_000, None, 2_000), Resume::Tail);
    }
}
