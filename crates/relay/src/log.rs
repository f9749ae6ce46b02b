//! The one writer of the log: many arrivals, one commit, and on to the follower.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Duration,
};

use rollcall_model::Event;
use rollcall_wire::Failure;
use tokio::{
    sync::{mpsc, oneshot},
    time::{Instant, timeout},
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{
    core::Core,
    fold::is_news,
    follow::Own,
    ledger::{self, Appended, Arrival, Keys, LedgerError},
    state::Part,
    tally::count,
};

/// How many arrivals wait for the writer; beyond that whoever brings one waits.
const QUEUE: usize = 4_096;
/// How many arrivals one transaction takes.
const GROUP: usize = 1_024;
/// How long a delivery waits for a place in the queue, and then again for its commit. Zoom takes an answer
/// within three seconds for a success.
const PATIENCE: Duration = Duration::from_millis(1_200);

/// The way to the writer.
#[derive(Clone, Debug)]
pub(crate) struct Log {
    entries: mpsc::Sender<Entry>,
    /// The last try to commit failed; the writer tries again by itself.
    stuck: Arc<AtomicBool>,
}

/// The writer's end of the queue.
#[derive(Debug)]
pub(crate) struct Entries(mpsc::Receiver<Entry>);

/// The relay stops and takes nothing in any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the relay stops")]
pub struct Stopping;

/// Why it is not known that a delivery is in the log: whoever sent it shall send it again, and does no harm
/// if it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotKept {
    /// More comes in than can be written.
    #[error("the log cannot keep up")]
    Full,
    /// The log cannot be written now.
    #[error("the log cannot be written")]
    Unwritable,
    /// The commit takes too long.
    #[error("the commit takes too long")]
    Late,
    /// The relay stops.
    #[error("the relay stops")]
    Stopping,
}

#[derive(Debug)]
struct Entry {
    arrival: Arrival,
    waits: Waits,
}

/// What whoever brought an arrival waits for.
#[derive(Debug)]
enum Waits {
    Nothing,
    Commit(oneshot::Sender<Result<(), NotKept>>),
    Fold(oneshot::Sender<()>),
}

impl Log {
    /// A log and the queue that its writer serves.
    pub(crate) fn new() -> (Self, Entries) {
        let (sender, receiver) = mpsc::channel(QUEUE);
        (Self { entries: sender, stuck: Arc::default() }, Entries(receiver))
    }

    /// How many arrivals wait for the writer.
    pub(crate) fn waiting(&self) -> usize {
        self.entries.max_capacity() - self.entries.capacity()
    }

    /// Whether something waits that could not be committed.
    pub(crate) fn is_stuck(&self) -> bool {
        self.stuck.load(Relaxed)
    }

    /// Hands an arrival to the writer; waits only while the queue is full.
    pub(crate) async fn append(&self, arrival: Arrival) -> Result<(), Stopping> {
        self.entries.send(Entry { arrival, waits: Waits::Nothing }).await.map_err(|_| Stopping)
    }

    /// Hands an arrival to the writer and waits until it is committed and folded in here.
    pub(crate) async fn commit(&self, arrival: Arrival) -> Result<(), Stopping> {
        let (folded, done) = oneshot::channel();
        self.entries.send(Entry { arrival, waits: Waits::Fold(folded) }).await.map_err(|_| Stopping)?;
        done.await.map_err(|_| Stopping)
    }

    /// Hands a delivery to the writer and waits until it is committed, though not for long: when it is not
    /// known in time that it is, its sender shall bring it again. It may be committed later all the same.
    pub(crate) async fn keep(&self, arrival: Arrival) -> Result<(), NotKept> {
        let (committed, done) = oneshot::channel();
        let place = timeout(PATIENCE, self.entries.reserve()).await.map_err(|_| NotKept::Full)?;
        place.map_err(|_| NotKept::Stopping)?.send(Entry { arrival, waits: Waits::Commit(committed) });
        let answer = timeout(PATIENCE, done).await.map_err(|_| NotKept::Late)?;
        answer.unwrap_or(Err(NotKept::Stopping))
    }

