//! What all tasks of one relay share.

use std::{
    fmt,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use rollcall_model::Clock;
use rollcall_zoom::{Client, ZoomError};
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::{
    api::Finder,
    bus::Bus,
    declined::Declined,
    failure::{self, Jitter, Next},
    fold::Fold,
    hub::Hub,
    ledger::Ledger,
    log::Log,
    lore::Lore,
    movers::Movers,
    noted::Noted,
    removal::Removal,
    repair::{Gap, Recent, Unsure},
    state::{Part, State},
    tally::Tally,
    waits::Waits,
    wanted::{Asked, OTHERS, Wanted},
};

/// What all tasks of one relay share.
pub(crate) struct Core {
    pub(crate) zoom: Client,
    pub(crate) ledger: Box<dyn Ledger>,
    /// What the organisation tells.
    pub(crate) lore: Box<dyn Lore>,
    pub(crate) bus: Box<dyn Bus>,
    pub(crate) log: Log,
    pub(crate) fold: Fold,
    /// Finds people for other programs.
    pub(crate) finder: Finder,
    pub(crate) state: State,
    pub(crate) hub: Hub,
    pub(crate) tally: Arc<Tally>,
    /// Whether the app is removed at Zoom.
    pub(crate) removal: Removal,
    /// Tells who left, and who came of those that are awaited.
    pub(crate) movers: Movers,
    /// Who came into the directory, and is looked up among those of whom the organisation tells.
    pub(crate) newcomers: Noted,
    /// Who waits for whom.
    pub(crate) waits: Waits,
    /// Who may have had a consult.
    pub(crate) answered: Noted,
    pub(crate) clock: Clock,
    pub(crate) jitter: Jitter,
    /// How often the directory is listed again although events tell of changes.
    pub(crate) reconcile: TimeDelta,
    /// How long people are known who are gone.
    pub(crate) retention: TimeDelta,
    /// Whose presence is to be asked for.
    pub(crate) presence: Wanted,
    /// Whose record is to be asked for because an event touched it.
    pub(crate) details: Wanted,
    /// About whose presence Zoom gave no answer.
    pub(crate) declined_presence: Declined,
    /// About whose record Zoom gave no answer.
    pub(crate) declined_details: Declined,
    /// Whom desks looked at recently.
    pub(crate) recent: Recent,
    /// Whose calls were open when events were lost.
    pub(crate) unsure: Unsure,
    /// Wakes the sweep of presence.
    pub(crate) sweep_now: Notify,
    /// Wakes the sweep of records.
    pub(crate) records_missing: Notify,
    /// Wakes the check of calls that were open when events were lost.
    pub(crate) check_calls: Notify,
    /// This node does what only one does.
    leads: AtomicBool,
    /// Nobody could be asked because this machine's clock was wrong, and moments noted since are too.
    clock_was_wrong: AtomicBool,
    /// The last time in which events may have been lost.
    gap: Mutex<Option<Gap>>,
    pub(crate) stop: CancellationToken,
}

/// The parts of a core that are made outside of it.
pub(crate) struct Made {
    pub(crate) zoom: Client,
    pub(crate) ledger: Box<dyn Ledger>,
    pub(crate) lore: Box<dyn Lore>,
    pub(crate) bus: Box<dyn Bus>,
    pub(crate) log: Log,
    pub(crate) fold: Fold,
    pub(crate) tally: Arc<Tally>,
    pub(crate) clock: Clock,
    pub(crate) seed: u64,
    pub(crate) reconcile: TimeDelta,
    pub(crate) retention: TimeDelta,
}

impl fmt::Debug for Core {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Core").finish_non_exhaustive()
    }
}

impl Core {
    pub(crate) fn new(made: Made) -> Self {
        Self {
            hub: Hub::new(made.ledger.name(), made.fold.head()),
            zoom: made.zoom,
            ledger: made.ledger,
            lore: made.lore,
            bus: made.bus,
            log: made.log,
            fold: made.fold,
            finder: Finder::default(),
            state: State::new(),
            tally: made.tally,
            removal: Removal::default(),
            movers: Movers::default(),
            newcomers: Noted::default(),
            waits: Waits::default(),
            answered: Noted::default(),
            clock: made.clock,
            jitter: Jitter::new(made.seed),
            reconcile: made.reconcile,
            retention: made.retention,
            presence: Wanted::default(),
            details: Wanted::default(),
            declined_presence: Declined::default(),
            declined_details: Declined::default(),
            recent: Recent::default(),
            unsure: Unsure::default(),
            sweep_now: Notify::new(),
            records_missing: Notify::new(),
            check_calls: Notify::new(),
            leads: AtomicBool::new(false),
            clock_was_wrong: AtomicBool::new(false),
            gap: Mutex::new(None),
            stop: CancellationToken::new(),
        }
    }

