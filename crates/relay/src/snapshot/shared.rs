//! One snapshot for all desks that ask within a moment: ten thousand that come at once cost little more
//! than one.

use std::{
    sync::{Arc, Weak},
    time::Duration,
};

use rollcall_model::{PersonId, Seq};
use rollcall_wire::relay::SnapshotLine;
use tokio::{
    sync::{Mutex, OwnedSemaphorePermit, Semaphore, watch},
    task::yield_now,
    time::{Instant, sleep_until},
};
use tokio_util::task::TaskTracker;

use super::{
    LINES,
    calls::Calls,
    organisation,
    packed::{Part, PartError, packed},
    person,
};
use crate::{core::Core, hub::View};

/// For so long a snapshot is given to desks that ask; what happened since comes by the stream.
const FRESH: Duration = Duration::from_secs(5);
/// And only while no more than this happened since.
const SINCE: u64 = 1_000;
/// How many snapshots there may be, those included that slow desks still read.
const MOST: usize = 4;

/// The snapshots that desks read.
#[derive(Debug)]
pub(crate) struct Snapshots {
    newest: Mutex<Option<Arc<Shared>>>,
    room: Arc<Semaphore>,
}

/// A snapshot that is made while desks read it.
#[derive(Debug)]
struct Shared {
    seq: Seq,
    begun: Instant,
    people: u64,
    organisation: Option<SnapshotLine>,
    calls: Calls,
    made: watch::Sender<Made>,
    _room: OwnedSemaphorePermit,
}

/// The parts with people, as far as they are made.
#[derive(Debug, Default)]
struct Made {
    parts: Vec<Part>,
    ended: Option<Ended>,
}

/// How the making ended.
#[derive(Clone, Copy, Debug)]
enum Ended {
    Whole,
    CutShort,
}

/// A snapshot that one desk reads.
#[derive(Debug)]
pub(crate) struct Reading {
    shared: Arc<Shared>,
    /// The first line, then calls.
    first: std::vec::IntoIter<Part>,
    made: watch::Receiver<Made>,
    people: usize,
    ended: bool,
}

impl Default for Snapshots {
    fn default() -> Self {
        Self { newest: Mutex::default(), room: Arc::new(Semaphore::new(MOST)) }
    }
}

impl Snapshots {
    /// Begins to read a snapshot of this moment or of one not long ago; nothing when there are too many that
    /// are still read.
    pub(crate) async fn read(
        core: &Arc<Core>,
        tasks: &TaskTracker,
        view: &View,
    ) -> Result<Option<Reading>, PartError> {
        let Some(shared) = core.hub.snapshots.take(core, tasks).await else { return Ok(None) };
        let calls = shared.calls.told(view, core).await?;
        let head = SnapshotLine::Head {
            log: core.hub.veil.log(view),
            seq: shared.seq,
            people: shared.people,
            calls: calls.count,
        };
        let head: Vec<SnapshotLine> = std::iter::once(head).chain(shared.organisation.clone()).collect();
        let mut first = vec![packed(&head)?];
        first.extend(calls.parts);
        let made = shared.made.subscribe();
        Ok(Some(Reading { shared, first: first.into_iter(), made, people: 0, ended: false }))
    }

    async fn take(&self, core: &Arc<Core>, tasks: &TaskTracker) -> Option<Arc<Shared>> {
        let mut newest = self.newest.lock().await;
        let head = core.fold.head();
        if let Some(shared) = newest.as_ref().filter(|shared| shared.is_fresh(head)) {
            return Some(shared.clone());
        }
        // When nobody reads the one before, its room is free.
        let before = newest.take().as_ref().map(Arc::downgrade);
        let Ok(room) = self.room.clone().try_acquire_owned() else {
            *newest = before.and_then(|before| before.upgrade());
            return newest.clone();
        };
        let (shared, people) = Shared::begin(core, room);
        *newest = Some(shared.clone());
        tasks.spawn(fill(core.clone(), shared.clone(), people));
        Some(shared)
    }

    /// Lets go of a snapshot that is given to nobody any more.
    async fn let_go(&self, shared: &Weak<Shared>) {
        let mut newest = self.newest.lock().await;
        if newest.as_ref().is_some_and(|newest| Arc::as_ptr(newest) == shared.as_ptr()) {
            *newest = None;
        }
    }
}

impl Shared {
    fn is_fresh(&self, head: Seq) -> bool {
        self.begun.elapsed() < FRESH && head.0.saturating_sub(self.seq.0) <= SINCE
    }

    fn begin(core: &Core, room: OwnedSemaphorePermit) -> (Arc<Self>, Vec<PersonId>) {
        core.fold.read_at(|roster, seq| {
            let people: Vec<PersonId> = roster.entries().map(|entry| entry.person.id.clone()).collect();
            let shared = Self {
                seq,
                begun: Instant::now(),
                people: people.len() as u64,
                organisation: organisation(roster),
                calls: Calls::new(roster.calls().cloned().collect()),
                made: watch::Sender::default(),
                _room: room,
            };
            (Arc::new(shared), people)
        })
    }
}

/// Makes the parts with people, and lets go of the snapshot once it is old.
async fn fill(core: Arc<Core>, shared: Arc<Shared>, people: Vec<PersonId>) {
    let making = core.stop.run_until_cancelled(make(&core, &shared, &people)).await;
    let ended = match making {
        Some(Ok(())) => Ended::Whole,
        Some(Err(error)) => {
            tracing::error!(%error, "a snapshot cannot be made");
            Ended::CutShort
        }
        None => Ended::CutShort,
    };
    shared.made.send_modify(|made| made.ended = Some(ended));
    let old = sleep_until(shared.begun + FRESH);
    // From here on only readers keep it, and who is to be given it.
    let weak = Arc::downgrade(&shared);
    drop(shared);
    if matches!(ended, Ended::Whole) {
        core.stop.run_until_cancelled(old).await;
    }
    core.hub.snapshots.let_go(&weak).await;
}

async fn make(core: &Core, shared: &Shared, people: &[PersonId]) -> Result<(), PartError> {
    for ids in people.chunks(LINES) {
        let lines: Vec<SnapshotLine> =
            core.fold.read(|roster| ids.iter().map(|id| person(roster, id)).collect());
        let part = packed(&lines)?;
        shared.made.send_modify(|made| made.parts.push(part));
        yield_now().await;
    }
    Ok(())
}

impl Reading {
    /// The next part; nothing after the last.
    pub(crate) async fn next(&mut self) -> Result<Option<Part>, PartError> {
        if let Some(part) = self.first.next() {
            return Ok(Some(part));
        }
        loop {
            {
                let made = self.made.borrow_and_update();
                if let Some(part) = made.parts.get(self.people) {
                    self.people += 1;
                    return Ok(Some(part.clone()));
                }
                match made.ended {
                    Some(Ended::Whole) => break,
                    Some(Ended::CutShort) => return Err(PartError::CutShort),
                    None => {}
                }
            }
            // The sender is in what this reads.
            let _ = self.made.changed().await;
        }
        if std::mem::replace(&mut self.ended, true) {
            Ok(None)
        } else {
            packed(&[SnapshotLine::End]).map(Some)
        }
    }

    /// The position up to which it knows everything.
    pub(crate) fn seq(&self) -> Seq {
        self.shared.seq
    }
}