    /// Commits what an answer of Zoom says beyond what is known.
    pub(crate) async fn learn(&self, core: &Core, heard: Vec<Event>) -> Result<(), Stopping> {
        let events: Vec<Event> =
            core.fold.read(|roster| heard.into_iter().filter(|event| is_news(roster, event)).collect());
        if events.is_empty() {
            return Ok(());
        }
        self.commit(Arrival { keys: Keys::NONE, events }).await
    }
}

/// Writes until the relay stops, then what is still in the queue.
pub(crate) async fn write(
    core: Arc<Core>,
    mut entries: Entries,
    own: mpsc::Sender<Own>,
    stop: CancellationToken,
) {
    let mut group = Vec::with_capacity(GROUP);
    let mut stopping = false;
    loop {
        let taken = tokio::select! {
            biased;
            () = stop.cancelled(), if !stopping => {
                stopping = true;
                entries.0.close();
                continue;
            }
            taken = entries.0.recv_many(&mut group, GROUP) => taken,
        };
        if taken == 0 || !write_group(&core, &mut group, &own, &stop).await {
            return;
        }
    }
}

/// Commits one group, however long it takes; gives up only when the relay stops meanwhile.
async fn write_group(
    core: &Core,
    group: &mut Vec<Entry>,
    own: &mpsc::Sender<Own>,
    stop: &CancellationToken,
) -> bool {
    let (arrivals, mut waiting): (Vec<Arrival>, Vec<Waits>) =
        group.drain(..).map(|entry| (entry.arrival, entry.waits)).unzip();
    let Some(appended) = commit(core, &arrivals, &mut waiting, stop).await else { return false };
    tell(&mut waiting, Ok(()));
    count(&core.tally.repeats, appended.repeats);
    count(&core.tally.commits, 1);
    let folded = waiting.into_iter().filter_map(|waits| match waits {
        Waits::Fold(folded) => Some(folded),
        Waits::Nothing | Waits::Commit(_) => None,
    });
    let own_commit = Own { logged: appended.logged, folded: folded.collect() };
    // The follower ends after the writer, unless its task was dropped with the whole relay.
    own.send(own_commit).await.is_ok()
}

async fn commit(
    core: &Core,
    arrivals: &[Arrival],
    waiting: &mut [Waits],
    stop: &CancellationToken,
) -> Option<Appended> {
    let name = Uuid::new_v4();
    let mut failures = 0;
    loop {
        let begun = Instant::now();
        match core.ledger.append(name, arrivals, core.clock.now()).await {
            Ok(appended) => {
                core.tally.committed_within(begun.elapsed());
                core.log.stuck.store(false, Relaxed);
                core.state.works(Part::Ledger);
                return Some(appended);
            }
            Err(LedgerError::Replaced) => {
                core.leave();
                tell(waiting, Err(NotKept::Unwritable));
                return None;
            }
            Err(error) => {
                failures += 1;
                tracing::error!(%error, failures, arrivals = arrivals.len(), "a commit failed");
                core.log.stuck.store(true, Relaxed);
                core.state.failed(Part::Ledger, Failure::from(&error));
                tell(waiting, Err(NotKept::Unwritable));
                let pause: Duration = core.jitter.spread(ledger::pause(failures));
                tokio::select! {
                    () = stop.cancelled() => return None,
                    () = tokio::time::sleep(pause) => {}
                }
            }
        }
    }
}

/// Answers whoever waits for the commit.
fn tell(waiting: &mut [Waits], outcome: Result<(), NotKept>) {
    for waits in waiting {
        if matches!(waits, Waits::Commit(_))
            && let Waits::Commit(committed) = std::mem::replace(waits, Waits::Nothing)
        {
            // Whoever no longer waits does not need to know.
            let _ = committed.send(outcome);
        }
    }
}

#[cfg(test)]
mod tests;