    /// Whether this node does what only one does.
    pub(crate) fn leads(&self) -> bool {
        self.leads.load(Ordering::Relaxed)
    }

    /// This node begins or ceases to do what only one does.
    pub(crate) fn lead(&self, leads: bool) {
        self.leads.store(leads, Ordering::Relaxed);
    }

    /// The last time in which events may have been lost; nothing before the first connection.
    pub(crate) fn gap(&self) -> Option<Gap> {
        *self.gap.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Since when events about presence may be relied on; nothing before the first connection.
    pub(crate) fn suspect_before(&self) -> Option<DateTime<Utc>> {
        self.gap().map(|gap| gap.end)
    }

    /// Events may have been lost.
    pub(crate) fn note_gap(&self, gap: Gap) {
        *self.gap.lock().unwrap_or_else(PoisonError::into_inner) = Some(gap);
    }

    /// Zoom answered about presence. After a time in which the clock was wrong, everything heard until now is
    /// suspect: when events were lost meanwhile, the moment was noted by that clock.
    pub(crate) fn presence_works(&self) {
        self.state.works(Part::Presence);
        if self.clock_was_wrong.swap(false, Ordering::Relaxed) {
            self.note_gap(Gap { begin: None, end: self.clock.now() });
            self.sweep_now.notify_one();
        }
    }

    /// Notes that Zoom refused something to `part`, and tells what to do.
    pub(crate) fn refused(&self, part: Part, error: &ZoomError, failures: u32) -> Next {
        let now = self.clock.now();
        let next = failure::next(error, failures, now);
        if matches!(error, ZoomError::ClockWrong { .. }) {
            self.clock_was_wrong.store(true, Ordering::Relaxed);
        }
        tracing::warn!(?part, %error, failures, ?next, "Zoom refused");
        // A person whom Zoom does not know is no failure of ours, and a second's patience needs no admin.
        if !matches!(error, ZoomError::NotFound | ZoomError::PerSecondLimit { .. } | ZoomError::Interrupted) {
            self.state.failed(part, failure::failure(error, now));
        }
        next
    }

    /// Goes on, lets others go first or rests, as the last answers bid, and counts what failed in a row; tells
    /// whether the relay goes on.
    pub(crate) async fn go_on(&self, asked: Asked, failures: &mut u32) -> bool {
        let pause = match asked {
            Asked::Answered => {
                *failures = 0;
                return true;
            }
            Asked::Declined => OTHERS,
            Asked::Rest(pause) => {
                *failures += 1;
                pause
            }
        };
        self.rest(pause).await
    }

    /// Waits `pause` with jitter; tells whether the relay goes on.
    pub(crate) async fn rest(&self, pause: Duration) -> bool {
        tokio::select! {
            () = self.stop.cancelled() => false,
            () = tokio::time::sleep(self.jitter.spread(pause)) => true,
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use std::path::Path;

    use rollcall_model::{Roster, Seq};
    use rollcall_zoom::{Addresses, Credentials, Plan};

    use super::*;
    use crate::{bus::Alone, ledger::SqliteLedger, log::Entries, lore::SqliteLore};

    /// A core whose tasks were not started; its client asks nobody.
    pub(crate) async fn idle(folder: &Path) -> Core {
        let ledger = SqliteLedger::open(&folder.join("log.db")).await.unwrap();
        let lore = SqliteLore::open(&folder.join("log.lore.sqlite"), "main").await.unwrap();
        Core { lore: Box::new(lore), ..over(Box::new(ledger), Box::new(Alone)).0 }
    }

    /// The same over this ledger and this bus, with the queue that its log's writer would serve.
    pub(crate) fn over(ledger: Box<dyn Ledger>, bus: Box<dyn Bus>) -> (Core, Entries) {
        let nowhere = "http://127.0.0.1:9/".parse().unwrap();
        let credentials = Credentials::ServerToServer {
            account_id: "account".into(),
            client_id: "client".into(),
            client_secret: "secret".to_owned().into(),
        };
        let addresses = Addresses::at(nowhere, "ws://127.0.0.1:9/".parse().unwrap());
        let (log, entries) = Log::new();
        let core = Core::new(Made {
            zoom: Client::new(addresses, credentials, Plan::Business, Clock::system(), 1).unwrap(),
            ledger,
            lore: Box::new(SqliteLore::idle()),
            bus,
            log,
            fold: Fold::new(Roster::default(), Seq::START),
            tally: Arc::default(),
            clock: Clock::system(),
            seed: 1,
            reconcile: TimeDelta::hours(6),
            retention: TimeDelta::days(30),
        });
        (core, entries)
    }
}
