//! One organisation's log that runs: its tasks, and their end. The app holds one, a server any number.

use std::{sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use rollcall_model::Clock;
use rollcall_zoom::Client;
use tokio::{sync::mpsc, time::timeout};
use tokio_util::task::TaskTracker;

use crate::{
    bus::{Bus, Ears},
    caller::Slug,
    core::{Core, Made},
    fold::Fold,
    follow, housekeeping, hub, lead,
    ledger::Ledger,
    log::{self, Entries, Log},
    lore::Lore,
    tally::Tally,
    waits,
};

/// How many commits may wait to be folded in; beyond that the log's writer waits.
const FOLD: usize = 64;
/// How many commits may wait to be fanned out; beyond that the log's follower waits.
const FAN_OUT: usize = 64;
/// How long the tasks may take to end.
const END_WITHIN: Duration = Duration::from_secs(5);

/// How Zoom's events come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// Not at all: presence is only known by asking.
    Nothing,
    /// By a subscription of this id, over a connection that the relay opens.
    Subscription(String),
    /// Zoom brings them to the server's door.
    Webhook,
}

/// What an organisation is made from.
pub(crate) struct Parts {
    pub(crate) slug: Slug,
    pub(crate) zoom: Client,
    pub(crate) ledger: Box<dyn Ledger>,
    pub(crate) lore: Box<dyn Lore>,
    pub(crate) bus: Box<dyn Bus>,
    /// Where other nodes are heard.
    pub(crate) ears: Ears,
    pub(crate) fold: Fold,
    /// Since when the app is removed, if it is.
    pub(crate) removed_at: Option<DateTime<Utc>>,
    /// What was counted so far, and is counted on.
    pub(crate) tally: Arc<Tally>,
    pub(crate) clock: Clock,
    pub(crate) seed: u64,
    pub(crate) source: Source,
    /// How often the directory is listed again although events tell of changes.
    pub(crate) reconcile: TimeDelta,
    /// How long people are known who are gone.
    pub(crate) retention: TimeDelta,
}

/// A running organisation.
#[derive(Debug)]
pub(crate) struct Organisation {
    pub(crate) slug: Slug,
    pub(crate) core: Arc<Core>,
    /// Where every task of the organisation is counted, the open sockets of its desks included.
    pub(crate) tasks: TaskTracker,
}

impl Organisation {
    /// Starts all tasks.
    pub(crate) fn start(parts: Parts) -> Self {
        let (log, entries) = Log::new();
        let core = Arc::new(Core::new(Made {
            zoom: parts.zoom,
            ledger: parts.ledger,
            lore: parts.lore,
            bus: parts.bus,
            log,
            fold: parts.fold,
            tally: parts.tally,
            clock: parts.clock,
            seed: parts.seed,
            reconcile: parts.reconcile,
            retention: parts.retention,
        }));
        core.removed_since(parts.removed_at);
        let organisation = Self { slug: parts.slug, core, tasks: TaskTracker::new() };
        organisation.start_log(entries, parts.ears);
        organisation.tasks.spawn(lead::run(organisation.core.clone(), parts.source));
        organisation.tasks.close();
        organisation
    }

    fn start_log(&self, entries: Entries, ears: Ears) {
        let (own, followed) = mpsc::channel(FOLD);
        let (fan_out, committed) = mpsc::channel(FAN_OUT);
        let core = &self.core;
        self.tasks.spawn(log::write(core.clone(), entries, own, core.stop.clone()));
        self.tasks.spawn(follow::follow(core.clone(), followed, ears.log, fan_out));
        self.tasks.spawn(follow::take_wishes(core.clone(), ears.wishes));
        self.tasks.spawn(waits::take_waits(core.clone(), ears.waits));
        self.tasks.spawn(lead::take_stand(core.clone(), ears.stands));
        self.tasks.spawn(hub::fan_out(core.clone(), committed, core.state.watch()));
        self.tasks.spawn(housekeeping::run(core.clone()));
    }

    /// Ends all tasks within a few seconds, commits what is waiting and closes the log.
    pub(crate) async fn stop(&self) {
        self.core.stop.cancel();
        if timeout(END_WITHIN, self.tasks.wait()).await.is_err() {
            tracing::warn!(tasks = self.tasks.len(), "some tasks did not end in time");
        }
        if timeout(END_WITHIN, self.core.bus.close()).await.is_err() {
            tracing::warn!("the bus did not close in time");
        }
        if timeout(END_WITHIN, self.core.lore.close()).await.is_err() {
            tracing::warn!("what the organisation tells was not closed in time");
        }
        if timeout(END_WITHIN, self.core.ledger.close()).await.is_err() {
            tracing::warn!("the log did not close in time");
        }
        tracing::info!(head = self.core.fold.head().0, "the log is closed");
    }
}

/// Dropped without [`Organisation::stop`], the tasks end at their next step; nothing that was committed is lost.
impl Drop for Organisation {
    fn drop(&mut self) {
        self.core.stop.cancel();
    }
}
