//! A relay that runs: its tasks, and their end.

use std::{io, path::Path, sync::Arc, time::Duration};

use bytes::Bytes;
use rollcall_model::Logged;
use rollcall_wire::relay::RelayState;
use rollcall_zoom::subscription;
use secrecy::SecretString;
use tokio::{net::TcpListener, sync::mpsc, time::timeout};
use tokio_util::task::TaskTracker;
use url::Url;

use crate::{
    core::{Core, Made},
    directory,
    door::{self, Door},
    fold::Fold,
    housekeeping, hub, intake,
    ledger::{Ledger, LedgerError, Oddity, SqliteLedger},
    log::{self, Entries, Log, Stopping},
    options::{Options, StartError},
    presence, repair,
    restore::restore,
    tally::Counts,
};

/// How many commits may wait to be fanned out; beyond that the log's writer waits.
const FAN_OUT: usize = 64;
/// How many questions about presence are on their way for those whom somebody waits for.
const PRESENCE_AT_A_TIME: usize = 12;
/// How many questions about touched records are on their way.
const DETAILS_AT_A_TIME: usize = 2;
/// How long the tasks may take to end.
const END_WITHIN: Duration = Duration::from_secs(5);

/// A running relay. Dropped without [`Relay::stop`] its tasks end at their next step; nothing that was
/// committed is lost either way.
#[derive(Debug)]
pub struct Relay {
    core: Arc<Core>,
    tasks: TaskTracker,
    base: Url,
    token: SecretString,
}

impl Relay {
    /// Opens the log, restores the fold, opens the port and starts all tasks.
    pub async fn start(options: Options) -> Result<Self, StartError> {
        if !options.listen.ip().is_loopback() {
            return Err(StartError::NotLoopback(options.listen));
        }
        let (ledger, fold) = open_log(&options).await?;
        let (listener, at) = door::listen(options.listen).await.map_err(StartError::Port)?;
        let base = Url::parse(&format!("http://{at}/"))
            .map_err(|error| StartError::Port(io::Error::other(error)))?;
        let (log, entries) = Log::new();
        let core = Arc::new(Core::new(Made {
            zoom: options.zoom,
            ledger: Box::new(ledger),
            log,
            fold,
            clock: options.clock,
            seed: options.seed,
        }));
        let relay = Self { core, tasks: TaskTracker::new(), base, token: options.token };
        relay.start_log(entries);
        relay.start_asking();
        relay.start_door(listener);
        if let Some(id) = options.subscription_id {
            relay.start_events(id);
        }
        relay.tasks.close();
        tracing::info!(port = at.port(), "the relay runs");
        Ok(relay)
    }

    /// The address for desks, such as `http://127.0.0.1:4711/`.
    pub const fn base(&self) -> &Url {
        &self.base
    }

    /// What desks must show.
    pub const fn token(&self) -> &SecretString {
        &self.token
    }

    /// Takes in a delivery that Zoom brought another way than by the relay's own subscription; its sender
    /// was verified. Waits only while the log's writer has more than it can take; [`Relay::counts`] tells
    /// what was committed.
    pub async fn take_in(&self, body: &Bytes) -> Result<(), Stopping> {
        intake::take_in(&self.core, body).await
    }

    /// How the relay stands with Zoom now.
    pub fn state(&self) -> RelayState {
        self.core.state.now()
    }

    /// What was counted since the start.
    pub fn counts(&self) -> Counts {
        self.core.tally.counts()
    }

    /// Deliveries that could not be read, the first hundred ever, for the doctor.
    pub async fn oddities(&self) -> Result<Vec<Oddity>, LedgerError> {
        self.core.ledger.oddities().await
    }

    /// Ends all tasks within a few seconds, commits what is waiting and closes the log.
    pub async fn stop(self) {
        self.core.stop.cancel();
        if timeout(END_WITHIN, self.tasks.wait()).await.is_err() {
            tracing::warn!(tasks = self.tasks.len(), "some tasks did not end in time");
        }
        if timeout(END_WITHIN, self.core.ledger.close()).await.is_err() {
            tracing::warn!("the log did not close in time");
        }
        tracing::info!(head = self.core.fold.head().0, "the relay has stopped");
    }

    fn start_log(&self, entries: Entries) {
        let (fan_out, committed) = mpsc::channel::<Vec<Logged>>(FAN_OUT);
        let core = &self.core;
        self.tasks.spawn(log::write(core.clone(), entries, fan_out, core.stop.clone()));
        self.tasks.spawn(hub::fan_out(core.clone(), committed, core.state.watch()));
        self.tasks.spawn(housekeeping::run(core.clone()));
    }

    fn start_asking(&self) {
        let core = &self.core;
        self.tasks.spawn(directory::sweep(core.clone()));
        self.tasks.spawn(directory::sweep_details(core.clone()));
        self.tasks.spawn(presence::sweep(core.clone()));
        self.tasks.spawn(repair::check_calls(core.clone()));
        for _ in 0..PRESENCE_AT_A_TIME {
            self.tasks.spawn(presence::serve(core.clone()));
        }
        for _ in 0..DETAILS_AT_A_TIME {
            self.tasks.spawn(directory::serve_touched(core.clone()));
        }
    }

    fn start_door(&self, listener: TcpListener) {
        let door = Door::new(self.core.clone(), self.token.clone(), self.tasks.clone());
        self.tasks.spawn(door::serve(listener, door));
    }

    fn start_events(&self, subscription_id: String) {
        let (heard, deliveries) = mpsc::channel(intake::QUEUE);
        let core = &self.core;
        self.tasks.spawn(subscription::run(core.zoom.clone(), subscription_id, heard, core.stop.clone()));
        self.tasks.spawn(intake::run(core.clone(), deliveries));
    }
}

/// Opens the log and restores the fold. A file that is broken or of a newer version is kept aside and a
/// new log begun: all of it can be heard from Zoom again, and desks see another log's name.
async fn open_log(options: &Options) -> Result<(SqliteLedger, Fold), StartError> {
    match try_open(&options.database).await {
        Err(error @ (LedgerError::Corrupt(_) | LedgerError::TooNew(_) | LedgerError::Body { .. })) => {
            let kept_as = SqliteLedger::set_aside(&options.database, options.clock.now())?;
            tracing::warn!(%error, kept_as, "the log was set aside and a new one begun");
            Ok(try_open(&options.database).await?)
        }
        opened => Ok(opened?),
    }
}

async fn try_open(path: &Path) -> Result<(SqliteLedger, Fold), LedgerError> {
    let ledger = SqliteLedger::open(path).await?;
    match restore(&ledger).await {
        Ok(fold) => Ok((ledger, fold)),
        Err(error) => {
            ledger.close().await;
            Err(error)
        }
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.core.stop.cancel();
    }
}
