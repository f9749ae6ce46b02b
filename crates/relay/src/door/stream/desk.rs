//! One desk that follows the log over its socket.

use std::{future, io, sync::Arc, time::Duration};

use rollcall_model::{PersonId, Seq};
use rollcall_wire::relay::{Bye, Frame, Way};
use tokio::{sync::broadcast, time::timeout};

use super::{
    heard::Said,
    socket::{Socket, Why},
};
use crate::{
    access::EndWatch,
    core::Core,
    hub::{Beat, Cut, Ready, View},
    tally::count,
};

/// How long one frame may take to be taken by a desk.
const PATIENCE: Duration = Duration::from_secs(30);

/// A desk and how far it is.
pub(super) struct Desk<'a> {
    pub(super) core: &'a Core,
    pub(super) socket: Socket,
    /// Tells when it becomes known who is at the desk, while that is not known and matters.
    pub(super) unknown: Option<Arc<EndWatch>>,
    pub(super) view: View,
    /// Who is at the desk, where that is known.
    pub(super) me: Option<PersonId>,
    pub(super) way: Way,
    /// The last event that was sent.
    pub(super) sent: Seq,
    pub(super) taken: Taken,
}

/// What a desk took since this was last counted: thousands of desks would stand in each other's way at one counter.
#[derive(Debug, Default)]
pub(super) struct Taken {
    frames: u64,
    bytes: u64,
}

/// Why a socket ends.
pub(super) enum End {
    /// The desk went away, or did not take a frame in time.
    Gone,
    /// The desk is told this and closed.
    Told(Ready),
    /// The desk closes.
    Closed,
    /// The desk said what no desk has to say.
    Garbage,
}

impl Desk<'_> {
    /// Sends what the desk missed, then what happens, until something ends it.
    pub(super) async fn follow(mut self, beats: broadcast::Receiver<Beat>) {
        let Err(end) = self.keep_following(beats).await;
        self.count_taken();
        let why = match end {
            End::Gone => return,
            End::Told(bye) => {
                // The desk may be gone already.
                let _ = self.send(&bye).await;
                Why::Done
            }
            End::Closed => Why::Done,
            End::Garbage => Why::Garbage,
        };
        self.socket.close(why).await;
    }

    async fn keep_following(
        &mut self,
        mut beats: broadcast::Receiver<Beat>,
    ) -> Result<std::convert::Infallible, End> {
        self.catch_up(self.core.fold.head()).await?;
        self.tell_waits().await?;
        loop {
            tokio::select! {
                biased;
                () = become_known(self.unknown.as_deref()) => {
                    tracing::debug!("it became known who is at a desk");
                    return Err(self.come_again());
                }
                beat = beats.recv() => self.pass_on(beat).await?,
                said = self.socket.hear() => self.answer(said).await?,
            }
        }
    }

    async fn pass_on(&mut self, beat: Result<Beat, broadcast::error::RecvError>) -> Result<(), End> {
        match beat {
            Ok(Beat::Events(cut)) if cut.last() <= self.sent => Ok(()),
            Ok(Beat::Events(cut)) if cut.holds(self.sent.next()) => self.send_events(&cut).await,
            Ok(Beat::Events(cut)) => self.catch_up(cut.last()).await,
            Ok(Beat::State(told)) => {
                let told = if self.view == View::Admin { Some(&told.admins) } else { told.others.as_ref() };
                match told {
                    Some(ready) => self.send(ready).await,
                    None => Ok(()),
                }
            }
            Ok(Beat::Waited(told)) => match self.me.as_ref().and_then(|me| told.get(me)) {
                Some(ready) => self.send(ready).await,
                None => Ok(()),
            },
            Ok(Beat::Heartbeat(ready)) => {
                self.count_taken();
                self.send(&ready).await
            }
            Ok(Beat::Bye(ready)) => Err(End::Told(ready)),
            Err(broadcast::error::RecvError::Lagged(frames)) => {
                count(&self.core.tally.slow_desks, 1);
                tracing::warn!(frames, sent = self.sent.0, "a desk reads too slowly");
                Err(self.come_again())
            }
            Err(broadcast::error::RecvError::Closed) => Err(End::Gone),
        }
    }

    /// Tells who waits for whoever is at the desk, if anybody does.
    async fn tell_waits(&mut self) -> Result<(), End> {
        let by = self.me.as_ref().map(|me| self.core.waits.of(me)).unwrap_or_default();
        if by.is_empty() { Ok(()) } else { self.send(&self.core.hub.waited(by)).await }
    }

    async fn answer(&mut self, said: io::Result<Said>) -> Result<(), End> {
        match said {
            Ok(Said::Pong) => Ok(()),
            Ok(Said::Ping(said)) => self.socket.pong(&said).await.map_err(|_| End::Gone),
            Ok(Said::Close) => Err(End::Closed),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                tracing::warn!("a desk said what no desk has to say");
                Err(End::Garbage)
            }
            Err(_) => Err(End::Gone),
        }
    }

    /// Sends the events after the last that was sent, up to `target` at least.
    async fn catch_up(&mut self, target: Seq) -> Result<(), End> {
        while self.sent < target {
            let found = self.core.hub.holding(self.sent.next(), self.core).await.map_err(|error| {
                tracing::error!(%error, "a desk cannot catch up");
                End::Gone
            })?;
            // Compaction overtook the desk: what it misses is only in a snapshot now.
            let Some(cut) = found else { return Err(self.come_again()) };
            self.send_events(&cut).await?;
        }
        Ok(())
    }

    /// Sends what the desk has not of these events.
    async fn send_events(&mut self, cut: &Cut) -> Result<(), End> {
        let ready = self.core.hub.told(cut, &self.view, self.sent.next());
        self.send(&ready).await?;
        self.sent = cut.last();
        Ok(())
    }

    pub(super) async fn send(&mut self, ready: &Ready) -> Result<(), End> {
        let message = ready.told(self.way);
        match timeout(PATIENCE, self.socket.send(message)).await {
            Ok(Ok(())) => {
                self.taken.frames += 1;
                self.taken.bytes += message.len() as u64;
                Ok(())
            }
            Ok(Err(_)) => Err(End::Gone),
            Err(_) => {
                count(&self.core.tally.slow_desks, 1);
                tracing::warn!(sent = self.sent.0, "a desk does not read");
                Err(End::Gone)
            }
        }
    }

    fn count_taken(&mut self) {
        let Taken { frames, bytes } = std::mem::take(&mut self.taken);
        count(&self.core.tally.frames, frames);
        count(&self.core.tally.frame_bytes, bytes);
    }

    fn come_again(&self) -> End {
        End::Told(self.core.hub.ready(&Frame::Bye { why: Bye::Resume }))
    }
}

/// Returns when it became known who is at the desk; never, when that is known.
async fn become_known(unknown: Option<&EndWatch>) {
    match unknown {
        Some(session) => session.known().await,
        None => future::pending().await,
    }
}
