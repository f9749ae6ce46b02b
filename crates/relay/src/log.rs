//! The one writer of the log: many arrivals, one commit, then the fold, then the fan-out.

use std::{sync::Arc, time::Duration};

use rollcall_model::{Event, Logged, PersonFact, PersonReport};
use rollcall_wire::Failure;
use tokio::sync::{mpsc, oneshot};
use tokio_util::sync::CancellationToken;

use crate::{
    core::Core, failure::doubled, fold::is_news, ledger::Arrival, state::Part, tally::count, wanted::Rank,
};

/// How many arrivals wait for the writer; beyond that whoever brings one waits.
const QUEUE: usize = 4_096;
/// How many arrivals one transaction takes.
const GROUP: usize = 1_024;

/// The way to the writer.
#[derive(Clone, Debug)]
pub(crate) struct Log(mpsc::Sender<Entry>);

/// The writer's end of the queue.
#[derive(Debug)]
pub(crate) struct Entries(mpsc::Receiver<Entry>);

/// The relay stops and takes nothing in any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the relay stops")]
pub struct Stopping;

#[derive(Debug)]
struct Entry {
    arrival: Arrival,
    committed: Option<oneshot::Sender<()>>,
}

impl Log {
    /// A log and the queue that its writer serves.
    pub(crate) fn new() -> (Self, Entries) {
        let (sender, receiver) = mpsc::channel(QUEUE);
        (Self(sender), Entries(receiver))
    }

    /// Hands an arrival to the writer; waits only while the queue is full.
    pub(crate) async fn append(&self, arrival: Arrival) -> Result<(), Stopping> {
        self.0.send(Entry { arrival, committed: None }).await.map_err(|_| Stopping)
    }

    /// Hands an arrival to the writer and waits until it is committed and folded in.
    pub(crate) async fn commit(&self, arrival: Arrival) -> Result<(), Stopping> {
        let (committed, done) = oneshot::channel();
        self.0.send(Entry { arrival, committed: Some(committed) }).await.map_err(|_| Stopping)?;
        done.await.map_err(|_| Stopping)
    }

    /// Commits what an answer of Zoom says beyond what is known.
    pub(crate) async fn learn(&self, core: &Core, heard: Vec<Event>) -> Result<(), Stopping> {
        let events: Vec<Event> =
            core.fold.read(|roster| heard.into_iter().filter(|event| is_news(roster, event)).collect());
        if events.is_empty() {
            return Ok(());
        }
        self.commit(Arrival { digest: None, events }).await
    }
}

/// Writes until the relay stops, then what is still in the queue.
pub(crate) async fn write(
    core: Arc<Core>,
    mut entries: Entries,
    fan_out: mpsc::Sender<Vec<Logged>>,
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
        if taken == 0 || !write_group(&core, &mut group, &fan_out, &stop).await {
            return;
        }
    }
}

/// Commits one group, however long it takes; gives up only when the relay stops meanwhile.
async fn write_group(
    core: &Core,
    group: &mut Vec<Entry>,
    fan_out: &mpsc::Sender<Vec<Logged>>,
    stop: &CancellationToken,
) -> bool {
    let (arrivals, waiting): (Vec<Arrival>, Vec<_>) =
        group.drain(..).map(|entry| (entry.arrival, entry.committed)).unzip();
    let Some(appended) = commit(core, &arrivals, stop).await else { return false };
    core.fold.apply(&appended.logged);
    count(&core.tally.events, appended.logged.len() as u64);
    count(&core.tally.repeats, appended.repeats);
    count(&core.tally.commits, 1);
    ask_further(core, &appended.logged);
    for committed in waiting.into_iter().flatten() {
        // Whoever no longer waits does not need to know.
        let _ = committed.send(());
    }
    if !appended.logged.is_empty() {
        // At the end of the relay the fan-out may be gone; what was committed is read at the next start.
        let _ = fan_out.send(appended.logged).await;
    }
    true
}

/// Some facts ask for more: a touched record is asked for now, those of people who were just listed in turn.
fn ask_further(core: &Core, logged: &[Logged]) {
    for Logged { event, .. } in logged {
        match event {
            Event::Person(PersonReport { id, fact: PersonFact::Touched, .. }) => {
                core.details.want(id, Rank::Heard);
            }
            Event::Person(PersonReport { fact: PersonFact::Profile(_), .. }) => {
                core.records_missing.notify_one();
            }
            _ => {}
        }
    }
}

async fn commit(
    core: &Core,
    arrivals: &[Arrival],
    stop: &CancellationToken,
) -> Option<crate::ledger::Appended> {
    let mut failures = 0;
    loop {
        match core.ledger.append(arrivals, core.clock.now()).await {
            Ok(appended) => {
                core.state.works(Part::Ledger);
                return Some(appended);
            }
            Err(error) => {
                failures += 1;
                tracing::error!(%error, failures, arrivals = arrivals.len(), "a commit failed");
                core.state.failed(Part::Ledger, Failure::from(&error));
                let pause: Duration = core.jitter.spread(doubled(failures));
                tokio::select! {
                    () = stop.cancelled() => return None,
                    () = tokio::time::sleep(pause) => {}
                }
            }
        }
    }
}
