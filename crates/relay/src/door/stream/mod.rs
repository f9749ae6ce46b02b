//! `GET /v1/stream?since=SEQ&log=NAME`: events as they are committed, from the position that a desk has.

mod desk;
mod handshake;
mod heard;
mod socket;
#[cfg(test)]
mod sockets;

use std::sync::Arc;

use axum::{
    Extension,
    extract::{Query, Request},
    response::{IntoResponse, Response},
};
use hyper::upgrade::OnUpgrade;
use rollcall_model::{Roster, Seq};
use rollcall_wire::relay::{Frame, PROTOCOL, Resume, Way};
use serde::Deserialize;

use super::Visitor;
use crate::{
    access::EndWatch,
    core::Core,
    hub::{self, View},
    ledger::{LedgerError, Span},
    tally::count,
};
use desk::{Desk, Taken};
use handshake::Handshake;
use socket::{Socket, Why};

/// A tail of so many events is never longer than a snapshot.
const SHORT_TAIL: u64 = 1_000;
/// So many events for each person take as long as a snapshot, and a third of its bytes (`rollcall-bench resume`).
const EVENTS_A_PERSON: u64 = 2;

/// The position that a desk has.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub(super) struct Position {
    /// The last event that it knows; nothing is the same as 0.
    since: Seq,
    /// The log to which the position belongs; a desk that does not say so compares the `Hello` itself.
    log: Option<String>,
}

/// Opens the stream. Where the visitor's session can end, whoever let them in put a watch of it into the
/// request's extensions; the stream ends with the session, and begins anew when it becomes known whose it is.
pub(super) async fn open(
    Extension(visitor): Extension<Visitor>,
    session: Option<Extension<Arc<EndWatch>>>,
    Query(position): Query<Position>,
    mut request: Request,
) -> Response {
    let handshake = match Handshake::of(&mut request) {
        Ok(handshake) => handshake,
        Err(refusal) => return refusal.into_response(),
    };
    let granted = handshake.granted();
    let Handshake { connection, way, .. } = handshake;
    let tasks = visitor.tasks.clone();
    let session = session.map(|Extension(session)| session);
    let served = serve(visitor, connection, way, position, session.clone());
    match session {
        Some(session) => tasks.spawn(async move {
            tokio::select! {
                () = served => {}
                // The next request of the desk is refused, and tells it why.
                () = session.ended() => tracing::debug!("a desk's session ended"),
            }
        }),
        None => tasks.spawn(served),
    };
    granted
}

async fn serve(
    visitor: Visitor,
    connection: OnUpgrade,
    way: Way,
    position: Position,
    session: Option<Arc<EndWatch>>,
) {
    let core = &*visitor.core;
    // Whoever goes away before the answer has left is no desk.
    let Some(Ok(connection)) = core.stop.run_until_cancelled(connection).await else { return };
    // Listening begins before the head is read: nothing is missed in between.
    let beats = core.hub.listen();
    let view = View::of(&visitor.caller);
    let resume = match resume(core, &view, &position).await {
        Ok(resume) => resume,
        Err(error) => return tracing::error!(%error, "a stream could not begin"),
    };
    count(if resume == Resume::Tail { &core.tally.tails } else { &core.tally.snapshots }, 1);
    let mut desk = Desk {
        core,
        socket: Socket::new(connection),
        // What others may see does not depend on who they are.
        unknown: session.filter(|_| view == View::Agent(None)),
        view,
        me: visitor.caller.person.clone(),
        way,
        sent: position.since,
        taken: Taken::default(),
    };
    let hello = core.hub.ready(&hello(core, &desk.view, resume));
    if desk.send(&hello).await.is_err() {
        return;
    }
    if resume == Resume::Snapshot {
        return desk.socket.close(Why::Done).await;
    }
    tracing::debug!(since = position.since.0, "a desk follows the log");
    desk.follow(beats).await;
}

fn hello(core: &Core, view: &View, resume: Resume) -> Frame {
    Frame::Hello {
        protocol: PROTOCOL,
        log: core.hub.veil.log(view),
        at: hub::zoom_now(core),
        head: core.fold.head(),
        resume,
        state: view.state(core.state.now()),
    }
}

/// What a desk with this position gets. The ledger is asked only about positions that the last frames do
/// not tell of: those that are long past, and those that another node has heard of first.
async fn resume(core: &Core, view: &View, position: &Position) -> Result<Resume, LedgerError> {
    let log = core.hub.veil.log(view);
    // The frames are asked first: what they tell of is folded in.
    let is_remembered = core.hub.remembers_after(position.since);
    let (people, head) = core.fold.read_at(|roster, head| (Roster::len(roster), head));
    let is_recent = is_remembered || position.since == head;
    let span = if is_recent {
        Span { floor: position.since, head }
    } else {
        let _turn = core.hub.turn().await;
        core.ledger.span().await?
    };
    Ok(within(position, &log, span, people))
}

/// What a desk with this position gets: the tail, unless it is not there any more, never was, or would be
/// longer than a snapshot of `people`.
fn within(position: &Position, log: &str, span: Span, people: usize) -> Resume {
    let same_log = position.log.as_deref().is_none_or(|name| name == log);
    let known = span.floor <= position.since && position.since <= span.head;
    let longest = SHORT_TAIL.max(EVENTS_A_PERSON * people as u64);
    if same_log && known && span.head.0 - position.since.0 <= longest {
        Resume::Tail
    } else {
        Resume::Snapshot
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPAN: Span = Span { floor: Seq(100), head: Seq(5_000) };

    fn resumed(since: u64, log: Option<&str>, people: usize) -> Resume {
        within(&Position { since: Seq(since), log: log.map(str::to_owned) }, "here", SPAN, people)
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
        assert_eq!(resumed(3_000, None, 999), Resume::Snapshot);
        assert_eq!(resumed(3_000, None, 1_000), Resume::Tail);
    }
}
